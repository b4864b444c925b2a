/* SPDX-License-Identifier: MIT */
/* The mutex, and with it the owner lock: lib/ownlock.h says what must hold. */
#include "sim_support.h"

static struct sync_mutex m;
static unsigned count;   /* under m */
static unsigned entered; /* how often, in all */

static void
fresh(void)
{
	SYNC_OK(sync_mutex_init(&m, 0));
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
all_counted(void)
{
	SYNC_ASSERT(count == entered);
}

static void
lock_once(unsigned me)
{
	(void)me;
	SYNC_OK(sync_mutex_lock(&m));
	section();
	SYNC_OK(sync_mutex_unlock(&m));
}

static void
two_threads(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, lock_once, lock_once);
}

static void
three_threads(void *arg)
{
	(void)arg;
	fresh();
	sim_play(all_counted, lock_once, lock_once, lock_once);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "two threads lock once", .test = two_threads, .weak = 2 },
	{ .name = "three threads lock once", .test = three_threads },
};

int
main(void)
{
	return sim_main("mutex", scenarios, SIM_COUNT(scenarios));
}
