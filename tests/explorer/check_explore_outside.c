/* SPDX-License-Identifier: MIT */
/*
 * Calls that the explorer does not control, in a program that is linked with
 * libsync-sim alone.  The explorer names them, and the exploration fails.
 */
#include <pthread.h>
#include <threads.h>
#include <unistd.h>

#include "explore_support.h"

static struct sync_mutex own;
static pthread_mutex_t real = PTHREAD_MUTEX_INITIALIZER;
static int pipes[2];
static bool exploring; /* atomic */

static void
creates_a_thread(void *arg)
{
	pthread_t t;

	two_lock(arg);
	SYNC_OK(pthread_create(&t, NULL, locks, NULL));
	SYNC_OK(pthread_join(t, NULL));
}

static int
returns(void *arg)
{
	return arg == NULL;
}

static void
creates_a_thread_of_c11(void *arg)
{
	thrd_t t;

	two_lock(arg);
	SYNC_ASSERT(thrd_create(&t, returns, NULL) == thrd_success);
	SYNC_ASSERT(thrd_join(t, NULL) == thrd_success);
}

static void *
reads_a_pipe(void *arg)
{
	char byte;

	(void)locks(arg);
	SYNC_ASSERT(read(pipes[0], &byte, 1) == 1);
	return arg;
}

static void
waits_for_input(void *arg)
{
	struct sync_thread t;

	the_mutex = (struct sync_mutex)SYNC_MUTEX_INIT;
	SYNC_OK(sync_thread_start(&t, reads_a_pipe, arg, NULL));
	SYNC_OK(sync_thread_join(&t, NULL));
}

static void *
locks_in_both(void *arg)
{
	SYNC_OK(pthread_mutex_lock(&real));
	(void)locks(arg);
	SYNC_OK(pthread_mutex_unlock(&real));
	return arg;
}

/* As soon as one is stopped while it holds the real mutex, the other blocks. */
static void
has_a_real_mutex(void *arg)
{
	struct sync_thread t;

	the_mutex = (struct sync_mutex)SYNC_MUTEX_INIT;
	real = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	SYNC_OK(sync_thread_start(&t, locks_in_both, arg, NULL));
	(void)locks_in_both(arg);
	SYNC_OK(sync_thread_join(&t, NULL));
}

static const struct {
	void (*test)(void *);
	const char *what;
} programs[] = {
	{ creates_a_thread, "pthread_create starts a thread" },
	{ creates_a_thread_of_c11, "thrd_create starts a thread" },
	{ waits_for_input, "does not come back from read" },
	{ has_a_real_mutex, "does not come back from pthread_mutex_lock" },
};
#define PROGRAMS COUNT(programs)

static void
is_told(int i, unsigned flags)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report r;

	o.flags = flags | SYNC_EXPLORE_QUIET;
	ck_assert_int_eq(pipe(pipes), 0);
	ck_assert_int_eq(
	    sync_explore(programs[i].test, NULL, &o, &r), EPROTO);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_OUTSIDE);
	ck_assert_msg(strstr(r.what, programs[i].what) != NULL, "%s", r.what);
	ck_assert_msg(strstr(r.what, "explore_outside") != NULL
	    || strstr(r.what, "reads_a_pipe") != NULL
	    || strstr(r.what, "locks_in_both") != NULL, "no place: %s", r.what);
	/* and the explorer still works */
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, &r), 0);
	ck_assert_int_eq(r.bound, SYNC_EXPLORE_UNBOUNDED);
}

START_TEST(what_is_not_led_fails_by_name)
{
	is_told(_i, 0);
}
END_TEST

START_TEST(what_is_not_led_fails_on_threads_of_the_system)
{
	is_told(_i, SYNC_EXPLORE_OS_THREADS);
}
END_TEST

static void *
locks_meanwhile(void *arg)
{
	while (!__atomic_load_n(&exploring, __ATOMIC_ACQUIRE))
		continue;
	/* Returns when the exploration has ended. */
	ck_assert_int_eq(sync_mutex_lock(&own), 0);
	ck_assert_int_eq(sync_mutex_unlock(&own), 0);
	return arg;
}

static void
says_that_it_runs(void *arg)
{
	__atomic_store_n(&exploring, true, __ATOMIC_RELEASE);
	two_lock(arg);
}

/* Forever, if it does not fail. */
START_TEST(a_call_by_a_thread_that_was_there_before_fails)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report r;
	pthread_t t;

	o.flags = SYNC_EXPLORE_QUIET;
	o.search = SYNC_EXPLORE_RANDOM;
	o.nanoseconds = 0;
	ck_assert_int_eq(pthread_create(&t, NULL, locks_meanwhile, NULL), 0);
	ck_assert_int_eq(
	    sync_explore(says_that_it_runs, NULL, &o, &r), EPROTO);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_OUTSIDE);
	ck_assert_msg(strstr(r.what, "sync_mutex_lock is called by a thread")
	    != NULL, "%s", r.what);
	ck_assert_int_eq(pthread_join(t, NULL), 0);
	/* once it has ended, all is well */
	o.search = SYNC_EXPLORE_ALL;
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, &r), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("explore outside");
	TCase *tc = add_case(s, "outside", 120);

	tcase_add_loop_test(tc, what_is_not_led_fails_by_name, 0, PROGRAMS);
	tcase_add_loop_test(
	    tc, what_is_not_led_fails_on_threads_of_the_system, 0, PROGRAMS);
	tcase_add_test(tc, a_call_by_a_thread_that_was_there_before_fails);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
