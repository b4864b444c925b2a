/* SPDX-License-Identifier: MIT */
/*
 * Callbacks that arm their own timer, in the schedule explorer: a cancel is
 * final.  sim_timer_order.c has the order of such calls and those of others.
 */
#include "sim_timer_support.h"

#define MOST 4 /* calls that a callback still asks for */

static int refused; /* arms */

/* Arms its timer in each call, and notes the result. */
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

/* A cancel binds the call for its own timer alone. */
static void
arms_the_second(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	SYNC_OK(sync_sem_post(&called)); /* I am in */
	SYNC_OK(sync_event_wait(&go));
	SYNC_ASSERT(sync_timer_arm(t, 0) == ECANCELED);
	SYNC_OK(sync_timer_arm(&second, 0));
	leave();
}

static void
a_cancelled_call_may_arm_another(void *arg)
{
	(void)arg;
	begin(arms_the_second);
	SYNC_OK(sync_timer_init(&second, &tt, count, &input));
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call(); /* it is in */
	SYNC_ASSERT(sync_timer_cancel(&timer) == EINPROGRESS);
	SYNC_OK(sync_event_set(&go));
	wait_for_call();
	wait_for_call(); /* of the second */
	SYNC_OK(sync_timer_join(&second));
	SYNC_ASSERT(calls[1].timer == &second);
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

static const struct sim_scenario scenarios[] = {
	{ .name = "a cancel and a join are the end",
	    .test = a_cancel_and_a_join_are_the_end, .sees = 2, .large = true,
	    .cut = true },
	{ .name = "two cancel and join", .test = two_cancel_and_join,
	    .large = true, .cut = true },
	{ .name = "a destroy and a join are the end",
	    .test = a_destroy_and_a_join_are_the_end, .sees = 2, .large = true,
	    .cut = true },
	{ .name = "the owner arms it meanwhile",
	    .test = the_owner_arms_it_meanwhile, .large = true, .cut = true },
	{ .name = "a cancelled call may arm another",
	    .test = a_cancelled_call_may_arm_another, .large = true,
	    .cut = true },
	{ .name = "its own cancel does not bind it",
	    .test = its_own_cancel_does_not_bind_it, .large = true,
	    .cut = true },
	{ .name = "a call after a cancelled one may arm",
	    .test = a_call_after_a_cancelled_one_may_arm, .large = true,
	    .cut = true },
};

int
main(void)
{
	return sim_main("timer_again", scenarios, SIM_COUNT(scenarios));
}
