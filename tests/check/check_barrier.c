/* SPDX-License-Identifier: MIT */
#include <sched.h>

#include "primitives.h"
#include "wait/waitq.h"

#define N      4
#define ROUNDS 50
#define BEFORE 4711u /* an index that no thread gets */

static struct sync_barrier b;
static unsigned ran; /* written by the action; atomic */

static void
begin(uint32_t parties)
{
	ok(sync_barrier_init(&b, parties, NULL, NULL, 0));
	ck_assert_uint_eq(sync_barrier_parties(&b), parties);
	ck_assert_uint_eq(sync_barrier_waiting(&b), 0);
	ck_assert(!sync_barrier_is_broken(&b));
}

static void
end(void)
{
	ok(sync_barrier_destroy(&b));
}

/*
 * A thread at the barrier: the result that its wait must return, and its index.
 */
struct party {
	struct spawned *thread;
	sync_time deadline;
	uint32_t index;
	int err; /* what its wait returned */
};

static void *
arrives(void *arg)
{
	struct party *p = arg;

	p->index = BEFORE;
	p->err = sync_barrier_wait_until(&b, &p->index, p->deadline);
	return arg;
}

static void
start(struct party *p)
{
	*p = (struct party) { .deadline = SYNC_NEVER };
	p->thread = spawn(arrives, p);
	until_asleep(p->thread);
}

static void
has_returned(struct party *p, int err, uint32_t index)
{
	(void)finish(p->thread);
	ck_assert_int_eq(p->err, err);
	ck_assert_uint_eq(p->index, index);
}

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

static void
is_broken(void)
{
	uint32_t index = BEFORE;

	ck_assert(sync_barrier_is_broken(&b));
	ck_assert_uint_eq(sync_barrier_waiting(&b), 0);
	fails(sync_barrier_wait(&b, &index), ECANCELED);
	fails(sync_barrier_trywait(&b, &index), ECANCELED);
	fails(sync_barrier_wait_until(&b, &index, 0), ECANCELED);
	ck_assert_uint_eq(index, BEFORE);
}

static void
works_again(void)
{
	struct party p[N];
	uint32_t i;

	ok(sync_barrier_reset(&b));
	ck_assert(!sync_barrier_is_broken(&b));
	for (i = 0; i < N - 1; i++)
		start(&p[i]);
	ok(sync_barrier_trywait(&b, NULL));
	for (i = 0; i < N - 1; i++)
		has_returned(&p[i], 0, i);
}

START_TEST(timeout_breaks_it_for_all_until_reset)
{
	struct party p[N - 1];
	uint32_t index = BEFORE;
	int i;

	begin(N);
	for (i = 0; i < N - 2; i++)
		start(&p[i]);
	fails(sync_barrier_wait_until(&b, &index, sync_after_ms(10)),
	    ETIMEDOUT);
	ck_assert_uint_eq(index, BEFORE);
	for (i = 0; i < N - 2; i++)
		has_returned(&p[i], ECANCELED, BEFORE);
	is_broken();
	works_again();
	end();
}
END_TEST

START_TEST(abort_breaks_it_for_all_until_reset)
{
	struct party p[N - 1];
	int i;

	begin(N);
	for (i = 0; i < N - 1; i++)
		start(&p[i]);
	ok(sync_barrier_abort(&b));
	for (i = 0; i < N - 1; i++)
		has_returned(&p[i], ECANCELED, BEFORE);
	is_broken();
	ok(sync_barrier_abort(&b)); /* repeating it is harmless */
	is_broken();
	works_again();
	ok(sync_barrier_abort(&b)); /* with no thread waiting */
	is_broken();
	end();
}
END_TEST

