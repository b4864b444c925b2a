/* SPDX-License-Identifier: MIT */
/*
 * The end of a thread: a thread has ended when its destructors have, and a join
 * with a deadline does not wait longer than its deadline.  Also, starting a
 * thread that is running.
 */
#include "support.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_key_t key;
static struct sync_thread t;
static struct sync_event dying, may_die; /* in the destructor */
static int left; /* by the destructor */

static void
lasts(void *unused)
{
	(void)unused;
	fails(sync_thread_tryjoin(&t, NULL), EDEADLK);
	ok(sync_event_set(&dying));
	ok(sync_event_wait(&may_die));
	left = 1;
}

static void *
has_a_destructor(void *arg)
{
	ck_assert_int_eq(pthread_setspecific(key, &key), 0);
	return arg;
}

static void
begin_dying(void)
{
	ck_assert_int_eq(pthread_key_create(&key, lasts), 0);
	left = 0;
	ok(sync_thread_start(&t, has_a_destructor, &t, NULL));
	ok(sync_event_wait(&dying));
}

static void
end_dying(void)
{
	void *result = NULL;

	ok(sync_event_set(&may_die));
	ok(sync_thread_join(&t, &result));
	ck_assert_ptr_eq(result, &t);
	ck_assert_int_eq(left, 1);
}

START_TEST(tryjoin_does_not_wait_for_a_destructor)
{
	void *result = &result;
	int i;

	for (i = 0; i < 100; i++)
		fails(sync_thread_tryjoin(&t, &result), EBUSY);
	ck_assert_ptr_eq(result, &result);
	ok(sync_event_set(&may_die));
	while (sync_thread_tryjoin(&t, &result) != 0)
		continue;
	ck_assert_ptr_eq(result, &t);
	ck_assert_int_eq(left, 1);
}
END_TEST

START_TEST(join_until_does_not_wait_for_a_destructor)
{
	static const sync_time past[] = { INT64_MIN, -1, 0, 1 };
	void *result = &result;
	sync_time deadline;
	int i;

	for (i = 0; i < 4; i++)
		fails(sync_thread_join_until(&t, &result, past[i]), ETIMEDOUT);
	deadline = sync_after_ms(30);
	fails(sync_thread_join_until(&t, &result, deadline), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), deadline);
	ck_assert_ptr_eq(result, &result);
	ok(sync_event_set(&may_die));
	ok(sync_thread_join_until(
	    &t, &result, _i == 0 ? sync_after_ms(3600000) : INT64_MAX - 1));
	ck_assert_ptr_eq(result, &t);
	ck_assert_int_eq(left, 1);
}
END_TEST

static void *
joins(void *unused)
{
	void *result = unused;

	ok(sync_thread_join(&t, &result));
	ck_assert_ptr_eq(result, &t);
	ck_assert_int_eq(left, 1);
	return NULL;
}

static void *
joins_until(void *deadline)
{
	return (void *)(intptr_t)sync_thread_join_until(
	    &t, NULL, *(const sync_time *)deadline);
}

/*
 * Any one of them may be in the platform's join: the others do not depend on
 * it.
 */
START_TEST(a_joiner_that_gives_up_leaves_the_thread_to_the_others)
{
	sync_time soon = sync_after_ms(20), late = sync_after_ms(3600000);
	struct spawned *s[4];
	int i;

	for (i = 0; i < 4; i++) {
		s[i] = (i + _i) % 4 < 2 ? spawn(joins_until, &soon)
		    : (i + _i) % 4 == 2 ? spawn(joins_until, &late)
					: spawn(joins, NULL);
		if (_i < 4 && (i + _i) % 4 >= 2)
			until_asleep(s[i]); /* the others may be back */
	}
	for (i = 0; i < 4; i++)
		if ((i + _i) % 4 < 2)
			ck_assert_int_eq((intptr_t)finish(s[i]), ETIMEDOUT);
	fails(sync_thread_tryjoin(&t, NULL), EBUSY);
	ok(sync_event_set(&may_die));
	for (i = 0; i < 4; i++)
		if ((i + _i) % 4 >= 2)
			ck_assert_ptr_null(finish(s[i]));
}
END_TEST

