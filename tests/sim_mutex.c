/* SPDX-License-Identifier: MIT */
/*
 * The mutex, and with it the owner lock: lib/wait/ownlock.h says what must
 * hold.
 */
#include "sim_support.h"

#define STARVED 0x40000000u /* in the word */
#define ROUNDS  6           /* relocks by one thread until others starve */

static struct sync_mutex m;
static unsigned count;   /* under m */
static unsigned entered; /* how often, in all */
static bool unlocked;    /* by the one that locks again and again */
static void (*latecomer)(unsigned);
static bool patient;     /* a thread that starves waits for its turn */
static bool starving;    /* under m: it has the next turn */

static void
fresh(void)
{
	SYNC_OK(sync_mutex_init(&m, 0));
	count = entered = 0;
	unlocked = false;
	latecomer = NULL;
	patient = starving = false;
}

static void
section(void)
{
	unsigned before = SYNC_READ(count);

	SYNC_ASSERT(!starving);
	SYNC_WRITE(count) = before + 1;
	entered++;
}

static void
unlock(void)
{
	SYNC_OK(sync_mutex_unlock(&m));
}

static void
all_counted(void)
{
	SYNC_ASSERT(count == entered);
	SYNC_ASSERT(m.word == 0);
}

static void
locks(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_lock(&m));
	section();
	unlock();
}

static void
locks_twice(unsigned me)
{
	locks(me);
	locks(me);
}

static void
two_threads(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, locks, locks);
}

static void
two_threads_twice(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, locks_twice, locks_twice);
}

static void
three_threads(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, locks, locks, locks);
}

static void
three_threads_twice(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, locks_twice, locks, locks);
}

static struct sync_event held, crowded; /* by the holder; by the last */

static void
comes_when_held(unsigned me)
{
	SYNC_OK(sync_event_wait(&held));
	if (me == 1)
		SYNC_OK(sync_event_set(&crowded));
	locks(me);
}

static void
holds_until_crowded(unsigned me)
{
	SYNC_OK(sync_mutex_lock(&m));
	SYNC_OK(sync_event_set(&held));
	SYNC_OK(sync_event_wait(&crowded));
	section();
	unlock();
	locks(me);
}

/* One sleeper has a futile wakeup, spins, and gets it; the other sleeps on. */
static void
sleeper_spins_beside_another(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_event_init(&held, 0));
	SYNC_OK(sync_event_init(&crowded, 0));
	sim_play(all_counted, comes_when_held, comes_when_held,
	    holds_until_crowded);
}

static void
four_threads(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, locks, locks, locks, locks);
}

static void
tries(unsigned me)
{
	int err;

	(void)me;
	err = sync_mutex_trylock(&m);
	SYNC_ASSERT(err == 0 || err == EBUSY);
	SYNC_ASSERT(err == 0 || !sim_whole() || m.word != 0);
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
	fresh();
	sim_play(all_counted, locks, tries, locks);
}

/* The caller holds it. */
static void
unlocks(unsigned me)
{
	(void)me;
	section();
	unlock();
}

/* A free mutex is taken even if the deadline has passed. */
static void
locks_until(unsigned me)
{
	int err = sync_mutex_lock_until(&m, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	SYNC_ASSERT(err == 0 || !sim_whole() || m.word != 0);
	sim_saw(err != 0);
	if (err != 0)
		return;
	section();
	unlock();
}

static void
timeout_races_unlock(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_mutex_lock(&m));
	sim_play(all_counted, unlocks, locks_until);
}

/* The wake of the unlock may go to a thread that has just given up. */
static void
timeout_takes_no_wake(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_mutex_lock(&m));
	sim_play(all_counted, unlocks, locks_until, locks);
}

static void
two_timeouts(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_mutex_lock(&m));
	sim_play(all_counted, unlocks, locks_until, locks_until);
}

/*
 * Lets the others run while it holds the mutex, and takes it again at once.
 * When one starves, the latecomer starts, if there is one.
 */
static void
hogs(unsigned me)
{
	void (*late)(unsigned) = latecomer;
	int i;

	(void)me;
	for (i = 0; i < ROUNDS; i++) {
		if (i > 0)
			SYNC_OK(sync_mutex_lock(&m));
		SYNC_ASSERT(!starving);
		entered++;
		count++; /* not marked: each step counts here */
		sync_explore_yield();
		if (m.word & STARVED) {
			sim_saw(2);
			starving = patient;
			if (late != NULL)
				sim_start(late);
			late = NULL;
		}
		unlock();
	}
	unlocked = true;
}

static void
starves(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_lock(&m));
	starving = false;
	section();
	sim_saw(unlocked ? 0 : 1);
	unlock();
}

static void
starved_has_its_turn(void *arg)
{
	(void)arg;
	fresh();
	patient = true;
	SYNC_OK(sync_mutex_lock(&m));
	sim_play(all_counted, hogs, starves);
}

/* It leaves; the lock must not stay reserved for it. */
static void
starved_gives_up(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_mutex_lock(&m));
	sim_play(all_counted, hogs, locks_until);
}

static void
starved_beside_another(void *arg)
{
	(void)arg;
	fresh();
	patient = true;
	SYNC_OK(sync_mutex_lock(&m));
	latecomer = locks;
	sim_play(all_counted, hogs, starves);
}

