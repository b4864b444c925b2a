/* SPDX-License-Identifier: MIT */
#include "primitives.h"

static struct sync_latch l;

static void *
waits(void *arg)
{
	ok(sync_latch_wait(&l));
	if (arg != NULL)
		count(arg);
	return arg;
}

static void *
passes(void *arg)
{
	ok(sync_latch_wait(&l));
	ok(sync_latch_trywait(&l));
	ok(sync_latch_wait_until(&l, INT64_MIN));
	return arg;
}

static void *
is_stopped(void *arg)
{
	fails(sync_latch_trywait(&l), EAGAIN);
	fails(sync_latch_wait_until(&l, INT64_MIN), ETIMEDOUT);
	fails(sync_latch_wait_until(&l, sync_after_ms(2)), ETIMEDOUT);
	return arg;
}

START_TEST(wait_returns_when_the_count_reaches_zero)
{
	struct spawned *s[4];
	unsigned n = 0;
	int i;

	ok(sync_latch_init(&l, 2, 0));
	for (i = 0; i < 4; i++)
		s[i] = spawn(waits, &n);
	for (i = 0; i < 4; i++)
		until_asleep(s[i]);
	ok(sync_latch_count_down(&l));
	for (i = 0; i < 4; i++)
		until_asleep(s[i]);
	ck_assert_uint_eq(n, 0);
	ck_assert_uint_eq(sync_latch_count(&l), 1);
	elsewhere(is_stopped);
	ok(sync_latch_count_down(&l));
	for (i = 0; i < 4; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(n, 4);
	elsewhere(passes);
	ok(sync_latch_destroy(&l));
}
END_TEST

START_TEST(count_down_n_takes_several_at_once)
{
	struct spawned *s;

	ok(sync_latch_init(&l, SYNC_LATCH_MAX, 0));
	ck_assert_uint_eq(sync_latch_count(&l), SYNC_LATCH_MAX);
	s = spawn(waits, NULL);
	until_asleep(s);
	ok(sync_latch_count_down_n(&l, 0));
	ck_assert_uint_eq(sync_latch_count(&l), SYNC_LATCH_MAX);
	ok(sync_latch_count_down_n(&l, SYNC_LATCH_MAX - 5));
	ck_assert_uint_eq(sync_latch_count(&l), 5);
	until_asleep(s);
	ok(sync_latch_count_down_n(&l, 5));
	(void)finish(s);
	ck_assert_uint_eq(sync_latch_count(&l), 0);
	ok(sync_latch_count_down_n(&l, 0));
	ok(sync_latch_destroy(&l));
}
END_TEST

START_TEST(count_down_by_more_than_is_left_returns_einval)
{
	struct spawned *s;

	ok(sync_latch_init(&l, 3, 0));
	s = spawn(waits, NULL);
	until_asleep(s);
	fails(sync_latch_count_down_n(&l, 4), EINVAL);
	fails(sync_latch_count_down_n(&l, UINT32_MAX), EINVAL);
	fails(sync_latch_count_down_n(&l, 0x80000003u), EINVAL);
	ck_assert_uint_eq(sync_latch_count(&l), 3);
	until_asleep(s);
	ok(sync_latch_count_down_n(&l, 3));
	(void)finish(s);
	fails(sync_latch_count_down(&l), EINVAL);
	elsewhere(passes);
	ok(sync_latch_destroy(&l));
}
END_TEST

START_TEST(latch_of_zero_is_open_from_the_start)
{
	static struct sync_latch zero, fixed = SYNC_LATCH_INIT(2);

	ok(sync_latch_init(&l, 0, 0));
	elsewhere(passes);
	fails(sync_latch_count_down(&l), EINVAL);
	ok(sync_latch_destroy(&l));
	ok(sync_latch_wait(&zero));
	ok(sync_latch_destroy(&zero));
	memset(&l, 0xff, sizeof(l));
	ok(sync_latch_init(&l, 2, 0));
	ck_assert_mem_eq(&l, &fixed, sizeof(l));
	ck_assert_uint_eq(sync_latch_count(&fixed), 2);
	ok(sync_latch_destroy(&l)); /* no thread waits: the count is irrelevant */
}
END_TEST

START_TEST(count_down_before_the_wait_is_kept)
{
	ok(sync_latch_init(&l, 1, 0));
	ok(sync_latch_count_down(&l));
	elsewhere(passes);
	ok(sync_latch_destroy(&l));
}
END_TEST

START_TEST(init_refuses_what_makes_no_sense)
{
	int bit;

	fails(sync_latch_init(NULL, 1, 0), EINVAL);
	ok(sync_latch_init(&l, 7, 0));
	fails(sync_latch_init(&l, SYNC_LATCH_MAX + 1, 0), EINVAL);
	fails(sync_latch_init(&l, 0x80000001u, 0), EINVAL);
	fails(sync_latch_init(&l, UINT32_MAX, 0), EINVAL);
	for (bit = 0; bit < 32; bit++)
		fails(sync_latch_init(&l, 1, 1u << bit), EINVAL);
	ck_assert_uint_eq(sync_latch_count(&l), 7);
	ok(sync_latch_destroy(&l));
}
END_TEST

START_TEST(null_and_destroyed_return_einval)
{
	struct sync_latch *p[2] = { NULL, &l };
	int i;

	ok(sync_latch_init(&l, 1, 0));
	ok(sync_latch_destroy(&l));
	for (i = 0; i < 2; i++) {
		fails(sync_latch_destroy(p[i]), EINVAL);
		fails(sync_latch_count_down(p[i]), EINVAL);
		fails(sync_latch_count_down_n(p[i], 1), EINVAL);
		fails(sync_latch_count_down_n(p[i], SYNC_LATCH_MAX), EINVAL);
		fails(sync_latch_count_down_n(p[i], 0x7fffffffu), EINVAL);
		fails(sync_latch_wait(p[i]), EINVAL);
		fails(sync_latch_trywait(p[i]), EINVAL);
		fails(sync_latch_wait_until(p[i], 0), EINVAL);
		ck_assert_uint_eq(sync_latch_count(p[i]), 0);
	}
	fails(sync_latch_count_down_n(NULL, 0), EINVAL);
	ok(sync_latch_init(&l, 0, 0));
	elsewhere(passes);
	ok(sync_latch_destroy(&l));
}
END_TEST

START_TEST(destroy_while_waited_for_returns_ebusy_and_is_harmless)
{
	struct spawned *s;

	ok(sync_latch_init(&l, 1, 0));
	s = spawn(waits, NULL);
	until_asleep(s);
	fails(sync_latch_destroy(&l), EBUSY);
	fails(sync_latch_destroy(&l), EBUSY);
	until_asleep(s);
	ok(sync_latch_count_down(&l));
	(void)finish(s);
	ok(sync_latch_destroy(&l));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("latch");
	TCase *tc = add_case(s, "count");

	tcase_add_test(tc, wait_returns_when_the_count_reaches_zero);
	tcase_add_test(tc, count_down_n_takes_several_at_once);
	tcase_add_test(tc, latch_of_zero_is_open_from_the_start);
	tcase_add_test(tc, count_down_before_the_wait_is_kept);
	tc = add_case(s, "misuse");
	tcase_add_test(tc, count_down_by_more_than_is_left_returns_einval);
	tcase_add_test(tc, init_refuses_what_makes_no_sense);
	tcase_add_test(tc, null_and_destroyed_return_einval);
	tcase_add_test(
	    tc, destroy_while_waited_for_returns_ebusy_and_is_harmless);
	return run_suite(s);
}
