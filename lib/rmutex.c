/* SPDX-License-Identifier: MIT */
/*
 * The recursive mutex: an owner lock (ownlock.h), and how many levels its
 * holder has beyond the first.  depth belongs to the holder alone, who is the
 * one thread that finds its own id in the word; it is 0 whenever the lock is
 * free.
 */
/* This file is what the annotations describe, and cannot satisfy them. */
#define SYNC_ANNOTATE_(x)
#include <libsync/rmutex.h>

#include "base/misuse.h"
#include "ownlock.h"
#include "plat.h"
#include "rmutex.h"

int
sync_rmutex_init(struct sync_rmutex *m, unsigned flags)
{
	if (UNFIT(m, struct sync_rmutex) || flags != 0)
		return MISUSE(EINVAL, m);
	at_store_relaxed(&m->word, 0);
	m->flags = flags;
	m->depth = 0;
	return 0;
}

int
sync_rmutex_destroy(struct sync_rmutex *m)
{
	int err;

	if (m == NULL)
		return MISUSE(EINVAL, m);
	err = ownlock_destroy(&m->word);
	if (err != 0)
		return MISUSE(err, m);
	announce_destroy(m);
	return 0;
}

/* The holder takes one level more. */
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

	if (!ownlock_try(&m->word, self)) {
		int err = ownlock_wait(&m->word, self, deadline);

		if (err == EDEADLK)
			return deepen(m);
		if (err != 0)
			return err;
	}
	announce_lock(m, ANNOUNCE_WRITE);
	return 0;
}

int
sync_rmutex_lock(struct sync_rmutex *m)
{
	return MISUSE(m != NULL ? lock(m, SYNC_NEVER) : EINVAL, m);
}

int
sync_rmutex_lock_until(struct sync_rmutex *m, sync_time deadline)
{
	return MISUSE(m != NULL ? lock(m, deadline) : EINVAL, m);
}

int
sync_rmutex_trylock(struct sync_rmutex *m)
{
	uint32_t self = plat_self();

	if (m == NULL)
		return MISUSE(EINVAL, m);
	if (ownlock_mine(&m->word, self))
		return deepen(m);
	if (!ownlock_try(&m->word, self))
		return at_load_relaxed(&m->word) == OWN_DEAD
		    ? MISUSE(EINVAL, m) : EBUSY;
	announce_lock(m, ANNOUNCE_WRITE | ANNOUNCE_TRY);
	return 0;
}

int
sync_rmutex_unlock(struct sync_rmutex *m)
{
	uint32_t self = plat_self();

	if (m == NULL)
		return MISUSE(EINVAL, m);
	if (!ownlock_mine(&m->word, self))
		return MISUSE(ownlock_not_mine(&m->word), m);
	if (m->depth > 0) {
		m->depth--;
		return 0;
	}
	announce_unlock(m, ANNOUNCE_WRITE);
	ownlock_unlock(&m->word, self);
	return 0;
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
