/* SPDX-License-Identifier: MIT */
/*
 * Timers and timer threads in the wrong state, uninitialised memory, and
 * callbacks that end in another way than by return.
 */
#include "timer_support.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static void
is_wrong(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	ck_abort_msg("what init refused was called");
}

START_TEST(init_of_an_armed_timer_is_ebusy_and_changes_nothing)
{
	static struct sync_timer t[7];
	struct sync_timer before;
	int i;

	hold();
	for (i = 0; i < 7; i++) {
		ok(sync_timer_init(&t[i], &tt, note, NULL));
		if (_i == 0)
			ok(sync_timer_arm(&t[i], 1 + i * 3 % 7));
		else
			ok(sync_timer_arm(&t[i], sync_after(HOUR * (7 - i))));
	}
	for (i = 0; i < 7; i++) {
		before = t[i];
		fails(sync_timer_init(&t[i], &tt, is_wrong, NULL), EBUSY);
		ck_assert_mem_eq(&t[i], &before, sizeof(before));
	}
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 7);
	release();
	if (_i == 0) {
		await_calls(7);
		settle(); /* the last callback has returned, too */
	}
	for (i = 0; i < 7; i++)
		fails(sync_timer_cancel(&t[i]), _i == 0 ? ENOENT : 0);
	for (i = 0; i < 7; i++) {
		ok(sync_timer_join(&t[i]));
		ok(sync_timer_init(&t[i], &tt, note, NULL)); /* as is now allowed */
	}
}
END_TEST

START_TEST(init_of_a_timer_armed_on_another_thread_is_ebusy)
{
	struct sync_timer_thread tt2;

	ok(sync_timer_thread_init(&tt2, NULL));
	ok(sync_timer_arm(&timer, sync_after(HOUR)));
	fails(sync_timer_init(&timer, &tt2, is_wrong, NULL), EBUSY);
	ck_assert(sync_timer_is_armed(&timer));
	ck_assert_uint_eq(sync_timer_thread_armed(&tt2), 0);
	ok(sync_timer_cancel(&timer));
	ok(sync_timer_init(&timer, &tt2, note, NULL)); /* it changes its address */
	ok(sync_timer_arm(&timer, 0));
	await_calls(1);
	ok(sync_timer_join(&timer));
	ok(sync_timer_thread_destroy(&tt2));
	/* The remains of a thread that is gone do not matter. */
	memset(&tt2, 0xa5, sizeof(tt2));
	ok(sync_timer_init(&timer, &tt, note, NULL));
	ok(sync_timer_arm(&timer, 0));
	await_calls(2);
}
END_TEST

static void
inits_itself(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	fails(sync_timer_init(t, &tt, is_wrong, NULL), EBUSY);
	note(t, tick, arg);
}

START_TEST(init_of_a_timer_whose_callback_runs_is_ebusy)
{
	enter_callback(_i == 0 ? 0 : HOUR);
	fails(sync_timer_init(&timer, &tt, is_wrong, NULL), EBUSY);
	fails(sync_timer_cancel(&timer), EINPROGRESS);
	fails(sync_timer_init(&timer, &tt, is_wrong, NULL), EBUSY);
	fails(sync_timer_tryjoin(&timer), EAGAIN);
	ok(sync_event_set(&go_on));
	ok(sync_timer_join(&timer));
	ok(sync_timer_init(&timer, &tt, inits_itself, NULL));
	ok(sync_timer_arm(&timer, 0));
	await_calls(2);
}
END_TEST

/* Nothing is mistaken for a timer, whatever the memory holds. */
START_TEST(init_takes_any_memory)
{
	struct sync_timer *t = malloc(sizeof(*t)), image;
	uint32_t random = random_seed();
	unsigned char *bytes = (unsigned char *)t;
	size_t i;
	int k;

	ok(sync_timer_init(t, &tt, note, NULL)); /* never written */
	for (k = 0; k < 500; k++) {
		for (i = 0; i < sizeof(*t); i++)
			bytes[i] = (unsigned char)(k < 256
				? (unsigned)k : random_next(&random));
		ok(sync_timer_init(t, &tt, note, NULL));
	}
	/* As it was when it was armed; but it is not armed. */
	ok(sync_timer_arm(t, sync_after(HOUR)));
	image = *t;
	ok(sync_timer_cancel(t));
	ok(sync_timer_arm(&other, sync_after(HOUR)));
	memcpy(t, &image, sizeof(image));
	ok(sync_timer_init(t, &tt, note, NULL));
	ck_assert(!sync_timer_is_armed(t));
	/* A copy of an armed timer is no timer, either. */
	memcpy(t, &other, sizeof(*t));
	ok(sync_timer_init(t, &tt, note, NULL));
	ck_assert(!sync_timer_is_armed(t));
	ok(sync_timer_cancel(&other));
	ok(sync_timer_destroy(t));
	free(t);
}
END_TEST

