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
 * A wait belongs in a while over its condition: others may run between the
 * signal and the return.  A signal wakes the thread that has waited longest,
 * and one that began to wait after the signal never takes it.  A waiter that
 * was signalled returns 0 even when its deadline passes at that moment, so no
 * signal is lost to a timeout.
 *
 * There is a wait for each kind of mutex.  With a sync_rmutex, every level is
 * released, and restored on return.  Waiters on one cond may even use different
 * mutexes.
 *
 * An all-zero cond is valid; 16 bytes; no call allocates.  A waiter does not
 * touch the cond once it has been signalled, nor does a signaller after it
 * freed the last waiter, so a waiter that knows itself to be the last may
 * destroy and free the cond as soon as its wait returns.
 *
 * After fork: in the child, the parent's waiters are forgotten.
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

/* flags must be 0.  0; EINVAL: null pointer or unknown flag. */
int sync_cond_init(struct sync_cond *c, unsigned flags);

/* 0; EBUSY: a thread waits (nothing changed); EINVAL: null or destroyed. */
int sync_cond_destroy(struct sync_cond *c);

/*
 * Release the mutex, sleep until signalled or the deadline, lock it again.
 * To release and to begin to wait are one step for any signaller that locks
 * the mutex.  The mutex is held again on return, whatever is returned:
 * 0: signalled.  ETIMEDOUT: the deadline passed.  EPERM: the calling thread
 * does not hold the mutex (nothing was done).  EINVAL: null or destroyed.
 * With a sync_kmutex also EOWNERDEAD (held) or ENOTRECOVERABLE (not held).
 * Not from signal handlers; not a cancellation point.
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
 * Wake the longest waiter, or all.  With or without the mutex held; without,
 * a waiter that is just about to wait may be missed, as with any condition
 * variable.  Does nothing when nobody waits.  Never blocks but for a few
 * instructions.  0; EINVAL: null or destroyed.  Not from signal handlers
 * (sync_sem_post and sync_event_set may be).
 */
int sync_cond_signal(struct sync_cond *c);
int sync_cond_broadcast(struct sync_cond *c);

#ifdef __cplusplus
/* Private: the functions of that name. */
int sync_cond_wait_mutex_(struct sync_cond *c, struct sync_mutex *m)
    SYNC_ALSO_(sync_cond_wait);
int sync_cond_wait_mutex_until_(struct sync_cond *c, struct sync_mutex *m,
    sync_time deadline) SYNC_ALSO_(sync_cond_wait_until);
#endif
SYNC_END_DECLS

#ifdef __cplusplus
/*
 * In C++ sync_cond_wait and sync_cond_wait_until take each kind of mutex.  They
 * are objects that can be called, as the address of an overloaded function is
 * ambiguous: &sync_cond_wait is the address of the function for a sync_mutex.
 * They carry no annotation for Clang, which takes the object itself for the
 * first argument of such a call.
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

/* In a namespace the objects are no symbols of the functions' names. */
inline namespace sync_objects_ {
SYNC_CONSTANT_ sync_cond_wait_ sync_cond_wait = {};
SYNC_CONSTANT_ sync_cond_wait_until_ sync_cond_wait_until = {};
}
}
#endif

#endif /* LIBSYNC_COND_H */
