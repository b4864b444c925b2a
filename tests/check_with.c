/* SPDX-License-Identifier: MIT */
/* SYNC_WITH: the lock is free again whatever way the block is left. */
#include "primitives.h"

static struct sync_mutex m;
static struct sync_rmutex rm;
static struct sync_kmutex km;

static bool
all_free(void)
{
	return !sync_mutex_held(&m) && !sync_rmutex_held(&rm)
	    && !sync_kmutex_held(&km);
}

START_TEST(block_runs_once_with_the_lock_held)
{
	int mutex = 0, rmutex = 0, kmutex = 0;

	ok(sync_kmutex_init(&km, SYNC_PRIO_INHERIT));
	SYNC_WITH(&m) {
		ck_assert(sync_mutex_held(&m));
		mutex++;
	}
	SYNC_WITH(&rm) {
		ck_assert(sync_rmutex_held(&rm));
		rmutex++;
	}
	SYNC_WITH(&km) {
		ck_assert(sync_kmutex_held(&km));
		kmutex++;
	}
	ck_assert(all_free());
	ck_assert_int_eq(mutex + rmutex + kmutex, 3);
	SYNC_WITH(&m)
		mutex++; /* without braces */
	ck_assert_int_eq(mutex, 2);
	ck_assert(all_free());
}
END_TEST

START_TEST(break_and_continue_leave_the_block_and_not_the_loop)
{
	int i, after_break = 0, after_continue = 0, loops = 0;

	for (i = 0; i < 3; i++) {
		SYNC_WITH(&m) {
			if (i >= 0)
				break;
			after_break++;
		}
		ck_assert(all_free());
		SYNC_WITH(&m) {
			if (i >= 0)
				continue;
			after_continue++;
		}
		ck_assert(all_free());
		loops++;
	}
	ck_assert_int_eq(loops, 3);
	ck_assert_int_eq(after_break + after_continue, 0);
}
END_TEST

static int
returns(int from)
{
	SYNC_WITH(&m) {
		if (from == 1)
			return 1;
		SYNC_WITH(&rm) {
			if (from == 2)
				return 2;
			SYNC_WITH(&rm) {
				ck_assert_uint_eq(sync_rmutex_depth(&rm), 2);
				if (from == 3)
					return 3;
			}
			ck_assert_uint_eq(sync_rmutex_depth(&rm), 1);
		}
		ck_assert(sync_mutex_held(&m));
		ck_assert(!sync_rmutex_held(&rm));
	}
	SYNC_WITH(&m) /* a second one in the same function */
		return sync_mutex_held(&m) ? 4 : -1;
	return 0;
}

START_TEST(return_from_any_depth_releases_every_lock)
{
	int from;

	for (from = 1; from <= 4; from++) {
		ck_assert_int_eq(returns(from), from);
		ck_assert(all_free());
	}
}
END_TEST

static int
jumps(int out)
{
	int n = 0;

again:
	SYNC_WITH(&m) {
		SYNC_WITH(&rm) {
			if (n++ < 3)
				goto again;
			if (out != 0)
				goto end;
		}
		n = -n;
	}
end:
	return n;
}

START_TEST(goto_releases_on_the_way_back_and_on_the_way_out)
{
	ck_assert_int_eq(jumps(0), -4);
	ck_assert(all_free());
	ck_assert_int_eq(jumps(1), 4);
	ck_assert(all_free());
}
END_TEST

START_TEST(lock_that_cannot_be_had_skips_the_block_and_runs_else)
{
	int in_block = 0, in_else = 0;

	ok(sync_mutex_lock(&m));
	SYNC_WITH(&m) {
		in_block++;
	} else {
		in_else++;
	}
	SYNC_WITH(&m)
		in_block++;
	ck_assert(sync_mutex_held(&m)); /* ours, from before */
	ok(sync_mutex_unlock(&m));
	SYNC_WITH(&m) {
		in_block += 10;
	} else {
		in_else += 10;
	}
	SYNC_WITH((struct sync_mutex *)NULL)
		in_block++;
	else
		in_else++;
	ck_assert_int_eq(in_block, 10);
	ck_assert_int_eq(in_else, 2);
	ck_assert(all_free());
}
END_TEST

static struct sync_mutex *
counts(int *calls)
{
	++*calls;
	return &m;
}

START_TEST(lock_expression_is_evaluated_once)
{
	int calls = 0;

	SYNC_WITH(counts(&calls))
		ck_assert(sync_mutex_held(&m));
	ck_assert_int_eq(calls, 1);
	ck_assert(all_free());
}
END_TEST

START_TEST(errno_survives_the_block)
{
	errno = ERRNO_BEFORE;
	SYNC_WITH(&m)
		ck_assert_int_eq(errno, ERRNO_BEFORE);
	ck_assert_int_eq(errno, ERRNO_BEFORE);
}
END_TEST

static void *
dies_with_it(void *arg)
{
	ok(sync_kmutex_lock(&km));
	return arg;
}

START_TEST(kmutex_whose_owner_died_is_held_in_the_block)
{
	int repaired = 0;

	ok(sync_kmutex_init(&km, SYNC_ROBUST));
	elsewhere(dies_with_it);
	SYNC_WITH(&km)
		repaired = sync_kmutex_consistent(&km) == 0;
	ck_assert_int_eq(repaired, 1);
	SYNC_WITH(&km)
		repaired = sync_kmutex_consistent(&km); /* nothing now */
	ck_assert_int_eq(repaired, EINVAL);
	ok(sync_kmutex_destroy(&km));
}
END_TEST

static unsigned total;

static void *
adds(void *arg)
{
	int i;

	for (i = 0; i < 2000; i++)
		SYNC_WITH(&m) {
			if (i % 2 == 0) {
				total++;
				continue;
			}
			total++;
		}
	return arg;
}

START_TEST(block_keeps_other_threads_out)
{
	struct spawned *s[3];
	int i;

	for (i = 0; i < 3; i++)
		s[i] = spawn(adds, NULL);
	for (i = 0; i < 3; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(total, 6000);
	ok(sync_mutex_destroy(&m));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("with");
	TCase *tc = add_case(s, "with");

	tcase_add_test(tc, block_runs_once_with_the_lock_held);
	tcase_add_test(
	    tc, break_and_continue_leave_the_block_and_not_the_loop);
	tcase_add_test(tc, return_from_any_depth_releases_every_lock);
	tcase_add_test(tc, goto_releases_on_the_way_back_and_on_the_way_out);
	tcase_add_test(
	    tc, lock_that_cannot_be_had_skips_the_block_and_runs_else);
	tcase_add_test(tc, lock_expression_is_evaluated_once);
	tcase_add_test(tc, errno_survives_the_block);
	tcase_add_test(tc, kmutex_whose_owner_died_is_held_in_the_block);
	tcase_add_test(tc, block_keeps_other_threads_out);
	return run_suite(s);
}
