/* SPDX-License-Identifier: MIT */
/*
 * Waits with each kind of mutex: each is released and taken back as it was, and
 * one that its caller does not hold is refused.
 */
#include "primitives.h"

static struct sync_cond c;
static struct sync_mutex m;
static unsigned woken; /* atomic */

static void
begin(void)
{
	ok(sync_cond_init(&c, 0));
	ok(sync_mutex_init(&m, 0));
}

static void
end(void)
{
	ok(sync_cond_destroy(&c));
	ok(sync_mutex_destroy(&m));
}

static unsigned rmutex_depth_seen;
static struct sync_rmutex rm;

static void *
has_the_rmutex(void *arg)
{
	ok(sync_rmutex_lock(&rm));
	rmutex_depth_seen = sync_rmutex_depth(&rm);
	ok(sync_cond_signal(&c));
	ok(sync_rmutex_unlock(&rm));
	return arg;
}

START_TEST(wait_on_an_rmutex_releases_every_level_and_restores_it)
{
	struct spawned *s;
	int i;

	ok(sync_rmutex_init(&rm, 0));
	for (i = 0; i < 5; i++)
		ok(sync_rmutex_lock(&rm));
	s = spawn(has_the_rmutex, NULL);
	ok(sync_cond_wait_rmutex(&c, &rm));
	ck_assert_uint_eq(rmutex_depth_seen, 1);
	ck_assert_uint_eq(sync_rmutex_depth(&rm), 5);
	fails(sync_cond_wait_rmutex_until(&c, &rm, sync_after_ms(5)), ETIMEDOUT);
	ck_assert_uint_eq(sync_rmutex_depth(&rm), 5);
	fails(sync_cond_wait_rmutex_until(&c, &rm, 0), ETIMEDOUT);
	ck_assert_uint_eq(sync_rmutex_depth(&rm), 5);
	(void)finish(s);
	for (i = 0; i < 5; i++)
		ok(sync_rmutex_unlock(&rm));
	fails(sync_rmutex_unlock(&rm), EPERM);
	ok(sync_rmutex_destroy(&rm));
}
END_TEST

static struct sync_kmutex km;

static void *
waits_with_kmutex(void *arg)
{
	ok(sync_kmutex_lock(&km));
	ok(sync_cond_wait_kmutex(&c, &km));
	ck_assert(sync_kmutex_held(&km));
	ok(sync_kmutex_unlock(&km));
	return arg;
}

START_TEST(wait_takes_every_kind_of_kmutex)
{
	struct spawned *s;

	ok(sync_kmutex_init(&km, kmutex_flags((unsigned)_i)));
	s = spawn(waits_with_kmutex, NULL);
	until_asleep(s);
	ok(sync_kmutex_lock(&km));
	ok(sync_cond_signal(&c));
	until_asleep(s);
	ok(sync_kmutex_unlock(&km));
	(void)finish(s);
	ok(sync_kmutex_lock(&km));
	fails(sync_cond_wait_kmutex_until(&c, &km, sync_after_ms(5)), ETIMEDOUT);
	ck_assert(sync_kmutex_held(&km));
	ok(sync_kmutex_unlock(&km));
	ok(sync_kmutex_destroy(&km));
}
END_TEST

static void *
signals_and_dies(void *arg)
{
	ok(sync_kmutex_lock(&km));
	ok(sync_cond_signal(&c));
	return arg;
}

START_TEST(relock_of_a_kmutex_whose_owner_died_returns_eownerdead)
{
	struct spawned *s;

	ok(sync_kmutex_init(&km, SYNC_ROBUST));
	ok(sync_kmutex_lock(&km));
	s = spawn(signals_and_dies, NULL);
	fails(sync_cond_wait_kmutex(&c, &km), EOWNERDEAD);
	ck_assert(sync_kmutex_held(&km));
	ok(sync_kmutex_consistent(&km));
	(void)finish(s);
	s = spawn(signals_and_dies, NULL);
	fails(sync_cond_wait_kmutex_until(&c, &km, SYNC_NEVER), EOWNERDEAD);
	(void)finish(s);
	/* A wait now unlocks the mutex without repairing it. */
	fails(sync_cond_wait_kmutex_until(&c, &km, 0), ENOTRECOVERABLE);
	ck_assert(!sync_kmutex_held(&km));
	fails(sync_cond_wait_kmutex(&c, &km), EPERM);
	ok(sync_kmutex_destroy(&km));
}
END_TEST

