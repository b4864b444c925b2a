/* SPDX-License-Identifier: MIT */
/*
 * The texts for the user: the failing schedule, the coverage, the progress.
 *
 * To print a failing schedule, it is run again with a tracer.  The tracer
 * fills a listing, a ring of lines, which is then printed with a column for
 * each thread.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wrappers/calls.h"
#include "explorer.h"
#include "objects.h"
#include "state.h"
#include "symbol.h"

#define LINES_MAX 400 /* only the end of a longer schedule is printed */
#define LOOP      40  /* lines for a livelock, which is a loop */
#define TEXT      72
#define FRAMES    16

/* A line of the interleaving. */
struct line {
	unsigned thread;
	uint32_t step;      /* 0: the line shows a result */
	uint16_t call;      /* not 0: this call, which has not returned */
	const void *object;
	const void *site;
	/* of a call: the return addresses of the frames around the site */
	const void *callers[PLACES - 1];
	char text[TEXT];
};

struct listing {
	struct sim_tracer tracer;
	struct line *lines; /* a ring */
	size_t n;           /* of all lines, also overwritten ones */
	unsigned threads;
};

static struct line *
line_at(struct listing *l, size_t i)
{
	return &l->lines[i % LINES_MAX];
}

/* The texts of steps that have no details. */
static const char *const plain[] = {
	[SIM_BEGIN] = "begins",
	[SIM_END] = "ends",
	[SIM_PASSES] = "*deadline passes*",
	[SIM_WAKES] = "*wakes for no reason*",
	[SIM_FENCE] = "fence",
	[SIM_YIELD] = "yields",
	[SIM_NOW] = "reads the clock",
	[SIM_START] = "starts a thread",
	[SIM_JOIN] = "joins",
};

static void
describe_call(const struct sim_op *op, char *text)
{
	const char *name = op->address != NULL
	    ? object_name(op->address, op->call) : NULL;

	(void)snprintf(text, TEXT, "%s(%s)", call_short_name(op->call),
	    name != NULL ? name : "");
}

static void
describe_access(const struct sim_op *op, uint32_t value, char *text)
{
	const char *older = op->stale ? " (older)" : "";
	char at[40] = "";

	if (op->address != NULL)
		address_name(op->address, at, sizeof(at));
	switch (op->kind) {
	case SIM_SLEEP:
		(void)snprintf(text, TEXT, value == 0 ? "sleeps" :
		    "does not sleep: %s has changed", at);
		break;
	case SIM_LOAD:
		(void)snprintf(
		    text, TEXT, "load %s: %#x%s", at, value, older);
		break;
	case SIM_STORE:
	case SIM_MODIFY:
		(void)snprintf(text, TEXT, "%s %s = %#x%s",
		    op->kind == SIM_STORE ? "store" : "modify", at, value,
		    older);
		break;
	case SIM_WAKE:
		(void)snprintf(text, TEXT, "wake sleepers on %s", at);
		break;
	default:
		(void)snprintf(text, TEXT, "%s %s",
		    op->kind == SIM_READ ? "read" : "write", at);
	}
}

static void
describe(const struct sim_op *op, uint32_t value, char *text)
{
	if (op->kind == SIM_CALL)
		describe_call(op, text);
	else if (op->kind == SIM_RESUME)
		(void)snprintf(text, TEXT, "goes on%s",
		    value != 0 ? " (timed out)" : "");
	else if (op->kind < sizeof(plain) / sizeof(plain[0])
	    && plain[op->kind] != NULL)
		(void)snprintf(text, TEXT, "%s", plain[op->kind]);
	else
		describe_access(op, value, text);
}

int backtrace(void **frames, int n) __attribute__((weak));

/*
 * Record the frames around the site of a call.  If the site is in a function
 * of <libsync/with.h> or the like that was not inlined, the place is found by
 * them.
 */
static void
note_callers(struct line *line)
{
	void *frames[FRAMES];
	int i, j, n = backtrace != NULL ? backtrace(frames, FRAMES) : 0;

	for (i = 0; i < n && frames[i] != line->site; i++)
		continue;
	for (j = 0; j + 1 < PLACES && i + 1 + j < n; j++)
		line->callers[j] = frames[i + 1 + j];
}

static void
place_of_line(const struct line *line, struct place *place)
{
	const void *sites[PLACES] = { line->site };

	memcpy(sites + 1, line->callers, sizeof(line->callers));
	place_of_any(sites, place);
}

static void
event(struct sim_tracer *tracer, unsigned proc, const struct sim_op *op,
    uint32_t value)
{
	struct listing *l = (struct listing *)(void *)tracer;
	struct line *line = line_at(l, l->n++);

	*line = (struct line) { .thread = sim_thread_of(proc) };
	line->step = sim_steps();
	line->site = op->site;
	if (op->kind == SIM_CALL) {
		line->call = op->call;
		line->object = op->address;
		note_callers(line);
	}
	describe(op, value, line->text);
	if (line->thread >= l->threads)
		l->threads = line->thread + 1;
}

