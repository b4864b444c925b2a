/* SPDX-License-Identifier: MIT */
/*
 * Periodic timers.  The values that a callback receives determine exactly what
 * the next call must be, so no test depends on how fast the machine is.
 */
#include "timer_support.h"

#define PERIOD  INT64_C(1000000)
#define BEHIND  20 /* periods that pass during a slow callback */
#define ENOUGH  40
#define POLICIES 3

static int enough = ENOUGH; /* calls after which it cancels itself */
static sync_time slow_to;   /* the first call lasts until then */

static void
ticks(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	if (calls_made() == 0)
		sync_thread_sleep_until(slow_to);
	if (calls_made() >= enough - 1)
		(void)sync_timer_cancel(t);
	if (calls_made() < enough)
		note(t, tick, arg);
}

/* Arm it, and let it tick until it has cancelled itself. */
static void
run(sync_time first, int64_t period, enum sync_timer_missed policy)
{
	ok(sync_timer_init(&timer, &tt, ticks, &timer));
	ok(sync_timer_arm_every(&timer, first, period, policy));
	await_calls(enough);
	settle();
	ck_assert_int_eq(calls_made(), enough);
}

/* The number of ticks after its own that had passed when the call was made. */
static uint64_t
passed(const struct call *c, int64_t period)
{
	return (uint64_t)(c->tick.late / period);
}

/* b follows a: every tick between them is accounted for. */
static void
check_pair(const struct call *a, const struct call *b, int64_t period,
    enum sync_timer_missed policy)
{
	uint64_t p = passed(a, period), step = 1, missed = 0;

	switch (policy) {
	case SYNC_TIMER_SKIP: /* the ticks that passed are dropped with a */
		ck_assert_uint_eq(a->tick.missed, p);
		step = p + 1;
		missed = passed(b, period);
		break;
	case SYNC_TIMER_ONCE: /* the last tick that passed covers the others */
		if (p > 0) {
			step = p;
			missed = p - 1;
		}
		break;
	case SYNC_TIMER_ALL:
		break;
	}
	ck_assert_int_eq(b->tick.due - a->tick.due, (int64_t)step * period);
	ck_assert_uint_eq(b->tick.missed, missed);
}

static void
check_calls(sync_time first, int64_t period, enum sync_timer_missed policy)
{
	int i;

	ck_assert_int_eq(calls[0].tick.due, first);
	for (i = 0; i < enough; i++) {
		const struct sync_tick *t = &calls[i].tick;

		ck_assert_int_ge(t->late, 0);
		ck_assert_int_le(t->due + t->late, calls[i].at);
		if (i == 0)
			continue;
		ck_assert_int_ge(t->due + t->late, calls[i - 1].at);
		check_pair(&calls[i - 1], &calls[i], period, policy);
	}
}

START_TEST(a_periodic_timer_fires_at_multiples_of_its_period)
{
	sync_time first = sync_after(PERIOD);

	enough = 5;
	run(first, PERIOD, (enum sync_timer_missed)_i);
	check_calls(first, PERIOD, (enum sync_timer_missed)_i);
	ck_assert_int_ge(calls[4].at, first + 4 * PERIOD);
}
END_TEST

START_TEST(no_tick_is_unaccounted_for_after_a_slow_callback)
{
	sync_time first = sync_time_now();

	slow_to = first + BEHIND * PERIOD;
	run(first, PERIOD, (enum sync_timer_missed)_i);
	check_calls(first, PERIOD, (enum sync_timer_missed)_i);
	ck_assert_int_ge(calls[1].tick.due + calls[1].tick.late, slow_to);
}
END_TEST

START_TEST(skip_forgets_what_passed_and_goes_on_in_the_future)
{
	sync_time first = sync_time_now();
	int i;

	slow_to = first + BEHIND * PERIOD;
	run(first, PERIOD, SYNC_TIMER_SKIP);
	ck_assert_uint_ge(
	    calls[0].tick.missed + calls[1].tick.missed, BEHIND - 1);
	for (i = 1; i < enough; i++)
		ck_assert_int_gt(calls[i].tick.due,
		    calls[i - 1].tick.due + calls[i - 1].tick.late);
}
END_TEST

START_TEST(once_makes_one_call_for_all_that_passed)
{
	sync_time first = sync_time_now(), now;
	int i;

	slow_to = first + BEHIND * PERIOD;
	run(first, PERIOD, SYNC_TIMER_ONCE);
	for (i = 1; i < enough; i++) {
		/*
		 * Including this tick, all those that had passed by the
		 * previous call.
		 */
		now = calls[i - 1].tick.due + calls[i - 1].tick.late;
		ck_assert_int_gt(calls[i].tick.due + PERIOD, now);
	}
	ck_assert_uint_ge(calls[1].tick.missed + calls[2].tick.missed + 3,
	    BEHIND);
}
END_TEST

