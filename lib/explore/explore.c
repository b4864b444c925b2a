/* SPDX-License-Identifier: MIT */
/*
 * sync_explore: runs the searches or a replay, and fills in the report.
 *
 * The data of an exploration is struct exploration, on the stack of
 * sync_explore.  At most one exploration runs in a process (`running').
 */
#include <libsync/explore.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wrappers/calls.h"
#include "exploration.h"
#include "symbol.h"

static uint32_t running; /* atomic: whether an exploration runs */
static char *last_replay;
static char last_what[sizeof(((struct sim_outcome *)0)->what)];

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

	execution_limits(x, false, &limits);
	if (!replay_parse(text, &limits, &schedule)) {
		x->outcome.ending = SIM_CHANGED;
		(void)snprintf(x->outcome.what, sizeof(x->outcome.what),
		    "SYNC_REPLAY is not a schedule: %.80s", text);
		x->found = true;
		return;
	}
	sim_limit(&limits);
	replay_init(&replay, &schedule);
	(void)execution_run(x, &replay.driver, INT64_MAX, "replay");
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
		searches_run(x);
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
	execution_limits(&x, false, &limits);
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
