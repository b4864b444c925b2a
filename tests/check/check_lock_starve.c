/* SPDX-License-Identifier: MIT */
/* No lock that promises to be fair lets a waiter starve. */
#include "config.h"

#include <sched.h>

#include "primitives.h"
#include "lock_kinds.h"

static const struct lock_kind *kind;
static union any_lock lock;

#define ENTRIES   20
#define HOLD_MS   10
#define HOLDS_MAX (ENTRIES * 30)
static unsigned entries, holds; /* atomic */

static void *
enters_often(void *arg)
{
	const struct sched_param none = { .sched_priority = 0 };
	int i;

	if (arg != NULL) /* any thread that wakes us runs on */
		(void)sched_setscheduler(0, SCHED_BATCH, &none);
	for (i = 0; i < ENTRIES; i++) {
		unsigned before;

		ok(kind->lock(&lock));
		before = counted(&holds);
		count(&entries);
		ok(kind->unlock(&lock));
		while (counted(&holds) == before && i < ENTRIES - 1)
			(void)sched_yield(); /* not again before the other */
	}
	return arg;
}

/*
 * The bound is how often the lock was held, not time.  On one processor,
 * without the promise, the other thread would never get the lock: it cannot run
 * before the holder sleeps with the lock held.
 */
START_TEST(who_holds_long_and_takes_it_again_at_once_starves_nobody)
{
	struct spawned *s;

	if (_i >= LOCK_KINDS && !use_one_processor())
		return;
	kind = &lock_kinds[_i % LOCK_KINDS];
	ok(kind->init(&lock));
	entries = 0;
	if (kind->fair) {
		ok(kind->lock(&lock));
		s = spawn(enters_often, _i >= LOCK_KINDS ? &entries : NULL);
		until_asleep(s);
		while (counted(&entries) < ENTRIES && holds < HOLDS_MAX) {
			sync_thread_sleep_until(sync_after_ms(HOLD_MS));
			ok(kind->unlock(&lock));
			ok(kind->lock(&lock));
			count(&holds);
		}
		ck_assert_uint_eq(counted(&entries), ENTRIES);
		ok(kind->unlock(&lock));
		count(&holds);
		(void)finish(s);
	}
	ok(kind->destroy(&lock));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lock_starve");
	TCase *tc = add_case(s, "starvation");

	tcase_add_loop_test(tc,
	    who_holds_long_and_takes_it_again_at_once_starves_nobody, 0,
	    2 * LOCK_KINDS);
	return run_suite(s);
}
