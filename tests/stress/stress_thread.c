/* SPDX-License-Identifier: MIT */
/*
 * Threads are started, joined by several others in every way, and freed.  Also
 * trees of threads.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#define JOINERS 3
#define DEPTH   4

static struct gate gate;
static uint32_t round_seed; /* set before the threads start */

/* Ends at once, or after a while. */
static void *
lives_briefly(void *arg)
{
	uint32_t random = round_seed;

	if (random_next(&random) % 2 == 0)
		sync_thread_sleep_until(
		    sync_after(random_next(&random) % 50000));
	return arg;
}

static int
join_somehow(struct sync_thread *t, void **result, uint32_t *random)
{
	switch (random_next(random) % 3) {
	case 0:
		return sync_thread_join(t, result);
	case 1:
		return sync_thread_tryjoin(t, result);
	default:
		return sync_thread_join_until(t, result,
		    sync_after((int64_t)(random_next(random) % 40000) - 2000));
	}
}

static void *
joins_somehow(void *t)
{
	uint32_t random = round_seed ^ (uint32_t)(uintptr_t)&random;
	void *result = NULL;
	int err;

	random |= 1; /* not 0 */
	gate_pass(&gate);
	while ((err = join_somehow(t, &result, &random)) != 0) {
		ck_assert(err == EBUSY || err == ETIMEDOUT);
		ck_assert_ptr_null(result);
	}
	ck_assert_ptr_eq(result, t);
	return NULL;
}

START_TEST(several_join_in_every_way_and_the_last_frees)
{
	uint32_t random = random_seed();
	struct spawned *s[JOINERS];
	unsigned round;
	int i;

	for (round = 0; round < 800 * stress_factor(); round++) {
		struct sync_thread *t = malloc(sizeof(*t));

		round_seed = random_next(&random);
		gate = (struct gate) { 0, JOINERS + 1 };
		ok(sync_thread_start(t, lives_briefly, t, NULL));
		for (i = 0; i < JOINERS; i++)
			s[i] = spawn(joins_somehow, t);
		gate_pass(&gate);
		for (i = 0; i < JOINERS; i++)
			(void)finish(s[i]);
		memset(t, 0xa5, sizeof(*t));
		free(t);
	}
}
END_TEST

/* The number of threads in the tree, itself included. */
static void *
grows_a_tree(void *depth)
{
	uintptr_t d = (uintptr_t)depth, n = 1;
	struct sync_thread_options o = { "branch", 0 };
	struct sync_thread child[2];
	void *result;
	int i;

	if (d == 0)
		return (void *)n;
	for (i = 0; i < 2; i++)
		ok(sync_thread_start(
		    &child[i], grows_a_tree, (void *)(d - 1), &o));
	for (i = 0; i < 2; i++) {
		ok(sync_thread_join(&child[i], &result));
		n += (uintptr_t)result;
	}
	return (void *)n;
}

START_TEST(threads_may_start_threads)
{
	unsigned round;

	for (round = 0; round < 40 * stress_factor(); round++)
		ck_assert_uint_eq((uintptr_t)grows_a_tree(
		    (void *)(uintptr_t)DEPTH), (1u << (DEPTH + 1)) - 1);
}
END_TEST

START_TEST(thousands_of_threads_one_after_the_other)
{
	struct sync_thread t;
	uintptr_t i, n = 4000 * stress_factor();
	void *result;

	round_seed = 1;
	for (i = 0; i < n; i++) {
		ok(sync_thread_start(&t, grows_a_tree, (void *)0, NULL));
		ok(sync_thread_join(&t, &result));
		ck_assert_uint_eq((uintptr_t)result, 1);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stress_thread");
	TCase *tc = add_case(s, "join");

	tcase_add_test(tc, several_join_in_every_way_and_the_last_frees);
	tcase_add_test(tc, threads_may_start_threads);
	tcase_add_test(tc, thousands_of_threads_one_after_the_other);
	return run_suite_here(s);
}
