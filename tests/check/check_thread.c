/* SPDX-License-Identifier: MIT */
/*
 * Start a thread, with a name and a stack, and sleep; join is in
 * check_thread_join.
 */
#include "config.h"

#include "support.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>

static struct sync_event go_on;

static void *
returns_its_argument(void *arg)
{
	return arg;
}

static void *
waits(void *arg)
{
	ok(sync_event_wait(&go_on));
	return arg;
}

static void *
tells_current(void *unused)
{
	(void)unused;
	return sync_thread_current();
}

static void *
tells_current_of_pthread(void *unused)
{
	return tells_current(unused);
}

START_TEST(current_is_the_struct_of_the_calling_thread)
{
	struct sync_thread t, u;
	pthread_t foreign;
	void *result;

	ck_assert_ptr_null(sync_thread_current());
	ok(sync_thread_start(&t, tells_current, NULL, NULL));
	ok(sync_thread_start(&u, tells_current, NULL, NULL));
	ok(sync_thread_join(&t, &result));
	ck_assert_ptr_eq(result, &t);
	ok(sync_thread_join(&u, &result));
	ck_assert_ptr_eq(result, &u);
	ok(pthread_create(&foreign, NULL, tells_current_of_pthread, NULL));
	ok(pthread_join(foreign, &result));
	ck_assert_ptr_null(result);
}
END_TEST

static void
named(const char *given, const char *expected)
{
	struct sync_thread_options o = { given, 0 };
	struct sync_thread t;

	ok(sync_event_clear(&go_on));
	ok(sync_thread_start(&t, waits, NULL, &o));
	ck_assert_str_eq(sync_thread_name(&t), expected);
	if (expected[0] != '\0')
		until_named(t.handle, expected);
	ok(sync_event_set(&go_on));
	ok(sync_thread_join(&t, NULL));
	ck_assert_str_eq(sync_thread_name(&t), expected);
}

START_TEST(the_name_is_cut_after_fifteen)
{
	ck_assert_str_eq(sync_thread_name(NULL), "");
	named(NULL, "");
	named("", "");
	named("short", "short");
	named("123456789012345", "123456789012345");
	named("1234567890123456", "123456789012345");
	named("a very long name that goes on and on", "a very long nam");
}
END_TEST

static void *
tells_stack_size(void *size)
{
	pthread_attr_t attr;

	/* Not ok(): that may set errno on its way. */
	ck_assert_int_eq(pthread_getattr_np(pthread_self(), &attr), 0);
	ok(pthread_attr_getstacksize(&attr, size));
	ok(pthread_attr_destroy(&attr));
	return NULL;
}

START_TEST(the_stack_has_at_least_the_size_asked_for)
{
	static const size_t sizes[] = { 0, 1, 4096, 65536, 65537, 100000,
		1048577, 33554432 };
	struct sync_thread_options o = { NULL, 0 };
	struct sync_thread t;
	size_t size, i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		o.stack_size = sizes[i];
		size = 0;
		ok(sync_thread_start(&t, tells_stack_size, &size, &o));
		ok(sync_thread_join(&t, NULL));
		ck_assert_uint_ge(size, sizes[i]);
		ck_assert_uint_gt(size, 0);
	}
}
END_TEST

START_TEST(an_absurd_stack_is_refused_and_nothing_is_left)
{
	static const size_t sizes[] = { SIZE_MAX, SIZE_MAX - 1,
		SIZE_MAX - 65535, SIZE_MAX - 65536, SIZE_MAX / 2,
		SIZE_MAX / 4, (size_t)1 << 56 };
	struct sync_thread_options o = { "absurd", 0 };
	struct sync_thread t, before;
	int err, threads = threads_at_rest();
	size_t i;

	memset(&t, 0x5a, sizeof(t));
	before = t;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		o.stack_size = sizes[i];
		errno = ERRNO_BEFORE;
		err = sync_thread_start(&t, returns_its_argument, NULL, &o);
		ck_assert_int_eq(errno, ERRNO_BEFORE);
		ck_assert_msg(err == EAGAIN || err == ENOMEM || err == EINVAL,
		    "a stack of %zu bytes: %d", sizes[i], err);
		ck_assert_mem_eq(&t, &before, sizeof(t));
	}
	until_thread_count(threads);
}
END_TEST

