/* SPDX-License-Identifier: MIT */
/*
 * SYNC_WITH: the lock is released however the block is left, and the else is
 * for a lock that fails.
 */
#include "with_locks.h"

START_TEST(block_runs_once_with_the_lock_held)
{
	int mutex = 0, rmutex = 0, kmutex = 0;

	ok(sync_kmutex_init(&km, kmutex_flags(SYNC_PRIO_INHERIT)));
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
	SYNC_WITH_RDLOCK(&rw) {
		ok(sync_rwlock_tryrdlock(&rw));
		ok(sync_rwlock_unlock(&rw));
		fails(sync_rwlock_trywrlock(&rw), EBUSY);
	}
	SYNC_WITH_WRLOCK(&rw)
		fails(sync_rwlock_tryrdlock(&rw), EBUSY);
	ck_assert(all_free());
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

START_TEST(lock_that_fails_runs_the_else_which_sees_the_error)
{
	int err = -1, in_block = 0, in_else = 0;

	ok(sync_mutex_lock(&m));
	SYNC_WITH(&m, err) {
		in_block++;
	} else {
		fails(err, EDEADLK);
		in_else++;
	}
	ck_assert(sync_mutex_held(&m)); /* ours, from before */
	ok(sync_mutex_unlock(&m));
	SYNC_WITH((struct sync_mutex *)NULL, err)
		in_block++;
	else
		fails(err, EINVAL);
	SYNC_WITH(&m, err) {
		ok(err);
		in_block += 10;
	} else {
		in_else += 10;
	}
	ok(err);
	ck_assert_int_eq(in_block, 10);
	ck_assert_int_eq(in_else, 1);
	ck_assert(all_free());
}
END_TEST

START_TEST(error_is_known_after_the_block_where_there_is_no_else)
{
	int err, in_block = 0;

	SYNC_WITH(&m, err)
		in_block++;
	ok(err);
	SYNC_WITH_RDLOCK((struct sync_rwlock *)NULL, err)
		in_block++;
	fails(err, EINVAL);
	ck_assert_int_eq(in_block, 1);
}
END_TEST

static int
with_an_else_that_leaves(void)
{
	SYNC_WITH(&m) {
		return 1;
	} else {
		return 2;
	}
}

START_TEST(else_that_leaves_needs_no_variable_for_the_error)
{
	ck_assert_int_eq(with_an_else_that_leaves(), 1);
	ck_assert(all_free());
	ok(sync_mutex_lock(&m));
	ck_assert_int_eq(with_an_else_that_leaves(), 2);
	ck_assert(sync_mutex_held(&m));
}
END_TEST

/* Holds all of them until the test ends it. */
static struct sync_event held, enough;

static void *
holds(void *arg)
{
	ok(sync_mutex_lock(&m));
	ok(sync_rmutex_lock(&rm));
	ok(sync_kmutex_lock(&km));
	ok(sync_rwlock_wrlock(&rw));
	ok(sync_event_set(&held));
	ok(sync_event_wait(&enough));
	ok(sync_mutex_unlock(&m));
	ok(sync_rmutex_unlock(&rm));
	ok(sync_kmutex_unlock(&km));
	ok(sync_rwlock_unlock(&rw));
	return arg;
}

static int
until(sync_time deadline)
{
	int err, in_block = 0;

	SYNC_WITH_UNTIL(&m, deadline, err)
		in_block++;
	else
		fails(err, ETIMEDOUT);
	SYNC_WITH_UNTIL(&rm, deadline, err)
		in_block++;
	else
		fails(err, ETIMEDOUT);
	SYNC_WITH_UNTIL(&km, deadline, err)
		in_block++;
	else
		fails(err, ETIMEDOUT);
	SYNC_WITH_RDLOCK_UNTIL(&rw, deadline, err)
		in_block++;
	else
		fails(err, ETIMEDOUT);
	SYNC_WITH_WRLOCK_UNTIL(&rw, deadline, err)
		in_block++;
	else
		fails(err, ETIMEDOUT);
	return in_block;
}

START_TEST(deadline_that_passes_runs_the_else)
{
	struct spawned *s;
	int i;

	ok(sync_kmutex_init(&km, 0));
	s = spawn(holds, NULL);
	ok(sync_event_wait(&held));
	for (i = 0; i < PASTS; i++)
		ck_assert_int_eq(until(past_deadline(i)), 0);
	ck_assert_int_eq(until(sync_after_ms(2)), 0);
	ok(sync_event_set(&enough));
	(void)finish(s);
	ck_assert_int_eq(until(past_deadline(0)), 5);
	SYNC_WITH_UNTIL(&m, SYNC_NEVER)
		ck_assert(sync_mutex_held(&m));
	SYNC_WITH_RDLOCK_UNTIL(&rw, 0)
		fails(sync_rwlock_trywrlock(&rw), EBUSY);
	SYNC_WITH_WRLOCK_UNTIL(&rw, 0)
		fails(sync_rwlock_trywrlock(&rw), EBUSY);
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
	int repaired = 0, err;

	ok(sync_kmutex_init(&km, SYNC_ROBUST));
	elsewhere(dies_with_it);
	SYNC_WITH(&km, err) {
		fails(err, EOWNERDEAD);
		repaired = sync_kmutex_consistent(&km) == 0;
	}
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
		SYNC_WITH(&m)
			total++;
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

#define WITH_BOTH(a, b) SYNC_WITH(a) SYNC_WITH(b)

START_TEST(two_on_one_line_are_two)
{
	int in_block = 0;

	WITH_BOTH(&m, &rm) {
		ck_assert(sync_mutex_held(&m) && sync_rmutex_held(&rm));
		in_block++;
	}
	{ SYNC_LOCK_SCOPE(&rm); SYNC_LOCK_SCOPE(&rm); in_block++; }
	ck_assert_int_eq(in_block, 2);
	ck_assert(all_free());
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("with");
	TCase *tc = add_case(s, "with");

	tcase_add_test(tc, block_runs_once_with_the_lock_held);
	tcase_add_test(tc, return_from_any_depth_releases_every_lock);
	tcase_add_test(tc, goto_releases_on_the_way_back_and_on_the_way_out);
	tcase_add_test(
	    tc, lock_that_fails_runs_the_else_which_sees_the_error);
	tcase_add_test(
	    tc, error_is_known_after_the_block_where_there_is_no_else);
	tcase_add_test(tc, else_that_leaves_needs_no_variable_for_the_error);
	tcase_add_test(tc, deadline_that_passes_runs_the_else);
	tcase_add_test(tc, lock_expression_is_evaluated_once);
	tcase_add_test(tc, errno_survives_the_block);
	if (have_kmutex(SYNC_ROBUST))
		tcase_add_test(
		    tc, kmutex_whose_owner_died_is_held_in_the_block);
	tcase_add_test(tc, block_keeps_other_threads_out);
	tcase_add_test(tc, two_on_one_line_are_two);
	return run_suite(s);
}
