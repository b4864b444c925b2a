/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>

#include "primitives.h"

static struct sync_event e; /* all zero: valid */

static void *
waits(void *arg)
{
	ok(sync_event_wait(&e));
	if (arg != NULL)
		count(arg);
	return arg;
}

static void *
passes(void *arg)
{
	ok(sync_event_wait(&e));
	ok(sync_event_trywait(&e));
	ok(sync_event_wait_until(&e, INT64_MIN));
	ck_assert(sync_event_is_set(&e));
	return arg;
}

static void *
is_stopped(void *arg)
{
	fails(sync_event_trywait(&e), EAGAIN);
	fails(sync_event_wait_until(&e, INT64_MIN), ETIMEDOUT);
	fails(sync_event_wait_until(&e, sync_after_ms(2)), ETIMEDOUT);
	ck_assert(!sync_event_is_set(&e));
	return arg;
}

START_TEST(event_stays_set_until_clear)
{
	elsewhere(is_stopped);
	ok(sync_event_set(&e));
	elsewhere(passes);
	elsewhere(passes);
	ok(sync_event_clear(&e));
	elsewhere(is_stopped);
	ok(sync_event_set(&e));
	elsewhere(passes);
	ok(sync_event_destroy(&e));
}
END_TEST

START_TEST(set_of_a_set_event_and_clear_of_a_clear_one_return_0)
{
	struct spawned *s;

	ok(sync_event_clear(&e));
	ok(sync_event_clear(&e));
	elsewhere(is_stopped);
	s = spawn(waits, NULL);
	until_asleep(s);
	ok(sync_event_clear(&e));
	until_asleep(s);
	ok(sync_event_set(&e));
	ok(sync_event_set(&e));
	ok(sync_event_set(&e));
	(void)finish(s);
	elsewhere(passes);
	ok(sync_event_clear(&e)); /* one clear undoes any number of sets */
	elsewhere(is_stopped);
	ok(sync_event_destroy(&e));
}
END_TEST

