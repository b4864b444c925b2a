/* SPDX-License-Identifier: MIT */
/*
 * struct sync_mutex: a lock that one thread holds at a time.
 *
 *	static struct sync_mutex m = SYNC_MUTEX_INIT;
 *
 *	sync_mutex_lock(&m);
 *	count++;
 *	sync_mutex_unlock(&m);
 *
 * The mutex is not recursive; sync_rmutex is.  It knows its holder.  If a
 * thread locks a mutex that it holds, or unlocks a mutex that it does not hold,
 * the call returns an error number and changes nothing.  An all-zero mutex is
 * valid and unlocked.  A mutex takes 8 bytes.  No call allocates memory.
 *
 * Fairness: A running thread may take a free mutex even if other threads are
 * asleep waiting for it (barging).  But if a sleeper has been woken several
 * times without getting the mutex, and has tried for a millisecond or more, the
 * next unlock reserves the mutex for that sleeper.  So no thread starves.
 *
 * Memory order: Everything written before an unlock is visible after every
 * later lock returns.
 *
 * Destruction: An unlock does not access the mutex after the store that lets
 * another thread lock it.  The thread that locks the mutex last may therefore
 * destroy and free it after its own unlock.
 *
 * After fork, in the child:
 * - The thread that forked still holds each mutex that it held.  A
 *   pthread_atfork handler may therefore lock a mutex before the fork, and
 *   other handlers may unlock it in both processes.
 * - A mutex that another thread of the parent held cannot be locked: every
 *   attempt returns ENOTRECOVERABLE.  It can be destroyed, and sync_mutex_init
 *   makes it usable again.
 * - A mutex that was free is still free.
 *
 * A thread that ends while it holds a mutex leaves it locked.  If the system
 * gives the id of that thread to a later thread, the later thread counts as the
 * holder.
 *
 * sync_kmutex (libsync/kmutex.h) can survive the death of its holder, and can
 * inherit priorities.
 */
#ifndef LIBSYNC_MUTEX_H
#define LIBSYNC_MUTEX_H

#include <stdbool.h>

#include <libsync/base.h>
#include <libsync/time.h>

struct SYNC_CAPABILITY("mutex") sync_mutex {
	uint32_t word;    /* private; atomic: holder and waiting bits */
	uint32_t waiters; /* private; atomic: number of sleepers */
};

#define SYNC_MUTEX_INIT { 0, 0 }

SYNC_BEGIN_DECLS

/*
 * Initialise *m as an unlocked mutex.  flags must be 0.  No thread may be using
 * the memory as a mutex at that time.
 *
 *	0		the mutex is initialised
 *	EINVAL		m is null or misaligned, or flags is not 0
 */
int sync_mutex_init(struct sync_mutex *m, unsigned flags);

/*
 * End the use of *m.  After that every call except init and held returns
 * EINVAL.  A mutex can also be destroyed if its holder is a thread that exists
 * only in the parent of this process.
 *
 *	0		the mutex is destroyed
 *	EBUSY		a thread of this process holds the mutex or waits for
 *			it, or was woken and has not run yet; nothing changed
 *	EINVAL		m is null or destroyed
 */
int sync_mutex_destroy(struct sync_mutex *m);

/*
 * Lock the mutex.  While another thread holds it, lock blocks, lock_until
 * blocks until the deadline at the latest, and trylock does not block.  Any
 * thread may call these functions; signal handlers must not.  A successful lock
 * is an acquire operation.
 *
 *	0		the calling thread now holds the mutex
 *	EDEADLK		the calling thread held it already (lock, lock_until)
 *	EBUSY		the calling thread or another thread holds it, or it
 *			is reserved for a waiter (trylock)
 *	ETIMEDOUT	the mutex did not become available by the deadline
 *			(lock_until)
 *	ENOTRECOVERABLE	the holder is a thread that exists only in the parent
 *			of this process
 *	EINVAL		m is null or destroyed
 */
int sync_mutex_lock(struct sync_mutex *m) SYNC_ACQUIRE(*m);
int sync_mutex_trylock(struct sync_mutex *m) SYNC_TRY_ACQUIRE(*m);
int sync_mutex_lock_until(struct sync_mutex *m, sync_time deadline)
    SYNC_TRY_ACQUIRE(*m);

/*
 * Unlock the mutex, and wake one waiter if there is one.  The call never
 * blocks.  An unlock is a release operation.
 *
 *	0		the mutex is unlocked
 *	EPERM		the calling thread does not hold it; nothing changed
 *	EINVAL		m is null or destroyed
 */
int sync_mutex_unlock(struct sync_mutex *m) SYNC_RELEASE(*m);

/*
 * Return true if the calling thread holds *m, else false.  If m is null, return
 * false.  The call never blocks.
 */
bool sync_mutex_held(const struct sync_mutex *m);

SYNC_END_DECLS

#endif /* LIBSYNC_MUTEX_H */
