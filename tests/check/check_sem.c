/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <sys/time.h>

#include "primitives.h"

static struct sync_sem s;
static unsigned taken; /* atomic */

static void *
takes(void *arg)
{
	ok(sync_sem_wait(&s));
	count(&taken);
	return arg;
}

START_TEST(wait_takes_a_unit_and_post_gives_it_back)
{
	ok(sync_sem_init(&s, 2, 3, 0));
	ck_assert_uint_eq(sync_sem_value(&s), 2);
	ok(sync_sem_wait(&s));
	ck_assert_uint_eq(sync_sem_value(&s), 1);
	ok(sync_sem_trywait(&s));
	ck_assert_uint_eq(sync_sem_value(&s), 0);
	fails(sync_sem_trywait(&s), EAGAIN);
	ok(sync_sem_post(&s));
	ok(sync_sem_wait_until(&s, INT64_MIN));
	fails(sync_sem_wait_until(&s, INT64_MIN), ETIMEDOUT);
	ck_assert_uint_eq(sync_sem_value(&s), 0);
	ok(sync_sem_post_n(&s, 3));
	ck_assert_uint_eq(sync_sem_value(&s), 3);
	ok(sync_sem_destroy(&s));
}
END_TEST

START_TEST(post_beyond_the_maximum_returns_eoverflow_and_changes_nothing)
{
	ok(sync_sem_init(&s, 4, 5, 0));
	fails(sync_sem_post_n(&s, 2), EOVERFLOW);
	fails(sync_sem_post_n(&s, UINT32_MAX), EOVERFLOW);
	fails(sync_sem_post_n(&s, 0x80000000u), EOVERFLOW);
	ck_assert_uint_eq(sync_sem_value(&s), 4);
	ok(sync_sem_post(&s));
	fails(sync_sem_post(&s), EOVERFLOW);
	fails(sync_sem_post_n(&s, 1), EOVERFLOW);
	ok(sync_sem_post_n(&s, 0));
	ck_assert_uint_eq(sync_sem_value(&s), 5);
	ok(sync_sem_init(&s, SYNC_SEM_MAX, SYNC_SEM_MAX, 0));
	fails(sync_sem_post(&s), EOVERFLOW);
	ck_assert_uint_eq(sync_sem_value(&s), SYNC_SEM_MAX);
	ok(sync_sem_wait(&s));
	ok(sync_sem_post(&s));
	ok(sync_sem_init(&s, 0, SYNC_SEM_MAX, 0));
	ok(sync_sem_post_n(&s, SYNC_SEM_MAX));
	ck_assert_uint_eq(sync_sem_value(&s), SYNC_SEM_MAX);
	ok(sync_sem_destroy(&s));
}
END_TEST

START_TEST(failed_post_wakes_nobody)
{
	struct spawned *t;

	ok(sync_sem_init(&s, 0, 1, 0));
	t = spawn(takes, NULL);
	until_asleep(t);
	fails(sync_sem_post_n(&s, 2), EOVERFLOW);
	ok(sync_sem_post_n(&s, 0));
	until_asleep(t);
	ck_assert_uint_eq(sync_sem_value(&s), 0);
	ok(sync_sem_post(&s));
	(void)finish(t);
	ok(sync_sem_destroy(&s));
}
END_TEST

START_TEST(post_before_the_wait_is_kept)
{
	ok(sync_sem_init(&s, 0, 1, 0));
	ok(sync_sem_post(&s));
	elsewhere(takes);
	ck_assert_uint_eq(sync_sem_value(&s), 0);
	ok(sync_sem_destroy(&s));
}
END_TEST

START_TEST(post_n_frees_as_many_waiters_as_units)
{
	struct spawned *t[7];
	unsigned i, n;

	ok(sync_sem_init(&s, 0, 7, 0));
	for (i = 0; i < 7; i++)
		t[i] = spawn(takes, NULL);
	for (i = 0; i < 7; i++)
		until_asleep(t[i]);
	for (n = 1; n < 7; n += 2) { /* 1, 4, 6 in all, in two posts */
		ok(sync_sem_post_n(&s, n > 3 ? 2 : n));
		while (counted(&taken) != (n == 1 ? 1 : n == 3 ? 4 : 6))
			continue;
		ck_assert_uint_eq(sync_sem_value(&s), 0);
	}
	ok(sync_sem_post_n(&s, 3));
	for (i = 0; i < 7; i++)
		(void)finish(t[i]);
	ck_assert_uint_eq(taken, 7);
	ck_assert_uint_eq(sync_sem_value(&s), 2);
	ok(sync_sem_destroy(&s));
}
END_TEST

static void *
times_out(void *arg)
{
	fails(sync_sem_wait_until(&s, sync_after_ms(20)), ETIMEDOUT);
	return arg;
}

START_TEST(waiter_that_timed_out_takes_no_unit)
{
	struct spawned *first, *second;

	ok(sync_sem_init(&s, 0, 1, 0));
	first = spawn(times_out, NULL);
	second = spawn(takes, NULL);
	(void)finish(first);
	until_asleep(second);
	ok(sync_sem_post(&s));
	(void)finish(second);
	ck_assert_uint_eq(sync_sem_value(&s), 0);
	elsewhere(times_out);
	ok(sync_sem_post(&s));
	ok(sync_sem_trywait(&s));
	ok(sync_sem_destroy(&s));
}
END_TEST

