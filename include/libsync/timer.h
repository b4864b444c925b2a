/* SPDX-License-Identifier: MIT */
/*
 * struct sync_timer_thread: one thread that calls functions at given times.
 * struct sync_timer: one such function, once or periodically.
 *
 *	struct sync_timer_thread tt;
 *	struct sync_timer t;
 *
 *	sync_timer_thread_init(&tt, "timers");
 *	sync_timer_init(&t, &tt, say_hello, NULL);
 *	sync_timer_arm(&t, sync_after_ms(500));
 *	...
 *	sync_timer_thread_stop(&tt);
 *
 * A timer thread serves any number of timers: to arm one takes constant time,
 * to cancel one O(log n) amortised, and neither allocates, for the timers are
 * linked to each other.  Callbacks run on that thread, one after the other,
 * with no lock held.  A long callback delays the others; each callback receives
 * how late it is.
 *
 * Order: the timers that are due at a moment are called in one round, earlier
 * deadlines first, equal ones in the order of arming.  A timer that is armed
 * during a round for a time that has passed waits for the next round, so no
 * timer keeps the others from being called.
 *
 * A callback never runs early.  To keep delays small, the timer thread on Linux
 * sets its timer slack to 1 ns; threads and processes started from a callback
 * inherit that.
 *
 * Signals: a callback runs with the signal mask of the thread that called
 * sync_timer_thread_init(), and threads and processes that it starts inherit
 * that mask.  SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT and SIGSYS are
 * never blocked.  While the timer thread sleeps for a millisecond or longer it
 * takes no other signals.
 *
 * A callback may arm, cancel, destroy and free any timer, its own included: a
 * timer is not accessed after its callback was entered, unless it is armed.
 * Destroy it before it is freed.
 *
 * A callback returns.  If it calls pthread_exit(), or is cancelled, the call has
 * ended and another thread takes the place of the timer thread.  It must not
 * leave by longjmp() or by an exception.
 *
 * Memory order: everything written before arming is visible to the callback,
 * and everything the callback wrote is visible after a cancel or join that found
 * it finished.
 *
 * After fork: in the child there is no timer thread.  Every call returns
 * ENOTRECOVERABLE, but destroy and the init of a timer thread, which return 0.
 * No callback runs twice: a callback that forks and returns in the child ends
 * that process as the end of any last thread does.
 */
#ifndef LIBSYNC_TIMER_H
#define LIBSYNC_TIMER_H

#include <stdbool.h>

#include <libsync/base.h>
#include <libsync/cond.h>
#include <libsync/mutex.h>
#include <libsync/thread.h>
#include <libsync/time.h>

/* What becomes of ticks whose time passed while an earlier one was late. */
enum sync_timer_missed {
	SYNC_TIMER_SKIP, /* forget them; on with the next in the future */
	SYNC_TIMER_ONCE, /* one call at once for all of them */
	SYNC_TIMER_ALL   /* a call for each, one after the other */
};

/* What a callback is told. */
struct sync_tick {
	sync_time due;   /* when it should have been called */
	sync_time late;  /* nanoseconds between due and the call */
	uint64_t missed; /* ticks that this call stands for, or that were
			    forgotten, besides its own */
};

struct sync_heap_node {
	struct sync_heap_node *child;   /* private; under the thread's lock */
	struct sync_heap_node *sibling; /* private */
	struct sync_heap_node *back;    /* private */
	int64_t key;                    /* private; when a timer is due */
	uint64_t order;                 /* private; among equal keys */
};

struct sync_timer_thread {
	struct sync_mutex lock;       /* private; guards all that changes */
	struct sync_cond rearmed;     /* private; the earliest or stop changed */
	struct sync_cond ended;       /* private; a callback returned */
	struct sync_heap_node *first; /* private; earliest timer */
	struct sync_heap_node *later; /* private; of those for the next round */
	sync_time round;              /* private; when this round began */
	struct sync_timer *running;   /* private; whose callback runs now */
	uint64_t runs;                /* private; callbacks returned so far */
	uint64_t sequence;            /* private; armings so far, breaks ties */
	size_t armed;                 /* private */
	size_t blocked;               /* private; threads inside a wait */
	struct sync_thread thread;    /* private */
	size_t stack_size;            /* private; set at init */
	uint64_t salt;                /* private; set at init */
	uint32_t generation;          /* private; set at init */
	uint32_t state;               /* private */
	uint32_t revoked;             /* private; running was cancelled */
};

