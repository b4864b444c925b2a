/* SPDX-License-Identifier: MIT */
/*
 * What every kind of lock promises: threads exclude each other, a timeout takes
 * no wake, and misuse changes nothing.  sim_lock_life.c has the end of locks;
 * what only one kind has is in sim_mutex.c, sim_kmutex.c and sim_rwlock.c.
 */
#include "sim_lock_support.h"

static void
locks_twice(unsigned me)
{
	locks(me);
	locks(me);
}

/* An rmutex: one level only. */
static void
locks_once(unsigned me)
{
	(void)me;
	lock();
	section_and_unlock(LOCK);
}

static void
may_fail(enum how how, int err, int expected)
{
	SYNC_ASSERT(err == 0 || err == expected);
	SYNC_ASSERT(
	    err == 0 || !sim_whole() || subject->taken == NULL || subject->taken());
	sim_saw(err != 0);
	if (err == 0)
		subject->uses(how);
}

static void
tries(unsigned me)
{
	(void)me;
	may_fail(TRY, subject->kind->trylock(&l), subject->kind->busy);
}

/* A free lock is taken even if the deadline has passed. */
static void
locks_until(unsigned me)
{
	may_fail(UNTIL, subject->kind->lock_until(&l, sim_soon(me)), ETIMEDOUT);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	(void)me;
	SYNC_OK(subject->kind->lock_until(&l, sim_soon(0)));
	subject->uses(HELD);
}

static void
misuses_a_mutex(unsigned me)
{
	struct sync_mutex *m = &l.mutex;

	(void)me;
	SYNC_ASSERT(sync_mutex_unlock(m) == EPERM);
	SYNC_ASSERT(!sync_mutex_held(m));
	SYNC_OK(sync_mutex_lock(m));
	SYNC_ASSERT(sync_mutex_held(m));
	SYNC_ASSERT(sync_mutex_lock(m) == EDEADLK);
	SYNC_ASSERT(sync_mutex_trylock(m) == EBUSY);
	section_and_unlock(LOCK);
}

static void
misuses_an_rmutex(unsigned me)
{
	struct sync_rmutex *m = &l.rmutex;

	SYNC_ASSERT(sync_rmutex_unlock(m) == EPERM);
	SYNC_ASSERT(sync_rmutex_depth(m) == 0);
	locks_once(me);
	SYNC_ASSERT(sync_rmutex_unlock(m) == EPERM);
}

static void
misuses_a_kmutex(unsigned me)
{
	struct sync_kmutex *m = &l.kmutex;

	(void)me;
	SYNC_ASSERT(sync_kmutex_unlock(m) == EPERM);
	SYNC_ASSERT(sync_kmutex_consistent(m) == EPERM);
	SYNC_ASSERT(!sync_kmutex_held(m));
	SYNC_OK(sync_kmutex_lock(m));
	SYNC_ASSERT(sync_kmutex_lock(m) == EDEADLK);
	SYNC_ASSERT(sync_kmutex_trylock(m) == EBUSY);
	SYNC_ASSERT(sync_kmutex_destroy(m) == EBUSY);
	section_and_unlock(LOCK);
}

