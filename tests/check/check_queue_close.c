/* SPDX-License-Identifier: MIT */
/*
 * close, and close_now with the calls that its callback may make; races with
 * them are in check_queue_close_race.
 */
#include "queue_support.h"

#include <string.h>

#define WAITERS 4

START_TEST(put_on_a_closed_queue_is_epipe)
{
	struct item i = { 0, 0, 0 };

	begin(_i, 3);
	ok(sync_queue_close(&q));
	ck_assert(sync_queue_is_closed(&q));
	fails(sync_queue_put(&q, &i), EPIPE);
	fails(sync_queue_tryput(&q, &i), EPIPE);
	fails(sync_queue_put_until(&q, &i, SYNC_NEVER), EPIPE);
	fails(sync_queue_put_until(&q, &i, -1), EPIPE);
	ck_assert_uint_eq(sync_queue_len(&q), 0);
	end();
}
END_TEST

START_TEST(put_on_a_closed_full_queue_is_epipe)
{
	struct item i = { 0, 0, 0 };

	begin(_i, 1);
	put_item(0, 0);
	ok(sync_queue_close(&q));
	fails(sync_queue_put(&q, &i), EPIPE);
	fails(sync_queue_tryput(&q, &i), EPIPE);
	fails(sync_queue_put_until(&q, &i, -1), EPIPE);
	drain(_i, 1);
	end();
}
END_TEST

START_TEST(gets_drain_a_closed_queue_and_then_get_epipe)
{
	struct item i = { 1, 2, 3 };

	begin(_i, 3);
	put_item(0, 0);
	put_item(0, 1);
	ok(sync_queue_close(&q));
	ok(sync_queue_peek(&q, &i));
	ck_assert_uint_eq(i.number, number_at(_i, 0, 2));
	ok(sync_queue_get(&q, &i));
	ck_assert_uint_eq(i.number, number_at(_i, 0, 2));
	ok(sync_queue_get_until(&q, &i, -1));
	ck_assert_uint_eq(i.number, number_at(_i, 1, 2));
	i.number = 77;
	fails(sync_queue_get(&q, &i), EPIPE);
	fails(sync_queue_tryget(&q, &i), EPIPE);
	fails(sync_queue_get_until(&q, &i, -1), EPIPE);
	fails(sync_queue_peek(&q, &i), EPIPE);
	ck_assert_uint_eq(i.number, 77);
	end();
}
END_TEST

START_TEST(closing_twice_is_0)
{
	begin(_i, 3);
	put_item(0, 0);
	ok(sync_queue_close(&q));
	ok(sync_queue_close(&q));
	drain(_i, 1);
	ok(sync_queue_close_now(&q, NULL, NULL));
	ok(sync_queue_close(&q));
	ok(sync_queue_close_now(&q, NULL, NULL));
	ck_assert(sync_queue_is_closed(&q));
	end();
}
END_TEST

/* All of them sleep in the queue. */
static void
spawn_waiters(struct spawned **s, void *(*fn)(void *), struct item *items)
{
	uint32_t i;

	for (i = 0; i < WAITERS; i++) {
		items[i] = (struct item) { 0, 1, 100 + i };
		s[i] = spawn(fn, &items[i]);
	}
	for (i = 0; i < WAITERS; i++)
		until_asleep(s[i]);
}

/* They all return EPIPE, and their items are unchanged. */
static void
all_return_epipe(struct spawned **s, const struct item *items)
{
	uint32_t i;

	for (i = 0; i < WAITERS; i++) {
		fails(error_of(s[i]), EPIPE);
		ck_assert_uint_eq(items[i].number, 100 + i);
	}
}

START_TEST(close_wakes_all_getters)
{
	struct spawned *s[WAITERS];
	struct item items[WAITERS];

	begin(_i, 2);
	spawn_waiters(s, gets, items);
	ok(sync_queue_close(&q));
	all_return_epipe(s, items);
	end();
}
END_TEST

START_TEST(close_wakes_all_putters_and_takes_nothing_of_theirs)
{
	struct spawned *s[WAITERS];
	struct item items[WAITERS];

	begin(_i, 2);
	put_item(0, 0);
	put_item(0, 1);
	spawn_waiters(s, puts_, items);
	ok(sync_queue_close(&q));
	all_return_epipe(s, items);
	drain(_i, 2);
	end();
}
END_TEST

START_TEST(close_now_wakes_all_getters)
{
	struct spawned *s[WAITERS];
	struct item items[WAITERS];

	begin(_i, 2);
	spawn_waiters(s, gets, items);
	ok(sync_queue_close_now(&q, NULL, NULL));
	all_return_epipe(s, items);
	end();
}
END_TEST

static uint32_t dropped[16], drops;

/* An element in the caller's storage may have any address. */
static uint32_t
number_of(const void *element)
{
	struct item i;

	memcpy(&i, element, sizeof(i));
	return i.number;
}

static void
drop(void *element, void *arg)
{
	ck_assert_ptr_eq(arg, &drops);
	ck_assert_uint_lt(drops, 16);
	dropped[drops++] = number_of(element);
}

START_TEST(close_now_wakes_all_putters_and_takes_nothing_of_theirs)
{
	struct spawned *s[WAITERS];
	struct item items[WAITERS];

	begin(_i, 2);
	put_item(0, 0);
	put_item(0, 1);
	spawn_waiters(s, puts_, items);
	ok(sync_queue_close_now(&q, drop, &drops));
	all_return_epipe(s, items);
	ck_assert_uint_eq(drops, 2);
	end();
}
END_TEST

