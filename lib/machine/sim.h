/* SPDX-License-Identifier: MIT */
/*
 * The simulated machine, on which exactly one thread runs at a time.
 *
 * A thread stops before each step and asks the driver (one of lib/explore)
 * which process runs next.  A process is a thread, or one of two events of a
 * sleeping thread: its deadline passes, or it wakes spuriously.  So the driver
 * chooses the schedule.  Nothing else is random: the same choices give the
 * same execution.
 *
 * States of a thread, and the causes of the transitions:
 *
 *	READY    -> BLOCKED	the thread itself, in sim_block
 *	BLOCKED  -> READY	a wake by another thread; the end of the thread
 *				that it joins, or that owns the robust lock it
 *				waits for; a cancellation; its process
 *				SIM_TIMEOUT or SIM_SPURIOUS, when picked
 *	READY    -> DONE	the thread itself, when its function returns
 *
 * An execution ends when no process is enabled.  Threads that are BLOCKED then
 * sleep for ever.
 *
 * A step depends on the grain.  With the grain of atomics, each atomic access,
 * wait, wake, start, join and reading of the clock is a step.  With the grain
 * of calls, a step is a call of a sync_* function by the program, up to the
 * point where it sleeps or returns.  With either grain, each access to a
 * variable that the program marks is a step.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plat.h"

#define SIM_THREADS 16 /* per execution; thread 0 runs the test itself */
#define SIM_PROCS   (3 * SIM_THREADS)

/* Processes: thread t is process t. */
#define SIM_TIMEOUT(t)  (SIM_THREADS + (t))
#define SIM_SPURIOUS(t) (2 * SIM_THREADS + (t))
#define SIM_BIT(p)      (UINT64_C(1) << (p))
#define SIM_ALL_THREADS (SIM_BIT(SIM_THREADS) - 1)

static inline unsigned
sim_thread_of(unsigned proc)
{
	return proc % SIM_THREADS;
}

/* The kinds of steps. */
enum sim_kind {
	SIM_BEGIN,  /* the first of a thread */
	SIM_RESUME, /* the first after a sleep */
	SIM_CALL,   /* of a function of the library; see sim_op.call */
	SIM_LOAD,
	SIM_STORE,
	SIM_MODIFY, /* an atomic read-modify-write */
	SIM_READ,   /* of a marked variable */
	SIM_WRITE,
	SIM_SLEEP, /* plat_wait */
	SIM_WAKE,
	SIM_FENCE,
	SIM_NOW,
	SIM_YIELD,
	SIM_START,
	SIM_JOIN,
	SIM_END,   /* of the thread; never a step of its own */
	SIM_PASSES, /* its deadline passes */
	SIM_WAKES,  /* a spurious wakeup */
};

struct sim_op {
	uint8_t kind;
	bool stale;          /* it has read or written a stale value */
	uint16_t call;       /* the call; see explore/wrappers/calls.h */
	const void *address; /* that it accesses; may be null */
	const void *site;    /* its place in the program's code */
};

/*
 * The footprint of a step: the locations that it has accessed, a bit each.
 * Two locations may share a bit.  Then two steps may seem to conflict that do
 * not; but no conflict is ever missed.
 */
struct sim_foot {
	uint64_t reads, writes;
	/* gates (gates.c): those that had to be open for it; those that it
	   opened; that it closed; and those of `opens' for which all steps
	   that open or close the gate conflict */
	uint64_t needs, opens, closes, alone;
};

static inline bool
sim_conflict(struct sim_foot a, struct sim_foot b)
{
	return (a.writes & (b.reads | b.writes)) != 0
	    || (b.writes & a.reads) != 0;
}

/* The state in which the driver picks a process. */
struct sim_state {
	uint64_t enabled; /* processes, at least one */
	unsigned last;    /* the thread that ran last */
	bool goes_on;     /* it could run when its step had ended: to run
			     another thread instead is a preemption */
	uint32_t step;    /* the number of steps before */
};

/*
 * The driver makes all choices.  pick returns one of the enabled processes.
 * choose returns a number below n where a step has several outcomes; why is
 * the kind of choice.  stepped reports that the step of the picked process has
 * ended, its footprint, and the processes that are enabled now.
 */