START_TEST(reset_sends_away_all_who_wait)
{
	struct party p[N - 1];
	int i;

	begin(N);
	ok(sync_barrier_reset(&b)); /* nothing to do */
	for (i = 0; i < N - 1; i++)
		start(&p[i]);
	ok(sync_barrier_reset(&b));
	for (i = 0; i < N - 1; i++)
		has_returned(&p[i], ECANCELED, BEFORE);
	works_again();
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

static unsigned is_over; /* the leaver's wait has returned; atomic */

/* Time enough for it to return, or to fall asleep. */
static void
wait_for_late(struct party *late)
{
	int looks = 0;

	while (counted(&is_over) == 0 && looks < 50) {
		looks = is_asleep(late->thread) ? looks + 1 : 0;
		sync_thread_sleep_until(sync_after(100000));
	}
}

static void
acts_slowly(void *arg)
{
	wait_for_late(arg);
	ck_assert_msg(counted(&is_over) == 0, "left before the action ended");
	count(&ran);
}

static void *
is_late(void *arg)
{
	(void)arrives(arg);
	count(&is_over);
	return arg;
}

static void *
resets(void *arg)
{
	ok(sync_barrier_reset(&b));
	return arg;
}

/*
 * Looks inside.  While the wait queue's lock is held, the first party's
 * deadline passes, so it wants to leave.  The rival has waited longer for that
 * lock and gets it first.
 */
static void
meet(struct party *late, void *(*rival)(void *), void *arg)
{
	struct spawned *s;

	*late = (struct party) { .deadline = sync_after_ms(50) };
	late->thread = spawn(is_late, late);
	while (sync_barrier_waiting(&b) == 0 && counted(&is_over) == 0)
		sync_thread_sleep_until(sync_after(100000));
	ok(waitq_enter(&b.waiters));
	s = spawn(rival, arg);
	until_asleep(s);
	sync_thread_sleep_until(late->deadline);
	wait_for_late(late);
	waitq_leave(&b.waiters);
	(void)finish(s);
	(void)finish(late->thread);
}

/* Whatever they return, they must agree. */
START_TEST(timeout_that_meets_the_last_arrival_is_one_or_the_other)
{
	struct party late, last = { .deadline = SYNC_NEVER };

	ok(sync_barrier_init(&b, 2, acts_slowly, &late, 0));
	meet(&late, arrives, &last);
	if (late.err == 0) {
		ck_assert_int_eq(last.err, 0);
		ck_assert_uint_eq(ran, 1);
		ck_assert_uint_eq(late.index + last.index, 1);
	} else {
		ck_assert_int_eq(late.err, ETIMEDOUT);
		ck_assert_int_eq(last.err, ECANCELED);
		ck_assert_uint_eq(ran, 0);
		ck_assert_uint_eq(late.index, BEFORE);
		ck_assert_uint_eq(last.index, BEFORE);
		ck_assert(sync_barrier_is_broken(&b));
	}
	end();
}
END_TEST

START_TEST(timeout_that_meets_a_reset_does_not_break_what_comes_after)
{
	struct party late;

	begin(N);
	meet(&late, resets, NULL);
	ck_assert_int_eq(late.err, ETIMEDOUT);
	ck_assert_uint_eq(late.index, BEFORE);
	ck_assert(!sync_barrier_is_broken(&b));
	ck_assert_uint_eq(sync_barrier_waiting(&b), 0);
	works_again();
	end();
}
END_TEST

static void
add_rounds(Suite *s)
{
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
}

int
main(void)
{
	Suite *s = suite_create("barrier");
	TCase *tc;

	add_rounds(s);
	tc = add_case(s, "broken");
	tcase_add_test(tc, timeout_breaks_it_for_all_until_reset);
	tcase_add_test(tc, abort_breaks_it_for_all_until_reset);
	tcase_add_test(tc, reset_sends_away_all_who_wait);
	tcase_add_loop_test(tc,
	    timeout_that_meets_the_last_arrival_is_one_or_the_other, 0, 10);
	tcase_add_loop_test(tc,
	    timeout_that_meets_a_reset_does_not_break_what_comes_after, 0, 10);
	tc = add_case(s, "misuse");
	tcase_add_test(tc, init_refuses_what_makes_no_sense);
	tcase_add_test(tc, null_and_destroyed_return_einval);
	tcase_add_test(
	    tc, destroy_while_waited_for_returns_ebusy_and_is_harmless);
	return run_suite(s);
}
