/* SPDX-License-Identifier: MIT */
/*
 * put_n and get_n when there is less room, or there are fewer elements, than
 * asked for.
 */
#include "queue_support.h"

#define MANY 100

static struct item many[MANY], taken[MANY];
static size_t count; /* of the call that runs in another thread */

static void
number_the_items(void)
{
	uint32_t i;

	for (i = 0; i < MANY; i++)
		many[i].number = i;
}

START_TEST(what_fits_goes_in_at_once)
{
	size_t done = 9;

	begin(_i, 5);
	ok(sync_queue_put_n(&q, many, 2, &done));
	ck_assert_uint_eq(done, 2);
	ok(sync_queue_tryput_n(&q, many + 2, 2, &done));
	ck_assert_uint_eq(done, 2);
	ok(sync_queue_put_n_until(&q, many + 4, 1, NULL, -1));
	drain(_i, 5);
	end();
}
END_TEST

START_TEST(none_is_put_at_once)
{
	size_t done = 9;

	begin(_i, 1);
	put_item(0, 0);
	ok(sync_queue_put_n(&q, many, 0, &done));
	ck_assert_uint_eq(done, 0);
	ok(sync_queue_tryput_n(&q, NULL, 0, NULL));
	ok(sync_queue_put_n_until(&q, NULL, 0, &done, -1));
	drain(_i, 1);
	ok(sync_queue_close(&q));
	done = 9;
	fails(sync_queue_put_n(&q, many, 0, &done), EPIPE);
	ck_assert_uint_eq(done, 0);
	end();
}
END_TEST

/* More than the library moves in one step. */
START_TEST(a_large_batch_goes_in_and_comes_out_whole)
{
	enum { LARGE = 1000 };
	static struct item in[LARGE], out[LARGE];
	uint32_t i;
	size_t n = 0;

	begin(_i, LARGE);
	for (i = 0; i < LARGE; i++)
		in[i].number = i;
	ok(sync_queue_put_n(&q, in, LARGE, &n));
	ck_assert_uint_eq(n, LARGE);
	ok(sync_queue_get_n(&q, out, LARGE, &n));
	ck_assert_uint_eq(n, LARGE);
	for (i = 0; i < LARGE; i++)
		ck_assert_uint_eq(out[i].number,
		    number_at(_i, i, LARGE));
	fails(sync_queue_tryget_n(&q, out, LARGE, &n), EAGAIN);
	end();
}
END_TEST

START_TEST(tryput_n_tells_how_many_went_in)
{
	size_t done = 9;

	begin(_i, 5);
	fails(sync_queue_tryput_n(&q, many, 7, &done), EAGAIN);
	ck_assert_uint_eq(done, 5);
	fails(sync_queue_tryput_n(&q, many, 7, &done), EAGAIN);
	ck_assert_uint_eq(done, 0);
	fails(sync_queue_tryput_n(&q, many, 7, NULL), EAGAIN);
	drain(_i, 5);
	end();
}
END_TEST

START_TEST(put_n_until_tells_how_many_went_in_in_time)
{
	sync_time deadline = sync_after_ms(5);
	size_t done = 9;

	begin(_i, 5);
	fails(sync_queue_put_n_until(&q, many, 7, &done, deadline), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), deadline);
	ck_assert_uint_eq(done, 5);
	fails(sync_queue_put_n_until(&q, many, 7, &done, -1), ETIMEDOUT);
	ck_assert_uint_eq(done, 0);
	drain(_i, 5);
	end();
}
END_TEST

static void *
puts_many(void *n)
{
	return (void *)(intptr_t)sync_queue_put_n(
	    &q, many, *(const size_t *)n, &count);
}

