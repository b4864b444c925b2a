/* SPDX-License-Identifier: MIT */
/*
 * For programs that explore the objects whose waiters other threads release: the
 * event by a set, the latch by the last count_down, the semaphore by a post.
 */
#ifndef SIM_WAIT_SUPPORT_H
#define SIM_WAIT_SUPPORT_H

#include "sim_support.h"

#define RELEASES 2 /* at most, in a scenario */

union any_object {
	struct sync_event event;
	struct sync_latch latch;
	struct sync_sem sem;
};

extern union any_object o;

struct subject {
	int (*init)(unsigned n); /* the latch's count, the sem's maximum */
	int (*destroy)(void);
	int (*release)(void);
	int (*release_two)(void);
	int (*wait)(void);
	int (*trywait)(void);
	int (*wait_until)(sync_time);
	bool (*open)(void);       /* a wait would pass */
	bool (*waited_for)(void); /* atomic */
	void (*settled)(void);    /* check the final state */
	void (*reuse)(uint32_t);  /* its memory, as this */
	uint32_t *spare;          /* see sim_may_be_late */
	size_t size;
	int surplus; /* the result of one release too many */
};

extern const struct subject an_event, a_latch, a_sem;

/* How a scenario begins. */
struct start {
	const struct subject *subject;
	unsigned n;
	unsigned told; /* releases before which something is written */
};

#define START(subject, n, told)                                                \
	.begin = fresh, .arg = &(const struct start) { &(subject), (n), (told) }
#define EVENT(told)        START(an_event, 0, told)
#define LATCH(count, told) START(a_latch, count, told)
#define SEM(maximum, told) START(a_sem, maximum, told)

extern const struct start *start;
extern const struct subject *subject; /* of start */
extern uint32_t released, passed;     /* how often */

void fresh(const void *start);

/* End. */
void settled(void);

/* Write what is told before the nth release, and release. */
void tells(unsigned nth);
void releases_nth(unsigned nth);

/* After a wait: what was told must be visible. */
void passes(void);

/* Roles. */
sim_role releases; /* once; it is the first release */
sim_role waits;

#endif /* SIM_WAIT_SUPPORT_H */
