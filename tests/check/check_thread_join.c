/* SPDX-License-Identifier: MIT */
/*
 * Join: who may join which thread, what it returns and orders, however the
 * thread ended; and when the struct may be freed.
 */
#include "support.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#define JOINERS 4

static struct sync_event inside, go_on;

static void *
returns_its_argument(void *arg)
{
	return arg;
}

static void *
waits(void *arg)
{
	ok(sync_event_set(&inside));
	ok(sync_event_wait(&go_on));
	return arg;
}

START_TEST(join_returns_what_the_function_returned)
{
	struct sync_thread t;
	void *result = &t;
	int x;

	ok(sync_thread_start(&t, returns_its_argument, &x, NULL));
	ok(sync_thread_join(&t, &result));
	ck_assert_ptr_eq(result, &x);
	ok(sync_thread_start(&t, returns_its_argument, NULL, NULL));
	ok(sync_thread_join(&t, &result));
	ck_assert_ptr_null(result);
}
END_TEST

START_TEST(join_may_be_called_many_times)
{
	struct sync_thread t;
	void *result;
	int x, i;

	ok(sync_thread_start(&t, returns_its_argument, &x, NULL));
	ok(sync_thread_join(&t, NULL));
	for (i = 0; i < 5; i++) {
		result = NULL;
		ok(sync_thread_join(&t, &result));
		ck_assert_ptr_eq(result, &x);
		ok(sync_thread_tryjoin(&t, &result));
		ok(sync_thread_join_until(&t, &result, INT64_MIN));
		ck_assert_ptr_eq(result, &x);
	}
}
END_TEST

static void *
joins(void *t)
{
	void *result = NULL;

	ok(sync_thread_join(t, &result));
	return result;
}

START_TEST(several_threads_may_join_one)
{
	struct spawned *s[JOINERS];
	static struct sync_thread t;
	int i;

	ok(sync_thread_start(&t, waits, &t, NULL));
	for (i = 0; i < JOINERS; i++)
		s[i] = spawn(joins, &t);
	for (i = 0; i < JOINERS; i++)
		until_asleep(s[i]);
	ok(sync_event_set(&go_on));
	for (i = 0; i < JOINERS; i++)
		ck_assert_ptr_eq(finish(s[i]), &t);
}
END_TEST

START_TEST(tryjoin_of_a_running_thread_is_ebusy)
{
	struct sync_thread t;
	void *result = &result;

	ok(sync_thread_start(&t, waits, NULL, NULL));
	ok(sync_event_wait(&inside));
	fails(sync_thread_tryjoin(&t, &result), EBUSY);
	ck_assert_ptr_eq(result, &result);
	ok(sync_event_set(&go_on));
	ok(sync_thread_join(&t, &result));
	ck_assert_ptr_null(result);
	ok(sync_thread_tryjoin(&t, NULL));
}
END_TEST

START_TEST(join_until_is_etimedout_and_then_succeeds)
{
	static const sync_time past[] = { INT64_MIN, -1, 0, 1 };
	struct sync_thread t;
	sync_time deadline;
	void *result = &result;
	int i;

	ok(sync_thread_start(&t, waits, NULL, NULL));
	ok(sync_event_wait(&inside));
	for (i = 0; i < 4; i++)
		fails(sync_thread_join_until(&t, &result, past[i]), ETIMEDOUT);
	deadline = sync_after_ms(5);
	fails(sync_thread_join_until(&t, &result, deadline), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), deadline);
	ck_assert_ptr_eq(result, &result);
	ok(sync_event_set(&go_on));
	ok(sync_thread_join_until(&t, &result, INT64_MAX - 1));
	ck_assert_ptr_null(result);
}
END_TEST

static void *
joins_itself(void *t)
{
	void *result = t;

	ck_assert_ptr_eq(sync_thread_current(), t);
	fails(sync_thread_join(t, &result), EDEADLK);
	fails(sync_thread_tryjoin(t, &result), EDEADLK);
	fails(sync_thread_join_until(t, &result, 0), EDEADLK);
	ck_assert_ptr_eq(result, t);
	return NULL;
}

START_TEST(joining_itself_is_edeadlk)
{
	struct sync_thread t;

	ok(sync_thread_start(&t, joins_itself, &t, NULL));
	ok(sync_thread_join(&t, NULL));
}
END_TEST

static void *
calls_pthread_exit(void *arg)
{
	pthread_exit(arg);
}

START_TEST(a_thread_that_calls_pthread_exit_is_joined_with_null)
{
	struct sync_thread t;
	void *result = &result;

	ok(sync_thread_start(&t, calls_pthread_exit, &t, NULL));
	ok(sync_thread_join(&t, &result));
	ck_assert_ptr_null(result);
}
END_TEST

static void *
is_cancelled(void *arg)
{
	ok(sync_event_set(&inside));
	/* After a pause that was cancelled, ThreadSanitizer sees no locks. */
	for (;;) {
		pthread_testcancel();
		(void)sched_yield();
	}
	return arg;
}

