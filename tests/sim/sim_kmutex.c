/* SPDX-License-Identifier: MIT */
/*
 * The kernel-owned mutex, on a simulated kernel: its owner dies, or threads wait
 * for such mutexes in a circle.  sim_lock.c has the rest.
 */
#include "sim_support.h"

static struct sync_kmutex m;
static unsigned count;   /* under m */
static unsigned entered; /* how often, in all */
static unsigned heirs;   /* that got EOWNERDEAD */

static const unsigned robust = SYNC_ROBUST, inheriting = SYNC_PRIO_INHERIT;

static void
is_free(const void *flags)
{
	SYNC_OK(sync_kmutex_init(&m, *(const unsigned *)flags));
	count = entered = heirs = 0;
}

static void
is_held(const void *flags)
{
	is_free(flags);
	SYNC_OK(sync_kmutex_lock(&m));
}

static void
section(void)
{
	unsigned before = SYNC_READ(count);

	SYNC_WRITE(count) = before + 1;
	entered++;
}

static void
unlock(void)
{
	SYNC_OK(sync_kmutex_unlock(&m));
}

static void
all_counted(void)
{
	SYNC_ASSERT(count == entered);
}

/* Ends, and leaves it locked. */
static void
dies(unsigned me)
{
	(void)me;
	SYNC_OK(sync_kmutex_lock(&m));
	section();
}

/* The caller holds it, and ends while it does. */
static void
ends(unsigned me)
{
	(void)me;
	section();
}

static void
inherits(int err)
{
	SYNC_ASSERT(sync_kmutex_held(&m));
	if (err == 0)
		SYNC_ASSERT(sync_kmutex_consistent(&m) == EINVAL);
	else
		SYNC_OK(sync_kmutex_consistent(&m));
	heirs += err != 0;
	section();
	unlock();
}

static void
locks_robust(unsigned me)
{
	int err = sync_kmutex_lock(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EOWNERDEAD);
	sim_saw(err != 0);
	inherits(err);
}

/* No thread comes after the one that dies, or exactly one gets EOWNERDEAD. */
static void
at_most_one_heir(void)
{
	all_counted();
	SYNC_ASSERT(heirs <= 1);
}

static void
locks_robust_until(unsigned me)
{
	int err = sync_kmutex_lock_until(&m, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == EOWNERDEAD || err == ETIMEDOUT);
	sim_saw(err == 0 ? 0 : err == EOWNERDEAD ? 1 : 2);
	if (err != ETIMEDOUT)
		inherits(err);
	else
		SYNC_ASSERT(!sync_kmutex_held(&m));
}

static void
tries_robust(unsigned me)
{
	int err = sync_kmutex_trylock(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EOWNERDEAD || err == EBUSY);
	sim_saw(err == 0 ? 0 : err == EOWNERDEAD ? 1 : 2);
	if (err != EBUSY)
		inherits(err);
}

/* Unlocks without a repair: no thread can get it any more. */
static void
gives_up(unsigned me)
{
	int err = sync_kmutex_lock(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EOWNERDEAD || err == ENOTRECOVERABLE);
	sim_saw(err == EOWNERDEAD ? 0 : err == ENOTRECOVERABLE ? 1 : 2);
	if (err == ENOTRECOVERABLE) {
		SYNC_ASSERT(heirs == 1);
		SYNC_ASSERT(!sync_kmutex_held(&m));
		return;
	}
	SYNC_ASSERT(heirs == 0);
	heirs += err != 0;
	section();
	unlock();
}

/* Without a repair there is no heir: all others get ENOTRECOVERABLE. */
static void
finds_it_lost(unsigned me)
{
	int err = me % 2 ? sync_kmutex_lock(&m)
			 : sync_kmutex_lock_until(&m, SYNC_NEVER);

	SYNC_ASSERT(err == 0 || err == ENOTRECOVERABLE);
	SYNC_ASSERT(sync_kmutex_held(&m) == (err == 0));
	sim_saw(err != 0);
	if (err != 0) {
		heirs++;
		return;
	}
	SYNC_ASSERT(heirs == 0);
	section();
	unlock();
}

