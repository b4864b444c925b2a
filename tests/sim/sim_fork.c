/* SPDX-License-Identifier: MIT */
/*
 * The child of a fork: a mutex and an event as fork copies them at some moment,
 * and threads of the child that use them.  The machine does not fork.  The
 * library's bookkeeping is told that the first thread did, and words are set as
 * the parent's threads may have left them.  sim_fork_rwlock.c has the read-write
 * lock.
 */
#include "sim_support.h"

#include "plat.h"

#define WAITERS 0x80000000u /* in the word of an owner lock */
#define STARVED 0x40000000u
#define SLEEPS  0x2u /* in the word of an event */
#define LOST    2u /* the id of a thread of the parent */
#define FUTILE  4  /* number of wakes after which a sleeper may starve */
#define ROUNDS  6  /* relocks by one thread until others starve */

static struct sync_mutex m;
static struct sync_event e;
static unsigned count;   /* written under m */
static unsigned entered; /* how often, in all */
static bool starving;    /* under m: it has the next turn */

/* In the parent. */
static void
fresh(void)
{
	memset(&identity, 0, sizeof(identity));
	SYNC_OK(sync_mutex_init(&m, 0));
	SYNC_OK(sync_event_init(&e, 0));
	count = entered = 0;
	starving = false;
}

static void
forks(void)
{
	identity_fork(plat_self(), NULL);
	identity_survives(plat_self());
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
tries(unsigned me)
{
	int err = sync_mutex_trylock(&m);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	if (err != 0)
		return;
	section();
	unlock();
}

/* It was free, but reserved for a thread that the child does not have. */
static void
void_reservation(void *arg)
{
	(void)arg;
	fresh();
	m.word = WAITERS | STARVED;
	forks();
	sim_play(all_counted, locks, locks, tries);
}

static void
one_entered(void)
{
	SYNC_ASSERT(entered > 0);
	all_counted();
}

static void
void_reservation_is_tried(void *arg)
{
	(void)arg;
	fresh();
	m.word = WAITERS | STARVED;
	forks();
	sim_play(one_entered, tries, tries);
}

static void
unlocks(unsigned me)
{
	(void)me;
	SYNC_ASSERT(sync_mutex_held(&m));
	SYNC_ASSERT(sync_mutex_lock(&m) == EDEADLK);
	section();
	unlock();
}

/* The survivor holds it, with the marks of the parent's waiters. */
static void
survivor_unlocks(void *arg)
{
	const uint32_t *marks = arg;

	fresh();
	SYNC_OK(sync_mutex_lock(&m));
	m.word |= *marks;
	forks();
	sim_play(all_counted, unlocks, locks, locks);
}

static void
lets_others_run_and_unlocks(unsigned me)
{
	(void)me;
	sync_explore_yield();
	section();
	unlock();
}

/*
 * A thread that wakes again and again does not ask the survivor for the next
 * turn.
 */
static void
survivor_keeps_others_waiting(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_mutex_lock(&m));
	forks();
	sim_play(all_counted, lets_others_run_and_unlocks, locks);
}

/* A lock that the survivor takes in the child is reserved as usual. */
static void
hogs(unsigned me)
{
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
			sim_saw(0);
			starving = true;
		}
		unlock();
	}
}

static void
starves(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_lock(&m));
	starving = false;
	section();
	unlock();
}

static void
starved_has_its_turn(void *arg)
{
	(void)arg;
	fresh();
	forks();
	SYNC_OK(sync_mutex_lock(&m));
	sim_play(all_counted, hogs, starves);
}

/* A lost thread holds it. */
static void
is_refused(unsigned me)
{
	int err = me == 0 ? sync_mutex_lock(&m)
	    : me == 1	  ? sync_mutex_trylock(&m)
			  : sync_mutex_lock_until(&m, SYNC_NEVER);

	SYNC_ASSERT(err == ENOTRECOVERABLE);
	SYNC_ASSERT(!sync_mutex_held(&m));
	SYNC_ASSERT(sync_mutex_unlock(&m) == EPERM);
}

static void
can_be_destroyed(void)
{
	SYNC_OK(sync_mutex_destroy(&m));
}

static void
lost_holder(void *arg)
{
	(void)arg;
	fresh();
	m.word = LOST | WAITERS | STARVED;
	forks();
	sim_play(can_be_destroyed, is_refused, is_refused, is_refused);
}

/* The event: threads that fork did not copy do not prevent destroy. */
static void
sets(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_set(&e));
}

static void
waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_wait(&e));
}

static void
event_can_be_destroyed(void)
{
	SYNC_OK(sync_event_destroy(&e));
}

static void
lost_waiters(void *arg)
{
	(void)arg;
	fresh();
	e.waiters = 3;
	e.word |= SLEEPS;
	forks();
	sim_play(event_can_be_destroyed, sets, waits, waits);
}

static void
waits_and_destroys(unsigned me)
{
	waits(me);
	event_can_be_destroyed();
	sim_free(&e, sizeof(e));
}

static void
lost_waiters_and_destroy(void *arg)
{
	(void)arg;
	fresh();
	e.waiters = 3;
	forks();
	sim_play(NULL, sets, waits_and_destroys);
}

/* A waiter of the child, which has left its mark, prevents destroy. */
static void
destroys_then_sets(unsigned me)
{
	if (SYNC_ATOMIC_LOAD(&e.word, __ATOMIC_RELAXED) & SLEEPS) {
		SYNC_ASSERT(sync_event_destroy(&e) == EBUSY);
		sim_saw(0);
	}
	sets(me);
}

static void
new_waiter_counts(void *arg)
{
	(void)arg;
	fresh();
	e.waiters = 3;
	forks();
	sim_play(event_can_be_destroyed, destroys_then_sets, waits, waits);
}

static const uint32_t no_marks, waiting = WAITERS, starved = WAITERS | STARVED;

static const struct sim_scenario scenarios[] = {
	{ .name = "a void reservation is free", .test = void_reservation },
	{ .name = "a void reservation is tried",
	    .test = void_reservation_is_tried, .weak = 2 },
	{ .name = "the survivor unlocks", .test = survivor_unlocks,
	    .arg = &no_marks },
	{ .name = "the survivor unlocks, with a mark", .test = survivor_unlocks,
	    .arg = &waiting },
	{ .name = "the survivor unlocks, with the mark of a starved one",
	    .test = survivor_unlocks, .arg = &starved },
	{ .name = "the survivor keeps others waiting",
	    .test = survivor_keeps_others_waiting, .calm = true,
	    .spurious = FUTILE },
	{ .name = "the starved has its turn", .test = starved_has_its_turn,
	    .sees = 1 },
	{ .name = "a lost thread holds it", .test = lost_holder },
	{ .name = "lost threads wait for an event", .test = lost_waiters },
	{ .name = "a thread of the child waits for it",
	    .test = new_waiter_counts, .sees = 1 },
	{ .name = "an event that they waited for is destroyed",
	    .test = lost_waiters_and_destroy, .weak = 2 },
};

int
main(void)
{
	return sim_main("fork", scenarios, SIM_COUNT(scenarios));
}
