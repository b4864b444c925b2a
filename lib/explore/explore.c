/* SPDX-License-Identifier: MIT */
/*
 * sync_explore: runs the searches, each for its time, and fills in the report.
 *
 * The data of an exploration is struct exploration, on the stack of
 * sync_explore.  At most one exploration runs in a process (`running').
 *
 * The limits restrict each execution, so a claim of completeness holds within
 * them.  The search of all schedules ignores the limit on early deadlines,
 * unless the limit is 0, because partial-order reduction must be free to
 * reorder them.
 */
#include <libsync/explore.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wrappers/calls.h"
#include "explorer.h"
#include "symbol.h"

#define PROGRESS 200000000 /* ns between two lines, the first after five */
#define AGAIN    64 /* one in AGAIN random schedules is run twice */
#define FIRST_TURN 64 /* schedules of the portfolio's first turn */
#define TURNS      40 /* a turn takes at most 1/TURNS of the time */

struct exploration {
	struct subject subject;
	struct sync_explore_options options;
	struct sync_explore_report *report;
	struct schedule schedule; /* of the last execution */
	struct sim_outcome outcome;
	int64_t begun, ends; /* of the exploration; INT64_MAX: no limit */
	int64_t shown; /* when progress was shown last */
	/* a failure was found; a limit was reached; memory ran out; standard
	   error is a terminal; the schedule is that of SYNC_REPLAY */
	bool found, cut, lost, terminal, replaying;
};

static uint32_t running; /* atomic: whether an exploration runs */
static char *last_replay;
static char last_what[sizeof(((struct sim_outcome *)0)->what)];

static void
limits_of(const struct exploration *x, bool all, struct sim_limits *l)
{
	const struct sync_explore_options *o = &x->options;

	*l = (struct sim_limits) {
		.steps = o->steps,
		.timeouts = all && o->timeouts > 0 ? UINT32_MAX : o->timeouts,
		.spurious = o->spurious,
		.stale = o->stale,
		.failures = o->failures,
		.polls = o->polls,
		.stack_size = o->stack_size,
		.atomics = o->grain == SYNC_EXPLORE_ATOMICS,
		.weak = (o->flags & SYNC_EXPLORE_WEAK) != 0,
		.os_threads = (o->flags & SYNC_EXPLORE_OS_THREADS) != 0,
	};
}

static void
show_progress(struct exploration *x, const char *stage)
{
	int64_t now = x->report->nanoseconds;

	if (!x->terminal || now < x->shown + PROGRESS
	    || (x->shown == 0 && now < 5 * PROGRESS))
		return;
	x->shown = now;
	print_progress(x->options.name, stage, x->report);
}

/* Run one execution; false if the search must stop, for whatever reason. */
static bool
execute(struct exploration *x, struct sim_driver *driver, int64_t ends,
    const char *stage)
{
	struct sync_explore_report *r = x->report;
	struct recorder recorder;
	int64_t now;

	recorder_init(&recorder, driver, &x->schedule);
	names_reset();
	sim_run(x->subject.test, x->subject.arg, &recorder.driver,
	    &x->outcome);
	r->schedules++;
	r->steps += x->outcome.steps;
	if (r->longest < x->outcome.steps)
		r->longest = x->outcome.steps;
	if (r->threads < x->outcome.threads)
		r->threads = x->outcome.threads;
	x->found = x->outcome.ending != SIM_FINE;
	if (x->found)
		return false;
	if (x->options.schedules != 0 && r->schedules >= x->options.schedules)
		x->cut = true;
	if (r->schedules % 64 == 0 || x->outcome.steps > 1000) {
		now = sim_real_time();
		r->nanoseconds = now - x->begun;
		show_progress(x, stage);
		if (now >= x->ends)
			x->cut = true;
		if (now >= ends)
			return false;
	}
	return !x->cut;
}

