/* SPDX-License-Identifier: MIT */
/*
 * The schedule explorer runs a test again and again, each time with another
 * schedule, that is, another interleaving of its threads.  It ends when a
 * schedule fails, or when all schedules within a bound have been run.
 *
 *	static void
 *	test(void *arg)
 *	{
 *		struct sync_thread t;
 *
 *		SYNC_OK(sync_thread_start(&t, worker, arg, NULL));
 *		...
 *		SYNC_OK(sync_thread_join(&t, NULL));
 *		SYNC_ASSERT(count == 2);
 *	}
 *
 *	int
 *	main(void)
 *	{
 *		return sync_explore(test, NULL, NULL, NULL) != 0;
 *	}
 *
 * Link the program with -lsync-sim instead of -lsync.  This library works on a
 * simulated machine.  One thread runs at a time.  Each call of the library is a
 * step, and before each step the machine may switch to another thread.  The
 * clock moves only when a deadline passes.  Deadlines may pass early, and there
 * may be spurious wakeups.  libsync-explore(7) explains it with an example.
 *
 * Apart from the schedule, each run of the test must do the same thing.  The
 * test must not use a clock, random numbers or input.  Its threads and locks
 * must be those of libsync (or of POSIX, if it is linked with
 * libsync-sim-pthread).  Each run must initialise all that it uses.
 */
#ifndef LIBSYNC_EXPLORE_H
#define LIBSYNC_EXPLORE_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libsync/base.h>
#include <libsync/time.h>

SYNC_BEGIN_DECLS

/* How to choose schedules. */
enum sync_explore_search {
	/*
	 * The searches below take turns, in rounds that grow.  Ends early once
	 * all schedules have been run.
	 */
	SYNC_EXPLORE_PORTFOLIO,
	/* All schedules with 0 preemptions, with 1, ... up to `preemptions'. */
	SYNC_EXPLORE_BOUNDED,
	/*
	 * All schedules, but only one representative of those that differ
	 * merely in the order of independent steps.
	 */
	SYNC_EXPLORE_ALL,
	/* A random thread at each step. */
	SYNC_EXPLORE_RANDOM,
	/*
	 * Threads have random priorities, which change at `depth' - 1 random
	 * steps: probabilistic concurrency testing (Burckhardt et al., 2010).
	 */
	SYNC_EXPLORE_PCT
};

/* How large a step is. */
enum sync_explore_grain {
	/* Each call of the library, up to where it sleeps; each mark. */
	SYNC_EXPLORE_CALLS,
	/* Each atomic access inside the library as well: to verify libsync. */
	SYNC_EXPLORE_ATOMICS
};

/* Flags of options. */
#define SYNC_EXPLORE_QUIET      0x01u /* do not print a failure */
#define SYNC_EXPLORE_VERBOSE    0x02u /* also print what was covered */
#define SYNC_EXPLORE_OS_THREADS 0x04u /* threads of the system, not contexts */
#define SYNC_EXPLORE_WEAK       0x08u /* memory is as weak as in C11 */
#define SYNC_EXPLORE_FULL       0x10u /* leave out no equivalent schedule */

struct sync_explore_options {
	const char *name; /* of the test, for messages; may be null */
	enum sync_explore_search search;
	enum sync_explore_grain grain;
	unsigned flags;
	uint64_t seed;
	uint64_t schedules;  /* at most; 0: no limit */
	int64_t nanoseconds; /* of real time, at most; 0: no limit */
	uint32_t preemptions; /* SYNC_EXPLORE_BOUNDED: the highest bound */
	uint32_t depth;       /* SYNC_EXPLORE_PCT */
	uint32_t steps;       /* of one execution: more is a livelock */
	/* Limits on how often this happens in one execution: */
	uint32_t timeouts; /* a deadline passes although a thread could run */
	uint32_t spurious; /* a thread has a spurious wakeup */
	uint32_t stale; /* a load reads an older store, or a store is older */
	uint32_t failures; /* an allocation or the start of a thread fails */
	size_t stack_size; /* of each thread; 0: 256 KiB */
	/*
	 * The number of equal rounds, at least 2, that a polling thread makes
	 * before it waits until something has changed; 0: no limit.
	 */
	uint32_t polls;
};

/* The defaults.  A null pointer for options means these. */
#define SYNC_EXPLORE_OPTIONS                                                   \
	{ SYNC_NULL_, SYNC_EXPLORE_PORTFOLIO, SYNC_EXPLORE_CALLS, 0, 1, 0,     \
		INT64_C(5000000000), 2, 3, 20000, 2, 1, 2, 0, 0, 2 }

