/* SPDX-License-Identifier: MIT */
/* Rounds, the action, and misuse; broken barriers are in check_barrier_broken. */
#include <sched.h>

#include "barrier_parties.h"

#define ROUNDS 50

START_TEST(all_return_when_the_last_arrives_with_index_by_arrival)
{
	struct party p[N];
	uint32_t i, index = BEFORE;

	begin(N);
	for (i = 0; i < N - 1; i++) {
		start(&p[i]);
		ck_assert_uint_eq(sync_barrier_waiting(&b), i + 1);
	}
	for (i = 0; i < N - 1; i++)
		until_asleep(p[i].thread);
	ok(sync_barrier_wait(&b, &index));
	ck_assert_uint_eq(index, N - 1);
	for (i = 0; i < N - 1; i++)
		has_returned(&p[i], 0, i);
	ck_assert_uint_eq(sync_barrier_waiting(&b), 0);
	end();
}
END_TEST

static unsigned at[N]; /* the round that each is in; atomic */
static unsigned indexes[ROUNDS][N];

static void *
goes_round(void *arg)
{
	unsigned *mine = arg, i; /* zero at first */
	uint32_t index;

	while (*mine < ROUNDS) {
		for (i = 0; i < N; i++) /* no thread is a whole round ahead */
			ck_assert_uint_le(*mine, counted(&at[i]) + 1);
		ok(sync_barrier_wait(&b, &index));
		ck_assert_uint_lt(index, N);
		count(&indexes[*mine][index]);
		for (i = 0; i < N; i++)
			ck_assert_uint_ge(counted(&at[i]), *mine);
		count(mine);
	}
	return arg;
}

START_TEST(rounds_are_never_lapped_and_every_index_is_given_once)
{
	struct spawned *s[N];
	unsigned i, round;

	begin(N);
	for (i = 0; i < N; i++)
		s[i] = spawn(goes_round, &at[i]);
	for (i = 0; i < N; i++)
		(void)finish(s[i]);
	for (round = 0; round < ROUNDS; round++)
		for (i = 0; i < N; i++)
			ck_assert_uint_eq(indexes[round][i], 1);
	end();
}
END_TEST

static unsigned left; /* threads that have left; atomic */

static void
acts(void *arg)
{
	ck_assert_ptr_eq(arg, &ran);
	ck_assert_uint_eq(counted(&left), N * counted(&ran));
	ck_assert_uint_eq(sync_barrier_waiting(&b), 0); /* no lock is held */
	count(&ran);
}

static void *
leaves(void *arg)
{
	unsigned round;

	for (round = 0; round < ROUNDS; round++) {
		ok(sync_barrier_wait(&b, NULL));
		ck_assert_uint_ge(counted(&ran), round + 1);
		count(&left);
		/* the next round starts when all have counted */
		while (counted(&left) < N * (round + 1))
			(void)sched_yield();
	}
	return arg;
}

