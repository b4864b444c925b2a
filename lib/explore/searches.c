/* SPDX-License-Identifier: MIT */
/*
 * The order of the searches.  An exploration runs one search to its end, or all
 * of them in turns.
 */
#include <libsync/explore.h>

#include <stdio.h>

#include "exploration.h"

#define AGAIN    64 /* one in AGAIN random schedules is run twice */
#define FIRST_TURN 64 /* schedules of the portfolio's first turn */
#define TURNS      40 /* a turn takes at most 1/TURNS of the time */

/* A depth-first search, bounded or of all schedules, in one or more turns. */
struct walk {
	struct search *search; /* null: not begun, or ended */
	bool all, complete;
	uint32_t bound;
	unsigned limited; /* the limits that its executions reached */
	uint64_t counted; /* its executions that count */
};

/* Returns false if there is no memory. */
static bool
walk_begin(struct exploration *x, struct walk *w, bool all, uint32_t bound)
{
	bool reduce = (x->options.flags & SYNC_EXPLORE_FULL) == 0;

	*w = (struct walk) { .all = all, .bound = bound };
	w->search = search_new(all, bound, reduce);
	x->lost = x->lost || w->search == NULL;
	return w->search != NULL;
}

/* End the search; if it was complete, the report claims so. */
static void
walk_end(struct exploration *x, struct walk *w)
{
	if (w->search == NULL)
		return;
	x->lost = x->lost || search_out_of_memory(w->search);
	search_free(w->search);
	w->search = NULL;
	if (!w->complete || x->lost)
		return;
	x->report->bound = w->all ? SYNC_EXPLORE_UNBOUNDED
				  : (int32_t)w->bound;
	x->report->bound_schedules = w->counted;
	x->report->limited = w->limited;
}

/* Run at most that many schedules; false if the turn must stop. */
static bool
walk_on(struct exploration *x, struct walk *w, int64_t ends, uint64_t most)
{
	struct sim_limits limits;
	char stage[48] = "all schedules";
	bool go_on = true;

	execution_limits(x, w->all, &limits);
	sim_limit(&limits);
	if (!w->all)
		(void)snprintf(
		    stage, sizeof(stage), "bound %u", (unsigned)w->bound);
	for (; go_on && most > 0; most--) {
		if (!search_next(w->search)) {
			w->complete = true;
			break;
		}
		go_on = execution_run(x, search_driver(w->search), ends, stage);
		w->counted += search_counted(w->search);
		w->limited |= x->outcome.limited;
	}
	return go_on;
}

/* Run a whole search; returns whether it was complete. */
static bool
run_search(struct exploration *x, bool all, uint32_t bound)
{
	struct walk w;

	if (!walk_begin(x, &w, all, bound))
		return false;
	(void)walk_on(x, &w, x->ends, UINT64_MAX);
	x->report->cut = !w.complete && !x->found;
	walk_end(x, &w);
	return w.complete && !x->lost;
}

/*
 * Run `most' random schedules, or with depth > 0 by priorities (PCT).  Their
 * numbers, which with the seed determine them, begin at `first'.
 */
static void
run_chance(struct exploration *x, uint32_t depth, int64_t ends, uint64_t first,
    uint64_t most)
{
	struct sim_limits limits;
	const char *stage = depth == 0 ? "random" : "by priorities";
	struct chance c;
	uint64_t i;

	execution_limits(x, false, &limits);
	sim_limit(&limits);
	chance_init(&c, x->options.seed, depth);
	for (i = first; i - first < most; i++) {
		uint32_t length = x->report->longest;

		chance_next(&c, i, length);
		if (!execution_run(x, &c.driver, ends, stage))
			return;
		if (i % AGAIN != 0)
			continue;
		chance_next(&c, i, length);
		if (!execution_again(x, &c.driver, ends, stage))
			return;
	}
}

/* Whether the exploration must stop. */
static bool
over(const struct exploration *x)
{
	return x->found || x->cut || x->lost;
}

static void
run_bounds(struct exploration *x)
{
	uint32_t bound;

	for (bound = 0; bound <= x->options.preemptions; bound++)
		if (!run_search(x, false, bound) || over(x))
			return;
}

/* A turn of the bounded search: `most' schedules, of one or several bounds. */
static void
turn_of_bounds(
    struct exploration *x, struct walk *w, int64_t ends, uint64_t most)
{
	uint64_t before = x->report->schedules, did = 0;

	while (did < most && walk_on(x, w, ends, most - did) && w->complete) {
		uint32_t next = w->bound + 1;

		walk_end(x, w);
		did = x->report->schedules - before;
		if (x->lost || !walk_begin(x, w, false, next))
			return;
	}
}

/* The random searches: each runs 1/part of the bounded search's schedules. */
static const struct {
	uint32_t depth, part;
} chances[] = { { 0, 4 }, { 2, 12 }, { 3, 12 }, { 4, 12 } };
#define CHANCES (sizeof(chances) / sizeof(chances[0]))

/* The time at which a turn that begins now must end. */
static int64_t
turn(const struct exploration *x, uint32_t part)
{
	if (x->ends == INT64_MAX)
		return INT64_MAX;
	return sim_real_time() + (x->ends - x->begun) / TURNS / part;
}

static void
play_round(struct exploration *x, struct walk *bounds, struct walk *all,
    uint64_t most)
{
	size_t i;

	turn_of_bounds(x, bounds, turn(x, 1), most);
	for (i = 0; i < CHANCES && !over(x); i++) {
		uint32_t part = chances[i].part;

		run_chance(x, chances[i].depth, turn(x, part),
		    (most - FIRST_TURN) / part, most / part);
	}
	if (!over(x))
		(void)walk_on(x, all, turn(x, 1), most);
}

/*
 * Run all searches in rounds, each twice as long as the one before.  In a
 * round the bounded search and the search of all schedules each run the same
 * number of schedules, and each random search runs a part of that.  So a
 * failure that one search finds soon is found soon, even if the others take
 * long.
 */
static void
run_portfolio(struct exploration *x)
{
	struct walk bounds, all = { 0 };
	uint64_t most;

	if (walk_begin(x, &bounds, false, 0) && walk_begin(x, &all, true, 0))
		for (most = FIRST_TURN; !over(x) && !all.complete; most *= 2)
			play_round(x, &bounds, &all, most);
	x->report->cut = !all.complete && !x->found;
	walk_end(x, &bounds);
	walk_end(x, &all); /* last, because its claim is the stronger */
}

/* Run the schedule of default choices, twice. */
static void
run_usual(struct exploration *x)
{
	struct schedule none = { 0 };
	struct replay usual;

	replay_init(&usual, &none);
	if (!execution_run(x, &usual.driver, x->ends, "the first"))
		return;
	replay_init(&usual, &none);
	(void)execution_again(x, &usual.driver, x->ends, "the first");
}

void
searches_run(struct exploration *x)
{
	run_usual(x);
	if (over(x))
		return;
	switch (x->options.search) {
	case SYNC_EXPLORE_BOUNDED:
		run_bounds(x);
		break;
	case SYNC_EXPLORE_ALL:
		(void)run_search(x, true, 0);
		break;
	case SYNC_EXPLORE_RANDOM:
		run_chance(x, 0, x->ends, 0, UINT64_MAX);
		break;
	case SYNC_EXPLORE_PCT:
		run_chance(x, x->options.depth, x->ends, 0, UINT64_MAX);
		break;
	default:
		run_portfolio(x);
	}
}
