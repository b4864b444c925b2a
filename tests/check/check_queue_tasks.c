/* SPDX-License-Identifier: MIT */
/* task_done and join. */
#include "queue_support.h"

#define WAITERS 4

START_TEST(each_put_is_one_unfinished_task)
{
	size_t done;
	struct item items[3] = { { 0, 0, 0 }, { 0, 0, 1 }, { 0, 0, 2 } };

	begin(_i, 5);
	ok(sync_queue_tryjoin(&q));
	put_item(0, 0);
	ok(sync_queue_put_n(&q, items, 3, &done));
	fails(sync_queue_tryjoin(&q), EAGAIN);
	ck_assert_uint_eq(sync_queue_unfinished(&q), 4);
	ok(sync_queue_task_done(&q));
	ok(sync_queue_task_done_n(&q, 2));
	fails(sync_queue_tryjoin(&q), EAGAIN);
	ck_assert_uint_eq(sync_queue_unfinished(&q), 1);
	ok(sync_queue_task_done(&q));
	ck_assert_uint_eq(sync_queue_unfinished(&q), 0);
	ok(sync_queue_tryjoin(&q));
	ok(sync_queue_join(&q));
	ok(sync_queue_join_until(&q, -1));
	end();
}
END_TEST

START_TEST(task_done_once_too_often_is_einval_and_changes_nothing)
{
	begin(_i, 5);
	fails(sync_queue_task_done(&q), EINVAL);
	put_item(0, 0);
	put_item(0, 1);
	fails(sync_queue_task_done_n(&q, 3), EINVAL);
	fails(sync_queue_task_done_n(&q, SIZE_MAX), EINVAL);
	ok(sync_queue_task_done_n(&q, 0));
	ok(sync_queue_task_done_n(&q, 2));
	ok(sync_queue_tryjoin(&q));
	fails(sync_queue_task_done(&q), EINVAL);
	ok(sync_queue_tryjoin(&q));
	end();
}
END_TEST

START_TEST(a_put_that_failed_is_no_task)
{
	struct item i = { 0, 0, 0 };
	size_t done;

	begin(_i, 1);
	put_item(0, 0);
	fails(sync_queue_tryput(&q, &i), EAGAIN);
	fails(sync_queue_put_until(&q, &i, -1), ETIMEDOUT);
	fails(sync_queue_tryput_n(&q, &i, 1, &done), EAGAIN);
	ok(sync_queue_close(&q));
	fails(sync_queue_put(&q, &i), EPIPE);
	ok(sync_queue_task_done(&q));
	ok(sync_queue_tryjoin(&q));
	end();
}
END_TEST

START_TEST(join_waits_for_done_and_not_for_empty)
{
	struct spawned *s;

	begin(_i, 5);
	put_item(0, 0);
	put_item(0, 1);
	s = spawn(joins, NULL);
	until_asleep(s);
	drain(_i, 2);
	until_asleep(s);
	ok(sync_queue_task_done(&q));
	until_asleep(s);
	fails(sync_queue_join_until(&q, -1), ETIMEDOUT);
	ok(sync_queue_task_done(&q));
	ok(error_of(s));
	end();
}
END_TEST

START_TEST(all_joiners_are_released)
{
	struct spawned *s[WAITERS];
	int i;

	begin(_i, 5);
	put_item(0, 0);
	for (i = 0; i < WAITERS; i++)
		s[i] = spawn(joins, NULL);
	for (i = 0; i < WAITERS; i++)
		until_asleep(s[i]);
	ok(sync_queue_task_done(&q));
	for (i = 0; i < WAITERS; i++)
		ok(error_of(s[i]));
	end();
}
END_TEST

START_TEST(task_done_before_the_get_counts_as_well)
{
	begin(_i, 5);
	put_item(0, 0);
	ok(sync_queue_task_done(&q));
	ok(sync_queue_join(&q));
	drain(_i, 1);
	end();
}
END_TEST

START_TEST(close_does_not_end_a_join)
{
	struct spawned *s;

	begin(_i, 5);
	put_item(0, 0);
	s = spawn(joins, NULL);
	until_asleep(s);
	ok(sync_queue_close(&q));
	until_asleep(s);
	drain(_i, 1);
	ok(sync_queue_task_done(&q));
	ok(error_of(s));
	end();
}
END_TEST

static void
drop(void *element, void *arg)
{
	(void)element;
	++*(int *)arg;
}

START_TEST(close_now_counts_what_it_drops_as_done)
{
	struct spawned *s;
	int drops = 0;

	begin(_i, 5);
	put_item(0, 0);
	put_item(0, 1);
	s = spawn(joins, NULL);
	until_asleep(s);
	ok(sync_queue_close_now(&q, drop, &drops));
	ck_assert_int_eq(drops, 2);
	ok(error_of(s));
	fails(sync_queue_task_done(&q), EINVAL);
	end();
}
END_TEST

START_TEST(a_task_in_hand_still_counts_after_close_now)
{
	struct spawned *s;

	begin(_i, 5);
	put_item(0, 0);
	put_item(0, 1);
	put_item(0, 2);
	(void)get_item();
	s = spawn(joins, NULL);
	until_asleep(s);
	ok(sync_queue_close_now(&q, NULL, NULL));
	until_asleep(s);
	fails(sync_queue_tryjoin(&q), EAGAIN);
	fails(sync_queue_task_done_n(&q, 2), EINVAL);
	ok(sync_queue_task_done(&q));
	ok(error_of(s));
	end();
}
END_TEST

#define WORKERS 3
#define JOBS    300

static int worked; /* atomic */

static void *
works(void *unused)
{
	struct item i;

	while (sync_queue_get(&q, &i) == 0) {
		(void)__atomic_fetch_add(&worked, 1, __ATOMIC_RELAXED);
		ok(sync_queue_task_done(&q));
	}
	return unused;
}

START_TEST(join_sees_the_work_of_all_workers)
{
	struct spawned *s[WORKERS];
	struct item i = { 0, 0, 0 };
	int k, round;

	begin(_i, 4);
	for (k = 0; k < WORKERS; k++)
		s[k] = spawn(works, NULL);
	for (round = 1; round <= 5; round++) {
		for (k = 0; k < JOBS; k++)
			ok(sync_queue_put(&q, &i));
		ok(sync_queue_join(&q));
		ck_assert_int_eq(__atomic_load_n(&worked, __ATOMIC_RELAXED),
		    round * JOBS);
	}
	ok(sync_queue_close(&q));
	for (k = 0; k < WORKERS; k++)
		(void)finish(s[k]);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("queue_tasks");
	TCase *tc = add_case(s, "task_done");

	tcase_add_loop_test(
	    tc, each_put_is_one_unfinished_task, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    task_done_once_too_often_is_einval_and_changes_nothing, 0,
	    QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, a_put_that_failed_is_no_task, 0, BOUNDED_KINDS);
	tcase_add_loop_test(
	    tc, task_done_before_the_get_counts_as_well, 0, QUEUE_KINDS);
	tc = add_case(s, "join");
	tcase_add_loop_test(
	    tc, join_waits_for_done_and_not_for_empty, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc, all_joiners_are_released, 0, QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, join_sees_the_work_of_all_workers, 0, QUEUE_KINDS);
	tc = add_case(s, "close");
	tcase_add_loop_test(tc, close_does_not_end_a_join, 0, QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, close_now_counts_what_it_drops_as_done, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    a_task_in_hand_still_counts_after_close_now, 0, QUEUE_KINDS);
	return run_suite(s);
}
