/* SPDX-License-Identifier: MIT */
/*
 * How long and how often a thread polls a held lock: only the decisions, which
 * take the time as an argument.  And what a thread learns from yields.
 */
#include "primitives.h"

#include "wait/spin.h"

#define CHEAP 25  /* ns for a poll that hits the cache */
#define PAUSE 25  /* and for the pause between two polls */
#define NEAR  30  /* additional ns for a cache line from a near processor */
#define FAR   240 /* and from a far one */

static struct thread_record local;
static sync_time now;

/* A wait begins; returns the first pause. */
static uint32_t
begin(struct spin_look *s)
{
	*s = (struct spin_look) { .cheap = CHEAP };
	now += 1000000;
	return spin_begin(s, &local, now);
}

/* A poll after that pause, which takes this long; returns the next pause. */
static uint32_t
look(struct spin_look *s, uint32_t pause, uint32_t takes)
{
	s->looked = now + (pause > PAUSE ? pause : PAUSE);
	now = s->looked + takes;
	return spin_judge(s, &local, now);
}

/*
 * Polls until the spin is over, each of which takes this long; returns their
 * number.
 */
static unsigned
look_to_the_end(uint32_t takes)
{
	struct spin_look s;
	unsigned looks = 0;
	uint32_t pause = begin(&s);

	for (; pause != SPIN_OVER; looks++)
		pause = look(&s, pause, takes);
	return looks;
}

/* A wait in which a spin of this length gets the lock. */
static void
get_after(uint32_t ns)
{
	struct spin_look s;

	(void)begin(&s);
	s.looked = s.since + ns;
	spin_learn(&s, &local);
}

static void
forget(void)
{
	local = (struct thread_record) { .dear = 0 };
}

START_TEST(a_lock_that_does_not_change_is_looked_at_all_the_time)
{
	struct spin_look s;
	unsigned i;

	ck_assert_uint_eq(begin(&s), 0);
	for (i = 0; i < SPIN_NS / (2 * CHEAP + PAUSE); i++)
		ck_assert_uint_eq(look(&s, 0, CHEAP + i % (CHEAP / 2)), 0);
	ck_assert_uint_eq(local.dear, 0);
}
END_TEST

START_TEST(a_dear_look_leaves_the_lock_alone_for_many_times_its_price)
{
	struct spin_look s;

	ck_assert_uint_eq(begin(&s), 0);
	ck_assert_uint_eq(look(&s, 0, CHEAP), 0);
	ck_assert_uint_eq(look(&s, 0, CHEAP + NEAR), NEAR * SPIN_DEAR);
	ck_assert_uint_eq(local.dear, NEAR);
	(void)begin(&s);
	(void)look(&s, 0, CHEAP);
	ck_assert_uint_eq(look(&s, 0, CHEAP + FAR), SPIN_REST);
}
END_TEST

START_TEST(the_look_after_a_pause_tells_nothing)
{
	struct spin_look s;
	uint32_t pause;

	(void)begin(&s);
	pause = look(&s, 0, CHEAP + NEAR);
	ck_assert_uint_gt(pause, 0);
	ck_assert_uint_eq(look(&s, pause, CHEAP + FAR), 0);
	ck_assert_uint_eq(local.dear, NEAR);
	/* The next one does. */
	ck_assert_uint_gt(look(&s, 0, CHEAP + NEAR), 0);
}
END_TEST

START_TEST(a_look_that_was_interrupted_is_not_dear)
{
	struct spin_look s;

	(void)begin(&s);
	ck_assert_uint_eq(look(&s, 0, SPIN_STRAY), 0);
	ck_assert_uint_eq(local.dear, 0);
}
END_TEST

START_TEST(the_next_wait_begins_with_the_pause_that_was_learned)
{
	struct spin_look s;
	unsigned i;

	(void)begin(&s);
	(void)look(&s, 0, CHEAP + NEAR);
	ck_assert_uint_eq(begin(&s), NEAR * SPIN_DEAR);
	/* It fades if it is not confirmed, but not at once. */
	ck_assert_uint_gt(begin(&s), NEAR * SPIN_DEAR / 2);
	for (i = 0; i < NEAR; i++)
		(void)begin(&s);
	ck_assert_uint_eq(begin(&s), 0);
}
END_TEST

/* Each poll costs the holder the same time again, to fetch the line back. */
START_TEST(looks_take_a_small_part_of_the_holders_time_on_any_machine)
{
	static const uint32_t lines[] = { 20, 30, 60, 120, 240, 480 };
	uint32_t line = lines[_i];
	unsigned i, looks;

	forget();
	for (i = 0; i < 10; i++) {
		local.patience = 0;
		looks = look_to_the_end(CHEAP + line);
		ck_assert_uint_gt(looks, 0);
		/* Two polls, one at each end of a pause that is cut short. */
		ck_assert_uint_le((looks - 2) * 2 * line, SPIN_NS / 8);
	}
}
END_TEST

START_TEST(a_spin_without_the_lock_halves_patience)
{
	unsigned looks = look_to_the_end(CHEAP), fewer, i;

	ck_assert_uint_gt(looks, SPIN_NS / (2 * (CHEAP + PAUSE)));
	fewer = look_to_the_end(CHEAP);
	ck_assert_uint_le(fewer, looks / 2 + 1);
	for (i = 0; i < 5; i++)
		fewer = look_to_the_end(CHEAP);
	ck_assert_uint_le(fewer, SPIN_LEAST / (CHEAP + PAUSE) + 1);
	ck_assert_uint_gt(fewer, 0);
}
END_TEST

