/* SPDX-License-Identifier: MIT */
/*
 * A callback that runs: what it may do with its own timer and with others, who
 * joins it, and what destroy does meanwhile.
 */
#include "timer_support.h"

#include <stdlib.h>
#include <string.h>

START_TEST(join_waits_for_the_running_callback)
{
	struct spawned *s[3];
	sync_time deadline;
	int i;

	enter_callback(0);
	for (i = 0; i < 3; i++)
		s[i] = spawn(joins_timer, &timer);
	for (i = 0; i < 3; i++)
		until_asleep(s[i]);
	fails(sync_timer_tryjoin(&timer), EAGAIN);
	fails(sync_timer_join_until(&timer, -1), ETIMEDOUT);
	fails(sync_timer_join_until(&timer, INT64_MIN), ETIMEDOUT);
	deadline = sync_after_ms(5);
	fails(sync_timer_join_until(&timer, deadline), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), deadline);
	ok(sync_timer_join(&other)); /* that one is not running */
	ok(sync_event_set(&go_on));
	for (i = 0; i < 3; i++)
		ck_assert_ptr_null(finish(s[i]));
	ok_in_the_end(sync_timer_tryjoin(&timer));
	ok_in_the_end(sync_timer_join_until(&timer, -1));
}
END_TEST

START_TEST(join_does_not_wait_for_what_is_not_running)
{
	ok(sync_timer_join(&timer));
	ok_in_the_end(sync_timer_tryjoin(&timer));
	ok(sync_timer_arm(&timer, sync_after(HOUR)));
	ok(sync_timer_join(&timer));
	ok_in_the_end(sync_timer_tryjoin(&timer));
	ok_in_the_end(sync_timer_join_until(&timer, INT64_MIN));
	ck_assert(sync_timer_is_armed(&timer));
	ok(sync_timer_cancel(&timer));
}
END_TEST

/* The next call has started when the joiner of the first checks: it returns. */
START_TEST(join_waits_for_one_call_of_a_periodic_timer)
{
	struct spawned *s;

	enter_callback(1000000);
	s = spawn(joins_timer, &timer);
	until_asleep(s);
	ok(sync_event_clear(&inside));
	ok(sync_event_set(&go_on));
	ck_assert_ptr_null(finish(s));
	(void)sync_timer_cancel(&timer);
	ok(sync_timer_join(&timer));
}
END_TEST

static void
joins_itself(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	fails(sync_timer_join(t), EDEADLK);
	fails(sync_timer_tryjoin(t), EDEADLK);
	fails(sync_timer_join_until(t, SYNC_NEVER), EDEADLK);
	ok(sync_timer_join(&other));
	note(t, tick, arg);
}

START_TEST(a_callback_that_joins_itself_gets_edeadlk)
{
	ok(sync_timer_init(&timer, &tt, joins_itself, NULL));
	ok(sync_timer_arm(&timer, 0));
	await_calls(1);
	ok(sync_timer_join(&timer));
}
END_TEST

static void
arms_itself(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	if (calls_made() < 4)
		ok(sync_timer_arm(t, tick->due + 1000));
	note(t, tick, arg);
}

START_TEST(a_callback_may_arm_its_own_timer)
{
	sync_time when = sync_time_now();
	int i;

	ok(sync_timer_init(&timer, &tt, arms_itself, NULL));
	ok(sync_timer_arm(&timer, when));
	await_calls(5);
	settle();
	ck_assert_int_eq(calls_made(), 5);
	for (i = 0; i < 5; i++)
		ck_assert_int_eq(calls[i].tick.due, when + i * 1000);
}
END_TEST

static void
cancels_itself(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	fails(sync_timer_cancel(t), EINPROGRESS);
	ck_assert(!sync_timer_is_armed(t));
	note(t, tick, arg);
}

START_TEST(a_callback_may_cancel_its_own_timer)
{
	ok(sync_timer_init(&timer, &tt, cancels_itself, NULL));
	if (_i == 0)
		ok(sync_timer_arm(&timer, 0));
	else
		ok(sync_timer_arm_every(&timer, 0, 1, SYNC_TIMER_ALL));
	await_calls(1);
	settle();
	ck_assert_int_eq(calls_made(), 1);
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
}
END_TEST

static void
arms_another(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	ok(sync_timer_arm(arg, 0));
	ok(sync_timer_cancel(arg));
	ok(sync_timer_arm(arg, 0));
	note(t, tick, arg);
}

START_TEST(a_callback_may_arm_and_cancel_another_timer)
{
	ok(sync_timer_init(&timer, &tt, arms_another, &other));
	ok(sync_timer_arm(&timer, 0));
	await_calls(2);
	ck_assert_ptr_eq(calls[0].t, &timer);
	ck_assert_ptr_eq(calls[1].t, &other);
}
END_TEST

static void
frees_itself(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	struct sync_tick copy = *tick;

	ok(sync_timer_destroy(t));
	fails(sync_timer_destroy(t), EINVAL);
	memset(t, 0xa5, sizeof(*t));
	free(t);
	note(NULL, &copy, arg);
}

