/* SPDX-License-Identifier: MIT */
/* What callbacks do, and the end of timers, in the schedule explorer. */
#include "sim_timer_support.h"

static void
arm_again(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	if (ncalls == 1) {
		SYNC_ASSERT(sync_timer_join(t) == EDEADLK);
		SYNC_ASSERT(sync_timer_tryjoin(t) == EDEADLK);
		SYNC_ASSERT(sync_timer_thread_stop(&tt) == EDEADLK);
		SYNC_ASSERT(sync_timer_thread_destroy(&tt) == EDEADLK);
		SYNC_OK(sync_timer_arm(t, tick->due + HOUR));
	}
	leave();
}

static void
a_callback_arms_itself_again(void *arg)
{
	(void)arg;
	init(arm_again);
	SYNC_OK(sync_timer_arm(&timer, sim_soon(0)));
	wait_for_call();
	wait_for_call();
	SYNC_ASSERT(calls[1].tick.due == sim_soon(0) + HOUR);
	end(2);
}

static void
destroy_and_free(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	SYNC_OK(sync_timer_destroy(t));
	sim_free(t, sizeof(*t));
	leave();
}

static void
a_callback_frees_its_timer(void *arg)
{
	(void)arg;
	init(destroy_and_free);
	SYNC_OK(sync_timer_arm(&timer, sim_soon(0)));
	wait_for_call();
	end(1);
	untouched(&timer, sizeof(timer));
}

static void
a_callback_frees_its_periodic_timer(void *arg)
{
	(void)arg;
	init(destroy_and_free);
	SYNC_OK(sync_timer_arm_every(
	    &timer, sim_soon(0), PERIOD, SYNC_TIMER_ALL));
	wait_for_call();
	SYNC_ASSERT(sync_timer_thread_armed(&tt) == 0);
	end(1);
	untouched(&timer, sizeof(timer));
}

static void
destroy_only(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	SYNC_OK(sync_timer_destroy(t));
	leave();
	SYNC_OK(sync_mutex_lock(&lock)); /* a while */
	SYNC_OK(sync_mutex_unlock(&lock));
}

/* The new timer at the address of the old one does not run. */
static void
a_new_timer_lies_where_the_old_one_was(void *arg)
{
	(void)arg;
	init(destroy_only);
	SYNC_OK(sync_timer_arm(&timer, sim_soon(0)));
	wait_for_call();
	SYNC_OK(sync_timer_init(&timer, &tt, count, NULL));
	SYNC_OK(sync_timer_tryjoin(&timer));
	SYNC_ASSERT(sync_timer_cancel(&timer) == ENOENT);
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	SYNC_OK(sync_timer_join(&timer));
	end(2);
}

static void
wait_for_go(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	SYNC_OK(sync_sem_post(&called)); /* I am in */
	SYNC_OK(sync_event_wait(&go));
	SYNC_WRITE(output) = 1;
	leave();
}

static void
let_go(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_set(&go));
}

static void
join_it(unsigned me)
{
	int err;

	(void)me;
	SYNC_ASSERT(sync_timer_cancel(&timer) != 0);
	err = sync_timer_tryjoin(&timer);
	SYNC_ASSERT(err == 0 || err == EAGAIN);
	SYNC_ASSERT(err != 0 || SYNC_READ(output) == 1);
	err = sync_timer_destroy(&timer);
	SYNC_ASSERT(err == 0 || err == EBUSY);
	if (err == EBUSY) {
		SYNC_OK(sync_timer_join(&timer));
		SYNC_OK(sync_timer_destroy(&timer));
	}
	SYNC_ASSERT(SYNC_READ(output) == 1);
	sim_free(&timer, sizeof(timer));
	end(1);
	untouched(&timer, sizeof(timer));
}

static void
a_join_waits_for_the_callback(void *arg)
{
	(void)arg;
	init(wait_for_go);
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	sim_play(NULL, join_it, let_go);
}

static void
join_for_a_time(unsigned me)
{
	int err;

	(void)me;
	SYNC_OK(sync_event_set(&go));
	err = sync_timer_join_until(&timer, sim_soon(0));
	if (err == 0)
		SYNC_ASSERT(SYNC_READ(output) == 1);
	else
		/* With calls as steps it ran until now. */
		SYNC_ASSERT(err == ETIMEDOUT && tt.runs == 0
		    && sync_time_now() >= sim_soon(0));
}

static void
join_for_ever(unsigned me)
{
	(void)me;
	SYNC_OK(sync_timer_join(&timer));
	SYNC_ASSERT(SYNC_READ(output) == 1);
}

static void
join_and_end(void)
{
	SYNC_OK(sync_timer_join(&timer));
	end(1);
}

static void
two_joiners_one_with_a_deadline(void *arg)
{
	(void)arg;
	init(wait_for_go);
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	SYNC_OK(sync_timer_arm(&timer, SYNC_NEVER));
	SYNC_ASSERT(sync_timer_thread_armed(&tt) == 1);
	SYNC_ASSERT(sync_timer_cancel(&timer) == EINPROGRESS);
	sim_play(join_and_end, join_for_a_time, join_for_ever);
}

static void
stop_it(unsigned me)
{
	(void)me;
	SYNC_OK(sync_timer_thread_stop(&tt));
	SYNC_ASSERT(!inside && SYNC_READ(output) == 1);
	SYNC_ASSERT(sync_timer_arm(&timer, 0) == ECANCELED);
	SYNC_ASSERT(sync_timer_thread_armed(&tt) == 0);
}

static void
end_it(void)
{
	SYNC_ASSERT(ncalls <= 2);
	end(ncalls);
}