/* Whether a woken thread sleeps again if a newcomer has taken its unit. */
START_TEST(unit_that_a_newcomer_takes_is_not_missed)
{
	struct spawned *t[2];
	unsigned robbed = 0;

	ok(sync_sem_init(&s, 0, 2, 0));
	t[0] = spawn(takes, NULL);
	t[1] = spawn(takes, NULL);
	until_asleep(t[0]);
	until_asleep(t[1]);
	while (counted(&taken) < 2) {
		ok(sync_sem_post(&s));
		if (robbed < 200 && sync_sem_trywait(&s) == 0)
			robbed++;
		else
			while (sync_sem_value(&s) > 0 && counted(&taken) < 2)
				continue;
	}
	(void)finish(t[0]);
	(void)finish(t[1]);
	ok(sync_sem_destroy(&s));
}
END_TEST

START_TEST(init_refuses_what_makes_no_sense)
{
	struct sync_sem before;
	int bit;

	ok(sync_sem_init(&s, 1, 2, 0));
	memcpy(&before, &s, sizeof(s));
	fails(sync_sem_init(NULL, 1, 1, 0), EINVAL);
	fails(sync_sem_init(&s, 0, 0, 0), EINVAL);
	fails(sync_sem_init(&s, 3, 2, 0), EINVAL);
	fails(sync_sem_init(&s, 0, SYNC_SEM_MAX + 1, 0), EINVAL);
	fails(sync_sem_init(&s, 0, UINT32_MAX, 0), EINVAL);
	for (bit = 0; bit < 32; bit++)
		fails(sync_sem_init(&s, 0, 1, 1u << bit), EINVAL);
	ck_assert_mem_eq(&before, &s, sizeof(s));
	ok(sync_sem_destroy(&s));
}
END_TEST

START_TEST(null_and_destroyed_return_einval)
{
	struct sync_sem *p[2] = { NULL, &s };
	int i;

	ok(sync_sem_init(&s, 1, 2, 0));
	ok(sync_sem_destroy(&s));
	for (i = 0; i < 2; i++) {
		fails(sync_sem_destroy(p[i]), EINVAL);
		fails(sync_sem_wait(p[i]), EINVAL);
		fails(sync_sem_trywait(p[i]), EINVAL);
		fails(sync_sem_wait_until(p[i], 0), EINVAL);
		fails(sync_sem_post(p[i]), EINVAL);
		fails(sync_sem_post_n(p[i], 1), EINVAL);
		ck_assert_uint_eq(sync_sem_value(p[i]), 0);
	}
	ok(sync_sem_init(&s, 0, 1, 0));
	ok(sync_sem_post(&s));
	ok(sync_sem_destroy(&s));
}
END_TEST

START_TEST(destroy_while_waited_for_returns_ebusy_and_is_harmless)
{
	struct spawned *t;

	ok(sync_sem_init(&s, 0, 1, 0));
	t = spawn(takes, NULL);
	until_asleep(t);
	fails(sync_sem_destroy(&s), EBUSY);
	fails(sync_sem_destroy(&s), EBUSY);
	until_asleep(t);
	ok(sync_sem_post(&s));
	(void)finish(t);
	ok(sync_sem_destroy(&s));
}
END_TEST

START_TEST(static_initialiser_equals_init)
{
	static struct sync_sem fixed = SYNC_SEM_INIT(3, 9);

	memset(&s, 0xff, sizeof(s));
	ok(sync_sem_init(&s, 3, 9, 0));
	ck_assert_mem_eq(&s, &fixed, sizeof(s));
	ok(sync_sem_trywait(&fixed));
	ck_assert_uint_eq(sync_sem_value(&fixed), 2);
	ok(sync_sem_destroy(&fixed));
}
END_TEST

#define ALARMS 300
static unsigned posted, tried, rung; /* by the handler; atomic */

static void
rings(int unused)
{
	(void)unused;
	if (sync_sem_post(&s) == 0)
		count(&posted);
	if ((counted(&rung) & 3) == 0 && sync_sem_trywait(&s) == 0)
		count(&tried);
	count(&rung);
}

START_TEST(handler_posts_while_the_thread_is_inside_the_semaphore)
{
	const struct itimerval every = { { 0, 500 }, { 0, 500 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	unsigned mine = 0;

	ok(sync_sem_init(&s, 0, SYNC_SEM_MAX, 0));
	on_signal(SIGALRM, rings);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &every, NULL), 0);
	while (counted(&rung) < ALARMS) {
		ok(sync_sem_post(&s));
		ok(sync_sem_wait_until(&s, 0));
		ok(sync_sem_wait(&s)); /* from a handler */
		mine++;
	}
	ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	ck_assert_uint_eq(posted, tried + mine + sync_sem_value(&s));
	ok(sync_sem_destroy(&s));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("sem");
	TCase *tc = add_case(suite, "units");

	tcase_add_test(tc, wait_takes_a_unit_and_post_gives_it_back);
	tcase_add_test(tc, post_before_the_wait_is_kept);
	tcase_add_test(tc, post_n_frees_as_many_waiters_as_units);
	tcase_add_test(tc, waiter_that_timed_out_takes_no_unit);
	tcase_add_test(tc, unit_that_a_newcomer_takes_is_not_missed);
	tcase_add_test(tc, static_initialiser_equals_init);
	tcase_add_test(
	    tc, handler_posts_while_the_thread_is_inside_the_semaphore);
	tc = add_case(suite, "misuse");
	tcase_add_test(
	    tc, post_beyond_the_maximum_returns_eoverflow_and_changes_nothing);
	tcase_add_test(tc, failed_post_wakes_nobody);
	tcase_add_test(tc, init_refuses_what_makes_no_sense);
	tcase_add_test(tc, null_and_destroyed_return_einval);
	tcase_add_test(
	    tc, destroy_while_waited_for_returns_ebusy_and_is_harmless);
	return run_suite(suite);
}
