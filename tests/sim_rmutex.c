/* SPDX-License-Identifier: MIT */
/* The recursive mutex: the depth is what it adds to the owner lock. */
#include "sim_support.h"

static struct sync_rmutex m;
static unsigned count;   /* under m */
static unsigned entered; /* how often, in all */

static void
fresh(void)
{
	SYNC_OK(sync_rmutex_init(&m, 0));
	count = entered = 0;
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
	SYNC_OK(sync_rmutex_unlock(&m));
}

static void
all_counted(void)
{
	SYNC_ASSERT(count == entered);
	SYNC_ASSERT(m.word == 0 && m.depth == 0);
}

/* With one level held: one more, and back to none. */
static void
deeper(void)
{
	SYNC_ASSERT(sync_rmutex_depth(&m) == 1);
	SYNC_OK(sync_rmutex_lock(&m));
	SYNC_ASSERT(sync_rmutex_depth(&m) == 2);
	section();
	unlock();
	SYNC_ASSERT(sync_rmutex_held(&m));
	section(); /* still alone */
	unlock();
	SYNC_ASSERT(!sync_rmutex_held(&m));
}

static void
locks_deep(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rmutex_lock(&m));
	deeper();
}

static void
locks(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rmutex_lock(&m));
	section();
	unlock();
}

static void
deep_and_flat(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, locks_deep, locks);
}

static void
both_deep(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, locks_deep, locks_deep);
}

static void
three_threads(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, locks_deep, locks, locks);
}

/* The caller holds it. */
static void
unlocks_deep(unsigned me)
{
	(void)me;
	deeper();
}

static void
tries_deep(unsigned me)
{
	int err = sync_rmutex_trylock(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err != 0)
		return;
	SYNC_OK(sync_rmutex_trylock(&m));
	SYNC_ASSERT(sync_rmutex_depth(&m) == 2);
	section();
	unlock();
	unlock();
}

static void
try_races_unlock(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rmutex_lock(&m));
	sim_play(all_counted, unlocks_deep, tries_deep);
}

static void
locks_until(unsigned me)
{
	int err = sync_rmutex_lock_until(&m, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	SYNC_ASSERT(err == 0 || !sim_whole() || m.word != 0);
	sim_saw(err != 0);
	if (err != 0)
		return;
	SYNC_OK(sync_rmutex_lock_until(&m, 0)); /* it is mine already */
	section();
	unlock();
	unlock();
}

static void
timeout_races_unlock(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rmutex_lock(&m));
	sim_play(all_counted, unlocks_deep, locks_until);
}

static void
frees_if_last(unsigned me)
{
	bool last;

	(void)me;
	SYNC_OK(sync_rmutex_lock(&m));
	SYNC_OK(sync_rmutex_lock(&m));
	section();
	last = entered == 2;
	unlock();
	unlock();
	if (last)
		sim_free(&m, sizeof(m));
}

static void
last_frees(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, frees_if_last, frees_if_last);
}

static void
destroys(unsigned me)
{
	int err = sync_rmutex_destroy(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0)
		sim_may_be_late(&m.waiters);
}

static void
locks_late(unsigned me)
{
	int err = sync_rmutex_lock(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINVAL);
	sim_saw(err == 0 ? 2 : 3);
	if (err == 0)
		deeper();
}

static void
destroy_races_lock(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, destroys, locks_late);
}

/*
 * A thread waits, and the mutex is unlocked.  It is busy until that thread has
 * had it, also between the unlock and its turn.
 */
static void
waits_for_it(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rmutex_lock(&m));
	SYNC_WRITE(entered) = 1;
	SYNC_OK(sync_rmutex_unlock(&m));
}

static void
destroys_beside_a_waiter(unsigned me)
{
	int err;

	(void)me;
	sync_thread_sleep_until(sim_soon(0)); /* calm: the other sleeps */
	SYNC_OK(sync_rmutex_unlock(&m));
	err = sync_rmutex_destroy(&m);
	SYNC_ASSERT(err == EBUSY || (err == 0 && SYNC_READ(entered) == 1));
	sim_saw(err != 0);
}

static void
destroy_beside_a_waiter(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rmutex_lock(&m));
	sim_play(NULL, destroys_beside_a_waiter, waits_for_it);
}

static void
misuses(unsigned me)
{
	(void)me;
	SYNC_ASSERT(sync_rmutex_unlock(&m) == EPERM);
	SYNC_ASSERT(sync_rmutex_depth(&m) == 0);
	locks(me);
	SYNC_ASSERT(sync_rmutex_unlock(&m) == EPERM);
}

static void
misuse_changes_nothing(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, misuses, locks_deep);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rmutex_lock_until(&m, sim_soon(0)));
	deeper();
}

static void
deadline_far_away(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rmutex_lock(&m));
	sim_play(all_counted, unlocks_deep, in_time);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "two levels beside one", .test = deep_and_flat, .weak = 2 },
	{ .name = "two levels beside two", .test = both_deep, .weak = 2 },
	{ .name = "two levels beside two threads", .test = three_threads },
	{ .name = "a try races an unlock", .test = try_races_unlock,
	    .sees = 2, .weak = 2 },
	{ .name = "a timeout races an unlock", .test = timeout_races_unlock,
	    .sees = 2, .weak = 2 },
	{ .name = "the last to hold it frees it", .test = last_frees,
	    .weak = 2 },
	{ .name = "destroy races a lock", .test = destroy_races_lock,
	    .sees = 4 },
	{ .name = "destroy beside a waiter", .test = destroy_beside_a_waiter,
	    .sees = 2, .calm = true },
	{ .name = "misuse changes nothing", .test = misuse_changes_nothing },
	{ .name = "a deadline far away", .test = deadline_far_away,
	    .calm = true, .spurious = 1 },
};

int
main(void)
{
	return sim_main("rmutex", scenarios, SIM_COUNT(scenarios));
}
