/* SPDX-License-Identifier: MIT */
/* Out of threads: a thread cannot be created, and nothing has changed. */
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>

#include "failing_calls.h"

static void *
nothing(void *arg)
{
	return arg;
}

START_TEST(thread_start_without_threads_is_eagain)
{
	struct sync_thread t, before;
	int threads = threads_at_rest();

	memset(&t, 0xa5, sizeof(t));
	memcpy(&before, &t, sizeof(t));
	set_fault(&creation, 1, true);
	fails(lib(sync_thread_start(&t, nothing, NULL, NULL)), EAGAIN);
	ck_assert_mem_eq(&t, &before, sizeof(t));
	set_fault(&creation, 0, false);
	until_thread_count(threads);
	ok(lib(sync_thread_start(&t, nothing, &t, NULL)));
	ok(lib(sync_thread_join(&t, NULL)));
	until_thread_count(threads);
}
END_TEST

START_TEST(some_threads_start_and_the_one_that_cannot_changes_nothing)
{
	enum { N = 5 };
	struct sync_thread t[N];
	unsigned after;
	int threads = threads_at_rest();

	for (after = 1; after <= N + 1; after++) {
		int i, started = 0;

		set_fault(&creation, after, false);
		for (i = 0; i < N; i++) {
			int err = lib(sync_thread_start(
			    &t[started], nothing, t, NULL));

			if (err == 0)
				started++;
			else
				ck_assert_int_eq(err, EAGAIN);
		}
		ck_assert_int_eq(started, after <= N ? N - 1 : N);
		while (started > 0)
			ok(lib(sync_thread_join(&t[--started], NULL)));
		until_thread_count(threads);
	}
	set_fault(&creation, 0, false);
}
END_TEST

START_TEST(timer_thread_without_threads_is_eagain)
{
	struct sync_timer_thread tt, before;
	struct sync_timer t;
	int threads = threads_at_rest();

	memset(&tt, 0xa5, sizeof(tt));
	memcpy(&before, &tt, sizeof(tt));
	set_fault(&creation, 1, false);
	fails(lib(sync_timer_thread_init(&tt, "none")), EAGAIN);
	ck_assert_uint_eq(creation.failed, 1);
	ck_assert_mem_eq(&tt, &before, sizeof(tt));
	until_thread_count(threads);
	ok(lib(sync_timer_thread_init(&tt, NULL)));
	ok(lib(sync_timer_init(&t, &tt, fires, NULL)));
	ok(lib(sync_timer_arm(&t, 0)));
	ok(lib(sync_sem_wait(&posts)));
	ok(lib(sync_timer_thread_destroy(&tt)));
	until_thread_count(threads);
}
END_TEST

static void
exits(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	fires(t, tick, arg);
	inside_lib = true; /* on this thread */
	pthread_exit(NULL);
}

/*
 * Then the thread that ends continues to run the timers, and keeps its stack.
 */
START_TEST(callback_may_exit_though_no_thread_can_be_started)
{
	struct sync_timer_thread tt;
	struct sync_timer t, other;
	int i, threads = threads_at_rest();

	ok(lib(sync_timer_thread_init(&tt, NULL)));
	ok(lib(sync_timer_init(&t, &tt, exits, NULL)));
	ok(lib(sync_timer_init(&other, &tt, fires, NULL)));
	set_fault(&creation, 1, true);
	for (i = 0; i < 10; i++) {
		if (i == 5) { /* a replacement is started after all */
			ck_assert_uint_ge(creation.failed, 5);
			set_fault(&creation, 0, false);
		}
		ok(lib(sync_timer_arm(&t, 0)));
		ok(lib(sync_sem_wait(&posts)));
		ok(lib(sync_timer_join(&t)));
		ok(lib(sync_timer_arm(&other, 0)));
		ok(lib(sync_sem_wait(&posts)));
	}
	ok(lib(sync_timer_thread_stop(&tt)));
	ok(lib(sync_timer_thread_destroy(&tt)));
	until_thread_count(threads);
}
END_TEST

static void
post_from_handler(int signal_number)
{
	(void)signal_number;
	(void)sync_sem_post(&posts);
}

START_TEST(own_handler_wakes_a_wait_also_where_no_thread_can_be_made)
{
	const struct itimerval soon = { { 0, 0 }, { 0, 20000 } };
	int i;

	set_fault(&creation, 1, true);
	on_signal(SIGALRM, post_from_handler);
	for (i = 0; i < 5; i++) {
		ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
		ok(lib(sync_sem_wait(&posts)));
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("no_threads");
	TCase *tc = add_case(s, "out of threads");

	tcase_add_test(tc, thread_start_without_threads_is_eagain);
	tcase_add_test(
	    tc, some_threads_start_and_the_one_that_cannot_changes_nothing);
	tcase_add_test(tc, timer_thread_without_threads_is_eagain);
	tcase_add_test(
	    tc, callback_may_exit_though_no_thread_can_be_started);
	tcase_add_test(
	    tc, own_handler_wakes_a_wait_also_where_no_thread_can_be_made);
	return run_suite(s);
}
