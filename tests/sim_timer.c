/* SPDX-License-Identifier: MIT */
/*
 * Timers in the schedule explorer.  The clock is virtual: an hour passes when
 * nothing else can happen, or when the explorer lets a deadline pass early.  In
 * a calm scenario it never does, so there a call that is late has been missed.
 */
#include "sim_support.h"

#define HOUR   INT64_C(3600000000000)
#define PERIOD 1000
#define CALLS  8
#define CLOCK  INT64_C(1000000000) /* where it begins */

static struct sync_timer_thread tt;
static struct sync_timer timer, second, third;
static struct sync_sem called; /* a permit a call */
static struct sync_mutex lock;
static struct sync_event go;
static int input, output;

/* Calls so far, whose, and with what. */
static struct {
	struct sync_timer *timer;
	struct sync_tick tick;
} calls[CALLS];
static unsigned ncalls;
static bool inside; /* a callback */

static void
enter(struct sync_timer *t, const struct sync_tick *tick)
{
	SYNC_ASSERT(!inside);
	SYNC_ASSERT(ncalls < CALLS);
	SYNC_ASSERT(tick->late >= 0);
	SYNC_ASSERT(tick->due + tick->late <= sync_time_now());
	inside = true;
	calls[ncalls].timer = t;
	calls[ncalls++].tick = *tick;
}

static void
leave(void)
{
	inside = false;
	SYNC_OK(sync_sem_post(&called));
}

/* Notes the call, and takes what arming published. */
static void
note(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	enter(t, tick);
	SYNC_ASSERT(arg == &input && SYNC_READ(input) == 1);
	SYNC_WRITE(output) = 1;
	leave();
}

/* Notes the call, nothing else. */
static void
count(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	leave();
}

static void
init(void (*fn)(struct sync_timer *, const struct sync_tick *, void *))
{
	ncalls = 0;
	inside = false;
	input = output = 0;
	memset(&lock, 0, sizeof(lock));
	SYNC_OK(sync_sem_init(&called, 0, SYNC_SEM_MAX, 0));
	SYNC_OK(sync_event_init(&go, 0));
	SYNC_OK(sync_timer_thread_init(&tt, NULL));
	SYNC_OK(sync_timer_init(&timer, &tt, fn, &input));
}

/* Nothing is called after it. */
static void
end(unsigned expected)
{
	SYNC_OK(sync_timer_thread_destroy(&tt));
	sim_free(&tt, sizeof(tt));
	SYNC_ASSERT(ncalls == expected && !inside);
}

static void
wait_for_call(void)
{
	SYNC_OK(sync_sem_wait(&called));
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

/* What a cancel says, and nothing else, comes true; with join it is over. */
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
 * arming; the call of that comes for sure, and is the last.
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
	/* The explorer may let the later time come before the second arm. */
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
 * Periodic: the first call takes three and a half periods; each tick is as the
 * policy has it, whatever the clock does.
 */
static enum sync_timer_missed policy;
static sync_time next_due;
static uint64_t owed; /* ticks that the next call must report */
static bool over;

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
	if (ncalls == 3)
		SYNC_ASSERT(sync_timer_cancel(t) == EINPROGRESS);
	if (ncalls == 3)
		over = true;
	leave();
}

static void
periodic(enum sync_timer_missed how)
{
	policy = how;
	next_due = sync_time_now() + PERIOD;
	owed = 0;
	over = false;
	init(be_slow);
	SYNC_OK(sync_timer_arm_every(&timer, next_due, PERIOD, how));
	wait_for_call();
	wait_for_call();
	wait_for_call();
	SYNC_ASSERT(over && !sync_timer_is_armed(&timer));
	end(3);
}

static void
missed_ticks_are_skipped(void *arg)
{
	(void)arg;
	periodic(SYNC_TIMER_SKIP);
}

static void
missed_ticks_are_one(void *arg)
{
	(void)arg;
	periodic(SYNC_TIMER_ONCE);
}

static void
missed_ticks_come_all(void *arg)
{
	(void)arg;
	periodic(SYNC_TIMER_ALL);
}

static void
missed_ticks_are_skipped_for_sure(void *arg)
{
	(void)arg;
	periodic(SYNC_TIMER_SKIP);
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
	periodic(SYNC_TIMER_ONCE);
	SYNC_ASSERT(calls[1].tick.due == CLOCK + 2 * PERIOD);
	SYNC_ASSERT(calls[1].tick.missed == 0);
	SYNC_ASSERT(calls[2].tick.due == CLOCK + 4 * PERIOD);
	SYNC_ASSERT(calls[2].tick.missed == 1);
}

static void
missed_ticks_come_all_for_sure(void *arg)
{
	(void)arg;
	periodic(SYNC_TIMER_ALL);
	SYNC_ASSERT(calls[1].tick.late == 2 * PERIOD + PERIOD / 2);
	SYNC_ASSERT(calls[2].tick.late == PERIOD + PERIOD / 2);
}

