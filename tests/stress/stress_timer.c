/* SPDX-License-Identifier: MIT */
/*
 * Threads that arm, move, cancel, join, destroy and free timers of one timer
 * thread.  Whenever a timer is cancelled and joined, it is at rest: the number
 * of its calls is known, and nothing may add to it.
 */
#include "timer_support.h"

#include <stdlib.h>
#include <string.h>

#define WORKERS 4
#define TIMERS  12 /* of each worker */
#define STEPS   1500

struct counted {
	struct sync_timer timer;
	int calls;     /* atomic */
	int64_t ticks; /* atomic; calls, and the ticks they say were missed */
	int again;     /* calls in which it arms itself; by the timer thread,
			  or while at rest */
};

static struct sync_mutex user_lock;

static void
count_call(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	struct counted *c = arg;

	ck_assert_ptr_eq(t, &c->timer);
	ck_assert_int_ge(tick->late, 0);
	(void)__atomic_fetch_add(&c->calls, 1, __ATOMIC_RELAXED);
	(void)__atomic_fetch_add(
	    &c->ticks, 1 + (int64_t)tick->missed, __ATOMIC_RELAXED);
	ok(sync_mutex_lock(&user_lock)); /* which others hold in cancel */
	ok(sync_mutex_unlock(&user_lock));
	if (c->again > 0) {
		c->again--;
		(void)sync_timer_arm(t, sync_after(1000));
	}
}

static struct counted *
make(void)
{
	struct counted *c = calloc(1, sizeof(*c));

	ck_assert_ptr_nonnull(c);
	ok(sync_timer_init(&c->timer, &tt, count_call, c));
	return c;
}

static int
cancel_with_lock(struct counted *c)
{
	int err;

	ok(sync_mutex_lock(&user_lock));
	err = sync_timer_cancel(&c->timer);
	ok(sync_mutex_unlock(&user_lock));
	return err;
}

/* Bring it to rest; returns whether a call was cancelled. */
static bool
rest(struct counted *c, bool with_lock)
{
	int err = with_lock ? cancel_with_lock(c)
			    : sync_timer_cancel(&c->timer);

	ck_assert(err == 0 || err == EINPROGRESS || err == ENOENT);
	ok(sync_timer_join(&c->timer));
	ck_assert(!sync_timer_is_armed(&c->timer));
	return err == 0;
}

/* One shot at about now: called once, or cancelled. */
static void
one_shot(struct counted *c, uint32_t *random)
{
	int before = c->calls;
	sync_time when = sync_after(random_next(random) % 40000);

	ok(sync_timer_arm(&c->timer, sync_after(HOUR)));
	ok(sync_timer_arm(&c->timer, when)); /* moved */
	if (random_next(random) % 2 == 0)
		sync_thread_sleep_until(
		    when - 20000 + (int64_t)(random_next(random) % 40000));
	if (rest(c, random_next(random) % 4 == 0))
		ck_assert_int_eq(c->calls, before);
	else
		ck_assert_int_eq(c->calls, before + 1);
}

/* Arms itself a number of times: called at most that often. */
static void
chain(struct counted *c, uint32_t *random)
{
	int before = c->calls, most = (int)(random_next(random) % 5) + 1;

	c->again = most - 1;
	ok(sync_timer_arm(&c->timer, 0));
	if (random_next(random) % 2 == 0)
		sync_thread_sleep_until(sync_after(20000));
	/* A callback that runs may arm it after the cancel. */
	while (sync_timer_cancel(&c->timer) == EINPROGRESS)
		ok(sync_timer_join(&c->timer));
	(void)rest(c, false);
	ck_assert_int_le(c->calls, before + most);
	c->again = 0;
}

