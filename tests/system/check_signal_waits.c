/* SPDX-License-Identifier: MIT */
/* Signals do not end a wait early, make it fail or lose its wakeup. */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

#include "primitives.h"
#include "waits.h"

static const struct wait_kind *kind;
static pthread_t target;  /* set before waiting */
static unsigned waiting;  /* atomic */
static unsigned returned; /* atomic */

static void *
waits_for_ever(void *deadline)
{
	target = pthread_self();
	count(&waiting);
	ok(kind->wait(*(sync_time *)deadline));
	count(&returned);
	return deadline;
}

static void *
waits_a_while(void *arg)
{
	sync_time deadline = sync_after_ms(25);

	target = pthread_self();
	count(&waiting);
	fails(kind->wait(deadline), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), deadline);
	count(&returned);
	return arg;
}

static void
fire(void)
{
	const struct timespec pace = { 0, 1000000 };

	if (counted(&returned) == 0) /* if it ends now: ESRCH on some */
		(void)pthread_kill(target, SIGUSR1);
	(void)nanosleep(&pace, NULL);
}

static struct spawned *
under_fire(void *(*fn)(void *), sync_time *deadline)
{
	struct spawned *s;

	on_signal(SIGUSR1, count_signal);
	waiting = 0;
	returned = 0;
	s = spawn(fn, deadline);
	while (counted(&waiting) == 0)
		(void)sched_yield();
	return s;
}

START_TEST(signals_neither_end_nor_fail_a_wait)
{
	sync_time deadline = _i % 2 == 0 ? SYNC_NEVER : INT64_MAX - 1;
	struct spawned *s;
	int i;

	kind = &wait_kinds[_i / 2];
	if (kind->release == NULL)
		return;
	kind->begin();
	s = under_fire(waits_for_ever, &deadline);
	for (i = 0; i < 15; i++) {
		if (i > 5) /* before, at whatever point it is */
			until_asleep(s);
		fire();
		ck_assert_msg(counted(&returned) == 0, "%s", kind->name);
	}
	until_asleep(s);
	kind->release();
	(void)finish(s);
	ck_assert_uint_gt(signals_counted(), 0);
	kind->end();
}
END_TEST

START_TEST(signals_neither_shorten_nor_prolong_a_timed_wait)
{
	sync_time never = SYNC_NEVER;
	struct spawned *s;

	kind = &wait_kinds[_i];
	kind->begin();
	s = under_fire(waits_a_while, NULL);
	while (counted(&returned) == 0) /* prolonged, it would never end */
		fire();
	(void)finish(s);
	if (kind->release != NULL) {
		s = under_fire(waits_for_ever, &never);
		kind->release();
		(void)finish(s);
	}
	kind->end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("signal_waits");
	TCase *tc = add_case(s, "waits");
	int n = (int)wait_kinds_count;

	tcase_add_loop_test(tc, signals_neither_end_nor_fail_a_wait, 0, 2 * n);
	tcase_add_loop_test(
	    tc, signals_neither_shorten_nor_prolong_a_timed_wait, 0, n);
	return run_suite(s);
}
