/* SPDX-License-Identifier: MIT */
/* Arming and cancelling timers in the schedule explorer. */
#include "sim_timer_support.h"

/* Notes the call, and reads what the arming thread published. */
static void
note(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	enter(t, tick);
	SYNC_ASSERT(arg == &input && SYNC_READ(input) == 1);
	SYNC_WRITE(output) = 1;
	leave();
}

static void
a_call_comes_at_its_time(void *arg)
{
	sync_time due = sync_time_now() + HOUR;

	(void)arg;
	init(note);
	SYNC_WRITE(input) = 1;
	SYNC_OK(sync_timer_arm(&timer, due));
	wait_for_call();
	SYNC_ASSERT(sync_time_now() >= due);
	SYNC_ASSERT(calls[0].tick.due == due && calls[0].tick.missed == 0);
	SYNC_ASSERT(SYNC_READ(output) == 1);
	SYNC_ASSERT(!sync_timer_is_armed(&timer));
	end(1);
}

static void
punctual(void *arg)
{
	a_call_comes_at_its_time(arg);
	SYNC_ASSERT(calls[0].tick.late == 0);
}

static void
the_past_is_at_once(void *arg)
{
	(void)arg;
	init(count);
	SYNC_OK(sync_timer_arm(&timer, -5));
	wait_for_call();
	end(1);
}

static void
never_does_not_come(void *arg)
{
	(void)arg;
	init(count);
	SYNC_OK(sync_timer_arm(&timer, SYNC_NEVER));
	SYNC_ASSERT(sync_timer_is_armed(&timer));
	SYNC_ASSERT(sync_timer_thread_armed(&tt) == 1);
	SYNC_ASSERT(sync_timer_thread_destroy(&tt) == EBUSY);
	SYNC_OK(sync_timer_cancel(&timer));
	SYNC_ASSERT(sync_timer_thread_armed(&tt) == 0);
	end(0);
}

/* What cancel returns is exactly what happens; after join it is over. */
static unsigned
cancel(void)
{
	unsigned before = ncalls;
	int err = sync_timer_cancel(&timer);

	if (err == 0)
		SYNC_ASSERT(ncalls == before || calls[0].timer != &timer);
	else if (err == EINPROGRESS)
		SYNC_OK(sync_timer_join(&timer));
	else
		SYNC_ASSERT(err == ENOENT);
	if (err != 0)
		SYNC_ASSERT(ncalls == 1 && SYNC_READ(output) == 1);
	SYNC_ASSERT(sync_timer_tryjoin(&timer) == 0);
	return err == 0 ? 0 : 1;
}

static void
a_cancel_is_final(void *arg)
{
	unsigned expected;

	(void)arg;
	init(note);
	SYNC_WRITE(input) = 1;
	SYNC_OK(sync_timer_arm(&timer, sim_soon(0)));
	expected = cancel();
	SYNC_ASSERT(!sync_timer_is_armed(&timer));
	sim_free(&timer, sizeof(timer));
	end(expected);
}

/* The same, but the time has come. */
static void
a_cancel_is_final_as_it_fires(void *arg)
{
	unsigned expected;

	(void)arg;
	init(note);
	SYNC_WRITE(input) = 1;
	SYNC_OK(sync_timer_arm(&timer, 0));
	expected = cancel();
	sim_free(&timer, sizeof(timer));
	end(expected);
}

static void
cancel_here(unsigned me)
{
	int err = sync_timer_cancel(&timer);

	(void)me;
	SYNC_ASSERT(err == 0 || err == ENOENT || err == EINPROGRESS);
	if (err == 0)
		output++;
}

static void
one_call_or_one_cancel(void)
{
	SYNC_OK(sync_timer_thread_stop(&tt));
	SYNC_ASSERT((unsigned)output + ncalls == 1);
	end(ncalls);
}

static void
of_two_cancels_one_wins(void *arg)
{
	(void)arg;
	init(count);
	SYNC_OK(sync_timer_arm(&timer, sim_soon(0)));
	sim_play(one_call_or_one_cancel, cancel_here, cancel_here);
}

static void
arm_and_cancel(unsigned me)
{
	(void)me;
	SYNC_OK(sync_timer_arm(&timer, sim_soon(me)));
	cancel_here(me);
}

