/* SPDX-License-Identifier: MIT */
/*
 * struct sync_cond: a condition variable.
 *
 *	sync_mutex_lock(&m);
 *	while (!ready)
 *		sync_cond_wait(&c, &m);
 *	...
 *	sync_mutex_unlock(&m);
 *
 * and elsewhere
 *
 *	sync_mutex_lock(&m);
 *	ready = true;
 *	sync_cond_signal(&c);
 *	sync_mutex_unlock(&m);
 *
 * A wait belongs in a while loop over its condition, because other threads may
 * run between the signal and the return of the wait.  A signal wakes the thread
 * that has waited longest.  A thread that begins to wait after the signal never
 * takes it.  A waiter that was signalled returns 0 even if its deadline passes
 * at that moment.  So no signal is lost to a later waiter or to a timeout.
 *
 * There is a wait for each kind of mutex.  With a sync_rmutex, the wait
 * releases all levels and restores them before it returns.  Threads that wait
 * at the same time may use different mutexes.
 *
 * An all-zero cond is valid.  A cond takes 16 bytes.  No call allocates memory.
 *
 * Memory order: The mutex provides it.
 *
 * Destruction: A waiter does not access the cond after it has been signalled.
 * A signaller does not access it after the store that releases the waiters.  If
 * a waiter knows that it is the last one, it may therefore destroy and free the
 * cond as soon as its wait returns.
 *
 * After fork, in the child, no thread waits, and the cond is usable.
 */
#ifndef LIBSYNC_COND_H
#define LIBSYNC_COND_H

#include <libsync/base.h>
#include <libsync/kmutex.h>
#include <libsync/mutex.h>
#include <libsync/rmutex.h>
#include <libsync/time.h>

struct sync_cond {
	struct sync_waitq waiters; /* private */
};

#define SYNC_COND_INIT { { 0, 0, SYNC_NULL_ } }

SYNC_BEGIN_DECLS

/*
 * Initialise *c.  flags must be 0.  No thread may be using the memory as a cond
 * at that time.
 *
 *	0		the cond is initialised
 *	EINVAL		c is null or misaligned, or flags is not 0
 */
int sync_cond_init(struct sync_cond *c, unsigned flags);

/*
 * End the use of *c.  After that every call except init fails.
 *
 *	0		the cond is destroyed
 *	EBUSY		a thread waits; nothing changed
 *	EINVAL		c is null or destroyed
 */
int sync_cond_destroy(struct sync_cond *c);

/*
 * Release the mutex, sleep until a signal or until the deadline at the latest,
 * and lock the mutex again.  The second lock may take longer than the deadline.
 * For a signaller that locks the mutex, the release and the beginning of the
 * wait are one step.  Any thread may call these functions; signal handlers must
 * not.  They are not cancellation points.
 *
 *	0		a signal arrived; the mutex is held
 *	ETIMEDOUT	the deadline passed without a signal; the mutex is held
 *	EPERM		the calling thread does not hold the mutex; nothing
 *			was done
 *	EINVAL		c or m is null, or c is destroyed; nothing was done
 *
 * With a sync_kmutex the wait also returns the error of the second lock:
 *
 *	EOWNERDEAD	the previous holder died while holding the mutex; the
 *			mutex is held
 *	ENOTRECOVERABLE	the mutex was lost during the wait; it is not held
 *	EDEADLK		the second lock would complete a cycle, as for
 *			sync_kmutex_lock; the mutex is not held
 */
#ifndef __cplusplus
int sync_cond_wait(struct sync_cond *c, struct sync_mutex *m)
    SYNC_REQUIRES(*m);
int sync_cond_wait_until(struct sync_cond *c, struct sync_mutex *m,
    sync_time deadline) SYNC_REQUIRES(*m);
#endif
int sync_cond_wait_rmutex(struct sync_cond *c, struct sync_rmutex *m);
int sync_cond_wait_rmutex_until(struct sync_cond *c, struct sync_rmutex *m,
    sync_time deadline);
