/* SPDX-License-Identifier: MIT */
/* A timer thread for a test, and a callback that records its calls. */
#ifndef TESTS_TIMER_SUPPORT_H
#define TESTS_TIMER_SUPPORT_H

#include "support.h"

#define HOUR      INT64_C(3600000000000)
#define CALLS_MAX 20000

struct call {
	struct sync_timer *t;
	struct sync_tick tick;
	sync_time at; /* when the callback read the clock */
	void *arg;
};

/* Written by the timer thread; calls[i] may be read once await_calls(i + 1). */
extern struct call calls[CALLS_MAX];
extern struct sync_timer_thread tt;

/* Of tt; they call note, with themselves as the argument. */
extern struct sync_timer timer, other;

/* Fixtures: a timer thread called "tt", and two timers. */
void begin_timers(void);
/* The same with other options. */
void begin_timers_with(const struct sync_thread_options *options);
void end_timers(void);
/* A test case with these. */
TCase *add_timer_case(Suite *s, const char *name);

/* The callback: record the call. */
void note(struct sync_timer *t, const struct sync_tick *tick, void *arg);

int calls_made(void);
/* Wait until there have been this many calls. */
void await_calls(int n);

/*
 * Keep the timer thread busy with a callback of the test's, so that timers
 * armed now are not called before release.  hold returns when that callback is
 * inside.
 */
void hold(void);
void release(void);

/*
 * The same with timer: its callback, which first records the call, runs until
 * go_on is set.  If the period is not 0, timer is periodic.
 */
extern struct sync_event inside, go_on;
void waits_inside(struct sync_timer *t, const struct sync_tick *tick,
    void *arg);
void enter_callback(int64_t period);

/* A thread that joins a timer and returns the error. */
void *joins_timer(void *t);

/* Return when all timers that were due before this call have been called. */
void settle(void);

/* The timer thread, for until_asleep. */
struct spawned *timer_thread(void);

#endif /* TESTS_TIMER_SUPPORT_H */
