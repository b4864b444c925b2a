/* SPDX-License-Identifier: MIT */
/* Orders, the three forms of put and get, peek, growth, errno. */
#include "queue_support.h"

#include <string.h>

START_TEST(elements_come_out_in_the_order_of_the_queue)
{
	uint32_t i, round;

	begin(_i, 7);
	for (round = 0; round < 5; round++) {
		for (i = 0; i < 7; i++)
			put_item(-3, i);
		drain(_i, 7);
	}
	end();
}
END_TEST

START_TEST(gets_between_puts_keep_the_order)
{
	static const uint32_t expected[ORDERS][4] = {
		[SYNC_FIFO] = { 0, 1, 2, 3 },
		[SYNC_LIFO] = { 1, 3, 2, 0 },
		[SYNC_PRIORITY] = { 1, 0, 3, 2 },
	};
	const uint32_t *e = expected[order_of(_i)];

	begin(_i, 3);
	put_item(9, 0);
	put_item(1, 1);
	ck_assert_uint_eq(get_item().number, e[0]);
	put_item(20, 2);
	if (order_of(_i) == SYNC_PRIORITY)
		ck_assert_uint_eq(get_item().number, e[1]);
	put_item(10, 3);
	if (order_of(_i) != SYNC_PRIORITY)
		ck_assert_uint_eq(get_item().number, e[1]);
	ck_assert_uint_eq(get_item().number, e[2]);
	ck_assert_uint_eq(get_item().number, e[3]);
	end();
}
END_TEST

START_TEST(the_smallest_priority_comes_first_and_ties_in_turn)
{
	static const int64_t priorities[] = { 5, INT64_MAX, 0, INT64_MIN, -1,
		5, 0, INT64_MAX, INT64_MIN, 1, 5, INT64_MIN + 1,
		INT64_MAX - 1 };
	static const uint32_t expected[] = { 3, 8, 11, 4, 2, 6, 9, 0, 5, 10,
		12, 1, 7 };
	const uint32_t n = sizeof(expected) / sizeof(expected[0]);
	struct item i;
	uint32_t k;

	begin(_i * ORDERS + SYNC_PRIORITY, n);
	for (k = 0; k < n; k++)
		put_item(priorities[k], k);
	for (k = 0; k < n; k++) {
		i = get_item();
		ck_assert_uint_eq(i.number, expected[k]);
		ck_assert_int_eq(i.priority, priorities[expected[k]]);
	}
	end();
}
END_TEST

START_TEST(the_priority_may_lie_anywhere_in_the_element)
{
	static const int64_t priorities[] = { 3, -7, 3, INT64_MIN, 0 };
	static const unsigned char expected[] = { 3, 1, 4, 0, 2 };
	struct sync_queue_options o = { SYNC_PRIORITY, 16, 5, 0, NULL, 0, 0 };
	unsigned char e[16];
	int k;

	for (o.priority_offset = 0; o.priority_offset <= 8;
	    o.priority_offset++) {
		size_t id = o.priority_offset < 8 ? 15 : 0;

		ok(sync_queue_init_with(&q, &o));
		for (k = 0; k < 5; k++) {
			memset(e, 0x77, sizeof(e));
			memcpy(e + o.priority_offset, &priorities[k], 8);
			e[id] = (unsigned char)k;
			ok(sync_queue_tryput(&q, e));
		}
		for (k = 0; k < 5; k++) {
			ok(sync_queue_tryget(&q, e));
			ck_assert_uint_eq(e[id], expected[k]);
		}
		ok(sync_queue_destroy(&q));
	}
}
END_TEST

START_TEST(a_full_queue_refuses_and_keeps_what_it_has)
{
	struct item i = { 0, 0, 99 };

	begin(_i, 3);
	put_item(0, 0);
	put_item(0, 1);
	put_item(0, 2);
	fails(sync_queue_tryput(&q, &i), EAGAIN);
	fails(sync_queue_put_until(&q, &i, sync_time_now()), ETIMEDOUT);
	ck_assert_uint_eq(i.number, 99);
	drain(_i, 3);
	end();
}
END_TEST

