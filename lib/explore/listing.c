/* SPDX-License-Identifier: MIT */
/*
 * The listing of a schedule.
 *
 * A tracer fills it while the schedule is run again.  It is a ring of lines,
 * which is then printed with a column for each thread.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wrappers/calls.h"
#include "listing.h"
#include "objects.h"

#define LINES_MAX 400 /* only the end of a longer schedule is printed */
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

void
listing_place(
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

void
listing_print(struct listing *l, size_t most)
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
		listing_place(l, line->thread, line->site, &place);
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

bool
listing_begin(struct listing *l)
{
	*l = (struct listing) { .tracer = { event, returned } };
	l->lines = calloc(LINES_MAX, sizeof(*l->lines));
	return l->lines != NULL;
}

void
listing_end(struct listing *l)
{
	free(l->lines);
}
