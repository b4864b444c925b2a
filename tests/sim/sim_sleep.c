/* SPDX-License-Identifier: MIT */
/*
 * Threads that sleep until a time: none wakes early, and they wake in the order
 * of their times.
 */
#include "sim_support.h"

static sync_time woken; /* the time of the sleeper that woke last */

static void
none_woken(const void *arg)
{
	(void)arg;
	woken = 0;
}

/* If no deadline passes early. */
static void
sleeps_in_order(unsigned me)
{
	sync_time until = sim_soon(10 - me);

	sync_thread_sleep_until(until);
	SYNC_ASSERT(sync_time_now() >= until);
	SYNC_ASSERT(woken <= until);
	woken = until;
}

static void
sleeps(unsigned me)
{
	sync_thread_sleep_until(sim_soon(me));
	SYNC_ASSERT(sync_time_now() >= sim_soon(me));
}

static const struct sim_scenario scenarios[] = {
	{ .name = "three sleep", .begin = none_woken,
	    .roles = { sleeps_in_order, sleeps_in_order, sleeps_in_order },
	    .calm = true, .spurious = 1 },
	{ .name = "two sleep", .begin = none_woken, .roles = { sleeps, sleeps },
	    .weak = 2 },
};

int
main(void)
{
	return sim_main("sleep", scenarios, SIM_COUNT(scenarios));
}