START_TEST(put_n_of_more_than_the_capacity_goes_in_bit_by_bit)
{
	size_t n = MANY, got, total = 0, i;
	struct spawned *s;
	bool seen[MANY] = { false };

	begin(_i, 5);
	s = spawn(puts_many, &n);
	until_asleep(s);
	ck_assert_uint_eq(sync_queue_len(&q), 5);
	while (total < n) {
		ok(sync_queue_get_n(&q, taken, 3, &got));
		ck_assert(got >= 1 && got <= 3);
		for (i = 0; i < got; i++, total++) {
			if (order_of(_i) != SYNC_LIFO)
				ck_assert_uint_eq(taken[i].number, total);
			ck_assert(!seen[taken[i].number]);
			seen[taken[i].number] = true;
		}
	}
	ok(error_of(s));
	ck_assert_uint_eq(count, n);
	end();
}
END_TEST

START_TEST(put_n_cut_short_by_close_leaves_the_rest_to_the_caller)
{
	size_t n = 7;
	struct spawned *s;

	begin(_i, 5);
	s = spawn(puts_many, &n);
	until_asleep(s);
	ok(sync_queue_close(&q));
	fails(error_of(s), EPIPE);
	ck_assert_uint_eq(count, 5);
	fails(sync_queue_put_n(&q, many, 7, &count), EPIPE);
	ck_assert_uint_eq(count, 0);
	drain(_i, 5);
	end();
}
END_TEST

START_TEST(a_call_that_is_an_error_put_none)
{
	size_t done = 9;

	begin(_i, 5);
	fails(sync_queue_put_n(&q, NULL, 1, &done), EINVAL);
	ck_assert_uint_eq(done, 0);
	end();
	done = 9;
	fails(sync_queue_tryput_n(&q, many, 1, &done), EINVAL);
	ck_assert_uint_eq(done, 0);
	done = 9;
	fails(sync_queue_put_n_until(NULL, many, 1, &done, 0), EINVAL);
	ck_assert_uint_eq(done, 0);
}
END_TEST

START_TEST(get_n_takes_what_is_there_in_order)
{
	uint32_t i;
	size_t got;

	begin(_i, 5);
	ok(sync_queue_put_n(&q, many, 5, NULL));
	ok(sync_queue_get_n(&q, taken, 3, &got));
	ck_assert_uint_eq(got, 3);
	ok(sync_queue_tryget_n(&q, taken + 3, 7, &got));
	ck_assert_uint_eq(got, 2);
	for (i = 0; i < 5; i++)
		ck_assert_uint_eq(taken[i].number, number_at(_i, i, 5));
	put_item(0, 0);
	ok(sync_queue_get_n_until(&q, taken, SIZE_MAX, &got, -1));
	ck_assert_uint_eq(got, 1);
	end();
}
END_TEST

START_TEST(get_n_of_none_or_to_nowhere_is_einval)
{
	size_t got = 9;

	begin(_i, 5);
	put_item(0, 0);
	fails(sync_queue_get_n(&q, taken, 0, &got), EINVAL);
	fails(sync_queue_tryget_n(&q, taken, 0, &got), EINVAL);
	fails(sync_queue_get_n_until(&q, taken, 0, &got, -1), EINVAL);
	fails(sync_queue_get_n(&q, taken, 1, NULL), EINVAL);
	fails(sync_queue_tryget_n(&q, taken, 1, NULL), EINVAL);
	fails(sync_queue_get_n_until(&q, taken, 1, NULL, -1), EINVAL);
	ck_assert_uint_eq(got, 9);
	drain(_i, 1);
	end();
}
END_TEST

START_TEST(get_n_of_an_empty_queue_leaves_all_as_it_was)
{
	size_t got = 9;

	begin(_i, 5);
	taken[0].number = 1234;
	fails(sync_queue_tryget_n(&q, taken, 3, &got), EAGAIN);
	fails(sync_queue_get_n_until(&q, taken, 3, &got, -1), ETIMEDOUT);
	ok(sync_queue_close(&q));
	fails(sync_queue_tryget_n(&q, taken, 3, &got), EPIPE);
	fails(sync_queue_get_n(&q, taken, 3, &got), EPIPE);
	fails(sync_queue_get_n_until(&q, taken, 3, &got, -1), EPIPE);
	ck_assert_uint_eq(got, 9);
	ck_assert_uint_eq(taken[0].number, 1234);
	end();
}
END_TEST

