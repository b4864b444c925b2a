/* SPDX-License-Identifier: MIT */
/*
 * A holder ends while it holds a kernel-owned mutex.  A robust one goes to the
 * next thread, which may repair it; one that inherits priorities is lost.
 */
#include <sched.h>

#include "primitives.h"

#define BOTH (SYNC_ROBUST | SYNC_PRIO_INHERIT)
static const unsigned robust_kinds[] = { SYNC_ROBUST, BOTH };

static struct sync_kmutex m;

static void *
dies_with_it(void *arg)
{
	ok(sync_kmutex_lock(&m));
	return arg;
}

static int
lock_somehow(int how)
{
	return how == 0 ? sync_kmutex_lock(&m)
	    : how == 1  ? sync_kmutex_trylock(&m)
	    : how == 2  ? sync_kmutex_lock_until(&m, SYNC_NEVER)
	    : how == 3  ? sync_kmutex_lock_until(&m, sync_after_ms(60000))
			: sync_kmutex_lock_until(&m, -1);
}
#define HOWS 5
#define ROBUST_LOOPS (2 * HOWS)

START_TEST(lock_after_the_holder_died_returns_eownerdead_and_is_held)
{
	int how = _i % HOWS;

	ok(sync_kmutex_init(&m, robust_kinds[_i / HOWS]));
	elsewhere(dies_with_it);
	ck_assert(!sync_kmutex_held(&m));
	fails(sync_kmutex_unlock(&m), EPERM);
	fails(sync_kmutex_consistent(&m), EPERM);
	fails(lock_somehow(how), EOWNERDEAD);
	ck_assert(sync_kmutex_held(&m));
	ok(sync_kmutex_consistent(&m));
	fails(sync_kmutex_consistent(&m), EINVAL);
	ok(sync_kmutex_unlock(&m));
	ok(lock_somehow(how));
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}
END_TEST

START_TEST(unlock_without_consistent_makes_it_unrecoverable)
{
	int how = _i % HOWS;

	ok(sync_kmutex_init(&m, robust_kinds[_i / HOWS]));
	elsewhere(dies_with_it);
	fails(lock_somehow(how), EOWNERDEAD);
	ok(sync_kmutex_unlock(&m));
	for (how = 0; how < HOWS; how++) {
		fails(lock_somehow(how), ENOTRECOVERABLE);
		ck_assert(!sync_kmutex_held(&m));
	}
	fails(sync_kmutex_unlock(&m), EPERM);
	fails(sync_kmutex_consistent(&m), EPERM);
	ok(sync_kmutex_destroy(&m));
	fails(sync_kmutex_destroy(&m), EINVAL);
	ok(sync_kmutex_init(&m, robust_kinds[_i / HOWS]));
	ok(sync_kmutex_lock(&m));
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}
END_TEST

static unsigned go;

static void *
dies_when_told(void *arg)
{
	ok(sync_kmutex_lock(&m));
	count(&go);
	while (counted(&go) < 2)
		(void)sched_yield();
	return arg;
}

static void *
inherits_and_repairs(void *arg)
{
	fails(lock_somehow(*(int *)arg), EOWNERDEAD);
	ok(sync_kmutex_consistent(&m));
	ok(sync_kmutex_unlock(&m));
	return arg;
}

START_TEST(waiter_gets_eownerdead_when_the_holder_dies)
{
	int how = _i % HOWS;
	struct spawned *holder, *waiter;

	if (how == 1 || how == 4)
		return; /* those do not wait */
	ok(sync_kmutex_init(&m, robust_kinds[_i / HOWS]));
	holder = spawn(dies_when_told, NULL);
	while (counted(&go) < 1)
		(void)sched_yield();
	waiter = spawn(inherits_and_repairs, &how);
	until_asleep(waiter);
	count(&go);
	(void)finish(holder);
	(void)finish(waiter);
	ok(sync_kmutex_lock(&m));
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}
END_TEST

START_TEST(holder_may_die_again_and_again)
{
	int i;

	ok(sync_kmutex_init(&m, robust_kinds[_i]));
	for (i = 0; i < 100; i++) {
		if (i == 0) {
			elsewhere(dies_with_it);
		} else {
			fails(sync_kmutex_lock(&m), EOWNERDEAD);
			ok(sync_kmutex_consistent(&m));
			ok(sync_kmutex_unlock(&m));
			elsewhere(dies_with_it);
		}
	}
	fails(sync_kmutex_lock(&m), EOWNERDEAD);
	ok(sync_kmutex_consistent(&m));
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}
END_TEST

/*
 * A holder ends while it holds a mutex that is not robust.  With priority
 * inheritance the kernel notices, and the mutex is lost.
 */
static void *
finds_it_lost(void *arg)
{
	fails(lock_somehow(*(int *)arg), ENOTRECOVERABLE);
	ck_assert(!sync_kmutex_held(&m));
	return arg;
}

static void
is_lost(void)
{
	int how;

	for (how = 0; how < HOWS; how++)
		(void)finds_it_lost(&how);
	fails(sync_kmutex_unlock(&m), EPERM);
	fails(sync_kmutex_consistent(&m), EPERM);
	ok(sync_kmutex_destroy(&m));
	ok(sync_kmutex_init(&m, SYNC_PRIO_INHERIT));
	ok(sync_kmutex_lock(&m));
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}

START_TEST(inheriting_kmutex_is_lost_when_its_holder_dies)
{
	ok(sync_kmutex_init(&m, SYNC_PRIO_INHERIT));
	elsewhere(dies_with_it);
	(void)finds_it_lost(&_i);
	is_lost();
}
END_TEST

START_TEST(waiter_is_told_that_the_holder_of_an_inheriting_kmutex_died)
{
	struct spawned *holder, *waiter[2];
	int how = _i, i;

	if (how == 1 || how == 4)
		return; /* those do not wait */
	ok(sync_kmutex_init(&m, SYNC_PRIO_INHERIT));
	holder = spawn(dies_when_told, NULL);
	while (counted(&go) < 1)
		(void)sched_yield();
	for (i = 0; i < 2; i++) {
		waiter[i] = spawn(finds_it_lost, &how);
		until_asleep(waiter[i]);
	}
	count(&go);
	(void)finish(holder);
	for (i = 0; i < 2; i++)
		(void)finish(waiter[i]);
	is_lost();
}
END_TEST

static void
add_robust(Suite *s)
{
	TCase *tc = add_case(s, "robust");

	tcase_add_loop_test(tc,
	    lock_after_the_holder_died_returns_eownerdead_and_is_held, 0,
	    ROBUST_LOOPS);
	tcase_add_loop_test(tc,
	    unlock_without_consistent_makes_it_unrecoverable, 0, ROBUST_LOOPS);
	tcase_add_loop_test(tc, waiter_gets_eownerdead_when_the_holder_dies, 0,
	    ROBUST_LOOPS);
	tcase_add_loop_test(tc, holder_may_die_again_and_again, 0, 2);
	tc = add_case(s, "lost");
	tcase_add_loop_test(
	    tc, inheriting_kmutex_is_lost_when_its_holder_dies, 0, HOWS);
	tcase_add_loop_test(tc,
	    waiter_is_told_that_the_holder_of_an_inheriting_kmutex_died, 0,
	    HOWS);
}

int
main(void)
{
	Suite *s = suite_create("kmutex_died");

	if (have_kmutex(SYNC_ROBUST) && have_kmutex(BOTH))
		add_robust(s);
	return run_suite(s);
}
