/* SPDX-License-Identifier: MIT */
/*
 * The mutex is an owner lock whose functions check for misuse.  ownlock.h has
 * its states and says why no wake is lost.
 */
/* This file implements the annotated functions and cannot satisfy them. */
#define SYNC_ANNOTATE_(x)
#include <libsync/mutex.h>

#include "base/deadline.h"
#include "misuse.h"
#include "wait/waiters.h"
#include "mutex.h"
#include "wait/ownlock.h"
#include "plat.h"

int
sync_mutex_init(struct sync_mutex *m, unsigned flags)
{
	if (UNFIT(m, struct sync_mutex) || flags != 0)
		return MISUSE(EINVAL, m);
	at_store_relaxed(&m->word, 0);
	at_store_relaxed(&m->waiters, 0);
	return 0;
}

int
sync_mutex_destroy(struct sync_mutex *m)
{
	int err;

	if (m == NULL)
		return MISUSE(EINVAL, m);
	/* It may be free only until a woken thread takes it. */
	if (waiters_inside(&m->waiters))
		return EBUSY;
	err = ownlock_destroy(&m->word);
	if (err != 0)
		return MISUSE(err, m);
	announce_destroy(m);
	return 0;
}

int
mutex_lock_slow(struct sync_mutex *m, sync_time deadline)
{
	uint32_t self = plat_self();

	/* The fast path has probably just failed, so check before the CAS. */
	if (at_load_relaxed(&m->word) != 0 || !ownlock_try(&m->word, self)) {
		int err = ownlock_wait_counted(
		    &m->word, &m->waiters, self, deadline);

		if (err != 0)
			return err;
	}
	announce_lock(m, ANNOUNCE_WRITE);
	return 0;
}

static SLOW_PATH int
lock_slow_path(struct sync_mutex *m, const char *function)
{
	int err = m != NULL ? mutex_lock_slow(m, SYNC_NEVER) : EINVAL;

	return misuse_unless_0(err, function, m);
}

int
sync_mutex_lock(struct sync_mutex *m)
{
	if (m != NULL && mutex_lock_fast(m))
		return 0;
	return lock_slow_path(m, __func__);
}

int
sync_mutex_lock_until(struct sync_mutex *m, sync_time deadline)
{
	int err = m != NULL ? mutex_lock(m, deadline) : EINVAL;

	return err == 0 || err == ETIMEDOUT ? err : MISUSE(err, m);
}

static SLOW_PATH int
trylock_slow_path(struct sync_mutex *m, const char *function)
{
	int err;

	if (m == NULL)
		return misuse(EINVAL, function, m);
	err = ownlock_try_slow(&m->word, plat_self());
	if (err == EDEADLK)
		return EBUSY;
	if (err != 0)
		return misuse(err, function, m);
	announce_lock(m, ANNOUNCE_WRITE | ANNOUNCE_TRY);
	return 0;
}

int
sync_mutex_trylock(struct sync_mutex *m)
{
	if (m != NULL && mutex_lock_fast(m))
		return 0;
	return trylock_slow_path(m, __func__);
}

static SLOW_PATH int
unlock_slow_path(struct sync_mutex *m, const char *function)
{
	uint32_t self = plat_self();

	if (m == NULL)
		return misuse(EINVAL, function, m);
	if (!ownlock_mine(&m->word, self))
		return misuse(ownlock_not_mine(&m->word), function, m);
	announce_unlock(m, ANNOUNCE_WRITE);
	ownlock_unlock(&m->word, self);
	return 0;
}

int
sync_mutex_unlock(struct sync_mutex *m)
{
	if (m != NULL && mutex_unlock_fast(m))
		return 0;
	return unlock_slow_path(m, __func__);
}

bool
sync_mutex_held(const struct sync_mutex *m)
{
	return m != NULL && ownlock_mine(&m->word, plat_self());
}
