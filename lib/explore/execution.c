/* SPDX-License-Identifier: MIT */
/*
 * One execution of an exploration, and what the report counts of it.
 *
 * The limits restrict each execution, so a claim of completeness holds within
 * them.  The search of all schedules ignores the limit on early deadlines,
 * unless the limit is 0, because partial-order reduction must be free to
 * reorder them.
 */
#include <libsync/explore.h>

#include <stdio.h>

#include "exploration.h"

#define PROGRESS 200000000 /* ns between two lines, the first after five */

void
execution_limits(const struct exploration *x, bool all, struct sim_limits *l)
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

bool
execution_run(struct exploration *x, struct sim_driver *driver, int64_t ends,
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

bool
execution_again(struct exploration *x, struct sim_driver *driver, int64_t ends,
    const char *stage)
{
	struct schedule first = { 0 };
	size_t where;
	bool go_on;

	if (!schedule_copy(&first, &x->schedule)) {
		x->lost = true;
		return false;
	}
	go_on = execution_run(x, driver, ends, stage);
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