static void
starved_gives_up_beside_another(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_mutex_lock(&m));
	latecomer = locks;
	sim_play(all_counted, hogs, locks_until);
}

/* The last thread to hold it may free it, while others are still unlocking. */
static void
frees_if_last(unsigned me)
{
	bool last;

	(void)me;
	SYNC_OK(sync_mutex_lock(&m));
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
	fresh();
	sim_play(NULL, frees_if_last, frees_if_last);
}

static void
destroys(unsigned me)
{
	int err = sync_mutex_destroy(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0)
		sim_may_be_late(&m.waiters);
}

static void
locks_late(unsigned me)
{
	int err = sync_mutex_lock(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINVAL);
	sim_saw(err == 0 ? 2 : 3);
	if (err != 0)
		return;
	section();
	unlock();
}

static void
destroy_races_lock(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, destroys, locks_late);
}

/* All threads that slept when it was destroyed find out. */
static void
destroy_frees_sleepers(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_mutex_lock(&m));
	sim_play(NULL, unlocks, destroys, locks_late, locks_late);
}

/* The unlock has woken one of the sleepers; destroy must wake the rest. */
static void
lets_sleep_and_destroys(unsigned me)
{
	sync_explore_yield();
	unlock();
	destroys(me);
}

static void
destroy_frees_many(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_mutex_lock(&m));
	sim_play(NULL, lets_sleep_and_destroys, locks_late, locks_late,
	    locks_late);
}

/*
 * A thread waits, and the mutex is unlocked.  It is busy until that thread has
 * had it, also between the unlock and its turn.
 */
static void
waits_for_it(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_lock(&m));
	SYNC_WRITE(entered) = 1;
	SYNC_OK(sync_mutex_unlock(&m));
}

static void
destroys_beside_a_waiter(unsigned me)
{
	int err;

	(void)me;
	sync_thread_sleep_until(sim_soon(0)); /* calm: the other sleeps */
	SYNC_OK(sync_mutex_unlock(&m));
	err = sync_mutex_destroy(&m);
	SYNC_ASSERT(err == EBUSY || (err == 0 && SYNC_READ(entered) == 1));
	sim_saw(err != 0);
}

static void
destroy_beside_a_waiter(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_mutex_lock(&m));
	sim_play(NULL, destroys_beside_a_waiter, waits_for_it);
}

static void
misuses(unsigned me)
{
	int err = sync_mutex_unlock(&m);

	(void)me;
	SYNC_ASSERT(err == EPERM);
	SYNC_ASSERT(!sync_mutex_held(&m));
	SYNC_OK(sync_mutex_lock(&m));
	SYNC_ASSERT(sync_mutex_held(&m));
	SYNC_ASSERT(sync_mutex_lock(&m) == EDEADLK);
	SYNC_ASSERT(sync_mutex_trylock(&m) == EBUSY);
	section();
	unlock();
}

static void
misuse_changes_nothing(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, misuses, locks);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_lock_until(&m, sim_soon(0)));
	section();
	unlock();
}

static void
deadline_far_away(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_mutex_lock(&m));
	sim_play(all_counted, unlocks, in_time, in_time);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "two threads lock once", .test = two_threads, .weak = 2 },
	{ .name = "two threads lock twice", .test = two_threads_twice,
	    .weak = 2 },
	{ .name = "three threads lock once", .test = three_threads, .weak = 1 },
	{ .name = "four threads lock once", .large = true,
	    .test = four_threads },
	{ .name = "two threads spin", .test = two_threads_twice, .spins = 2 },
	{ .name = "three threads spin", .test = three_threads_twice,
	    .spins = 2 },
	{ .name = "a sleeper spins beside another",
	    .test = sleeper_spins_beside_another, .calm = true, .spins = 2 },
	{ .name = "a try beside locks", .test = try_beside_lock, .sees = 2 },
	{ .name = "a timeout races an unlock", .test = timeout_races_unlock,
	    .sees = 2, .weak = 2 },
	{ .name = "a timeout takes no wake", .test = timeout_takes_no_wake,
	    .sees = 2 },
	{ .name = "two timeouts race an unlock", .test = two_timeouts,
	    .sees = 2 },
	{ .name = "the starved has its turn", .test = starved_has_its_turn,
	    .sees = 3 },
	{ .name = "the starved gives up", .test = starved_gives_up, .sees = 3 },
	{ .name = "the starved beside another", .test = starved_beside_another,
	    .sees = 3 },
	{ .name = "the starved gives up beside another",
	    .test = starved_gives_up_beside_another, .sees = 3 },
	{ .name = "the last to hold it frees it", .test = last_frees,
	    .weak = 2 },
	{ .name = "destroy races a lock", .test = destroy_races_lock,
	    .sees = 4 },
	{ .name = "destroy frees sleepers", .test = destroy_frees_sleepers,
	    .sees = 4 },
	{ .name = "destroy frees many sleepers", .test = destroy_frees_many,
	    .sees = 4, .calm = true },
	{ .name = "destroy beside a waiter", .test = destroy_beside_a_waiter,
	    .sees = 2, .calm = true },
	{ .name = "misuse changes nothing", .test = misuse_changes_nothing },
	{ .name = "a deadline far away", .test = deadline_far_away,
	    .calm = true, .spurious = 1 },
};

int
main(void)
{
	return sim_main("mutex", scenarios, SIM_COUNT(scenarios));
}
