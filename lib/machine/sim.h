/* SPDX-License-Identifier: MIT */
/*
 * The simulated machine, on which one thread runs at a time.
 *
 * A thread stops before each step it makes and asks which process goes on.  A
 * process is a thread, or one of two things that may happen to a thread that
 * sleeps: its deadline passes, or it wakes for no reason.  A driver (one of
 * lib/explore) answers, and so chooses the schedule; nothing else is left to
 * chance, so the same answers give the same execution.
 *
 * States of a thread, and who makes the transitions:
 *
 *	READY    -> BLOCKED	itself, in sim_block
 *	BLOCKED  -> READY	a wake, by another thread; the end of the
 *				thread it joins; the process SIM_TIMEOUT or
 *				SIM_SPURIOUS of it, when picked
 *	READY    -> DONE	itself, when its function has returned
 *
 * An execution ends when no process can go on.  If threads are BLOCKED then,
 * they sleep for ever.
 *
 * What is a step: with the grain of atomics each atomic access, wait, wake,
 * start, join and look at the clock.  With the grain of calls each call of a
 * sync_* function by the program, up to where it sleeps or returns, and each
 * access to a variable that the program marks.
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plat.h"

#define SIM_THREADS 16 /* an execution; the first runs the test itself */
#define SIM_PROCS   (3 * SIM_THREADS)

/* Processes: thread t is t. */
#define SIM_TIMEOUT(t)  (SIM_THREADS + (t))
#define SIM_SPURIOUS(t) (2 * SIM_THREADS + (t))
#define SIM_BIT(p)      (UINT64_C(1) << (p))
#define SIM_ALL_THREADS (SIM_BIT(SIM_THREADS) - 1)

static inline unsigned
sim_thread_of(unsigned proc)
{
	return proc % SIM_THREADS;
}

/* What a step does. */
enum sim_kind {
	SIM_BEGIN,  /* the first of a thread */
	SIM_RESUME, /* the first after it slept */
	SIM_CALL,   /* call: which function of the library */
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
	SIM_PASSES, /* its deadline */
	SIM_WAKES,  /* for no reason */
};

struct sim_op {
	uint8_t kind;
	bool stale;          /* SIM_LOAD: it has read an older store */
	uint16_t call;       /* of SIM_CALL; see explore/wrappers/calls.h */
	const void *address; /* what it touches; may be null */
	const void *site;    /* in the program's code */
};

/*
 * What a step has touched, a bit a location.  Two locations may share a bit, so
 * that a conflict may be seen where there is none; never the other way round.
 */
struct sim_foot {
	uint64_t reads, writes;
	/* gates (gates.c): that had to be open for it; that it opened, closed;
	   and of the opened those that no other step might have opened */
	uint64_t needs, opens, closes, alone;
};

static inline bool
sim_conflict(struct sim_foot a, struct sim_foot b)
{
	return (a.writes & (b.reads | b.writes)) != 0
	    || (b.writes & a.reads) != 0;
}

/* What can go on. */
struct sim_state {
	uint64_t enabled; /* processes, at least one */
	unsigned last;    /* the thread that ran last */
	bool goes_on;     /* it could when its step had ended: to let another
			     run instead is to preempt it */
	uint32_t step;    /* how many came before */
};

/*
 * Who chooses.  pick: one of the enabled.  choose: a number below n, where a
 * step has several outcomes; why says which kind.  stepped: the step that pick
 * chose has ended, and these are enabled now.
 */
enum sim_choice {
	SIM_WHOM,    /* of several sleepers to wake */
	SIM_STALE,   /* which store a load reads; 0 is the latest */
	SIM_FAILS,   /* whether an allocation fails: 1 */
	SIM_SPINS,   /* whether spinning pays: 1 */
	SIM_PROGRAM, /* the program asked */
	SIM_WAKES_LATE, /* when nothing else goes on: whether a thread wakes */
};
struct sim_driver {
	unsigned (*pick)(struct sim_driver *, const struct sim_state *);
	unsigned (*choose)(struct sim_driver *, enum sim_choice why, unsigned n);
	void (*stepped)(struct sim_driver *, unsigned proc,
	    struct sim_foot foot, uint64_t enabled);
};

/* What an execution may do; see struct sync_explore_options. */
struct sim_limits {
	uint32_t steps;
	uint32_t timeouts, spurious, stale, failures;
	uint32_t polls; /* equal rounds of a thread that polls; 0: no limit */
	size_t stack_size;
	bool atomics; /* the grain */
	bool weak;    /* memory */
	bool os_threads;
};