static void
nothing_is_armed(void)
{
	unsigned n;

	SYNC_ASSERT(sync_timer_thread_armed(&tt) == 0);
	SYNC_OK(sync_timer_join(&timer));
	n = ncalls;
	SYNC_ASSERT(n + (unsigned)output >= 1 && n + (unsigned)output <= 2);
	end(n);
}

static void
two_arm_and_cancel(void *arg)
{
	(void)arg;
	init(count);
	sim_play(nothing_is_armed, arm_and_cancel, arm_and_cancel);
}

/*
 * Armed twice.  The explorer may let the first time come before the second
 * arming.  The call of the second arming always comes, and is the last.
 */
static void
arm_twice(sync_time first, sync_time then)
{
	init(count);
	SYNC_OK(sync_timer_arm(&timer, first));
	SYNC_OK(sync_timer_arm(&timer, then));
	SYNC_ASSERT(sync_timer_thread_armed(&tt) <= 1);
	wait_for_call();
	if (sync_timer_is_armed(&timer))
		wait_for_call();
	SYNC_OK(sync_timer_join(&timer));
	SYNC_ASSERT(ncalls == 1 || ncalls == 2);
	SYNC_ASSERT(calls[ncalls - 1].tick.due == then);
	SYNC_ASSERT(ncalls == 1 || calls[0].tick.due == first);
	end(ncalls);
}

static void
a_timer_is_moved_forward(void *arg)
{
	(void)arg;
	arm_twice(CLOCK + 2 * HOUR, CLOCK + HOUR);
}

static void
a_timer_is_moved_back(void *arg)
{
	(void)arg;
	arm_twice(CLOCK + HOUR, CLOCK + 2 * HOUR);
}

static void
a_timer_is_moved_forward_for_sure(void *arg)
{
	a_timer_is_moved_forward(arg);
	SYNC_ASSERT(ncalls == 1 && calls[0].tick.late == 0);
}

static void
a_timer_is_moved_back_for_sure(void *arg)
{
	a_timer_is_moved_back(arg);
	SYNC_ASSERT(ncalls == 1 && calls[0].tick.late == 0);
}

static void
an_earlier_one_comes_first(void *arg)
{
	sync_time now = sync_time_now();

	(void)arg;
	init(count);
	SYNC_OK(sync_timer_init(&second, &tt, count, NULL));
	SYNC_OK(sync_timer_arm(&timer, now + 2 * HOUR));
	SYNC_OK(sync_timer_arm(&second, now + HOUR));
	wait_for_call();
	wait_for_call();
	/* The explorer may let the later time come before the second arming. */
	if (calls[0].timer != &second)
		SYNC_ASSERT(calls[1].tick.late >= HOUR);
	end(2);
}

static void
an_earlier_one_is_punctual(void *arg)
{
	an_earlier_one_comes_first(arg);
	SYNC_ASSERT(calls[0].timer == &second && calls[0].tick.late == 0);
	SYNC_ASSERT(calls[1].timer == &timer && calls[1].tick.late == 0);
}

static void
equal_ones_come_as_they_were_armed(void *arg)
{
	sync_time due = sim_soon(0);

	(void)arg;
	init(count);
	SYNC_OK(sync_timer_init(&second, &tt, count, NULL));
	SYNC_OK(sync_timer_init(&third, &tt, count, NULL));
	SYNC_OK(sync_timer_arm(&third, due));
	SYNC_OK(sync_timer_arm(&timer, due));
	SYNC_OK(sync_timer_arm(&second, due));
	wait_for_call();
	wait_for_call();
	wait_for_call();
	SYNC_ASSERT(calls[0].timer == &third && calls[1].timer == &timer
	    && calls[2].timer == &second);
	end(3);
}

static void
the_middle_one_is_cancelled(void *arg)
{
	(void)arg;
	init(count);
	SYNC_OK(sync_timer_init(&second, &tt, count, NULL));
	SYNC_OK(sync_timer_init(&third, &tt, count, NULL));
	SYNC_OK(sync_timer_arm(&third, sim_soon(2)));
	SYNC_OK(sync_timer_arm(&timer, sim_soon(1)));
	SYNC_OK(sync_timer_arm(&second, sim_soon(0)));
	SYNC_OK(sync_timer_cancel(&timer));
	SYNC_ASSERT(sync_timer_thread_armed(&tt) == 2);
	wait_for_call();
	wait_for_call();
	SYNC_ASSERT(calls[0].timer == &second && calls[1].timer == &third);
	SYNC_ASSERT(calls[0].tick.late == 0 && calls[1].tick.late == 0);
	end(2);
}