START_TEST(a_callback_may_destroy_and_free_its_own_timer)
{
	int i, n = 200;

	for (i = 0; i < n; i++) {
		struct sync_timer *t = malloc(sizeof(*t));

		ok(sync_timer_init(t, &tt, frees_itself, NULL));
		if (i % 2 == 0)
			ok(sync_timer_arm(t, sync_after(i % 7 * 1000)));
		else
			ok(sync_timer_arm_every(
			    t, sync_after(1000), 1, SYNC_TIMER_ALL));
	}
	await_calls(n);
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
}
END_TEST

/* As malloc may well do: reuse the same memory at once. */
static void
replaces_itself(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	struct sync_tick copy = *tick;

	ok(sync_timer_destroy(t));
	ok(sync_timer_init(t, &tt, note, arg));
	fails(sync_timer_cancel(t), ENOENT);
	ok(sync_timer_join(t));
	ok(sync_timer_arm(t, SYNC_NEVER));
	ok(sync_timer_cancel(t));
	ok(sync_event_set(&inside));
	ok(sync_event_wait(&go_on));
	note(NULL, &copy, NULL);
}

START_TEST(a_new_timer_in_the_place_of_the_running_one_is_not_running)
{
	ok(sync_timer_init(&timer, &tt, replaces_itself, NULL));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_event_wait(&inside));
	fails(sync_timer_cancel(&timer), ENOENT);
	ok_in_the_end(sync_timer_tryjoin(&timer));
	ok(sync_timer_arm(&timer, SYNC_NEVER));
	ok(sync_timer_cancel(&timer));
	ok(sync_timer_destroy(&timer));
	ok(sync_event_set(&go_on));
	await_calls(1);
}
END_TEST

START_TEST(one_who_joined_before_the_callback_destroyed_is_released)
{
	struct spawned *s;

	enter_callback(0);
	s = spawn(joins_timer, &timer);
	until_asleep(s);
	fails(sync_timer_destroy(&timer), EBUSY);
	ok(sync_event_set(&go_on));
	ck_assert_ptr_null(finish(s));
	ok(sync_timer_destroy(&timer));
}
END_TEST

static void
frees_another(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	ok(sync_timer_destroy(arg));
	free(arg);
	note(t, tick, NULL);
}

START_TEST(a_callback_may_destroy_and_free_another_timer)
{
	struct sync_timer *victim = malloc(sizeof(*victim));

	hold();
	ok(sync_timer_init(victim, &tt, note, NULL));
	ok(sync_timer_init(&timer, &tt, frees_another, victim));
	ok(sync_timer_arm(&timer, 1));
	ok(sync_timer_arm(victim, 2)); /* due, but not called */
	release();
	settle();
	ck_assert_int_eq(calls_made(), 1);
}
END_TEST

START_TEST(destroy_of_a_running_timer_is_ebusy_and_cancels)
{
	enter_callback(1);
	fails(sync_timer_destroy(&timer), EBUSY);
	ck_assert(!sync_timer_is_armed(&timer));
	ok(sync_event_set(&go_on));
	ok(sync_timer_join(&timer));
	ok(sync_timer_destroy(&timer));
	settle();
	ck_assert_int_eq(calls_made(), 1);
}
END_TEST

START_TEST(destroy_of_an_armed_timer_cancels_it)
{
	hold();
	ok(sync_timer_arm(&timer, 0));
	ok(sync_timer_destroy(&timer));
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
	release();
	settle();
	ck_assert_int_eq(calls_made(), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("timer_callback");
	TCase *tc = add_timer_case(s, "join");

	tcase_add_test(tc, join_waits_for_the_running_callback);
	tcase_add_test(tc, join_does_not_wait_for_what_is_not_running);
	tcase_add_test(tc, join_waits_for_one_call_of_a_periodic_timer);
	tcase_add_test(tc, a_callback_that_joins_itself_gets_edeadlk);
	tc = add_timer_case(s, "callback");
	tcase_add_test(tc, a_callback_may_arm_its_own_timer);
	tcase_add_loop_test(tc, a_callback_may_cancel_its_own_timer, 0, 2);
	tcase_add_test(tc, a_callback_may_arm_and_cancel_another_timer);
	tcase_add_test(tc, a_callback_may_destroy_and_free_its_own_timer);
	tcase_add_test(tc, a_callback_may_destroy_and_free_another_timer);
	tcase_add_test(
	    tc, a_new_timer_in_the_place_of_the_running_one_is_not_running);
	tc = add_timer_case(s, "destroy");
	tcase_add_test(tc, destroy_of_a_running_timer_is_ebusy_and_cancels);
	tcase_add_test(tc, destroy_of_an_armed_timer_cancels_it);
	tcase_add_test(
	    tc, one_who_joined_before_the_callback_destroyed_is_released);
	return run_suite(s);
}
