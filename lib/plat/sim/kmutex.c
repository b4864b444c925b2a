/* SPDX-License-Identifier: MIT */
/*
 * Kernel-owned locks of the simulated machine: the owner's id in a word, and
 * the errors of pthread mutexes with error checking.  A robust one passes to
 * the next locker with EOWNERDEAD when the owner's thread has ended, which also
 * wakes those that sleep for it.  Priorities there are none.
 *
 *	SOUND -> ORPHANED	a locker was told EOWNERDEAD
 *	ORPHANED -> SOUND	consistent
 *	ORPHANED -> LOST	unlocked without
 */
#include "config.h"

#include <errno.h>

#include "base/atomic.h"
#include "machine.h"

enum { SOUND, ORPHANED, LOST };

struct kmutex {
	uint32_t owner; /* atomic; 0: free */
	uint32_t state; /* atomic; set by the holder */
	unsigned flags; /* set at init */
};

_Static_assert(sizeof(struct kmutex) <= sizeof(struct sync_plat_kmutex),
    "sync_plat_kmutex has room for the platform's mutex");

static struct kmutex *
kmutex_of(struct sync_plat_kmutex *k)
{
	return (struct kmutex *)(void *)k->u.bytes;
}

int
plat_kmutex_init(struct sync_plat_kmutex *k, unsigned flags)
{
	*kmutex_of(k) = (struct kmutex) { 0, SOUND, flags };
	return 0;
}

void
plat_kmutex_destroy(struct sync_plat_kmutex *k)
{
	(void)k;
}

static bool
robust(const struct kmutex *k)
{
	return (k->flags & SYNC_ROBUST) != 0;
}

/* Whether that thread has ended, which then comes before what we do now. */
static bool
ended(uint32_t owner)
{
	struct sim_thread *t = sim_by_id(owner);

	if (t == NULL)
		return false;
	sim_touch(t, false);
	if (t->state != SIM_DONE)
		return false;
	clock_join(&sim_me()->clock, &t->clock);
	return true;
}

/* We hold it: 0; or ENOTRECOVERABLE, and not any more, if it is lost by now. */
static int
unless_lost(struct kmutex *k)
{
	if (at_load_relaxed(&k->state) != LOST)
		return 0;
	at_store_release(&k->owner, 0);
	plat_wake(&k->owner, PLAT_ALL, PLAT_ALL);
	return ENOTRECOVERABLE;
}

/* 0, EOWNERDEAD, EDEADLK, ENOTRECOVERABLE, or EBUSY and the owner. */
static int
take(struct kmutex *k, uint32_t *owner)
{
	uint32_t self = plat_self();

	for (;;) {
		*owner = 0;
		if (at_cas_acquire(&k->owner, owner, self))
			return unless_lost(k);
		if (*owner == self)
			return EDEADLK;
		if (!robust(k) || !ended(*owner))
			return EBUSY;
		if (at_cas_acquire(&k->owner, owner, self))
			break;
	}
	at_store_relaxed(&k->state, ORPHANED);
	return EOWNERDEAD;
}

int
plat_kmutex_trylock(struct sync_plat_kmutex *k)
{
	uint32_t owner;
	int err = take(kmutex_of(k), &owner);

	return err == EDEADLK ? EBUSY : err;
}

int
plat_kmutex_lock(struct sync_plat_kmutex *k, sync_time deadline)
{
	struct kmutex *mutex = kmutex_of(k);
	uint32_t owner;

	for (;;) {
		int err = take(mutex, &owner);

		if (err != EBUSY)
			return err;
		sim_me()->robust_sleep = robust(mutex);
		err = plat_wait(&mutex->owner, owner, PLAT_ALL, deadline);
		sim_me()->robust_sleep = false;
		if (err == ETIMEDOUT)
			return err;
	}
}

int
plat_kmutex_unlock(struct sync_plat_kmutex *k)
{
	struct kmutex *mutex = kmutex_of(k);
	bool lost;

	if (at_load_relaxed(&mutex->owner) != plat_self())
		return EPERM;
	lost = at_load_relaxed(&mutex->state) == ORPHANED;
	if (lost)
		at_store_relaxed(&mutex->state, LOST);
	at_store_release(&mutex->owner, 0); /* the last touch */
	plat_wake(&mutex->owner, lost ? PLAT_ALL : 1, PLAT_ALL);
	return 0;
}

int
plat_kmutex_consistent(struct sync_plat_kmutex *k)
{
	struct kmutex *mutex = kmutex_of(k);

	if (at_load_relaxed(&mutex->state) != ORPHANED
	    || at_load_relaxed(&mutex->owner) != plat_self())
		return EINVAL;
	at_store_relaxed(&mutex->state, SOUND);
	return 0;
}
