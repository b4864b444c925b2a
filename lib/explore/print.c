/* SPDX-License-Identifier: MIT */
/*
 * The texts for the user: the failing schedule, the coverage, the progress.
 *
 * To print a failing schedule, it is run again and its steps are listed.
 */
#include <stdio.h>

#include "wrappers/calls.h"
#include "listing.h"
#include "objects.h"
#include "state.h"

#define LOOP 40 /* lines for a livelock, which is a loop */

/* Print the threads that hold the object that thread t sleeps for. */
static void
print_holder(unsigned threads, unsigned t, const void *object)
{
	struct sim_view v;
	unsigned i, j;

	for (i = 0; i < threads; i++) {
		sim_view(i, &v);
		for (j = 0; j < v.nholds; j++)
			if (v.holds[j].lock == object && i != t)
				(void)fprintf(
				    stderr, ", which thread %u holds", i);
	}
}

/* Print the call that a thread is in. */
static void
print_call(
    struct listing *l, unsigned threads, unsigned t, const struct sim_view *v)
{
	const struct sim_call *c = &v->calls[v->depth - 1];
	const char *name = NULL;
	struct place place;
	char state[80];
	bool there;

	if (c->object != NULL)
		name = object_name(c->object, c->call);
	listing_place(l, t, c->site, &place);
	(void)fprintf(stderr, " in %s(%s) at %s", call_name(c->call),
	    name != NULL ? name : "", place.text);
	if (c->object == NULL || v->state != SIM_BLOCKED)
		return;
	print_holder(threads, t, c->object);
	there = state_of(c->call, c->object, state, sizeof(state));
	if (state[0] != '\0')
		(void)fprintf(stderr, " [%s%s]", state,
		    there ? ": a wakeup was lost" : "");
}

static void
print_threads(struct listing *l, unsigned threads)
{
	struct sim_view v;
	unsigned t, i;

	for (t = 0; t < threads; t++) {
		sim_view(t, &v);
		if (v.state == SIM_DONE)
			continue;
		(void)fprintf(stderr, "thread %u%s%s%s %s", t,
		    v.name[0] != '\0' ? " (" : "", v.name,
		    v.name[0] != '\0' ? ")" : "",
		    v.state == SIM_BLOCKED ? "sleeps"
		    : v.running		   ? "was running"
					   : "could go on");
		if (v.depth > 0)
			print_call(l, threads, t, &v);
		for (i = 0; i < v.nholds; i++)
			(void)fprintf(stderr, "%s %s",
			    i == 0 ? "; holds" : ",",
			    object_name(v.holds[i].lock, CALL_sync_mutex_lock));
		(void)fprintf(stderr, "\n");
	}
}

static const char *
ending_name(enum sim_ending ending)
{
	static const char *const names[] = { "nothing", "deadlock",
		"threads left behind", "livelock", "assertion failed",
		"data race", "use after destruction", "crash",
		"not deterministic", "nothing", "not explored", "misuse" };

	return names[ending];
}

static void
print_interleaving(const struct failure *f)
{
	struct listing l;
	struct sim_outcome outcome;
	struct sim_limits limits;
	struct schedule parsed = { 0 };
	struct replay replay;

	objects_reset();
	if (listing_begin(&l) && replay_parse(f->replay, &limits, &parsed)) {
		replay_init(&replay, &parsed);
		sim_tracer = &l.tracer;
		names_reset();
		sim_run(f->subject->test, f->subject->arg, &replay.driver,
		    &outcome);
		sim_tracer = NULL;
		listing_print(&l, f->outcome->ending == SIM_LIVELOCK ? LOOP : 0);
		print_threads(&l, outcome.threads);
		if (outcome.ending != f->outcome->ending)
			(void)fprintf(stderr,
			    "this time it ended with: %s\n", outcome.what);
	}
	listing_end(&l);
	schedule_free(&parsed);
}

void
print_failure(const struct failure *f)
{
	(void)fprintf(stderr, "%s%s%s: %s\n",
	    f->name != NULL ? f->name : "", f->name != NULL ? ": " : "",
	    ending_name(f->outcome->ending), f->outcome->what);
	if (f->replay == NULL)
		return;
	print_interleaving(f);
	(void)fprintf(stderr, "%u preemption%s; to run just this schedule,"
	    " also under a debugger:\nSYNC_REPLAY=%s\n",
	    (unsigned)f->schedule->preemptions,
	    f->schedule->preemptions == 1 ? "" : "s", f->replay);
}

/* Print which executions the limits have excluded from the claim. */
static void
print_limited(unsigned limited)
{
	static const struct {
		unsigned limit;
		const char *name;
	} limits[] = {
		{ SYNC_EXPLORE_TIMEOUTS, "more early deadlines" },
		{ SYNC_EXPLORE_SPURIOUS, "more wakeups for no reason" },
		{ SYNC_EXPLORE_STALE, "more stale loads" },
		{ SYNC_EXPLORE_FAILURES, "more refusals" },
		{ SYNC_EXPLORE_POLLS, "longer polling" },
	};
	const char *before = " but those with ";
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		if (!(limited & limits[i].limit))
			continue;
		(void)fprintf(stderr, "%s%s", before, limits[i].name);
		before = " or ";
	}
}

static void
print_bound(const struct sync_explore_report *r)
{
	unsigned long long n = r->bound_schedules;

	if (r->bound < 0) {
		(void)fprintf(stderr, "not all schedules of any bound");
	} else if (r->bound == SYNC_EXPLORE_UNBOUNDED) {
		(void)fprintf(stderr, "all schedules");
		print_limited(r->limited);
		(void)fprintf(stderr,
		    ", %llu up to the order of unrelated steps", n);
	} else {
		(void)fprintf(stderr, "all %llu schedules with at most %d"
		    " preemption%s", n, (int)r->bound,
		    r->bound == 1 ? "" : "s");
		print_limited(r->limited);
	}
}

void
print_report(const char *name, const struct sync_explore_report *r)
{
	double seconds = (double)r->nanoseconds / 1e9;

	(void)fprintf(stderr, "%s%s", name != NULL ? name : "",
	    name != NULL ? ": " : "");
	print_bound(r);
	(void)fprintf(stderr, "; %llu run in %.2f s, %u threads, %u steps at"
	    " most%s\n", (unsigned long long)r->schedules, seconds,
	    (unsigned)r->threads, (unsigned)r->longest,
	    r->cut ? "; cut before the rest" : "");
}

void
print_progress(
    const char *name, const char *stage, const struct sync_explore_report *r)
{
	(void)fprintf(stderr, "\r%s%s%s, %llu schedules, %.0f s   ",
	    name != NULL ? name : "", name != NULL ? ": " : "", stage,
	    (unsigned long long)r->schedules, (double)r->nanoseconds / 1e9);
	(void)fflush(stderr);
}

void
print_progress_end(void)
{
	(void)fprintf(stderr, "\r%79s\r", "");
}
