/* SPDX-License-Identifier: MIT */
/*
 * struct sync_mutex: one thread at a time.
 *
 *	static struct sync_mutex m = SYNC_MUTEX_INIT;
 *
 *	sync_mutex_lock(&m);
 *	count++;
 *	sync_mutex_unlock(&m);
 *
 * Not recursive (sync_rmutex is).  The mutex knows its holder: to lock it
 * again, or to unlock what another thread holds, is an error number and
 * changes nothing.  An all-zero mutex is valid and unlocked.  8 bytes; no
 * call allocates.
 *
 * Fairness: a thread that comes by may take a free mutex before those that
 * sleep for it (barging), but a sleeper that was woken in vain a few times, for
 * a millisecond or more, is given the mutex before any newcomer, so nobody
 * starves.
 *
 * Memory order: what was written before an unlock is seen after every later
 * lock.  An unlock does not touch the mutex after the store that lets another
 * thread in, so whoever locks last may destroy and free it after its unlock.
 *
 * After fork: in the child, what the thread that forked held is still its own,
 * so pthread_atfork handlers may lock before and unlock in both processes.  What
 * another thread held cannot be had: locking it returns ENOTRECOVERABLE.  It can
 * be destroyed, and made again by sync_mutex_init.  What was free is free.
 *
 * A thread that ends without unlocking leaves the mutex locked, and a later
 * thread to which the system gives the same id counts as its holder.
 *
 * For a lock that survives the death of its holder, or inherits priority, see
 * libsync/kmutex.h.
 */
#ifndef LIBSYNC_MUTEX_H
#define LIBSYNC_MUTEX_H

#include <stdbool.h>

#include <libsync/base.h>
#include <libsync/time.h>

struct SYNC_CAPABILITY("mutex") sync_mutex {
	uint32_t word;    /* private; atomic: holder and waiting bits */
	uint32_t waiters; /* private; atomic: how many sleep */
};

#define SYNC_MUTEX_INIT { 0, 0 }

SYNC_BEGIN_DECLS

/*
 * Make *m an unlocked mutex.  flags must be 0.  Only for memory that nobody
 * uses as a mutex at that time.  0; EINVAL: null pointer or unknown flag.
 */
int sync_mutex_init(struct sync_mutex *m, unsigned flags);

/*
 * End the use of *m.  0, also if a thread that fork left behind holds it; EBUSY:
 * it is held, or a thread waits for it or was just woken to take it (nothing
 * changed); EINVAL: null or destroyed before.  Every later call but init returns
 * EINVAL.
 */
int sync_mutex_destroy(struct sync_mutex *m);

/*
 * Take the mutex; blocks while another thread holds it, for _until no longer
 * than to the deadline, for try not at all.
 * 0: it is yours.  EDEADLK: it was already yours (lock, lock_until).  EBUSY:
 * held, by you or another (trylock).  ETIMEDOUT: still held at the deadline.
 * EINVAL: null or destroyed.  ENOTRECOVERABLE: held by a thread that fork
 * left behind.  Any thread; not from signal handlers.  Acquire.
 */
int sync_mutex_lock(struct sync_mutex *m) SYNC_ACQUIRE(*m);
int sync_mutex_trylock(struct sync_mutex *m) SYNC_TRY_ACQUIRE(*m);
int sync_mutex_lock_until(struct sync_mutex *m, sync_time deadline)
    SYNC_TRY_ACQUIRE(*m);

/*
 * Give the mutex back, waking one waiter if there are any.  Never blocks.
 * 0; EPERM: not held by the calling thread (nothing changed); EINVAL: null or
 * destroyed.  Release.
 */
int sync_mutex_unlock(struct sync_mutex *m) SYNC_RELEASE(*m);

/* Whether the calling thread holds *m.  Never blocks; null is false. */
bool sync_mutex_held(const struct sync_mutex *m);

SYNC_END_DECLS

#endif /* LIBSYNC_MUTEX_H */