/* Periodic: ticks never run ahead of the clock. */
static void
periodic(struct counted *c, uint32_t *random)
{
	int64_t period = 1 + random_next(random) % 20000, ticks;
	sync_time first = sync_time_now() - random_next(random) % 10000;
	int64_t before = c->ticks;

	ok(sync_timer_arm_every(&c->timer, first, period,
	    (enum sync_timer_missed)(random_next(random) % 3)));
	if (random_next(random) % 2 == 0)
		sync_thread_sleep_until(sync_after(30000));
	(void)rest(c, random_next(random) % 4 == 0);
	ticks = c->ticks - before;
	ck_assert_int_ge(ticks, 0);
	ck_assert_int_le(ticks, (sync_time_now() - first) / period + 1);
}

/* Destroy, in any state, and free. */
static void
replace(struct counted **c, uint32_t *random)
{
	if (random_next(random) % 2 == 0)
		ok(sync_timer_arm(&(*c)->timer, sync_after(10000)));
	while (sync_timer_destroy(&(*c)->timer) == EBUSY)
		ok(sync_timer_join(&(*c)->timer));
	memset(*c, 0xa5, sizeof(**c));
	free(*c);
	*c = make();
}

static void *
works(void *number)
{
	uint32_t random = random_seed() + *(const uint32_t *)number;
	struct counted *c[TIMERS];
	unsigned i;

	for (i = 0; i < TIMERS; i++)
		c[i] = make();
	for (i = 0; i < STEPS * stress_factor(); i++) {
		struct counted **one = &c[random_next(&random) % TIMERS];

		switch (random_next(&random) % 4) {
		case 0:
			one_shot(*one, &random);
			break;
		case 1:
			chain(*one, &random);
			break;
		case 2:
			periodic(*one, &random);
			break;
		default:
			replace(one, &random);
			break;
		}
		(void)sync_timer_thread_armed(&tt);
	}
	for (i = 0; i < TIMERS; i++) {
		(void)rest(c[i], false);
		ok(sync_timer_destroy(&c[i]->timer));
		free(c[i]);
	}
	return NULL;
}

START_TEST(calls_add_up_whatever_threads_do)
{
	struct spawned *s[WORKERS];
	uint32_t number[WORKERS];
	uint32_t i;

	for (i = 0; i < WORKERS; i++) {
		number[i] = i * 7919;
		s[i] = spawn(works, &number[i]);
	}
	for (i = 0; i < WORKERS; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
}
END_TEST

static int after_stop; /* atomic; may be called no more when set */

static void
arms_itself(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	int err;

	(void)tick, (void)arg;
	ck_assert_int_eq(__atomic_load_n(&after_stop, __ATOMIC_RELAXED), 0);
	err = sync_timer_arm(t, sync_after(500));
	ck_assert(err == 0 || err == ECANCELED);
}

START_TEST(stop_is_final_at_any_moment)
{
	static struct sync_timer t[TIMERS];
	uint32_t random = random_seed();
	unsigned round, i;

	for (round = 0; round < 200 * stress_factor(); round++) {
		after_stop = 0;
		begin_timers();
		for (i = 0; i < TIMERS; i++) {
			ok(sync_timer_init(&t[i], &tt, arms_itself, NULL));
			ok(sync_timer_arm(
			    &t[i], sync_after(random_next(&random) % 5000)));
		}
		sync_thread_sleep_until(
		    sync_after(random_next(&random) % 50000));
		ok(sync_timer_thread_stop(&tt));
		__atomic_store_n(&after_stop, 1, __ATOMIC_RELAXED);
		ck_assert_uint_eq(sync_timer_thread_armed(&tt), 0);
		for (i = 0; i < TIMERS; i++)
			fails(sync_timer_arm(&t[i], 0), ECANCELED);
		end_timers();
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stress_timer");
	TCase *tc = add_case(s, "calls");

	tcase_add_checked_fixture(tc, begin_timers, end_timers);
	tcase_add_test(tc, calls_add_up_whatever_threads_do);
	tc = add_case(s, "stop");
	tcase_add_test(tc, stop_is_final_at_any_moment);
	return run_suite_here(s);
}