START_TEST(all_makes_a_call_for_each)
{
	sync_time first = sync_time_now();
	int i;

	slow_to = first + BEHIND * PERIOD;
	run(first, PERIOD, SYNC_TIMER_ALL);
	for (i = 0; i < enough; i++) {
		ck_assert_int_eq(calls[i].tick.due, first + i * PERIOD);
		ck_assert_uint_eq(calls[i].tick.missed, 0);
		if (i > 0 && i <= BEHIND) /* the tick says how late it was */
			ck_assert_int_ge(calls[i].tick.late,
			    (BEHIND - i) * PERIOD);
	}
}
END_TEST

START_TEST(ticks_that_passed_before_arming_are_missed_as_well)
{
	sync_time first = sync_time_now() - 10 * PERIOD;

	run(first, PERIOD, (enum sync_timer_missed)_i);
	check_calls(first, PERIOD, (enum sync_timer_missed)_i);
	if (_i == SYNC_TIMER_SKIP)
		ck_assert_uint_ge(calls[0].tick.missed, 10);
	else if (_i == SYNC_TIMER_ONCE)
		ck_assert_uint_ge(calls[1].tick.missed, 9);
}
END_TEST

START_TEST(a_negative_first_moment_is_long_ago)
{
	static const sync_time moments[] = { INT64_MIN, -1, 0 };
	sync_time first = moments[_i / POLICIES];
	enum sync_timer_missed policy = (enum sync_timer_missed)(_i % POLICIES);

	run(first, PERIOD, policy);
	check_calls(calls[0].tick.due, PERIOD, policy);
	/* the first tick since the clock began, in step with the time */
	ck_assert_int_ge(calls[0].tick.due, 0);
	ck_assert_int_lt(calls[0].tick.due, PERIOD);
	ck_assert_uint_eq(((uint64_t)calls[0].tick.due - (uint64_t)first)
	    % (uint64_t)PERIOD, 0);
}
END_TEST

/* It can never keep up; other timers still get their turn. */
START_TEST(a_period_of_one_nanosecond_starves_nobody)
{
	sync_time first = sync_time_now();

	enough = CALLS_MAX; /* the result does not matter */
	ok(sync_timer_init(&timer, &tt, ticks, &timer));
	ok(sync_timer_arm_every(
	    &timer, first, 1, (enum sync_timer_missed)_i));
	ok(sync_timer_arm(&other, first + 1000));
	while (sync_timer_is_armed(&other))
		continue;
	(void)sync_timer_cancel(&timer);
	ok(sync_timer_join(&timer));
	fails(sync_timer_cancel(&timer), ENOENT);
}
END_TEST

START_TEST(a_period_of_one_nanosecond_accounts_for_each)
{
	sync_time first = sync_time_now();

	enough = 200;
	run(first, 1, (enum sync_timer_missed)_i);
	check_calls(first, 1, (enum sync_timer_missed)_i);
}
END_TEST

START_TEST(an_immense_period_does_not_wrap)
{
	static const int64_t periods[] = { INT64_MAX, INT64_MAX - 1,
		INT64_MAX / 2 + 1 };
	int64_t period = periods[_i / POLICIES];

	ok(sync_timer_init(&timer, &tt, note, NULL));
	ok(sync_timer_arm_every(&timer, sync_time_now(), period,
	    (enum sync_timer_missed)(_i % POLICIES)));
	await_calls(1);
	until_asleep(timer_thread());
	ck_assert_int_eq(calls_made(), 1);
	ck_assert_uint_eq(calls[0].tick.missed, 0);
	ck_assert(sync_timer_is_armed(&timer));
	ok(sync_timer_cancel(&timer));
}
END_TEST

/* The thread polls between them, once it knows how late sleeps end. */
START_TEST(ticks_closer_than_a_sleep_are_neither_lost_nor_early)
{
	sync_time first = sync_after_ms(1);

	enough = 2000;
	ok(sync_timer_init(&timer, &tt, ticks, &timer));
	ok(sync_timer_arm_every(&timer, first, 5000, SYNC_TIMER_ALL));
	while (calls_made() < enough)
		settle(); /* another is called between them */
	check_calls(first, 5000, SYNC_TIMER_ALL);
}
END_TEST

START_TEST(a_first_moment_that_never_comes_has_no_ticks)
{
	ok(sync_timer_init(&timer, &tt, note, NULL));
	ok(sync_timer_arm_every(&timer, SYNC_NEVER, 1, SYNC_TIMER_ALL));
	settle();
	ck_assert(sync_timer_is_armed(&timer));
	ck_assert_int_eq(calls_made(), 0);
	ok(sync_timer_cancel(&timer));
}
END_TEST

