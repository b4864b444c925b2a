/* SPDX-License-Identifier: MIT */
/*
 * The kernel-owned mutex, on a simulated kernel.  The tests prove what libsync
 * adds, and that it handles the platform's results correctly.
 */
#include "sim_support.h"

static struct sync_kmutex m;
static unsigned count;   /* under m */
static unsigned entered; /* how often, in all */
static unsigned heirs;   /* that got EOWNERDEAD */

static void
fresh(unsigned flags)
{
	SYNC_OK(sync_kmutex_init(&m, flags));
	count = entered = heirs = 0;
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

static void
locks(unsigned me)
{
	(void)me;
	SYNC_OK(sync_kmutex_lock(&m));
	SYNC_ASSERT(sync_kmutex_held(&m));
	section();
	unlock();
	SYNC_ASSERT(!sync_kmutex_held(&m));
}

static void
two_threads(void *arg)
{
	(void)arg;
	fresh(0);
	sim_play(all_counted, locks, locks);
}

static void
three_threads(void *arg)
{
	(void)arg;
	fresh(SYNC_PRIO_INHERIT);
	sim_play(all_counted, locks, locks, locks);
}

static void
tries(unsigned me)
{
	int err = sync_kmutex_trylock(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err != 0)
		return;
	section();
	unlock();
}

static void
try_beside_lock(void *arg)
{
	(void)arg;
	fresh(0);
	sim_play(all_counted, locks, tries);
}

/* The caller holds it. */
static void
unlocks(unsigned me)
{
	(void)me;
	section();
	unlock();
}

static void
locks_until(unsigned me)
{
	int err = sync_kmutex_lock_until(&m, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	sim_saw(err != 0);
	if (err != 0)
		return;
	SYNC_ASSERT(sync_kmutex_held(&m));
	SYNC_ASSERT(sync_kmutex_lock_until(&m, sim_soon(me)) == EDEADLK);
	section();
	unlock();
}

static void
timeout_races_unlock(void *arg)
{
	(void)arg;
	fresh(0);
	SYNC_OK(sync_kmutex_lock(&m));
	sim_play(all_counted, unlocks, locks_until);
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
owner_dies(void *arg)
{
	(void)arg;
	fresh(SYNC_ROBUST);
	sim_play(at_most_one_heir, dies, locks_robust);
}

static void
owner_dies_before_two(void *arg)
{
	(void)arg;
	fresh(SYNC_ROBUST);
	sim_play(at_most_one_heir, locks_robust, dies, locks_robust);
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

static void
owner_dies_timeout(void *arg)
{
	(void)arg;
	fresh(SYNC_ROBUST);
	sim_play(at_most_one_heir, dies, locks_robust_until);
}

static void
owner_dies_try(void *arg)
{
	(void)arg;
	fresh(SYNC_ROBUST);
	sim_play(at_most_one_heir, dies, tries_robust);
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

static void
not_repaired(void *arg)
{
	(void)arg;
	fresh(SYNC_ROBUST);
	sim_play(all_counted, gives_up, dies, gives_up);
}

static void
lost_to_sleepers(void *arg)
{
	(void)arg;
	fresh(SYNC_ROBUST);
	SYNC_OK(sync_kmutex_lock(&m));
	sim_play(all_counted, ends, gives_up, gives_up);
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

static void
owner_dies_not_robust(void *arg)
{
	(void)arg;
	fresh(SYNC_PRIO_INHERIT);
	sim_play(all_counted, finds_it_lost, dies, finds_it_lost);
}

static void
lost_to_sleepers_not_robust(void *arg)
{
	(void)arg;
	fresh(SYNC_PRIO_INHERIT);
	SYNC_OK(sync_kmutex_lock(&m));
	sim_play(all_counted, ends, finds_it_lost, finds_it_lost);
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

static void
fresh_ring(unsigned n)
{
	heirs = 0;
	for (size = 0; size < n; size++)
		SYNC_OK(sync_kmutex_init(&ring[size],
		    size % 2 ? SYNC_PRIO_INHERIT
			     : SYNC_PRIO_INHERIT | SYNC_ROBUST));
}

static void
circle_of_two(void *arg)
{
	(void)arg;
	fresh_ring(2);
	sim_play(somebody_went_on, wants, wants);
}

static void
circle_of_three(void *arg)
{
	(void)arg;
	fresh_ring(3);
	sim_play(somebody_went_on, wants, wants, wants);
}

static void
circle_until(void *arg)
{
	(void)arg;
	fresh_ring(2);
	sim_play(somebody_went_on, wants_until, wants);
}

static void
destroys(unsigned me)
{
	int err = sync_kmutex_destroy(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
}

static void
destroy_races_unlock(void *arg)
{
	(void)arg;
	fresh(0);
	SYNC_OK(sync_kmutex_lock(&m));
	sim_play(NULL, unlocks, destroys);
}

/*
 * A thread waits, and the mutex is unlocked.  It is busy until that thread has
 * had it, also between the unlock and its turn.
 */
static void
waits_for_it(unsigned me)
{
	(void)me;
	SYNC_OK(sync_kmutex_lock(&m));
	SYNC_WRITE(entered) = 1;
	unlock();
}

static void
destroys_beside_a_waiter(unsigned me)
{
	int err;

	(void)me;
	sync_thread_sleep_until(sim_soon(0)); /* calm: the other sleeps */
	unlock();
	err = sync_kmutex_destroy(&m);
	SYNC_ASSERT(err == EBUSY || (err == 0 && SYNC_READ(entered) == 1));
	sim_saw(err != 0);
}

static void
destroy_beside_a_waiter(void *arg)
{
	(void)arg;
	fresh(SYNC_ROBUST);
	SYNC_OK(sync_kmutex_lock(&m));
	sim_play(NULL, destroys_beside_a_waiter, waits_for_it);
}

static void
frees_if_last(unsigned me)
{
	bool last;

	(void)me;
	SYNC_OK(sync_kmutex_lock(&m));
	section();
	last = entered == 2;
	unlock();
	if (last)
		sim_free(&m, sizeof(m));
}

static void
last_frees(void *arg)
{
	(void)arg;
	fresh(SYNC_ROBUST);
	sim_play(NULL, frees_if_last, frees_if_last);
}

static void
misuses(unsigned me)
{
	SYNC_ASSERT(sync_kmutex_unlock(&m) == EPERM);
	SYNC_ASSERT(sync_kmutex_consistent(&m) == EPERM);
	SYNC_ASSERT(!sync_kmutex_held(&m));
	SYNC_OK(sync_kmutex_lock(&m));
	SYNC_ASSERT(sync_kmutex_lock(&m) == EDEADLK);
	SYNC_ASSERT(sync_kmutex_trylock(&m) == EBUSY);
	SYNC_ASSERT(sync_kmutex_destroy(&m) == EBUSY);
	section();
	unlock();
	(void)me;
}

static void
misuse_changes_nothing(void *arg)
{
	(void)arg;
	fresh(0);
	sim_play(all_counted, misuses, locks);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	(void)me;
	SYNC_OK(sync_kmutex_lock_until(&m, sim_soon(0)));
	section();
	unlock();
}

static void
deadline_far_away(void *arg)
{
	(void)arg;
	fresh(0);
	SYNC_OK(sync_kmutex_lock(&m));
	sim_play(all_counted, unlocks, in_time, in_time);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "two threads lock once", .test = two_threads, .weak = 2 },
	{ .name = "three threads lock once", .test = three_threads },
	{ .name = "a try beside a lock", .test = try_beside_lock, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races an unlock", .test = timeout_races_unlock,
	    .sees = 2, .weak = 2 },
	{ .name = "the owner dies", .test = owner_dies, .sees = 2, .weak = 2 },
	{ .name = "the owner dies before two", .test = owner_dies_before_two,
	    .sees = 2 },
	{ .name = "the owner dies before a timeout",
	    .test = owner_dies_timeout, .sees = 3 },
	{ .name = "the owner dies before a try", .test = owner_dies_try,
	    .sees = 3 },
	{ .name = "what is not repaired is lost", .test = not_repaired,
	    .sees = 3 },
	{ .name = "what is not repaired is lost to sleepers",
	    .test = lost_to_sleepers, .sees = 2 },
	{ .name = "the owner of one that inherits dies",
	    .test = owner_dies_not_robust, .sees = 2 },
	{ .name = "one that inherits is lost to sleepers",
	    .test = lost_to_sleepers_not_robust },
	{ .name = "a circle of two", .test = circle_of_two, .sees = 2,
	    .weak = 2 },
	{ .name = "a circle of three", .test = circle_of_three, .sees = 2 },
	{ .name = "a circle that lasts until a deadline",
	    .test = circle_until, .sees = 3 },
	{ .name = "the last to hold it frees it", .test = last_frees,
	    .weak = 2 },
	{ .name = "destroy races an unlock", .test = destroy_races_unlock,
	    .sees = 2 },
	{ .name = "destroy beside a waiter", .test = destroy_beside_a_waiter,
	    .sees = 2, .calm = true },
	{ .name = "misuse changes nothing", .test = misuse_changes_nothing },
	{ .name = "a deadline far away", .test = deadline_far_away,
	    .calm = true, .spurious = 1 },
};

int
main(void)
{
	return sim_main("kmutex", scenarios, SIM_COUNT(scenarios));
}