START_TEST(a_cancelled_thread_is_joined_with_null)
{
	struct sync_thread t;
	void *result = &result;

	ok(sync_thread_start(&t, is_cancelled, &t, NULL));
	ok(sync_event_wait(&inside));
	ok(pthread_cancel((pthread_t)t.handle));
	ok(sync_thread_join(&t, &result));
	ck_assert_ptr_null(result);
}
END_TEST

START_TEST(the_struct_may_be_freed_right_after_the_join)
{
	unsigned i;
	void *result;

	for (i = 0; i < 1000 * stress_factor(); i++) {
		struct sync_thread *t = malloc(sizeof(*t));

		ok(sync_thread_start(t, returns_its_argument, &i, NULL));
		ok(sync_thread_join(t, &result));
		ck_assert_ptr_eq(result, &i);
		memset(t, 0xa5, sizeof(*t));
		free(t);
	}
}
END_TEST

/*
 * The new thread passes its own handle on, perhaps before start has returned.
 */
static struct sync_queue hand;
static unsigned joined; /* atomic */

static void *
hands_itself_on(void *unused)
{
	struct sync_thread *self = sync_thread_current();

	ok(sync_queue_put(&hand, &self));
	return unused;
}

static void *
joins_what_it_is_handed(void *unused)
{
	struct sync_thread *t;
	void *result;

	while (sync_queue_get(&hand, &t) == 0) {
		ok(sync_thread_join(t, &result));
		ck_assert_ptr_eq(result, &hand);
		memset(t, 0xa5, sizeof(*t));
		free(t);
		(void)__atomic_fetch_add(&joined, 1, __ATOMIC_RELEASE);
	}
	return unused;
}

START_TEST(a_third_thread_may_join_and_free_before_start_returned)
{
	unsigned i, rounds = 1000 * stress_factor();
	struct spawned *s;

	ok(sync_queue_init(&hand, SYNC_FIFO, sizeof(struct sync_thread *), 4));
	s = spawn(joins_what_it_is_handed, NULL);
	for (i = 0; i < rounds; i++) {
		struct sync_thread *t = malloc(sizeof(*t));

		/* It may be freed by now. */
		ok(sync_thread_start(t, hands_itself_on, &hand, NULL));
	}
	while (__atomic_load_n(&joined, __ATOMIC_ACQUIRE) < rounds)
		(void)sched_yield();
	ok(sync_queue_close(&hand));
	(void)finish(s);
	ok(sync_queue_destroy(&hand));
}
END_TEST

static int counter;

static void *
counts(void *unused)
{
	counter++; /* start and join order it */
	return unused;
}

START_TEST(start_and_join_order_memory)
{
	struct sync_thread t;
	int i;

	for (i = 0; i < 200; i++) {
		counter++;
		ok(sync_thread_start(&t, counts, NULL, NULL));
		ok(sync_thread_join(&t, NULL));
		ck_assert_int_eq(counter, 2 * i + 2);
	}
}
END_TEST

static void
joins_after_fork(void *t)
{
	struct sync_thread mine;
	void *result = t;

	fails(sync_thread_join(t, &result), ENOTRECOVERABLE);
	fails(sync_thread_tryjoin(t, &result), ENOTRECOVERABLE);
	fails(sync_thread_join_until(t, &result, 0), ENOTRECOVERABLE);
	ck_assert_ptr_eq(result, t);
	if (!threads_after_fork())
		return;
	ok(sync_thread_start(&mine, returns_its_argument, &mine, NULL));
	ok(sync_thread_join(&mine, &result));
	ck_assert_ptr_eq(result, &mine);
}

START_TEST(after_fork_a_thread_of_the_parent_is_enotrecoverable)
{
	struct sync_thread t, ended;

	ok(sync_thread_start(&t, waits, NULL, NULL));
	ok(sync_thread_start(&ended, returns_its_argument, NULL, NULL));
	ok(sync_thread_join(&ended, NULL));
	ok(sync_event_wait(&inside));
	in_child(joins_after_fork, &t);
	in_child(joins_after_fork, &ended);
	ok(sync_event_set(&go_on));
	ok(sync_thread_join(&t, NULL));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("thread_join");
	TCase *tc = add_case(s, "join");

	tcase_add_test(tc, join_returns_what_the_function_returned);
	tcase_add_test(tc, join_may_be_called_many_times);
	tcase_add_test(tc, several_threads_may_join_one);
	tcase_add_test(tc, tryjoin_of_a_running_thread_is_ebusy);
	tcase_add_test(tc, join_until_is_etimedout_and_then_succeeds);
	tcase_add_test(tc, joining_itself_is_edeadlk);
	tcase_add_test(tc, start_and_join_order_memory);
	tcase_add_test(
	    tc, after_fork_a_thread_of_the_parent_is_enotrecoverable);
	tc = add_case(s, "end");
	tcase_add_test(
	    tc, a_thread_that_calls_pthread_exit_is_joined_with_null);
	tcase_add_test(tc, a_cancelled_thread_is_joined_with_null);
	tcase_add_test(tc, the_struct_may_be_freed_right_after_the_join);
	tcase_add_test(
	    tc, a_third_thread_may_join_and_free_before_start_returned);
	return run_suite(s);
}
