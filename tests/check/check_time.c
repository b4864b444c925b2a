/* SPDX-License-Identifier: MIT */
#include "support.h"

#include <signal.h>
#include <time.h>

START_TEST(now_is_the_monotonic_clock)
{
	struct timespec ts;
	sync_time a, b, c;

	a = sync_time_now();
	ok(clock_gettime(CLOCK_MONOTONIC, &ts));
	c = sync_time_now();
	b = (sync_time)ts.tv_sec * 1000000000 + ts.tv_nsec;
	ck_assert_int_ge(a, 0);
	ck_assert_int_le(a, b);
	ck_assert_int_le(b, c);
}
END_TEST

START_TEST(now_never_goes_back)
{
	sync_time last = sync_time_now(), now;
	int i;

	for (i = 0; i < 100000; i++) {
		now = sync_time_now();
		ck_assert_int_ge(now, last);
		last = now;
	}
}
END_TEST

/* The time that the call returns is this many nanoseconds after now. */
#define lies_after(call, nanoseconds)                                          \
	do {                                                                   \
		sync_time before_ = sync_time_now();                           \
		sync_time made_ = (call);                                      \
		sync_time after_ = sync_time_now();                            \
                                                                               \
		ck_assert_int_ge(made_ - (nanoseconds), before_);              \
		ck_assert_int_le(made_ - (nanoseconds), after_);               \
	} while (0)

START_TEST(after_adds_to_now)
{
	lies_after(sync_after(0), 0);
	lies_after(sync_after(1), 1);
	lies_after(sync_after(-1), -1);
	lies_after(sync_after(INT64_C(3600000000000)), INT64_C(3600000000000));
	lies_after(sync_after(-INT64_C(3600000000000)),
	    -INT64_C(3600000000000));
	lies_after(sync_after_ms(0), 0);
	lies_after(sync_after_ms(1), 1000000);
	lies_after(sync_after_ms(-1), -1000000);
	lies_after(sync_after_ms(86400000), INT64_C(86400000000000));
	lies_after(sync_after_ms(-86400000), -INT64_C(86400000000000));
}
END_TEST

START_TEST(what_is_too_far_away_is_never)
{
	ck_assert_int_eq(sync_after(INT64_MAX), SYNC_NEVER);
	ck_assert_int_eq(sync_after(INT64_MAX - 1), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(INT64_MAX), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(INT64_MAX / 1000000), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(INT64_MAX / 1000000 + 1), SYNC_NEVER);
	ck_assert_int_eq(sync_after_ms(INT64_MAX / 1000), SYNC_NEVER);
}
END_TEST

START_TEST(what_is_too_long_ago_is_the_beginning)
{
	lies_after(sync_after(INT64_MIN) + 1, INT64_MIN + 1);
	ck_assert_int_eq(sync_after_ms(INT64_MIN), INT64_MIN);
	ck_assert_int_eq(sync_after_ms(INT64_MIN / 1000000 - 1), INT64_MIN);
	lies_after(sync_after_ms(INT64_MIN / 1000000),
	    INT64_MIN / 1000000 * 1000000);
}
END_TEST

START_TEST(errno_is_left_alone)
{
	errno = 4242;
	(void)sync_time_now();
	(void)sync_after(INT64_MAX);
	(void)sync_after_ms(INT64_MIN);
	ck_assert_int_eq(errno, 4242);
}
END_TEST

static volatile sig_atomic_t handled;

static void
asks_the_time(int unused)
{
	(void)unused;
	/* NOLINTNEXTLINE(bugprone-signal-handler,cert-sig30-c): they may be */
	handled = sync_time_now() > 0 && sync_after_ms(1) > sync_after(1);
}

START_TEST(a_signal_handler_may_ask_the_time)
{
	ck_assert(signal(SIGUSR1, asks_the_time) != SIG_ERR);
	ok(raise(SIGUSR1));
	ck_assert(handled);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("time");
	TCase *tc = add_case(s, "now");

	tcase_add_test(tc, now_is_the_monotonic_clock);
	tcase_add_test(tc, now_never_goes_back);
	tcase_add_test(tc, errno_is_left_alone);
	tcase_add_test(tc, a_signal_handler_may_ask_the_time);
	tc = add_case(s, "after");
	tcase_add_test(tc, after_adds_to_now);
	tcase_add_test(tc, what_is_too_far_away_is_never);
	tcase_add_test(tc, what_is_too_long_ago_is_the_beginning);
	return run_suite(s);
}
