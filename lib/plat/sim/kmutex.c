/* SPDX-License-Identifier: MIT */
/*
 * Kernel-owned locks of the simulated machine.  The word of a lock holds the
 * owner's id.
 *
 * When the owner's thread ends, a robust lock passes to the next locker, which
 * gets EOWNERDEAD.  The end of the owner also wakes the threads that sleep for
 * the lock.  There are no priorities.  A lock that inherits priorities is lost
 * when its owner ends, unless it is robust.  It also fails with EDEADLK if
 * threads would wait for each other in a circle.
 *
 *	SOUND -> ORPHANED	a locker got EOWNERDEAD
 *	ORPHANED -> SOUND	the owner called consistent
 *	ORPHANED -> LOST	the owner unlocked without consistent
 *	SOUND -> LOST		the owner ended, and the lock inherits
 *				priorities and is not robust
 */
#include "config.h"

#include <errno.h>
#include <stddef.h>

#include <libsync/kmutex.h>

#include "base/atomic.h"
#include "machine/machine.h"

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
	return (struct kmutex *)(void *)k->room.bytes;
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

/* The struct sync_kmutex of the lock, which is its address in reports. */
static const void *
lock_of(const struct kmutex *k)
{
	return (const char *)k - offsetof(struct sync_kmutex, plat);
}

static bool
robust(const struct kmutex *k)
{
	return (k->flags & SYNC_ROBUST) != 0;
}

static bool
inherits(const struct kmutex *k)
{
	return (k->flags & SYNC_PRIO_INHERIT) != 0;
}

bool
kmutex_inherits(const void *lock)
{
	const struct sync_kmutex *k = lock;

	return inherits((const struct kmutex *)(const void *)k->plat.room.bytes);
}

/* Whether that thread has ended; if so, its end happens before now. */
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

static int
lose(struct kmutex *k)
{
	at_store_relaxed(&k->state, LOST);
	at_store_release(&k->owner, 0);
	plat_wake(PLAT_PRIVATE, &k->owner, PLAT_ALL, PLAT_ALL);
	return ENOTRECOVERABLE;
}

/* The caller has locked it.  0; or if it is LOST, unlock: ENOTRECOVERABLE. */
static int
unless_lost(struct kmutex *k)
{
	if (at_load_relaxed(&k->state) == LOST)
		return lose(k);
	sim_held(lock_of(k), ANNOUNCE_WRITE);
	return 0;
}

/*
 * Try to lock.  Returns 0, EOWNERDEAD, EDEADLK or ENOTRECOVERABLE; or EBUSY,
 * and stores the owner.
 */
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
		if (k->flags == 0 || !ended(*owner))
			return EBUSY;
		if (at_cas_acquire(&k->owner, owner, self))
			break;
	}
	if (!robust(k))
		return lose(k);
	sim_held(lock_of(k), ANNOUNCE_WRITE);
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

/* Stands for the `wanted' of all threads in footprints. */
static const char circle;

static void
want(const uint32_t *owner)
{
	sim_touch(&circle, true);
	sim_me()->wanted = owner;
}

/*
 * Whether the owner waits for the calling thread, directly or through other
 * threads.  As in the kernel, it reads the latest values.
 */
static bool
closes_circle(const uint32_t *owner)
{
	unsigned i;

	for (i = 0; owner != NULL && i < SIM_THREADS; i++) {
		uint32_t id = __atomic_load_n(owner, __ATOMIC_RELAXED);
		const struct sim_thread *other;

		sim_touch(owner, false);
		if (id == plat_self())
			return true;
		other = sim_by_id(id);
		owner = other != NULL ? other->wanted : NULL;
	}
	return false;
}

/* Another thread owns it: sleep.  Returns 0, ETIMEDOUT or EDEADLK. */
static int
sleep_for(struct kmutex *k, uint32_t owner, sync_time deadline)
{
	int err;

	if (inherits(k)) {
		want(&k->owner);
		if (closes_circle(&k->owner))
			return EDEADLK;
	}
	sim_me()->robust_sleep = k->flags != 0;
	err = plat_wait(PLAT_PRIVATE, &k->owner, owner, PLAT_ALL, deadline);
	sim_me()->robust_sleep = false;
	return err;
}

static int
wait_for(struct kmutex *k, sync_time deadline)
{
	uint32_t owner;
	int err;

	do {
		err = take(k, &owner);
		if (err != EBUSY)
			return err;
		err = sleep_for(k, owner, deadline);
	} while (err == 0);
	return err;
}

int
plat_kmutex_lock(
    struct sync_plat_kmutex *k, const uint32_t *owner, sync_time deadline)
{
	int err;

	(void)owner; /* this lock has an owner word of its own */
	if (!inherits(kmutex_of(k)))
		return wait_for(kmutex_of(k), deadline);
	if (deadline != SYNC_NEVER && deadline <= plat_now())
		return ETIMEDOUT;
	err = wait_for(kmutex_of(k), deadline);
	want(NULL);
	return err;
}

int
plat_kmutex_unlock(struct sync_plat_kmutex *k)
{
	struct kmutex *mutex = kmutex_of(k);
	bool lost;

	if (at_load_relaxed(&mutex->owner) != plat_self())
		return EPERM;
	sim_unheld(lock_of(mutex));
	if (inherits(mutex))
		sim_me()->wants = NULL; /* no gate: a relock may fail */
	lost = at_load_relaxed(&mutex->state) == ORPHANED;
	if (lost)
		at_store_relaxed(&mutex->state, LOST);
	at_store_release(&mutex->owner, 0); /* the last access */
	plat_wake(PLAT_PRIVATE, &mutex->owner, lost ? PLAT_ALL : 1, PLAT_ALL);
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
