/* SPDX-License-Identifier: MIT */
/* Sets of outcomes, and the search that collects them. */
#include <stdlib.h>
#include <string.h>

#include "explore_programs.h"
#include "explorer.h"

void
outcomes_add(struct outcomes *s, uint64_t v)
{
	if (s->n == s->room) {
		outcomes_sort(s);
		if (s->n * 2 >= s->room) {
			s->room = s->room == 0 ? 1024 : s->room * 2;
			s->at = realloc(s->at, s->room * sizeof(*s->at));
			if (s->at == NULL)
				abort();
		}
	}
	s->at[s->n++] = v;
	s->sorted = false;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void
outcomes_sort(struct outcomes *s)
{
	size_t i, n = 0;

	if (s->sorted || s->n == 0)
		return;
	qsort(s->at, s->n, sizeof(*s->at), compare);
	for (i = 0; i < s->n; i++)
		if (n == 0 || s->at[i] != s->at[n - 1])
			s->at[n++] = s->at[i];
	s->n = n;
	s->sorted = true;
}

bool
outcomes_has(struct outcomes *s, uint64_t v)
{
	outcomes_sort(s);
	return s->n > 0
	    && bsearch(&v, s->at, s->n, sizeof(*s->at), compare) != NULL;
}

bool
outcomes_equal(struct outcomes *a, struct outcomes *b)
{
	outcomes_sort(a);
	outcomes_sort(b);
	return a->n == b->n
	    && (a->n == 0 || memcmp(a->at, b->at, a->n * sizeof(*a->at)) == 0);
}

void
outcomes_free(struct outcomes *s)
{
	free(s->at);
	*s = (struct outcomes) { 0 };
}

void
exhaust(struct exhaust *x)
{
	struct sim_limits limits = {
		.steps = x->steps != 0 ? x->steps : 3000,
		.timeouts = x->all ? UINT32_MAX : x->timeouts,
		.spurious = x->spurious,
		.stale = x->stale,
		.polls = x->polls,
		.atomics = x->atomics,
		.weak = x->weak,
		.stack_size = 65536,
	};
	struct search *s = search_new(x->all, x->bound, x->reduce);
	struct sim_outcome outcome;

	if (s == NULL || sim_begin(&limits) != 0)
		abort();
	outcomes_free(&x->set);
	x->schedules = x->counted = 0;
	x->bad = 0;
	x->limited = 0;
	x->gone = false;
	x->cut = false;
	while (search_next(s)) {
		if (x->schedules++ == x->most) {
			x->cut = true;
			break;
		}
		names_reset(); /* also: marks.c is linked */
		sim_run(x->test, x->arg, search_driver(s), &outcome);
		if (!search_counted(s))
			continue;
		x->counted++;
		x->limited |= outcome.limited;
		if (outcome.ending == SIM_GONE) {
			/* a failure: a search ends there */
			x->gone = true;
			break;
		}
		if (outcome.ending > SIM_LEAK
		    && outcome.ending != SIM_LIVELOCK) {
			x->bad = (int)outcome.ending;
			memcpy(x->what, outcome.what, sizeof(x->what));
			break;
		}
		outcomes_add(
		    &x->set, x->outcome() + (outcome.ending != SIM_FINE));
	}
	sim_end();
	search_free(s);
}
