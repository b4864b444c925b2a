/* SPDX-License-Identifier: MIT */
#include "timer_support.h"

#include <sys/syscall.h>
#include <unistd.h>

struct call calls[CALLS_MAX];
struct sync_timer_thread tt;
struct sync_timer timer, other;
struct sync_event inside, go_on;

static int made;           /* atomic */
static struct spawned seen; /* its tid alone */
static struct sync_sem done;
static struct sync_timer holder, settler;
static struct sync_event held, released, settled;

static void
holds(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	__atomic_store_n(
	    &seen.tid, (int)syscall(SYS_gettid), __ATOMIC_RELEASE);
	ok(sync_event_set(&held));
	ok(sync_event_wait(&released));
}

static void
settles(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	ok(sync_event_set(&settled));
}

void
begin_timers(void)
{
	const struct sync_thread_options o = { .name = "tt" };

	begin_timers_with(&o);
}

void
begin_timers_with(const struct sync_thread_options *options)
{
	ok(sync_sem_init(&done, 0, CALLS_MAX, 0));
	ok(sync_timer_thread_init_with(&tt, options));
	ok(sync_timer_init(&holder, &tt, holds, NULL));
	ok(sync_timer_init(&settler, &tt, settles, NULL));
	ok(sync_timer_init(&timer, &tt, note, &timer));
	ok(sync_timer_init(&other, &tt, note, &other));
}

void
end_timers(void)
{
	ok(sync_timer_thread_destroy(&tt));
}

TCase *
add_timer_case(Suite *s, const char *name)
{
	TCase *tc = add_case(s, name);

	tcase_add_checked_fixture(tc, begin_timers, end_timers);
	return tc;
}

void
note(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	int i = __atomic_load_n(&made, __ATOMIC_RELAXED);

	ck_assert_int_lt(i, CALLS_MAX);
	calls[i] = (struct call) { t, *tick, sync_time_now(), arg };
	__atomic_store_n(&made, i + 1, __ATOMIC_RELEASE);
	ok(sync_sem_post(&done));
}

int
calls_made(void)
{
	return __atomic_load_n(&made, __ATOMIC_ACQUIRE);
}

void
await_calls(int n)
{
	while (calls_made() < n)
		ok(sync_sem_wait(&done));
}

void
hold(void)
{
	ok(sync_event_clear(&held));
	ok(sync_event_clear(&released));
	ok(sync_timer_arm(&holder, 0));
	ok(sync_event_wait(&held));
}

void
release(void)
{
	ok(sync_event_set(&released));
}

void
waits_inside(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	note(t, tick, arg);
	ok(sync_event_set(&inside));
	ok(sync_event_wait(&go_on));
}

void
enter_callback(int64_t period)
{
	ok(sync_timer_init(&timer, &tt, waits_inside, NULL));
	if (period > 0)
		ok(sync_timer_arm_every(&timer, 0, period, SYNC_TIMER_SKIP));
	else
		ok(sync_timer_arm(&timer, 0));
	ok(sync_event_wait(&inside));
}

void *
joins_timer(void *t)
{
	return (void *)(intptr_t)sync_timer_join(t);
}

void
settle(void)
{
	ok(sync_event_clear(&settled));
	ok(sync_timer_arm(&settler, sync_time_now()));
	ok(sync_event_wait(&settled));
}

struct spawned *
timer_thread(void)
{
	if (__atomic_load_n(&seen.tid, __ATOMIC_ACQUIRE) == 0) {
		hold();
		release();
	}
	return &seen;
}