START_TEST(init_of_many_timers_takes_no_look_at_the_others)
{
	enum { N = 20000 };
	struct sync_timer *t = malloc(N * sizeof(*t));
	int i;

	for (i = 0; i < N; i++) {
		ok(sync_timer_init(&t[i], &tt, note, NULL));
		ok(sync_timer_arm(&t[i], sync_after(HOUR)));
	}
	fails(sync_timer_init(&t[N - 1], &tt, note, NULL), EBUSY);
	fails(sync_timer_init(&t[0], &tt, note, NULL), EBUSY);
	ok(sync_timer_thread_stop(&tt));
	free(t);
}
END_TEST

START_TEST(init_of_a_timer_thread_that_runs_is_ebusy)
{
	ok(sync_timer_arm(&timer, sync_after(HOUR)));
	fails(sync_timer_thread_init(&tt, "again"), EBUSY);
	fails(sync_timer_thread_init_with(&tt, NULL), EBUSY);
	ck_assert(sync_timer_is_armed(&timer));
	ok(sync_timer_arm(&other, 0));
	await_calls(1);
	ok(sync_timer_cancel(&timer));
	ok(sync_timer_thread_stop(&tt));
	ok(sync_timer_thread_init(&tt, "again"));
	ok(sync_timer_init(&timer, &tt, note, NULL));
	ok(sync_timer_arm(&timer, 0));
	await_calls(2);
}
END_TEST

static void
inits_its_thread(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	fails(sync_timer_thread_init(&tt, NULL), EBUSY);
	note(t, tick, arg);
}

START_TEST(a_callback_cannot_init_its_own_thread)
{
	ok(sync_timer_init(&timer, &tt, inits_its_thread, NULL));
	ok(sync_timer_arm(&timer, 0));
	await_calls(1);
}
END_TEST

/*
 * The parent's timers, armed and running: the child may use their memory as it
 * likes.
 */
static void
begins_anew(void *unused)
{
	int before;

	(void)unused;
	ok(sync_timer_destroy(&other));
	fails(sync_timer_destroy(&other), EINVAL);
	fails(sync_timer_arm(&timer, 0), ENOTRECOVERABLE);
	fails(sync_timer_init(&other, &tt, note, NULL), ENOTRECOVERABLE);
	ok(sync_timer_thread_destroy(&tt));
	fails(sync_timer_thread_destroy(&tt), EINVAL);
	if (!threads_after_fork())
		return;
	begin_timers(); /* timer was armed, and others ran */
	before = calls_made();
	ok(sync_timer_arm(&timer, 0));
	await_calls(before + 1);
	ok(sync_timer_join(&timer));
	ok(sync_timer_destroy(&timer));
	end_timers();
}

static void
is_made_without_destroy(void *unused)
{
	int n = calls_made();

	(void)unused;
	if (!threads_after_fork())
		return;
	ok(sync_timer_thread_init(&tt, NULL));
	/* Even if the timers are not initialised again. */
	ck_assert(!sync_timer_is_armed(&timer));
	fails(sync_timer_cancel(&timer), ENOENT);
	ok(sync_timer_init(&timer, &tt, note, NULL));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_timer_arm(&other, 0));
	await_calls(n + 2);
	ok(sync_timer_thread_destroy(&tt));
}

START_TEST(the_child_of_a_fork_makes_the_parents_objects_anew)
{
	ok(sync_timer_arm(&timer, sync_after(HOUR)));
	ok(sync_timer_arm_every(&other, sync_after(HOUR), 1, SYNC_TIMER_ALL));
	hold();
	in_child(_i == 0 ? begins_anew : is_made_without_destroy, NULL);
	release();
	ok(sync_timer_cancel(&timer));
	ok(sync_timer_cancel(&other));
}
END_TEST

/* Endings. */

static void
exits(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	if (arg != NULL)
		ok(sync_timer_arm(t, tick->due));
	note(t, tick, arg);
	pthread_exit(NULL);
}

static void
is_cancelled(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	note(t, tick, arg);
	(void)pthread_cancel(pthread_self());
	for (;;)
		pthread_testcancel();
}