START_TEST(an_empty_queue_leaves_the_element_as_it_was)
{
	struct item i = { 1, 2, 3 };

	begin(_i, 3);
	fails(sync_queue_tryget(&q, &i), EAGAIN);
	fails(sync_queue_peek(&q, &i), EAGAIN);
	fails(sync_queue_get_until(&q, &i, sync_time_now()), ETIMEDOUT);
	ck_assert(i.priority == 1 && i.who == 2 && i.number == 3);
	end();
}
END_TEST

START_TEST(len_counts_what_is_in)
{
	uint32_t i;

	begin(_i, 5);
	for (i = 0; i < 5; i++) {
		ck_assert_uint_eq(sync_queue_len(&q), i);
		put_item(0, i);
	}
	drain(_i, 5);
	end();
}
END_TEST

START_TEST(peek_shows_the_next_and_leaves_it_in)
{
	struct item i;

	begin(_i, 3);
	put_item(0, 0);
	put_item(0, 1);
	ok(sync_queue_peek(&q, &i));
	ck_assert_uint_eq(i.number, number_at(_i, 0, 2));
	ok(sync_queue_peek(&q, &i));
	ck_assert_uint_eq(i.number, number_at(_i, 0, 2));
	drain(_i, 2);
	end();
}
END_TEST

/* Two batch sizes in turn, so that each slot is the first once. */
START_TEST(a_queue_of_any_capacity_goes_around)
{
	uint32_t capacity, round, i, n, put = 0, got = 0;

	for (capacity = 1; capacity <= 9; capacity++) {
		begin(_i, capacity);
		for (round = 0; round < 4 * capacity; round++) {
			n = round % 2 == 0 ? capacity : (capacity + 1) / 2;
			for (i = 0; i < n; i++)
				put_item(0, put++);
			ck_assert_uint_eq(sync_queue_len(&q), n);
			for (i = 0; i < n; i++)
				ck_assert_uint_eq(get_item().number,
				    got + number_at(_i, i, n));
			got += n;
			ck_assert_uint_eq(sync_queue_unfinished(&q), n);
			ok(sync_queue_task_done_n(&q, n));
		}
		end();
	}
}
END_TEST

START_TEST(an_unbounded_queue_grows)
{
	uint32_t i;

	begin(BOUNDED_KINDS + _i, 0);
	for (i = 0; i < 5000; i++)
		put_item(1, i);
	drain(BOUNDED_KINDS + _i, 5000);
	end();
}
END_TEST

/* The head of the ring is in the middle when the ring is full. */
START_TEST(an_unbounded_queue_grows_in_order_when_wrapped)
{
	uint32_t before, in = 0, out = 0;

	for (before = 1; before < 40; before++) {
		begin(BOUNDED_KINDS + SYNC_FIFO, 0);
		for (in = 0; in < before; in++)
			put_item(0, in);
		for (out = 0; out < before; out++)
			ck_assert_uint_eq(get_item().number, out);
		for (; in < before + 200; in++)
			put_item(0, in);
		for (; out < in; out++)
			ck_assert_uint_eq(get_item().number, out);
		end();
	}
}
END_TEST

/* Deadlines that have passed, whatever the clock says. */
static const sync_time past[] = { INT64_MIN, INT64_MIN + 1, -1000000000, -1, 0,
	1 };
#define PAST (int)(sizeof(past) / sizeof(past[0]))

START_TEST(a_deadline_that_has_passed_means_try_once)
{
	struct item i = { 0, 0, 0 };
	int k;

	begin(_i, 1);
	for (k = 0; k < PAST; k++) {
		fails(sync_queue_get_until(&q, &i, past[k]), ETIMEDOUT);
		ok(sync_queue_put_until(&q, &i, past[k]));
		if (_i < BOUNDED_KINDS)
			fails(sync_queue_put_until(&q, &i, past[k]), ETIMEDOUT);
		fails(sync_queue_join_until(&q, past[k]), ETIMEDOUT);
		ok(sync_queue_get_until(&q, &i, past[k]));
		ok(sync_queue_task_done(&q));
		ok(sync_queue_join_until(&q, past[k]));
	}
	end();
}
END_TEST