int sync_cond_wait_kmutex(struct sync_cond *c, struct sync_kmutex *m)
    SYNC_REQUIRES(*m);
int sync_cond_wait_kmutex_until(struct sync_cond *c, struct sync_kmutex *m,
    sync_time deadline) SYNC_REQUIRES(*m);

/*
 * Wake the thread that has waited longest (signal), or all waiters (broadcast).
 * Without waiters this does nothing.  The mutex may be held, but need not be.
 * If it is not held, a thread that is about to wait may miss the signal, as
 * with any condition variable.  The call does not block, but it may wait
 * briefly for another call on the same cond.  Any thread may call these
 * functions; signal handlers must not.  A signal handler may call sync_sem_post
 * or sync_event_set instead.
 *
 *	0		the call succeeded, with or without waiters
 *	EINVAL		c is null or destroyed
 */
int sync_cond_signal(struct sync_cond *c);
int sync_cond_broadcast(struct sync_cond *c);

#ifdef __cplusplus
/* Private: other C++ names for the two functions above. */
int sync_cond_wait_mutex_(struct sync_cond *c, struct sync_mutex *m)
    SYNC_ALSO_(sync_cond_wait);
int sync_cond_wait_mutex_until_(struct sync_cond *c, struct sync_mutex *m,
    sync_time deadline) SYNC_ALSO_(sync_cond_wait_until);
#endif
SYNC_END_DECLS

#ifdef __cplusplus
/*
 * In C++ sync_cond_wait and sync_cond_wait_until take each kind of mutex.  They
 * are function objects, because the address of an overloaded function would be
 * ambiguous.  &sync_cond_wait is the address of the function for a sync_mutex.
 * The objects have no annotations for Clang, which would take the object itself
 * for the first argument of a call.
 */
extern "C++" {
struct sync_cond_wait_ {
	typedef int function_(struct sync_cond *, struct sync_mutex *);

	constexpr function_ *
	operator&() const
	{
		return sync_cond_wait_mutex_;
	}
	constexpr operator function_ *() const
	{
		return sync_cond_wait_mutex_;
	}
	SYNC_HELPER_ int
	operator()(struct sync_cond *c, struct sync_mutex *m) const
	{
		return sync_cond_wait_mutex_(c, m);
	}
	SYNC_HELPER_ int
	operator()(struct sync_cond *c, struct sync_rmutex *m) const
	{
		return sync_cond_wait_rmutex(c, m);
	}
	SYNC_HELPER_ int
	operator()(struct sync_cond *c, struct sync_kmutex *m) const
	    SYNC_NO_ANALYSIS
	{
		return sync_cond_wait_kmutex(c, m);
	}
};

struct sync_cond_wait_until_ {
	typedef int function_(
	    struct sync_cond *, struct sync_mutex *, sync_time);

	constexpr function_ *
	operator&() const
	{
		return sync_cond_wait_mutex_until_;
	}
	constexpr operator function_ *() const
	{
		return sync_cond_wait_mutex_until_;
	}
	SYNC_HELPER_ int
	operator()(struct sync_cond *c, struct sync_mutex *m,
	    sync_time deadline) const
	{
		return sync_cond_wait_mutex_until_(c, m, deadline);
	}
	SYNC_HELPER_ int
	operator()(struct sync_cond *c, struct sync_rmutex *m,
	    sync_time deadline) const
	{
		return sync_cond_wait_rmutex_until(c, m, deadline);
	}
	SYNC_HELPER_ int
	operator()(struct sync_cond *c, struct sync_kmutex *m,
	    sync_time deadline) const SYNC_NO_ANALYSIS
	{
		return sync_cond_wait_kmutex_until(c, m, deadline);
	}
};

/*
 * The namespace gives the objects symbols that differ from those of the C
 * functions.
 */
inline namespace sync_objects_ {
SYNC_CONSTANT_ sync_cond_wait_ sync_cond_wait = {};
SYNC_CONSTANT_ sync_cond_wait_until_ sync_cond_wait_until = {};
}
}
#endif

#endif /* LIBSYNC_COND_H */
