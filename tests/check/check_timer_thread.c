/* SPDX-License-Identifier: MIT */
/* The thread that timers run on: its start, its end, fork. */
#include "config.h"

#include "timer_support.h"

#include <pthread.h>
#include <string.h>
#ifdef TEST_PLAT_LINUX
#include <sys/prctl.h>
#endif

static void
named(const char *given, const char *expected)
{
	struct sync_timer_thread t;

	ok(sync_timer_thread_init(&t, given));
	ck_assert_str_eq(sync_thread_name(&t.thread), expected);
	if (expected[0] != '\0')
		until_named(t.thread.handle, expected);
	ok(sync_timer_thread_destroy(&t));
}

START_TEST(the_thread_has_the_name_given)
{
	named("clockwork", "clockwork");
	named(NULL, "sync-timer");
	named("a name longer than fifteen", "a name longer t");
	named("", "");
}
END_TEST

#ifdef TEST_PLAT_LINUX
static int slack;

static void
looks_at_slack(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	slack = prctl(PR_GET_TIMERSLACK, 0ul, 0ul, 0ul, 0ul);
	note(t, tick, arg);
}

START_TEST(the_thread_is_punctual_and_others_are_as_before)
{
	int mine = prctl(PR_GET_TIMERSLACK, 0ul, 0ul, 0ul, 0ul);

	ok(sync_timer_init(&timer, &tt, looks_at_slack, NULL));
	ok(sync_timer_arm(&timer, 0));
	await_calls(1);
	ck_assert_int_eq(slack, 1);
	ck_assert_int_eq(
	    prctl(PR_GET_TIMERSLACK, 0ul, 0ul, 0ul, 0ul), mine);
}
END_TEST
#endif

START_TEST(timers_of_one_thread_run_on_one_thread)
{
	static struct sync_timer t[50];
	int before, i;

	until_asleep(timer_thread()); /* any started once exist now */
	before = thread_count();
	for (i = 0; i < 50; i++) {
		ok(sync_timer_init(&t[i], &tt, note, NULL));
		ok(sync_timer_arm(&t[i], 0));
	}
	await_calls(50);
	ck_assert_int_eq(thread_count(), before);
}
END_TEST

START_TEST(armed_counts_the_armed)
{
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
	ok(sync_timer_arm(&timer, SYNC_NEVER));
	ok(sync_timer_arm_every(&other, SYNC_NEVER, 1, SYNC_TIMER_ALL));
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 2);
	ok(sync_timer_arm(&timer, SYNC_NEVER));
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 2);
	ok(sync_timer_cancel(&timer));
	ok(sync_timer_destroy(&other));
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
}
END_TEST

START_TEST(nothing_is_called_after_stop)
{
	int n;

	ok(sync_timer_arm(&timer, sync_after(100000)));
	ok(sync_timer_arm_every(
	    &other, sync_time_now(), 100000, SYNC_TIMER_ALL));
	await_calls(_i);
	ok(sync_timer_thread_stop(&tt));
	n = calls_made();
	ck_assert(!sync_timer_is_armed(&timer));
	ck_assert(!sync_timer_is_armed(&other));
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
	sync_thread_sleep_until(sync_after(200000));
	ck_assert_int_eq(calls_made(), n);
}
END_TEST

START_TEST(arming_after_stop_is_ecanceled)
{
	ok(sync_timer_thread_stop(&tt));
	fails(sync_timer_arm(&timer, 0), ECANCELED);
	fails(sync_timer_arm_every(&timer, 0, 1, SYNC_TIMER_ALL), ECANCELED);
	ck_assert(!sync_timer_is_armed(&timer));
	fails(sync_timer_cancel(&timer), ENOENT);
	ok(sync_timer_join(&timer));
	ok(sync_timer_thread_stop(&tt)); /* again */
	ok(sync_timer_destroy(&timer));
	ck_assert_int_eq(calls_made(), 0);
}
END_TEST

static void *
stops(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)sync_timer_thread_stop(&tt);
}

START_TEST(stop_waits_for_the_callback_that_runs)
{
	struct spawned *s[2];
	int i;

	hold();
	ok(sync_timer_arm(&timer, 0)); /* due, but will not come */
	for (i = 0; i < 2; i++)
		s[i] = spawn(stops, NULL);
	for (i = 0; i < 2; i++)
		until_asleep(s[i]);
	fails(sync_timer_arm(&other, 0), ECANCELED);
	release();
	for (i = 0; i < 2; i++)
		ck_assert_ptr_null(finish(s[i]));
	ck_assert_int_eq(calls_made(), 0);
}
END_TEST

