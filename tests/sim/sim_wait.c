/* SPDX-License-Identifier: MIT */
/*
 * Objects whose waiters other threads release: the event by a set, the latch by
 * the last count_down, the semaphore by a post.  A wait that passes sees
 * everything written before its release.  sim_wait_life.c has the end of these
 * objects; what only one kind has is in sim_event.c and sim_sem.c.
 */
#include "sim_wait_support.h"

static void
one_release_counted(void)
{
	SYNC_ASSERT(released == 1 && subject->open());
}

static void
releases_second(unsigned me)
{
	(void)me;
	releases_nth(1);
}

static void
releases_both(unsigned me)
{
	(void)me;
	releases_nth(0);
	releases_nth(1);
}

static void
releases_two_at_once(unsigned me)
{
	(void)me;
	tells(0);
	tells(1);
	released += 2;
	SYNC_OK(subject->release_two());
}

static void
releases_too_often(unsigned me)
{
	int err = subject->release();

	(void)me;
	SYNC_ASSERT(err == 0 || err == subject->surplus);
	sim_saw(err != 0);
	released += err == 0;
}

/* Each waits for the others, as at a barrier. */
static void
releases_and_waits(unsigned me)
{
	releases_nth(me);
	waits(me);
}

static void
may_fail(int err, int expected)
{
	SYNC_ASSERT(err == 0 || err == expected);
	SYNC_ASSERT(err == 0 || !sim_whole() || !subject->open());
	sim_saw(err != 0);
	if (err == 0)
		passes();
}

static void
waits_until(unsigned me)
{
	may_fail(subject->wait_until(sim_soon(me)), ETIMEDOUT);
}

static void
tries(unsigned me)
{
	(void)me;
	may_fail(subject->trywait(), EAGAIN);
}

/* If it gets the unit, it posts it again, for the one that has no deadline. */
static void
waits_until_and_passes_on(unsigned me)
{
	int err = subject->wait_until(sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	sim_saw(err != 0);
	if (err != 0)
		return;
	passed++;
	releases_nth(1);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	(void)me;
	SYNC_OK(subject->wait_until(sim_soon(0)));
	passes();
}

static const struct sim_scenario scenarios[] = {
	/* Waits. */
	{ .name = "one waits for an event", EVENT(1),
	    .roles = { releases, waits }, .end = settled, .weak = 2 },
	{ .name = "one waits for a latch", LATCH(1, 1),
	    .roles = { releases, waits }, .end = settled, .weak = 2 },
	{ .name = "one waits for a semaphore", SEM(1, 1),
	    .roles = { waits, releases }, .end = settled, .weak = 2 },
	{ .name = "two wait for an event", EVENT(1),
	    .roles = { releases, waits, waits }, .end = settled, .weak = 1 },
	{ .name = "two wait for two parts of a latch", LATCH(2, 2),
	    .roles = { releases_both, waits, waits }, .end = settled,
	    .weak = 1 },
	{ .name = "two wait for two posts of a semaphore", SEM(2, 1),
	    .roles = { releases_both, waits, waits }, .end = settled,
	    .weak = 1 },
	{ .name = "two wait for two parts of a latch at once", LATCH(2, 2),
	    .roles = { releases_two_at_once, waits, waits }, .end = settled },
	{ .name = "two wait for a post of two units of a semaphore", SEM(2, 1),
	    .roles = { releases_two_at_once, waits, waits }, .end = settled,
	    .weak = 1 },
	{ .name = "one waits for an event that two threads set", EVENT(0),
	    .roles = { releases, releases, waits }, .end = settled },
	{ .name = "one waits for a latch of two threads", LATCH(2, 2),
	    .roles = { releases, releases_second, waits }, .end = settled,
	    .weak = 1 },
	{ .name = "two wait for a semaphore that two threads post", SEM(2, 0),
	    .roles = { releases, releases, waits, waits }, .end = settled },
	{ .name = "each waits for the other at a latch", LATCH(2, 2),
	    .roles = { releases_and_waits, releases_and_waits },
	    .end = settled, .weak = 2 },
	/* Tries and deadlines. */
	{ .name = "a try races zero of a latch", LATCH(2, 2),
	    .roles = { releases_both, tries }, .end = settled, .sees = 2,
	    .weak = 2 },
	{ .name = "a try races a post of a semaphore", SEM(1, 1),
	    .roles = { releases, tries }, .end = settled, .sees = 2,
	    .weak = 2 },
	/* The taker, which has not slept, must not hide the sleeper. */
	{ .name = "a try beside a sleeper at a semaphore", SEM(2, 1),
	    .roles = { releases_both, waits, tries }, .end = settled,
	    .sees = 2 },
	{ .name = "a timeout races a set of an event", EVENT(1),
	    .roles = { releases, waits_until }, .end = settled, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races zero of a latch", LATCH(1, 1),
	    .roles = { releases, waits_until }, .end = settled, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races a post of a semaphore", SEM(1, 1),
	    .roles = { releases, waits_until }, .end = settled, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout beside a wait for an event", EVENT(1),
	    .roles = { releases, waits_until, waits }, .end = settled,
	    .sees = 2 },
	{ .name = "a timeout beside a wait for a latch", LATCH(2, 2),
	    .roles = { releases_both, waits_until, waits }, .end = settled,
	    .sees = 2 },
	{ .name = "a timeout takes no wake from a semaphore", SEM(2, 1),
	    .roles = { releases, waits_until_and_passes_on, waits },
	    .end = settled, .sees = 2 },
	{ .name = "two timeouts race a post of a semaphore", SEM(2, 1),
	    .roles = { releases, waits_until, waits_until }, .end = settled,
	    .sees = 2 },
	/* Two units for three: the one without a deadline gets one. */
	{ .name = "a timeout beside two posts of a semaphore", SEM(4, 1),
	    .roles = { releases_both, waits_until_and_passes_on, waits },
	    .end = settled, .sees = 2 },
	{ .name = "a deadline far away for an event", EVENT(1),
	    .roles = { releases, in_time, in_time }, .end = settled,
	    .calm = true, .spurious = 1 },
	{ .name = "a deadline far away for a latch", LATCH(2, 2),
	    .roles = { releases_both, in_time, in_time }, .end = settled,
	    .calm = true, .spurious = 1 },
	{ .name = "a deadline far away for a semaphore", SEM(2, 1),
	    .roles = { releases_both, in_time, in_time }, .end = settled,
	    .calm = true, .spurious = 1 },
	/* One release too many. */
	{ .name = "a part too many of a latch", LATCH(1, 0),
	    .roles = { releases_too_often, releases_too_often },
	    .end = one_release_counted, .sees = 2, .weak = 2 },
	{ .name = "a post too many of a semaphore", SEM(1, 0),
	    .roles = { releases_too_often, releases_too_often },
	    .end = one_release_counted, .sees = 2, .weak = 2 },
};

int
main(void)
{
	return sim_main("wait", scenarios, SIM_COUNT(scenarios));
}