static void
stop_waits_for_the_callback(void *arg)
{
	(void)arg;
	init(wait_for_go);
	SYNC_OK(sync_timer_init(&second, &tt, count, NULL));
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	SYNC_OK(sync_timer_arm(&second, 0));
	sim_play(end_it, stop_it, let_go);
}

static void
stop_too(unsigned me)
{
	(void)me;
	SYNC_OK(sync_timer_thread_stop(&tt));
	SYNC_ASSERT(!inside && ncalls <= 1);
}

static void
two_stop(void *arg)
{
	(void)arg;
	init(count);
	SYNC_OK(sync_timer_arm(&timer, sim_soon(0)));
	sim_play(end_it, stop_too, stop_too);
}

static void
arm_late(unsigned me)
{
	int err = sync_timer_arm(&timer, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ECANCELED);
}

static void
stop_while_another_arms(void *arg)
{
	(void)arg;
	init(count);
	sim_play(end_it, stop_too, arm_late);
}

/*
 * Each thread that is inside keeps the timer thread in use: destroy returns
 * EBUSY.
 */
static void
destroy_while_one_joins(unsigned me)
{
	(void)me;
	(void)sync_timer_thread_armed(&tt);
	if (tt.ended.waiters.tail != NULL)
		SYNC_ASSERT(sync_timer_thread_destroy(&tt) == EBUSY);
	SYNC_OK(sync_event_set(&go));
}

static void
destroy_is_busy_while_one_joins(void *arg)
{
	(void)arg;
	init(wait_for_go);
	SYNC_OK(sync_timer_arm(&timer, 0));
	wait_for_call();
	sim_play(end_it, destroy_while_one_joins, join_for_ever);
}

static void
destroy_while_one_stops(unsigned me)
{
	(void)me;
	if (sync_timer_arm(&timer, SYNC_NEVER) == ECANCELED
	    && sync_timer_thread_destroy(&tt) == 0)
		sim_free(&tt, sizeof(tt));
}

static void
destroy_is_busy_while_one_stops(void *arg)
{
	(void)arg;
	init(count);
	sim_play(NULL, destroy_while_one_stops, stop_too);
}

/* The callback wants a lock that the canceller holds: cancel does not wait. */
static void
take_the_lock(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	SYNC_OK(sync_mutex_lock(&lock));
	SYNC_WRITE(output) = SYNC_READ(output) + 1;
	SYNC_OK(sync_mutex_unlock(&lock));
	leave();
}

static void
a_cancel_under_the_lock_of_the_callback(void *arg)
{
	int err;

	(void)arg;
	init(take_the_lock);
	SYNC_OK(sync_timer_arm(&timer, sim_soon(0)));
	SYNC_OK(sync_mutex_lock(&lock));
	err = sync_timer_cancel(&timer);
	if (err == EINPROGRESS)
		SYNC_ASSERT(SYNC_READ(output) == 0 || sync_timer_tryjoin(&timer)
		    == 0 || SYNC_READ(output) == 1);
	SYNC_OK(sync_mutex_unlock(&lock));
	SYNC_OK(sync_timer_join(&timer));
	SYNC_ASSERT(SYNC_READ(output) == (err == 0 ? 0 : 1));
	end(err == 0 ? 0 : 1);
}

/* A callback may cancel another timer that is due as well. */
static void
cancel_second(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	SYNC_OK(sync_timer_cancel(&second));
	SYNC_OK(sync_timer_destroy(&second));
	sim_free(&second, sizeof(second));
	leave();
}

static void
a_callback_frees_another_that_is_due(void *arg)
{
	(void)arg;
	init(cancel_second);
	SYNC_OK(sync_timer_init(&second, &tt, count, NULL));
	SYNC_OK(sync_mutex_lock(&lock));
	SYNC_OK(sync_timer_arm(&second, sim_soon(0)));
	SYNC_OK(sync_timer_arm(&timer, -1));
	wait_for_call();
	end(1);
	untouched(&second, sizeof(second));
}

#define SCENARIO(title, ...) { .name = title, __VA_ARGS__ }

static const struct sim_scenario scenarios[] = {
	SCENARIO("a callback arms itself again", .large = true,
	    .test = a_callback_arms_itself_again),
	SCENARIO("a callback frees its timer",
	    .test = a_callback_frees_its_timer),
	SCENARIO("a callback frees its periodic timer",
	    .test = a_callback_frees_its_periodic_timer),
	SCENARIO("a new timer lies where the old one was",
	    .test = a_new_timer_lies_where_the_old_one_was),
	SCENARIO("a join waits for the callback",
	    .test = a_join_waits_for_the_callback),
	SCENARIO("two joiners, one with a deadline",
	    .test = two_joiners_one_with_a_deadline, .calls = true),
	SCENARIO("stop waits for the callback",
	    .test = stop_waits_for_the_callback),
	SCENARIO("two stop", .test = two_stop, .cut = true),
	SCENARIO("stop while another arms", .test = stop_while_another_arms),
	SCENARIO("destroy is busy while one joins",
	    .test = destroy_is_busy_while_one_joins),
	SCENARIO("destroy is busy while one stops",
	    .test = destroy_is_busy_while_one_stops),
	SCENARIO("a cancel under the lock of the callback",
	    .test = a_cancel_under_the_lock_of_the_callback),
	SCENARIO("a callback frees another that is due",
	    .test = a_callback_frees_another_that_is_due, .calm = true),
};

int
main(void)
{
	return sim_main("timer_end", scenarios, SIM_COUNT(scenarios));
}