static void
result_text(unsigned call, long long result, char *text, size_t size)
{
	const char *name = NULL;

	if (result != 0 && call_returns_error(call))
		name = sim_error_name((int)result);
	if (name != NULL)
		(void)snprintf(text, size, " = %s", name);
	else if (result == 0 && call_returns_error(call))
		text[0] = '\0'; /* success is not printed */
	else
		(void)snprintf(text, size, " = %lld", result);
}

/*
 * A call returns.  Its result goes to the line of the call if that is the last
 * line of the thread, and else to a new line.
 */
static void
returned(struct sim_tracer *tracer, unsigned thread, unsigned call,
    const void *object, long long result, bool slept)
{
	struct listing *l = (struct listing *)(void *)tracer;
	size_t i, least = l->n > LINES_MAX ? l->n - LINES_MAX : 0;
	struct line *line;
	char text[32];

	result_text(call, result, text, sizeof(text));
	for (i = l->n; i-- > least;) {
		line = line_at(l, i);
		if (line->thread != thread)
			continue;
		if (!slept && line->call == call && line->object == object) {
			(void)snprintf(line->text + strlen(line->text),
			    TEXT - strlen(line->text), "%s", text);
			line->call = CALL_NONE;
			return;
		}
		break;
	}
	line = line_at(l, l->n++);
	*line = (struct line) { .thread = thread };
	(void)snprintf(line->text, TEXT, "...%s%s", call_short_name(call),
	    text[0] != '\0' ? text : " returns");
}

static unsigned
widest(struct listing *l, unsigned thread, size_t first)
{
	unsigned w = 8;
	size_t i;

	for (i = first; i < l->n; i++) {
		const struct line *line = line_at(l, i);

		if (line->thread == thread && strlen(line->text) > w)
			w = (unsigned)strlen(line->text);
	}
	return w < 40 ? w : 40;
}

/* The place of a site, from the line of its call, if that still exists. */
static void
place_of_call(
    struct listing *l, unsigned thread, const void *site, struct place *place)
{
	size_t i, least = l->n > LINES_MAX ? l->n - LINES_MAX : 0;

	for (i = l->n; i-- > least;) {
		const struct line *line = line_at(l, i);

		if (line->thread == thread && line->site == site
		    && line->callers[0] != NULL) {
			place_of_line(line, place);
			return;
		}
	}
	place_of(site, place);
}

static void
print_lines(struct listing *l, size_t most)
{
	size_t i, first = l->n > LINES_MAX ? l->n - LINES_MAX : 0;
	unsigned t, width[SIM_THREADS];
	uint32_t step = 0;
	struct place place;

	if (most > 0 && l->n > first + most)
		first = l->n - most;
	for (t = 0; t < l->threads; t++)
		width[t] = widest(l, t, first);
	(void)fprintf(stderr, "\n%5s", "");
	for (t = 0; t + 1 < l->threads; t++)
		(void)fprintf(stderr, "  thread %-*u", (int)width[t] - 7, t);
	(void)fprintf(stderr, "  thread %u\n", t);
	if (first > 0)
		(void)fprintf(stderr, "  ... (%zu lines before)\n", first);
	for (i = first; i < l->n; i++) {
		const struct line *line = line_at(l, i);
		int blanks = 0;

		if (line->step != step && line->step != 0)
			(void)fprintf(stderr, "%5u", (unsigned)line->step);
		else
			(void)fprintf(stderr, "%5s", "");
		step = line->step != 0 ? line->step : step;
		for (t = 0; t < line->thread; t++)
			blanks += 2 + (int)width[t];
		(void)fprintf(stderr, "%*s  %s", blanks, "", line->text);
		place_of_call(l, line->thread, line->site, &place);
		blanks = (int)width[t] - (int)strlen(line->text);
		for (t++; t < l->threads; t++)
			blanks += 2 + (int)width[t];
		if (place.text[0] != '\0')
			(void)fprintf(stderr, "%*s  %s",
			    blanks > 0 ? blanks : 0, "", place.text);
		(void)fprintf(stderr, "\n");
	}
	(void)fprintf(stderr, "\n");
}

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
	place_of_call(l, t, c->site, &place);
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
	struct listing l = { { event, returned }, NULL, 0, 0 };
	struct sim_outcome outcome;
	struct sim_limits limits;
	struct schedule parsed = { 0 };
	struct replay replay;

	l.lines = calloc(LINES_MAX, sizeof(*l.lines));
	objects_reset();
	if (l.lines != NULL && replay_parse(f->replay, &limits, &parsed)) {
		replay_init(&replay, &parsed);
		sim_tracer = &l.tracer;
		names_reset();
		sim_run(f->subject->test, f->subject->arg, &replay.driver,
		    &outcome);
		sim_tracer = NULL;
		print_lines(&l, f->outcome->ending == SIM_LIVELOCK ? LOOP : 0);
		print_threads(&l, outcome.threads);
		if (outcome.ending != f->outcome->ending)
			(void)fprintf(stderr,
			    "this time it ended with: %s\n", outcome.what);
	}
	free(l.lines);
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
