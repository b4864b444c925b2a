/* SPDX-License-Identifier: MIT */
/*
 * The explorer against tests that misbehave: they crash, exit, or do not do the
 * same each time.
 */
#include <assert.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explore_support.h"

static struct sync_mutex two[2];
static unsigned runs;

static void
expect(void (*test)(void *), unsigned flags, size_t stack,
    enum sync_explore_failure failure, const char *what)
{
	struct sync_explore_options o;
	struct sync_explore_report r;
	unsigned search;

	for (search = 0; search <= SYNC_EXPLORE_PCT; search++) {
		o = brief_options((enum sync_explore_search)search, flags);
		o.stack_size = stack;
		ck_assert_int_eq(sync_explore(test, NULL, &o, &r), EPROTO);
		ck_assert_int_eq((int)r.failure, (int)failure);
		ck_assert_msg(strstr(r.what, what) != NULL, "%s", r.what);
		ck_assert_ptr_nonnull(r.replay);
		/* and the explorer still works */
		ck_assert_int_eq(sync_explore(two_lock, NULL, &o, &r), 0);
	}
}

static volatile int zero;
static int *volatile nowhere;

static void
writes_nowhere(void *arg)
{
	two_lock(arg);
	*nowhere = 1;
}

static void
aborts(void *arg)
{
	two_lock(arg);
	abort();
}

static void
asserts(void *arg)
{
	two_lock(arg);
	assert(zero != 0);
}

static void
divides(void *arg)
{
	two_lock(arg);
	zero = 7 / zero;
}

static void *
thread_writes_nowhere(void *arg)
{
	SYNC_OK(sync_mutex_lock(&the_mutex));
	*nowhere = 1;
	return arg;
}

static void
thread_crashes(void *arg)
{
	(void)arg;
	run_alike(thread_writes_nowhere, 2);
}

static int descend(int n);
static int (*volatile deeper)(int) = descend; /* so that it is no loop */

static int
descend(int n)
{
	volatile char frame[500];

	frame[n % 500] = (char)n; /* all of it is needed */
	return n == 0 ? 0 : deeper(n - 1) + frame[n % 500];
}

static void *
descends(void *arg)
{
	(void)locks(arg);
	(void)descend(1000000);
	return NULL;
}

static void
thread_overflows(void *arg)
{
	(void)arg;
	run_alike(descends, 1);
}

static void
test_overflows(void *arg)
{
	two_lock(arg);
	(void)descend(1000000);
}

static void *
descends_a_little(void *arg)
{
	(void)locks(arg);
	(void)descend(1000);
	return NULL;
}

static void
needs_stack(void *arg)
{
	(void)arg;
	run_alike(descends_a_little, 2);
}

START_TEST(a_crash_is_a_failure)
{
	unsigned c = carriers[_i];

	expect(writes_nowhere, c, 0, SYNC_EXPLORE_CRASH, "SIGSEGV");
	expect(thread_crashes, c, 0, SYNC_EXPLORE_CRASH, "SIGSEGV");
	expect(aborts, c, 0, SYNC_EXPLORE_CRASH, "SIGABRT");
	expect(divides, c, 0, SYNC_EXPLORE_CRASH, "SIGFPE");
}
END_TEST

START_TEST(a_failed_assert_is_a_failure)
{
	expect(asserts, carriers[_i], 0, SYNC_EXPLORE_ASSERTION,
	    "zero != 0 does not hold");
}
END_TEST

START_TEST(a_stack_overflow_says_so)
{
	unsigned c = carriers[_i];

	expect(thread_overflows, c, 0, SYNC_EXPLORE_CRASH,
	    "stack of thread 1 overflows");
	expect(test_overflows, c, 0, SYNC_EXPLORE_CRASH,
	    "stack of thread 0 overflows");
	expect(thread_overflows, c, 1, SYNC_EXPLORE_CRASH, "overflows");
	expect(needs_stack, c, 65536, SYNC_EXPLORE_CRASH, "overflows");
}
END_TEST

START_TEST(a_larger_stack_is_enough)
{
	struct sync_explore_options o =
	    brief_options(SYNC_EXPLORE_BOUNDED, carriers[_i]);

	o.stack_size = 16 << 20;
	ck_assert_int_eq(sync_explore(needs_stack, NULL, &o, NULL), 0);
}
END_TEST