/* How an execution ended. */
enum sim_ending {
	SIM_FINE,
	SIM_DEADLOCK,
	SIM_LEAK,     /* the test returned, others sleep for ever */
	SIM_LIVELOCK, /* more steps than allowed */
	SIM_ASSERTION,
	SIM_RACE,
	SIM_GONE,  /* a destroyed or freed object was used */
	SIM_CRASH,
	SIM_CHANGED, /* the test did not do again what it did before */
	SIM_EMPTY,   /* never of an execution */
	SIM_OUTSIDE, /* it met what the explorer does not lead */
	SIM_MISUSE,  /* of an object of POSIX threads */
};
struct sim_outcome {
	enum sim_ending ending;
	uint32_t steps;
	uint32_t threads;
	unsigned limited; /* SYNC_EXPLORE_*: limits that left something out */
	char what[240];
	const void *site; /* what ends with, for people; null: nothing */
};

/*
 * Run the test once.  0; ENOMEM or EAGAIN if the machine cannot be set up.
 * The limits hold until sim_end; the first run begins an exploration.
 */
int sim_begin(const struct sim_limits *limits);
void sim_run(void (*test)(void *), void *arg, struct sim_driver *driver,
    struct sim_outcome *outcome);
void sim_end(void);
/* Other limits from the next run on; the stacks and what bears them stay. */
void sim_limit(const struct sim_limits *limits);
void sim_limits_now(struct sim_limits *limits);

/*
 * A call by a thread that is not on the machine: if an exploration runs and the
 * thread is not its own, returns when that has ended, and it ends badly.
 */
void sim_outside(const char *call);

/* Whether the caller runs on the machine; else every plat_* is on its own. */
extern _Thread_local bool sim_on __attribute__((tls_model("initial-exec")));

/* End this execution badly; does not return. */
_Noreturn void sim_fail(enum sim_ending ending, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
_Noreturn void sim_fail_at(enum sim_ending ending, const void *site,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * Trace.  While it is set, each thing that happens is reported: event, when a
 * step begins or a thread falls asleep or ends; returned, of the call that a
 * thread is in.
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

/* What a report may want to know of a thread after a run. */
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
uint32_t sim_steps(void); /* so far */
/*
 * The threads that could go on but whose step would only fall asleep, in a wait
 * without a deadline: see gates.c.
 */
uint64_t sim_idle(void);
/* The gate that a thread's next step needs open, a bit as in a foot; or 0. */
uint64_t sim_gate(unsigned thread);
/* "EINVAL", or null. */
const char *sim_error_name(int err);
/* Nanoseconds of real time. */
int64_t sim_real_time(void);
/*
 * Changes when the bits of a foot were given out anew, so that those of earlier
 * executions mean nothing any more.
 */
uint32_t sim_names(void);
/* A number of the object, in the order they are asked for in an execution. */
uint32_t sim_object(const void *object);

/* For lib/explore/wrappers/calls.c: around each call by the program. */
enum sim_call_kind {
	SIM_PLAIN,
	SIM_QUERY, /* changes nothing */
	SIM_TRY,   /* changes nothing unless it returns 0 */
	SIM_CLOCK, /* no step of its own */
	SIM_LOCAL,   /* likewise: of this thread alone */
	SIM_INIT,    /* the object is new if it returns 0 */
	SIM_DESTROY, /* and gone */
};
void sim_call_enter(unsigned call, enum sim_call_kind kind, const void *object,
    const void *site);
/* lib/explore/waits.c: what a call waits for, and whether it would wait now. */
enum sim_wait {
	SIM_NO_WAIT,
	SIM_LOCK,  /* nobody else holds the object */
	SIM_KERNEL_LOCK, /* likewise, if it notices no circles */
	SIM_STATE, /* what sim_shut says of the object */
	SIM_ITS_END, /* of the thread that the object is */
};
struct sim_waits {
	enum sim_wait what;
	unsigned gate; /* of the object's: a number below SIM_GATES */
	bool locks;    /* of a lock: what changes, an unlock changes back */
	bool state;    /* of an object that sim_shut knows */
	bool ordered;  /* what opens or closes its gates, in one order */
	bool sees;     /* whether others wait in the object */
};
#define SIM_GATES 3
const struct sim_waits *sim_waits_of(unsigned call);
/* The gates of the call's object that are shut, a bit each. */
unsigned sim_shut(unsigned call, const void *object);
/* machine/posix/sem.c: those of a sem_t. */
unsigned sim_sem_shut(const void *s);
void sim_call_leave(unsigned call, enum sim_call_kind kind, const void *object,
    long long result);

/*
 * For the program's own variables, of 1 to 8 bytes if atomic; see
 * <libsync/explore.h>.  change: enum raw_change.
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
/* A call that is not led. */
_Noreturn void sim_refuse(const char *call, const void *site);
unsigned sim_choose(enum sim_choice why, unsigned n);
void sim_yield(const void *site);

#endif /* SIM_H */
