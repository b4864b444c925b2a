/* SPDX-License-Identifier: MIT */
/*
 * struct sync_rwlock: a lock for many readers or one writer.
 *
 *	static struct sync_rwlock l = SYNC_RWLOCK_INIT;
 *
 *	sync_rwlock_rdlock(&l);		hold it together with other readers
 *	sync_rwlock_wrlock(&l);		hold it alone
 *	sync_rwlock_unlock(&l);		release either kind of hold
 *
 * Fairness: Threads get the lock in the order in which they began to wait.
 * Readers that are next to each other in this order get it together.  A new
 * reader waits behind a waiting writer.  So neither side starves.
 *
 * A thread that holds the lock for reading may lock it for reading again.  It
 * gets the lock at once, even if a writer waits, so nested reading cannot
 * deadlock.  The thread must unlock the lock as often as it locked it.  A
 * thread that holds the lock for reading cannot lock it for writing, and a
 * thread that holds it for writing cannot lock it again.  Such a thread would
 * wait for itself and gets EDEADLK.
 *
 * The lock knows its readers and its writer, so unlocking a lock that the
 * calling thread does not hold is an error.  A thread may hold at most
 * SYNC_RWLOCK_READS_MAX different locks for reading at once, each any number of
 * times.
 *
 * An all-zero lock is valid and unlocked.  A lock takes 24 bytes.  No call uses
 * malloc.
 *
 * Memory order: Everything written before an unlock is visible after every
 * later lock returns, if at least one of the two holds was for writing.  A
 * reader never sees the writes of a later writer.
 *
 * Destruction: An unlock does not access the lock after the store that lets
 * another thread lock it.  The thread that holds the lock last may therefore
 * destroy and free it after its own unlock.
 *
 * After fork, in the child, the thread that forked still holds each lock that
 * it held: for reading as many times as before, or for writing.  No other
 * thread holds a lock or waits for one.
 */
#ifndef LIBSYNC_RWLOCK_H
#define LIBSYNC_RWLOCK_H

#include <libsync/base.h>
#include <libsync/time.h>

#define SYNC_RWLOCK_READS_MAX 32

struct SYNC_CAPABILITY("mutex") sync_rwlock {
	struct sync_waitq waiters; /* private; its lock guards the rest */
	uint32_t readers;          /* private; number of read holds */
	uint32_t writer;           /* private; writer's id or 0 */
};

#define SYNC_RWLOCK_INIT { { 0, 0, SYNC_NULL_ }, 0, 0 }

SYNC_BEGIN_DECLS

/*
 * Initialise *l as an unlocked lock.  flags must be 0.  No thread may be using
 * the memory as a lock at that time.
 *
 *	0		the lock is initialised
 *	EINVAL		l is null or misaligned, or flags is not 0
 */
int sync_rwlock_init(struct sync_rwlock *l, unsigned flags);

/*
 * End the use of *l.  After that every call except init returns EINVAL.
 *
 *	0		the lock is destroyed
 *	EBUSY		a thread holds the lock or waits for it; nothing changed
 *	EINVAL		l is null or destroyed
 */
int sync_rwlock_destroy(struct sync_rwlock *l);

/*
 * Lock *l for reading (rdlock) or for writing (wrlock).  While the lock is not
 * available, the plain functions block, the _until functions block until the
 * deadline at the latest, and the try functions do not block.  Any thread may
 * call these functions; signal handlers must not.  A successful lock is an
 * acquire operation.
 *
 *	0		the calling thread now holds the lock
 *	EBUSY		the caller would have to wait, for another thread or
 *			for itself (try functions)
 *	ETIMEDOUT	the lock did not become available by the deadline
 *			(_until functions)
 *	EDEADLK		the calling thread holds the lock for writing, or it
 *			holds it for reading and asks to write (plain and
 *			_until functions)
 *	EAGAIN		the calling thread holds SYNC_RWLOCK_READS_MAX other
 *			locks for reading, or the lock is held for reading
 *			2^32 - 1 times, or there is no memory to record the
 *			hold (functions for reading)
 *	EINVAL		l is null or destroyed
 */
int sync_rwlock_rdlock(struct sync_rwlock *l) SYNC_ACQUIRE_SHARED(*l);
int sync_rwlock_tryrdlock(struct sync_rwlock *l) SYNC_TRY_ACQUIRE_SHARED(*l);
int sync_rwlock_rdlock_until(struct sync_rwlock *l, sync_time deadline)
    SYNC_TRY_ACQUIRE_SHARED(*l);
int sync_rwlock_wrlock(struct sync_rwlock *l) SYNC_ACQUIRE(*l);
int sync_rwlock_trywrlock(struct sync_rwlock *l) SYNC_TRY_ACQUIRE(*l);
int sync_rwlock_wrlock_until(struct sync_rwlock *l, sync_time deadline)
    SYNC_TRY_ACQUIRE(*l);

/*
 * Release one hold of the calling thread, for reading or for writing.  The call
 * does not block, but it may wait briefly for another call on the same lock.
 * An unlock is a release operation.
 *
 *	0		the calling thread has one hold less
 *	EPERM		the calling thread does not hold it; nothing changed
 *	EINVAL		l is null or destroyed
 */
int sync_rwlock_unlock(struct sync_rwlock *l) SYNC_RELEASE_ANY(*l);

SYNC_END_DECLS

#endif /* LIBSYNC_RWLOCK_H */
