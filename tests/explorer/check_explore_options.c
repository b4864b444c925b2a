/* SPDX-License-Identifier: MIT */
/*
 * What the explorer refuses: too many threads, an exploration inside another one,
 * a test in which nothing happens, and options and variables of the environment
 * that have no meaning.
 */
#include "explore_support.h"

static void
starts_too_many(void *arg)
{
	struct sync_thread t[20];
	int n, err = 0;

	(void)arg;
	the_mutex = (struct sync_mutex)SYNC_MUTEX_INIT;
	for (n = 0; n < 20 && err == 0; n++)
		err = sync_thread_start(&t[n], locks, NULL, NULL);
	SYNC_ASSERT(err == EAGAIN);
	SYNC_ASSERT(n == 16); /* 15, and the one that failed */
	while (--n > 0)
		SYNC_OK(sync_thread_join(&t[n - 1], NULL));
}

START_TEST(too_many_threads_are_refused)
{
	struct sync_explore_options o =
	    brief_options(SYNC_EXPLORE_RANDOM, carriers[_i]);
	struct sync_explore_report r;

	o.schedules = 200;
	ck_assert_int_eq(sync_explore(starts_too_many, NULL, &o, &r), 0);
	ck_assert_uint_eq(r.threads, 16);
}
END_TEST

static void
nests(void *arg)
{
	two_lock(arg);
	SYNC_ASSERT(sync_explore(two_lock, NULL, NULL, NULL) == EBUSY);
}

START_TEST(an_exploration_inside_is_refused)
{
	struct sync_explore_options o =
	    brief_options(SYNC_EXPLORE_BOUNDED, carriers[_i]);

	ck_assert_int_eq(sync_explore(nests, NULL, &o, NULL), 0);
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, NULL), 0);
}
END_TEST

static void
does_nothing(void *arg)
{
	(void)arg;
}

START_TEST(an_empty_test_fails)
{
	struct sync_explore_options o = brief_options(SYNC_EXPLORE_PORTFOLIO, 0);
	struct sync_explore_report r;

	(void)sync_explore(does_nothing, NULL, &o, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_EMPTY);
	ck_assert_int_eq(sync_explore(does_nothing, NULL, &o, NULL), EPROTO);
}
END_TEST

START_TEST(bad_options_are_refused)
{
	struct sync_explore_options good = brief_options(SYNC_EXPLORE_BOUNDED, 0);
	struct sync_explore_options o = good;

	ck_assert_int_eq(sync_explore(NULL, NULL, &o, NULL), EINVAL);
	o.search = (enum sync_explore_search)(SYNC_EXPLORE_PCT + 1);
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, NULL), EINVAL);
	o = good;
	o.grain = (enum sync_explore_grain)(SYNC_EXPLORE_ATOMICS + 1);
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, NULL), EINVAL);
	o = good;
	o.flags |= 0x80000000u;
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, NULL), EINVAL);
	o = good;
	o.steps = 0;
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, NULL), EINVAL);
	o = good;
	o.nanoseconds = -1;
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, NULL), EINVAL);
	o = good;
	o.search = SYNC_EXPLORE_PCT;
	o.depth = 0;
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, NULL), EINVAL);
}
END_TEST

START_TEST(a_stack_that_cannot_be_is_an_error)
{
	struct sync_explore_options o =
	    brief_options(SYNC_EXPLORE_BOUNDED, carriers[_i]);
	int err;

	o.stack_size = SIZE_MAX;
	err = sync_explore(two_lock, NULL, &o, NULL);
	ck_assert(err == EINVAL || err == ENOMEM);
	o.stack_size = SIZE_MAX / 2;
	err = sync_explore(two_lock, NULL, &o, NULL);
	ck_assert(err == EINVAL || err == ENOMEM);
	ck_assert_int_eq(sync_explore(two_lock, NULL, NULL, NULL), 0);
}
END_TEST

static const char *const environment[][2] = {
	{ "SYNC_BOUND", "two" },
	{ "SYNC_BOUND", "1.5" },
	{ "SYNC_BOUND", "1001" },
	{ "SYNC_SECONDS", "inf" },
	{ "SYNC_SECONDS", "-1" },
	{ "SYNC_SECONDS", "" },
	{ "SYNC_SEED", "-1" },
	{ "SYNC_SEED", "18446744073709551616" },
	{ "SYNC_SCHEDULES", "10 " },
};
#define VARIABLES (int)(sizeof(environment) / sizeof(environment[0]))

