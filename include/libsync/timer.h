/* SPDX-License-Identifier: MIT */
/*
 * struct sync_timer_thread: one thread that calls functions at given times.
 * struct sync_timer: one function that it calls, once or periodically.
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
 * One timer thread serves any number of timers.  Arming a timer takes constant
 * time; cancelling one takes O(log n) amortised time.  Neither allocates
 * memory.
 *
 * Callbacks run on the timer thread, one after the other, with no lock held.  A
 * long callback delays the others; tick->late tells each callback by how much.
 * A callback never runs early.  To keep delays small, the timer thread on Linux
 * sets its timer slack to 1 ns; threads and processes started from a callback
 * inherit that.
 *
 * Order: the timer thread works in rounds.  In each round it calls all timers
 * that are due when the round begins, in the order of their deadlines.  Timers
 * with equal deadlines are called in the order in which they were armed.  A
 * timer that is armed during a round for a time that has passed waits for the
 * next round.  So no timer can keep the others from being called.
 *
 * Signals: a callback runs with the signal mask of the thread that called
 * sync_timer_thread_init().  Threads and processes started from a callback
 * inherit that mask.  SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT and
 * SIGSYS are never blocked.  While the timer thread sleeps for a millisecond or
 * longer, it receives no other signals.
 *
 * A callback may arm, cancel, destroy and free any timer, including its own.
 * Once the timer thread has entered a callback, it accesses the timer only if
 * the timer is armed.  Destroy a timer before you free it.
 *
 * A callback should return.  If it calls pthread_exit() or is cancelled, that
 * ends the call too, and another thread takes the place of the timer thread.  A
 * callback must not leave by longjmp() or by an exception.
 *
 * Memory order: everything written before arming is visible to the callback.
 * If a cancel or a join finds that the callback has finished, everything that
 * the callback wrote is visible afterwards.
 *
 * After fork: the child has no timer thread, so it does not repeat the
 * callbacks of the parent.  There every call fails with ENOTRECOVERABLE, except
 * destroy and the init of a timer thread, which return 0.  If a callback forks
 * and returns in the child, the child process ends, as a process does when its
 * last thread ends.
 */
#ifndef LIBSYNC_TIMER_H
#define LIBSYNC_TIMER_H

#include <stdbool.h>

#include <libsync/base.h>
#include <libsync/cond.h>
#include <libsync/mutex.h>
#include <libsync/thread.h>
#include <libsync/time.h>

/* How to treat ticks whose time passed while an earlier call was late. */
enum sync_timer_missed {
	SYNC_TIMER_SKIP, /* skip them; continue with the next future tick */
	SYNC_TIMER_ONCE, /* make one call, immediately, for all of them */
	SYNC_TIMER_ALL   /* make one call for each, one after the other */
};

/* A callback receives this. */
struct sync_tick {
	sync_time due;   /* the time for which the call was due */
	sync_time late;  /* nanoseconds between due and the call */
	uint64_t missed; /* further ticks that this call covers (ONCE) or
			    that were skipped (SKIP) */
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
	struct sync_cond rearmed;     /* private; earliest or state changed */
	struct sync_cond ended;       /* private; a callback returned */
	struct sync_heap_node *first; /* private; earliest timer */
	struct sync_heap_node *later; /* private; earliest of the next round */
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
	uint64_t mark;                  /* private; is it a timer, armed */
	uint64_t missed;                /* private; ticks missed so far */
	uint32_t policy;                /* private */
	void (*fn)(struct sync_timer *, const struct sync_tick *,
	    void *);                /* private; set at init */
	void *arg;                      /* private; set at init */
};

SYNC_BEGIN_DECLS

/*
 * Start a timer thread and name it name, or "sync-timer" if name is null.  *tt
 * need not be initialised.
 * Returns 0; EBUSY: *tt is a timer thread that runs; EINVAL: tt is null;
 * EAGAIN: the system cannot create another thread; ENOMEM: there is no memory
 * for it.  On error *tt is unchanged.
 */
int sync_timer_thread_init(struct sync_timer_thread *tt, const char *name);

/*
 * Do the same, but take the name and the stack size from the options.  They
 * mean the same as for sync_thread_start().  If options is null, both have
 * their defaults.
 * Also returns EINVAL if the platform refuses the stack size.
 */
int sync_timer_thread_init_with(struct sync_timer_thread *tt,
    const struct sync_thread_options *options);

