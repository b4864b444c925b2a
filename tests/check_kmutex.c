/* SPDX-License-Identifier: MIT */
/* Owners that die, and priorities; the rest is in check_lock. */
#include <sched.h>

#include "primitives.h"

#include "plat.h"

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

START_TEST(consistent_with_nothing_to_repair_returns_einval)
{
	ok(sync_kmutex_init(&m, (unsigned)_i));
	fails(sync_kmutex_consistent(&m), EPERM);
	ok(sync_kmutex_lock(&m));
	fails(sync_kmutex_consistent(&m), EINVAL);
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
	fails(sync_kmutex_consistent(&m), EINVAL);
	fails(sync_kmutex_consistent(NULL), EINVAL);
}
END_TEST

START_TEST(kmutex_that_was_never_initialised_returns_einval)
{
	static struct sync_kmutex zero;

	fails(sync_kmutex_lock(&zero), EINVAL);
	fails(sync_kmutex_trylock(&zero), EINVAL);
	fails(sync_kmutex_lock_until(&zero, SYNC_NEVER), EINVAL);
	fails(sync_kmutex_unlock(&zero), EINVAL);
	fails(sync_kmutex_consistent(&zero), EINVAL);
	fails(sync_kmutex_destroy(&zero), EINVAL);
	ck_assert(!sync_kmutex_held(&zero));
}
END_TEST

START_TEST(kmutex_init_refuses_unknown_flags)
{
	int bit;

	for (bit = 2; bit < 32; bit++)
		fails(sync_kmutex_init(&m, 1u << bit), EINVAL);
}
END_TEST

/*
 * The classic inversion, on one processor: low holds the mutex, high waits
 * for it, medium would run for long.  Real-time priorities make it certain
 * who runs: main above all, and only when it asks does it sleep.
 */
enum { LOW = 10, MEDIUM = 20, HIGH = 30, ABOVE = 40 };
static unsigned low_has_it, low_may_go, medium_is_done, high_was_first;

static bool
set_priority(int priority)
{
	const struct sched_param p = { .sched_priority = priority };

	/* 0 is the calling thread */
	return sched_setscheduler(0, SCHED_FIFO, &p) == 0;
}

static void *
low_main(void *arg)
{
	ok(sync_kmutex_lock(&m));
	count(&low_has_it);
	(void)set_priority(LOW);
	while (counted(&low_may_go) == 0)
		continue;
	ok(sync_kmutex_unlock(&m));
	return arg;
}

static void *
medium_main(void *arg)
{
	sync_time end;

	(void)set_priority(MEDIUM);
	end = sync_after_ms(200);
	while (sync_time_now() < end)
		continue;
	count(&medium_is_done);
	return arg;
}

static void *
high_main(void *arg)
{
	(void)set_priority(HIGH);
	ok(arg == NULL ? sync_kmutex_lock(&m)
		       : sync_kmutex_lock_until(&m, INT64_MAX - 1));
	if (counted(&medium_is_done) == 0)
		count(&high_was_first);
	ok(sync_kmutex_unlock(&m));
	return arg;
}

START_TEST(holder_inherits_the_priority_of_its_waiter)
{
	unsigned flags = _i & 1 ? BOTH : SYNC_PRIO_INHERIT;
	struct spawned *low, *medium, *high;

	if (_i == 3 && announce_on)
		return; /* tries at intervals when a detector watches */
	if (!use_one_processor() || !set_priority(ABOVE))
		return; /* not allowed here: nothing to see */
	ok(sync_kmutex_init(&m, flags));
	low = spawn(low_main, NULL);
	while (counted(&low_has_it) == 0)
		sync_thread_sleep_until(sync_after(100000));
	high = spawn(high_main, _i & 2 ? &flags : NULL);
	until_asleep(high);
	medium = spawn(medium_main, NULL);
	count(&low_may_go); /* medium has not run yet: we are above it */
	(void)finish(high);
	(void)finish(medium);
	(void)finish(low);
	ck_assert_uint_eq(high_was_first, 1);
	ok(sync_kmutex_destroy(&m));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("kmutex");
	TCase *tc = add_case(s, "robust");

	tcase_add_loop_test(tc,
	    lock_after_the_holder_died_returns_eownerdead_and_is_held, 0,
	    ROBUST_LOOPS);
	tcase_add_loop_test(tc,
	    unlock_without_consistent_makes_it_unrecoverable, 0, ROBUST_LOOPS);
	tcase_add_loop_test(tc, waiter_gets_eownerdead_when_the_holder_dies, 0,
	    ROBUST_LOOPS);
	tcase_add_loop_test(tc, holder_may_die_again_and_again, 0, 2);
	tc = add_case(s, "misuse");
	tcase_add_loop_test(tc,
	    consistent_with_nothing_to_repair_returns_einval, 0, 4);
	tcase_add_test(tc, kmutex_that_was_never_initialised_returns_einval);
	tcase_add_test(tc, kmutex_init_refuses_unknown_flags);
	tc = add_case(s, "priority");
	tcase_add_loop_test(
	    tc, holder_inherits_the_priority_of_its_waiter, 0, 4);
	return run_suite(s);
}