START_TEST(what_is_no_number_in_the_environment_is_refused)
{
	const char *const *variable = environment[_i];

	ck_assert_int_eq(setenv(variable[0], variable[1], 1), 0);
	ck_assert_int_eq(sync_explore(two_lock, NULL, NULL, NULL), EINVAL);
	ck_assert_int_eq(unsetenv(variable[0]), 0);
}
END_TEST

static const char *const meaningless[][2] = {
	{ "SYNC_EXPLOR", "1" },
	{ "SYNC_REPLAYS", "1c.2.1.2.0.ffk" },
	{ "SYNC_EXPLORE_VERBOSE", "1" },
	{ "SYNC_BOUNDS", "" },
	{ "SYNC_VERBOSE", "yes" },
	{ "SYNC_VERBOSE", "" },
	{ "SYNC_OS_THREADS", "2" },
};
#define MEANINGLESS (int)(sizeof(meaningless) / sizeof(meaningless[0]))

START_TEST(what_means_nothing_in_the_environment_is_refused)
{
	const char *const *variable = meaningless[_i];

	ck_assert_int_eq(setenv(variable[0], variable[1], 1), 0);
	ck_assert_int_eq(sync_explore(two_lock, NULL, NULL, NULL), EINVAL);
	ck_assert_int_eq(unsetenv(variable[0]), 0);
	ck_assert_int_eq(setenv("SYNC_VERBOSE", "0", 1), 0);
	ck_assert_int_eq(setenv("SYNC_MISUSE", "abort", 1), 0);
	ck_assert_int_eq(sync_explore(two_lock, NULL, NULL, NULL), 0);
}
END_TEST

START_TEST(numbers_in_the_environment_are_heeded)
{
	struct sync_explore_report r;

	ck_assert_int_eq(setenv("SYNC_SEED", "18446744073709551615", 1), 0);
	ck_assert_int_eq(setenv("SYNC_SECONDS", "0.5", 1), 0);
	ck_assert_int_eq(setenv("SYNC_BOUND", "1", 1), 0);
	ck_assert_int_eq(sync_explore(two_lock, NULL, NULL, &r), 0);
	ck_assert_int_eq((int)r.bound, 1);
	ck_assert(!r.cut);
	ck_assert_int_eq(unsetenv("SYNC_BOUND"), 0);
	ck_assert_int_eq(setenv("SYNC_SCHEDULES", "3", 1), 0);
	ck_assert_int_eq(sync_explore(two_lock, NULL, NULL, &r), 0);
	ck_assert_uint_eq(r.schedules, 3);
}
END_TEST

static void
passes_the_breakpoint(void *arg)
{
	sync_explore_failing(); /* the explorer's own calls are for debuggers */
	run_alike(locks, 1);
	(void)arg;
}

START_TEST(the_place_for_a_breakpoint_does_nothing)
{
	the_mutex = (struct sync_mutex)SYNC_MUTEX_INIT;
	sync_explore_failing();
	ck_assert_int_eq(
	    sync_explore(passes_the_breakpoint, NULL, NULL, NULL), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("explore options");
	TCase *tc = add_case(s, "limits", 60);

	tcase_add_loop_test(tc, too_many_threads_are_refused, 0, CARRIERS);
	tcase_add_loop_test(tc, an_exploration_inside_is_refused, 0, CARRIERS);
	tcase_add_test(tc, an_empty_test_fails);
	tc = add_case(s, "options", 60);
	tcase_add_test(tc, bad_options_are_refused);
	tcase_add_loop_test(
	    tc, a_stack_that_cannot_be_is_an_error, 0, CARRIERS);
	tcase_add_test(tc, the_place_for_a_breakpoint_does_nothing);
	tc = add_case(s, "environment", 60);
	tcase_add_loop_test(tc, what_is_no_number_in_the_environment_is_refused,
	    0, COUNT(environment));
	tcase_add_loop_test(
	    tc, what_means_nothing_in_the_environment_is_refused,
	    0, COUNT(meaningless));
	tcase_add_test(tc, numbers_in_the_environment_are_heeded);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