enum sim_choice {
	SIM_WHOM,    /* which of several sleepers a wake releases */
	SIM_STALE,   /* which store a load reads; 0 is the latest */
	SIM_FAILS,   /* whether an allocation or a start fails: 1 */
	SIM_SPINS,   /* whether spinning pays: 1 */
	SIM_PROGRAM, /* a choice of the program */
	SIM_WAKES_LATE, /* nothing else is enabled: whether a sleeper wakes */
};
struct sim_driver {
	unsigned (*pick)(struct sim_driver *, const struct sim_state *);
	unsigned (*choose)(struct sim_driver *, enum sim_choice why, unsigned n);
	void (*stepped)(struct sim_driver *, unsigned proc,
	    struct sim_foot foot, uint64_t enabled);
};

/* The limits of an execution; see struct sync_explore_options. */
struct sim_limits {
	uint32_t steps;
	uint32_t timeouts, spurious, stale, failures;
	uint32_t polls; /* equal rounds of a thread that polls; 0: no limit */
	size_t stack_size;
	bool atomics; /* the grain: of atomics, else of calls */
	bool weak;    /* weak memory */
	bool os_threads;
};

/* The ways in which an execution ends. */
enum sim_ending {
	SIM_FINE,
	SIM_DEADLOCK,
	SIM_LEAK,     /* the test returned, others sleep for ever */
	SIM_LIVELOCK, /* more steps than allowed */
	SIM_ASSERTION,
	SIM_RACE,
	SIM_GONE,  /* a destroyed or freed object was used */
	SIM_CRASH,
	SIM_CHANGED, /* the test did not repeat its earlier steps */
	SIM_EMPTY,   /* only of an exploration: it made no step */
	SIM_OUTSIDE, /* a call or thread that the explorer does not control */
	SIM_MISUSE,  /* misuse of an object of POSIX threads */
};
struct sim_outcome {
	enum sim_ending ending;
	uint32_t steps;
	uint32_t threads;
	unsigned limited; /* SYNC_EXPLORE_*: limits that excluded something */
	char what[240];   /* the message */
	const void *site; /* a place that the message ends with, or null */
};

/*
 * An exploration is between sim_begin and sim_end, and sim_run runs the test
 * once. sim_begin returns 0, or ENOMEM if there is no memory for the machine.
 * The limits hold until sim_end or sim_limit.
 */
int sim_begin(const struct sim_limits *limits);
void sim_run(void (*test)(void *), void *arg, struct sim_driver *driver,
    struct sim_outcome *outcome);
void sim_end(void);
/* Set the limits of later runs.  stack_size and os_threads have no effect. */
void sim_limit(const struct sim_limits *limits);
void sim_limits_now(struct sim_limits *limits);

/*
 * A call by a thread that the machine does not run.  If another thread
 * explores, the exploration fails, and this returns when it has ended.
 */
void sim_outside(const char *call);

/*
 * Whether the machine runs the calling thread; else plat_* calls are no steps.
 */
extern _Thread_local bool sim_on __attribute__((tls_model("initial-exec")));

