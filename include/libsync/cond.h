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
 * In C the wait functions take a sync_mutex, a sync_rmutex (every level is
 * released, and restored on return) or a sync_kmutex; C++ overloads them.
 * Waiters on one cond may even use different mutexes.
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

#define SYNC_COND_INIT { { 0, 0, NULL } }

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
int sync_cond_wait(struct sync_cond *c, struct sync_mutex *m)
    SYNC_REQUIRES(*m);
int sync_cond_wait_until(struct sync_cond *c, struct sync_mutex *m,
    sync_time deadline) SYNC_REQUIRES(*m);
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

SYNC_END_DECLS

#ifdef __cplusplus
static inline int
sync_cond_wait(struct sync_cond *c, struct sync_rmutex *m)
{
	return sync_cond_wait_rmutex(c, m);
}
static inline int
sync_cond_wait(struct sync_cond *c, struct sync_kmutex *m)
    SYNC_NO_ANALYSIS
{
	return sync_cond_wait_kmutex(c, m);
}
static inline int
sync_cond_wait_until(struct sync_cond *c, struct sync_rmutex *m,
    sync_time deadline)
{
	return sync_cond_wait_rmutex_until(c, m, deadline);
}
static inline int
sync_cond_wait_until(struct sync_cond *c, struct sync_kmutex *m,
    sync_time deadline) SYNC_NO_ANALYSIS
{
	return sync_cond_wait_kmutex_until(c, m, deadline);
}
#else
/* Only the call is replaced: &sync_cond_wait is still the function. */
#define sync_cond_wait(c, m)                                                   \
	_Generic((m), struct sync_rmutex *: sync_cond_wait_rmutex,             \
	    struct sync_kmutex *: sync_cond_wait_kmutex,                       \
	    default: sync_cond_wait)(c, m)
#define sync_cond_wait_until(c, m, deadline)                                   \
	_Generic((m), struct sync_rmutex *: sync_cond_wait_rmutex_until,       \
	    struct sync_kmutex *: sync_cond_wait_kmutex_until,                 \
	    default: sync_cond_wait_until)(c, m, deadline)
#endif

#endif /* LIBSYNC_COND_H */