enum sync_explore_failure {
	SYNC_EXPLORE_NOTHING,     /* no failure */
	SYNC_EXPLORE_DEADLOCK,    /* or a lost wakeup */
	SYNC_EXPLORE_LEAK,        /* the test ended, a thread sleeps for ever */
	SYNC_EXPLORE_LIVELOCK,    /* more steps than the options allow */
	SYNC_EXPLORE_ASSERTION, /* SYNC_ASSERT, SYNC_OK, assert, Check's */
	SYNC_EXPLORE_RACE,        /* between marked accesses */
	SYNC_EXPLORE_GONE,        /* used after it was destroyed or freed */
	SYNC_EXPLORE_CRASH,       /* a signal, for example of abort() */
	SYNC_EXPLORE_CHANGED,     /* the test does not do the same each time */
	SYNC_EXPLORE_EMPTY,       /* there was nothing to explore */
	SYNC_EXPLORE_OUTSIDE, /* a thread or a call that is not explored */
	SYNC_EXPLORE_MISUSE   /* of an object of POSIX threads */
};

/* Flags of `limited': limits of the options that left out schedules. */
#define SYNC_EXPLORE_TIMEOUTS 0x01u
#define SYNC_EXPLORE_SPURIOUS 0x02u
#define SYNC_EXPLORE_STALE    0x04u
#define SYNC_EXPLORE_FAILURES 0x08u
#define SYNC_EXPLORE_POLLS    0x10u /* rounds that poll or yield */

/* `bound' in a report: no limit on preemptions has left out a schedule. */
#define SYNC_EXPLORE_UNBOUNDED INT32_MAX

struct sync_explore_report {
	enum sync_explore_failure failure;
	const char *what;   /* in words; until the next exploration */
	const char *replay; /* for SYNC_REPLAY; null if nothing failed */
	uint64_t schedules; /* that were run */
	uint64_t steps;     /* of all of them */
	uint32_t longest;   /* steps of the longest execution */
	uint32_t threads;   /* at most in one execution, the test's included */
	/*
	 * The highest preemption bound for which every schedule was run, except
	 * those that `limited' names; -1 if not even bound 0 was completed.
	 */
	int32_t bound;
	uint64_t bound_schedules; /* the number of schedules it took */
	bool cut; /* the budget ended a search before it had run all */
	uint32_t preemptions; /* of the schedule that failed */
	int64_t nanoseconds;  /* of real time */
	/* The set of the limits above that have left out schedules. */
	unsigned limited;
};

/*
 * Explore the schedules of test(arg).  options and report may be null.
 *
 * Variables of the environment change what is run.  SYNC_REPLAY runs only the
 * one schedule that it names; tests with another name are not run.  SYNC_SEED,
 * SYNC_BOUND, SYNC_SECONDS and SYNC_SCHEDULES override the options.
 * SYNC_VERBOSE=1 and SYNC_OS_THREADS=1 set these flags.
 *
 * Returns 0: no failure was found; EPROTO: a failure was found, it was printed
 * to standard error, and *report describes it; EINVAL: test is null, an option
 * is out of range, or a variable SYNC_* is unknown or has an invalid value (a
 * line on standard error names it); EBUSY: called from inside a test, or while
 * another thread explores; ENOMEM: there is no memory.  Nothing else in the
 * program may use the library meanwhile.
 */
int sync_explore(void (*test)(void *), void *arg,
    const struct sync_explore_options *options,
    struct sync_explore_report *report);

/*
 * The explorer calls this on the thread whose step makes a schedule fail,
 * before any thread leaves its place.  Set a breakpoint here.  It does nothing.
 */
void sync_explore_failing(void);

/*
 * The rest is for tests.  It also works with -lsync, so that the same test can
 * run on real threads.  There, and outside of sync_explore(), SYNC_READ and
 * SYNC_WRITE are plain accesses, and a failed assertion aborts.
 */