/* End this execution as a failure; does not return. */
_Noreturn void sim_fail(enum sim_ending ending, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
_Noreturn void sim_fail_at(enum sim_ending ending, const void *site,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * The tracer, while it is set, receives all events.  event: a step begins, or
 * a thread falls asleep or ends.  returned: the call that a thread is in
 * returns.
 */
struct sim_tracer {
	void (*event)(struct sim_tracer *, unsigned proc, const struct sim_op *,
	    uint32_t value);
	void (*returned)(struct sim_tracer *, unsigned thread, unsigned call,
	    const void *object, long long result, bool blocked);
};
extern struct sim_tracer *sim_tracer;

/* The calls of the library that a thread is in, outermost first. */
#define SIM_CALLS 6
struct sim_call {
	uint16_t call;
	bool slept;
	const void *object;
	const void *site;
};

struct sim_hold {
	const void *lock;
	unsigned how; /* as announce_lock's */
};
#define SIM_HOLDS 12

/* The state of a thread after a run, for reports. */
struct sim_view {
	enum { SIM_READY, SIM_BLOCKED, SIM_DONE } state;
	bool running; /* when the execution ended */
	struct sim_op op;
	const char *name;
	struct sim_call calls[SIM_CALLS];
	unsigned depth;
	struct sim_hold holds[SIM_HOLDS];
	unsigned nholds;
};
void sim_view(unsigned thread, struct sim_view *view);
struct sim_op sim_next_op(unsigned proc);
/*
 * For tests of the library: the calling thread knows everything that all threads
 * have done so far, as if it had joined them.
 */
void sim_know_all(void);
uint32_t sim_steps(void); /* the number of steps so far */
/*
 * The READY threads whose next step would only fall asleep, in a wait without
 * a deadline: see gates.c.
 */
uint64_t sim_idle(void);
/* The gate that a thread's next step needs, a bit as in a footprint; or 0. */
uint64_t sim_gate(unsigned thread);
/* "EINVAL", or null. */
const char *sim_error_name(int err);
/* Nanoseconds of real time. */
int64_t sim_real_time(void);
/*
 * A number that changes when the bits of footprints are assigned again.  Then
 * the footprints of earlier executions are void.
 */
uint32_t sim_names(void);
/* The object's number; objects are numbered in the order of the requests. */
uint32_t sim_object(const void *object);

/* For lib/explore/wrappers/calls.c: around each call by the program. */
enum sim_call_kind {
	SIM_PLAIN,
	SIM_QUERY, /* changes nothing */
	SIM_TRY,   /* changes nothing unless it returns 0 */
	SIM_CLOCK, /* reads the clock; the call is not a step */
	SIM_LOCAL,   /* concerns this thread only; the call is not a step */
	SIM_INIT,    /* the object is new if it returns 0 */
	SIM_DESTROY, /* the object is destroyed if it returns 0 */
};
void sim_call_enter(unsigned call, enum sim_call_kind kind, const void *object,
    const void *site);
/* lib/explore/waits.c: the condition that a call waits for. */
enum sim_wait {
	SIM_NO_WAIT,
	SIM_LOCK,  /* no other thread holds the object */
	SIM_KERNEL_LOCK, /* likewise, unless it detects circles of threads */
	SIM_STATE, /* sim_shut does not report the gate as shut */
	SIM_ITS_END, /* the thread that the object is has ended */
};
struct sim_waits {
	enum sim_wait what;
	unsigned gate; /* of the object: a number below SIM_GATES */
	bool locks;    /* works on a lock: an unlock undoes a lock */
	bool state;    /* sim_shut knows the object's gates */
	bool ordered;  /* all calls that open or close its gates conflict */
	bool sees;     /* its result depends on whether others wait there */
};
#define SIM_GATES 3
const struct sim_waits *sim_waits_of(unsigned call);
/* The gates of the call's object that are shut now, a bit each. */
unsigned sim_shut(unsigned call, const void *object);
/* machine/posix/sem.c: the same for a sem_t. */
unsigned sim_sem_shut(const void *s);
void sim_call_leave(unsigned call, enum sim_call_kind kind, const void *object,
    long long result);

/*
 * Accesses to the program's variables; see <libsync/explore.h>.  An atomic one
 * has 1, 2, 4 or 8 bytes.  change: enum raw_change.
 */
void sim_access(const void *p, bool writes, const void *site);
uint64_t sim_program_load(
    const void *p, unsigned size, int order, const void *site);
void sim_program_store(
    void *p, unsigned size, uint64_t v, int order, const void *site);
uint64_t sim_program_modify(void *p, unsigned size, unsigned change, uint64_t v,
    int order, const void *site);
bool sim_program_cas(void *p, unsigned size, void *expected, uint64_t v,
    int order, int failure, const void *site);
void sim_program_fence(int order, const void *site);
void sim_freed(const void *p, size_t size);
/* A call that the explorer does not control: ends the execution. */
_Noreturn void sim_refuse(const char *call, const void *site);
unsigned sim_choose(enum sim_choice why, unsigned n);
void sim_yield(const void *site);

#endif /* SIM_H */
