/* SPDX-License-Identifier: MIT */
/*
 * The order of timers in the schedule explorer: they run in the order of their
 * times, whichever were cancelled.  What is due when the thread looks is one
 * round; what a callback arms meanwhile comes in the next, so that one timer
 * cannot keep the others waiting.
 */
#include "sim_timer_support.h"

/* The callback asks to be called at once until second was called. */
static bool second_called;

static void
is_second(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	second_called = true;
	leave();
}

static void
hurries(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	/*
	 * In the round in which second becomes due, and in second's own round:
	 * no more.
	 */
	SYNC_ASSERT(ncalls <= 3);
	if (!second_called && ncalls < 3)
		SYNC_OK(sync_timer_arm(t, -1));
	leave();
}

static void
one_that_hurries_lets_others_go(void *arg)
{
	(void)arg;
	init(hurries);
	second_called = false;
	SYNC_OK(sync_timer_init(&second, &tt, is_second, NULL));
	SYNC_OK(sync_mutex_lock(&lock));
	SYNC_OK(sync_timer_arm(&second, 1));
	SYNC_OK(sync_timer_arm(&timer, 0));
	SYNC_OK(sync_mutex_unlock(&lock));
	do
		wait_for_call();
	while (!second_called);
	(void)sync_timer_cancel(&timer);
	SYNC_OK(sync_timer_join(&timer));
	end(ncalls);
}

/* The same for a periodic timer that is always late. */
static void
lags(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	SYNC_ASSERT(ncalls <= 3);
	if (ncalls == 3)
		(void)sync_timer_cancel(t);
	leave();
}

static void
one_that_lags_lets_others_go(void *arg)
{
	(void)arg;
	init(lags);
	second_called = false;
	SYNC_OK(sync_timer_init(&second, &tt, is_second, NULL));
	SYNC_OK(sync_timer_arm(&second, 5));
	SYNC_OK(sync_timer_arm_every(&timer, 0, 1, SYNC_TIMER_ALL));
	do
		wait_for_call();
	while (!second_called);
	(void)sync_timer_cancel(&timer);
	SYNC_OK(sync_timer_join(&timer));
	end(ncalls);
}

/*
 * When the first call has ended, two timers are due in one round.  What the
 * earlier of them arms for the past comes after both, in the order of its
 * times.
 */
static struct sync_timer slow;

static void
sleeps(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	sync_thread_sleep_until(sim_soon(5));
}

static void
arms_three(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	if (ncalls == 1) {
		SYNC_OK(sync_timer_arm(&third, 3));
		SYNC_OK(sync_timer_arm(t, 2));
		SYNC_OK(sync_timer_arm(&third, 1));
	}
	leave();
}

static void
the_next_round_has_its_own_order(void *arg)
{
	unsigned i;

	(void)arg;
	init(arms_three);
	SYNC_OK(sync_timer_init(&second, &tt, count, NULL));
	SYNC_OK(sync_timer_init(&third, &tt, count, NULL));
	SYNC_OK(sync_timer_init(&slow, &tt, sleeps, NULL));
	SYNC_OK(sync_timer_arm(&slow, sim_soon(0)));
	SYNC_OK(sync_timer_arm(&second, sim_soon(0) + 2));
	SYNC_OK(sync_timer_arm(&timer, sim_soon(0) + 1));
	for (i = 0; i < 4; i++)
		wait_for_call();
	SYNC_ASSERT(calls[0].timer == &timer && calls[1].timer == &second);
	SYNC_ASSERT(calls[2].timer == &third && calls[2].tick.due == 1);
	SYNC_ASSERT(calls[3].timer == &timer && calls[3].tick.due == 2);
	end(4);
}

/* One that is armed for the moment at which the round began is of the next. */
static void
arms_two(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	SYNC_OK(sync_timer_arm(&second, sync_time_now()));
	SYNC_OK(sync_timer_arm(&third, 1));
	leave();
}

static void
the_moment_of_the_round_is_past(void *arg)
{
	unsigned i;

	(void)arg;
	init(arms_two);
	SYNC_OK(sync_timer_init(&second, &tt, count, NULL));
	SYNC_OK(sync_timer_init(&third, &tt, count, NULL));
	SYNC_OK(sync_timer_arm(&timer, 0));
	for (i = 0; i < 3; i++)
		wait_for_call();
	SYNC_ASSERT(calls[1].timer == &third && calls[2].timer == &second);
	end(3);
}