START_TEST(a_wait_does_not_end_before_its_deadline)
{
	struct item i = { 0, 0, 0 };
	sync_time deadline;
	size_t n;

	begin(_i, 1);
	deadline = sync_after_ms(5);
	fails(sync_queue_get_until(&q, &i, deadline), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), deadline);
	deadline = sync_after_ms(5);
	fails(sync_queue_get_n_until(&q, &i, 1, &n, deadline), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), deadline);
	put_item(0, 0);
	deadline = sync_after_ms(5);
	fails(sync_queue_put_until(&q, &i, deadline), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), deadline);
	deadline = sync_after_ms(5);
	fails(sync_queue_put_n_until(&q, &i, 1, &n, deadline), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), deadline);
	deadline = sync_after_ms(5);
	fails(sync_queue_join_until(&q, deadline), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), deadline);
	end();
}
END_TEST

/* Far deadlines; the last one is SYNC_NEVER. */
static const sync_time far[] = { INT64_MAX / 2, INT64_MAX - 1000000000,
	INT64_MAX - 1, SYNC_NEVER };
#define FAR (int)(sizeof(far) / sizeof(far[0]))

static void *
gets_until(void *deadline)
{
	struct item i = { 0, 0, 0 };

	ok(sync_queue_get_until(&q, &i, *(const sync_time *)deadline));
	return (void *)(intptr_t)i.number;
}

START_TEST(a_far_deadline_does_not_wrap)
{
	sync_time deadline = far[_i];
	struct spawned *s;

	begin(0, 1);
	s = spawn(gets_until, &deadline);
	until_asleep(s);
	put_item(0, 77);
	ck_assert_int_eq(error_of(s), 77);
	end();
}
END_TEST

START_TEST(get_waits_for_an_element)
{
	struct item got = { 0, 0, 0 };
	struct spawned *s;

	begin(_i, 2);
	s = spawn(gets, &got);
	until_asleep(s);
	put_item(-5, 17);
	ok(error_of(s));
	ck_assert_uint_eq(got.number, 17);
	ck_assert_int_eq(got.priority, -5);
	end();
}
END_TEST

START_TEST(put_waits_for_room)
{
	struct item put = { 0, 0, 1 };
	struct spawned *s;

	begin(_i, 1);
	put_item(0, 0);
	s = spawn(puts_, &put);
	until_asleep(s);
	ck_assert_uint_eq(sync_queue_len(&q), 1);
	ck_assert_uint_eq(get_item().number, 0);
	ok(error_of(s));
	ck_assert_uint_eq(get_item().number, 1);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("queue");
	TCase *tc = add_case(s, "order");

	tcase_add_loop_test(tc,
	    elements_come_out_in_the_order_of_the_queue, 0, QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, gets_between_puts_keep_the_order, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    the_smallest_priority_comes_first_and_ties_in_turn, 0, 3);
	tcase_add_test(tc, the_priority_may_lie_anywhere_in_the_element);
	tc = add_case(s, "try");
	tcase_add_loop_test(tc,
	    a_full_queue_refuses_and_keeps_what_it_has, 0, BOUNDED_KINDS);
	tcase_add_loop_test(tc,
	    an_empty_queue_leaves_the_element_as_it_was, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc, len_counts_what_is_in, 0, QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, peek_shows_the_next_and_leaves_it_in, 0, QUEUE_KINDS);
	tc = add_case(s, "growth");
	tcase_add_loop_test(
	    tc, a_queue_of_any_capacity_goes_around, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc, an_unbounded_queue_grows, 0, ORDERS);
	tcase_add_test(tc, an_unbounded_queue_grows_in_order_when_wrapped);
	tc = add_case(s, "deadline");
	tcase_add_loop_test(tc,
	    a_deadline_that_has_passed_means_try_once, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    a_wait_does_not_end_before_its_deadline, 0, BOUNDED_KINDS);
	tcase_add_loop_test(tc, a_far_deadline_does_not_wrap, 0, FAR);
	tc = add_case(s, "wait");
	tcase_add_loop_test(tc, get_waits_for_an_element, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc, put_waits_for_room, 0, BOUNDED_KINDS);
	return run_suite(s);
}
