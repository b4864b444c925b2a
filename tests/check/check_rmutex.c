/* SPDX-License-Identifier: MIT */
/* Levels; everything else is in check_lock. */
#include "primitives.h"

static struct sync_rmutex m;

static void *
finds_it_held(void *arg)
{
	fails(sync_rmutex_trylock(&m), EBUSY);
	fails(sync_rmutex_unlock(&m), EPERM);
	ck_assert_uint_eq(sync_rmutex_depth(&m), 0);
	ck_assert(!sync_rmutex_held(&m));
	return arg;
}

static void *
takes_it(void *arg)
{
	ok(sync_rmutex_lock(&m));
	ck_assert_uint_eq(sync_rmutex_depth(&m), 1);
	ok(sync_rmutex_unlock(&m));
	return arg;
}

START_TEST(rmutex_is_free_when_unlocked_as_often_as_locked)
{
	uint32_t depth;

	ok(sync_rmutex_init(&m, 0));
	ck_assert_uint_eq(sync_rmutex_depth(&m), 0);
	for (depth = 1; depth <= 9; depth += 3) {
		ok(sync_rmutex_lock(&m));
		ck_assert_uint_eq(sync_rmutex_depth(&m), depth);
		ok(sync_rmutex_trylock(&m));
		ck_assert_uint_eq(sync_rmutex_depth(&m), depth + 1);
		ok(sync_rmutex_lock_until(&m, -1));
		ck_assert_uint_eq(sync_rmutex_depth(&m), depth + 2);
	}
	for (depth = 9; depth > 0; depth--) {
		elsewhere(finds_it_held);
		ck_assert_uint_eq(sync_rmutex_depth(&m), depth);
		ck_assert(sync_rmutex_held(&m));
		fails(sync_rmutex_destroy(&m), EBUSY);
		ok(sync_rmutex_unlock(&m));
	}
	fails(sync_rmutex_unlock(&m), EPERM);
	elsewhere(takes_it);
	ok(sync_rmutex_destroy(&m));
}
END_TEST

START_TEST(waiter_gets_in_after_the_last_level_only)
{
	struct spawned *s;
	int i;

	ok(sync_rmutex_init(&m, 0));
	for (i = 0; i < 4; i++)
		ok(sync_rmutex_lock(&m));
	s = spawn(takes_it, NULL);
	for (i = 0; i < 3; i++) {
		until_asleep(s);
		ok(sync_rmutex_unlock(&m));
	}
	until_asleep(s);
	ok(sync_rmutex_unlock(&m));
	(void)finish(s);
	ok(sync_rmutex_destroy(&m));
}
END_TEST

/* Looks inside: the depth is set by hand to just below the limit. */
START_TEST(one_level_too_many_returns_eagain_and_changes_nothing)
{
	ok(sync_rmutex_init(&m, 0));
	ok(sync_rmutex_lock(&m));
	m.depth = UINT32_MAX - 3;
	ok(sync_rmutex_lock(&m));
	ok(sync_rmutex_trylock(&m));
	ck_assert_uint_eq(sync_rmutex_depth(&m), UINT32_MAX);
	fails(sync_rmutex_lock(&m), EAGAIN);
	fails(sync_rmutex_trylock(&m), EAGAIN);
	fails(sync_rmutex_lock_until(&m, SYNC_NEVER), EAGAIN);
	fails(sync_rmutex_lock_until(&m, 0), EAGAIN);
	ck_assert_uint_eq(sync_rmutex_depth(&m), UINT32_MAX);
	elsewhere(finds_it_held);
	ok(sync_rmutex_unlock(&m));
	ck_assert_uint_eq(sync_rmutex_depth(&m), UINT32_MAX - 1);
	ok(sync_rmutex_lock(&m));
	m.depth = 0;
	ok(sync_rmutex_unlock(&m));
	elsewhere(takes_it);
	ok(sync_rmutex_destroy(&m));
}
END_TEST

START_TEST(rmutex_of_all_zero_bytes_is_unlocked)
{
	static struct sync_rmutex zero;
	const struct sync_rmutex initialised = SYNC_RMUTEX_INIT;
	struct sync_rmutex local;

	memset(&local, 0, sizeof(local));
	ck_assert_mem_eq(&local, &initialised, sizeof(local));
	ok(sync_rmutex_lock(&zero));
	ok(sync_rmutex_lock(&zero));
	ok(sync_rmutex_unlock(&zero));
	ok(sync_rmutex_unlock(&zero));
	fails(sync_rmutex_unlock(&zero), EPERM);
	ok(sync_rmutex_destroy(&zero));
	ok(sync_rmutex_lock(&local));
	ok(sync_rmutex_unlock(&local));
	ok(sync_rmutex_destroy(&local));
}
END_TEST

START_TEST(depth_of_null_and_destroyed_is_0)
{
	ck_assert_uint_eq(sync_rmutex_depth(NULL), 0);
	ck_assert(!sync_rmutex_held(NULL));
	ok(sync_rmutex_init(&m, 0));
	ok(sync_rmutex_destroy(&m));
	ck_assert_uint_eq(sync_rmutex_depth(&m), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rmutex");
	TCase *tc = add_case(s, "levels");

	tcase_add_test(tc, rmutex_is_free_when_unlocked_as_often_as_locked);
	tcase_add_test(tc, waiter_gets_in_after_the_last_level_only);
	tcase_add_test(
	    tc, one_level_too_many_returns_eagain_and_changes_nothing);
	tcase_add_test(tc, rmutex_of_all_zero_bytes_is_unlocked);
	tcase_add_test(tc, depth_of_null_and_destroyed_is_0);
	return run_suite(s);
}