START_TEST(a_period_that_is_none_is_einval_and_changes_nothing)
{
	static const int64_t periods[] = { 0, -1, INT64_MIN };
	int i;

	ok(sync_timer_arm(&other, SYNC_NEVER));
	for (i = 0; i < 3; i++)
		fails(sync_timer_arm_every(
		    &other, 0, periods[i], SYNC_TIMER_SKIP), EINVAL);
	fails(sync_timer_arm_every(
	    &other, 0, 1, (enum sync_timer_missed)3), EINVAL);
	fails(sync_timer_arm_every(
	    &other, 0, 1, (enum sync_timer_missed)-1), EINVAL);
	settle();
	ck_assert_int_eq(calls_made(), 0);
	ok(sync_timer_cancel(&other));
	fails(sync_timer_arm_every(
	    &other, 0, 0, SYNC_TIMER_SKIP), EINVAL);
	ck_assert(!sync_timer_is_armed(&other));
}
END_TEST

START_TEST(a_periodic_timer_armed_once_ticks_no_more)
{
	hold();
	ok(sync_timer_arm_every(&other, 0, 1, SYNC_TIMER_ALL));
	ok(sync_timer_arm(&other, 0));
	release();
	await_calls(1);
	settle();
	ck_assert_int_eq(calls_made(), 1);
	ck_assert(!sync_timer_is_armed(&other));
}
END_TEST

START_TEST(cancel_ends_a_periodic_timer)
{
	int n;

	enough = CALLS_MAX;
	ok(sync_timer_init(&timer, &tt, ticks, &timer));
	ok(sync_timer_arm_every(
	    &timer, sync_time_now(), PERIOD, (enum sync_timer_missed)_i));
	await_calls(3);
	if (sync_timer_cancel(&timer) == EINPROGRESS)
		ok(sync_timer_join(&timer));
	n = calls_made();
	ck_assert(!sync_timer_is_armed(&timer));
	sync_thread_sleep_until(sync_after(3 * PERIOD));
	settle();
	ck_assert_int_eq(calls_made(), n);
}
END_TEST

/* Between the calls of two timers that are always late, in turn. */
START_TEST(late_timers_take_turns)
{
	int i, mine = 0;

	hold();
	enough = CALLS_MAX;
	ok(sync_timer_init(&timer, &tt, ticks, &timer));
	ok(sync_timer_init(&other, &tt, ticks, &other));
	ok(sync_timer_arm_every(&timer, 100, 1, SYNC_TIMER_ALL));
	ok(sync_timer_arm_every(&other, 100, 1, SYNC_TIMER_ALL));
	release();
	await_calls(200);
	(void)sync_timer_cancel(&timer);
	(void)sync_timer_cancel(&other);
	for (i = 0; i < 200; i++)
		mine += calls[i].t == &timer;
	ck_assert_int_eq(mine, 100);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("timer_ticks");
	TCase *tc = add_timer_case(s, "missed");

	tcase_add_loop_test(tc,
	    a_periodic_timer_fires_at_multiples_of_its_period, 0, POLICIES);
	tcase_add_loop_test(tc,
	    no_tick_is_unaccounted_for_after_a_slow_callback, 0, POLICIES);
	tcase_add_test(
	    tc, skip_forgets_what_passed_and_goes_on_in_the_future);
	tcase_add_test(tc, once_makes_one_call_for_all_that_passed);
	tcase_add_test(tc, all_makes_a_call_for_each);
	tcase_add_loop_test(tc,
	    ticks_that_passed_before_arming_are_missed_as_well, 0, POLICIES);
	tc = add_timer_case(s, "extremes");
	tcase_add_loop_test(
	    tc, a_negative_first_moment_is_long_ago, 0, 3 * POLICIES);
	tcase_add_loop_test(
	    tc, a_period_of_one_nanosecond_starves_nobody, 0, POLICIES);
	tcase_add_loop_test(
	    tc, a_period_of_one_nanosecond_accounts_for_each, 0, POLICIES);
	tcase_add_loop_test(
	    tc, an_immense_period_does_not_wrap, 0, 3 * POLICIES);
	tcase_add_test(
	    tc, ticks_closer_than_a_sleep_are_neither_lost_nor_early);
	tcase_add_test(tc, a_first_moment_that_never_comes_has_no_ticks);
	tcase_add_test(tc, late_timers_take_turns);
	tc = add_timer_case(s, "change");
	tcase_add_test(
	    tc, a_period_that_is_none_is_einval_and_changes_nothing);
	tcase_add_test(tc, a_periodic_timer_armed_once_ticks_no_more);
	tcase_add_loop_test(tc, cancel_ends_a_periodic_timer, 0, POLICIES);
	return run_suite(s);
}