/* End this schedule as a failure unless condition holds, or call returns 0. */
#define SYNC_ASSERT(condition)                                                 \
	((condition) ? (void)0                                                 \
		     : sync_explore_fail(#condition, 0, __FILE__, __LINE__))
#define SYNC_OK(call) sync_explore_ok((call), #call, __FILE__, __LINE__)

/*
 * Read or write a variable that threads share.  SYNC_READ(x) is its value, and
 * SYNC_WRITE(x) = 1 sets it.  Each is a step.  Two such accesses are reported
 * as a race if at least one of them is a write and neither happens before the
 * other.
 */
#define SYNC_READ(x)                                                           \
	(*SYNC_CAST_(const __typeof__(x) *,                                    \
	    sync_explore_marked_(&(x), sizeof(x), false, #x)))
#define SYNC_WRITE(x)                                                          \
	(*SYNC_CAST_(__typeof__(x) *,                                          \
	    sync_explore_marked_(&(x), sizeof(x), true, #x)))

/*
 * Atomic accesses to integers of 1, 2, 4 or 8 bytes.  Each is a step.  The
 * order is one of __ATOMIC_RELAXED to __ATOMIC_SEQ_CST.  ADD, OR, AND and
 * EXCHANGE return the old value.  CAS returns true if it stored the value;
 * else it sets *expected to the value that it read.  That read is relaxed; with
 * CAS_EXPLICIT it has the order failure.  FENCE is sequentially consistent;
 * THREAD_FENCE has the given order.
 */
#define SYNC_ATOMIC_LOAD(p, order)                                             \
	(SYNC_LIKE_(p, sync_explore_load_ != SYNC_NULL_                        \
		? sync_explore_load_((p), sizeof(*(p)), SYNC_INT_(order), #p)  \
		: SYNC_U64_(__atomic_load_n((p), SYNC_INT_(order)))))
#define SYNC_ATOMIC_STORE(p, v, order)                                         \
	(sync_explore_store_ != SYNC_NULL_                                     \
		? sync_explore_store_(                                         \
		    (p), sizeof(*(p)), SYNC_U64_(v), SYNC_INT_(order), #p)     \
		: __atomic_store_n((p), (v), SYNC_INT_(order)))
#define SYNC_ATOMIC_ADD(p, v, order)                                           \
	SYNC_VALUE_(p, sync_explore_modify_ != SYNC_NULL_                      \
		? sync_explore_modify_(                                        \
		    (p), sizeof(*(p)), 0, SYNC_U64_(v), SYNC_INT_(order), #p)  \
		: SYNC_U64_(__atomic_fetch_add((p), (v), SYNC_INT_(order))))
#define SYNC_ATOMIC_OR(p, v, order)                                            \
	SYNC_VALUE_(p, sync_explore_modify_ != SYNC_NULL_                      \
		? sync_explore_modify_(                                        \
		    (p), sizeof(*(p)), 1, SYNC_U64_(v), SYNC_INT_(order), #p)  \
		: SYNC_U64_(__atomic_fetch_or((p), (v), SYNC_INT_(order))))
#define SYNC_ATOMIC_AND(p, v, order)                                           \
	SYNC_VALUE_(p, sync_explore_modify_ != SYNC_NULL_                      \
		? sync_explore_modify_(                                        \
		    (p), sizeof(*(p)), 2, SYNC_U64_(v), SYNC_INT_(order), #p)  \
		: SYNC_U64_(__atomic_fetch_and((p), (v), SYNC_INT_(order))))
#define SYNC_ATOMIC_EXCHANGE(p, v, order)                                      \
	SYNC_VALUE_(p, sync_explore_modify_ != SYNC_NULL_                      \
		? sync_explore_modify_(                                        \
		    (p), sizeof(*(p)), 3, SYNC_U64_(v), SYNC_INT_(order), #p)  \
		: SYNC_U64_(__atomic_exchange_n((p), (v), SYNC_INT_(order))))
#define SYNC_ATOMIC_CAS(p, expected, v, order)                                 \
	SYNC_ATOMIC_CAS_EXPLICIT(p, expected, v, order, __ATOMIC_RELAXED)
#define SYNC_ATOMIC_CAS_EXPLICIT(p, expected, v, success, failure)             \
	(sync_explore_cas_ != SYNC_NULL_                                       \
		? sync_explore_cas_((p), sizeof(*(p)), (expected),             \
		    SYNC_U64_(v), SYNC_INT_(success), SYNC_INT_(failure), #p)  \
		: __atomic_compare_exchange_n((p), (expected), (v), false,     \
		    SYNC_INT_(success), SYNC_INT_(failure)))
#define SYNC_ATOMIC_FENCE() SYNC_ATOMIC_THREAD_FENCE(__ATOMIC_SEQ_CST)
/* On real threads each is a full fence: ThreadSanitizer knows no other. */
#define SYNC_ATOMIC_THREAD_FENCE(order)                                        \
	(sync_explore_fence_ != SYNC_NULL_                                     \
		? sync_explore_fence_(SYNC_INT_(order))                        \
				     : __sync_synchronize())

/* Private: casts for which no compiler of either language warns. */
#ifdef __cplusplus
SYNC_END_DECLS
extern "C++" {
template <class Number_>
constexpr int
sync_int_(Number_ v)
{
	return static_cast<int>(v);
}
template <class Number_>
constexpr uint64_t
sync_u64_(Number_ v)
{
	return static_cast<uint64_t>(v);
}
template <class Number_>
constexpr Number_
sync_like_(const volatile Number_ *, uint64_t v)
{
	return static_cast<Number_>(v);
}
}
SYNC_BEGIN_DECLS
#define SYNC_INT_(v)      sync_int_(v)
#define SYNC_U64_(v)      sync_u64_(v)
#define SYNC_LIKE_(p, v)  sync_like_((p), (v))
#define SYNC_VALUE_(p, v) sync_like_((p), (v))
#define SYNC_UNCONST_(p)  const_cast<void *>(p)
#else
#define SYNC_INT_(v)     ((int)(v))
#define SYNC_U64_(v)     ((uint64_t)(v))
#define SYNC_LIKE_(p, v) ((__typeof__(*(p)))(v))
#define SYNC_UNCONST_(p) ((void *)(uintptr_t)(p))
/* Has the type of *p; compilers do not warn if it is unused. */
#define SYNC_VALUE_(p, v)                                                      \
	(__extension__({                                                       \
		__typeof__(*(p)) sync_value_ = (__typeof__(*(p)))(v);          \
		sync_value_;                                                   \
	}))
#endif

/* Private: functions of the explorer; null in a program without it. */
#define SYNC_WEAK_ __attribute__((weak))
void sync_explore_access_(const void *p, size_t size, bool write,
    const char *name) SYNC_WEAK_;
uint64_t sync_explore_load_(const void *p, size_t size, int order,
    const char *name) SYNC_WEAK_;
void sync_explore_store_(void *p, size_t size, uint64_t v, int order,
    const char *name) SYNC_WEAK_;
uint64_t sync_explore_modify_(void *p, size_t size, int change, uint64_t v,
    int order, const char *name) SYNC_WEAK_;
bool sync_explore_cas_(void *p, size_t size, void *expected, uint64_t v,
    int success, int failure, const char *name) SYNC_WEAK_;
void sync_explore_fence_(int order) SYNC_WEAK_;
void sync_explore_yield_(void) SYNC_WEAK_;
unsigned sync_explore_choose_(unsigned n) SYNC_WEAK_;
void sync_explore_freed_(const void *p, size_t size) SYNC_WEAK_;
void sync_explore_name_(const void *object, const char *name) SYNC_WEAK_;
void sync_explore_fail_(const char *what, int err, const char *file,
    int line) SYNC_WEAK_;

SYNC_INLINE_ void *
sync_explore_marked_(const void *p, size_t size, bool write, const char *name)
{
	if (sync_explore_access_ != SYNC_NULL_)
		sync_explore_access_(p, size, write, name);
	return SYNC_UNCONST_(p);
}

/* End this schedule as a failure: what says why; err: an error number or 0. */
SYNC_INLINE_ void
sync_explore_fail(const char *what, int err, const char *file, int line)
{
	if (sync_explore_fail_ != SYNC_NULL_)
		sync_explore_fail_(what, err, file, line);
	(void)fprintf(stderr, "%s:%d: %s%s%s\n", file, line, what,
	    err != 0 ? ": " : " does not hold", err != 0 ? strerror(err) : "");
	abort();
}

/* End this schedule as a failure if err is not 0. */
SYNC_INLINE_ void
sync_explore_ok(int err, const char *call, const char *file, int line)
{
	if (err != 0)
		sync_explore_fail(call, err, file, line);
}

/*
 * Call this in each round of a loop that waits without sleeping.  The calling
 * thread runs again when another thread has changed something, or when all
 * other threads sleep.
 */
SYNC_INLINE_ void
sync_explore_yield(void)
{
	if (sync_explore_yield_ != SYNC_NULL_)
		sync_explore_yield_();
	else
		(void)sched_yield();
}

/*
 * Return a number below n.  The executions of a test get different numbers.
 * Outside of sync_explore() it returns 0.
 */
SYNC_INLINE_ unsigned
sync_explore_choose(unsigned n)
{
	return sync_explore_choose_ != SYNC_NULL_ ? sync_explore_choose_(n) : 0;
}

/*
 * Treat this memory as freed for the rest of this execution: it is a failure if
 * the library or a marked access uses it.
 */
SYNC_INLINE_ void
sync_explore_freed(const void *p, size_t size)
{
	if (sync_explore_freed_ != SYNC_NULL_)
		sync_explore_freed_(p, size);
}

/* Give an object a name for messages, for the rest of this execution. */
SYNC_INLINE_ void
sync_explore_name(const void *object, const char *name)
{
	if (sync_explore_name_ != SYNC_NULL_)
		sync_explore_name_(object, name);
}

SYNC_END_DECLS

#endif /* LIBSYNC_EXPLORE_H */
