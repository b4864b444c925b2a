/* SPDX-License-Identifier: MIT */
/*
 * Tests that have a mistake which the explorer must find, and tests that have
 * none.
 */
#ifndef EXPLORE_SEEDED_H
#define EXPLORE_SEEDED_H

#include <libsync/explore.h>

#define SEEDED_WORKERS 5
typedef void *(*seeded_worker)(void *);

struct seeded {
	const char *name;
	/* Each in a thread; then the check, unless it is null. */
	seeded_worker workers[SEEDED_WORKERS];
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

extern const struct seeded seeded[];
extern const unsigned seededs;

/* For sync_explore; its argument is the struct seeded. */
void seeded_run(void *arg);

static inline int
seeded_explore(const struct seeded *s, const struct sync_explore_options *o,
    struct sync_explore_report *r)
{
	return sync_explore(seeded_run, (void *)(uintptr_t)s, o, r);
}

/* As the test wants it, without output. */
static inline struct sync_explore_options
seeded_options(const struct seeded *s, enum sync_explore_search search)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;

	o.name = s->name;
	o.search = search;
	o.flags = s->flags | SYNC_EXPLORE_QUIET;
	o.timeouts = s->timeouts;
	o.spurious = s->spurious;
	o.stale = s->stale;
	o.failures = s->failures;
	o.preemptions = s->failure != SYNC_EXPLORE_NOTHING ? s->preemptions : 2;
	o.depth = s->preemptions < 2 ? 3 : s->preemptions + 1;
	if (s->steps != 0)
		o.steps = s->steps;
	if (search == SYNC_EXPLORE_RANDOM || search == SYNC_EXPLORE_PCT)
		o.schedules =
		    s->failure != SYNC_EXPLORE_NOTHING ? 100000 : 2000;
	return o;
}

#endif /* EXPLORE_SEEDED_H */
