/* SPDX-License-Identifier: MIT */
/*
 * What kernel-owned mutexes have of their own: flags, and the priority that a
 * holder inherits.  Holders that die are in check_kmutex_died, circles in
 * check_kmutex_circle; the rest is in check_lock.
 */
#include <config.h>

#include <sched.h>

#include "primitives.h"

#include "plat.h"

static struct sync_kmutex m;

START_TEST(consistent_with_nothing_to_repair_returns_einval)
{
	ok(sync_kmutex_init(&m, kmutex_flags((unsigned)_i)));
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

/* What configure found; the flags that are there work as ever. */
START_TEST(flag_that_the_system_lacks_returns_enotsup)
{
	unsigned flags = (unsigned)_i, lacking = 0;

	if (!HAVE_PTHREAD_MUTEXATTR_SETROBUST)
		lacking |= SYNC_ROBUST;
	if (!HAVE_PTHREAD_MUTEXATTR_SETPROTOCOL)
		lacking |= SYNC_PRIO_INHERIT;
	memset(&m, 0, sizeof(m));
	if (flags & lacking) {
		fails(sync_kmutex_init(&m, flags), ENOTSUP);
		fails(sync_kmutex_lock(&m), EINVAL); /* nothing was made */
		return;
	}
	ok(sync_kmutex_init(&m, flags));
	ok(sync_kmutex_lock(&m));
	fails(sync_kmutex_lock(&m), EDEADLK);
	fails(sync_kmutex_trylock(&m), EBUSY);
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}
END_TEST

/*
 * The classic inversion, on one processor: low holds the mutex, high waits for
 * it, and medium would run for long.  Real-time priorities determine who runs:
 * main has the highest, and sleeps only when it asks to.
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
	unsigned flags = kmutex_flags(
	    SYNC_PRIO_INHERIT | (_i & 1 ? SYNC_ROBUST : 0u));
	struct spawned *low, *medium, *high;

	if (_i >= 2 && (announce_on || !HAVE_PTHREAD_MUTEX_CLOCKLOCK))
		return; /* then a lock with a deadline polls */
	if (!use_one_processor() || !set_priority(ABOVE))
		return; /* not allowed here: nothing to test */
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
	TCase *tc = add_case(s, "misuse");

	tcase_add_loop_test(tc,
	    consistent_with_nothing_to_repair_returns_einval, 0, 4);
	tcase_add_test(tc, kmutex_that_was_never_initialised_returns_einval);
	tcase_add_test(tc, kmutex_init_refuses_unknown_flags);
	tcase_add_loop_test(
	    tc, flag_that_the_system_lacks_returns_enotsup, 0, 4);
	tc = add_case(s, "priority");
	if (have_kmutex(SYNC_PRIO_INHERIT))
		tcase_add_loop_test(
		    tc, holder_inherits_the_priority_of_its_waiter, 0, 4);
	return run_suite(s);
}