struct sync_timer {
	struct sync_heap_node node;     /* private; first member */
	struct sync_timer_thread *home; /* private; set at init */
	sync_time period;               /* private; 0: once */
	uint64_t mark;                  /* private; a timer, and if armed */
	uint64_t missed;                /* private; by this tick so far */
	uint32_t policy;                /* private */
	void (*fn)(struct sync_timer *, const struct sync_tick *,
	    void *);                /* private; set at init */
	void *arg;                      /* private; set at init */
};

SYNC_BEGIN_DECLS

/*
 * Start a timer thread called name (null: "sync-timer").  *tt need not be
 * initialised.
 * 0; EBUSY: *tt is a timer thread that runs; EINVAL: null; EAGAIN, ENOMEM: no
 * thread to be had.  On error *tt is as before.
 */
int sync_timer_thread_init(struct sync_timer_thread *tt, const char *name);

/*
 * The same with the name and the stack size of the options, as for
 * sync_thread_start(); null: all defaults.  EINVAL also for a stack size that
 * the platform refuses.
 */
int sync_timer_thread_init_with(struct sync_timer_thread *tt,
    const struct sync_thread_options *options);

/*
 * Cancel all timers, wait for the callback that runs, and end the thread.
 * Arming is ECANCELED from now on.  Stopping twice is 0.
 * 0; EDEADLK: called by a callback; EINVAL: null or destroyed.
 */
int sync_timer_thread_stop(struct sync_timer_thread *tt);

/*
 * Stop, if that was not done, and end the use of *tt.
 * 0; EBUSY: timers are armed, or a thread is inside stop, join or destroy
 * (nothing changed, unless it came while the thread ended: then it is stopped);
 * EDEADLK: called by a callback; EINVAL: null or destroyed.  In the child of a
 * fork 0, for a timer thread of the parent.
 */
int sync_timer_thread_destroy(struct sync_timer_thread *tt);

/* How many timers are armed, at some moment during the call. */
size_t sync_timer_thread_armed(struct sync_timer_thread *tt);

/*
 * Make *t a timer of tt that calls fn(t, tick, arg).  *t need not be
 * initialised.
 * 0; EBUSY: *t is a timer that is armed, or whose callback runs on tt (nothing
 * has changed); EINVAL: null, or tt is destroyed.
 */
int sync_timer_init(struct sync_timer *t, struct sync_timer_thread *tt,
    void (*fn)(struct sync_timer *t, const struct sync_tick *tick, void *arg),
    void *arg);

/*
 * Have it called once, at when; in the past: as soon as may be; SYNC_NEVER:
 * not before it is armed again.  A timer that is armed already is moved.
 * Never blocks but for a few instructions; not from signal handlers.
 * 0; EINVAL: null or destroyed; ECANCELED: the timer thread was stopped, or the
 * callback of t calls and another thread has cancelled or destroyed t since that
 * callback was entered.
 */
int sync_timer_arm(struct sync_timer *t, sync_time when);

/*
 * Have it called at first, first + period, first + 2 periods, and so on: the
 * ticks do not drift.  period is in nanoseconds.  As arm; EINVAL also when
 * period is not above 0 or missed is none of the three.
 */
int sync_timer_arm_every(struct sync_timer *t, sync_time first,
    int64_t period, enum sync_timer_missed missed);

/*
 * Take back any future call.  Never blocks.  0: there was one, and it will
 * not come.  EINPROGRESS: the callback is running now; it will not be called
 * again, and cannot arm the timer until it has returned.  So after a join the
 * timer is neither running nor armed, unless another thread has armed it since:
 *
 *	if (sync_timer_cancel(&t) == EINPROGRESS)
 *		sync_timer_join(&t);
 *
 * A callback that cancels its own timer gets EINPROGRESS, too, and may arm it
 * again.  ENOENT: not armed, not running.  EINVAL: null or destroyed.
 */
int sync_timer_cancel(struct sync_timer *t);

/*
 * Wait until the callback is not running: the end of the call in progress,
 * if there is one.  Does not cancel.  0; EAGAIN (tryjoin) and ETIMEDOUT:
 * still running; EDEADLK: called by that callback; EINVAL.
 */
int sync_timer_join(struct sync_timer *t);
int sync_timer_tryjoin(struct sync_timer *t);
int sync_timer_join_until(struct sync_timer *t, sync_time deadline);

/* Whether a future call is due, at some moment; false for null. */
bool sync_timer_is_armed(struct sync_timer *t);

/*
 * Cancel and end the use of *t.  0, also from its own callback, after which
 * it may be freed; EBUSY: its callback runs on another thread (it has been
 * cancelled; join, then destroy again); EINVAL: null or destroyed.  In the child
 * of a fork 0, for a timer of the parent.
 */
int sync_timer_destroy(struct sync_timer *t);

SYNC_END_DECLS

#endif /* LIBSYNC_TIMER_H */
