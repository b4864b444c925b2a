/* SPDX-License-Identifier: MIT */
/*
 * Callbacks that arm their own timer: a cancel is still final, and the other
 * timers get their turn.
 */
#include "timer_support.h"

#include <stdlib.h>

/* waits_inside, and then tries to arm its timer in every way. */
static int arm_err, every_err;

static void
waits_and_arms(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	waits_inside(t, tick, arg);
	arm_err = sync_timer_arm(t, 0);
	every_err = sync_timer_arm_every(t, 0, 1000, SYNC_TIMER_ALL);
}

/* Its callback is running; it is periodic if _i is 1. */
static void
enter_one_that_arms(int periodic)
{
	ok(sync_event_clear(&inside));
	ok(sync_event_clear(&go_on));
	ok(sync_timer_init(&timer, &tt, waits_and_arms, NULL));
	if (periodic)
		ok(sync_timer_arm_every(&timer, 0, 1000, SYNC_TIMER_ALL));
	else
		ok(sync_timer_arm(&timer, 0));
	ok(sync_event_wait(&inside));
}

START_TEST(a_callback_cannot_arm_its_timer_after_a_cancel)
{
	enter_one_that_arms(_i);
	fails(sync_timer_cancel(&timer), EINPROGRESS);
	fails(sync_timer_cancel(&timer), EINPROGRESS); /* no change */
	ok(sync_event_set(&go_on));
	ok(sync_timer_join(&timer));
	ck_assert_int_eq(arm_err, ECANCELED);
	ck_assert_int_eq(every_err, ECANCELED);
	ck_assert(!sync_timer_is_armed(&timer));
	settle();
	ck_assert_int_eq(calls_made(), 1);
	/* The owner can arm it again, and then the callback can, too. */
	ok(sync_timer_arm(&timer, 0));
	await_calls(3);
	(void)sync_timer_cancel(&timer);
	ok(sync_timer_join(&timer));
	ck_assert(!sync_timer_is_armed(&timer));
}
END_TEST

START_TEST(a_destroy_that_is_ebusy_has_cancelled_as_well)
{
	enter_one_that_arms(_i);
	fails(sync_timer_destroy(&timer), EBUSY);
	ok(sync_event_set(&go_on));
	ok(sync_timer_join(&timer));
	ck_assert_int_eq(arm_err, ECANCELED);
	ck_assert_int_eq(every_err, ECANCELED);
	ok(sync_timer_destroy(&timer));
	settle();
	ck_assert_int_eq(calls_made(), 1);
}
END_TEST

START_TEST(another_thread_can_arm_it_while_the_cancelled_call_goes_on)
{
	sync_time when;

	enter_one_that_arms(_i);
	fails(sync_timer_cancel(&timer), EINPROGRESS);
	when = sync_after(HOUR);
	ok(sync_timer_arm(&timer, when));
	ok(sync_event_set(&go_on));
	ok(sync_timer_join(&timer));
	ck_assert_int_eq(arm_err, ECANCELED); /* nor did it change its time */
	ck_assert(sync_timer_is_armed(&timer));
	settle();
	ck_assert_int_eq(calls_made(), 1);
	ok(sync_timer_cancel(&timer));
}
END_TEST

static void
cancels_and_arms(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	fails(sync_timer_cancel(t), EINPROGRESS);
	if (calls_made() < 9)
		ok(sync_timer_arm(t, tick->due + 1));
	note(t, tick, arg);
}

START_TEST(a_callback_that_has_cancelled_its_timer_may_arm_it)
{
	ok(sync_timer_init(&timer, &tt, cancels_and_arms, NULL));
	ok(sync_timer_arm_every(&timer, 0, HOUR, SYNC_TIMER_SKIP));
	await_calls(10);
	ok(sync_timer_join(&timer));
	fails(sync_timer_cancel(&timer), ENOENT);
}
END_TEST

static void
waits_and_arms_another(
    struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	waits_inside(t, tick, arg);
	ok(sync_timer_arm(&other, 0));
}

START_TEST(a_callback_that_was_cancelled_may_arm_other_timers)
{
	ok(sync_timer_init(&timer, &tt, waits_and_arms_another, NULL));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_event_wait(&inside));
	fails(sync_timer_cancel(&timer), EINPROGRESS);
	ok(sync_event_set(&go_on));
	await_calls(2);
	ck_assert_ptr_eq(calls[1].t, &other);
}
END_TEST

/* The cancelled timer is gone then; the new timer has its place. */
static void
waits_and_becomes_another(
    struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	waits_inside(t, tick, arg);
	ok(sync_timer_destroy(t));
	ok(sync_timer_init(t, &tt, note, NULL));
	ok(sync_timer_arm(t, 0));
}

START_TEST(a_new_timer_in_the_place_of_a_cancelled_one_can_be_armed)
{
	ok(sync_timer_init(&timer, &tt, waits_and_becomes_another, NULL));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_event_wait(&inside));
	fails(sync_timer_cancel(&timer), EINPROGRESS);
	ok(sync_event_set(&go_on));
	await_calls(2);
	ok(sync_timer_join(&timer));
}
END_TEST

struct counted {
	struct sync_timer timer;
	int calls; /* by the timer thread */
};

static void
counts_and_arms(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	struct counted *c = arg;
	int err = sync_timer_arm(t, tick->due + 1 + c->calls % 3 * 10000);

	ck_assert(err == 0 || err == ECANCELED);
	c->calls++; /* after the arm: join waits for it */
}