/*
 * When the first has come, the others are a heap with some depth.  The
 * cancelled timers, all or every second of those armed last, are anywhere in
 * it: first, last and between, with children and without.  They are armed again
 * as the earliest, and cancelled once more.
 */
static void
those_not_cancelled_come_in_order(void *arg)
{
	static struct sync_timer t[13];
	unsigned i, n = SIM_COUNT(t), step = *(const unsigned *)arg;
	unsigned from = n - n / 2 * step;

	init(count);
	for (i = 0; i < n; i++) {
		SYNC_OK(sync_timer_init(&t[i], &tt, count, NULL));
		SYNC_OK(sync_timer_arm(
		    &t[i], CLOCK + HOUR * (1 + i * 5 % n)));
	}
	wait_for_call();
	for (i = from; i < n; i += step)
		SYNC_OK(sync_timer_cancel(&t[i]));
	for (i = from; i < n; i += step)
		SYNC_OK(sync_timer_arm(&t[i], CLOCK + 2 * HOUR - i));
	for (i = from; i < n; i += step)
		SYNC_OK(sync_timer_cancel(&t[i]));
	SYNC_ASSERT(sync_timer_thread_armed(&tt) == n / 2);
	for (i = 0; i < n / 2; i++)
		wait_for_call();
	for (i = 1; i <= n / 2; i++) {
		SYNC_ASSERT(calls[i].tick.due > calls[i - 1].tick.due);
		SYNC_ASSERT(calls[i].tick.late == 0);
	}
	end(n / 2 + 1);
}

#define SCENARIO(title, ...) { .name = title, __VA_ARGS__ }

static const struct sim_scenario scenarios[] = {
	SCENARIO("a call comes at its time", .test = a_call_comes_at_its_time,
	    .weak = 1),
	SCENARIO("a call comes at once when it is time", .test = punctual,
	    .calm = true),
	SCENARIO("the past is at once", .test = the_past_is_at_once),
	SCENARIO("never does not come", .test = never_does_not_come),
	SCENARIO("a cancel is final", .test = a_cancel_is_final),
	SCENARIO("a cancel is final as it fires",
	    .test = a_cancel_is_final_as_it_fires, .weak = 1),
	SCENARIO("of two cancels one wins", .test = of_two_cancels_one_wins,
	    .cut = true),
	SCENARIO("two arm and cancel", .test = two_arm_and_cancel,
	    .large = true, .cut = true),
	SCENARIO("a timer is moved forward", .test = a_timer_is_moved_forward),
	SCENARIO("a timer is moved forward, for sure",
	    .test = a_timer_is_moved_forward_for_sure, .calm = true),
	SCENARIO("a timer is moved back", .test = a_timer_is_moved_back),
	SCENARIO("a timer is moved back, for sure",
	    .test = a_timer_is_moved_back_for_sure, .calm = true),
	SCENARIO("an earlier one comes first",
	    .test = an_earlier_one_comes_first, .large = true,
	    .cut = true),
	SCENARIO("an earlier one is punctual",
	    .test = an_earlier_one_is_punctual, .calm = true),
	SCENARIO("equal ones come as they were armed",
	    .test = equal_ones_come_as_they_were_armed),
	SCENARIO("the middle one is cancelled",
	    .test = the_middle_one_is_cancelled, .calm = true),
	SCENARIO("those not cancelled come in order",
	    .test = those_not_cancelled_come_in_order,
	    .arg = &(const unsigned) { 1 }, .calm = true, .calls = true,
	    .cut = true),
	SCENARIO("those not cancelled, between others, come in order",
	    .test = those_not_cancelled_come_in_order,
	    .arg = &(const unsigned) { 2 }, .calm = true, .calls = true,
	    .cut = true),
};

int
main(void)
{
	return sim_main("timer", scenarios, SIM_COUNT(scenarios));
}