/* Timers of the next round are cancelled and counted like others. */
static void
arms_and_cancels(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	if (ncalls == 1) {
		SYNC_OK(sync_timer_arm(&second, 1));
		SYNC_OK(sync_timer_arm(&third, 0));
		SYNC_OK(sync_timer_arm(t, 2));
		SYNC_ASSERT(sync_timer_thread_armed(&tt) == 3);
		SYNC_OK(sync_timer_cancel(&third)); /* the first of them */
		SYNC_ASSERT(sync_timer_is_armed(&second));
		SYNC_OK(sync_timer_cancel(&second));
		SYNC_ASSERT(sync_timer_thread_armed(&tt) == 1);
	}
	leave();
}

static void
those_of_the_next_round_can_be_cancelled(void *arg)
{
	(void)arg;
	init(arms_and_cancels);
	SYNC_OK(sync_timer_init(&second, &tt, count, NULL));
	SYNC_OK(sync_timer_init(&third, &tt, count, NULL));
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	wait_for_call();
	SYNC_ASSERT(calls[1].timer == &timer);
	end(2);
}

/* Stop while there are some. */
static void
arms_others_and_goes(
    struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	int err;

	(void)arg;
	enter(t, tick);
	err = sync_timer_arm(&second, -1);
	SYNC_ASSERT(err == 0 || err == ECANCELED);
	leave();
}

static void
stop_takes_those_of_the_next_round(void *arg)
{
	(void)arg;
	init(arms_others_and_goes);
	SYNC_OK(sync_timer_init(&second, &tt, count, NULL));
	SYNC_OK(sync_timer_arm(&timer, 0));
	SYNC_OK(sync_timer_thread_stop(&tt));
	SYNC_ASSERT(!sync_timer_is_armed(&second));
	SYNC_ASSERT(sync_timer_thread_armed(&tt) == 0);
	end(ncalls);
}

/* Whichever are cancelled, the others run in the order of their times. */
#define TIMERS 14

static struct sync_timer timers[TIMERS];
static unsigned came[TIMERS], ncame; /* effectively under the thread's lock */

static void
comes(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	(void)tick;
	SYNC_ASSERT(ncame < TIMERS);
	came[ncame++] = (unsigned)(t - timers);
}

static void
many_timers(void *arg)
{
	static const unsigned cancelled[] = { 12, 13, 8, 7, 0, 5 };
	static const unsigned left[] = { 1, 2, 3, 4, 6, 9, 10, 11 };
	unsigned i;

	(void)arg;
	ncame = 0;
	SYNC_OK(sync_timer_thread_init(&tt, NULL));
	for (i = 0; i < TIMERS; i++) {
		SYNC_OK(sync_timer_init(&timers[i], &tt, comes, NULL));
		SYNC_OK(sync_timer_arm(&timers[i], sim_soon(10 * i)));
	}
	/* A second, a first, two neighbours, the earliest, and one more. */
	for (i = 0; i < SIM_COUNT(cancelled); i++)
		SYNC_OK(sync_timer_cancel(&timers[cancelled[i]]));
	SYNC_OK(sync_timer_arm(&timers[9], sim_soon(95)));
	sync_thread_sleep_until(sim_soon(10 * TIMERS));
	SYNC_ASSERT(ncame == SIM_COUNT(left));
	SYNC_ASSERT(memcmp(came, left, sizeof(left)) == 0);
	SYNC_OK(sync_timer_thread_stop(&tt));
	SYNC_OK(sync_timer_thread_destroy(&tt));
}

static const struct sim_scenario scenarios[] = {
	{ .name = "one that hurries lets others go",
	    .test = one_that_hurries_lets_others_go, .large = true,
	    .cut = true },
	{ .name = "one that lags lets others go",
	    .test = one_that_lags_lets_others_go, .large = true, .cut = true },
	{ .name = "the next round has its own order",
	    .test = the_next_round_has_its_own_order, .calm = true },
	{ .name = "the moment of the round is past",
	    .test = the_moment_of_the_round_is_past, .calm = true },
	{ .name = "those of the next round can be cancelled",
	    .test = those_of_the_next_round_can_be_cancelled },
	{ .name = "stop takes those of the next round",
	    .test = stop_takes_those_of_the_next_round },
	{ .name = "many timers", .test = many_timers, .calls = true,
	    .calm = true },
};

int
main(void)
{
	return sim_main("timer_order", scenarios, SIM_COUNT(scenarios));
}
