/* SPDX-License-Identifier: MIT */
/*
 * The end of an event, a latch, or a semaphore: the waiter may free the object,
 * and destroy notices a thread that waits.  After a destroy that succeeded the
 * memory may be reused.
 */
#include "sim_wait_support.h"

static bool ended; /* destroy has returned 0 */
static int late;   /* the result of a wait beside it */

static void
waits_and_frees(unsigned me)
{
	(void)me;
	SYNC_OK(subject->wait());
	sim_free(&o, subject->size);
}

static void
waits_until_and_frees(unsigned me)
{
	int err = subject->wait_until(sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	if (err == 0)
		sim_free(&o, subject->size);
}

static void
last_of_two_frees(unsigned me)
{
	(void)me;
	SYNC_OK(subject->wait());
	if (SYNC_ATOMIC_ADD(&passed, 1, __ATOMIC_ACQ_REL) == 1)
		sim_free(&o, subject->size);
}

/* A thread that waits prevents destroy, and nothing changes for it. */
static void
destroys_then_releases(unsigned me)
{
	if (subject->waited_for())
		SYNC_ASSERT(subject->destroy() == EBUSY);
	releases(me);
}

static void
destroys(unsigned me)
{
	int err = subject->destroy();

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	ended = err == 0;
	if (ended)
		sim_may_be_late(subject->spare);
	else
		SYNC_OK(subject->release());
}

static void
waits_late(unsigned me)
{
	(void)me;
	late = subject->wait();
	SYNC_ASSERT(late == 0 || late == EINVAL);
	sim_saw(late == 0 ? 2 : 3);
}

static void
waits_late_until(unsigned me)
{
	late = subject->wait_until(sim_soon(me));
	SYNC_ASSERT(late == 0 || late == EINVAL || late == ETIMEDOUT);
	sim_saw(late == 0 ? 2 : late == EINVAL ? 3 : 4);
}

/* Nobody passes an object that was destroyed without a release. */
static void
only_a_release_lets_pass(void)
{
	SYNC_ASSERT(!ended || late != 0);
}

/*
 * When destroy returns 0, the waiter has left for good: its memory may be
 * reused, and no message from the waiter is needed.
 */
static void
destroys_and_reuses(unsigned me)
{
	bool came = subject->waited_for();

	(void)me;
	SYNC_OK(subject->release());
	if (!came || subject->destroy() != 0)
		return;
	subject->reuse(0);
	sim_saw(0);
}

static void
releases_the_sleeper_and_reuses(unsigned me)
{
	(void)me;
	sim_until_asleep();
	SYNC_OK(subject->release());
	if (subject->destroy() != 0)
		return;
	sim_saw(0);
	subject->reuse(1);
	if (subject != &a_sem) /* its waiters are in the word */
		SYNC_WRITE(*subject->spare) = 1;
}

static const struct sim_scenario scenarios[] = {
	{ .name = "the waiter frees an event", EVENT(0),
	    .roles = { releases, waits_and_frees }, .weak = 2 },
	{ .name = "the waiter frees a latch", LATCH(1, 0),
	    .roles = { releases, waits_and_frees }, .weak = 2 },
	{ .name = "the waiter frees a latch of two threads", LATCH(2, 0),
	    .roles = { releases, releases, waits_and_frees } },
	{ .name = "the waiter frees a semaphore", SEM(1, 0),
	    .roles = { releases, waits_and_frees }, .weak = 2 },
	{ .name = "the waiter spins and frees a semaphore", SEM(1, 0),
	    .roles = { releases, waits_and_frees }, .weak = 2, .spins = 2 },
	{ .name = "the waiter with a deadline frees an event", EVENT(0),
	    .roles = { releases, waits_until_and_frees }, .weak = 2 },
	{ .name = "the waiter with a deadline frees a latch", LATCH(1, 0),
	    .roles = { releases, waits_until_and_frees }, .weak = 2 },
	{ .name = "the waiter with a deadline frees a semaphore", SEM(1, 0),
	    .roles = { releases, waits_until_and_frees }, .weak = 2 },
	{ .name = "the last of two waiters frees an event", EVENT(0),
	    .roles = { releases, last_of_two_frees, last_of_two_frees } },
	{ .name = "the last of two waiters frees a latch", LATCH(1, 0),
	    .roles = { releases, last_of_two_frees, last_of_two_frees } },
	{ .name = "destroy of an event with a waiter", EVENT(0),
	    .roles = { destroys_then_releases, waits }, .end = settled },
	{ .name = "destroy of a latch with a waiter", LATCH(1, 1),
	    .roles = { destroys_then_releases, waits }, .end = settled },
	{ .name = "destroy of a semaphore with a waiter", SEM(1, 0),
	    .roles = { destroys_then_releases, waits }, .end = settled },
	{ .name = "destroy of an event races a wait", EVENT(0),
	    .roles = { destroys, waits_late }, .sees = 4,
	    .end = only_a_release_lets_pass },
	{ .name = "destroy of a latch races a wait", LATCH(1, 0),
	    .roles = { destroys, waits_late }, .sees = 4,
	    .end = only_a_release_lets_pass },
	{ .name = "destroy of a semaphore races a wait", SEM(1, 0),
	    .roles = { destroys, waits_late }, .sees = 4,
	    .end = only_a_release_lets_pass },
	{ .name = "destroy of an event races a deadline", EVENT(0),
	    .roles = { destroys, waits_late_until }, .sees = 5,
	    .end = only_a_release_lets_pass },
	{ .name = "destroy of a latch races a deadline", LATCH(1, 0),
	    .roles = { destroys, waits_late_until }, .sees = 5,
	    .end = only_a_release_lets_pass },
	{ .name = "destroy of a semaphore races a deadline", SEM(1, 0),
	    .roles = { destroys, waits_late_until }, .sees = 5,
	    .end = only_a_release_lets_pass },
	{ .name = "an event is destroyed and used again", EVENT(0),
	    .roles = { destroys_and_reuses, waits }, .sees = 1, .weak = 2 },
	{ .name = "a latch is destroyed and used again", LATCH(1, 0),
	    .roles = { destroys_and_reuses, waits }, .sees = 1, .weak = 2 },
	{ .name = "a semaphore is destroyed and used again", SEM(1, 0),
	    .roles = { destroys_and_reuses, waits }, .sees = 1, .weak = 2 },
	/* The waiter sleeps. */
	{ .name = "the memory of an event", EVENT(0),
	    .roles = { waits, releases_the_sleeper_and_reuses }, .sees = 1,
	    .calm = true },
	{ .name = "the memory of a latch", LATCH(1, 0),
	    .roles = { waits, releases_the_sleeper_and_reuses }, .sees = 1,
	    .calm = true },
	{ .name = "the memory of a semaphore", SEM(1, 0),
	    .roles = { waits, releases_the_sleeper_and_reuses }, .sees = 1,
	    .calm = true },
};

int
main(void)
{
	return sim_main("wait_life", scenarios, SIM_COUNT(scenarios));
}
