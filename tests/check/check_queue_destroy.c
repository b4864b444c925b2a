/* SPDX-License-Identifier: MIT */
/*
 * Queues that are not there: null, never initialised, destroyed, or of the
 * parent of a fork; and destroy while threads wait.
 */
#include "queue_support.h"

#include <string.h>

START_TEST(null_is_einval_everywhere)
{
	every_call_returns(NULL, EINVAL);
	fails(sync_queue_destroy(NULL), EINVAL);
}
END_TEST

START_TEST(a_queue_never_initialised_is_einval_everywhere)
{
	memset(&q, 0, sizeof(q));
	every_call_returns(&q, EINVAL);
	fails(sync_queue_destroy(&q), EINVAL);
}
END_TEST

START_TEST(a_destroyed_queue_is_einval_everywhere)
{
	begin(_i, 3);
	put_item(0, 0);
	end();
	every_call_returns(&q, EINVAL);
	fails(sync_queue_destroy(&q), EINVAL);
	begin(_i, 3); /* and can be initialised again */
	put_item(0, 0);
	drain(_i, 1);
	end();
}
END_TEST

START_TEST(a_null_element_is_einval)
{
	size_t n = 9;

	begin(_i, 3);
	put_item(0, 0);
	fails(sync_queue_put(&q, NULL), EINVAL);
	fails(sync_queue_tryput(&q, NULL), EINVAL);
	fails(sync_queue_put_until(&q, NULL, 0), EINVAL);
	fails(sync_queue_put_n(&q, NULL, 1, NULL), EINVAL);
	fails(sync_queue_get(&q, NULL), EINVAL);
	fails(sync_queue_tryget(&q, NULL), EINVAL);
	fails(sync_queue_get_until(&q, NULL, 0), EINVAL);
	fails(sync_queue_get_n(&q, NULL, 1, &n), EINVAL);
	fails(sync_queue_tryget_n(&q, NULL, 1, &n), EINVAL);
	fails(sync_queue_get_n_until(&q, NULL, 1, &n, 0), EINVAL);
	fails(sync_queue_peek(&q, NULL), EINVAL);
	ck_assert_uint_eq(n, 9);
	drain(_i, 1);
	end();
}
END_TEST

START_TEST(destroy_with_elements_forgets_them)
{
	begin(_i, 3);
	put_item(0, 0);
	put_item(0, 1);
	end();
}
END_TEST

/* s sleeps inside the queue. */
static void
destroy_is_refused(struct spawned *s)
{
	until_asleep(s);
	fails(sync_queue_destroy(&q), EBUSY);
	fails(sync_queue_destroy(&q), EBUSY);
	ck_assert(is_asleep(s));
}

START_TEST(destroy_while_a_getter_waits_is_ebusy_and_harmless)
{
	struct item got;
	struct spawned *s;

	begin(_i, 1);
	s = spawn(gets, &got);
	destroy_is_refused(s);
	put_item(0, 42);
	ok(error_of(s));
	ck_assert_uint_eq(got.number, 42);
	end();
}
END_TEST

START_TEST(destroy_while_a_putter_waits_is_ebusy_and_harmless)
{
	struct item put = { 0, 0, 43 };
	struct spawned *s;

	begin(_i, 1);
	put_item(0, 42);
	s = spawn(puts_, &put);
	destroy_is_refused(s);
	ck_assert_uint_eq(get_item().number, 42);
	ok(error_of(s));
	ck_assert_uint_eq(get_item().number, 43);
	end();
}
END_TEST

START_TEST(destroy_while_a_joiner_waits_is_ebusy_and_harmless)
{
	struct spawned *s;

	begin(_i, 1);
	put_item(0, 0);
	s = spawn(joins, NULL);
	destroy_is_refused(s);
	drain(_i, 1);
	ok(sync_queue_task_done(&q));
	ok(error_of(s));
	end();
}
END_TEST

static void
use_after_fork(void *kind)
{
	every_call_returns(&q, ENOTRECOVERABLE);
	ok(sync_queue_destroy(&q));
	fails(sync_queue_destroy(&q), EINVAL);
	begin(*(int *)kind, 2);
	put_item(0, 0);
	drain(*(int *)kind, 1);
	end();
}

START_TEST(after_fork_it_is_enotrecoverable_until_init)
{
	struct item got;
	struct spawned *s;

	begin(_i, 2);
	s = spawn(gets, &got); /* the child has no such thread */
	until_asleep(s);
	in_child(use_after_fork, &_i);
	put_item(0, 8);
	ok(error_of(s));
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("queue_destroy");
	TCase *tc = add_case(s, "misuse");

	tcase_add_test(tc, null_is_einval_everywhere);
	tcase_add_test(tc, a_queue_never_initialised_is_einval_everywhere);
	tcase_add_loop_test(tc,
	    a_destroyed_queue_is_einval_everywhere, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc, a_null_element_is_einval, 0, QUEUE_KINDS);
	tc = add_case(s, "destroy");
	tcase_add_loop_test(tc,
	    destroy_with_elements_forgets_them, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    destroy_while_a_getter_waits_is_ebusy_and_harmless, 0,
	    QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    destroy_while_a_putter_waits_is_ebusy_and_harmless, 0,
	    BOUNDED_KINDS);
	tcase_add_loop_test(tc,
	    destroy_while_a_joiner_waits_is_ebusy_and_harmless, 0,
	    QUEUE_KINDS);
	tc = add_case(s, "fork");
	tcase_add_loop_test(tc,
	    after_fork_it_is_enotrecoverable_until_init, 0, QUEUE_KINDS);
	return run_suite(s);
}
