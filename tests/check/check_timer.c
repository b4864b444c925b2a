/* SPDX-License-Identifier: MIT */
/* Arm and cancel a timer; callbacks are in check_timer_callback. */
#include "timer_support.h"

#include <stdlib.h>
#include <string.h>

START_TEST(a_timer_fires_once_and_not_before_its_time)
{
	sync_time when = sync_after_ms(5);

	ok(sync_timer_arm(&timer, when));
	await_calls(1);
	ck_assert_ptr_eq(calls[0].t, &timer);
	ck_assert_ptr_eq(calls[0].arg, &timer);
	ck_assert_int_ge(calls[0].at, when);
	ck_assert_int_eq(calls[0].tick.due, when);
	ck_assert_int_ge(calls[0].tick.late, 0);
	ck_assert_int_le(when + calls[0].tick.late, calls[0].at);
	ck_assert_uint_eq(calls[0].tick.missed, 0);
	ck_assert(!sync_timer_is_armed(&timer));
	settle();
	ck_assert_int_eq(calls_made(), 1);
}
END_TEST

static const sync_time past[] = { INT64_MIN, INT64_MIN + 1, -1000000000, -1, 0,
	1 };
#define PAST (int)(sizeof(past) / sizeof(past[0]))

START_TEST(a_moment_in_the_past_is_as_soon_as_may_be)
{
	ok(sync_timer_arm(&timer, past[_i]));
	await_calls(1);
	ck_assert_int_ge(calls[0].tick.late, 0);
	ck_assert_int_le(calls[0].tick.late, calls[0].at);
	ck_assert(!sync_timer_is_armed(&timer));
}
END_TEST

static const sync_time far[] = { INT64_MAX / 2, INT64_MAX - 1000000000,
	INT64_MAX - 1, SYNC_NEVER };
#define FAR (int)(sizeof(far) / sizeof(far[0]))

START_TEST(a_far_moment_does_not_wrap_and_never_does_not_come)
{
	ok(sync_timer_arm(&timer, far[_i]));
	until_asleep(timer_thread());
	ok(sync_timer_arm(&other, sync_after_ms(5)));
	await_calls(1);
	ck_assert_ptr_eq(calls[0].t, &other);
	ck_assert(sync_timer_is_armed(&timer));
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 1);
	ok(sync_timer_arm(&timer, 0));
	await_calls(2);
	ck_assert_ptr_eq(calls[1].t, &timer);
}
END_TEST

#define SEVERAL 16

START_TEST(equal_deadlines_fire_in_the_order_of_arming)
{
	static struct sync_timer t[SEVERAL];
	sync_time when = sync_after_ms(2);
	int i;

	for (i = 0; i < SEVERAL; i++) /* 7 and 16 have no common divisor */
		ok(sync_timer_init(&t[i * 7 % SEVERAL], &tt, note, NULL));
	for (i = 0; i < SEVERAL; i++)
		ok(sync_timer_arm(&t[i * 7 % SEVERAL], when));
	await_calls(SEVERAL);
	for (i = 0; i < SEVERAL; i++)
		ck_assert_ptr_eq(calls[i].t, &t[i * 7 % SEVERAL]);
}
END_TEST

START_TEST(arming_again_goes_behind_equal_deadlines)
{
	hold();
	ok(sync_timer_arm(&timer, 5));
	ok(sync_timer_arm(&other, 5));
	ok(sync_timer_arm(&timer, 5));
	release();
	await_calls(2);
	ck_assert_ptr_eq(calls[0].t, &other);
	ck_assert_ptr_eq(calls[1].t, &timer);
}
END_TEST

START_TEST(earlier_deadlines_fire_first_however_armed)
{
	static struct sync_timer t[SEVERAL];
	int i;

	hold();
	for (i = 0; i < SEVERAL; i++) {
		ok(sync_timer_init(&t[i], &tt, note, NULL));
		ok(sync_timer_arm(&t[i], 1 + i * 7 % SEVERAL));
	}
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), SEVERAL);
	release();
	await_calls(SEVERAL);
	for (i = 0; i < SEVERAL; i++)
		ck_assert_int_eq(calls[i].tick.due, 1 + i);
}
END_TEST

START_TEST(an_earlier_timer_wakes_a_thread_that_sleeps_on_a_later_one)
{
	sync_time when;

	ok(sync_timer_arm(&timer, sync_after(HOUR)));
	until_asleep(timer_thread());
	when = sync_after_ms(5);
	ok(sync_timer_arm(&other, when));
	await_calls(1);
	ck_assert_ptr_eq(calls[0].t, &other);
	ck_assert_int_ge(calls[0].at, when);
	until_asleep(timer_thread());
	ok(sync_timer_arm(&timer, sync_after_ms(1))); /* moved forward */
	await_calls(2);
	ck_assert_ptr_eq(calls[1].t, &timer);
}
END_TEST

