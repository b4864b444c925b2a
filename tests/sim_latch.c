/* SPDX-License-Identifier: MIT */
/* The latch: all waiters are released when the count is zero, not before. */
#include "sim_support.h"

#define PARTS 3

static struct sync_latch l;
static int part[PARTS];   /* done before a count_down */
static unsigned parts;    /* the count at the beginning */
static unsigned down;     /* count_downs that have returned */
static uint32_t through;  /* waits that returned 0 */

static void
fresh(unsigned count)
{
	SYNC_OK(sync_latch_init(&l, count, 0));
	memset(part, 0, sizeof(part));
	parts = count;
	down = through = 0;
}

static void
none_waits(void)
{
	SYNC_ASSERT(l.waiters == 0 && l.word == 0);
}

static void
does_part(unsigned i)
{
	SYNC_WRITE(part[i]) = 1;
	SYNC_OK(sync_latch_count_down(&l));
	down++;
}

static void
does_first(unsigned me)
{
	(void)me;
	does_part(0);
}

static void
does_second(unsigned me)
{
	(void)me;
	does_part(1);
}

static void
does_both(unsigned me)
{
	(void)me;
	does_part(0);
	does_part(1);
}

static void
does_two_at_once(unsigned me)
{
	(void)me;
	SYNC_WRITE(part[0]) = 1;
	SYNC_WRITE(part[1]) = 1;
	SYNC_OK(sync_latch_count_down_n(&l, 2));
	down += 2;
}

static void
passed(void)
{
	unsigned i;

	for (i = 0; i < parts; i++)
		SYNC_ASSERT(SYNC_READ(part[i]) == 1);
}

static void
waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_latch_wait(&l));
	passed();
}

static void
one_part(void *arg)
{
	(void)arg;
	fresh(1);
	sim_play(none_waits, does_first, waits);
}

static void
two_parts(void *arg)
{
	(void)arg;
	fresh(2);
	sim_play(none_waits, does_first, does_second, waits);
}

static void
two_parts_and_two_wait(void *arg)
{
	(void)arg;
	fresh(2);
	sim_play(none_waits, does_both, waits, waits);
}

static void
two_at_once(void *arg)
{
	(void)arg;
	fresh(2);
	sim_play(none_waits, does_two_at_once, waits, waits);
}

/* Each waits for the others, as at a barrier. */
static void
does_first_and_waits(unsigned me)
{
	does_first(me);
	waits(me);
}

static void
does_second_and_waits(unsigned me)
{
	does_second(me);
	waits(me);
}

static void
each_waits(void *arg)
{
	(void)arg;
	fresh(2);
	sim_play(none_waits, does_first_and_waits, does_second_and_waits);
}