START_TEST(action_runs_once_a_round_before_anybody_leaves)
{
	struct spawned *s[N];
	int i;

	ok(sync_barrier_init(&b, N, acts, &ran, 0));
	for (i = 0; i < N; i++)
		s[i] = spawn(leaves, NULL);
	for (i = 0; i < N; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(ran, ROUNDS);
	end();
}
END_TEST

START_TEST(barrier_for_one_never_waits)
{
	uint32_t index = BEFORE;
	int i;

	ok(sync_barrier_init(&b, 1, acts, &ran, 0));
	for (i = 0; i < 5; i++) {
		left = N * ran; /* as acts wants it */
		ok(i == 0       ? sync_barrier_wait(&b, &index)
			: i < 3 ? sync_barrier_trywait(&b, &index)
				: sync_barrier_wait_until(&b, &index, -i));
		ck_assert_uint_eq(index, 0);
		index = BEFORE;
	}
	ck_assert_uint_eq(ran, 5);
	end();
}
END_TEST

START_TEST(trywait_succeeds_for_the_last_alone)
{
	struct party p;
	uint32_t index = BEFORE;

	begin(2);
	fails(sync_barrier_trywait(&b, &index), EAGAIN);
	fails(sync_barrier_trywait(&b, NULL), EAGAIN);
	ck_assert_uint_eq(index, BEFORE);
	ck_assert_uint_eq(sync_barrier_waiting(&b), 0);
	start(&p);
	ok(sync_barrier_trywait(&b, &index));
	ck_assert_uint_eq(index, 1);
	has_returned(&p, 0, 0);
	end();
}
END_TEST

START_TEST(last_to_arrive_succeeds_though_its_deadline_has_passed)
{
	struct party p;
	uint32_t index;
	int i;

	begin(2);
	for (i = 0; i < PASTS; i++) {
		start(&p);
		ok(sync_barrier_wait_until(&b, &index, past_deadline(i)));
		ck_assert_uint_eq(index, 1);
		has_returned(&p, 0, 0);
	}
	end();
}
END_TEST

START_TEST(init_refuses_what_makes_no_sense)
{
	int bit;

	begin(2);
	fails(sync_barrier_init(NULL, 1, NULL, NULL, 0), EINVAL);
	fails(sync_barrier_init(&b, 0, NULL, NULL, 0), EINVAL);
	for (bit = 0; bit < 32; bit++)
		fails(sync_barrier_init(&b, 3, NULL, NULL, 1u << bit), EINVAL);
	ck_assert_uint_eq(sync_barrier_parties(&b), 2);
	end();
	begin(UINT32_MAX);
	fails(sync_barrier_trywait(&b, NULL), EAGAIN);
	end();
}
END_TEST

START_TEST(null_and_destroyed_return_einval)
{
	struct sync_barrier *p[2] = { NULL, &b };
	uint32_t index = BEFORE;
	int i;

	begin(1);
	end();
	for (i = 0; i < 2; i++) {
		fails(sync_barrier_destroy(p[i]), EINVAL);
		fails(sync_barrier_wait(p[i], &index), EINVAL);
		fails(sync_barrier_trywait(p[i], &index), EINVAL);
		fails(sync_barrier_wait_until(p[i], &index, 0), EINVAL);
		fails(sync_barrier_abort(p[i]), EINVAL);
		fails(sync_barrier_reset(p[i]), EINVAL);
		ck_assert_uint_eq(sync_barrier_parties(p[i]), 0);
		ck_assert_uint_eq(sync_barrier_waiting(p[i]), 0);
		ck_assert(!sync_barrier_is_broken(p[i]));
	}
	ck_assert_uint_eq(index, BEFORE);
	begin(1);
	ok(sync_barrier_wait(&b, NULL));
	end();
}
END_TEST

START_TEST(destroy_while_waited_for_returns_ebusy_and_is_harmless)
{
	struct party p;

	begin(2);
	start(&p);
	fails(sync_barrier_destroy(&b), EBUSY);
	fails(sync_barrier_destroy(&b), EBUSY);
	until_asleep(p.thread);
	ok(sync_barrier_wait(&b, NULL));
	has_returned(&p, 0, 0);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("barrier");
	TCase *tc = add_case(s, "rounds");

	tcase_add_test(
	    tc, all_return_when_the_last_arrives_with_index_by_arrival);
	tcase_add_test(
	    tc, rounds_are_never_lapped_and_every_index_is_given_once);
	tcase_add_test(tc, action_runs_once_a_round_before_anybody_leaves);
	tcase_add_test(tc, barrier_for_one_never_waits);
	tcase_add_test(tc, trywait_succeeds_for_the_last_alone);
	tcase_add_test(
	    tc, last_to_arrive_succeeds_though_its_deadline_has_passed);
	tc = add_case(s, "misuse");
	tcase_add_test(tc, init_refuses_what_makes_no_sense);
	tcase_add_test(tc, null_and_destroyed_return_einval);
	tcase_add_test(
	    tc, destroy_while_waited_for_returns_ebusy_and_is_harmless);
	return run_suite(s);
}