static void
arms_while_stopped(
    struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	ok(sync_event_set(&inside));
	while (sync_timer_arm(t, 0) == 0)
		continue; /* until stop has returned */
	fails(sync_timer_arm(arg, 0), ECANCELED);
	note(t, tick, arg);
}

START_TEST(a_callback_that_arms_cannot_outlive_stop)
{
	struct spawned *s;

	ok(sync_timer_init(&timer, &tt, arms_while_stopped, &other));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_event_wait(&inside));
	s = spawn(stops, NULL);
	ck_assert_ptr_null(finish(s));
	ck_assert_int_eq(calls_made(), 1);
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
}
END_TEST

static void
stops_itself(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	fails(sync_timer_thread_stop(&tt), EDEADLK);
	fails(sync_timer_thread_destroy(&tt), EDEADLK);
	note(t, tick, arg);
}

START_TEST(a_callback_that_stops_its_own_thread_gets_edeadlk)
{
	ok(sync_timer_init(&timer, &tt, stops_itself, NULL));
	ok(sync_timer_arm(&timer, 0));
	await_calls(1);
	ok(sync_timer_arm(&other, 0)); /* it continues as before */
	await_calls(2);
}
END_TEST

static void
stops_another(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	ok(sync_timer_thread_destroy(arg));
	note(t, tick, arg);
}

START_TEST(a_callback_may_stop_another_timer_thread)
{
	static struct sync_timer_thread another;

	ok(sync_timer_thread_init(&another, NULL));
	ok(sync_timer_init(&timer, &tt, stops_another, &another));
	ok(sync_timer_arm(&timer, 0));
	await_calls(1);
}
END_TEST

START_TEST(destroy_with_armed_timers_is_ebusy_and_changes_nothing)
{
	ok(sync_timer_arm(&timer, SYNC_NEVER));
	fails(sync_timer_thread_destroy(&tt), EBUSY);
	ck_assert(sync_timer_is_armed(&timer));
	ok(sync_timer_arm(&other, 0));
	await_calls(1);
	ok(sync_timer_cancel(&timer));
}
END_TEST

START_TEST(destroy_while_a_thread_joins_is_ebusy_and_harmless)
{
	struct spawned *s;

	enter_callback(0);
	s = spawn(joins_timer, &timer);
	until_asleep(s);
	fails(sync_timer_thread_destroy(&tt), EBUSY);
	ok(sync_event_set(&go_on));
	ck_assert_ptr_null(finish(s));
	ck_assert_int_eq(calls_made(), 1);
}
END_TEST

static void
every_call_returns(int err)
{
	fails(sync_timer_thread_stop(&tt), err);
	fails(sync_timer_arm(&timer, 0), err);
	fails(sync_timer_arm_every(&timer, 0, 1, SYNC_TIMER_ONCE), err);
	fails(sync_timer_cancel(&timer), err);
	fails(sync_timer_join(&timer), err);
	fails(sync_timer_tryjoin(&timer), err);
	fails(sync_timer_join_until(&timer, SYNC_NEVER), err);
	ck_assert(!sync_timer_is_armed(&timer));
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
}

/* The use of a parent's object can be ended: there is nothing to wait for. */
static void
every_call_is_over(int err)
{
	every_call_returns(err);
	fails(sync_timer_destroy(&timer), err == EINVAL ? EINVAL : 0);
	fails(sync_timer_destroy(&timer), EINVAL);
	fails(sync_timer_thread_destroy(&tt), err == EINVAL ? EINVAL : 0);
	fails(sync_timer_thread_destroy(&tt), EINVAL);
}

START_TEST(null_is_einval)
{
	fails(sync_timer_thread_init(NULL, "x"), EINVAL);
	fails(sync_timer_thread_stop(NULL), EINVAL);
	fails(sync_timer_thread_destroy(NULL), EINVAL);
	ck_assert_uint_eq(sync_timer_thread_armed(NULL), 0);
}
END_TEST

