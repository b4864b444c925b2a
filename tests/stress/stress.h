/* SPDX-License-Identifier: MIT */
/*
 * What the stress programs share.  They run in the process that was started and
 * not in a child of it, so they see the library as a program sees it that never
 * forked.  Hence must(), which ends the process, and one alarm for the whole.
 */
#ifndef TESTS_STRESS_H
#define TESTS_STRESS_H

#include <stdio.h>
#include <unistd.h>

#include "primitives.h"

#define must(condition)                                                        \
	((condition) ? (void)0                                                 \
		     : stress_failed(__FILE__, __LINE__, #condition))

static inline void
stress_failed(const char *file, int line, const char *condition)
{
	(void)fprintf(stderr, "%s:%d: not so: %s (SYNC_SEED=%u)\n", file, line,
	    condition, random_seed());
	abort();
}

/* A thread of a stress test: its number, its own random numbers, a count. */
#define CREW_MAX 16
struct hand {
	struct spawned *thread;
	int number;
	uint32_t random;
	unsigned done;
};
struct crew {
	struct hand hands[CREW_MAX];
	int n;
};

static inline void
crew_start(struct crew *c, int n, void *(*fn)(void *))
{
	uint32_t random = random_seed();
	int i;

	for (i = 0; i < n; i++) {
		struct hand *h = &c->hands[c->n];

		*h = (struct hand) { .number = c->n };
		h->random = random ^ (uint32_t)(c->n + 1) * 2654435761u;
		if (h->random == 0)
			h->random = 1;
		h->thread = spawn(fn, h);
		c->n++;
	}
}

/* Wait for all of them to end; returns the sum of their counts. */
static inline unsigned
crew_finish(struct crew *c)
{
	unsigned done = 0;
	int i;

	for (i = 0; i < c->n; i++) {
		(void)finish(c->hands[i].thread);
		done += c->hands[i].done;
	}
	c->n = 0;
	return done;
}

/* A deadline up to this many nanoseconds away, or slightly in the past. */
static inline sync_time
soon(struct hand *h, uint32_t most)
{
	return sync_after((int64_t)(random_next(&h->random) % most) - 1000);
}

#endif /* TESTS_STRESS_H */
