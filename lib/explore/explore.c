/* SPDX-License-Identifier: MIT */
/*
 * sync_explore: which searches are made, for how long, and what is reported.
 *
 * The limits say what an execution may do, so a claim of completeness holds
 * within them.  The search of all schedules alone has no limit on deadlines
 * that pass early, unless there are to be none: the reduction must be free to
 * reorder them.
 */
#include <libsync/explore.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "explorer.h"
#include "symbol.h"

#define PROGRESS 200000000 /* ns between two lines, the first after five */
#define AGAIN    64        /* of so many schedules by chance one is run twice */
#define BOUND_MOST 1000
#define STACK_MOST ((size_t)1 << 30)

struct exploration {
	struct subject subject;
	struct sync_explore_options options;
	struct sync_explore_report *report;
	struct schedule schedule; /* of the last execution */
	struct sim_outcome outcome;
	int64_t begun, ends; /* the whole; INT64_MAX: no limit */
	int64_t shown;
	bool found, cut, lost, terminal, replaying;
};

static uint32_t running; /* atomic: whether an exploration is */
static char *last_replay;
static char last_what[sizeof(((struct sim_outcome *)0)->what)];

static struct exploration *current; /* the one that runs */

/*
 * The program is about to end in the middle of a schedule: it called exit, or a
 * sanitizer has found something.  Nothing can be run any more; say how to get
 * there again.
 */
static void
say_where(const char *why)
{
	struct sim_limits limits;
	char *text;

	sim_limits_now(&limits);
	text = replay_text(
	    &current->schedule, &limits, current->options.name);
	(void)fprintf(stderr, "%s%s%s; to run just this schedule:\n"
	    "SYNC_REPLAY=%s\n",
	    current->options.name != NULL ? current->options.name : "",
	    current->options.name != NULL ? ": " : "", why,
	    text != NULL ? text : "?");
}

static void
at_exit(void)
{
	if (!sim_on)
		return;
	say_where("the test calls exit");
	(void)fflush(NULL);
	_exit(EXIT_FAILURE); /* its own status may have been 0 */
}

static void
at_death(void)
{
	if (sim_on)
		say_where("a sanitizer ends the program");
}

void __sanitizer_set_death_callback(void (*callback)(void))
    __attribute__((weak));

static void
watch_for_end(void)
{
	static bool watching;

	if (watching)
		return;
	watching = atexit(at_exit) == 0;
	if (__sanitizer_set_death_callback != NULL)
		__sanitizer_set_death_callback(at_death);
}

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

/* One execution; false if it was the last, for whatever reason. */
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
 * Run the same schedule again: it must be the same to the end.  False if it was
 * the last.
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

/* Depth first.  Whether all that it is to run was run. */
static bool
run_search(struct exploration *x, bool all, uint32_t bound, int64_t ends)
{
	bool reduce = (x->options.flags & SYNC_EXPLORE_FULL) == 0;
	struct search *s = search_new(all, bound, reduce);
	uint64_t counted = 0;
	bool complete = true;
	struct sim_limits limits;
	char stage[48];

	if (s == NULL) {
		x->lost = true;
		return false;
	}
	limits_of(x, all, &limits);
	sim_limit(&limits);
	if (all)
		(void)snprintf(stage, sizeof(stage), "all schedules");
	else
		(void)snprintf(stage, sizeof(stage), "bound %u",
		    (unsigned)bound);
	while (complete && search_next(s)) {
		complete = execute(x, search_driver(s), ends, stage);
		counted += search_counted(s);
	}
	x->report->cut = x->report->cut || (!complete && !x->found);
	x->lost = x->lost || search_out_of_memory(s);
	search_free(s);
	if (complete && all)
		x->report->cut = false; /* what else was cut is among them */
	if (complete && !x->lost) {
		x->report->bound = all ? SYNC_EXPLORE_UNBOUNDED
				       : (int32_t)bound;
		x->report->bound_schedules = counted;
	}
	return complete && !x->lost;
}

