/* SPDX-License-Identifier: MIT */
/*
 * The end of every kind of lock: the last to hold it may free it, and destroy
 * notices a thread that waits.
 */
#include "sim_lock_support.h"

/* The last thread to hold it may free it, while others are still unlocking. */
static void
frees_if_last(unsigned me)
{
	(void)me;
	lock();
	if (subject->uses(LAST) == 2)
		sim_free(&l, subject->size);
}

static void
destroys(unsigned me)
{
	int err = subject->kind->destroy(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0 && subject->spare != NULL)
		sim_may_be_late(subject->spare);
}

static void
locks_late(unsigned me)
{
	int err = subject->kind->lock(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINVAL);
	sim_saw(err == 0 ? 2 : 3);
	if (err == 0)
		subject->uses(LOCK);
}

/* The unlock has woken one of the sleepers; destroy must wake the rest. */
static void
lets_sleep_and_destroys(unsigned me)
{
	sync_explore_yield();
	unlock();
	destroys(me);
}

static unsigned came_in; /* the waiter */

static void
is_awaited(const void *kind)
{
	is_held(kind);
	came_in = 0;
}

/*
 * A thread waits, and the lock is released.  It is busy until that thread has
 * had it, also between the unlock and its turn.
 */
static void
waits_for_it(unsigned me)
{
	(void)me;
	lock();
	SYNC_WRITE(came_in) = 1;
	unlock();
}

static void
destroys_beside_a_waiter(unsigned me)
{
	int err;

	(void)me;
	sim_until_asleep();
	unlock();
	err = subject->kind->destroy(&l);
	SYNC_ASSERT(err == EBUSY || (err == 0 && SYNC_READ(came_in) == 1));
	sim_saw(err != 0);
}

/* A reader that has timed out keeps the lock in use until it has left. */
static void
reads_until(unsigned me)
{
	int err = sync_rwlock_rdlock_until(&l.rwlock, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	if (err == 0)
		unlock();
}

static void
unlocks_and_frees(unsigned me)
{
	bool waits;

	(void)me;
	sim_until_asleep(); /* or it comes too late to count as a waiter */
	waits = l.rwlock.waiters.tail != NULL;
	unlock();
	if (!waits || subject->kind->destroy(&l) != 0)
		return;
	sim_saw(0);
	sim_free(&l, subject->size);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "the last to hold a mutex frees it", FREE(a_mutex),
	    .roles = { frees_if_last, frees_if_last }, .weak = 2 },
	{ .name = "the last to hold an rmutex frees it", FREE(an_rmutex),
	    .roles = { frees_if_last, frees_if_last }, .weak = 2 },
	{ .name = "the last to hold a kmutex frees it", FREE(a_robust_kmutex),
	    .roles = { frees_if_last, frees_if_last }, .weak = 2 },
	{ .name = "the last to hold an rwlock frees it", FREE(a_writer),
	    .roles = { frees_if_last, frees_if_last }, .weak = 2 },
	{ .name = "destroy races a lock of a mutex", FREE(a_mutex),
	    .roles = { destroys, locks_late }, .sees = 4 },
	{ .name = "destroy races a lock of an rmutex", FREE(an_rmutex),
	    .roles = { destroys, locks_late }, .sees = 4 },
	{ .name = "destroy races a lock of an rwlock", FREE(a_writer),
	    .roles = { destroys, locks_late }, .sees = 4 },
	{ .name = "destroy races two locks of an rwlock", FREE(a_writer),
	    .roles = { destroys, locks_late, locks_late }, .sees = 4 },
	{ .name = "destroy races an unlock of a kmutex", TAKEN(a_kmutex),
	    .roles = { unlocks, destroys }, .sees = 2 },
	/* All threads that slept when it was destroyed find out. */
	{ .name = "destroy of a mutex frees sleepers", TAKEN(a_mutex),
	    .roles = { unlocks, destroys, locks_late, locks_late },
	    .sees = 4 },
	{ .name = "destroy of a mutex frees many sleepers", TAKEN(a_mutex),
	    .roles = { lets_sleep_and_destroys, locks_late, locks_late,
		locks_late }, .sees = 4, .calm = true },
	{ .name = "destroy beside a waiter for a mutex", .begin = is_awaited,
	    .arg = &a_mutex,
	    .roles = { destroys_beside_a_waiter, waits_for_it }, .sees = 2,
	    .calm = true, .weak = 2 },
	{ .name = "destroy beside a waiter for an rmutex", .begin = is_awaited,
	    .arg = &an_rmutex,
	    .roles = { destroys_beside_a_waiter, waits_for_it }, .sees = 2,
	    .calm = true, .weak = 2 },
	{ .name = "destroy beside a waiter for a kmutex", .begin = is_awaited,
	    .arg = &a_robust_kmutex,
	    .roles = { destroys_beside_a_waiter, waits_for_it }, .sees = 2,
	    .calm = true, .weak = 2 },
	{ .name = "a destroy beside a leaver", TAKEN(a_writer),
	    .roles = { unlocks_and_frees, reads_until }, .sees = 1 },
};

int
main(void)
{
	return sim_main("lock_life", scenarios, SIM_COUNT(scenarios));
}
