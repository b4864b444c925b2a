/* SPDX-License-Identifier: MIT */
/*
 * The recursive mutex: an owner lock (ownlock.h), and depth, the number of
 * levels beyond the first.  Only the holder accesses depth: it is the one
 * thread that finds its own id in the word.  depth is 0 whenever the lock is
 * free.
 */
/* This file implements the annotated functions and cannot satisfy them. */
#define SYNC_ANNOTATE_(x)
#include <libsync/rmutex.h>

#include "misuse.h"
#include "wait/waiters.h"
#include "wait/ownlock.h"
#include "plat.h"
#include "rmutex.h"

int
sync_rmutex_init(struct sync_rmutex *m, unsigned flags)
{
	if (UNFIT(m, struct sync_rmutex) || flags != 0)
		return MISUSE(EINVAL, m);
	at_store_relaxed(&m->word, 0);
	at_store_relaxed(&m->waiters, 0);
	m->depth = 0;
	return 0;
}

int
sync_rmutex_destroy(struct sync_rmutex *m)
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

/* The holder locks one more level. */
static int
deepen(struct sync_rmutex *m)
{
	if (m->depth == UINT32_MAX - 1)
		return EAGAIN;
	m->depth++;
	return 0;
}

static int
lock(struct sync_rmutex *m, sync_time deadline)
{
	uint32_t self = plat_self();

	/* The fast path has probably just failed, so check before the CAS. */
	if (at_load_relaxed(&m->word) != 0 || !ownlock_try(&m->word, self)) {
		int err = ownlock_wait_counted(
		    &m->word, &m->waiters, self, deadline);

		if (err == EDEADLK)
			return deepen(m);
		if (err != 0)
			return err;
	}
	announce_lock(m, ANNOUNCE_WRITE);
	return 0;
}

/* Lock with an instruction or two if it is free or ours already; else false. */
static inline bool
lock_fast(struct sync_rmutex *m)
{
	uint32_t self = plat_self_fast();

	if (self == 0)
		return false;
	if (ownlock_mine_fast(&m->word, self))
		return deepen(m) == 0;
	if (!ownlock_try(&m->word, self))
		return false;
	announce_lock_fast(m, ANNOUNCE_WRITE);
	return true;
}

static SLOW_PATH int
lock_slow_path(struct sync_rmutex *m, const char *function)
{
	int err = m != NULL ? lock(m, SYNC_NEVER) : EINVAL;

	return misuse_unless_0(err, function, m);
}

int
sync_rmutex_lock(struct sync_rmutex *m)
{
	if (m != NULL && lock_fast(m))
		return 0;
	return lock_slow_path(m, __func__);
}

int
sync_rmutex_lock_until(struct sync_rmutex *m, sync_time deadline)
{
	return MISUSE(m != NULL ? lock(m, deadline) : EINVAL, m);
}

static SLOW_PATH int
trylock_slow_path(struct sync_rmutex *m, const char *function)
{
	uint32_t self = plat_self();
	int err;

	if (m == NULL)
		return misuse(EINVAL, function, m);
	if (ownlock_mine(&m->word, self))
		return deepen(m);
	err = ownlock_try_slow(&m->word, self);
	if (err != 0)
		return misuse(err, function, m);
	announce_lock(m, ANNOUNCE_WRITE | ANNOUNCE_TRY);
	return 0;
}

int
sync_rmutex_trylock(struct sync_rmutex *m)
{
	if (m != NULL && lock_fast(m))
		return 0;
	return trylock_slow_path(m, __func__);
}

/* The holder unlocks a level that is not the last; else false. */
static inline bool
surface(struct sync_rmutex *m)
{
	if (m->depth == 0)
		return false;
	m->depth--;
	return true;
}

static SLOW_PATH int
unlock_slow_path(struct sync_rmutex *m, const char *function)
{
	uint32_t self = plat_self();

	if (m == NULL)
		return misuse(EINVAL, function, m);
	if (!ownlock_mine(&m->word, self))
		return misuse(ownlock_not_mine(&m->word), function, m);
	if (surface(m))
		return 0;
	announce_unlock(m, ANNOUNCE_WRITE);
	ownlock_unlock(&m->word, self);
	return 0;
}

/* Unlock a level if no thread sleeps for it or it stays locked; else false. */
static inline bool
unlock_fast(struct sync_rmutex *m)
{
	uint32_t self = plat_self_fast();

	if (self == 0 || !ownlock_mine_fast(&m->word, self))
		return false;
	if (surface(m))
		return true;
	if (!ownlock_unlock_fast(&m->word, self))
		return false;
	announce_unlock_fast(m, ANNOUNCE_WRITE);
	return true;
}

int
sync_rmutex_unlock(struct sync_rmutex *m)
{
	if (m != NULL && unlock_fast(m))
		return 0;
	return unlock_slow_path(m, __func__);
}

bool
sync_rmutex_held(const struct sync_rmutex *m)
{
	return m != NULL && ownlock_mine(&m->word, plat_self());
}

uint32_t
sync_rmutex_depth(const struct sync_rmutex *m)
{
	return sync_rmutex_held(m) ? m->depth + 1 : 0;
}

uint32_t
rmutex_release_all(struct sync_rmutex *m)
{
	uint32_t depth = m->depth;

	m->depth = 0;
	(void)sync_rmutex_unlock(m);
	return depth;
}

int
rmutex_restore(struct sync_rmutex *m, uint32_t depth)
{
	int err = sync_rmutex_lock(m);

	if (err == 0)
		m->depth = depth;
	return err;
}
