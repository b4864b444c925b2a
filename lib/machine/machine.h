/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files of machine/: the state of the machine and of its
 * threads, and the functions that one file has for the others.  No lock guards
 * the data, because exactly one thread runs at a time.
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include "machine/sim.h"

/* A vector clock: for each thread, how many of its steps happen before. */
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

/* A place that a thread has passed, and the state then; see looks.c. */
#define SIM_LOOKS 64
struct sim_look {
	const void *site;
	uint64_t shared, own; /* hashes: shared state; registers and stack */
	uint32_t object; /* its number */
	uint32_t passed, equal; /* rounds since a change; with an equal stack */
	uint32_t used; /* sim_thread.looked, when last used */
};

struct sim_thread {
	unsigned state;    /* SIM_READY, SIM_BLOCKED, SIM_DONE */
	bool restless; /* spurious wakeups of its sleep are explored */
	bool dozes; /* it waits only for the clock: a round of polling */
	bool joined;       /* by plat_thread_join, which joins it only once */
	bool robust_sleep; /* for a robust lock: the owner's end wakes it */
	const uint32_t *wanted; /* owner word of the kernel lock it waits for */
	struct sim_op op; /* READY: its next step.  BLOCKED: how it sleeps */
	struct sim_clock clock;
	/* view: what it knows by the order of seq_cst fences.  fenced: its
	   clock at its last release fence.  pending: what its next acquire
	   fence adds to its clock. */
	struct sim_clock view, fenced, pending;
	struct sim_look looks[SIM_LOOKS];
	unsigned nlooks;
	uint32_t looked; /* calls of sim_look and sim_dozed */
	uint64_t held_at; /* the shared state when it was held back */
	unsigned glances; /* readings of the clock since its last progress */
	const void *wants; /* the lock that it has released in this call */
	uint64_t needs;    /* gates that had to be open for its step */
	struct sim_watch {
		unsigned call;
		const void *object; /* null: none */
		unsigned shut; /* its shut gates before the step */
	} watch; /* the object of its step; see gates.c */

	/* BLOCKED */
	const uint32_t *word; /* null: it joins */
	uint64_t channel; /* of the other scope: the upper half */
	sync_time deadline;
	unsigned joins; /* also READY, before SIM_JOIN */
	int result; /* of the sleep */

	void *(*fn)(void *);
	void *arg;
	void *value;   /* the result of fn */
	bool detached; /* it may sleep for ever without a failure */
	const char *name;
	_Alignas(max_align_t) char record[PLAT_RECORD_SIZE];
	volatile int inside; /* of the parking lot, see plat_inside */
	void *asleep;        /* likewise, see plat_asleep */
	int saved_errno;
	struct sim_call calls[SIM_CALLS];
	unsigned depth; /* of nested calls; may exceed SIM_CALLS */
	struct sim_hold holds[SIM_HOLDS];
	unsigned nholds;
	unsigned spun; /* how often plat_polls has returned true */
};

struct sim_machine {
	struct sim_limits limits;
	struct sim_driver *driver;
	struct sim_outcome *outcome;
	struct sim_thread threads[SIM_THREADS];
	unsigned nthreads;
	unsigned current; /* the thread that runs */
	bool mute;        /* nothing more is announced to the detectors */

	/* sets of threads */
	uint64_t ready;
	uint64_t timed;   /* BLOCKED with a deadline */
	uint64_t asleep;  /* BLOCKED on a word */
	uint64_t restless; /* those of asleep that may wake spuriously */
	uint64_t lowered; /* not run until a thread makes progress */
	uint64_t held;    /* not run until the shared state changes */
	unsigned limited; /* as in struct sim_outcome */
	uint64_t values;  /* a hash of all atomic variables and locks */
	uint64_t events;  /* the number of all other changes */

	sync_time now;
	uint32_t steps;
	uint32_t timeouts, spurious, stale, failures; /* used of the limits */

	/* the current step */
	bool open; /* begun, and not yet reported to the driver */
	unsigned proc;
	struct sim_foot foot;
};

extern struct sim_machine sim_machine;
extern uint32_t sim_executions; /* the number of executions so far */

static inline struct sim_thread *
sim_me(void)
{
	return &sim_machine.threads[sim_machine.current];
}

/* plat.c: the thread with that id; null if sync_explore does not run it. */
struct sim_thread *sim_by_id(uint32_t id);

/* machine.c */

/* Let the driver choose until it is the turn of the running thread again. */
void sim_schedule(void);
/* Stop before a step; returns when the driver has picked this thread. */
void sim_point(enum sim_kind kind, const void *address, const void *site);
/*
 * The running thread has made progress, so threads that are lowered may run.
 * undone: the change is in m.values, or is undone later, as a lock by its
 * unlock; then it is not counted as an event.
 */