START_TEST(a_timer_thread_never_initialised_is_einval)
{
	memset(&tt, 0, sizeof(tt));
	fails(sync_timer_init(&timer, &tt, note, NULL), EINVAL);
	memset(&timer, 0, sizeof(timer));
	every_call_is_over(EINVAL);
}
END_TEST

START_TEST(a_destroyed_timer_thread_is_einval_and_can_be_made_again)
{
	begin_timers();
	if (_i == 1)
		ok(sync_timer_thread_stop(&tt));
	ok(sync_timer_thread_destroy(&tt));
	every_call_is_over(EINVAL);
	begin_timers();
	ok(sync_timer_arm(&timer, 0));
	await_calls(1);
	end_timers();
}
END_TEST

START_TEST(destroy_leaves_no_thread_behind)
{
	int before, i;

	begin_timers();
	until_asleep(timer_thread()); /* as above */
	before = thread_count() - 1;
	end_timers();
	for (i = 0; i < 50; i++) {
		begin_timers();
		ok(sync_timer_arm(&timer, sync_after((int64_t)i % 3 * 10000)));
		ok(sync_timer_thread_stop(&tt));
		end_timers();
	}
	until_thread_count(before);
}
END_TEST

static void
looks_after_fork(void *unused)
{
	int n = calls_made();

	(void)unused;
	every_call_returns(ENOTRECOVERABLE);
	fails(sync_timer_init(&timer, &tt, note, NULL), ENOTRECOVERABLE);
	sync_thread_sleep_until(sync_after(20000000));
	ck_assert_int_eq(calls_made(), n); /* the child has no such thread */
	if (!threads_after_fork())
		return;
	begin_timers();
	ok(sync_timer_arm(&timer, 0));
	await_calls(n + 1);
	end_timers();
}

START_TEST(after_fork_there_is_no_timer_thread_in_the_child)
{
	ok(sync_timer_arm(&timer, sync_after_ms(10)));
	ok(sync_timer_arm_every(&other, 0, 1000000, SYNC_TIMER_SKIP));
	await_calls(1);
	in_child(looks_after_fork, NULL);
	while (sync_timer_is_armed(&timer)) /* it fires in the parent */
		sync_thread_sleep_until(sync_after(100000));
	ok(sync_timer_thread_stop(&tt));
}
END_TEST

static void
looks_after_a_fork_inside(void *unused)
{
	(void)unused;
	every_call_is_over(ENOTRECOVERABLE);
}

START_TEST(a_child_made_while_a_callback_runs_is_told_as_well)
{
	hold();
	in_child(looks_after_a_fork_inside, NULL);
	release();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("timer_thread");
	TCase *tc = add_timer_case(s, "thread");

	tcase_add_test(tc, the_thread_has_the_name_given);
#ifdef TEST_PLAT_LINUX
	tcase_add_test(tc, the_thread_is_punctual_and_others_are_as_before);
#endif
	tcase_add_test(tc, timers_of_one_thread_run_on_one_thread);
	tcase_add_test(tc, armed_counts_the_armed);
	tc = add_timer_case(s, "stop");
	tcase_add_loop_test(tc, nothing_is_called_after_stop, 0, 4);
	tcase_add_test(tc, arming_after_stop_is_ecanceled);
	tcase_add_test(tc, stop_waits_for_the_callback_that_runs);
	tcase_add_test(tc, a_callback_that_arms_cannot_outlive_stop);
	tcase_add_test(
	    tc, a_callback_that_stops_its_own_thread_gets_edeadlk);
	tcase_add_test(tc, a_callback_may_stop_another_timer_thread);
	tc = add_timer_case(s, "destroy");
	tcase_add_test(
	    tc, destroy_with_armed_timers_is_ebusy_and_changes_nothing);
	tcase_add_test(tc, destroy_while_a_thread_joins_is_ebusy_and_harmless);
	tc = add_timer_case(s, "fork");
	tcase_add_test(tc, after_fork_there_is_no_timer_thread_in_the_child);
	tcase_add_test(tc, a_child_made_while_a_callback_runs_is_told_as_well);
	tc = add_case(s, "misuse");
	tcase_add_test(tc, null_is_einval);
	tcase_add_test(tc, a_timer_thread_never_initialised_is_einval);
	tcase_add_loop_test(tc,
	    a_destroyed_timer_thread_is_einval_and_can_be_made_again, 0, 2);
	tcase_add_test(tc, destroy_leaves_no_thread_behind);
	return run_suite(s);
}
