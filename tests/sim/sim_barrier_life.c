/* SPDX-License-Identifier: MIT */
/*
 * The end of a barrier: the first thread that leaves a round may free it, and
 * destroy notices a thread that waits.
 */
#include "sim_support.h"

struct start {
	uint32_t parties;
	void (*action)(void *);
};

#define OF(n, action)                                                          \
	.begin = fresh, .arg = &(const struct start) { (n), (action) }

static struct sync_barrier b;
static uint32_t met; /* waits that returned 0 */
static unsigned places; /* given as indices, a bit each */

static void
fresh(const void *arg)
{
	const struct start *start = arg;

	SYNC_OK(sync_barrier_init(
	    &b, start->parties, start->action, NULL, 0));
	met = 0;
	places = 0;
}

static void
acts(void *arg)
{
	(void)arg;
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
waits_until_and_frees(unsigned me)
{
	int err = sync_barrier_wait_until(&b, NULL, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT || err == ECANCELED);
	if (err == 0 && SYNC_ATOMIC_ADD(&met, 1, __ATOMIC_RELAXED) == 0)
		sim_free(&b, sizeof(b));
}

static void
waits(unsigned me)
{
	uint32_t index = UINT32_MAX;

	(void)me;
	SYNC_OK(sync_barrier_wait(&b, &index));
	SYNC_ASSERT(index < 2);
	places |= 1u << index;
}

static void
both_met(void)
{
	SYNC_ASSERT(places == 3);
	SYNC_ASSERT(b.waiters.tail == NULL && b.arrived == 0);
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
destroys(unsigned me)
{
	int err = sync_barrier_destroy(&b);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0)
		sim_may_be_late(&b.waiters.generation);
	else
		SYNC_OK(sync_barrier_abort(&b));
}

static void
waits_late(unsigned me)
{
	int err = sync_barrier_wait(&b, NULL);

	(void)me;
	SYNC_ASSERT(err == ECANCELED || err == EINVAL);
	sim_saw(err == ECANCELED ? 2 : 3);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "the first to go frees it", OF(2, NULL),
	    .roles = { waits_and_frees, waits_and_frees }, .weak = 2 },
	{ .name = "the first of three to go frees it", OF(3, acts),
	    .roles = { waits_and_frees, waits_and_frees, waits_and_frees } },
	{ .name = "the first with a deadline frees it", OF(2, NULL),
	    .roles = { waits_until_and_frees, waits_until_and_frees } },
	{ .name = "destroy with a waiter", OF(2, NULL),
	    .roles = { destroys_then_waits, waits }, .end = both_met,
	    .sees = 1 },
	{ .name = "destroy races a wait", OF(2, NULL),
	    .roles = { destroys, waits_late }, .sees = 4 },
};

int
main(void)
{
	return sim_main("barrier_life", scenarios, SIM_COUNT(scenarios));
}