void sim_progress(bool undone);
/* The running thread does not run again until another makes progress. */
void sim_lower(void);
void sim_trace(unsigned proc, const struct sim_op *op, uint32_t value);
/*
 * Add to the footprint an access to something that is not memory, such as a
 * thread's sleep, a thread's end, or the clock.
 */
void sim_touch(const void *what, bool write);

/* threads.c */

/* Block the running thread; returns when it is READY and picked. */
void sim_block(struct sim_thread *t);
/* Make up to n sleepers on that word READY; the driver chooses which. */
void sim_wake(const uint32_t *word, uint32_t n, uint64_t channels);
/* Make a BLOCKED thread READY; its sleep returns this result. */
void sim_unblock(unsigned thread, int result);
/* Likewise, as a step that conflicts with a wake of that thread. */
void sim_wake_up(unsigned thread, int result);
/* Make a thread, and return its number; false if there are too many. */
bool sim_new_thread(unsigned *thread, void *(*fn)(void *), void *arg);
/* Run a carrier's thread; returns when the carrier has a new one to run. */
void sim_thread_main(unsigned carrier);

/* memory.c, location.c */

/* Around an exploration; memory_begin returns 0 or ENOMEM. */
int memory_begin(void);
void memory_end(void);
/* Before an execution; after it. */
void memory_reset(void);
void memory_tidy(void);
/* The bit of that location in a footprint. */
uint64_t memory_bit(const void *address);
/* End the execution as a failure if the program has freed that memory. */
void memory_check(const void *address);
/* Forget all earlier accesses to these bytes, as if just allocated. */
void memory_forget(const void *p, size_t size);
/* A plain access of the library, which is not a step. */
void memory_plain(const void *p, bool writes, const void *site);
/*
 * Everything before the release happens before everything after an acquire of
 * the same address.  Neither is a step.
 */
void memory_release(const void *address);
void memory_acquire(const void *address);

/* looks.c: loops that poll. */

/* The running thread is about to make a step at that place of the program. */
void sim_look(const void *site, const void *object);
/*
 * The running thread has slept at that place, waiting only for the clock.  If
 * it has done so as often as a thread may poll, and nothing but the clock has
 * changed, it is lowered.
 */
void sim_dozed(const void *site);
/* The threads of m.held for which the shared state has not changed. */
uint64_t looks_held(void);
/* A shared value has changed: an atomic variable's, or a lock's holder. */
void sim_changed(const void *address, uint64_t from, uint64_t to);

/* gates.c: the conditions that calls wait for. */

/*
 * reset: before an execution.  begin, end: around each step of the running
 * thread.  slept: the step falls asleep.
 */
void gates_reset(void);
void gates_begin(void);
void gates_end(void);
void gates_slept(void);
/* A thread has ended. */
void gates_ended(const struct sim_thread *t);

/*
 * plat/sim/kmutex.c: whether the lock inherits priorities.  Such a lock fails
 * with EDEADLK, and does not wait, if threads would wait in a circle.
 */
bool kmutex_inherits(const void *lock);
/* plat/sim/system.c: whether an allocation or a start fails, as is chosen. */
bool sim_runs_out(void);

/* call_log.c: before an execution; whether the object was destroyed. */
void calls_begin(void);
bool calls_destroyed(const void *object);

/* posix/posix.c: before an execution. */
void posix_begin(void);
/* posix/exit.c: whether the thread would be cancelled rather than wait. */
bool posix_is_pending(unsigned thread);
/* posix/key.c: the running thread ends. */
void posix_keys_end(void);

/* crash.c: around an exploration; and on each thread of the system. */
void crash_begin(void);
void crash_end(void);
void *crash_stack_begin(void);
void crash_stack_end(void *stack);

/* carrier.c: carriers run the threads; HOME is the caller of sim_run. */
#define CARRIER_HOME SIM_THREADS
int carriers_begin(const struct sim_limits *limits);
void carriers_end(void);
/* Run another carrier; returns when one switches back to `from'. */
void carrier_switch(unsigned from, unsigned to);
/* Give up what it runs: it starts from the beginning when next used. */
void carrier_abandon(unsigned carrier);
/* The beginning of its stack, which is the highest address. */
const char *carrier_stack(unsigned carrier);
/* The thread in whose lower guard page the address is, or -1. */
int carrier_overflowed(const void *address);
/* Whether the address is in its stack. */
bool carrier_owns(unsigned carrier, const void *address);

#endif /* SIM_MACHINE_H */