static const struct sim_scenario scenarios[] = {
	/* Exclusion. */
	{ .name = "two threads lock a mutex once", FREE(a_mutex),
	    .roles = { locks, locks }, .end = all_counted, .weak = 2 },
	{ .name = "two threads lock an rmutex once", FREE(an_rmutex),
	    .roles = { locks, locks }, .end = all_counted, .weak = 2 },
	{ .name = "two threads lock a kmutex once", FREE(a_kmutex),
	    .roles = { locks, locks }, .end = all_counted, .weak = 2 },
	{ .name = "two threads lock an rwlock once", FREE(a_writer),
	    .roles = { locks, locks }, .end = all_counted, .weak = 2 },
	{ .name = "two threads lock a semaphore once", FREE(a_sem),
	    .roles = { locks, locks }, .end = all_counted, .weak = 2 },
	{ .name = "two threads lock a mutex twice", FREE(a_mutex),
	    .roles = { locks_twice, locks_twice }, .end = all_counted,
	    .weak = 2 },
	{ .name = "three threads lock a mutex once", FREE(a_mutex),
	    .roles = { locks, locks, locks }, .end = all_counted, .weak = 1 },
	{ .name = "three threads lock an inheriting kmutex once",
	    FREE(an_inheriting_kmutex), .roles = { locks, locks, locks },
	    .end = all_counted },
	{ .name = "three threads lock an rwlock once", FREE(a_writer),
	    .roles = { locks, locks, locks }, .end = all_counted },
	{ .name = "three threads lock a semaphore once", FREE(a_sem),
	    .roles = { locks, locks, locks }, .end = all_counted },
	{ .name = "four threads lock a mutex once", FREE(a_mutex),
	    .roles = { locks, locks, locks, locks }, .end = all_counted,
	    .large = true, .cut = true },
	{ .name = "two levels of an rmutex beside one", FREE(an_rmutex),
	    .roles = { locks, locks_once }, .end = all_counted, .weak = 2 },
	{ .name = "two levels of an rmutex beside two threads", FREE(an_rmutex),
	    .roles = { locks, locks_once, locks_once }, .end = all_counted },
	{ .name = "two threads spin for a mutex", FREE(a_mutex),
	    .roles = { locks_twice, locks_twice }, .end = all_counted,
	    .spins = 2 },
	{ .name = "three threads spin for a mutex", FREE(a_mutex),
	    .roles = { locks_twice, locks, locks }, .end = all_counted,
	    .spins = 2 },
	{ .name = "three threads spin for a semaphore", FREE(a_sem),
	    .roles = { locks, locks, locks }, .end = all_counted, .spins = 2 },
	/* Tries and deadlines. */
	{ .name = "a try of a mutex beside locks", FREE(a_mutex),
	    .roles = { locks, tries, locks }, .end = all_counted, .sees = 2 },
	{ .name = "a try of an rmutex races an unlock", TAKEN(an_rmutex),
	    .roles = { unlocks, tries }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	{ .name = "a try of a kmutex beside a lock", FREE(a_kmutex),
	    .roles = { locks, tries }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races an unlock of a mutex", TAKEN(a_mutex),
	    .roles = { unlocks, locks_until }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races an unlock of an rmutex", TAKEN(an_rmutex),
	    .roles = { unlocks, locks_until }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races an unlock of a kmutex", TAKEN(a_kmutex),
	    .roles = { unlocks, locks_until }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races an unlock of an rwlock", TAKEN(a_writer),
	    .roles = { unlocks, locks_until }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	/* The wake of the unlock may go to a thread that has just given up. */
	{ .name = "a timeout takes no wake from a mutex", TAKEN(a_mutex),
	    .roles = { unlocks, locks_until, locks }, .end = all_counted,
	    .sees = 2 },
	{ .name = "two timeouts race an unlock of a mutex", TAKEN(a_mutex),
	    .roles = { unlocks, locks_until, locks_until },
	    .end = all_counted, .sees = 2 },
	{ .name = "a deadline far away for a mutex", TAKEN(a_mutex),
	    .roles = { unlocks, in_time, in_time }, .end = all_counted,
	    .calm = true, .spurious = 1 },
	{ .name = "a deadline far away for an rmutex", TAKEN(an_rmutex),
	    .roles = { unlocks, in_time }, .end = all_counted, .calm = true,
	    .spurious = 1 },
	{ .name = "a deadline far away for a kmutex", TAKEN(a_kmutex),
	    .roles = { unlocks, in_time, in_time }, .end = all_counted,
	    .calm = true, .spurious = 1 },
	/* Misuse. */
	{ .name = "misuse changes nothing in a mutex", FREE(a_mutex),
	    .roles = { misuses_a_mutex, locks }, .end = all_counted },
	{ .name = "misuse changes nothing in an rmutex", FREE(an_rmutex),
	    .roles = { misuses_an_rmutex, locks }, .end = all_counted },
	{ .name = "misuse changes nothing in a kmutex", FREE(a_kmutex),
	    .roles = { misuses_a_kmutex, locks }, .end = all_counted },
};

int
main(void)
{
	return sim_main("lock", scenarios, SIM_COUNT(scenarios));
}
