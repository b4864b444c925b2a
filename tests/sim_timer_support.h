/* SPDX-License-Identifier: MIT */
/*
 * For programs that explore timers.  The clock is virtual: an hour passes when
 * nothing else can happen, or when the explorer lets a deadline pass early.  In
 * a calm scenario it never does, so there a call that is late has been missed.
 */
#ifndef SIM_TIMER_SUPPORT_H
#define SIM_TIMER_SUPPORT_H

#include "sim_support.h"

#define HOUR   INT64_C(3600000000000)
#define PERIOD 1000
#define CALLS  8
#define CLOCK  INT64_C(1000000000) /* where it begins */

extern struct sync_timer_thread tt;
extern struct sync_timer timer, second, third;
extern struct sync_sem called; /* a permit a call */
extern struct sync_mutex lock;
extern struct sync_event go;
extern int input, output;

/* Calls so far, whose, and with what. */
struct timer_call {
	struct sync_timer *timer;
	struct sync_tick tick;
};
extern struct timer_call calls[CALLS];
extern unsigned ncalls;
extern bool inside; /* a callback */

/* Everything anew, and timer with this callback, whose arg is &input. */
void init(void (*fn)(struct sync_timer *, const struct sync_tick *, void *));

/* Destroys and frees the thread: there were so many calls, and no more come. */
void end(unsigned expected);

/* First and last in each callback. */
void enter(struct sync_timer *t, const struct sync_tick *tick);
void leave(void);

/* A callback that notes the call and nothing else. */
void count(struct sync_timer *t, const struct sync_tick *tick, void *arg);

/* One call more has come, or comes. */
void wait_for_call(void);

/* What was given to sim_free is as it was then. */
void untouched(const void *p, size_t size);

#endif /* SIM_TIMER_SUPPORT_H */
