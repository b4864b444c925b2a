/* SPDX-License-Identifier: MIT */
/*
 * An exploration, for the files that run its executions (execution.c), choose
 * its searches (searches.c), and report (explore.c).
 */
#ifndef EXPLORE_EXPLORATION_H
#define EXPLORE_EXPLORATION_H

#include "explorer.h"

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

/*
 * execution.c: the limits of each execution; all: those of the search of all
 * schedules.
 */
void execution_limits(
    const struct exploration *x, bool all, struct sim_limits *l);
/* Run one execution; false if the search must stop, for whatever reason. */
bool execution_run(struct exploration *x, struct sim_driver *driver,
    int64_t ends, const char *stage);
/*
 * Run the same schedule again.  If any step differs, the test is not
 * deterministic: a failure.  False if the search must stop.
 */
bool execution_again(struct exploration *x, struct sim_driver *driver,
    int64_t ends, const char *stage);

/* searches.c: run the searches that the options ask for. */
void searches_run(struct exploration *x);

#endif /* EXPLORE_EXPLORATION_H */