/* The ring is wrapped: its oldest element is not the first in memory. */
START_TEST(close_now_hands_over_each_element_once_in_order)
{
	uint32_t i;

	begin(_i, 5);
	put_item(0, 8);
	put_item(0, 9);
	(void)get_item();
	(void)get_item();
	for (i = 0; i < 5; i++)
		put_item(0, i);
	ok(sync_queue_close_now(&q, drop, &drops));
	ck_assert_uint_eq(drops, 5);
	for (i = 0; i < 5; i++)
		ck_assert_uint_eq(dropped[i], number_at(_i, i, 5));
	ok(sync_queue_close_now(&q, drop, &drops));
	ck_assert_uint_eq(drops, 5);
	end();
}
END_TEST

START_TEST(close_now_after_close_takes_out_the_rest)
{
	begin(_i, 5);
	put_item(0, 0);
	put_item(0, 1);
	ok(sync_queue_close(&q));
	(void)get_item();
	ok(sync_queue_close_now(&q, drop, &drops));
	ck_assert_uint_eq(drops, 1);
	ck_assert_uint_eq(dropped[0], number_at(_i, 1, 2));
	end();
}
END_TEST

START_TEST(close_now_without_a_callback_empties_the_queue)
{
	struct item i;

	begin(_i, 3);
	put_item(0, 0);
	put_item(0, 1);
	ok(sync_queue_close_now(&q, NULL, &drops));
	ck_assert_uint_eq(sync_queue_len(&q), 0);
	fails(sync_queue_get(&q, &i), EPIPE);
	end();
}
END_TEST

static void
uses_the_queue(void *element, void *arg)
{
	struct item i = { 0, 0, 0 };
	size_t n;

	(void)element, (void)arg;
	drops++;
	ck_assert_uint_eq(sync_queue_len(&q), 0);
	ck_assert_uint_eq(sync_queue_capacity(&q), 3);
	ck_assert(sync_queue_is_closed(&q));
	fails(sync_queue_tryput(&q, &i), EPIPE);
	fails(sync_queue_put(&q, &i), EPIPE);
	fails(sync_queue_put_n(&q, &i, 1, NULL), EPIPE);
	fails(sync_queue_get(&q, &i), EPIPE);
	fails(sync_queue_tryget(&q, &i), EPIPE);
	fails(sync_queue_get_n(&q, &i, 1, &n), EPIPE);
	fails(sync_queue_peek(&q, &i), EPIPE);
	fails(sync_queue_tryjoin(&q), EAGAIN);
	ok(sync_queue_close(&q));
	ok(sync_queue_close_now(&q, uses_the_queue, NULL));
	fails(sync_queue_destroy(&q), EBUSY);
}

START_TEST(the_callback_of_close_now_may_use_the_queue)
{
	begin(_i, 3);
	put_item(0, 0);
	put_item(0, 1);
	ok(sync_queue_close_now(&q, uses_the_queue, NULL));
	ck_assert_uint_eq(drops, 2);
	ok(sync_queue_tryjoin(&q));
	end();
}
END_TEST

static struct sync_event inside, go_on;

static void
stays_inside(void *element, void *arg)
{
	(void)element, (void)arg;
	drops++;
	ok(sync_event_set(&inside));
	ok(sync_event_wait(&go_on));
}

static void *
closes_now(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)sync_queue_close_now(&q, stays_inside, NULL);
}

START_TEST(others_see_a_closed_and_empty_queue_during_close_now)
{
	struct item i = { 0, 0, 0 };
	struct spawned *s;

	begin(_i, 3);
	put_item(0, 0);
	put_item(0, 1);
	s = spawn(closes_now, NULL);
	ok(sync_event_wait(&inside));
	fails(sync_queue_get(&q, &i), EPIPE);
	fails(sync_queue_get_until(&q, &i, SYNC_NEVER), EPIPE);
	fails(sync_queue_peek(&q, &i), EPIPE);
	fails(sync_queue_put(&q, &i), EPIPE);
	ck_assert_uint_eq(sync_queue_len(&q), 0);
	ck_assert(sync_queue_is_closed(&q));
	ok(sync_queue_close(&q));
	ok(sync_queue_close_now(&q, drop, &drops));
	fails(sync_queue_destroy(&q), EBUSY);
	fails(sync_queue_tryjoin(&q), EAGAIN);
	ok(sync_event_set(&go_on));
	ok(error_of(s));
	ck_assert_uint_eq(drops, 2);
	ok(sync_queue_tryjoin(&q));
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("queue_close");
	TCase *tc = add_case(s, "close");

	tcase_add_loop_test(
	    tc, put_on_a_closed_queue_is_epipe, 0, QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, put_on_a_closed_full_queue_is_epipe, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    gets_drain_a_closed_queue_and_then_get_epipe, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc, closing_twice_is_0, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc, close_wakes_all_getters, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    close_wakes_all_putters_and_takes_nothing_of_theirs, 0,
	    BOUNDED_KINDS);
	tc = add_case(s, "close_now");
	tcase_add_loop_test(tc, close_now_wakes_all_getters, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    close_now_wakes_all_putters_and_takes_nothing_of_theirs, 0,
	    BOUNDED_KINDS);
	tcase_add_loop_test(tc,
	    close_now_hands_over_each_element_once_in_order, 0, QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, close_now_after_close_takes_out_the_rest, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    close_now_without_a_callback_empties_the_queue, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    the_callback_of_close_now_may_use_the_queue, 0, BOUNDED_KINDS);
	tcase_add_loop_test(tc,
	    others_see_a_closed_and_empty_queue_during_close_now, 0,
	    QUEUE_KINDS);
	return run_suite(s);
}
