/* SPDX-License-Identifier: MIT */
/*
 * The kernel-owned mutex.  The platform does the work.  This file adds a mark
 * that init was called; the owner's id, to detect misuse and to answer held;
 * and the number of waiters, for destroy alone.
 *
 * Only the holder writes owner, just after it locks and just before it unlocks.
 * A holder that died leaves its id there until the next holder writes its own.
 * Since an id may be used again, the platform decides in case of doubt.
 *
 * A thread counts as a waiter from before it sleeps until it has the mutex or
 * gives up.  So destroy also notices a waiter that was woken and has not run
 * yet, when the mutex is free.
 */
/* This file implements the annotated functions and cannot satisfy them. */
#define SYNC_ANNOTATE_(x)
#include <libsync/kmutex.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "misuse.h"
#include "wait/waiters.h"
#include "plat.h"

#define MAGIC 0x6b6d7578u

/* 0 for a mutex of this process; else EINVAL or ENOTRECOVERABLE. */
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
	at_store_relaxed(&m->waiters, 0);
	m->generation = plat_generation();
	at_store_release(&m->magic, MAGIC);
	return 0;
}

/* With no other holder: if no thread waits for it, mark it as destroyed. */
static bool
bury(struct sync_kmutex *m)
{
	if (waiters_inside(&m->waiters))
		return false;
	at_store_relaxed(&m->magic, 0);
	return true;
}

int
sync_kmutex_destroy(struct sync_kmutex *m)
{
	int err = check(m);
	bool dead;

	if (err == EINVAL)
		return MISUSE(err, m);
	if (err == ENOTRECOVERABLE) {
		/* made by the parent: its state is undefined to the platform */
		at_store_relaxed(&m->magic, 0);
		return 0;
	}
	err = plat_kmutex_trylock(&m->plat);
	if (err == EBUSY)
		return EBUSY;
	dead = bury(m);
	if (err != ENOTRECOVERABLE)
		(void)plat_kmutex_unlock(&m->plat);
	if (dead)
		plat_kmutex_destroy(&m->plat);
	return dead ? 0 : EBUSY;
}

static int
wait_for(struct sync_kmutex *m, sync_time deadline)
{
	uint32_t entered;
	int err;

	if (sync_kmutex_held(m))
		return EDEADLK;
	entered = waiters_enter(&m->waiters);
	err = plat_kmutex_lock(&m->plat, &m->owner, deadline);
	/* the last access, unless it is ours now */
	waiters_leave(&m->waiters, entered);
	return err;
}

/* Lock after a first try that returned err. */
static SLOW_PATH int
lock_slow(struct sync_kmutex *m, int err, sync_time deadline)
{
	if (err == EBUSY && deadline != DEADLINE_TRY)
		err = wait_for(m, deadline);
	if (err == 0 || err == EOWNERDEAD)
		at_store_relaxed(&m->owner, plat_self());
	return err;
}

/* A race detector learns the lock order only from locks that are not tries. */
static inline int
lock(struct sync_kmutex *m, sync_time deadline)
{
	int err = check(m);

	if (err != 0)
		return err;
	err = announce_on && deadline == SYNC_NEVER
	    ? EBUSY : plat_kmutex_trylock(&m->plat);
	if (err != 0)
		return lock_slow(m, err, deadline);
	at_store_relaxed(&m->owner, plat_self());
	return 0;
}

int
sync_kmutex_lock(struct sync_kmutex *m)
{
	return MISUSE(lock(m, SYNC_NEVER), m);
}

int
sync_kmutex_lock_until(struct sync_kmutex *m, sync_time deadline)
{
	return MISUSE(lock(m, deadline_real(deadline)), m);
}

int
sync_kmutex_trylock(struct sync_kmutex *m)
{
	return MISUSE(lock(m, DEADLINE_TRY), m);
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
