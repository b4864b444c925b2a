/* SPDX-License-Identifier: MIT */
/* Parts of mutex for timer.  They report no misuse: their caller does. */
#ifndef MUTEX_H
#define MUTEX_H

#include <libsync/mutex.h>

#include "wait/ownlock.h"
#include "plat.h"

/* Lock with one instruction if the lock is free; else false. */
static inline bool
mutex_lock_fast(struct sync_mutex *m) SYNC_NO_ANALYSIS
{
	uint32_t self = plat_self_fast();

	if (self == 0 || !ownlock_try(&m->word, self))
		return false;
	announce_lock_fast(m, ANNOUNCE_WRITE);
	return true;
}

/* Unlock if the caller holds it and no thread sleeps for it; else false. */
static inline bool
mutex_unlock_fast(struct sync_mutex *m) SYNC_NO_ANALYSIS
{
	uint32_t self = plat_self_fast();

	if (self == 0 || !ownlock_unlock_fast(&m->word, self))
		return false;
	announce_unlock_fast(m, ANNOUNCE_WRITE);
	return true;
}

int mutex_lock_slow(struct sync_mutex *m, sync_time deadline);

/* As sync_mutex_lock_until; a null mutex is not allowed. */
static inline int mutex_lock(struct sync_mutex *m, sync_time deadline)
    SYNC_TRY_ACQUIRE(*m);
static inline int
mutex_lock(struct sync_mutex *m, sync_time deadline) SYNC_NO_ANALYSIS
{
	return mutex_lock_fast(m) ? 0 : mutex_lock_slow(m, deadline);
}

#endif /* MUTEX_H */
