/* SPDX-License-Identifier: MIT */
/*
 * A timeout or an abort breaks a barrier for all until a reset, also if it meets
 * the last arrival or a reset.
 */
#include "barrier_parties.h"
#include "wait/waitq.h"

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

int
main(void)
{
	Suite *s = suite_create("barrier_broken");
	TCase *tc = add_case(s, "broken");

	tcase_add_test(tc, timeout_breaks_it_for_all_until_reset);
	tcase_add_test(tc, abort_breaks_it_for_all_until_reset);
	tcase_add_test(tc, reset_sends_away_all_who_wait);
	tcase_add_loop_test(tc,
	    timeout_that_meets_the_last_arrival_is_one_or_the_other, 0, 10);
	tcase_add_loop_test(tc,
	    timeout_that_meets_a_reset_does_not_break_what_comes_after, 0, 10);
	return run_suite(s);
}
