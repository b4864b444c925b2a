/* SPDX-License-Identifier: MIT */
/*
 * How deadlines are made, and how every wait treats them; check_signal_waits has
 * signals during a wait.
 */
#include "primitives.h"
#include "waits.h"

static const struct wait_kind *kind;

static void *
waits_until(void *arg)
{
	ok(kind->wait(*(sync_time *)arg));
	return arg;
}

/* A wait that is over has left nothing behind: the next one is released. */
static void
end(void)
{
	sync_time never = SYNC_NEVER;
	struct spawned *s;

	if (kind->release != NULL) {
		s = spawn(waits_until, &never);
		kind->release();
		(void)finish(s);
	}
	kind->end();
}

static void *
tries_once(void *arg)
{
	int i;

	for (i = 0; i < PASTS; i++)
		fails(kind->wait(past_deadline(i)), ETIMEDOUT);
	return arg;
}

START_TEST(deadline_that_has_passed_tries_once)
{
	kind = &wait_kinds[_i];
	kind->begin();
	elsewhere(tries_once);
	end();
}
END_TEST

START_TEST(what_is_there_beats_a_deadline_that_has_passed)
{
	sync_time t;
	int i;

	kind = &wait_kinds[_i];
	for (i = 0; kind->keeps && i < PASTS + FUTURES; i++) {
		t = i < PASTS ? past_deadline(i) : future_deadline(i - PASTS);
		kind->begin();
		kind->release();
		(void)finish(spawn(waits_until, &t));
		kind->end();
	}
}
END_TEST

static void *
times_out(void *arg)
{
	int i;

	for (i = 0; i < 4; i++) {
		sync_time deadline = sync_after(7000001 * i);

		fails(kind->wait(deadline), ETIMEDOUT);
		ck_assert_int_ge(sync_time_now(), deadline);
	}
	return arg;
}

START_TEST(timeout_never_comes_before_the_deadline)
{
	kind = &wait_kinds[_i];
	kind->begin();
	elsewhere(times_out);
	end();
}
END_TEST

START_TEST(far_deadline_waits_as_long_as_it_takes)
{
	sync_time t = future_deadline(_i % FUTURES);
	struct spawned *s;

	kind = &wait_kinds[_i / FUTURES];
	if (kind->release == NULL)
		return;
	kind->begin();
	s = spawn(waits_until, &t);
	until_asleep(s);
	kind->release();
	(void)finish(s);
	kind->end();
}
END_TEST

START_TEST(now_never_goes_back)
{
	sync_time t = sync_time_now(), u;
	int i;

	ck_assert_int_gt(t, 0);
	for (i = 0; i < 10000; i++, t = u) {
		u = sync_time_now();
		ck_assert_int_ge(u, t);
	}
}
END_TEST

START_TEST(after_adds_to_the_present_moment)
{
	sync_time t = sync_time_now();

	ck_assert_int_ge(sync_after(0), t);
	ck_assert_int_ge(sync_after(5), t + 5);
	ck_assert_int_ge(sync_after_ms(0), t);
	ck_assert_int_ge(sync_after_ms(5), t + 5000000);
	t = sync_after(-1000);
	ck_assert_int_le(t, sync_time_now() - 1000);
	t = sync_after_ms(-3);
	ck_assert_int_le(t, sync_time_now() - 3000000);
}
END_TEST

START_TEST(after_saturates_at_both_ends)
{
	const int64_t ms_max = INT64_MAX / 1000000;
	sync_time t;

	ck_assert_int_eq(sync_after(INT64_MAX), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(INT64_MAX), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(ms_max + 1), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(ms_max), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(INT64_MIN), INT64_MIN);
	ck_assert_int_eq(sync_after_ms(INT64_MIN / 1000000 - 1), INT64_MIN);
	t = sync_after(INT64_MIN); /* the present is after 0: it fits */
	ck_assert_int_lt(t, 0);
	ck_assert_int_le(t, sync_time_now() + INT64_MIN);
	t = sync_after_ms(INT64_MIN / 1000000);
	ck_assert_int_lt(t, 0);
	/*
	 * The last deadline that is still in range: near the end, but not yet
	 * SYNC_NEVER.
	 */
	t = sync_after(INT64_MAX - sync_after_ms(1000000));
	ck_assert_int_lt(t, SYNC_NEVER);
	ck_assert_int_gt(t, SYNC_NEVER - INT64_C(1100000000000));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("deadline");
	TCase *tc = add_case(s, "moments");
	const int n = (int)wait_kinds_count;

	tcase_add_test(tc, now_never_goes_back);
	tcase_add_test(tc, after_adds_to_the_present_moment);
	tcase_add_test(tc, after_saturates_at_both_ends);
	tc = add_case(s, "every wait");
	tcase_add_loop_test(tc, deadline_that_has_passed_tries_once, 0, n);
	tcase_add_loop_test(
	    tc, what_is_there_beats_a_deadline_that_has_passed, 0, n);
	tcase_add_loop_test(tc, timeout_never_comes_before_the_deadline, 0, n);
	tcase_add_loop_test(
	    tc, far_deadline_waits_as_long_as_it_takes, 0, n * FUTURES);
	return run_suite(s);
}
