/* SPDX-License-Identifier: MIT */
/*
 * Callbacks that arm their own timer, in the schedule explorer: a cancel is
 * final, and others get their turn.
 */
#include "sim_timer_support.h"

#define MOST 4 /* calls that a callback still asks for */

/* Arms its timer in each call, and notes the result. */
static int refused; /* arms */

static void
arms_itself(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	int err = 0;

	(void)arg;
	enter(t, tick);
	if (ncalls < MOST)
		err = sync_timer_arm(t, sim_soon(ncalls));
	SYNC_ASSERT(err == 0 || err == ECANCELED);
	refused += err != 0;
	leave();
}

static void
begin(void (*fn)(struct sync_timer *, const struct sync_tick *, void *))
{
	refused = 0;
	init(fn);
}

/* After a cancel and a join it is not armed, and its memory is the owner's. */
static void
cancel_and_join(unsigned me)
{
	unsigned n;
	int err = sync_timer_cancel(&timer);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINPROGRESS || err == ENOENT);
	if (err == EINPROGRESS)
		SYNC_OK(sync_timer_join(&timer));
	sim_saw(err == 0 ? 0 : err == EINPROGRESS ? 1 : 2);
	SYNC_ASSERT(!sync_timer_is_armed(&timer));
	SYNC_ASSERT(sync_timer_thread_armed(&tt) == 0);
	n = ncalls;
	SYNC_OK(sync_timer_destroy(&timer));
	sim_free(&timer, sizeof(timer));
	end(n);
	untouched(&timer, sizeof(timer));
}

static void
a_cancel_and_a_join_are_the_end(void *arg)
{
	(void)arg;
	begin(arms_itself);
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	cancel_and_join(0);
}

/* Two threads cancel; each of them can rely on it. */
static void
cancels_too(unsigned me)
{
	int err = sync_timer_cancel(&timer);

	(void)me;
	if (err == EINPROGRESS)
		SYNC_OK(sync_timer_join(&timer));
	SYNC_ASSERT(!sync_timer_is_armed(&timer));
}

static void
all_is_over(void)
{
	SYNC_ASSERT(!sync_timer_is_armed(&timer));
	end(ncalls);
}

static void
two_cancel_and_join(void *arg)
{
	(void)arg;
	begin(arms_itself);
	SYNC_OK(sync_timer_arm(&timer, 0));
	sim_play(all_is_over, cancels_too, cancels_too);
}

/* A destroy that returns EBUSY has also cancelled. */
static void
destroy_and_join(unsigned me)
{
	int err = sync_timer_destroy(&timer);
	unsigned n;

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == EBUSY) {
		SYNC_OK(sync_timer_join(&timer));
		n = ncalls;
		SYNC_ASSERT(sync_timer_thread_armed(&tt) == 0);
		SYNC_OK(sync_timer_destroy(&timer));
		SYNC_ASSERT(n == ncalls);
	}
	sim_free(&timer, sizeof(timer));
	end(ncalls);
	untouched(&timer, sizeof(timer));
}

static void
a_destroy_and_a_join_are_the_end(void *arg)
{
	(void)arg;
	begin(arms_itself);
	SYNC_OK(sync_timer_arm(&timer, 0));
	destroy_and_join(0);
}

/* The owner arms it again while the call that it has cancelled continues. */
static void
waits_and_arms(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	if (ncalls == 1) {
		SYNC_OK(sync_sem_post(&called)); /* I am in */
		SYNC_OK(sync_event_wait(&go));
		SYNC_ASSERT(sync_timer_arm(t, SYNC_NEVER) == ECANCELED);
		SYNC_ASSERT(sync_timer_arm_every(
		    t, SYNC_NEVER, 1, SYNC_TIMER_ALL) == ECANCELED);
	}
	leave();
}

static void
the_owner_arms_it_meanwhile(void *arg)
{
	(void)arg;
	begin(waits_and_arms);
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	SYNC_ASSERT(sync_timer_cancel(&timer) == EINPROGRESS);
	SYNC_OK(sync_timer_arm(&timer, 0));
	SYNC_OK(sync_event_set(&go));
	wait_for_call(); /* the first */
	wait_for_call();
	SYNC_OK(sync_timer_join(&timer));
	end(2);
}

/*
 * Its own cancel does not bind the callback itself, and the next call may arm
 * it again.
 */
static void
cancels_and_arms(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	SYNC_ASSERT(sync_timer_cancel(t) == EINPROGRESS);
	if (ncalls < 3)
		SYNC_OK(sync_timer_arm(t, 0));
	leave();
}

static void
its_own_cancel_does_not_bind_it(void *arg)
{
	(void)arg;
	begin(cancels_and_arms);
	SYNC_OK(sync_timer_arm_every(&timer, 0, HOUR, SYNC_TIMER_SKIP));
	wait_for_call();
	wait_for_call();
	wait_for_call();
	SYNC_OK(sync_timer_join(&timer));
	end(3);
}

