/* SPDX-License-Identifier: MIT */
/*
 * Virtual time: sleeps take none of the real time, the clock never goes back, and
 * deadlines pass in their order unless one may pass early.
 */
#include "explore_support.h"

static struct sync_sem s;

#define HOUR (INT64_C(3600) * 1000000000)

static void *
sleeps_an_hour(void *arg)
{
	sync_time before = sync_time_now();

	(void)arg;
	sync_thread_sleep_until(before + HOUR);
	SYNC_ASSERT(sync_time_now() >= before + HOUR);
	return NULL;
}

static void
two_sleep(void *arg)
{
	sync_time before = sync_time_now();

	(void)arg;
	run_alike(sleeps_an_hour, 2);
	SYNC_ASSERT(sync_time_now() >= before + HOUR);
}

START_TEST(an_hour_takes_no_time)
{
	struct sync_explore_options o =
	    brief_options(SYNC_EXPLORE_BOUNDED, carriers[_i]);
	struct sync_explore_report r;

	o.schedules = 0;
	ck_assert_int_eq(sync_explore(two_sleep, NULL, &o, &r), 0);
	ck_assert_int_eq(r.bound, 2);
	o.search = SYNC_EXPLORE_ALL;
	ck_assert_int_eq(sync_explore(two_sleep, NULL, &o, &r), 0);
	ck_assert_int_eq(r.bound, SYNC_EXPLORE_UNBOUNDED);
}
END_TEST

static sync_time last_time;

static void *
looks_at_the_clock(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < 2; i++) {
		sync_time now;

		SYNC_OK(sync_mutex_lock(&the_mutex));
		now = sync_time_now();
		SYNC_ASSERT(now >= last_time);
		last_time = now;
		SYNC_OK(sync_mutex_unlock(&the_mutex));
		(void)sync_sem_wait_until(&s, now + 1000000);
	}
	return NULL;
}

static void
clocks(void *arg)
{
	(void)arg;
	s = (struct sync_sem)SYNC_SEM_INIT(0, 9);
	last_time = sync_time_now();
	run_alike(looks_at_the_clock, 2);
}

START_TEST(the_clock_does_not_go_back)
{
	struct sync_explore_options o =
	    brief_options(SYNC_EXPLORE_BOUNDED, carriers[_i]);

	o.schedules = 5000;
	ck_assert_int_eq(sync_explore(clocks, NULL, &o, NULL), 0);
	o.search = SYNC_EXPLORE_ALL;
	ck_assert_int_eq(sync_explore(clocks, NULL, &o, NULL), 0);
}
END_TEST

/* Which of two sleepers woke first; in orders, as a bit. */
static unsigned orders, first;

/* One sleeps for one millisecond, the other for two. */
static void *
sleeps(void *arg)
{
	unsigned ms = 1 + (unsigned)(uintptr_t)arg;

	sync_thread_sleep_until(last_time + (sync_time)ms * 1000000);
	SYNC_OK(sync_mutex_lock(&the_mutex));
	if (first == 0)
		first = ms;
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return NULL;
}

static void
short_and_long(void *arg)
{
	(void)arg;
	first = 0;
	last_time = sync_time_now();
	run_alike(sleeps, 2);
	orders |= 1u << first;
}

/*
 * A sleeper wakes later each time another thread runs first.  Either sleeper
 * may be first if the one with the later deadline runs before the other one,
 * which could run.
 */
START_TEST(deadlines_pass_in_order_unless_early)
{
	struct sync_explore_options o = brief_options(SYNC_EXPLORE_BOUNDED, 0);

	o.timeouts = 0;
	o.preemptions = 0;
	orders = 0;
	ck_assert_int_eq(sync_explore(short_and_long, NULL, &o, NULL), 0);
	ck_assert_uint_eq(orders & 2u, 2u);
	o.timeouts = 2;
	o.preemptions = 2;
	ck_assert_int_eq(sync_explore(short_and_long, NULL, &o, NULL), 0);
	ck_assert_uint_eq(orders, 6u); /* both orders */
}
END_TEST

static Suite *
suite(void)
{
	Suite *su = suite_create("explore time");
	TCase *tc = add_case(su, "time", 60);

	tcase_add_loop_test(tc, an_hour_takes_no_time, 0, CARRIERS);
	tcase_add_loop_test(tc, the_clock_does_not_go_back, 0, CARRIERS);
	tcase_add_test(tc, deadlines_pass_in_order_unless_early);
	return su;
}

int
main(void)
{
	return run_suite(suite());
}