/*
 * Run the same schedule again.  If any step differs, the test is not
 * deterministic: a failure.  False if the search must stop.
 */
static bool
execute_again(struct exploration *x, struct sim_driver *driver, int64_t ends,
    const char *stage)
{
	struct schedule first = { 0 };
	size_t where;
	bool go_on;

	if (!schedule_copy(&first, &x->schedule)) {
		x->lost = true;
		return false;
	}
	go_on = execute(x, driver, ends, stage);
	if (!x->found && !first.lost && !x->schedule.lost
	    && schedule_differs(&first, &x->schedule, &where)) {
		x->found = true;
		x->outcome.ending = SIM_CHANGED;
		(void)snprintf(x->outcome.what, sizeof(x->outcome.what),
		    "the test does not do the same each time: the same choices"
		    " led elsewhere after %zu of them", where);
		go_on = false;
	}
	schedule_free(&first);
	return go_on;
}

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

	limits_of(x, w->all, &limits);
	sim_limit(&limits);
	if (!w->all)
		(void)snprintf(
		    stage, sizeof(stage), "bound %u", (unsigned)w->bound);
	for (; go_on && most > 0; most--) {
		if (!search_next(w->search)) {
			w->complete = true;
			break;
		}
		go_on = execute(x, search_driver(w->search), ends, stage);
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

	limits_of(x, false, &limits);
	sim_limit(&limits);
	chance_init(&c, x->options.seed, depth);
	for (i = first; i - first < most; i++) {
		uint32_t length = x->report->longest;

		chance_next(&c, i, length);
		if (!execute(x, &c.driver, ends, stage))
			return;
		if (i % AGAIN != 0)
			continue;
		chance_next(&c, i, length);
		if (!execute_again(x, &c.driver, ends, stage))
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
	if (!execute(x, &usual.driver, x->ends, "the first"))
		return;
	replay_init(&usual, &none);
	(void)execute_again(x, &usual.driver, x->ends, "the first");
}

static void
run(struct exploration *x)
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

static void
remember(struct exploration *x, const char *replay)
{
	struct place place;

	place_of(x->outcome.site, &place);
	strncat(x->outcome.what, place.text,
	    sizeof(x->outcome.what) - strlen(x->outcome.what) - 1);
	memcpy(last_what, x->outcome.what, sizeof(last_what));
	free(last_replay);
	last_replay = replay != NULL ? strdup(replay) : NULL;
	x->report->what = last_what;
	x->report->replay = last_replay;
	x->report->preemptions = x->schedule.preemptions;
	x->report->failure = (enum sync_explore_failure)x->outcome.ending;
}

static void
report_failure(struct exploration *x, const struct sim_limits *limits)
{
	struct failure f = { x->options.name, &x->outcome, &x->schedule,
		&x->subject, NULL };
	bool changed = x->outcome.ending == SIM_CHANGED
	    || x->outcome.ending == SIM_OUTSIDE;
	char *replay;

	x->subject.ending = x->outcome.ending;
	if (!changed && !x->replaying)
		shrink(&x->schedule, &x->subject);
	/* A test that is not deterministic, or blocks, is not run again. */
	replay = changed ? NULL
			 : replay_text(&x->schedule, limits, x->options.name);
	f.replay = replay;
	remember(x, replay);
	if (!(x->options.flags & SYNC_EXPLORE_QUIET))
		print_failure(&f);
	free(replay);
}

/* Run the schedule of SYNC_REPLAY; a malformed one is a failure. */
static void
run_replay(struct exploration *x, const char *text)
{
	struct schedule schedule = { 0 };
	struct sim_limits limits;
	struct replay replay;

	limits_of(x, false, &limits);
	if (!replay_parse(text, &limits, &schedule)) {
		x->outcome.ending = SIM_CHANGED;
		(void)snprintf(x->outcome.what, sizeof(x->outcome.what),
		    "SYNC_REPLAY is not a schedule: %.80s", text);
		x->found = true;
		return;
	}
	sim_limit(&limits);
	replay_init(&replay, &schedule);
	(void)execute(x, &replay.driver, INT64_MAX, "replay");
	if (!x->found)
		(void)fprintf(stderr, "SYNC_REPLAY: the schedule was run, and"
		    " nothing failed%s\n",
		    schedule.checksum == 0
			    || replay_checksum(&x->schedule)
				== schedule.checksum
			? "" : "; the program's steps are not those it was"
			       " made of");
	schedule_free(&schedule);
}

/* The test has made no step, so nothing was explored: a failure. */
static void
report_empty(struct exploration *x, const char *why)
{
	x->found = true;
	x->report->bound = -1;
	x->report->failure = SYNC_EXPLORE_EMPTY;
	x->report->what = why;
	if (!(x->options.flags & SYNC_EXPLORE_QUIET))
		(void)fprintf(stderr, "%s%s%s\n",
		    x->options.name != NULL ? x->options.name : "",
		    x->options.name != NULL ? ": " : "", why);
}

static void
finish(struct exploration *x)
{
	struct sim_limits limits;

	if (x->shown != 0)
		print_progress_end();
	sim_limits_now(&limits);
	if (x->found)
		report_failure(x, &limits);
	x->report->nanoseconds = sim_real_time() - x->begun;
	if (!x->found && !x->lost && x->report->steps == 0)
		report_empty(x, "nothing was explored: no thread made a step"
		    " that the explorer sees");
	else if (x->options.flags & SYNC_EXPLORE_VERBOSE)
		print_report(x->options.name, x->report);
}

static void
explore(struct exploration *x)
{
	const char *replay = plat_getenv("SYNC_REPLAY");

	x->begun = sim_real_time();
	x->ends = x->options.nanoseconds == 0 ? INT64_MAX
	    : x->begun + x->options.nanoseconds;
	x->terminal = isatty(STDERR_FILENO) == 1
	    && !(x->options.flags & SYNC_EXPLORE_QUIET);
	if (!calls_come_here()) {
		report_empty(x, "nothing was explored: the program's calls go"
		    " to another libsync; link -lsync-sim in place of -lsync,"
		    " or before it");
		return;
	}
	if (replay == NULL || replay[0] == '\0') {
		run(x);
		finish(x);
	} else if (replay_is_for(replay, x->options.name)) {
		x->replaying = true;
		run_replay(x, replay);
		finish(x);
	} else {
		(void)fprintf(stderr, "%s: not run, SYNC_REPLAY is for another"
		    " test\n", x->options.name != NULL ? x->options.name
							: "a test");
	}
}

int
sync_explore(void (*test)(void *), void *arg,
    const struct sync_explore_options *options,
    struct sync_explore_report *report)
{
	struct sync_explore_report own;
	struct exploration x = { .subject = { test, arg, SIM_FINE },
		.options = SYNC_EXPLORE_OPTIONS };
	struct sim_limits limits;
	int err;

	if (options != NULL)
		x.options = *options;
	err = test != NULL ? options_from_environment(&x.options) : EINVAL;
	if (err == 0)
		err = options_check(&x.options);
	if (err != 0)
		return err;
	if (sim_on || __atomic_exchange_n(&running, 1, __ATOMIC_ACQUIRE) != 0)
		return EBUSY;
	x.report = report != NULL ? report : &own;
	*x.report = (struct sync_explore_report) { .bound = -1 };
	limits_of(&x, false, &limits);
	err = sim_begin(&limits);
	if (err == 0) {
		exit_watch(&x.schedule, x.options.name);
		explore(&x);
		sim_end();
	}
	schedule_free(&x.schedule);
	__atomic_store_n(&running, 0, __ATOMIC_RELEASE);
	if (err == 0 && x.found)
		return EPROTO;
	return err == 0 && x.lost ? ENOMEM : err;
}
