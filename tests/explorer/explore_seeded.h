/* SPDX-License-Identifier: MIT */
/*
 * Tests that have a mistake which the explorer must find, and tests that have
 * none.
 */
#ifndef EXPLORE_SEEDED_H
#define EXPLORE_SEEDED_H

#include "explore_support.h"

#define SEEDED_WORKERS 5

struct seeded {
	const char *name;
	/* Each in a thread; then the check, unless it is null. */
	worker workers[SEEDED_WORKERS];
	void (*check)(void);
	int store, load; /* the orders of a litmus test's accesses */
	bool fenced;     /* with a fence between them */
	void (*test)(void *); /* instead of all that, unless it is null */
	enum sync_explore_failure failure; /* SYNC_EXPLORE_NOTHING: correct */
	unsigned flags; /* SYNC_EXPLORE_WEAK */
	/* as in the options */
	uint32_t timeouts, spurious, stale, failures;
	uint32_t preemptions; /* found with this many; not found with fewer */
	uint32_t steps;       /* 0: the default */
};

/* The tests are numbers 0 to seeded_count() - 1. */
unsigned seeded_count(void);
const struct seeded *seeded_at(unsigned i);

/* For sync_explore; its argument is the struct seeded. */
void seeded_run(void *arg);
int seeded_explore(const struct seeded *row,
    const struct sync_explore_options *o, struct sync_explore_report *r);
/* As the test wants it, without output. */
struct sync_explore_options seeded_options(
    const struct seeded *row, enum sync_explore_search search);

#endif /* EXPLORE_SEEDED_H */
