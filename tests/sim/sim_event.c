/* SPDX-License-Identifier: MIT */
/*
 * An event that is cleared: a set releases all waiters that came before it, even
 * if a clear follows at once.  sim_wait.c has the rest.
 */
#include "sim_support.h"

#define SET 0x1u /* in the word */

static struct sync_event e;
static int told; /* written before a set */

static void
fresh(const void *arg)
{
	(void)arg;
	SYNC_OK(sync_event_init(&e, 0));
	told = 0;
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

/* Those that came between two pulses are released by the second. */
static void
pulses_and_stays(unsigned me)
{
	sets(me);
	SYNC_OK(sync_event_clear(&e));
	SYNC_OK(sync_event_set(&e));
}

/*
 * A clear of an event that is not set must not make the next set forget the
 * waiters.
 */
static void
clears_then_sets(unsigned me)
{
	SYNC_OK(sync_event_clear(&e));
	sets(me);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "a try races a set", .begin = fresh,
	    .roles = { sets, tries }, .end = none_waits, .sees = 2, .weak = 2 },
	{ .name = "a pulse frees who waits", .begin = fresh,
	    .roles = { pulses_for_one, waits }, .end = none_waits, .sees = 2,
	    .weak = 2 },
	{ .name = "a pulse frees two that wait", .begin = fresh,
	    .roles = { pulses_for_two, waits, waits }, .end = none_waits,
	    .sees = 2 },
	{ .name = "a pulse before a set", .begin = fresh,
	    .roles = { pulses_and_stays, waits }, .end = none_waits,
	    .weak = 2 },
	{ .name = "a pulse before a set for two", .begin = fresh,
	    .roles = { pulses_and_stays, waits, waits }, .end = none_waits,
	    .weak = 1 },
	{ .name = "a clear before a set", .begin = fresh,
	    .roles = { clears_then_sets, waits, waits }, .end = none_waits },
};

int
main(void)
{
	return sim_main("event", scenarios, SIM_COUNT(scenarios));
}
