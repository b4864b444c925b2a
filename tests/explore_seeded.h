/* SPDX-License-Identifier: MIT */
/*
 * Tests that have a mistake which the explorer must find, and tests that have
 * none.
 */
#ifndef EXPLORE_SEEDED_H
#define EXPLORE_SEEDED_H

#include <libsync/explore.h>

struct seeded {
	const char *name;
	void (*test)(void *);
	enum sync_explore_failure failure; /* SYNC_EXPLORE_NOTHING: correct */
	unsigned flags; /* SYNC_EXPLORE_WEAK */
	/* as in the options */
	uint32_t timeouts, spurious, stale, failures;
	uint32_t preemptions; /* found with this many; not found with fewer */
	uint32_t steps;       /* 0: the default */
};

extern const struct seeded seeded[];
extern const unsigned seededs;

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
