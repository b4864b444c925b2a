/* SPDX-License-Identifier: MIT */
/*
 * struct sync_rmutex: a mutex that its holder may lock again.
 *
 * The mutex counts levels: each lock adds one level and each unlock removes
 * one.  It is free when no level is left.  An all-zero mutex is valid and
 * unlocked.  A mutex takes at most 16 bytes.  No call allocates memory.
 *
 * Fairness and destruction are as for sync_mutex.
 *
 * Memory order: Everything written before the unlock of the last level is
 * visible after every later lock returns.
 *
 * After fork, in the child, the rules are those of sync_mutex.  The thread that
 * forked still holds all levels that it held.
 */
#ifndef LIBSYNC_RMUTEX_H
#define LIBSYNC_RMUTEX_H

#include <stdbool.h>

#include <libsync/base.h>
#include <libsync/time.h>

struct SYNC_CAPABILITY("mutex") sync_rmutex {
	uint32_t word;    /* private; atomic: holder and waiting bits */
	uint32_t waiters; /* private; atomic: number of sleepers */
	uint32_t depth;   /* private; the holder's levels minus one */
};

#define SYNC_RMUTEX_INIT { 0, 0, 0 }

SYNC_BEGIN_DECLS

/*
 * Initialise *m as an unlocked recursive mutex.  flags must be 0.  No thread
 * may be using the memory as a mutex at that time.
 *
 *	0		the mutex is initialised
 *	EINVAL		m is null or misaligned, or flags is not 0
 */
int sync_rmutex_init(struct sync_rmutex *m, unsigned flags);

/*
 * End the use of *m.  After that every call except init, held and depth returns
 * EINVAL.  A mutex can also be destroyed if its holder is a thread that exists
 * only in the parent of this process.
 *
 *	0		the mutex is destroyed
 *	EBUSY		a thread of this process holds the mutex or waits for
 *			it, or was woken and has not run yet; nothing changed
 *	EINVAL		m is null or destroyed
 */
int sync_rmutex_destroy(struct sync_rmutex *m);

/*
 * Lock the mutex, or add one level if the calling thread holds it already.
 * While another thread holds it, lock blocks, lock_until blocks until the
 * deadline at the latest, and trylock does not block.  Any thread may call
 * these functions; signal handlers must not.  A successful lock is an acquire
 * operation.
 *
 *	0		the calling thread holds one more level
 *	EAGAIN		the calling thread holds 2^32 - 1 levels, the maximum
 *	EBUSY		another thread holds the mutex, or it is reserved for
 *			a waiter (trylock)
 *	ETIMEDOUT	the mutex did not become available by the deadline
 *			(lock_until)
 *	ENOTRECOVERABLE	the holder is a thread that exists only in the parent
 *			of this process
 *	EINVAL		m is null or destroyed
 */
int sync_rmutex_lock(struct sync_rmutex *m) SYNC_NO_ANALYSIS;
int sync_rmutex_trylock(struct sync_rmutex *m) SYNC_NO_ANALYSIS;
int sync_rmutex_lock_until(struct sync_rmutex *m, sync_time deadline)
    SYNC_NO_ANALYSIS;

/*
 * Remove one level.  The removal of the last level unlocks the mutex and wakes
 * one waiter if there is one.  The call never blocks.  The unlock of the last
 * level is a release operation.
 *
 *	0		the calling thread holds one level less
 *	EPERM		the calling thread does not hold it; nothing changed
 *	EINVAL		m is null or destroyed
 */
int sync_rmutex_unlock(struct sync_rmutex *m) SYNC_NO_ANALYSIS;

/*
 * Return whether the calling thread holds *m; false if m is null.  The call
 * never blocks.
 */
bool sync_rmutex_held(const struct sync_rmutex *m);

/*
 * Return the number of levels that the calling thread holds; 0 if it does not
 * hold *m, or m is null.  The call never blocks.
 */
uint32_t sync_rmutex_depth(const struct sync_rmutex *m);

SYNC_END_DECLS

#endif /* LIBSYNC_RMUTEX_H */