START_TEST(a_callback_that_ends_its_thread_does_not_end_the_timers)
{
	struct spawned *s;
	int i, threads;

	until_asleep(timer_thread());
	threads = thread_count();
	ok(sync_timer_init(
	    &timer, &tt, _i == 0 ? exits : is_cancelled, NULL));
	for (i = 0; i < 100; i++) {
		ok(sync_timer_arm(&timer, 0));
		await_calls(2 * i + 1);
		ok(sync_timer_join(&timer));
		fails(sync_timer_cancel(&timer), ENOENT);
		ok(sync_timer_arm(&other, 0));
		await_calls(2 * i + 2);
		ck_assert_ptr_eq(calls[2 * i + 1].t, &other);
	}
	until_thread_count(threads); /* as before: no thread is left behind */
	s = spawn(joins_timer, &timer);
	ck_assert_ptr_null(finish(s));
	ok(sync_timer_thread_stop(&tt));
	until_thread_count(threads - 1);
}
END_TEST

START_TEST(a_callback_that_arms_itself_and_exits_is_called_again)
{
	ok(sync_timer_init(&timer, &tt, exits, &tt));
	ok(sync_timer_arm(&timer, 0));
	await_calls(30);
	(void)sync_timer_cancel(&timer);
	ok(sync_timer_join(&timer));
	ck_assert(!sync_timer_is_armed(&timer));
}
END_TEST

/*
 * The thread's id and name are the same, and so are the calls that it may not
 * make.
 */
static void
is_still_the_timer_thread(
    struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	ck_assert_ptr_eq(sync_thread_current(), &tt.thread);
	ck_assert_str_eq(sync_thread_name(sync_thread_current()), "tt");
	fails(sync_timer_thread_stop(&tt), EDEADLK);
	fails(sync_timer_join(t), EDEADLK);
	note(t, tick, arg);
}

START_TEST(the_thread_that_takes_over_is_the_timer_thread)
{
	ok(sync_timer_init(&timer, &tt, exits, NULL));
	ok(sync_timer_init(&other, &tt, is_still_the_timer_thread, NULL));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_timer_arm(&other, 1));
	await_calls(2);
	ok(sync_timer_thread_stop(&tt));
	ok(sync_timer_thread_stop(&tt));
	fails(sync_timer_arm(&timer, 0), ECANCELED);
}
END_TEST

static void *
stops(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)sync_timer_thread_stop(&tt);
}

static void
waits_and_exits(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	waits_inside(t, tick, arg);
	pthread_exit(NULL);
}

START_TEST(stop_waits_for_a_callback_that_exits)
{
	struct spawned *s, *j;

	ok(sync_timer_init(&timer, &tt, waits_and_exits, NULL));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_event_wait(&inside));
	j = spawn(joins_timer, &timer);
	until_asleep(j);
	s = spawn(stops, NULL);
	until_asleep(s);
	ok(sync_event_set(&go_on));
	ck_assert_ptr_null(finish(j));
	ck_assert_ptr_null(finish(s));
	ck_assert_int_eq(calls_made(), 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("timer_wrong");
	TCase *tc = add_timer_case(s, "init");

	tcase_add_loop_test(
	    tc, init_of_an_armed_timer_is_ebusy_and_changes_nothing, 0, 2);
	tcase_add_test(
	    tc, init_of_a_timer_armed_on_another_thread_is_ebusy);
	tcase_add_loop_test(
	    tc, init_of_a_timer_whose_callback_runs_is_ebusy, 0, 2);
	tcase_add_test(tc, init_of_many_timers_takes_no_look_at_the_others);
	tcase_add_test(tc, init_of_a_timer_thread_that_runs_is_ebusy);
	tcase_add_test(tc, a_callback_cannot_init_its_own_thread);
	tc = add_timer_case(s, "memory"); /* memcheck.sh runs it, too */
	tcase_add_test(tc, init_takes_any_memory);
	tc = add_timer_case(s, "fork");
	tcase_add_loop_test(tc,
	    the_child_of_a_fork_makes_the_parents_objects_anew, 0, 2);
	tc = add_timer_case(s, "ending");
	tcase_add_loop_test(tc,
	    a_callback_that_ends_its_thread_does_not_end_the_timers, 0, 2);
	tcase_add_test(
	    tc, a_callback_that_arms_itself_and_exits_is_called_again);
	tcase_add_test(tc, the_thread_that_takes_over_is_the_timer_thread);
	tcase_add_test(tc, stop_waits_for_a_callback_that_exits);
	return run_suite(s);
}