START_TEST(after_some_spins_without_the_lock_one_is_patient)
{
	unsigned i, most = 0, looks, patient = 0;

	for (i = 0; i < 8; i++)
		(void)look_to_the_end(CHEAP);
	for (i = 0; i < 4 * (SPIN_DRY + 1); i++) {
		looks = look_to_the_end(CHEAP);
		if (looks > most)
			most = looks;
		patient += looks > SPIN_NS / (2 * (CHEAP + PAUSE));
	}
	ck_assert_uint_gt(most, 0);
	ck_assert_uint_eq(patient, 4);
}
END_TEST

START_TEST(patience_is_some_times_what_a_spin_with_the_lock_takes)
{
	unsigned i;

	for (i = 0; i < 100; i++)
		get_after(100);
	ck_assert_uint_ge(local.patience, 100 * SPIN_PATIENCE);
	ck_assert_uint_le(local.patience, 101 * SPIN_PATIENCE + SPIN_LEAST);
	/* One longer wait is believed at once, up to the price of a sleep. */
	get_after(1000);
	ck_assert_uint_ge(local.patience, 1000 * SPIN_PATIENCE);
	get_after(SPIN_NS);
	ck_assert_uint_eq(local.patience, SPIN_NS);
	/* Sections that were long for a while, and then are short. */
	for (i = 0; i < 100; i++)
		get_after(0);
	ck_assert_uint_le(local.patience, SPIN_LEAST + SPIN_PATIENCE);
}
END_TEST

START_TEST(a_pause_at_the_beginning_does_not_use_up_patience)
{
	struct spin_look s;
	uint32_t pause;

	local.patience = SPIN_LEAST;
	local.dear = FAR;
	pause = begin(&s);
	ck_assert_uint_eq(pause, SPIN_REST);
	ck_assert_uint_ne(look(&s, pause, CHEAP + FAR), SPIN_OVER);
}
END_TEST

START_TEST(a_holder_that_runs_is_given_more_time)
{
	struct spin_look s;
	uint32_t pause;
	unsigned i;

	local.patience = SPIN_LEAST;
	pause = begin(&s);
	for (i = 0; i < 3; i++) {
		while (now - s.since < SPIN_LEAST - 4 * (CHEAP + PAUSE))
			pause = look(&s, pause, CHEAP);
		pause = look(&s, pause, CHEAP + NEAR);
		ck_assert_uint_eq(pause, NEAR * SPIN_DEAR);
	}
	/* But not forever. */
	for (i = 0; pause != SPIN_OVER && i < SPIN_NS; i++)
		pause = look(&s, pause, CHEAP + NEAR);
	ck_assert_int_le(now - s.first, SPIN_NS + NEAR * SPIN_DEAR + 100);
	ck_assert_uint_gt(i, 2);
}
END_TEST

/* What this thread itself has learned: the first yield ends a wait. */
static unsigned
spin_until_a_yield(void)
{
	struct thread_record *mine = record_mine();
	struct spin polls = { .kind = SPIN_UNIT };
	unsigned looks = 0;

	mine->yields = 0;
	do {
		mine->no_yield_until = 0; /* other threads may delay us */
		looks++;
		if (!spin_again(&polls))
			return 0;
	} while (mine->yields == 0);
	(void)spin_paid(&polls);
	return looks;
}

START_TEST(threads_that_share_a_processor_yield_soon)
{
	unsigned i, pauses = 0;

	if (!spin_may_poll())
		return; /* nor do they spin */
	for (i = 0; i < SPIN_SHARED; i++)
		ck_assert_uint_eq(spin_until_a_yield(), SPIN_LOOKS + 1);
	ck_assert_uint_eq(spin_until_a_yield(), SPIN_SHORT + 2);
	/* From time to time they check whether that is still true. */
	for (i = 0; i < 3 * SPIN_APART; i++)
		pauses += spin_until_a_yield() > SPIN_SHORT + 2;
	ck_assert_uint_ge(pauses, 2);
	ck_assert_uint_le(pauses, 4);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("spin");
	TCase *tc = add_case(s, "a held lock");

	tcase_add_checked_fixture(tc, forget, NULL);
	tcase_add_test(tc,
	    a_lock_that_does_not_change_is_looked_at_all_the_time);
	tcase_add_test(tc,
	    a_dear_look_leaves_the_lock_alone_for_many_times_its_price);
	tcase_add_test(tc, the_look_after_a_pause_tells_nothing);
	tcase_add_test(tc, a_look_that_was_interrupted_is_not_dear);
	tcase_add_test(tc,
	    the_next_wait_begins_with_the_pause_that_was_learned);
	tcase_add_loop_test(tc,
	    looks_take_a_small_part_of_the_holders_time_on_any_machine, 0, 6);
	tc = add_case(s, "patience");
	tcase_add_checked_fixture(tc, forget, NULL);
	tcase_add_test(tc, a_spin_without_the_lock_halves_patience);
	tcase_add_test(tc, after_some_spins_without_the_lock_one_is_patient);
	tcase_add_test(tc,
	    patience_is_some_times_what_a_spin_with_the_lock_takes);
	tcase_add_test(tc,
	    a_pause_at_the_beginning_does_not_use_up_patience);
	tcase_add_test(tc, a_holder_that_runs_is_given_more_time);
	tc = add_case(s, "yields");
	tcase_add_test(tc, threads_that_share_a_processor_yield_soon);
	return run_suite(s);
}