static void
a_call_after_a_cancelled_one_may_arm(void *arg)
{
	unsigned i;

	(void)arg;
	begin(arms_itself);
	SYNC_OK(sync_timer_arm(&timer, 0));
	if (sync_timer_cancel(&timer) == EINPROGRESS)
		SYNC_OK(sync_timer_join(&timer));
	refused = 0;
	for (i = ncalls; i > 0; i--)
		wait_for_call();
	ncalls = 0;
	SYNC_OK(sync_timer_arm(&timer, 0));
	for (i = 0; i < MOST; i++)
		wait_for_call();
	SYNC_OK(sync_timer_join(&timer));
	SYNC_ASSERT(refused == 0);
	end(MOST);
}

/* Turns.  The callback asks to be called at once until second was called. */
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
	begin(hurries);
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
	begin(lags);
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
	begin(arms_three);
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
	begin(arms_and_cancels);
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
	begin(arms_others_and_goes);
	SYNC_OK(sync_timer_init(&second, &tt, count, NULL));
	SYNC_OK(sync_timer_arm(&timer, 0));
	SYNC_OK(sync_timer_thread_stop(&tt));
	SYNC_ASSERT(!sync_timer_is_armed(&second));
	SYNC_ASSERT(sync_timer_thread_armed(&tt) == 0);
	end(ncalls);
}

/* Objects in the wrong state. */
static void
init_of_one_that_is_armed(void *arg)
{
	int err;

	(void)arg;
	begin(count);
	SYNC_OK(sync_timer_arm(&timer, sim_soon(0)));
	err = sync_timer_init(&timer, &tt, is_second, NULL);
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0) /* it had been called, or nearly */
		SYNC_ASSERT(sync_timer_cancel(&timer) == ENOENT);
	else
		wait_for_call();
	SYNC_OK(sync_timer_join(&timer));
	end(1);
}

static void
init_of_one_that_runs(void *arg)
{
	(void)arg;
	begin(waits_and_arms);
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	SYNC_ASSERT(sync_timer_init(&timer, &tt, count, NULL) == EBUSY);
	SYNC_ASSERT(sync_timer_cancel(&timer) == EINPROGRESS);
	SYNC_OK(sync_event_set(&go));
	SYNC_OK(sync_timer_join(&timer));
	SYNC_OK(sync_timer_init(&timer, &tt, count, NULL));
	end(1);
}

static void
init_of_a_thread_that_runs(void *arg)
{
	(void)arg;
	begin(count);
	SYNC_ASSERT(sync_timer_thread_init(&tt, NULL) == EBUSY);
	SYNC_ASSERT(sync_timer_thread_init_with(&tt, NULL) == EBUSY);
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	SYNC_OK(sync_timer_thread_stop(&tt));
	SYNC_OK(sync_timer_thread_init_with(&tt, NULL));
	SYNC_OK(sync_timer_init(&timer, &tt, count, NULL));
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	end(2);
}

#define SCENARIO(title, ...) { .name = title, __VA_ARGS__ }

static const struct sim_scenario scenarios[] = {
	SCENARIO("a cancel and a join are the end",
	    .test = a_cancel_and_a_join_are_the_end, .sees = 2,
	    .large = true, .cut = true),
	SCENARIO("two cancel and join", .test = two_cancel_and_join,
	    .large = true, .cut = true),
	SCENARIO("a destroy and a join are the end",
	    .test = a_destroy_and_a_join_are_the_end, .sees = 2,
	    .large = true, .cut = true),
	SCENARIO("the owner arms it meanwhile",
	    .test = the_owner_arms_it_meanwhile, .large = true, .cut = true),
	SCENARIO("its own cancel does not bind it",
	    .test = its_own_cancel_does_not_bind_it, .large = true,
	    .cut = true),
	SCENARIO("a call after a cancelled one may arm",
	    .test = a_call_after_a_cancelled_one_may_arm, .large = true,
	    .cut = true),
	SCENARIO("one that hurries lets others go",
	    .test = one_that_hurries_lets_others_go, .large = true,
	    .cut = true),
	SCENARIO("one that lags lets others go",
	    .test = one_that_lags_lets_others_go, .large = true, .cut = true),
	SCENARIO("the next round has its own order",
	    .test = the_next_round_has_its_own_order, .calm = true),
	SCENARIO("those of the next round can be cancelled",
	    .test = those_of_the_next_round_can_be_cancelled),
	SCENARIO("stop takes those of the next round",
	    .test = stop_takes_those_of_the_next_round),
	SCENARIO("init of one that is armed",
	    .test = init_of_one_that_is_armed, .sees = 2),
	SCENARIO("init of one that runs", .test = init_of_one_that_runs),
	SCENARIO("init of a thread that runs",
	    .test = init_of_a_thread_that_runs),
};

int
main(void)
{
	return sim_main("timer_again", scenarios, SIM_COUNT(scenarios));
}
