/* SPDX-License-Identifier: MIT */
/* Periodic timers in the schedule explorer. */
#include "sim_timer_support.h"

/*
 * Periodic: the first call takes three and a half periods.  Each tick follows
 * the policy, whatever the clock does.
 */
static enum sync_timer_missed policy;
static sync_time next_due;
static uint64_t owed; /* ticks that the next call must report */
static unsigned last; /* call */

static void
expect(const struct sync_tick *tick)
{
	uint64_t passed = (uint64_t)(tick->late / PERIOD);

	SYNC_ASSERT(tick->due == next_due);
	if (policy == SYNC_TIMER_ALL) {
		SYNC_ASSERT(tick->missed == 0);
		next_due += PERIOD;
	} else if (policy == SYNC_TIMER_SKIP) {
		SYNC_ASSERT(tick->missed == passed);
		next_due += PERIOD * ((int64_t)passed + 1);
	} else {
		SYNC_ASSERT(tick->missed == owed);
		owed = passed > 0 ? passed - 1 : 0;
		next_due += PERIOD * (passed > 0 ? (int64_t)passed : 1);
	}
}

static void
be_slow(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	expect(tick);
	if (ncalls == 1)
		sync_thread_sleep_until(tick->due + 3 * PERIOD + PERIOD / 2);
	if (ncalls == last)
		SYNC_ASSERT(sync_timer_cancel(t) == EINPROGRESS);
	leave();
}

static void
periodic(enum sync_timer_missed how, unsigned ticks)
{
	unsigned i;

	policy = how;
	next_due = sync_time_now() + PERIOD;
	owed = 0;
	last = ticks;
	init(be_slow);
	SYNC_OK(sync_timer_arm_every(&timer, next_due, PERIOD, how));
	for (i = 0; i < ticks; i++)
		wait_for_call();
	SYNC_ASSERT(!sync_timer_is_armed(&timer));
	end(ticks);
}

static void
missed_ticks_are_skipped(void *arg)
{
	(void)arg;
	periodic(SYNC_TIMER_SKIP, 3);
}

static void
missed_ticks_are_one(void *arg)
{
	(void)arg;
	periodic(SYNC_TIMER_ONCE, 3);
}

static void
missed_ticks_come_all(void *arg)
{
	(void)arg;
	periodic(SYNC_TIMER_ALL, 3);
}

static void
missed_ticks_are_skipped_for_sure(void *arg)
{
	(void)arg;
	periodic(SYNC_TIMER_SKIP, 4);
	SYNC_ASSERT(calls[0].tick.due == CLOCK + PERIOD);
	SYNC_ASSERT(calls[1].tick.due == CLOCK + 2 * PERIOD);
	SYNC_ASSERT(calls[1].tick.missed == 2);
	SYNC_ASSERT(calls[2].tick.due == CLOCK + 5 * PERIOD);
	SYNC_ASSERT(calls[2].tick.missed == 0 && calls[2].tick.late == 0);
}

static void
missed_ticks_are_one_for_sure(void *arg)
{
	(void)arg;
	periodic(SYNC_TIMER_ONCE, 4);
	SYNC_ASSERT(calls[1].tick.due == CLOCK + 2 * PERIOD);
	SYNC_ASSERT(calls[1].tick.missed == 0);
	SYNC_ASSERT(calls[2].tick.due == CLOCK + 4 * PERIOD);
	SYNC_ASSERT(calls[2].tick.missed == 1);
	SYNC_ASSERT(calls[3].tick.missed == 0 && calls[3].tick.late == 0);
}

static void
missed_ticks_come_all_for_sure(void *arg)
{
	(void)arg;
	periodic(SYNC_TIMER_ALL, 4);
	SYNC_ASSERT(calls[1].tick.late == 2 * PERIOD + PERIOD / 2);
	SYNC_ASSERT(calls[2].tick.late == PERIOD + PERIOD / 2);
}

/* Nothing makes the cancel come soon; so the last call waits for it. */
static void
count_until_cancelled(
    struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	if (ncalls == CALLS)
		SYNC_OK(sync_event_wait(&go));
	leave();
}

/* A periodic timer is armed while it is called: cancel is never too late. */
static void
a_cancel_ends_a_periodic_timer(void *arg)
{
	unsigned n;
	int err;

	(void)arg;
	init(count_until_cancelled);
	SYNC_OK(sync_timer_arm_every(
	    &timer, sim_soon(0), HOUR, SYNC_TIMER_SKIP));
	wait_for_call();
	err = sync_timer_cancel(&timer);
	SYNC_ASSERT(err == 0 || err == EINPROGRESS);
	SYNC_OK(sync_event_set(&go));
	SYNC_OK(sync_timer_join(&timer));
	n = ncalls;
	SYNC_ASSERT(sync_timer_cancel(&timer) == ENOENT);
	sim_free(&timer, sizeof(timer));
	end(n);
}

/*
 * A join waits for one call, and not for the next one, which follows at once.
 */
static void
wait_for_each_other(
    struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	if (ncalls == 1) {
		SYNC_OK(sync_sem_post(&called));
		while (tt.blocked == 0) /* the joiner is not inside */
			sync_explore_yield();
	} else {
		SYNC_OK(sync_event_wait(&go)); /* it is back */
		SYNC_ASSERT(sync_timer_cancel(t) == EINPROGRESS);
	}
	leave();
}

static void
a_join_waits_for_one_call(void *arg)
{
	(void)arg;
	init(wait_for_each_other);
	SYNC_OK(sync_timer_arm_every(&timer, CLOCK - 5, 1, SYNC_TIMER_ALL));
	wait_for_call();
	SYNC_OK(sync_timer_join(&timer));
	SYNC_OK(sync_event_set(&go));
	wait_for_call();
	wait_for_call();
	SYNC_OK(sync_timer_join(&timer));
	SYNC_ASSERT(!inside && ncalls == 2);
	end(2);
}

#define SCENARIO(title, ...) { .name = title, __VA_ARGS__ }

static const struct sim_scenario scenarios[] = {
	SCENARIO("missed ticks are skipped", .test = missed_ticks_are_skipped,
	    .large = true),
	SCENARIO("missed ticks are one", .test = missed_ticks_are_one),
	SCENARIO("missed ticks come all", .test = missed_ticks_come_all),
	SCENARIO("missed ticks are skipped, for sure",
	    .test = missed_ticks_are_skipped_for_sure, .calm = true),
	SCENARIO("missed ticks are one, for sure",
	    .test = missed_ticks_are_one_for_sure, .calm = true),
	SCENARIO("missed ticks come all, for sure",
	    .test = missed_ticks_come_all_for_sure, .calm = true),
	SCENARIO("a cancel ends a periodic timer",
	    .test = a_cancel_ends_a_periodic_timer, .large = true,
	    .cut = true),
	SCENARIO("a join waits for one call",
	    .test = a_join_waits_for_one_call, .cut = true),
};

int
main(void)
{
	return sim_main("timer_ticks", scenarios, SIM_COUNT(scenarios));
}