/* A periodic timer is armed while it is called: cancel is never too late. */
static void
a_cancel_ends_a_periodic_timer(void *arg)
{
	unsigned n;
	int err;

	(void)arg;
	init(count);
	SYNC_OK(sync_timer_arm_every(
	    &timer, sim_soon(0), HOUR, SYNC_TIMER_SKIP));
	wait_for_call();
	err = sync_timer_cancel(&timer);
	SYNC_ASSERT(err == 0 || err == EINPROGRESS);
	SYNC_OK(sync_timer_join(&timer));
	n = ncalls;
	SYNC_ASSERT(sync_timer_cancel(&timer) == ENOENT);
	sim_free(&timer, sizeof(timer));
	end(n);
}

/* A join waits for one call, though the next follows at once. */
static void
count_to_four(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	if (ncalls == 4)
		SYNC_ASSERT(sync_timer_cancel(t) == EINPROGRESS);
	leave();
}

static void
a_join_does_not_wait_for_ever(void *arg)
{
	(void)arg;
	init(count_to_four);
	SYNC_OK(sync_timer_arm_every(&timer, CLOCK - 5, 1, SYNC_TIMER_ALL));
	wait_for_call();
	SYNC_OK(sync_timer_join(&timer));
	wait_for_call();
	wait_for_call();
	wait_for_call();
	SYNC_OK(sync_timer_join(&timer));
	SYNC_ASSERT(!inside && ncalls == 4);
	end(4);
}

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
untouched(const void *p, size_t size)
{
	const unsigned char *bytes = p;
	size_t i;

	for (i = 0; i < size; i++)
		SYNC_ASSERT(bytes[i] == 0xa5);
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

/* The new timer where the old one was does not run. */
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
	int err = sync_timer_join_until(&timer, sim_soon(0));

	(void)me;
	if (err == 0)
		SYNC_ASSERT(SYNC_READ(output) == 1);
	else
		SYNC_ASSERT(err == ETIMEDOUT && sync_time_now() >= sim_soon(0));
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
	sim_play(join_and_end, let_go, join_for_a_time);
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
	SCENARIO("a call comes at its time", .test = a_call_comes_at_its_time,
	    .weak = 1),
	SCENARIO("a call comes at once when it is time", .test = punctual,
	    .calm = true),
	SCENARIO("the past is at once", .test = the_past_is_at_once),
	SCENARIO("never does not come", .test = never_does_not_come),
	SCENARIO("a cancel is final", .test = a_cancel_is_final),
	SCENARIO("a cancel is final as it fires",
	    .test = a_cancel_is_final_as_it_fires, .weak = 1),
	SCENARIO("of two cancels one wins", .test = of_two_cancels_one_wins),
	SCENARIO("two arm and cancel", .test = two_arm_and_cancel),
	SCENARIO("a timer is moved forward", .test = a_timer_is_moved_forward),
	SCENARIO("a timer is moved forward, for sure",
	    .test = a_timer_is_moved_forward_for_sure, .calm = true),
	SCENARIO("a timer is moved back", .test = a_timer_is_moved_back),
	SCENARIO("a timer is moved back, for sure",
	    .test = a_timer_is_moved_back_for_sure, .calm = true),
	SCENARIO("an earlier one comes first",
	    .test = an_earlier_one_comes_first),
	SCENARIO("an earlier one is punctual",
	    .test = an_earlier_one_is_punctual, .calm = true),
	SCENARIO("equal ones come as they were armed",
	    .test = equal_ones_come_as_they_were_armed),
	SCENARIO("the middle one is cancelled",
	    .test = the_middle_one_is_cancelled, .calm = true),
	SCENARIO("missed ticks are skipped", .test = missed_ticks_are_skipped),
	SCENARIO("missed ticks are one", .test = missed_ticks_are_one),
	SCENARIO("missed ticks come all", .test = missed_ticks_come_all),
	SCENARIO("missed ticks are skipped, for sure",
	    .test = missed_ticks_are_skipped_for_sure, .calm = true),
	SCENARIO("missed ticks are one, for sure",
	    .test = missed_ticks_are_one_for_sure, .calm = true),
	SCENARIO("missed ticks come all, for sure",
	    .test = missed_ticks_come_all_for_sure, .calm = true),
	SCENARIO("a cancel ends a periodic timer",
	    .test = a_cancel_ends_a_periodic_timer),
	SCENARIO("a join does not wait for ever",
	    .test = a_join_does_not_wait_for_ever),
	SCENARIO("a callback arms itself again",
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
	    .test = two_joiners_one_with_a_deadline),
	SCENARIO("stop waits for the callback",
	    .test = stop_waits_for_the_callback),
	SCENARIO("two stop", .test = two_stop),
	SCENARIO("stop while another arms", .test = stop_while_another_arms),
	SCENARIO("a cancel under the lock of the callback",
	    .test = a_cancel_under_the_lock_of_the_callback),
	SCENARIO("a callback frees another that is due",
	    .test = a_callback_frees_another_that_is_due, .calm = true),
};

int
main(void)
{
	return sim_main("timer", scenarios, SIM_COUNT(scenarios));
}
