/* SPDX-License-Identifier: MIT */
/*
 * For programs that explore timers.  The clock is virtual: an hour passes when
 * nothing else can happen, or when the explorer lets a deadline pass early.  It
 * never does so in a calm scenario, so there a late call is a missed call.
 */
#ifndef SIM_TIMER_SUPPORT_H
#define SIM_TIMER_SUPPORT_H

#include "sim_support.h"

#define HOUR   INT64_C(3600000000000)
#define PERIOD 1000
#define CALLS  8
#define CLOCK  INT64_C(1000000000) /* the time at which it starts */

extern struct sync_timer_thread tt;
extern struct sync_timer timer, second, third;
extern struct sync_sem called; /* a permit a call */
extern struct sync_mutex lock;
extern struct sync_event go;
extern int input, output;

/* The calls so far: which timer, and the tick. */
struct timer_call {
	struct sync_timer *timer;
	struct sync_tick tick;
};
extern struct timer_call calls[CALLS];
extern unsigned ncalls;
extern bool inside; /* a callback */

/* Reset everything; timer has this callback, whose arg is &input. */
void init(void (*fn)(struct sync_timer *, const struct sync_tick *, void *));

/*
 * Destroys and frees the thread: there were this many calls, and no more come.
 */
void end(unsigned expected);

/* First and last in each callback. */
void enter(struct sync_timer *t, const struct sync_tick *tick);
void leave(void);

/* A callback that notes the call and nothing else. */
void count(struct sync_timer *t, const struct sync_tick *tick, void *arg);

/*
 * A callback that waits for go in its first call.  By then its timer has been
 * cancelled, so it cannot arm it.
 */
void waits_and_arms(
    struct sync_timer *t, const struct sync_tick *tick, void *arg);

/* One more call has come, or will come. */
void wait_for_call(void);

/* Memory given to sim_free is unchanged since then. */
void untouched(const void *p, size_t size);

#endif /* SIM_TIMER_SUPPORT_H */