static void
run_chance(struct exploration *x, uint32_t depth, int64_t ends, uint64_t most)
{
	struct sim_limits limits;
	const char *stage = depth == 0 ? "by chance" : "by priorities";
	struct chance c;
	uint64_t i;

	limits_of(x, false, &limits);
	sim_limit(&limits);
	chance_init(&c, x->options.seed, depth);
	for (i = 0; i < most; i++) {
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

/* A moment at so many hundredths of the budget. */
static int64_t
share(const struct exploration *x, int hundredths)
{
	if (x->ends == INT64_MAX)
		return INT64_MAX;
	return x->begun + (x->ends - x->begun) / 100 * hundredths;
}

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
		if (!run_search(x, false, bound, x->ends) || over(x))
			return;
}

static void
run_portfolio(struct exploration *x)
{
	uint32_t bound;
	bool complete = true;

	for (bound = 0; bound <= 2 && complete && !over(x); bound++)
		complete = run_search(
		    x, false, bound, share(x, 20 + 10 * (int)bound));
	if (!over(x))
		run_chance(x, 0, share(x, 48), 2000);
	for (bound = 2; bound <= 4 && !over(x); bound++)
		run_chance(x, bound, share(x, 56), 1000);
	if (!over(x) && run_search(x, true, 0, share(x, 85)))
		return;
	if (!over(x) && complete)
		(void)run_search(x, false, 3, x->ends);
	if (!over(x))
		run_chance(x, 0, x->ends, 20000);
}

/* The schedule without a will of its own, twice. */
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
		(void)run_search(x, true, 0, x->ends);
		break;
	case SYNC_EXPLORE_RANDOM:
		run_chance(x, 0, x->ends, UINT64_MAX);
		break;
	case SYNC_EXPLORE_PCT:
		run_chance(x, x->options.depth, x->ends, UINT64_MAX);
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
	bool changed = x->outcome.ending == SIM_CHANGED;
	char *replay;

	x->subject.ending = x->outcome.ending;
	if (!changed && !x->replaying)
		shrink(&x->schedule, &x->subject);
	/* What is not the same each time has no schedule to be shown. */
	replay = changed ? NULL
			 : replay_text(&x->schedule, limits, x->options.name);
	f.replay = replay;
	remember(x, replay);
	if (!(x->options.flags & SYNC_EXPLORE_QUIET))
		print_failure(&f);
	free(replay);
}

/* Run the schedule of SYNC_REPLAY; the test fails if it does not. */
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

static bool
refuse(const char *name, const char *text)
{
	(void)fprintf(stderr, "%s is not a number: %s\n", name, text);
	return false;
}

/*
 * A number of the environment, at most so large; false if it is there and is
 * none.
 */
static bool
get_number(const char *name, uint64_t most, uint64_t *v)
{
	const char *text = getenv(name);
	uint64_t number;
	char *end;

	if (text == NULL)
		return true;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0
	    || number > most)
		return refuse(name, text);
	*v = number;
	return true;
}

/* Seconds, which may have a fraction, as nanoseconds. */
static bool
get_seconds(const char *name, int64_t *v)
{
	const char *text = getenv(name);
	double seconds;
	char *end;

	if (text == NULL)
		return true;
	seconds = strtod(text, &end);
	if (end == text || *end != '\0' || !(seconds >= 0 && seconds < 1e9))
		return refuse(name, text);
	*v = (int64_t)(seconds * 1e9);
	return true;
}

static bool
is_on(const char *name)
{
	const char *v = getenv(name);

	return v != NULL && strcmp(v, "1") == 0;
}

static int
from_environment(struct sync_explore_options *o)
{
	uint64_t bound = UINT64_MAX;
	int saved = errno;
	bool good = get_number("SYNC_SEED", UINT64_MAX, &o->seed)
	    && get_number("SYNC_SCHEDULES", UINT64_MAX, &o->schedules)
	    && get_number("SYNC_BOUND", BOUND_MOST, &bound)
	    && get_seconds("SYNC_SECONDS", &o->nanoseconds);

	errno = saved;
	if (!good)
		return EINVAL;
	if (bound <= BOUND_MOST) {
		o->search = SYNC_EXPLORE_BOUNDED;
		o->preemptions = (uint32_t)bound;
	}
	if (is_on("SYNC_VERBOSE"))
		o->flags |= SYNC_EXPLORE_VERBOSE;
	if (is_on("SYNC_OS_THREADS"))
		o->flags |= SYNC_EXPLORE_OS_THREADS;
	return 0;
}

static int
check_options(const struct sync_explore_options *o)
{
	if ((unsigned)o->search > SYNC_EXPLORE_PCT
	    || (unsigned)o->grain > SYNC_EXPLORE_ATOMICS || o->steps == 0
	    || o->nanoseconds < 0 || o->preemptions > BOUND_MOST
	    || (o->search == SYNC_EXPLORE_PCT && o->depth == 0)
	    || o->stack_size > STACK_MOST || (o->flags & ~0x1fu) != 0)
		return EINVAL;
	return 0;
}

/* A test that has made no step was not tested. */
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
	const char *replay = getenv("SYNC_REPLAY");

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
	err = test != NULL ? from_environment(&x.options) : EINVAL;
	if (err == 0)
		err = check_options(&x.options);
	if (err != 0)
		return err;
	if (sim_on || __atomic_exchange_n(&running, 1, __ATOMIC_ACQUIRE) != 0)
		return EBUSY;
	x.report = report != NULL ? report : &own;
	*x.report = (struct sync_explore_report) { .bound = -1 };
	limits_of(&x, false, &limits);
	err = sim_begin(&limits);
	if (err == 0) {
		current = &x;
		watch_for_end();
		explore(&x);
		sim_end();
	}
	schedule_free(&x.schedule);
	__atomic_store_n(&running, 0, __ATOMIC_RELEASE);
	if (err == 0 && x.found)
		return EPROTO;
	return err == 0 && x.lost ? ENOMEM : err;
}
