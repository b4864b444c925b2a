/* SPDX-License-Identifier: MIT */
/*
 * The parking lot's helper thread, which signal handlers wake through a pipe
 * (lib/plat/posix/bell.h).
 */
#include <config.h>

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support.h"

#include "lot.h"
#include "plat.h"

#define FILES 64 /* more file descriptors than a test has */

static uint32_t word; /* atomic */

static void *
sleeps(void *arg)
{
	while (__atomic_load_n(&word, __ATOMIC_ACQUIRE) == 0)
		(void)plat_wait(
		    PLAT_PRIVATE, &word, 0, PLAT_ALL, SYNC_NEVER);
	return arg;
}

static struct spawned *
sleeper(void)
{
	struct spawned *s;

	__atomic_store_n(&word, 0, __ATOMIC_RELEASE);
	s = spawn(sleeps, NULL);
	until_asleep(s);
	return s;
}

/* As in a handler that interrupted a call of the platform. */
static void
wake_inside(void)
{
	lot_busy(1);
	plat_wake(PLAT_PRIVATE, &word, 1, PLAT_ALL);
	lot_busy(-1);
}

static void
wake_from_inside_is_enough(void *arg)
{
	struct spawned *s = sleeper();

	(void)arg;
	__atomic_store_n(&word, 1, __ATOMIC_RELEASE);
	wake_inside();
	(void)finish(s);
}

START_TEST(wake_from_inside_a_call_reaches_the_sleeper)
{
	int i;

	for (i = 0; i < 20; i++)
		wake_from_inside_is_enough(NULL);
}
END_TEST

START_TEST(rings_in_great_number_do_not_block)
{
	int i;

	wake_from_inside_is_enough(NULL);
	for (i = 0; i < 200000; i++) /* a pipe has room for fewer */
		wake_inside();
	wake_from_inside_is_enough(NULL);
}
END_TEST

static int
open_files(void)
{
	int fd, n = 0;

	for (fd = 0; fd < FILES; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

static void
has_as_many_files(void *n)
{
	ck_assert_int_eq(open_files(), *(int *)n - 2);
	if (threads_after_fork())
		wake_from_inside_is_enough(NULL);
}

START_TEST(child_of_a_fork_closes_the_pipe_and_makes_its_own)
{
	int n;

	wake_from_inside_is_enough(NULL);
	n = open_files();
	in_child(has_as_many_files, &n);
	wake_from_inside_is_enough(NULL);
	ck_assert_int_eq(open_files(), n);
}
END_TEST

/* The first wait makes it.  The reading end has the lower number. */
static void
find_pipe(int ends[2])
{
	int fd, before[FILES], n = 0;

	for (fd = 0; fd < FILES; fd++)
		before[fd] = fcntl(fd, F_GETFD);
	wake_from_inside_is_enough(NULL);
	for (fd = 0; fd < FILES && n < 2; fd++)
		if (before[fd] < 0 && fcntl(fd, F_GETFD) >= 0)
			ends[n++] = fd;
	ck_assert_int_eq(n, 2);
}

START_TEST(pipe_is_closed_by_exec_and_is_no_standard_stream)
{
	int ends[2], i;

	(void)close(STDIN_FILENO);
	(void)close(STDOUT_FILENO);
	find_pipe(ends);
	for (i = 0; i < 2; i++) {
		ck_assert_int_gt(ends[i], STDERR_FILENO);
		ck_assert_int_ne(fcntl(ends[i], F_GETFD) & FD_CLOEXEC, 0);
	}
}
END_TEST

/* Daemons close what they did not open; then the numbers name other files. */
START_TEST(program_that_closes_the_pipe_loses_no_wake_and_no_byte)
{
	struct spawned *s;
	int ends[2], own[2], i;
	char c;

	find_pipe(ends);
	s = sleeper();
	ck_assert_int_eq(pipe(own), 0);
	ck_assert_int_eq(fcntl(own[0], F_SETFL, O_NONBLOCK), 0);
	if (_i != 1)
		ck_assert_int_eq(dup2(own[0], ends[0]), ends[0]);
	if (_i != 0)
		ck_assert_int_eq(dup2(own[1], ends[1]), ends[1]);
	__atomic_store_n(&word, 1, __ATOMIC_RELEASE);
	wake_inside();
	(void)finish(s);
	for (i = 0; i < 10; i++)
		wake_from_inside_is_enough(NULL);
	ck_assert_int_lt(read(own[0], &c, 1), 0);
	ck_assert_int_eq(write(own[1], "x", 1), 1);
	ck_assert_int_eq(read(own[0], &c, 1), 1);
}
END_TEST

static void *
rings_though_cancelled(void *arg)
{
	ok(pthread_cancel(pthread_self()));
	wake_inside();
	*(bool *)arg = true;
	return arg;
}

START_TEST(to_ring_is_no_cancellation_point)
{
	pthread_t thread;
	bool rung = false;

	wake_from_inside_is_enough(NULL);
	ok(pthread_create(&thread, NULL, rings_though_cancelled, &rung));
	ok(pthread_join(thread, NULL));
	ck_assert(rung);
}
END_TEST

static void *
sleeps_though_cancelled(void *arg)
{
	ok(pthread_cancel(pthread_self()));
	(void)plat_wait(PLAT_PRIVATE, &word, 0, PLAT_ALL, sync_after_ms(1));
	*(bool *)arg = true;
	return arg;
}

START_TEST(to_make_the_pipe_is_no_cancellation_point)
{
	pthread_t thread;
	bool slept = false;

	ok(pthread_create(&thread, NULL, sleeps_though_cancelled, &slept));
	ok(pthread_join(thread, NULL));
	ck_assert(slept);
}
END_TEST

/* The sleeper checks its word again from time to time. */
START_TEST(without_file_descriptors_a_wake_from_inside_is_noticed)
{
	struct rlimit few;
	int last = -1, fd, n;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &few), 0);
	few.rlim_cur = FILES;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
	while ((fd = dup(STDERR_FILENO)) >= 0)
		last = fd;
	/* One is left, by which the test sees that the thread is asleep. */
	ck_assert_int_eq(close(last), 0);
	n = open_files();
	wake_from_inside_is_enough(NULL);
	ck_assert_int_eq(open_files(), n);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("bell");
	TCase *tc = add_case(s, "bell");

	tcase_add_test(tc, wake_from_inside_a_call_reaches_the_sleeper);
	tcase_add_test(tc, rings_in_great_number_do_not_block);
	tcase_add_test(tc, child_of_a_fork_closes_the_pipe_and_makes_its_own);
	tcase_add_test(tc, pipe_is_closed_by_exec_and_is_no_standard_stream);
	tcase_add_loop_test(tc,
	    program_that_closes_the_pipe_loses_no_wake_and_no_byte, 0, 3);
	tcase_add_test(tc, to_ring_is_no_cancellation_point);
	tcase_add_test(tc, to_make_the_pipe_is_no_cancellation_point);
	tcase_add_test(
	    tc, without_file_descriptors_a_wake_from_inside_is_noticed);
	return run_suite(s);
}
