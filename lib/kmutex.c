/* SPDX-License-Identifier: MIT */
/*
 * The kernel's mutex: the platform does the work and reports the misuse; what
 * is added here is a mark that init was called, and the owner's id, so that
 * held and destroy can be answered.  owner is written by the holder only, just
 * after it locked and just before it unlocks; a holder that died leaves it
 * wrong until the next one writes it.  As its id may be used again, the
 * platform has the last word.
 */
/* This file is what the annotations describe, and cannot satisfy them. */
#define SYNC_ANNOTATE_(x)
#include <libsync/kmutex.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "base/misuse.h"
#include "plat.h"

#define MAGIC 0x6b6d7578u

/* 0 if it is a mutex of this process. */
static int
check(const struct sync_kmutex *m)
{
	if (m == NULL || at_load_relaxed(&m->magic) != MAGIC)
		return EINVAL;
	return m->generation == plat_generation() ? 0 : ENOTRECOVERABLE;
}

int
sync_kmutex_init(struct sync_kmutex *m, unsigned flags)
{
	int err;

	if (UNFIT(m, struct sync_kmutex)
	    || (flags & ~(SYNC_ROBUST | SYNC_PRIO_INHERIT)) != 0)
		return MISUSE(EINVAL, m);
	err = plat_kmutex_init(&m->plat, flags);
	if (err != 0)
		return err;
	at_store_relaxed(&m->owner, 0);
	m->generation = plat_generation();
	at_store_release(&m->magic, MAGIC);
	return 0;
}

int
sync_kmutex_destroy(struct sync_kmutex *m)
{
	int err = check(m);

	if (err == ENOTRECOVERABLE) { /* fork left it: no thread uses it */
		at_store_relaxed(&m->magic, 0);
		return 0;
	}
	if (err != 0)
		return MISUSE(err, m);
	/* The platform's own answer is not to be had from all of them. */
	err = plat_kmutex_trylock(&m->plat);
	if (err == EBUSY || err == EDEADLK)
		return EBUSY;
	if (err != ENOTRECOVERABLE)
		(void)plat_kmutex_unlock(&m->plat);
	at_store_relaxed(&m->magic, 0);
	plat_kmutex_destroy(&m->plat);
	return 0;
}

/* After the platform locked: err as it said. */
static int
locked(struct sync_kmutex *m, int err)
{
	if (err == 0 || err == EOWNERDEAD)
		at_store_relaxed(&m->owner, plat_self());
	return err;
}

int
sync_kmutex_lock(struct sync_kmutex *m)
{
	int err = check(m);

	if (err == 0)
		err = locked(m, plat_kmutex_lock(&m->plat, SYNC_NEVER));
	return MISUSE(err, m);
}

int
sync_kmutex_lock_until(struct sync_kmutex *m, sync_time deadline)
{
	int err = check(m);

	if (err != 0)
		return MISUSE(err, m);
	err = plat_kmutex_trylock(&m->plat);
	if (err == EDEADLK || (err == EBUSY && sync_kmutex_held(m)))
		return MISUSE(EDEADLK, m);
	if (err == EBUSY)
		err = plat_kmutex_lock(&m->plat, deadline);
	return MISUSE(locked(m, err), m);
}

int
sync_kmutex_trylock(struct sync_kmutex *m)
{
	int err = check(m);

	if (err != 0)
		return MISUSE(err, m);
	err = plat_kmutex_trylock(&m->plat);
	return MISUSE(locked(m, err == EDEADLK ? EBUSY : err), m);
}

int
sync_kmutex_unlock(struct sync_kmutex *m)
{
	int err = check(m);

	if (err != 0)
		return MISUSE(err, m);
	if (!sync_kmutex_held(m))
		return MISUSE(EPERM, m);
	at_store_relaxed(&m->owner, 0);
	return plat_kmutex_unlock(&m->plat);
}

int
sync_kmutex_consistent(struct sync_kmutex *m)
{
	int err = check(m);

	if (err != 0)
		return MISUSE(err, m);
	if (!sync_kmutex_held(m))
		return MISUSE(EPERM, m);
	err = plat_kmutex_consistent(&m->plat);
	return err == 0 ? 0 : MISUSE(err, m);
}

bool
sync_kmutex_held(const struct sync_kmutex *m)
{
	return check(m) == 0 && at_load_relaxed(&m->owner) == plat_self();
}