/*
 * Cancel all timers, wait until a callback that is running has returned, and
 * end the thread.  From then on, calls that arm a timer get ECANCELED.
 * Stopping twice is allowed.
 * Returns 0; EDEADLK: the caller is a callback of this timer thread; EINVAL: tt
 * is null or destroyed.
 */
int sync_timer_thread_stop(struct sync_timer_thread *tt);

/*
 * Stop the timer thread if it has not been stopped, and end the use of *tt.
 * Returns 0; EBUSY: timers are armed, or a thread is inside stop, join or
 * destroy (nothing has changed; but if such a thread arrived while the timer
 * thread was ending, the timer thread has been stopped); EDEADLK: the caller is
 * a callback of this timer thread; EINVAL: tt is null or destroyed.  In the
 * child of a fork it returns 0 for a timer thread of the parent.
 */
int sync_timer_thread_destroy(struct sync_timer_thread *tt);

/*
 * Return the number of timers that are armed, at some moment during the call; 0
 * if tt is null or destroyed, or if the parent of a fork made it.
 */
size_t sync_timer_thread_armed(struct sync_timer_thread *tt);

/*
 * Make *t a timer of tt that calls fn(t, tick, arg).  *t need not be
 * initialised.
 * Returns 0; EBUSY: *t is a timer that is armed, or a timer of tt whose
 * callback runs; EINVAL: t, tt or fn is null, or tt is destroyed.  On error *t
 * is unchanged.
 */
int sync_timer_init(struct sync_timer *t, struct sync_timer_thread *tt,
    void (*fn)(struct sync_timer *t, const struct sync_tick *tick, void *arg),
    void *arg);

/*
 * Arm the timer: its callback is called once, at when.  If when has passed, the
 * callback is called as soon as possible.  If when is SYNC_NEVER, the timer is
 * armed but the callback is not called until the timer is armed again.  If the
 * timer is armed already, the call replaces its old time and period.  The call
 * waits at most while another thread executes a few instructions.  Signal
 * handlers must not call it.
 * Returns 0; EINVAL: t is null or destroyed; ECANCELED: the timer thread was
 * stopped; or the caller is the callback of t, and another thread has cancelled
 * or destroyed t since that callback was entered.
 */
int sync_timer_arm(struct sync_timer *t, sync_time when);

/*
 * Arm the timer for periodic calls: its callback is called at first, first +
 * period, first + 2 * period, and so on.  period is in nanoseconds.  Each of
 * these times is a tick; the ticks do not drift.
 * Returns the same as sync_timer_arm(); also EINVAL if period is 0 or negative,
 * or missed is not one of its three values.
 */
int sync_timer_arm_every(struct sync_timer *t, sync_time first,
    int64_t period, enum sync_timer_missed missed);

/*
 * Cancel any future call.  Does not wait for the callback.
 * Returns 0: the timer was armed, and the callback will not be called.
 * EINPROGRESS: the callback is running now; it will not be called again, and it
 * cannot arm the timer until it has returned.  So after a join the timer is
 * neither running nor armed, unless another thread has armed it since:
 *
 *	if (sync_timer_cancel(&t) == EINPROGRESS)
 *		sync_timer_join(&t);
 *
 * A callback that cancels its own timer gets EINPROGRESS too, but may arm it
 * again.  ENOENT: the timer was not armed and its callback is not running.
 * EINVAL: t is null or destroyed.
 */
int sync_timer_cancel(struct sync_timer *t);

/*
 * Wait until the call in progress has ended, if there is one.  Does not cancel.
 * Returns 0; EAGAIN (tryjoin) or ETIMEDOUT (join_until): the callback is still
 * running, or another thread is inside a function of the same timer thread and
 * did not leave it in time; EDEADLK: the caller is the callback of t; EINVAL: t
 * is null or destroyed.
 */
int sync_timer_join(struct sync_timer *t);
int sync_timer_tryjoin(struct sync_timer *t);
int sync_timer_join_until(struct sync_timer *t, sync_time deadline);

/*
 * Return whether the timer is armed, at some moment during the call; false if t
 * is null or destroyed, or if the parent of a fork made it.
 */
bool sync_timer_is_armed(struct sync_timer *t);

/*
 * Cancel the timer and end the use of *t.  Its own callback may call this and
 * then free the timer.
 * Returns 0; EBUSY: the callback is running on another thread (the timer has
 * been cancelled: join it, then destroy it again); EINVAL: t is null or
 * destroyed.  In the child of a fork it returns 0 for a timer of the parent.
 */
int sync_timer_destroy(struct sync_timer *t);

SYNC_END_DECLS

#endif /* LIBSYNC_TIMER_H */
