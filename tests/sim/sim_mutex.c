/* SPDX-License-Identifier: MIT */
/*
 * A mutex that one thread locks again and again, so that another starves: the
 * owner lock then reserves it, see lib/wait/ownlock.h.  A lock that comes and
 * goes lets nobody sleep for ever, and destroy notices a thread for which it is
 * reserved.  sim_lock.c and sim_lock_life.c have the rest.
 */
#include "sim_support.h"

#define STARVED 0x40000000u /* in the word */
#define ROUNDS  6           /* relocks by one thread until others starve */

static struct sync_mutex m;
static unsigned count;   /* under m */
static unsigned entered; /* how often, in all */
static bool unlocked;    /* by the one that locks again and again */
static sim_role *latecomer;
static bool patient;     /* a thread that starves waits for its turn */
static bool starving;    /* under m: it has the next turn */
static struct sync_event held, crowded; /* by the holder; by the last */

static void
fresh(void)
{
	SYNC_OK(sync_mutex_init(&m, 0));
	count = entered = 0;
	unlocked = patient = starving = false;
	latecomer = NULL;
}

static void
is_free(const void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_event_init(&held, 0));
	SYNC_OK(sync_event_init(&crowded, 0));
}

struct start {
	bool patient;
	sim_role *latecomer;
};

static void
is_held(const void *arg)
{
	const struct start *start = arg;

	fresh();
	patient = start->patient;
	latecomer = start->latecomer;
	SYNC_OK(sync_mutex_lock(&m));
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

/*
 * Lets the others run while it holds the mutex, and takes it again at once.
 * When one starves, the latecomer starts, if there is one.
 */
static void
hogs(unsigned me)
{
	sim_role *late = latecomer;
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

/* When destroy returns 0, the holder has left for good. */
static void
locks_only(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_lock(&m));
	unlock();
}

/* A try that fails means that the other thread, which locks once, has it. */
static void
destroys_and_reuses(unsigned me)
{
	int err = sync_mutex_trylock(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	if (err == 0) {
		unlock();
		return;
	}
	if (sync_mutex_destroy(&m) != 0)
		return;
	sim_saw(0);
	SYNC_WRITE(m.word) = 1;
}

/*
 * One thread locks now and then, and sleeps in between; the other gets the lock
 * when it can.  If a lock that was free a moment ago is taken and free again,
 * that must not make it sleep.
 */
static void
locks_now_and_then(unsigned me)
{
	unsigned i;

	(void)me;
	for (i = 0; i < 2; i++) {
		SYNC_OK(sync_mutex_lock(&m));
		sync_thread_sleep_until(sim_soon(2 * i));
		unlock();
		sync_thread_sleep_until(sim_soon(2 * i + 1));
	}
}

/*
 * A sleeper whose wakeups were futile so often that the lock is reserved for it
 * is one of those that prevent the mutex from being destroyed.
 */
#define FUTILE 5 /* wakeups, but for the first */

static void
holds_once(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_lock(&m));
	entered = 1;
	unlock();
}

static void
wakes_without_use(unsigned me)
{
	unsigned i;
	int err;

	(void)me;
	for (i = 0; i < FUTILE; i++) {
		SYNC_OK(sync_mutex_lock(&m));
		sync_thread_sleep_until(sim_soon(i)); /* calm: it sleeps */
		unlock();
	}
	err = sync_mutex_destroy(&m);
	sim_saw(err == 0);
	SYNC_ASSERT(err == EBUSY || (err == 0 && entered == 1));
}

static const struct start waits = { .patient = true };
static const struct start leaves = { .patient = false };
static const struct start waits_beside = { true, locks };
static const struct start leaves_beside = { false, locks };

static const struct sim_scenario scenarios[] = {
	/* It has a futile wakeup, spins, and gets it; the other sleeps on. */
	{ .name = "a sleeper spins beside another", .begin = is_free,
	    .roles = { comes_when_held, comes_when_held, holds_until_crowded },
	    .end = all_counted, .calm = true, .spins = 2, .cut = true },
	{ .name = "the starved has its turn", .begin = is_held, .arg = &waits,
	    .roles = { hogs, starves }, .end = all_counted, .sees = 3 },
	/* It leaves; the lock must not stay reserved for it. */
	{ .name = "the starved gives up", .begin = is_held, .arg = &leaves,
	    .roles = { hogs, locks_until }, .end = all_counted, .sees = 3 },
	{ .name = "the starved beside another", .begin = is_held,
	    .arg = &waits_beside, .roles = { hogs, starves },
	    .end = all_counted, .sees = 3 },
	{ .name = "the starved gives up beside another", .begin = is_held,
	    .arg = &leaves_beside, .roles = { hogs, locks_until },
	    .end = all_counted, .sees = 3 },
	{ .name = "the memory of a mutex", .begin = is_free,
	    .roles = { locks_only, destroys_and_reuses }, .sees = 1 },
	{ .name = "a lock comes and goes", .begin = is_free,
	    .roles = { locks_now_and_then, locks_only } },
	{ .name = "a reserved lock is not destroyed", .begin = is_free,
	    .roles = { wakes_without_use, holds_once }, .sees = 2,
	    .calm = true },
};

int
main(void)
{
	return sim_main("mutex", scenarios, SIM_COUNT(scenarios));
}