static void
exits_well(void *arg)
{
	two_lock(arg);
	exit(0);
}

static void
exits_badly(void *arg)
{
	two_lock(arg);
	exit(3);
}

/* The exit status of a child that explores it. */
static int
status_of(void (*test)(void *), unsigned flags)
{
	struct sync_explore_options o = brief_options(SYNC_EXPLORE_BOUNDED, flags);
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)alarm(30);
		(void)sync_explore(test, NULL, &o, NULL);
		_exit(77);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

START_TEST(exit_in_a_test_does_not_pass)
{
	int status = status_of(exits_well, carriers[_i]);

	ck_assert(!WIFEXITED(status) || (WEXITSTATUS(status) != 0
	    && WEXITSTATUS(status) != 77));
	status = status_of(exits_badly, carriers[_i]);
	ck_assert(!WIFEXITED(status) || (WEXITSTATUS(status) != 0
	    && WEXITSTATUS(status) != 77));
}
END_TEST

/* Tests that do not repeat the same steps each time. */
static void
locks_once_more_at_times(void *arg)
{
	(void)arg;
	the_mutex = (struct sync_mutex)SYNC_MUTEX_INIT;
	if (++runs % 3 == 0)
		(void)locks(NULL);
	run_alike(locks, 2);
}

static void *
locks_more_at_times(void *arg)
{
	unsigned n;

	SYNC_OK(sync_mutex_lock(&the_mutex));
	n = ++runs;
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	if (n % 7 == 0)
		(void)locks(arg);
	return NULL;
}

static void
threads_differ(void *arg)
{
	(void)arg;
	run_alike(locks_more_at_times, 2);
}

static void
locks_either(void *arg)
{
	struct sync_thread t;
	int i = rand() % 2;

	(void)arg;
	the_mutex = two[0] = two[1] = (struct sync_mutex)SYNC_MUTEX_INIT;
	/*
	 * An object that was never used has no name by which to tell it apart.
	 */
	SYNC_ASSERT(!sync_mutex_held(&two[0]) && !sync_mutex_held(&two[1]));
	SYNC_OK(sync_thread_start(&t, locks, NULL, NULL));
	SYNC_OK(sync_mutex_lock(&two[i]));
	SYNC_OK(sync_mutex_unlock(&two[i]));
	SYNC_OK(sync_thread_join(&t, NULL));
}

static void
chooses_otherwise(void *arg)
{
	(void)arg;
	the_mutex = (struct sync_mutex)SYNC_MUTEX_INIT;
	if (sync_explore_choose(2 + ++runs % 2) == 1)
		(void)locks(NULL);
	run_alike(locks, 2);
}

static void
starts_more_at_times(void *arg)
{
	(void)arg;
	run_alike(locks, 1 + ++runs % 2);
}

START_TEST(what_changes_is_reported)
{
	void (*const tests[])(void *) = { locks_once_more_at_times,
		threads_differ, locks_either, chooses_otherwise,
		starts_more_at_times };
	static const enum sync_explore_search searches[] = {
		SYNC_EXPLORE_BOUNDED, SYNC_EXPLORE_ALL, SYNC_EXPLORE_PORTFOLIO
	};
	struct sync_explore_options o;
	struct sync_explore_report r;
	unsigned i;

	for (i = 0; i < 3; i++) {
		runs = 0;
		srand(1);
		o = brief_options(searches[i], 0);
		ck_assert_msg(sync_explore(tests[_i], NULL, &o, &r) == EPROTO,
		    "test %d, search %u: not seen", _i, i);
		ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_CHANGED);
		ck_assert_ptr_nonnull(r.what);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("explore robust");
	TCase *tc = add_case(s, "crashes", 60);

	tcase_add_loop_test(tc, a_crash_is_a_failure, 0, CARRIERS);
	tcase_add_loop_test(tc, a_failed_assert_is_a_failure, 0, CARRIERS);
	tcase_add_loop_test(tc, a_stack_overflow_says_so, 0, CARRIERS);
	tcase_add_loop_test(tc, a_larger_stack_is_enough, 0, CARRIERS);
	tcase_add_loop_test(tc, exit_in_a_test_does_not_pass, 0, CARRIERS);
	tc = add_case(s, "changes", 60);
	tcase_add_loop_test(tc, what_changes_is_reported, 0, 5);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
