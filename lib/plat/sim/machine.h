/* SPDX-License-Identifier: MIT */
/* Inside plat/sim: what its files share. */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include "sim.h"

/* How many steps of each thread happen before: a vector clock. */
struct sim_clock {
	uint32_t of[SIM_THREADS];
};

static inline void
clock_join(struct sim_clock *c, const struct sim_clock *other)
{
	int i;

	for (i = 0; i < SIM_THREADS; i++)
		if (c->of[i] < other->of[i])
			c->of[i] = other->of[i];
}

#define SIM_LOOKS 4

struct sim_thread {
	unsigned state;    /* SIM_READY, SIM_BLOCKED, SIM_DONE */
	bool restless; /* its sleep may end for no reason, and that shows */
	bool dozes; /* it waits for nothing but time: a round of polling */
	bool joined;       /* by plat_thread_join, which is for once */
	bool robust_sleep; /* for a kernel lock: the owner's end wakes it */
	const uint32_t *wanted; /* of the kernel lock it waits for: the owner */
	struct sim_op op;  /* READY: its next step.  BLOCKED: what it is in */
	struct sim_clock clock;
	/* what it knows by sequentially consistent order; of its last fence;
	   what a fence would learn */
	struct sim_clock view, fenced, pending;
	/* where it has looked in vain since it last did something */
	const void *looks[SIM_LOOKS];
	unsigned nlooks;
	unsigned glances; /* at the clock, since then */

	/* BLOCKED */
	const uint32_t *word; /* null: it joins */
	uint32_t channel;
	sync_time deadline;
	unsigned joins;
	int result; /* of the sleep */

	void *(*fn)(void *);
	void *arg;
	void *value;   /* that fn returned */
	bool detached; /* it may sleep for ever */
	const char *name;
	struct plat_local local;
	volatile int inside; /* of the parking lot, see plat_inside */
	int saved_errno;
	struct sim_call calls[SIM_CALLS];
	unsigned depth; /* of calls, also when there is no room for all */
	struct sim_hold holds[SIM_HOLDS];
	unsigned nholds;
	unsigned spun; /* how often spinning has paid */
};

struct sim_machine {
	struct sim_limits limits;
	struct sim_driver *driver;
	struct sim_outcome *outcome;
	struct sim_thread threads[SIM_THREADS];
	unsigned nthreads;
	unsigned current; /* the thread that runs */
	bool mute;        /* the detectors are told nothing any more */

	/* sets of threads */
	uint64_t ready;
	uint64_t timed;   /* BLOCKED with a deadline */
	uint64_t asleep;  /* BLOCKED on a word */
	uint64_t restless; /* of those */
	uint64_t lowered; /* they do not run until something was done */

	sync_time now;
	uint32_t steps;
	uint32_t timeouts, spurious, stale, failures; /* had so far */

	/* the step being made */
	bool open;
	unsigned proc;
	struct sim_foot foot;
};

extern struct sim_machine sim_machine;
extern uint32_t sim_executions; /* so far */

static inline struct sim_thread *
sim_me(void)
{
	return &sim_machine.threads[sim_machine.current];
}

/* plat.c: the thread with that id; null: sync_explore does not run it. */
struct sim_thread *sim_by_id(uint32_t id);

/* machine.c */

/* Stop before a step; returns when it is this thread's turn to make it. */
void sim_point(enum sim_kind kind, const void *address, const void *site);
/* Be BLOCKED, until made READY. */
void sim_block(struct sim_thread *t);
/* Make up to n sleepers on that word READY; which, the driver says. */
void sim_wake(const uint32_t *word, uint32_t n, uint32_t channels);
/* A BLOCKED thread goes on with this result. */
void sim_unblock(unsigned thread, int result);
/* Likewise, and it contends with a wake. */
void sim_wake_up(unsigned thread, int result);
/*
 * This thread has done something; or it has looked for something in vain, there
 * in the program.  One that has looked there before is in a loop, and nothing
 * is to be gained by another round before a thread has done something.
 */
void sim_progress(void);
void sim_look(const void *site);
/* Of a new thread; false if there are too many. */
bool sim_new_thread(unsigned *thread, void *(*fn)(void *), void *arg);
void sim_trace(unsigned proc, const struct sim_op *op, uint32_t value);
/* The thread of a carrier; it returns when it has a new one to run. */
void sim_thread_main(unsigned carrier);

/* Touch what is not memory: the sleep of a thread, its end, the clock. */
void sim_touch(const void *what, bool write);

/* memory.c */

/* A new exploration; a new execution. */
int memory_begin(void);
void memory_end(void);
void memory_reset(void);
void memory_tidy(void); /* after it */
/* Bit of that location in a foot. */
uint64_t memory_bit(const void *address);
/* Fails if it is memory that the program has given back. */
void memory_check(const void *address);
void memory_forget(const void *p, size_t size);
/* An access of the library that is not atomic, and no step. */
void memory_plain(const void *p, bool writes, const void *site);
/* What happened before is handed over, without a step. */
void memory_release(const void *address);
void memory_acquire(const void *address);

/* calls.c */
void calls_begin(void);

/* posix.c, posix_key.c: a new execution; a thread ends. */
void posix_begin(void);
void posix_keys_end(void);

/* crash.c; and for a thread of the system, on that thread. */
void crash_begin(void);
void crash_end(void);
void *crash_stack_begin(void);
void crash_stack_end(void *stack);

/* carrier.c: what threads run on; HOME is the caller of sim_run. */
#define CARRIER_HOME SIM_THREADS
int carriers_begin(const struct sim_limits *limits);
void carriers_end(void);
/* Let another go on; returns when someone lets this one. */
void carrier_switch(unsigned from, unsigned to);
/* It will not go on: it starts anew when it is next let. */
void carrier_abandon(unsigned carrier);
/* The thread whose stack has that address just beyond its end, or -1. */
int carrier_overflowed(const void *address);
/* Whether that address is in its stack. */
bool carrier_owns(unsigned carrier, const void *address);

#endif /* SIM_MACHINE_H */
