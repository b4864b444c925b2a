/* SPDX-License-Identifier: MIT */
/*
 * Small programs for a queue, one string for each thread, and a check of their
 * results against a queue without threads.
 *
 * A letter is a call, a digit after it the priority of the element:
 *
 *	p put		P tryput	u put_until
 *	m put_n		M tryput_n	U put_n_until	(two elements)
 *	g get		G tryget	h get_until
 *	n get_n		N tryget_n	H get_n_until	(at most two)
 *	k peek		l len		o is_closed
 *	c close		x close_now
 *	d task_done	D task_done_n	(two)
 *	j join		J tryjoin	i join_until
 *
 * The results must be possible if the calls are made one after the other, in
 * some order that keeps the order of calls that did not overlap
 * (linearizability: Herlihy and Wing, 1990).  A put_n counts as several puts, a
 * close_now as three calls: one that closes, one that takes all elements out,
 * one that counts them as done.  When all threads have ended, the queue is
 * emptied, so a lost or doubled element is found, too.
 */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include "sim_support.h"

#define SCRIPT_THREADS 4

struct script {
	enum sync_queue_order order;
	size_t capacity;
	bool calls; /* each call is one step */
	const char *before; /* what the test does first, alone; may be null */
	const char *threads[SCRIPT_THREADS]; /* the first is the test's own */
};

/* Lines of a table of scenarios. */
#define SCRIPT_LINE(steps, title, order, capacity, before, ...)                \
	.name = title, .test = script_run, .calls = steps,                     \
	.arg = &(const struct script)                                          \
	{                                                                      \
		order, capacity, steps, before,                                \
		{                                                              \
			__VA_ARGS__                                            \
		}                                                              \
	}
#define SCRIPT(...) { SCRIPT_LINE(false, __VA_ARGS__) }
/* The same, too large for the deep set to be complete. */
#define LARGE(...)  { SCRIPT_LINE(false, __VA_ARGS__), .cut = true }
/* And with one early deadline at most. */
#define TIMED(...)                                                             \
	{                                                                      \
		SCRIPT_LINE(false, __VA_ARGS__), .timeouts = 1, .cut = true    \
	}
/* And too large for two preemptions in the short set. */
#define HUGE(...)                                                              \
	{                                                                      \
		SCRIPT_LINE(false, __VA_ARGS__), .timeouts = 1, .large = true, \
		    .cut = true                                                \
	}
/* Spinning before they sleep. */
#define SPINS(...)                                                             \
	{                                                                      \
		SCRIPT_LINE(false, __VA_ARGS__), .spins = 2, .large = true,    \
		    .cut = true                                                \
	}
/* With each call as one step, and more of them. */
#define CALLS(...)                                                             \
	{                                                                      \
		SCRIPT_LINE(true, __VA_ARGS__), .timeouts = 1, .cut = true     \
	}

/* An explored function: arg is a struct script. */
void script_run(void *arg);

#endif /* SIM_SCRIPT_H */
