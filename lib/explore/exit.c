/* SPDX-License-Identifier: MIT */
/*
 * The end of the program in the middle of a schedule, because the test calls
 * exit or a sanitizer stops the program.  No further execution can run.  This
 * file prints the replay string, so that the user can run the schedule again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "explorer.h"

/* The schedule and the test of the current exploration. */
static const struct schedule *schedule;
static const char *name;

static void
say_where(const char *why)
{
	struct sim_limits limits;
	char *text;

	sim_limits_now(&limits);
	text = replay_text(schedule, &limits, name);
	(void)fprintf(stderr,
	    "%s%s%s; to run just this schedule:\nSYNC_REPLAY=%s\n",
	    name != NULL ? name : "", name != NULL ? ": " : "", why,
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

void
exit_watch(const struct schedule *current, const char *test)
{
	static bool watching;

	schedule = current;
	name = test;
	if (watching)
		return;
	watching = atexit(at_exit) == 0;
	if (__sanitizer_set_death_callback != NULL)
		__sanitizer_set_death_callback(at_death);
}
