/* SPDX-License-Identifier: MIT */
/*
 * The event: a set releases all that came before it, and everything written
 * before the set is visible to them.
 */
#include "sim_support.h"

#define SET 0x1u /* in the word */

static struct sync_event e;
static int told;         /* written before a set */
static uint32_t through; /* waits that returned 0 */

static void
fresh(void)
{
	SYNC_OK(sync_event_init(&e, 0));
	told = 0;
	through = 0;
}

static void
none_waits(void)
{
	SYNC_ASSERT(e.waiters == 0);
}

static void
sets(unsigned me)
{
	(void)me;
	SYNC_WRITE(told) = 1;
	SYNC_OK(sync_event_set(&e));
}

static void
passed(void)
{
	SYNC_ASSERT(SYNC_READ(told) == 1);
}

static void
waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_wait(&e));
	passed();
}

static void
set_and_wait(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, sets, waits);
}

static void
set_and_two_wait(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, sets, waits, waits);
}

static void
sets_plainly(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_set(&e));
}

static void
two_set(void *arg)
{
	(void)arg;
	fresh();
	told = 1;
	sim_play(none_waits, sets_plainly, sets_plainly, waits);
}

static void
waits_until(unsigned me)
{
	int err = sync_event_wait_until(&e, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	SYNC_ASSERT(err == 0 || !sim_whole() || !(e.word & SET));
	sim_saw(err != 0);
	if (err == 0)
		passed();
}

static void
timeout_races_set(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, sets, waits_until);
}

static void
timeout_beside_wait(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, sets, waits_until, waits);
}

static void
tries(unsigned me)
{
	int err = sync_event_trywait(&e);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EAGAIN);
	SYNC_ASSERT(err == 0 || !sim_whole() || !(e.word & SET));
	sim_saw(err != 0);
	if (err == 0)
		passed();
	if (sync_event_is_set(&e))
		passed();
}

static void
try_races_set(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, sets, tries);
}

/*
 * If this many wait, a pulse must be enough.  Otherwise the event stays set,
 * for those that come too late.
 */
static void
pulses_for(unsigned waiters)
{
	bool all =
	    SYNC_ATOMIC_LOAD(&e.waiters, __ATOMIC_ACQUIRE) == waiters;

	SYNC_WRITE(told) = 1;
	SYNC_OK(sync_event_set(&e));
	if (all)
		SYNC_OK(sync_event_clear(&e));
	sim_saw(all);
}

static void
pulses_for_one(unsigned me)
{
	(void)me;
	pulses_for(1);
}

static void
pulses_for_two(unsigned me)
{
	(void)me;
	pulses_for(2);
}

static void
pulse_frees_waiter(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, pulses_for_one, waits);
}

static void
pulse_frees_two_waiters(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, pulses_for_two, waits, waits);
}

static void
sets_and_clears(void)
{
	SYNC_WRITE(told) = 1;
	SYNC_OK(sync_event_set(&e));
	SYNC_OK(sync_event_clear(&e));
}

/* Those that came between two pulses are released by the second. */
static void
pulses_and_stays(unsigned me)
{
	(void)me;
	sets_and_clears();
	SYNC_OK(sync_event_set(&e));
}

static void
pulse_before_set(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, pulses_and_stays, waits);
}

static void
pulse_before_set_for_two(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, pulses_and_stays, waits, waits);
}

/*
 * A clear of an event that is not set must not make the next set forget the
 * waiters.
 */
static void
clears_then_sets(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_clear(&e));
	SYNC_OK(sync_event_set(&e));
}

static void
clear_before_set(void *arg)
{
	(void)arg;
	fresh();
	told = 1;
	sim_play(none_waits, clears_then_sets, waits, waits);
}

static void
waits_and_frees(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_wait(&e));
	sim_free(&e, sizeof(e));
}

static void
waiter_frees(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, sets_plainly, waits_and_frees);
}

static void
waits_until_and_frees(unsigned me)
{
	int err = sync_event_wait_until(&e, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	if (err == 0)
		sim_free(&e, sizeof(e));
}

static void
waiter_with_deadline_frees(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, sets_plainly, waits_until_and_frees);
}