static void *
waits_with_its_own_mutex(void *arg)
{
	struct sync_mutex own = SYNC_MUTEX_INIT;

	ok(sync_mutex_lock(&own));
	ok(sync_cond_wait(&c, &own));
	count(&woken);
	ok(sync_mutex_unlock(&own));
	ok(sync_mutex_destroy(&own));
	return arg;
}

START_TEST(waiters_with_different_mutexes_share_a_cond)
{
	struct spawned *s[4];
	int i;

	ok(sync_kmutex_init(&km, 0));
	for (i = 0; i < 4; i++) {
		s[i] = spawn(
		    i < 3 ? waits_with_its_own_mutex : waits_with_kmutex, NULL);
		until_asleep(s[i]);
	}
	ok(sync_cond_signal(&c));
	(void)finish(s[0]);
	for (i = 1; i < 4; i++)
		until_asleep(s[i]);
	ok(sync_cond_broadcast(&c));
	for (i = 1; i < 4; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(counted(&woken), 3);
	ok(sync_kmutex_destroy(&km));
}
END_TEST

static void *
holds_not(void *arg)
{
	fails(sync_cond_wait(&c, &m), EPERM);
	fails(sync_cond_wait_until(&c, &m, 0), EPERM);
	fails(sync_cond_wait_rmutex(&c, &rm), EPERM);
	fails(sync_cond_wait_rmutex_until(&c, &rm, SYNC_NEVER), EPERM);
	fails(sync_cond_wait_kmutex(&c, &km), EPERM);
	fails(sync_cond_wait_kmutex_until(&c, &km, 0), EPERM);
	return arg;
}

START_TEST(wait_without_the_mutex_returns_eperm)
{
	ok(sync_rmutex_init(&rm, 0));
	ok(sync_kmutex_init(&km, 0));
	elsewhere(holds_not);
	ok(sync_mutex_lock(&m));
	ok(sync_rmutex_lock(&rm));
	ok(sync_kmutex_lock(&km));
	elsewhere(holds_not);
	ok(sync_mutex_unlock(&m));
	ok(sync_rmutex_unlock(&rm));
	ok(sync_kmutex_unlock(&km));
	(void)holds_not(NULL);
	ok(sync_rmutex_destroy(&rm));
	ok(sync_kmutex_destroy(&km));
}
END_TEST

/* The functions that the generic calls choose, called by name. */
START_TEST(each_wait_function_can_be_called_by_its_name)
{
	struct sync_cond each = SYNC_COND_INIT;
	struct sync_mutex mu = SYNC_MUTEX_INIT;
	struct sync_rmutex r = SYNC_RMUTEX_INIT;
	struct sync_kmutex k;

	ok(sync_kmutex_init(&k, 0));
	fails((sync_cond_wait)(&each, &mu), EPERM);
	fails(sync_cond_wait_rmutex(&each, &r), EPERM);
	fails(sync_cond_wait_kmutex(&each, &k), EPERM);
	ok(sync_mutex_lock(&mu));
	fails((sync_cond_wait_until)(&each, &mu, 0), ETIMEDOUT);
	ok(sync_mutex_unlock(&mu));
	ok(sync_rmutex_lock(&r));
	fails(sync_cond_wait_rmutex_until(&each, &r, 0), ETIMEDOUT);
	ok(sync_rmutex_unlock(&r));
	ok(sync_kmutex_lock(&k));
	fails(sync_cond_wait_kmutex_until(&each, &k, 0), ETIMEDOUT);
	ok(sync_kmutex_unlock(&k));
	ok(sync_kmutex_destroy(&k));
	ok(sync_cond_destroy(&each));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cond_mutex");
	TCase *tc = add_case(s, "mutexes");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(
	    tc, wait_on_an_rmutex_releases_every_level_and_restores_it);
	tcase_add_loop_test(tc, wait_takes_every_kind_of_kmutex, 0, 4);
	if (have_kmutex(SYNC_ROBUST))
		tcase_add_test(tc,
		    relock_of_a_kmutex_whose_owner_died_returns_eownerdead);
	tcase_add_test(tc, waiters_with_different_mutexes_share_a_cond);
	tcase_add_test(tc, each_wait_function_can_be_called_by_its_name);
	tcase_add_test(tc, wait_without_the_mutex_returns_eperm);
	return run_suite(s);
}
