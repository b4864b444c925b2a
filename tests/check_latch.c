/* SPDX-License-Identifier: MIT */
#include "support.h"

static struct sync_latch latch;

static void *
waits(void *arg)
{
	ok(sync_latch_wait(&latch));
	return arg;
}

START_TEST(wait_returns_when_the_count_reaches_zero)
{
	struct spawned *s;

	ok(sync_latch_init(&latch, 2, 0));
	s = spawn(waits, NULL);
	until_asleep(s);
	ok(sync_latch_count_down(&latch));
	until_asleep(s);
	ck_assert_uint_eq(sync_latch_count(&latch), 1);
	ok(sync_latch_count_down(&latch));
	(void)finish(s);
	ok(sync_latch_destroy(&latch));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("latch");
	TCase *tc = add_case(s, "wait");

	tcase_add_test(tc, wait_returns_when_the_count_reaches_zero);
	return run_suite(s);
}
