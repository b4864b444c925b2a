/* SPDX-License-Identifier: MIT */
/*
 * The schedule explorer: a test is run again and again, each time with its
 * threads interleaved in another way, until a way is found in which it fails,
 * or all ways within a bound have been tried.
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
 * The program is linked with -lsync-sim in place of -lsync.  There the library
 * works on a simulated machine: one thread runs at a time, each call of the
 * library is a step before which another thread may be let run, the clock moves
 * only when a deadline passes, deadlines may pass early, and threads may wake
 * for no reason.  libsync-explore(7) has the whole story.
 *
 * A test must do the same each time but for the schedule: no clock, no random
 * numbers, no input, no threads or locks but those of libsync (or of POSIX, if
 * it is linked with libsync-sim-pthread), and each run begins with objects and
 * variables of its own or made anew.
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
	 * Bounds from 0 on, all schedules, chance and priorities in turn, in
	 * rounds that grow; ends early once all schedules are done.
	 */
	SYNC_EXPLORE_PORTFOLIO,
	/* All with at most `preemptions', from 0 on. */
	SYNC_EXPLORE_BOUNDED,
	/* All, but of those that differ in the order of unrelated steps one. */
	SYNC_EXPLORE_ALL,
	/* Any thread at each step, by chance. */
	SYNC_EXPLORE_RANDOM,
	/*
	 * Threads have priorities, which change at `depth' - 1 steps, all by
	 * chance (probabilistic concurrency testing: Burckhardt, Kothari,
	 * Musuvathi and Nagarakatte, 2010).
	 */
	SYNC_EXPLORE_PCT
};

/* What is a step. */
enum sync_explore_grain {
	/* Each call of the library, up to where it sleeps; each marked access. */
	SYNC_EXPLORE_CALLS,
	/* Each atomic access inside the library as well: to prove libsync. */
	SYNC_EXPLORE_ATOMICS
};

/* Flags of options. */
#define SYNC_EXPLORE_QUIET      0x01u /* a failure is not printed */
#define SYNC_EXPLORE_VERBOSE    0x02u /* what was covered is, too */
#define SYNC_EXPLORE_OS_THREADS 0x04u /* threads of the system, not contexts */
#define SYNC_EXPLORE_WEAK       0x08u /* memory is as weak as in C11 */
#define SYNC_EXPLORE_FULL       0x10u /* no schedule is left out as equal */

struct sync_explore_options {
	const char *name; /* of the test, for people; may be null */
	enum sync_explore_search search;
	enum sync_explore_grain grain;
	unsigned flags;
	uint64_t seed;
	uint64_t schedules;  /* at most; 0: no limit */
	int64_t nanoseconds; /* of real time, at most; 0: no limit */
	uint32_t preemptions; /* SYNC_EXPLORE_BOUNDED: the highest bound */
	uint32_t depth;       /* SYNC_EXPLORE_PCT */
	uint32_t steps;       /* of one execution: with more it is a livelock */
	/* How often in one execution, at most: */
	uint32_t timeouts; /* a deadline passes while a thread could run */
	uint32_t spurious; /* a thread wakes for no reason */
	uint32_t stale; /* a load reads an older store, or a store is one */
	uint32_t failures; /* memory or a thread is refused */
	size_t stack_size; /* of each thread; 0: 256 KiB */
	/*
	 * How many equal rounds a thread that polls makes, at least 2, before
	 * something must have changed; 0: no limit.
	 */
	uint32_t polls;
};

/* What a null pointer for options means; change what you want changed. */
#define SYNC_EXPLORE_OPTIONS                                                   \
	{ SYNC_NULL_, SYNC_EXPLORE_PORTFOLIO, SYNC_EXPLORE_CALLS, 0, 1, 0,     \
		INT64_C(5000000000), 2, 3, 20000, 2, 1, 2, 0, 0, 2 }