static void
waits_until(unsigned me)
{
	int err = sync_latch_wait_until(&l, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	SYNC_ASSERT(err == 0 || !sim_whole() || l.word != 0);
	sim_saw(err != 0);
	if (err == 0)
		passed();
}

static void
timeout_races_zero(void *arg)
{
	(void)arg;
	fresh(1);
	sim_play(none_waits, does_first, waits_until);
}

static void
timeout_beside_wait(void *arg)
{
	(void)arg;
	fresh(2);
	sim_play(none_waits, does_both, waits_until, waits);
}

static void
tries(unsigned me)
{
	int err = sync_latch_trywait(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EAGAIN);
	SYNC_ASSERT(err == 0 || !sim_whole() || l.word != 0);
	sim_saw(err != 0);
	if (err == 0)
		passed();
}

static void
try_races_zero(void *arg)
{
	(void)arg;
	fresh(2);
	sim_play(none_waits, does_both, tries);
}

static void
too_many(unsigned me)
{
	int err = sync_latch_count_down(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINVAL);
	sim_saw(err != 0);
	down += err == 0;
}

static void
count_is_kept(void)
{
	SYNC_ASSERT(down == 1 && l.word == 0);
}

static void
one_down_too_many(void *arg)
{
	(void)arg;
	fresh(1);
	sim_play(count_is_kept, too_many, too_many);
}

static void
counts_plainly(unsigned me)
{
	(void)me;
	SYNC_OK(sync_latch_count_down(&l));
}

static void
waits_and_frees(unsigned me)
{
	(void)me;
	SYNC_OK(sync_latch_wait(&l));
	sim_free(&l, sizeof(l));
}

static void
waiter_frees(void *arg)
{
	(void)arg;
	fresh(1);
	sim_play(NULL, counts_plainly, waits_and_frees);
}

static void
waiter_frees_after_two(void *arg)
{
	(void)arg;
	fresh(2);
	sim_play(NULL, counts_plainly, counts_plainly, waits_and_frees);
}

static void
waits_until_and_frees(unsigned me)
{
	int err = sync_latch_wait_until(&l, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	if (err == 0)
		sim_free(&l, sizeof(l));
}

static void
waiter_with_deadline_frees(void *arg)
{
	(void)arg;
	fresh(1);
	sim_play(NULL, counts_plainly, waits_until_and_frees);
}

static void
last_of_two_frees(unsigned me)
{
	(void)me;
	SYNC_OK(sync_latch_wait(&l));
	if (SYNC_ATOMIC_ADD(&through, 1, __ATOMIC_ACQ_REL) == 1)
		sim_free(&l, sizeof(l));
}

static void
last_waiter_frees(void *arg)
{
	(void)arg;
	fresh(1);
	sim_play(NULL, counts_plainly, last_of_two_frees, last_of_two_frees);
}

/* A thread that waits prevents destroy, and nothing changes for it. */
static void
destroys_then_counts(unsigned me)
{
	(void)me;
	if (SYNC_ATOMIC_LOAD(&l.waiters, __ATOMIC_RELAXED) != 0)
		SYNC_ASSERT(sync_latch_destroy(&l) == EBUSY);
	does_first(me);
}

static void
destroy_with_waiter(void *arg)
{
	(void)arg;
	fresh(1);
	sim_play(none_waits, destroys_then_counts, waits);
}

static void
destroys(unsigned me)
{
	int err = sync_latch_destroy(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0)
		sim_may_be_late(&l.waiters);
	else
		SYNC_OK(sync_latch_count_down(&l));
}

static void
waits_late(unsigned me)
{
	int err = sync_latch_wait(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINVAL);
	sim_saw(err == 0 ? 2 : 3);
}

static void
destroy_races_wait(void *arg)
{
	(void)arg;
	fresh(1);
	sim_play(NULL, destroys, waits_late);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	(void)me;
	SYNC_OK(sync_latch_wait_until(&l, sim_soon(0)));
	passed();
}

static void
deadline_far_away(void *arg)
{
	(void)arg;
	fresh(2);
	sim_play(none_waits, does_both, in_time, in_time);
}

static void
waits_plainly(unsigned me)
{
	(void)me;
	SYNC_OK(sync_latch_wait(&l));
}

/*
 * When destroy returns 0, the waiter has left for good: its memory may be
 * reused, and no message from the waiter is needed.
 */
static void
destroys_and_reuses(unsigned me)
{
	bool came = SYNC_ATOMIC_LOAD(&l.waiters, __ATOMIC_RELAXED) != 0;

	(void)me;
	SYNC_OK(sync_latch_count_down(&l));
	if (!came || sync_latch_destroy(&l) != 0)
		return;
	SYNC_WRITE(l.word) = 0;
	sim_saw(0);
}

static void
destroy_and_reuse(void *arg)
{
	(void)arg;
	fresh(1);
	sim_play(NULL, destroys_and_reuses, waits_plainly);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "one part", .test = one_part, .weak = 2 },
	{ .name = "two parts", .test = two_parts, .weak = 1 },
	{ .name = "two parts, and two wait", .test = two_parts_and_two_wait,
	    .weak = 1 },
	{ .name = "two parts at once", .test = two_at_once },
	{ .name = "each waits for the other", .test = each_waits, .weak = 2 },
	{ .name = "a timeout races zero", .test = timeout_races_zero,
	    .sees = 2, .weak = 2 },
	{ .name = "a timeout beside a wait", .test = timeout_beside_wait,
	    .sees = 2 },
	{ .name = "a try races zero", .test = try_races_zero, .sees = 2,
	    .weak = 2 },
	{ .name = "one down too many", .test = one_down_too_many, .sees = 2,
	    .weak = 2 },
	{ .name = "the waiter frees it", .test = waiter_frees, .weak = 2 },
	{ .name = "the waiter frees it after two",
	    .test = waiter_frees_after_two },
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
	return sim_main("latch", scenarios, SIM_COUNT(scenarios));
}