START_TEST(a_cancelled_first_timer_does_not_keep_the_next_from_firing)
{
	ok(sync_timer_arm(&timer, sync_after_ms(2)));
	ok(sync_timer_arm(&other, sync_after_ms(4)));
	if (sync_timer_cancel(&timer) == 0)
		await_calls(1);
	else
		await_calls(2);
	ck_assert_ptr_eq(calls[calls_made() - 1].t, &other);
}
END_TEST

START_TEST(arming_again_moves_the_timer)
{
	hold();
	ok(sync_timer_arm(&timer, 0));
	ok(sync_timer_arm(&timer, sync_after(HOUR)));
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 1);
	release();
	settle();
	ck_assert_int_eq(calls_made(), 0);
	ok(sync_timer_arm(&timer, sync_after_ms(1)));
	await_calls(1);
	settle();
	ck_assert_int_eq(calls_made(), 1);
}
END_TEST

START_TEST(cancel_tells_what_it_found)
{
	fails(sync_timer_cancel(&timer), ENOENT);
	ok(sync_timer_arm(&timer, sync_after(HOUR)));
	ck_assert(sync_timer_is_armed(&timer));
	ok(sync_timer_cancel(&timer));
	ck_assert(!sync_timer_is_armed(&timer));
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
	fails(sync_timer_cancel(&timer), ENOENT);
	ok(sync_timer_arm(&timer, SYNC_NEVER));
	ok(sync_timer_cancel(&timer));
	ok(sync_timer_arm(&timer, 0));
	await_calls(1);
	ok(sync_timer_join(&timer));
	fails(sync_timer_cancel(&timer), ENOENT);
	ok(sync_timer_arm(&timer, 0)); /* and can be used again */
	await_calls(2);
}
END_TEST

START_TEST(cancel_of_a_running_timer_is_einprogress)
{
	enter_callback(_i);
	ck_assert(sync_timer_is_armed(&timer) == (_i > 0));
	fails(sync_timer_cancel(&timer), EINPROGRESS);
	ck_assert(!sync_timer_is_armed(&timer));
	fails(sync_timer_cancel(&timer), EINPROGRESS);
	ok(sync_event_set(&go_on));
	ok(sync_timer_join(&timer));
	fails(sync_timer_cancel(&timer), ENOENT);
	settle();
	ck_assert_int_eq(calls_made(), 1);
}
END_TEST

START_TEST(a_running_timer_can_be_armed_and_cancelled)
{
	enter_callback(0);
	ok(sync_timer_arm(&timer, 0));
	ck_assert(sync_timer_is_armed(&timer));
	fails(sync_timer_cancel(&timer), EINPROGRESS);
	ok(sync_timer_arm(&timer, 0));
	ok(sync_event_set(&go_on));
	await_calls(2);
	ok(sync_timer_join(&timer));
	ck_assert_int_eq(calls_made(), 2);
}
END_TEST

static struct sync_mutex lock;
static struct sync_event wants_lock;

static void
takes_lock(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	ok(sync_event_set(&wants_lock));
	ok(sync_mutex_lock(&lock));
	ok(sync_mutex_unlock(&lock));
	note(t, tick, arg);
}

START_TEST(cancel_does_not_wait_for_a_callback_that_wants_the_callers_lock)
{
	struct spawned *thread = timer_thread();

	ok(sync_timer_init(&timer, &tt, takes_lock, NULL));
	ok(sync_mutex_lock(&lock));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_event_wait(&wants_lock));
	until_asleep(thread);
	fails(sync_timer_cancel(&timer), EINPROGRESS);
	fails(sync_timer_destroy(&timer), EBUSY);
	ok(sync_timer_arm(&other, SYNC_NEVER));
	ok(sync_timer_cancel(&other));
	ok(sync_mutex_unlock(&lock));
	ok(sync_timer_join(&timer));
	ck_assert_int_eq(calls_made(), 1);
}
END_TEST

static void
count_call(struct sync_timer *t, const struct sync_tick *tick, void *count)
{
	(void)t, (void)tick;
	(void)__atomic_fetch_add((int *)count, 1, __ATOMIC_RELAXED);
}

/* Cancel when the timer is about to fire; the result of cancel holds. */
START_TEST(cancel_is_final)
{
	uint32_t random = random_seed() + (uint32_t)_i, i;
	int outcomes[2] = { 0, 0 };

	for (i = 0; i < 200 * stress_factor(); i++) {
		struct sync_timer *t = malloc(sizeof(*t));
		int *count = calloc(1, sizeof(*count)), err;
		sync_time when = sync_after(30000);

		ok(sync_timer_init(t, &tt, count_call, count));
		ok(sync_timer_arm(t, when));
		sync_thread_sleep_until(
		    when - 50000 + (int64_t)(random_next(&random) % 60000));
		err = sync_timer_cancel(t);
		if (err == EINPROGRESS)
			ok(sync_timer_join(t));
		ck_assert(err == 0 || err == EINPROGRESS || err == ENOENT);
		outcomes[err == 0]++;
		ck_assert_int_eq(*count, err == 0 ? 0 : 1);
		ok(sync_timer_destroy(t));
		free(count); /* a call from now on would write there */
		free(t);
	}
	settle();
	ck_assert_int_gt(outcomes[0] + outcomes[1], 0);
}
END_TEST

