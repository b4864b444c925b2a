/* SPDX-License-Identifier: MIT */
/*
 * Shared by carrier.c and context.c, which has the carriers that are user
 * contexts.
 */
#ifndef SIM_CARRIER_H
#define SIM_CARRIER_H

#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <ucontext.h>

#include "machine/machine.h"

struct carrier {
	bool made;
	unsigned quiet; /* its quiet_depth while another carrier runs */
	char *stack; /* above the lower guard page */
	ucontext_t context;
	jmp_buf at;   /* where it resumes, once entered */
	bool entered;
	void *fake_stack; /* AddressSanitizer's */
	void *fiber;      /* ThreadSanitizer's */
	const void *bottom; /* of its stack, for AddressSanitizer */
	size_t size;

	pthread_t thread;
	void *handler_stack;
	sem_t turn;
	bool abandoned;
	jmp_buf begin; /* the target of a thread that jumps out */
};

extern struct carrier sim_carriers[SIM_THREADS + 1];
extern size_t carrier_stack_size;

/* carrier.c: a stack with guard pages; null if there is no memory. */
char *carrier_stack_new(void);
/* A thread must not end while ThreadSanitizer ignores it. */
void carrier_unquiet(struct carrier *c);

/* context.c: run carrier `to'; returns when one switches back to `from'. */
void context_switch(unsigned from, unsigned to);
/* The fiber of the running thread; the end of a carrier's fiber. */
void *context_fiber(void);
void context_fiber_end(struct carrier *c);

#endif /* SIM_CARRIER_H */
