/* SPDX-License-Identifier: MIT */
/*
 * Calls that find a timer, or its thread, in use: it is armed, its callback
 * runs, or a thread waits in a join.
 */
#include "sim_timer_support.h"

static void
init_of_one_that_is_armed(void *arg)
{
	int err;

	(void)arg;
	init(count);
	SYNC_OK(sync_timer_arm(&timer, sim_soon(0)));
	err = sync_timer_init(&timer, &tt, count, NULL);
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0) /* it had been called, or nearly */
		SYNC_ASSERT(sync_timer_cancel(&timer) == ENOENT);
	else
		wait_for_call();
	SYNC_OK(sync_timer_join(&timer));
	end(1);
}

/* It is neither the first that is due, nor due in this round of callbacks. */
static void
makes_one_for_the_next_round(
    struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	SYNC_OK(sync_timer_arm(&second, 0));
	SYNC_ASSERT(sync_timer_init(&second, &tt, count, NULL) == EBUSY);
	leave();
}

static void
init_of_one_among_others(void *arg)
{
	(void)arg;
	init(makes_one_for_the_next_round);
	SYNC_OK(sync_timer_init(&second, &tt, count, NULL));
	SYNC_OK(sync_timer_init(&third, &tt, count, NULL));
	SYNC_OK(sync_timer_arm(&second, CLOCK + HOUR));
	SYNC_OK(sync_timer_arm(&third, CLOCK + 2 * HOUR));
	SYNC_ASSERT(sync_timer_init(&third, &tt, count, NULL) == EBUSY);
	SYNC_OK(sync_timer_cancel(&second));
	SYNC_OK(sync_timer_cancel(&third));
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	wait_for_call();
	SYNC_OK(sync_timer_join(&second));
	end(2);
}

static void
init_of_one_that_runs(void *arg)
{
	(void)arg;
	init(waits_and_arms);
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
	init(count);
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

/* In the other scenarios a callback has begun, and is not over. */
static struct sync_event begun;

static void
stays(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t;
	(void)tick;
	(void)arg;
	SYNC_OK(sync_event_set(&begun));
	SYNC_OK(sync_event_wait(&go));
}

static void
begin_callback(
    void (*callback)(struct sync_timer *, const struct sync_tick *, void *))
{
	SYNC_OK(sync_event_init(&begun, 0));
	init(callback);
	SYNC_OK(sync_timer_init(&second, &tt, callback, NULL));
	SYNC_OK(sync_timer_arm(&timer, sim_soon(0)));
	SYNC_OK(sync_event_wait(&begun));
}

static void
end_timers(void)
{
	SYNC_OK(sync_timer_thread_stop(&tt));
	SYNC_OK(sync_timer_thread_destroy(&tt));
}

static void
join_of_one_that_does_not_run(void *arg)
{
	(void)arg;
	begin_callback(stays);
	SYNC_OK(sync_timer_join(&second));
	SYNC_OK(sync_event_set(&go));
	end_timers();
}

/*
 * A timer cannot be initialised while its callback runs.  But a callback may
 * free its timer: then the memory is something else, and a new timer there is
 * not running.
 */
static void
timer_made_again(void *arg)
{
	(void)arg;
	begin_callback(stays);
	SYNC_ASSERT(sync_timer_init(&timer, &tt, count, NULL) == EBUSY);
	SYNC_ASSERT(sync_timer_tryjoin(&timer) == EAGAIN);
	memset(&timer, 0xa5, sizeof(timer));
	SYNC_OK(sync_timer_init(&timer, &tt, count, NULL));
	SYNC_ASSERT(sync_timer_cancel(&timer) == ENOENT);
	SYNC_OK(sync_timer_join(&timer));
	SYNC_OK(sync_timer_destroy(&timer));
	SYNC_OK(sync_event_set(&go));
	end_timers();
}

/*
 * A thread that joins a timer while its timer thread is being destroyed keeps
 * it in use.
 */
static void
stays_till_all_sleep(
    struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t;
	(void)tick;
	(void)arg;
	SYNC_OK(sync_event_set(&begun));
	sync_thread_sleep_until(sim_soon(1)); /* calm */
}

static void
joins_timer(unsigned me)
{
	(void)me;
	SYNC_OK(sync_timer_join(&timer));
}

static void
destroys_thread(unsigned me)
{
	int err;

	(void)me;
	err = sync_timer_thread_destroy(&tt);
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err == 0);
	if (err == 0)
		sim_free(&tt, sizeof(tt));
	else
		SYNC_OK(sync_timer_thread_stop(&tt));
}

static void
destroy_beside_a_join(void *arg)
{
	(void)arg;
	begin_callback(stays_till_all_sleep);
	sim_play(NULL, joins_timer, destroys_thread);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "init of one that is armed",
	    .test = init_of_one_that_is_armed, .sees = 2 },
	{ .name = "init of one among others",
	    .test = init_of_one_among_others, .calm = true },
	{ .name = "init of one that runs", .test = init_of_one_that_runs },
	{ .name = "init of a thread that runs",
	    .test = init_of_a_thread_that_runs },
	{ .name = "a join of one that does not run",
	    .test = join_of_one_that_does_not_run },
	{ .name = "a timer is made again", .test = timer_made_again },
	{ .name = "a destroy beside a join", .test = destroy_beside_a_join,
	    .sees = 2, .calm = true },
};

int
main(void)
{
	return sim_main("timer_busy", scenarios, SIM_COUNT(scenarios));
}