enum sync_explore_failure {
	SYNC_EXPLORE_NOTHING,     /* none was found */
	SYNC_EXPLORE_DEADLOCK,    /* also: a wakeup is lost */
	SYNC_EXPLORE_LEAK,        /* the test returned, a thread sleeps for ever */
	SYNC_EXPLORE_LIVELOCK,    /* no end in sight */
	SYNC_EXPLORE_ASSERTION, /* SYNC_ASSERT, SYNC_OK, assert, Check's */
	SYNC_EXPLORE_RACE,        /* of marked variables */
	SYNC_EXPLORE_GONE,        /* used after it was destroyed or freed */
	SYNC_EXPLORE_CRASH,       /* a signal, as of abort() */
	SYNC_EXPLORE_CHANGED,     /* the test does not do the same each time */
	SYNC_EXPLORE_EMPTY,       /* there was nothing to explore */
	SYNC_EXPLORE_OUTSIDE, /* a thread or a call that is not explored */
	SYNC_EXPLORE_MISUSE   /* of an object of POSIX threads */
};

/*
 * Limits that have left out schedules: more deadlines that pass early, wakeups
 * for no reason, stale loads or refusals than the options allow; more rounds of
 * a thread that polls, or yields.
 */
#define SYNC_EXPLORE_TIMEOUTS 0x01u
#define SYNC_EXPLORE_SPURIOUS 0x02u
#define SYNC_EXPLORE_STALE    0x04u
#define SYNC_EXPLORE_FAILURES 0x08u
#define SYNC_EXPLORE_POLLS    0x10u

/* A bound that leaves out no schedule. */
#define SYNC_EXPLORE_UNBOUNDED INT32_MAX

struct sync_explore_report {
	enum sync_explore_failure failure;
	const char *what;   /* for people; until the next exploration */
	const char *replay; /* for SYNC_REPLAY; null if nothing failed */
	uint64_t schedules; /* that were run */
	uint64_t steps;     /* of all of them */
	uint32_t longest;   /* steps of one */
	uint32_t threads;   /* in one, with the test's own */
	/*
	 * All schedules with at most so many preemptions were run, but for
	 * `limited'; -1: not even those with none; and how many that were.
	 */
	int32_t bound;
	uint64_t bound_schedules;
	bool cut; /* the budget ended a search before it had run all */
	uint32_t preemptions; /* of the schedule that failed */
	int64_t nanoseconds;  /* of real time */
	/*
	 * What `bound' does not claim: a set of the limits above, of those that
	 * were reached.
	 */
	unsigned limited;
};

/*
 * Explore.  A null options is SYNC_EXPLORE_OPTIONS; report may be null.  The
 * environment is heeded: SYNC_REPLAY runs the one schedule that it names, and
 * none of a test that it does not name; SYNC_SEED, SYNC_BOUND, SYNC_SECONDS and
 * SYNC_SCHEDULES override the options; SYNC_VERBOSE=1 and SYNC_OS_THREADS=1 set
 * those flags.  Any other variable SYNC_* that libsync does not know is an error.
 *
 * 0: no failure was found.  EPROTO: one was; it was printed to standard error,
 * and *report says what.  EINVAL: test is null, or an option is out of range,
 * or a variable of the environment is (then it is named in a line).
 * EBUSY: called from inside a test, or while another thread explores.  ENOMEM.
 * Nothing else in the program may use the library meanwhile.
 */
int sync_explore(void (*test)(void *), void *arg,
    const struct sync_explore_options *options,
    struct sync_explore_report *report);

/*
 * Called on the thread at whose step a schedule fails, before anything is left:
 * for a breakpoint.  Does nothing.
 */
void sync_explore_failing(void);

/*
 * The rest is for tests.  It stands in a program that is linked with -lsync as
 * well, so that the same test can run on real threads: there, and outside of
 * sync_explore, marks are plain accesses and a failed assertion aborts.
 */