/* The man page's recipe, at any moment; then the memory is the owner's. */
START_TEST(after_a_cancel_and_a_join_it_is_never_called)
{
	uint32_t random = random_seed() + (uint32_t)_i, i;
	int before;

	for (i = 0; i < 300 * stress_factor(); i++) {
		struct counted *c = calloc(1, sizeof(*c));

		ok(sync_timer_init(&c->timer, &tt, counts_and_arms, c));
		if (_i % 2 == 0)
			ok(sync_timer_arm(&c->timer, 0));
		else
			ok(sync_timer_arm_every(
			    &c->timer, 0, 5000, SYNC_TIMER_SKIP));
		sync_thread_sleep_until(
		    sync_after((int64_t)(random_next(&random) % 50000)));
		if (sync_timer_cancel(&c->timer) == EINPROGRESS)
			ok(sync_timer_join(&c->timer));
		before = c->calls;
		ck_assert(!sync_timer_is_armed(&c->timer));
		ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
		if (i % 16 == 0)
			settle();
		ck_assert_int_eq(c->calls, before);
		ok(sync_timer_destroy(&c->timer));
		free(c);
	}
}
END_TEST

/* Turns. */

static int how; /* the time for which it arms its timer */
static bool enough; /* atomic */

static void
hurries(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	const sync_time moments[] = { INT64_MIN, -1, 0, tick->due,
		sync_time_now() };

	(void)arg;
	if (!__atomic_load_n(&enough, __ATOMIC_ACQUIRE))
		(void)sync_timer_arm(t, moments[how]);
}

START_TEST(one_that_arms_itself_for_the_past_lets_others_be_called)
{
	how = _i;
	ok(sync_timer_init(&timer, &tt, hurries, NULL));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_timer_arm(&other, sync_after_ms(2)));
	await_calls(1);
	ok(sync_timer_arm_every(
	    &other, sync_time_now(), 100000, SYNC_TIMER_ALL));
	await_calls(10);
	(void)sync_timer_cancel(&other);
	(void)sync_timer_cancel(&timer);
	ok(sync_timer_join(&timer));
	ck_assert(!sync_timer_is_armed(&timer));
}
END_TEST

START_TEST(a_timer_thread_whose_timers_hurry_can_be_stopped)
{
	how = 2;
	ok(sync_timer_init(&timer, &tt, hurries, NULL));
	ok(sync_timer_init(&other, &tt, hurries, NULL));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_timer_arm(&other, 0));
	settle();
	ok(sync_timer_thread_stop(&tt));
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
}
END_TEST

/* Exactly: a round for the timers that are due, then the next round. */
static void
notes_and_hurries(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	if (calls_made() < 9)
		ok(sync_timer_arm(t, *(const sync_time *)arg));
	note(t, tick, arg);
}

#define HURRY 3

START_TEST(those_that_arm_themselves_take_turns)
{
	static struct sync_timer t[HURRY];
	static const sync_time again[HURRY] = { 30, 10, 20 };
	int i;

	hold();
	for (i = 0; i < HURRY; i++) {
		ok(sync_timer_init(&t[i], &tt, notes_and_hurries,
		    (void *)(uintptr_t)&again[i]));
		ok(sync_timer_arm(&t[i], i + 1));
	}
	release();
	await_calls(9 + HURRY);
	/*
	 * The first round in the order of arming, all others in the order of
	 * re-arming.
	 */
	for (i = 0; i < HURRY; i++)
		ck_assert_ptr_eq(calls[i].t, &t[i]);
	for (i = HURRY; i < 9; i++)
		ck_assert_ptr_eq(calls[i].t, &t[(i + 1) % HURRY]);
}
END_TEST

START_TEST(one_that_lags_lets_others_be_called)
{
	sync_time first = sync_time_now();
	int i;

	ok(sync_timer_init(&timer, &tt, hurries, NULL));
	__atomic_store_n(&enough, true, __ATOMIC_RELEASE); /* it does nothing */
	ok(sync_timer_arm_every(&timer, first, 1, SYNC_TIMER_ALL));
	for (i = 1; i <= 20; i++) {
		ok(sync_timer_arm(&other, sync_after(i % 2 * 100000)));
		await_calls(i);
	}
	(void)sync_timer_cancel(&timer);
	ok(sync_timer_join(&timer));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("timer_cancel");
	TCase *tc = add_timer_case(s, "cancel");

	tcase_add_loop_test(
	    tc, a_callback_cannot_arm_its_timer_after_a_cancel, 0, 2);
	tcase_add_loop_test(
	    tc, a_destroy_that_is_ebusy_has_cancelled_as_well, 0, 2);
	tcase_add_loop_test(tc,
	    another_thread_can_arm_it_while_the_cancelled_call_goes_on, 0, 2);
	tcase_add_test(
	    tc, a_callback_that_has_cancelled_its_timer_may_arm_it);
	tcase_add_test(
	    tc, a_callback_that_was_cancelled_may_arm_other_timers);
	tcase_add_test(
	    tc, a_new_timer_in_the_place_of_a_cancelled_one_can_be_armed);
	tcase_add_loop_test(
	    tc, after_a_cancel_and_a_join_it_is_never_called, 0, 4);
	tc = add_timer_case(s, "turns");
	tcase_add_loop_test(
	    tc, one_that_arms_itself_for_the_past_lets_others_be_called, 0, 5);
	tcase_add_test(tc, a_timer_thread_whose_timers_hurry_can_be_stopped);
	tcase_add_test(tc, those_that_arm_themselves_take_turns);
	tcase_add_test(tc, one_that_lags_lets_others_be_called);
	return run_suite(s);
}