static struct sync_mutex lock = SYNC_MUTEX_INIT;

static void
takes_the_lock(void *unused)
{
	(void)unused;
	ok(sync_mutex_lock(&lock));
	ok(sync_mutex_unlock(&lock));
}

/* For example to return cached memory. */
START_TEST(tryjoin_under_a_lock_that_a_destructor_takes_is_no_deadlock)
{
	ck_assert_int_eq(pthread_key_create(&key, takes_the_lock), 0);
	ok(sync_mutex_lock(&lock));
	ok(sync_thread_start(&t, has_a_destructor, NULL, NULL));
	fails(sync_thread_tryjoin(&t, NULL), EBUSY);
	fails(sync_thread_join_until(&t, NULL, sync_after_ms(5)), ETIMEDOUT);
	ok(sync_mutex_unlock(&lock));
	ok(sync_thread_join(&t, NULL));
}
END_TEST

/* Several threads with deadlines that pass at about the moment of the end. */
static unsigned joined; /* atomic */
static struct gate gate;

static void *
joins_or_not(void *seed)
{
	uint32_t random = (uint32_t)(uintptr_t)seed;
	int err;

	gate_pass(&gate);
	do
		err = random_next(&random) % 3 == 0
		    ? sync_thread_tryjoin(&t, NULL)
		    : sync_thread_join_until(&t, NULL,
			sync_after((int64_t)(random_next(&random) % 60000)));
	while (err == EBUSY || err == ETIMEDOUT);
	ck_assert_int_eq(err, 0);
	(void)__atomic_fetch_add(&joined, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void
lasts_a_little(void *unused)
{
	sync_time until = sync_after(30000);

	(void)unused;
	while (sync_time_now() < until)
		continue;
}

START_TEST(joiners_with_deadlines_all_join_in_the_end)
{
	struct spawned *s[3];
	uintptr_t i, k;

	ck_assert_int_eq(pthread_key_create(&key, lasts_a_little), 0);
	for (k = 1; k <= 200 * stress_factor(); k++) {
		joined = 0;
		gate = (struct gate) { 0, 4 };
		ok(sync_thread_start(&t, has_a_destructor, &t, NULL));
		for (i = 0; i < 3; i++)
			s[i] = spawn(joins_or_not,
			    (void *)(k * 3 + i + random_seed()));
		gate_pass(&gate);
		if (k % 2 == 0)
			ok(sync_thread_join(&t, NULL));
		for (i = 0; i < 3; i++)
			(void)finish(s[i]);
		ck_assert_uint_eq(joined, 3);
	}
}
END_TEST

/* Objects in the wrong state. */

static struct sync_event inside, go_on;

static void *
waits(void *arg)
{
	ok(sync_event_set(&inside));
	ok(sync_event_wait(&go_on));
	return arg;
}

static void *
is_wrong(void *unused)
{
	(void)unused;
	ck_abort_msg("what start refused was called");
}

static void *
returns_its_argument(void *arg)
{
	return arg;
}

START_TEST(start_of_a_thread_that_runs_is_ebusy)
{
	const struct sync_thread_options o = { "name", 100000 };
	void *result = NULL;
	int i;

	for (i = 0; i < 3; i++) {
		ok(sync_event_clear(&go_on));
		ok(sync_event_clear(&inside));
		ok(sync_thread_start(&t, waits, &i, NULL));
		fails(sync_thread_start(&t, is_wrong, NULL, NULL), EBUSY);
		ok(sync_event_wait(&inside));
		fails(sync_thread_start(&t, is_wrong, NULL, &o), EBUSY);
		ck_assert_str_eq(sync_thread_name(&t), "");
		ok(sync_event_set(&go_on));
		ok(sync_thread_join(&t, &result)); /* and again */
		ck_assert_ptr_eq(result, &i);
	}
}
END_TEST

START_TEST(start_of_a_thread_that_was_not_joined_is_ebusy)
{
	fails(sync_thread_start(&t, is_wrong, NULL, NULL), EBUSY);
	ok(sync_event_set(&may_die));
	fails(sync_thread_start(&t, is_wrong, NULL, NULL), EBUSY);
	ok(sync_thread_join(&t, NULL));
	ok(sync_thread_start(&t, returns_its_argument, NULL, NULL));
	ok(sync_thread_join(&t, NULL));
}
END_TEST

static void *
starts_itself(void *unused)
{
	fails(sync_thread_start(&t, is_wrong, NULL, NULL), EBUSY);
	return unused;
}

START_TEST(a_thread_cannot_start_itself)
{
	ok(sync_thread_start(&t, starts_itself, NULL, NULL));
	ok(sync_thread_join(&t, NULL));
}
END_TEST

START_TEST(start_takes_any_memory)
{
	struct sync_thread *m = malloc(sizeof(*m)), image;
	uint32_t random = random_seed();
	unsigned char *bytes = (unsigned char *)m;
	size_t i;
	int k;

	ok(sync_thread_start(m, returns_its_argument, NULL, NULL));
	ok(sync_thread_join(m, NULL));
	for (k = 0; k < 300; k++) {
		for (i = 0; i < sizeof(*m); i++)
			bytes[i] = (unsigned char)(k < 256
				? (unsigned)k : random_next(&random));
		ok(sync_thread_start(m, returns_its_argument, NULL, NULL));
		ok(sync_thread_join(m, NULL));
	}
	/* A copy of the handle of a running thread is no thread. */
	ok(sync_thread_start(&t, waits, NULL, NULL));
	image = t;
	memcpy(m, &image, sizeof(*m));
	ok(sync_thread_start(m, returns_its_argument, NULL, NULL));
	ok(sync_thread_join(m, NULL));
	ok(sync_event_set(&go_on));
	ok(sync_thread_join(&t, NULL));
	free(m);
}
END_TEST

static void
starts_again(void *unused)
{
	void *result = unused;

	if (!threads_after_fork())
		return;
	ok(sync_thread_start(&t, returns_its_argument, &t, NULL));
	ok(sync_thread_join(&t, &result));
	ck_assert_ptr_eq(result, &t);
	ok(sync_thread_start(&t, returns_its_argument, &t, NULL));
	ok(sync_thread_join(&t, &result));
}

START_TEST(the_child_of_a_fork_can_start_the_parents_threads_again)
{
	ok(sync_thread_start(&t, waits, NULL, NULL));
	ok(sync_event_wait(&inside));
	in_child(starts_again, NULL);
	ok(sync_event_set(&go_on));
	ok(sync_thread_join(&t, NULL));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("thread_end");
	TCase *tc = add_case(s, "dying");

	tcase_add_checked_fixture(tc, begin_dying, end_dying);
	tcase_add_test(tc, tryjoin_does_not_wait_for_a_destructor);
	tcase_add_loop_test(
	    tc, join_until_does_not_wait_for_a_destructor, 0, 2);
	tcase_add_loop_test(tc,
	    a_joiner_that_gives_up_leaves_the_thread_to_the_others, 0, 8);
	tc = add_case(s, "destructors");
	tcase_add_test(tc,
	    tryjoin_under_a_lock_that_a_destructor_takes_is_no_deadlock);
	tcase_add_test(tc, joiners_with_deadlines_all_join_in_the_end);
	tc = add_case(s, "start");
	tcase_add_test(tc, start_of_a_thread_that_runs_is_ebusy);
	tcase_add_test(tc, a_thread_cannot_start_itself);
	tcase_add_test(
	    tc, the_child_of_a_fork_can_start_the_parents_threads_again);
	tc = add_case(s, "memory"); /* memcheck.sh runs it, too */
	tcase_add_test(tc, start_takes_any_memory);
	tc = add_case(s, "not joined");
	tcase_add_checked_fixture(tc, begin_dying, NULL);
	tcase_add_test(tc, start_of_a_thread_that_was_not_joined_is_ebusy);
	return run_suite(s);
}