/* End this schedule as a failure unless so; unless the call returns 0. */
#define SYNC_ASSERT(condition)                                                 \
	((condition) ? (void)0                                                 \
		     : sync_explore_fail(#condition, 0, __FILE__, __LINE__))
#define SYNC_OK(call) sync_explore_ok((call), #call, __FILE__, __LINE__)

/*
 * Read or write a variable that threads share, as a step: SYNC_READ(x) is its
 * value, SYNC_WRITE(x) = 1 sets it.  Two such accesses of which one is a write
 * and neither happens before the other are reported as a race.
 */
#define SYNC_READ(x)                                                           \
	(*SYNC_CAST_(const __typeof__(x) *,                                    \
	    sync_explore_marked_(&(x), sizeof(x), false, #x)))
#define SYNC_WRITE(x)                                                          \
	(*SYNC_CAST_(__typeof__(x) *,                                          \
	    sync_explore_marked_(&(x), sizeof(x), true, #x)))

/*
 * Atomic accesses, as steps, to integers of 1, 2, 4 or 8 bytes; the order is one
 * of C11's.  ADD, OR, AND and EXCHANGE return the old value; CAS is a bool, and
 * a failed one sets *expected, in the order failure of CAS_EXPLICIT, and relaxed
 * without.  FENCE is sequentially consistent; THREAD_FENCE has an order.
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
/* Elsewhere each is a full one: ThreadSanitizer understands no other. */
#define SYNC_ATOMIC_THREAD_FENCE(order)                                        \
	(sync_explore_fence_ != SYNC_NULL_                                     \
		? sync_explore_fence_(SYNC_INT_(order))                        \
				     : __sync_synchronize())

/* Private: casts that neither language has a warning for. */
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
/* Of the type of *p; nobody warns if it is not used. */
#define SYNC_VALUE_(p, v)                                                      \
	(__extension__({                                                       \
		__typeof__(*(p)) sync_value_ = (__typeof__(*(p)))(v);          \
		sync_value_;                                                   \
	}))

#endif

/* Private: the explorer's, or null. */
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

/*
 * End this schedule as a failure, for a reason in the test's own words; err is
 * an error number or 0.
 */
SYNC_INLINE_ void
sync_explore_fail(const char *what, int err, const char *file, int line)
{
	if (sync_explore_fail_ != SYNC_NULL_)
		sync_explore_fail_(what, err, file, line);
	(void)fprintf(stderr, "%s:%d: %s%s%s\n", file, line, what,
	    err != 0 ? ": " : " does not hold", err != 0 ? strerror(err) : "");
	abort();
}

/* So if err is not 0. */
SYNC_INLINE_ void
sync_explore_ok(int err, const char *call, const char *file, int line)
{
	if (err != 0)
		sync_explore_fail(call, err, file, line);
}

/*
 * Nothing can be done before another thread has done something: to be called
 * in each round of a loop that waits without sleeping.  The calling thread runs
 * again when another has changed something, or all others sleep.
 */
SYNC_INLINE_ void
sync_explore_yield(void)
{
	if (sync_explore_yield_ != SYNC_NULL_)
		sync_explore_yield_();
	else
		(void)sched_yield();
}

/* A number below n, in each execution another; 0 outside of sync_explore. */
SYNC_INLINE_ unsigned
sync_explore_choose(unsigned n)
{
	return sync_explore_choose_ != SYNC_NULL_ ? sync_explore_choose_(n) : 0;
}

/*
 * From now on, for the rest of this execution, it is a failure if the library
 * or a marked access touches this memory: as if it had been freed.
 */
SYNC_INLINE_ void
sync_explore_freed(const void *p, size_t size)
{
	if (sync_explore_freed_ != SYNC_NULL_)
		sync_explore_freed_(p, size);
}

/* What to call an object in print, for the rest of this execution. */
SYNC_INLINE_ void
sync_explore_name(const void *object, const char *name)
{
	if (sync_explore_name_ != SYNC_NULL_)
		sync_explore_name_(object, name);
}

SYNC_END_DECLS

#endif /* LIBSYNC_EXPLORE_H */