static void *
gets_many(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)sync_queue_get_n(&q, taken, MANY, &count);
}

START_TEST(get_n_waits_for_the_first_only)
{
	struct spawned *s;

	begin(_i, 5);
	s = spawn(gets_many, NULL);
	until_asleep(s);
	put_item(0, 6);
	ok(error_of(s));
	ck_assert_uint_eq(count, 1);
	ck_assert_uint_eq(taken[0].number, 6);
	end();
}
END_TEST

START_TEST(get_n_makes_room_for_as_many_putters)
{
	struct spawned *s[5];
	struct item extra[5];
	uint32_t i;
	size_t got;

	begin(_i, 5);
	ok(sync_queue_put_n(&q, many, 5, NULL));
	for (i = 0; i < 5; i++) {
		extra[i] = (struct item) { 0, 0, i };
		s[i] = spawn(puts_, &extra[i]);
	}
	for (i = 0; i < 5; i++)
		until_asleep(s[i]);
	ok(sync_queue_get_n(&q, taken, MANY, &got));
	for (i = 0; i < 5; i++)
		ok(error_of(s[i]));
	ck_assert_uint_eq(got, 5);
	ck_assert_uint_eq(sync_queue_len(&q), 5);
	end();
}
END_TEST

START_TEST(put_n_frees_as_many_getters)
{
	struct spawned *s[5];
	struct item got[5];
	uint32_t sum = 0;
	int i;

	begin(_i, 5);
	for (i = 0; i < 5; i++)
		s[i] = spawn(gets, &got[i]);
	for (i = 0; i < 5; i++)
		until_asleep(s[i]);
	ok(sync_queue_put_n(&q, many, 5, NULL));
	for (i = 0; i < 5; i++) {
		ok(error_of(s[i]));
		sum |= 1u << got[i].number;
	}
	ck_assert_uint_eq(sum, 0x1f);
	ck_assert_uint_eq(sync_queue_len(&q), 0);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("queue_batch");
	TCase *tc = add_case(s, "put_n");

	tcase_add_unchecked_fixture(tc, number_the_items, NULL);
	tcase_add_loop_test(tc, what_fits_goes_in_at_once, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc, none_is_put_at_once, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc, a_large_batch_goes_in_and_comes_out_whole, 0,
	    QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, tryput_n_tells_how_many_went_in, 0, BOUNDED_KINDS);
	tcase_add_loop_test(tc,
	    put_n_until_tells_how_many_went_in_in_time, 0, BOUNDED_KINDS);
	tcase_add_loop_test(tc,
	    put_n_of_more_than_the_capacity_goes_in_bit_by_bit, 0,
	    BOUNDED_KINDS);
	tcase_add_loop_test(tc,
	    put_n_cut_short_by_close_leaves_the_rest_to_the_caller, 0,
	    BOUNDED_KINDS);
	tcase_add_loop_test(
	    tc, a_call_that_is_an_error_put_none, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc, put_n_frees_as_many_getters, 0, QUEUE_KINDS);
	tc = add_case(s, "get_n");
	tcase_add_unchecked_fixture(tc, number_the_items, NULL);
	tcase_add_loop_test(
	    tc, get_n_takes_what_is_there_in_order, 0, QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, get_n_of_none_or_to_nowhere_is_einval, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    get_n_of_an_empty_queue_leaves_all_as_it_was, 0, QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, get_n_waits_for_the_first_only, 0, QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, get_n_makes_room_for_as_many_putters, 0, BOUNDED_KINDS);
	return run_suite(s);
}