static void
last_of_two_frees(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_wait(&e));
	if (SYNC_ATOMIC_ADD(&through, 1, __ATOMIC_ACQ_REL) == 1)
		sim_free(&e, sizeof(e));
}

static void
last_waiter_frees(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, sets_plainly, last_of_two_frees, last_of_two_frees);
}

/* A thread that waits prevents destroy, and nothing changes for it. */
static void
destroys_then_sets(unsigned me)
{
	(void)me;
	if (SYNC_ATOMIC_LOAD(&e.waiters, __ATOMIC_RELAXED) != 0)
		SYNC_ASSERT(sync_event_destroy(&e) == EBUSY);
	SYNC_OK(sync_event_set(&e));
}

static void
destroy_with_waiter(void *arg)
{
	(void)arg;
	fresh();
	told = 1;
	sim_play(none_waits, destroys_then_sets, waits);
}

static void
destroys(unsigned me)
{
	int err = sync_event_destroy(&e);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0)
		sim_may_be_late(&e.waiters);
	else
		SYNC_OK(sync_event_set(&e));
}

static void
waits_late(unsigned me)
{
	int err = sync_event_wait(&e);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINVAL);
	sim_saw(err == 0 ? 2 : 3);
}

static void
destroy_races_wait(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, destroys, waits_late);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_wait_until(&e, sim_soon(0)));
	passed();
}

static void
deadline_far_away(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, sets, in_time, in_time);
}

static void
waits_plainly(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_wait(&e));
}

/*
 * When destroy returns 0, the waiter has left for good: its memory may be
 * reused, and no message from the waiter is needed.
 */
static void
destroys_and_reuses(unsigned me)
{
	bool came = SYNC_ATOMIC_LOAD(&e.waiters, __ATOMIC_RELAXED) != 0;

	(void)me;
	SYNC_OK(sync_event_set(&e));
	if (!came || sync_event_destroy(&e) != 0)
		return;
	SYNC_WRITE(e.word) = 0;
	sim_saw(0);
}

static void
destroy_and_reuse(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, destroys_and_reuses, waits_plainly);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "a set and a wait", .test = set_and_wait, .weak = 2 },
	{ .name = "a set and two waits", .test = set_and_two_wait, .weak = 1 },
	{ .name = "two sets and a wait", .test = two_set },
	{ .name = "a timeout races a set", .test = timeout_races_set,
	    .sees = 2, .weak = 2 },
	{ .name = "a timeout beside a wait", .test = timeout_beside_wait,
	    .sees = 2 },
	{ .name = "a try races a set", .test = try_races_set, .sees = 2,
	    .weak = 2 },
	{ .name = "a pulse frees who waits", .test = pulse_frees_waiter,
	    .sees = 2, .weak = 2 },
	{ .name = "a pulse frees two that wait",
	    .test = pulse_frees_two_waiters, .sees = 2 },
	{ .name = "a pulse before a set", .test = pulse_before_set, .weak = 2 },
	{ .name = "a pulse before a set for two",
	    .test = pulse_before_set_for_two, .weak = 1 },
	{ .name = "a clear before a set", .test = clear_before_set },
	{ .name = "the waiter frees it", .test = waiter_frees, .weak = 2 },
	{ .name = "the waiter with a deadline frees it",
	    .test = waiter_with_deadline_frees, .weak = 2 },
	{ .name = "the last of two waiters frees it",
	    .test = last_waiter_frees },
	{ .name = "destroy with a waiter", .test = destroy_with_waiter },
	{ .name = "destroy races a wait", .test = destroy_races_wait,
	    .sees = 4 },
	{ .name = "a deadline far away", .test = deadline_far_away,
	    .calm = true, .spurious = 1 },
	{ .name = "destroy and use again", .test = destroy_and_reuse,
	    .sees = 1, .weak = 2 },
};

int
main(void)
{
	return sim_main("event", scenarios, SIM_COUNT(scenarios));
}
