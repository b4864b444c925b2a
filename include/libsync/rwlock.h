/* SPDX-License-Identifier: MIT */
/*
 * struct sync_rwlock: many readers or one writer.
 *
 *	static struct sync_rwlock l = SYNC_RWLOCK_INIT;
 *
 *	sync_rwlock_rdlock(&l);		together with other readers
 *	sync_rwlock_wrlock(&l);		alone
 *	sync_rwlock_unlock(&l);		whichever it was
 *
 * Fairness: threads get it in the order in which they began to wait, readers
 * that stand side by side together; neither side starves.  A thread that
 * already reads may read again at once, even when a writer waits, so nested
 * reading cannot deadlock.  A reader that asks to write, and a writer that
 * asks for anything, would wait for itself: EDEADLK.
 *
 * Both kinds of holder are known, so unlocking what you do not hold is EPERM.
 * One thread may hold at most SYNC_RWLOCK_READS_MAX locks for reading at once,
 * each any number of times.
 *
 * Memory order: as a mutex between writers, and between a writer and readers
 * in both directions.  No call allocates; all-zero is valid.  An unlock does
 * not touch the lock after it let others in: the last holder may destroy and
 * free it after its own unlock.
 *
 * After fork: in the child, the thread that forked holds what it held before,
 * and no other thread holds or waits for anything.
 */
#ifndef LIBSYNC_RWLOCK_H
#define LIBSYNC_RWLOCK_H

#include <libsync/base.h>
#include <libsync/time.h>

#define SYNC_RWLOCK_READS_MAX 32

struct SYNC_CAPABILITY("mutex") sync_rwlock {
	struct sync_waitq waiters; /* private; its lock guards the rest */
	uint32_t readers;          /* private; read holds in all */
	uint32_t writer;           /* private; writer's id or 0 */
};

#define SYNC_RWLOCK_INIT { { 0, 0, SYNC_NULL_ }, 0, 0 }

SYNC_BEGIN_DECLS

/* flags must be 0.  0; EINVAL. */
int sync_rwlock_init(struct sync_rwlock *l, unsigned flags);

/* 0; EBUSY: held or waited for (nothing changed); EINVAL. */
int sync_rwlock_destroy(struct sync_rwlock *l);

/*
 * Take it for reading, or for writing.  Blocks while others stand in the way,
 * for _until no longer than to the deadline, for try not at all.  0; EBUSY:
 * would have to wait (try); ETIMEDOUT; EDEADLK: the calling thread holds it in
 * a way that can never end (not from try, which says EBUSY); EAGAIN: too many
 * read locks held, or no memory to note this one; EINVAL: null or destroyed.
 * Acquire.
 */
int sync_rwlock_rdlock(struct sync_rwlock *l) SYNC_ACQUIRE_SHARED(*l);
int sync_rwlock_tryrdlock(struct sync_rwlock *l) SYNC_TRY_ACQUIRE_SHARED(*l);
int sync_rwlock_rdlock_until(struct sync_rwlock *l, sync_time deadline)
    SYNC_TRY_ACQUIRE_SHARED(*l);
int sync_rwlock_wrlock(struct sync_rwlock *l) SYNC_ACQUIRE(*l);
int sync_rwlock_trywrlock(struct sync_rwlock *l) SYNC_TRY_ACQUIRE(*l);
int sync_rwlock_wrlock_until(struct sync_rwlock *l, sync_time deadline)
    SYNC_TRY_ACQUIRE(*l);

/* Give back one hold.  0; EPERM: the calling thread has none; EINVAL. */
int sync_rwlock_unlock(struct sync_rwlock *l) SYNC_RELEASE_ANY(*l);

SYNC_END_DECLS

#endif /* LIBSYNC_RWLOCK_H */