/*
 * Each holds one and wants the next: one of them gets an error, and none hangs.
 */
static struct sync_kmutex ring[3];
static unsigned size; /* of the ring */

static void
wants_the_next(unsigned me, sync_time deadline)
{
	struct sync_kmutex *mine = &ring[me % size];
	struct sync_kmutex *next = &ring[(me + 1) % size];
	int err;

	SYNC_OK(sync_kmutex_lock(mine));
	err = sync_kmutex_lock_until(next, deadline);
	SYNC_ASSERT(err == 0 || err == EDEADLK
	    || (err == ETIMEDOUT && deadline != SYNC_NEVER));
	SYNC_ASSERT(sync_kmutex_held(next) == (err == 0));
	sim_saw(err == 0 ? 0 : err == EDEADLK ? 1 : 2);
	heirs += err != EDEADLK;
	if (err == 0)
		SYNC_OK(sync_kmutex_unlock(next));
	SYNC_OK(sync_kmutex_unlock(mine));
}

static void
wants(unsigned me)
{
	wants_the_next(me, SYNC_NEVER);
}

static void
wants_until(unsigned me)
{
	wants_the_next(me, sim_soon(0));
}

/* Not all get an error: the last one closed the circle with another thread. */
static void
somebody_went_on(void)
{
	SYNC_ASSERT(heirs >= 1);
	/* With weak memory, what others did may not be visible yet. */
	while (!sim_weak() && size-- > 0)
		SYNC_OK(sync_kmutex_destroy(&ring[size]));
}

static const unsigned two = 2, three = 3;

static void
fresh_ring(const void *n)
{
	heirs = 0;
	for (size = 0; size < *(const unsigned *)n; size++)
		SYNC_OK(sync_kmutex_init(&ring[size],
		    size % 2 ? SYNC_PRIO_INHERIT
			     : SYNC_PRIO_INHERIT | SYNC_ROBUST));
}

static const struct sim_scenario scenarios[] = {
	{ .name = "the owner dies", .begin = is_free, .arg = &robust,
	    .roles = { dies, locks_robust }, .end = at_most_one_heir,
	    .sees = 2, .weak = 2 },
	{ .name = "the owner dies before two", .begin = is_free, .arg = &robust,
	    .roles = { locks_robust, dies, locks_robust },
	    .end = at_most_one_heir, .sees = 2 },
	{ .name = "the owner dies before a timeout", .begin = is_free,
	    .arg = &robust, .roles = { dies, locks_robust_until },
	    .end = at_most_one_heir, .sees = 3 },
	{ .name = "the owner dies before a try", .begin = is_free,
	    .arg = &robust, .roles = { dies, tries_robust },
	    .end = at_most_one_heir, .sees = 3 },
	{ .name = "what is not repaired is lost", .begin = is_free,
	    .arg = &robust, .roles = { gives_up, dies, gives_up },
	    .end = all_counted, .sees = 3 },
	{ .name = "what is not repaired is lost to sleepers", .begin = is_held,
	    .arg = &robust, .roles = { ends, gives_up, gives_up },
	    .end = all_counted, .sees = 2 },
	{ .name = "the owner of one that inherits dies", .begin = is_free,
	    .arg = &inheriting, .roles = { finds_it_lost, dies, finds_it_lost },
	    .end = all_counted, .sees = 2 },
	{ .name = "one that inherits is lost to sleepers", .begin = is_held,
	    .arg = &inheriting, .roles = { ends, finds_it_lost, finds_it_lost },
	    .end = all_counted },
	{ .name = "a circle of two", .begin = fresh_ring, .arg = &two,
	    .roles = { wants, wants }, .end = somebody_went_on, .sees = 2,
	    .weak = 2 },
	{ .name = "a circle of three", .begin = fresh_ring, .arg = &three,
	    .roles = { wants, wants, wants }, .end = somebody_went_on,
	    .sees = 2 },
	{ .name = "a circle that lasts until a deadline", .begin = fresh_ring,
	    .arg = &two, .roles = { wants_until, wants },
	    .end = somebody_went_on, .sees = 3 },
};

int
main(void)
{
	return sim_main("kmutex", scenarios, SIM_COUNT(scenarios));
}
