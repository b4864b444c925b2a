/* SPDX-License-Identifier: MIT */
/* What the library remembers of each thread, in the platform's record. */
#ifndef WAIT_RECORD_H
#define WAIT_RECORD_H

#include "plat.h"

/* The kinds of waits, of which spin.h learns separately. */
enum { SPIN_LOCK, SPIN_UNIT, SPIN_ELEMENT, SPIN_KINDS };

struct thread_record {
	struct sync_thread *thread; /* that started it; null: not ours */
	struct identity_reads reads;

	/* See wait/spin.h. */
	sync_time no_yield_until;
	uint8_t long_waits[SPIN_KINDS];
	uint8_t renewal;   /* waits until plat_processors_renew */
	uint8_t dry;       /* spins for a lock that did not get it */
	uint8_t yields;    /* in this wait */
	uint8_t shared;    /* waits that the first yield ended */
	uint16_t dear;     /* ns that the last expensive poll of a lock cost */
	uint16_t patience; /* ns to spin for a lock; 0: not learned yet */
};

/* The calling thread's; null: no memory.  Signal handlers must not call it. */
static inline struct thread_record *
record_mine(void)
{
	return plat_record();
}

/* The same, but null also if the thread has none yet. */
static inline struct thread_record *
record_if_any(void)
{
	return plat_record_if_any();
}

#endif /* WAIT_RECORD_H */