START_TEST(null_and_never_started_are_einval)
{
	struct sync_thread t, before;
	void *result = &t;

	memset(&t, 0, sizeof(t));
	before = t;
	fails(sync_thread_start(NULL, waits, NULL, NULL), EINVAL);
	fails(sync_thread_start(&t, NULL, NULL, NULL), EINVAL);
	ck_assert_mem_eq(&t, &before, sizeof(t));
	fails(sync_thread_join(NULL, &result), EINVAL);
	fails(sync_thread_tryjoin(NULL, &result), EINVAL);
	fails(sync_thread_join_until(NULL, &result, 0), EINVAL);
	fails(sync_thread_join(&t, &result), EINVAL);
	fails(sync_thread_tryjoin(&t, &result), EINVAL);
	fails(sync_thread_join_until(&t, &result, 0), EINVAL);
	ck_assert_ptr_eq(result, &t);
}
END_TEST

START_TEST(sleep_until_does_not_return_before_the_deadline)
{
	sync_time deadline = sync_after_ms(5);

	errno = ERRNO_BEFORE;
	sync_thread_sleep_until(deadline);
	ck_assert_int_ge(sync_time_now(), deadline);
	ck_assert_int_eq(errno, ERRNO_BEFORE);
}
END_TEST

START_TEST(sleep_until_a_moment_that_has_passed_returns)
{
	sync_thread_sleep_until(INT64_MIN);
	sync_thread_sleep_until(-1);
	sync_thread_sleep_until(0);
	sync_thread_sleep_until(1);
	sync_thread_sleep_until(sync_time_now());
}
END_TEST

static void *
sleeps(void *deadline)
{
	sync_thread_sleep_until(*(const sync_time *)deadline);
	ck_assert_int_ge(sync_time_now(), *(const sync_time *)deadline);
	return NULL;
}

START_TEST(signals_do_not_end_a_sleep)
{
	on_signal(SIGUSR1, count_signal);
	do { /* on a busy machine the thread may begin after its deadline */
		sync_time deadline = sync_after_ms(30);
		struct sync_thread t;

		ok(sync_thread_start(&t, sleeps, &deadline, NULL));
		do /* if it has ended, some systems return an error */
			(void)pthread_kill((pthread_t)t.handle, SIGUSR1);
		while (sync_thread_join_until(&t, NULL, sync_after_ms(2))
		    == ETIMEDOUT);
	} while (signals_counted() == 0);
}
END_TEST

static const sync_time far[] = { SYNC_NEVER, INT64_MAX - 1, INT64_MAX / 2 };
#define FAR (int)(sizeof(far) / sizeof(far[0]))

static void
sleeps_into_the_alarm(void *deadline)
{
	const struct itimerval soon = { { 0, 0 }, { 0, 30000 } };

	(void)setitimer(ITIMER_REAL, &soon, NULL);
	sync_thread_sleep_until(*(sync_time *)deadline);
}

START_TEST(a_far_deadline_does_not_wrap)
{
	sync_time deadline = far[_i];
	int status = child_status(sleeps_into_the_alarm, &deadline);

	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("thread");
	TCase *tc = add_case(s, "start");

	tcase_add_test(tc, current_is_the_struct_of_the_calling_thread);
	tcase_add_test(tc, the_name_is_cut_after_fifteen);
	tcase_add_test(tc, the_stack_has_at_least_the_size_asked_for);
	tcase_add_test(tc, an_absurd_stack_is_refused_and_nothing_is_left);
	tcase_add_test(tc, null_and_never_started_are_einval);
	tc = add_case(s, "sleep");
	tcase_add_test(tc, sleep_until_does_not_return_before_the_deadline);
	tcase_add_test(tc, sleep_until_a_moment_that_has_passed_returns);
	tcase_add_test(tc, signals_do_not_end_a_sleep);
	tcase_add_loop_test(tc, a_far_deadline_does_not_wrap, 0, FAR);
	return run_suite(s);
}
