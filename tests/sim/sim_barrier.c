/* SPDX-License-Identifier: MIT */
/*
 * The barrier: no thread leaves before all have arrived, each gets an index of
 * its own, and if one does not arrive, all are notified.
 */
#include "sim_support.h"

#define PARTIES 3

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
fresh(uint32_t n, void (*action)(void *))
{
	SYNC_OK(sync_barrier_init(&b, n, action, NULL, 0));
	parties = n;
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
two_meet(void *arg)
{
	(void)arg;
	fresh(2, NULL);
	sim_play(all_met, works_once, works_once);
}

static void
three_meet(void *arg)
{
	(void)arg;
	fresh(3, NULL);
	sim_play(all_met, waits, waits, waits);
}

static void
three_work(void *arg)
{
	(void)arg;
	fresh(3, NULL);
	sim_play(all_met, works_once, works_once, works_once);
}

static void
waits_twice(unsigned me)
{
	waits(me);
	waits(me);
}

static void
two_rounds(void *arg)
{
	(void)arg;
	fresh(2, NULL);
	sim_play(all_met, waits_twice, waits_twice);
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
action_of_two(void *arg)
{
	(void)arg;
	fresh(2, acts);
	sim_play(acted_once, works_with_action, works_with_action);
}

static void
action_of_three(void *arg)
{
	(void)arg;
	fresh(3, acts);
	sim_play(acted_once, works_with_action, works_with_action,
	    works_with_action);
}

static void
counts_action(void *arg)
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
more_than_parties(void *arg)
{
	(void)arg;
	fresh(2, counts_action);
	sim_play(two_actions, waits, waits, waits, waits);
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
timeout_of_two(void *arg)
{
	(void)arg;
	fresh(2, NULL);
	sim_play(all_or_none, waits_or_not, waits_until);
}

static void
timeout_of_three(void *arg)
{
	(void)arg;
	fresh(3, NULL);
	sim_play(all_or_none, waits_or_not, waits_or_not, waits_until);
}

static void
two_timeouts(void *arg)
{
	(void)arg;
	fresh(2, NULL);
	sim_play(all_or_none, waits_until, waits_until);
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

static void
try_of_two(void *arg)
{
	(void)arg;
	fresh(2, NULL);
	sim_play(both_or_none, waits_or_not, tries);
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

static void
abort_of_two(void *arg)
{
	(void)arg;
	fresh(2, NULL);
	sim_play(aborted, waits_or_not, waits_or_not, aborts);
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

static void
reset_of_waiter(void *arg)
{
	(void)arg;
	fresh(2, NULL);
	sim_play(new_round_is_whole, resets, waits_until_reset);
}

static void
waits_and_frees(unsigned me)
{
	(void)me;
	SYNC_OK(sync_barrier_wait(&b, NULL));
	if (SYNC_ATOMIC_ADD(&met, 1, __ATOMIC_RELAXED) == 0)
		sim_free(&b, sizeof(b));
}

static void
first_frees(void *arg)
{
	(void)arg;
	fresh(2, NULL);
	sim_play(NULL, waits_and_frees, waits_and_frees);
}

static void
first_of_three_frees(void *arg)
{
	(void)arg;
	fresh(3, counts_action);
	sim_play(NULL, waits_and_frees, waits_and_frees, waits_and_frees);
}

static void
waits_until_and_frees(unsigned me)
{
	int err = sync_barrier_wait_until(&b, NULL, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT || err == ECANCELED);
	if (err == 0 && SYNC_ATOMIC_ADD(&met, 1, __ATOMIC_RELAXED) == 0)
		sim_free(&b, sizeof(b));
}

static void
first_with_deadline_frees(void *arg)
{
	(void)arg;
	fresh(2, NULL);
	sim_play(NULL, waits_until_and_frees, waits_until_and_frees);
}

/* A thread that waits prevents destroy, and nothing changes for it. */
static void
destroys_then_waits(unsigned me)
{
	if (sync_barrier_waiting(&b) != 0) {
		sim_saw(0);
		SYNC_ASSERT(sync_barrier_destroy(&b) == EBUSY);
	}
	waits(me);
}

static void
destroy_with_waiter(void *arg)
{
	(void)arg;
	fresh(2, NULL);
	sim_play(all_met, destroys_then_waits, waits);
}

static void
destroys(unsigned me)
{
	int err = sync_barrier_destroy(&b);

	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0)
		sim_may_be_late(&b.waiters.generation);
	else
		aborts(me);
}

static void
waits_late(unsigned me)
{
	int err = sync_barrier_wait(&b, NULL);

	(void)me;
	SYNC_ASSERT(err == ECANCELED || err == EINVAL);
	sim_saw(err == ECANCELED ? 2 : 3);
}

static void
destroy_races_wait(void *arg)
{
	(void)arg;
	fresh(2, NULL);
	sim_play(NULL, destroys, waits_late);
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

static void
deadline_far_away(void *arg)
{
	(void)arg;
	fresh(3, NULL);
	sim_play(all_met, in_time, in_time, in_time);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "two meet", .test = two_meet, .weak = 2 },
	{ .name = "three meet", .test = three_meet, .weak = 1 },
	{ .name = "three work", .test = three_work },
	{ .name = "two rounds", .test = two_rounds, .weak = 2 },
	{ .name = "an action of two", .test = action_of_two, .weak = 2 },
	{ .name = "an action of three", .test = action_of_three },
	{ .name = "more than parties", .test = more_than_parties, .calm = true },
	{ .name = "a timeout of two", .test = timeout_of_two, .sees = 3,
	    .weak = 2 },
	{ .name = "a timeout of three", .test = timeout_of_three, .sees = 3 },
	{ .name = "two timeouts", .test = two_timeouts, .sees = 3 },
	{ .name = "a try of two", .test = try_of_two },
	{ .name = "an abort", .test = abort_of_two },
	{ .name = "a reset", .test = reset_of_waiter, .sees = 2 },
	{ .name = "the first to go frees it", .test = first_frees,
	    .weak = 2 },
	{ .name = "the first of three to go frees it",
	    .test = first_of_three_frees },
	{ .name = "the first with a deadline frees it",
	    .test = first_with_deadline_frees },
	{ .name = "destroy with a waiter", .test = destroy_with_waiter,
	    .sees = 1 },
	{ .name = "destroy races a wait", .test = destroy_races_wait,
	    .sees = 4 },
	{ .name = "a deadline far away", .test = deadline_far_away,
	    .calm = true, .spurious = 1 },
};

int
main(void)
{
	return sim_main("barrier", scenarios, SIM_COUNT(scenarios));
}
