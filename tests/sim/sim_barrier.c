/* SPDX-License-Identifier: MIT */
/*
 * The barrier: no thread leaves before all have arrived, each gets an index of
 * its own, and if one does not arrive, all are notified.  sim_barrier_life.c has
 * its end.
 */
#include "sim_support.h"

#define PARTIES 3

struct start {
	uint32_t parties;
	void (*action)(void *);
};

#define OF(n, action)                                                          \
	.begin = fresh, .arg = &(const struct start) { (n), (action) }

static struct sync_barrier b;
static uint32_t parties;
static int mark[PARTIES];     /* by each thread, before it arrives: its round */
static unsigned places[PARTIES]; /* how often each index was given */
static unsigned actions;      /* how often it ran */
static int acted;             /* by the action */
static uint32_t met, late, cancelled; /* what waits returned */

static void
acts(void *arg)
{
	unsigned i;

	(void)arg;
	for (i = 0; i < parties; i++)
		SYNC_ASSERT(SYNC_READ(mark[i]) > 0);
	actions++;
	SYNC_WRITE(acted) = (int)actions;
}

static void
fresh(const void *arg)
{
	const struct start *start = arg;

	parties = start->parties;
	SYNC_OK(sync_barrier_init(&b, parties, start->action, NULL, 0));
	memset(mark, 0, sizeof(mark));
	memset(places, 0, sizeof(places));
	actions = met = late = cancelled = 0;
	acted = 0;
}

static void
note(int err, uint32_t index)
{
	met += err == 0;
	late += err == ETIMEDOUT;
	cancelled += err == ECANCELED;
	if (err != 0) {
		SYNC_ASSERT(index == UINT32_MAX);
		return;
	}
	SYNC_ASSERT(index < parties);
	places[index]++;
}

/* In each round each was given once. */
static void
places_are_right(void)
{
	unsigned i;

	for (i = 0; i < parties; i++)
		SYNC_ASSERT(places[i] * parties == met);
}

static void
all_met(void)
{
	SYNC_ASSERT(met > 0);
	places_are_right();
	SYNC_ASSERT(late == 0 && cancelled == 0);
	SYNC_ASSERT(b.waiters.tail == NULL && b.arrived == 0);
}

static void
waits(unsigned me)
{
	uint32_t index = UINT32_MAX;

	(void)me;
	SYNC_OK(sync_barrier_wait(&b, &index));
	note(0, index);
}

/* Publishes its own writes, and sees those of the others. */
static void
works(unsigned me, int round)
{
	unsigned i;

	SYNC_WRITE(mark[me]) = round;
	waits(me);
	for (i = 0; i < parties; i++)
		SYNC_ASSERT(SYNC_READ(mark[i]) >= round);
}

static void
works_once(unsigned me)
{
	works(me, 1);
}

static void
waits_twice(unsigned me)
{
	waits(me);
	waits(me);
}

static void
works_with_action(unsigned me)
{
	SYNC_WRITE(mark[me]) = 1;
	waits(me);
	SYNC_ASSERT(SYNC_READ(acted) == 1);
}

static void
acted_once(void)
{
	all_met();
	SYNC_ASSERT(actions == 1);
}

static void
counts(void *arg)
{
	(void)arg;
	actions++;
}

static void
two_actions(void)
{
	all_met();
	SYNC_ASSERT(actions == 2);
}

static void
waits_until(unsigned me)
{
	uint32_t index = UINT32_MAX;
	int err = sync_barrier_wait_until(&b, &index, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT || err == ECANCELED);
	sim_saw(err == 0 ? 0 : err == ETIMEDOUT ? 1 : 2);
	note(err, index);
}

static void
waits_or_not(unsigned me)
{
	uint32_t index = UINT32_MAX;
	int err = sync_barrier_wait(&b, &index);

	(void)me;
	SYNC_ASSERT(err == 0 || err == ECANCELED);
	sim_saw(err == 0 ? 0 : 2);
	note(err, index);
}

/* Either all have met, or the barrier is broken and none has. */
static void
all_or_none(void)
{
	SYNC_ASSERT(met == parties ? late + cancelled == 0 && !b.broken
				   : met == 0 && b.broken);
	SYNC_ASSERT(met != 0 || late > 0);
	places_are_right();
	SYNC_ASSERT(b.waiters.tail == NULL && b.arrived == 0);
}

static void
tries(unsigned me)
{
	uint32_t index = UINT32_MAX;
	int err = sync_barrier_trywait(&b, &index);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EAGAIN || err == ECANCELED);
	sim_saw(err == 0 ? 0 : 3);
	if (err == EAGAIN)
		SYNC_OK(sync_barrier_abort(&b));
	note(err, index);
	cancelled += err == EAGAIN;
}