#define MANY 10000

START_TEST(ten_thousand_timers_armed_and_cancelled_fire_in_order)
{
	static struct sync_timer t[MANY];
	uint32_t random = random_seed();
	int i, cancelled = 0;

	hold();
	for (i = 0; i < MANY; i++) {
		ok(sync_timer_init(&t[i], &tt, note, NULL));
		ok(sync_timer_arm(&t[i], random_next(&random) % 5000));
	}
	for (i = 0; i < MANY; i++)
		if (random_next(&random) % 3 == 0) {
			ok(sync_timer_cancel(&t[i]));
			cancelled++;
		}
	ck_assert_uint_eq(sync_timer_thread_armed(&tt),
	    (size_t)(MANY - cancelled));
	release();
	await_calls(MANY - cancelled);
	settle();
	ck_assert_int_eq(calls_made(), MANY - cancelled);
	for (i = 1; i < MANY - cancelled; i++) {
		ck_assert_int_le(calls[i - 1].tick.due, calls[i].tick.due);
		if (calls[i - 1].tick.due == calls[i].tick.due)
			ck_assert(calls[i - 1].t < calls[i].t);
	}
}
END_TEST

static void
every_call_returns(struct sync_timer *t, int err)
{
	fails(sync_timer_arm(t, 0), err);
	fails(sync_timer_arm_every(t, 0, 1, SYNC_TIMER_ALL), err);
	fails(sync_timer_cancel(t), err);
	fails(sync_timer_join(t), err);
	fails(sync_timer_tryjoin(t), err);
	fails(sync_timer_join_until(t, 0), err);
	fails(sync_timer_destroy(t), err);
	ck_assert(!sync_timer_is_armed(t));
}

START_TEST(null_and_destroyed_and_never_initialised_are_einval)
{
	struct sync_timer zero = { .policy = 0 };

	fails(sync_timer_init(NULL, &tt, note, NULL), EINVAL);
	memset(&timer, 0x5a, sizeof(timer));
	zero = timer;
	fails(sync_timer_init(&timer, NULL, note, NULL), EINVAL);
	fails(sync_timer_init(&timer, &tt, NULL, NULL), EINVAL);
	ck_assert_mem_eq(&timer, &zero, sizeof(zero));
	memset(&zero, 0, sizeof(zero));
	every_call_returns(NULL, EINVAL);
	every_call_returns(&zero, EINVAL);
	ok(sync_timer_destroy(&other));
	every_call_returns(&other, EINVAL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("timer");
	TCase *tc = add_timer_case(s, "arm");

	tcase_add_test(tc, a_timer_fires_once_and_not_before_its_time);
	tcase_add_loop_test(
	    tc, a_moment_in_the_past_is_as_soon_as_may_be, 0, PAST);
	tcase_add_loop_test(tc,
	    a_far_moment_does_not_wrap_and_never_does_not_come, 0, FAR);
	tcase_add_test(tc, equal_deadlines_fire_in_the_order_of_arming);
	tcase_add_test(tc, arming_again_goes_behind_equal_deadlines);
	tcase_add_test(tc, earlier_deadlines_fire_first_however_armed);
	tcase_add_test(
	    tc, an_earlier_timer_wakes_a_thread_that_sleeps_on_a_later_one);
	tcase_add_test(tc, arming_again_moves_the_timer);
	tcase_add_test(
	    tc, ten_thousand_timers_armed_and_cancelled_fire_in_order);
	tc = add_timer_case(s, "cancel");
	tcase_add_test(tc, cancel_tells_what_it_found);
	tcase_add_test(
	    tc, a_cancelled_first_timer_does_not_keep_the_next_from_firing);
	tcase_add_loop_test(
	    tc, cancel_of_a_running_timer_is_einprogress, 0, 2);
	tcase_add_test(tc, a_running_timer_can_be_armed_and_cancelled);
	tcase_add_test(tc,
	    cancel_does_not_wait_for_a_callback_that_wants_the_callers_lock);
	tcase_add_loop_test(tc, cancel_is_final, 0, 4);
	tc = add_timer_case(s, "misuse");
	tcase_add_test(
	    tc, null_and_destroyed_and_never_initialised_are_einval);
	return run_suite(s);
}