START_TEST(set_frees_all_waiters)
{
	struct spawned *s[8];
	unsigned n = 0;
	int i;

	for (i = 0; i < 8; i++)
		s[i] = spawn(waits, &n);
	for (i = 0; i < 8; i++)
		until_asleep(s[i]);
	ok(sync_event_set(&e));
	for (i = 0; i < 8; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(n, 8);
	ok(sync_event_destroy(&e));
}
END_TEST

START_TEST(set_then_clear_at_once_frees_all_who_waited)
{
	struct spawned *s[8];
	int i;

	for (i = 0; i < 8; i++)
		s[i] = spawn(waits, NULL);
	for (i = 0; i < 8; i++)
		until_asleep(s[i]);
	ok(sync_event_set(&e));
	ok(sync_event_clear(&e));
	elsewhere(is_stopped);
	for (i = 0; i < 8; i++)
		(void)finish(s[i]);
	ok(sync_event_destroy(&e));
}
END_TEST

START_TEST(set_before_the_wait_is_kept)
{
	ok(sync_event_set(&e));
	elsewhere(waits);
	ok(sync_event_destroy(&e));
}
END_TEST

#define GENERATION 8u

/*
 * Looks inside.  The generation is set by hand to a value near its end, and a
 * waiter sleeps through each of ten sets around the wrap.
 */
START_TEST(generation_may_wrap_around)
{
	struct spawned *s;
	int i;

	e.word = 0u - 5 * GENERATION;
	for (i = 0; i < 10; i++) {
		s = spawn(waits, NULL);
		until_asleep(s);
		ok(sync_event_set(&e));
		if (_i != 0)
			ok(sync_event_clear(&e));
		(void)finish(s);
		ok(sync_event_clear(&e));
		elsewhere(is_stopped);
	}
	ck_assert_uint_eq(e.word / GENERATION, 5);
	ok(sync_event_destroy(&e));
}
END_TEST

START_TEST(null_and_destroyed_return_einval)
{
	struct sync_event *p[2] = { NULL, &e };
	int i;

	ok(sync_event_set(&e));
	ok(sync_event_destroy(&e));
	for (i = 0; i < 2; i++) {
		fails(sync_event_destroy(p[i]), EINVAL);
		fails(sync_event_set(p[i]), EINVAL);
		fails(sync_event_clear(p[i]), EINVAL);
		fails(sync_event_wait(p[i]), EINVAL);
		fails(sync_event_trywait(p[i]), EINVAL);
		fails(sync_event_wait_until(p[i], SYNC_NEVER), EINVAL);
		ck_assert(!sync_event_is_set(p[i]));
	}
	ok(sync_event_init(&e, 0));
	elsewhere(is_stopped);
	ok(sync_event_destroy(&e));
}
END_TEST

START_TEST(init_with_a_flag_returns_einval)
{
	int bit;

	fails(sync_event_init(NULL, 0), EINVAL);
	ok(sync_event_set(&e));
	for (bit = 0; bit < 32; bit++)
		fails(sync_event_init(&e, 1u << bit), EINVAL);
	elsewhere(passes);
	ok(sync_event_init(&e, 0));
	elsewhere(is_stopped);
	ok(sync_event_destroy(&e));
}
END_TEST

START_TEST(destroy_while_waited_for_returns_ebusy_and_is_harmless)
{
	struct spawned *s = spawn(waits, NULL);

	until_asleep(s);
	fails(sync_event_destroy(&e), EBUSY);
	fails(sync_event_destroy(&e), EBUSY);
	until_asleep(s);
	ok(sync_event_set(&e));
	(void)finish(s);
	ok(sync_event_destroy(&e));
}
END_TEST

START_TEST(event_of_all_zero_bytes_is_clear)
{
	const struct sync_event initialised = SYNC_EVENT_INIT;
	struct sync_event local;

	memset(&local, 0, sizeof(local));
	ck_assert_mem_eq(&local, &initialised, sizeof(local));
	fails(sync_event_trywait(&local), EAGAIN);
	ok(sync_event_set(&local));
	ok(sync_event_wait(&local));
	ok(sync_event_destroy(&local));
}
END_TEST

static unsigned rung, failed; /* written by the handler, which may not assert */

static void
rings(int unused)
{
	(void)unused;
	if (sync_event_set(&e) != 0)
		count(&failed);
	count(&rung);
}

START_TEST(handler_sets_while_the_thread_is_inside_the_event)
{
	const struct itimerval every = { { 0, 500 }, { 0, 500 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };

	on_signal(SIGALRM, rings);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &every, NULL), 0);
	while (counted(&rung) < 300) {
		ok(sync_event_set(&e));
		ok(sync_event_wait(&e));
		ok(sync_event_clear(&e));
		ok(sync_event_wait(&e)); /* set by a handler */
		ok(sync_event_clear(&e));
	}
	ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	ck_assert_uint_eq(failed, 0);
	ok(sync_event_destroy(&e));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("event");
	TCase *tc = add_case(s, "set");

	tcase_add_test(tc, event_stays_set_until_clear);
	tcase_add_test(
	    tc, set_of_a_set_event_and_clear_of_a_clear_one_return_0);
	tcase_add_test(tc, set_frees_all_waiters);
	tcase_add_test(tc, set_then_clear_at_once_frees_all_who_waited);
	tcase_add_test(tc, set_before_the_wait_is_kept);
	tcase_add_loop_test(tc, generation_may_wrap_around, 0, 2);
	tcase_add_test(tc, event_of_all_zero_bytes_is_clear);
	tcase_add_test(tc, handler_sets_while_the_thread_is_inside_the_event);
	tc = add_case(s, "misuse");
	tcase_add_test(tc, null_and_destroyed_return_einval);
	tcase_add_test(tc, init_with_a_flag_returns_einval);
	tcase_add_test(
	    tc, destroy_while_waited_for_returns_ebusy_and_is_harmless);
	return run_suite(s);
}
