/* SPDX-License-Identifier: MIT */
/* Inside machine/: what its files share. */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include "machine/sim.h"

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

/* A place that a thread has passed, and what was then; see looks.c. */
#define SIM_LOOKS 64
struct sim_look {
	const void *site;
	uint64_t shared, own;
	uint32_t object; /* its number */
	uint32_t passed, equal;
	uint32_t used; /* in which of the thread's looks, the last time */
};

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
	struct sim_look looks[SIM_LOOKS];
	unsigned nlooks;
	uint32_t looked; /* how often */
	uint64_t held_at; /* of those held back: what sim_shared said */
	unsigned glances; /* at the clock, since it last did something */
	const void *wants; /* the lock that it has released in this call */
	uint64_t needs;    /* gates of its step */
	struct sim_watch {
		unsigned call;
		const void *object; /* null: none */
		unsigned shut;
	} watch; /* the object of its step; see gates.c */

	/* BLOCKED */
	const uint32_t *word; /* null: it joins */
	uint32_t channel;
	sync_time deadline;
	unsigned joins; /* also READY, before SIM_JOIN */
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
	uint64_t held; /* nor these while sim_shared says what it did */
	unsigned limited; /* as in struct sim_outcome */
	uint64_t values;  /* of all atomic variables, and locks: a hash */
	uint64_t events;  /* what else was done, counted */

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
/* This thread has done something; undone, if an unlock takes it back. */
void sim_progress(bool undone);
/* It does not run again until another has done something. */
void sim_lower(void);
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

/* looks.c: loops that poll. */

/* The running thread is about to make a step of the program, there. */
void sim_look(const void *site, const void *object);
/*
 * It has slept there for a while, for nothing but time.  If that was as often as
 * a thread may poll, and nothing but the clock has changed, it lets others run.
 */
void sim_dozed(const void *site);
/* The threads of those held back to whom nothing has changed. */
uint64_t looks_held(void);
/* A value that threads share has become another. */
void sim_changed(const void *address, uint64_t from, uint64_t to);

/* gates.c: what waits are for. */

/* A new execution; around each step of the running thread. */
void gates_reset(void);
void gates_begin(void);
void gates_end(void);
void gates_slept(void);
/* A thread has ended. */
void gates_ended(const struct sim_thread *t);

/* kmutex.c: whether the lock notices circles, and so may not wait. */
bool kmutex_inherits(const void *lock);

/* calls.c */
void calls_begin(void);
bool calls_destroyed(const void *object);

/* posix.c, posix_key.c: a new execution; a thread ends. */
void posix_begin(void);
/* posix_exit.c: whether the thread would be cancelled rather than wait. */
bool posix_is_pending(unsigned thread);
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
/* Where its stack begins: the highest address. */
const char *carrier_stack(unsigned carrier);
/* The thread whose stack has that address just beyond its end, or -1. */
int carrier_overflowed(const void *address);
/* Whether that address is in its stack. */
bool carrier_owns(unsigned carrier, const void *address);

#endif /* SIM_MACHINE_H */