static void
both_or_none(void)
{
	SYNC_ASSERT(met == 2 ? cancelled == 0 : met == 0 && cancelled == 2);
}

/* A try by the last to arrive is as good as a wait. */
static void
tries_last(unsigned me)
{
	(void)me;
	sim_until_asleep();
	SYNC_OK(sync_barrier_trywait(&b, NULL));
}

static void
aborts(unsigned me)
{
	(void)me;
	SYNC_OK(sync_barrier_abort(&b));
}

static void
aborted(void)
{
	SYNC_ASSERT(b.broken && (met == 0 || met == 2));
	SYNC_ASSERT(met + cancelled == 2);
}

/*
 * If one waits, its round is broken by a reset, and two arrive again: whatever
 * happened to the one, the two meet.
 */
static void
resets(unsigned me)
{
	if (sync_barrier_waiting(&b) == 0) {
		aborts(me);
		return;
	}
	SYNC_OK(sync_barrier_reset(&b));
	sim_start(waits);
	waits(me);
}

static void
new_round_is_whole(void)
{
	SYNC_ASSERT(late + cancelled == 1);
	places_are_right();
	SYNC_ASSERT(met == 0 || !b.broken);
}

static void
waits_until_reset(unsigned me)
{
	uint32_t index = UINT32_MAX;
	int err = sync_barrier_wait_until(&b, &index, sim_soon(me));

	/* Or it arrives after the reset, and is one of the two. */
	note(err, index);
	sim_saw(err == ETIMEDOUT ? 0 : err == ECANCELED ? 1 : 2);
}

/* The action runs once for each completed round. */
static void
counts_and_resets(void *arg)
{
	counts(arg);
	SYNC_OK(sync_barrier_reset(&b)); /* no lock is held */
}

static void
waits_as_long(unsigned me)
{
	int err = sync_barrier_wait_until(&b, NULL, sim_soon(1));

	(void)me;
	SYNC_ASSERT(err == 0 || err == ETIMEDOUT || err == ECANCELED);
	met += err == 0;
	sim_saw(err == 0);
}

static void
an_action_for_all(void)
{
	SYNC_ASSERT(met == 2 * actions);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	uint32_t index = UINT32_MAX;

	(void)me;
	SYNC_OK(sync_barrier_wait_until(&b, &index, sim_soon(0)));
	note(0, index);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "two meet", OF(2, NULL), .roles = { works_once, works_once },
	    .end = all_met, .weak = 2 },
	{ .name = "three meet", OF(3, NULL), .roles = { waits, waits, waits },
	    .end = all_met, .weak = 1 },
	{ .name = "three work", OF(3, NULL),
	    .roles = { works_once, works_once, works_once }, .end = all_met },
	{ .name = "two rounds", OF(2, NULL),
	    .roles = { waits_twice, waits_twice }, .end = all_met, .weak = 2 },
	{ .name = "an action of two", OF(2, acts),
	    .roles = { works_with_action, works_with_action },
	    .end = acted_once, .weak = 2 },
	{ .name = "an action of three", OF(3, acts),
	    .roles = { works_with_action, works_with_action,
		works_with_action },
	    .end = acted_once },
	{ .name = "more than parties", OF(2, counts),
	    .roles = { waits, waits, waits, waits }, .end = two_actions,
	    .calm = true },
	{ .name = "a timeout of two", OF(2, NULL),
	    .roles = { waits_or_not, waits_until }, .end = all_or_none,
	    .sees = 3, .weak = 2 },
	{ .name = "a timeout of three", OF(3, NULL),
	    .roles = { waits_or_not, waits_or_not, waits_until },
	    .end = all_or_none, .sees = 3 },
	{ .name = "two timeouts", OF(2, NULL),
	    .roles = { waits_until, waits_until }, .end = all_or_none,
	    .sees = 3 },
	{ .name = "a try of two", OF(2, NULL), .roles = { waits_or_not, tries },
	    .end = both_or_none },
	{ .name = "an abort", OF(2, NULL),
	    .roles = { waits_or_not, waits_or_not, aborts }, .end = aborted },
	{ .name = "a reset", OF(2, NULL),
	    .roles = { resets, waits_until_reset }, .end = new_round_is_whole,
	    .sees = 2 },
	{ .name = "the last to arrive tries", OF(2, NULL),
	    .roles = { waits, tries_last }, .calm = true },
	{ .name = "an action or a timeout", OF(2, counts_and_resets),
	    .roles = { waits_as_long, waits_as_long }, .end = an_action_for_all,
	    .sees = 2 },
	{ .name = "a deadline far away", OF(3, NULL),
	    .roles = { in_time, in_time, in_time }, .end = all_met,
	    .calm = true, .spurious = 1 },
};

int
main(void)
{
	return sim_main("barrier", scenarios, SIM_COUNT(scenarios));
}
