/* SPDX-License-Identifier: MIT */
/*
 * struct sync_rmutex: a mutex that its holder may lock again.
 *
 * It is free when it has been unlocked as often as it was locked.  All else
 * is as for sync_mutex: an all-zero one is valid, 16 bytes at most, no call
 * allocates, sleepers do not starve; and so is what fork does.
 */
#ifndef LIBSYNC_RMUTEX_H
#define LIBSYNC_RMUTEX_H

#include <stdbool.h>

#include <libsync/base.h>
#include <libsync/time.h>

struct SYNC_CAPABILITY("mutex") sync_rmutex {
	uint32_t word;    /* private; atomic: holder and waiting bits */
	uint32_t waiters; /* private; atomic: how many sleep */
	uint32_t depth;   /* private; of the holder, beyond the first level */
};

#define SYNC_RMUTEX_INIT { 0, 0, 0 }

SYNC_BEGIN_DECLS

/*
 * Make *m an unlocked recursive mutex.  flags must be 0.
 * 0; EINVAL: null pointer or unknown flag.
 */
int sync_rmutex_init(struct sync_rmutex *m, unsigned flags);

/*
 * 0, also if a thread that fork left behind holds it; EBUSY: held or waited for
 * (nothing changed); EINVAL: null or destroyed before.
 */
int sync_rmutex_destroy(struct sync_rmutex *m);

/*
 * Take the mutex, or one level more of it.  Blocks while another thread holds
 * it, for _until no longer than to the deadline, for try not at all.
 * 0: one level more is yours.  EAGAIN: too many levels (2^32 - 1).  EBUSY:
 * another holds it (trylock).  ETIMEDOUT: another still held it at the
 * deadline.  EINVAL: null or destroyed.  ENOTRECOVERABLE: held by a thread
 * that fork left behind.  Not from signal handlers.  Acquire.
 */
int sync_rmutex_lock(struct sync_rmutex *m) SYNC_NO_ANALYSIS;
int sync_rmutex_trylock(struct sync_rmutex *m) SYNC_NO_ANALYSIS;
int sync_rmutex_lock_until(struct sync_rmutex *m, sync_time deadline)
    SYNC_NO_ANALYSIS;

/*
 * Give one level back; with the last, the mutex.  Never blocks.
 * 0; EPERM: not held by the calling thread; EINVAL: null or destroyed.
 * Release.
 */
int sync_rmutex_unlock(struct sync_rmutex *m) SYNC_NO_ANALYSIS;

/* Whether the calling thread holds *m.  Never blocks; null is false. */
bool sync_rmutex_held(const struct sync_rmutex *m);

/* How many levels the calling thread holds; 0 if none.  Never blocks. */
uint32_t sync_rmutex_depth(const struct sync_rmutex *m);

SYNC_END_DECLS

#endif /* LIBSYNC_RMUTEX_H */
