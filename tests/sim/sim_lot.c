/* SPDX-License-Identifier: MIT */
/*
 * The parking lot of plat/posix: the promises of plat_wait and plat_wake in
 * lib/plat/plat.h, on the POSIX threads of the simulated machine.
 */
#include "sim_support.h"

#include "plat.h" /* built so that plat_wait and plat_wake are those of the lot */
#include "plat/posix/lot.h"

#define WORDS 4096

static uint32_t words[WORDS]; /* atomic */
static unsigned other;        /* words[other] has the bucket of words[0] */

static uint64_t
bucket_of(const uint32_t *word)
{
	uint64_t h = (uint64_t)(uintptr_t)word * UINT64_C(0x9e3779b97f4a7c15);

	return (h >> 40) % 256;
}

static void
fresh(void)
{
	lot_fork_child();
	for (other = 1; bucket_of(&words[other]) != bucket_of(&words[0]);)
		other++;
	words[0] = words[other] = 0;
}

static bool
is_set(unsigned i)
{
	return SYNC_ATOMIC_LOAD(&words[i], __ATOMIC_RELAXED) != 0;
}

static void
set(unsigned i)
{
	SYNC_ATOMIC_STORE(&words[i], 1, __ATOMIC_RELAXED);
}

/* Woken, or the deadline has passed. */
static int
sleeps(unsigned i, uint32_t channel, sync_time deadline)
{
	int err = plat_wait(PLAT_PRIVATE, &words[i], 0, channel, deadline);

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	if (err == ETIMEDOUT)
		SYNC_ASSERT(sync_time_now() >= deadline);
	return err;
}

static void
waits_for(unsigned i, uint32_t channel)
{
	while (!is_set(i))
		(void)sleeps(i, channel, SYNC_NEVER);
}

static void
waits(unsigned me)
{
	(void)me;
	waits_for(0, PLAT_ALL);
}

static void
wakes_one(unsigned me)
{
	(void)me;
	set(0);
	plat_wake(PLAT_PRIVATE, &words[0], 1, PLAT_ALL);
}

static void
wakes_all(unsigned me)
{
	(void)me;
	set(0);
	plat_wake(PLAT_PRIVATE, &words[0], PLAT_ALL, PLAT_ALL);
}

static void
one_waits(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, waits, wakes_one);
}

static void
two_wait(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, waits, wakes_all, waits);
}

/* A wake goes to a sleeper of that word, and of that channel. */
static void
waits_for_other(unsigned me)
{
	(void)me;
	waits_for(other, PLAT_ALL);
}

static void
wakes_other_and_one(unsigned me)
{
	(void)me;
	set(other);
	plat_wake(PLAT_PRIVATE, &words[other], 1, PLAT_ALL);
	sync_thread_sleep_until(sim_soon(0)); /* only one sleeps now */
	set(0);
	plat_wake(PLAT_PRIVATE, &words[0], 1, PLAT_ALL);
}

static void
two_words(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, waits, wakes_other_and_one, waits_for_other);
}

static void
waits_on_1(unsigned me)
{
	(void)me;
	waits_for(0, 1);
}

static void
waits_on_2_and_wakes_1(unsigned me)
{
	(void)me;
	waits_for(0, 2);
	plat_wake(PLAT_PRIVATE, &words[0], 1, 1);
}

static void
wakes_2(unsigned me)
{
	(void)me;
	set(0);
	plat_wake(PLAT_PRIVATE, &words[0], 1, 2);
}

static void
two_channels(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, waits_on_1, wakes_2, waits_on_2_and_wakes_1);
}

/* A sleeper that times out consumes no wake, and leaves the list as it was. */
static void
waits_until(unsigned me)
{
	(void)me;
	while (!is_set(0))
		if (sleeps(0, PLAT_ALL, sim_soon(1)) == ETIMEDOUT) {
			sim_saw(0);
			return;
		}
	/* it may have been for another sleeper */
	plat_wake(PLAT_PRIVATE, &words[0], 1, PLAT_ALL);
}

static void
waits_until_and_again(unsigned me)
{
	waits_until(me);
	waits(me);
}

static void
wakes_twice(unsigned me)
{
	wakes_one(me);
	wakes_one(me);
}

static void
timeout_beside_wait(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, waits, waits_until, wakes_one);
}

static void
timeout_and_again(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, waits_until_and_again, wakes_twice);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "one waits", .test = one_waits, .weak = 1 },
	{ .name = "two wait", .test = two_wait, .cut = true },
	{ .name = "two words of a bucket", .test = two_words, .calm = true },
	{ .name = "two channels", .test = two_channels, .calm = true },
	{ .name = "a timeout beside a wait", .test = timeout_beside_wait,
	    .sees = 1, .large = true, .cut = true },
	{ .name = "a timeout and again", .test = timeout_and_again,
	    .sees = 1 },
};

int
main(void)
{
	return sim_main("lot", scenarios, SIM_COUNT(scenarios));
}
