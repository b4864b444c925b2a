/* SPDX-License-Identifier: MIT */
/*
 * The ticket office: many buyers, one count of the tickets left.  This file has
 * the options, the runs and the report; a single run is in tickets_office.c.
 */
#include <config.h>

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"
#include "tickets.h"

#define BUYERS_MAX     10000
#define FILE_TICKETS   3000
#define MEMORY_TICKETS 1000000

enum {
	KEY_BUYERS = 'b',
	KEY_FILE = 'f',
	KEY_LOCK = 'l',
	KEY_MEMORY = 'm',
	KEY_SECONDS = 's',
	KEY_TICKETS = 't',
	KEY_HOLD = 0x3001,
	KEY_THINK
};

struct settings {
	struct bench_options bench;
	struct office_options office;
	const char *path; /* null: a file of our own */
	bool memory;
};

const char *argp_program_version = "bench_tickets (libsync) " SYNC_VERSION;

static const struct argp_option options[] = {
	{ "buyers", KEY_BUYERS, "N", 0, "Threads that buy (4)", 0 },
	{ "tickets", KEY_TICKETS, "N", 0,
	    "How many to sell (3k; 1m with --memory; all with --file)", 0 },
	{ "seconds", KEY_SECONDS, "T", 0,
	    "How long to sell (until sold out); without --tickets, the "
	    "tickets never run out",
	    0 },
	{ "lock", KEY_LOCK, "KIND", 0,
	    "mutex (default), rmutex, robust, pi, sem, rwlock, pthread (the C "
	    "library's mutex) or none",
	    0 },
	{ "hold", KEY_HOLD, "TIME", 0, "Work with the lock held (0)", 0 },
	{ "think", KEY_THINK, "TIME", 0, "Work after each ticket (0)", 0 },
	{ "file", KEY_FILE, "PATH", 0,
	    "Sell the tickets that this JSON file counts, in one run (a "
	    "temporary file)",
	    0 },
	{ "memory", KEY_MEMORY, NULL, 0, "Count in memory, not in a file", 0 },
	{ 0 },
};

/* A number without a unit is in seconds. */
static uint64_t
seconds(struct argp_state *state, const char *text)
{
	char with_unit[64];
	size_t n = strlen(text);
	uint64_t ns;

	if (n > 0 && n < sizeof(with_unit) - 1 && strchr("0123456789.",
	    text[n - 1]) != NULL) {
		(void)snprintf(with_unit, sizeof(with_unit), "%ss", text);
		text = with_unit;
	}
	ns = bench_duration(state, "seconds", text);
	if (ns == 0)
		argp_error(state, "--seconds: must be more than 0");
	return ns;
}

static void
choose_lock(struct settings *s, struct argp_state *state, const char *name)
{
	const struct lock_kind *kind = lock_kind_named(name);

	if (kind == NULL)
		argp_error(state, "--lock: '%s' is none of mutex, rmutex, "
		    "robust, pi, sem, rwlock, pthread, none", name);
	s->office.kind = kind;
}

static void
complete(struct settings *s, struct argp_state *state)
{
	struct office_options *o = &s->office;

	if (s->memory && s->path != NULL)
		argp_error(state, "--memory and --file exclude each other");
	if (s->path != NULL) {
		s->bench.repeats = 1;
		s->bench.warmup = 0;
	}
	if (o->tickets > 0)
		return;
	if (s->path != NULL || o->seconds > 0)
		o->tickets = INT64_MAX;
	else
		o->tickets = s->memory ? MEMORY_TICKETS : FILE_TICKETS;
}

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct settings *s = state->input;
	struct office_options *o = &s->office;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &s->bench;
		o->buyers = 4;
		o->kind = lock_kind_named("mutex");
		return 0;
	case KEY_BUYERS:
		o->buyers = (unsigned)bench_number(state, "buyers", arg, 1,
		    BUYERS_MAX);
		return 0;
	case KEY_TICKETS:
		o->tickets = (int64_t)bench_number(state, "tickets", arg, 1,
		    INT64_MAX);
		return 0;
	case KEY_SECONDS:
		o->seconds = seconds(state, arg);
		return 0;
	case KEY_LOCK:
		choose_lock(s, state, arg);
		return 0;
	case KEY_HOLD:
		o->hold = bench_duration(state, "hold", arg);
		return 0;
	case KEY_THINK:
		o->think = bench_duration(state, "think", arg);
		return 0;
	case KEY_FILE:
		s->path = arg;
		return 0;
	case KEY_MEMORY:
		s->memory = true;
		return 0;
	case ARGP_KEY_ARG:
		argp_error(state, "unexpected argument '%s'", arg);
		return 0;
	case ARGP_KEY_END:
		complete(s, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_child children[] = {
	{ &bench_argp, 0, NULL, 0 },
	{ 0 },
};
static const struct argp argp = {
	.options = options,
	.parser = parse,
	.doc = "Sell tickets to many buyers, and prove that each was sold "
	       "once.\vN may end in k, m or g; TIME is a number with a unit, "
	       "such as 200ns, 10us, 5ms or 2s.  Exit status: 0 if all runs "
	       "were exact, 1 if one was not, 2 on an error.",
	.children = children,
};

/*
 * Signals: the sale ends, the file is removed, then the signal takes its usual
 * effect.
 */

static volatile sig_atomic_t caught;

static void
catch(int signal)
{
	caught = signal;
}

static void
catch_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction now, was;

	memset(&now, 0, sizeof(now));
	now.sa_handler = catch;
	now.sa_flags = SA_RESTART;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		if (sigaction(signals[i], NULL, &was) == 0
		    && was.sa_handler != SIG_IGN)
			(void)sigaction(signals[i], &now, NULL);
	/* A file that grows too large is an error, and is reported. */
	now.sa_handler = SIG_IGN;
	(void)sigaction(SIGXFSZ, &now, NULL);
}

/* The runs */

enum { SPEED, SHARE_MIN, SHARE_MAX, SOLD, N_SERIES };

struct bench {
	struct settings *settings;
	struct bench_series series[N_SERIES];
	struct bench_progress *progress;
	unsigned run; /* the run in progress */
	struct office_result worst; /* one that was not exact, if any */
};

static bool
tick(void *arg, double done)
{
	struct bench *b = arg;
	struct bench_options *o = &b->settings->bench;

	bench_progress_step(b->progress, b->run + done,
	    o->warmup + o->repeats);
	return caught == 0;
}

static void
end_if_caught(struct bench *b)
{
	int signal = caught;

	if (signal == 0)
		return;
	bench_progress_end(b->progress);
	tickets_file_close(b->settings->office.file);
	(void)sigaction(signal, &(struct sigaction) { .sa_handler = SIG_DFL },
	    NULL);
	(void)raise(signal);
}

static void
run_once(struct bench *b, bool counts)
{
	struct settings *s = b->settings;
	struct trouble t = { "" };
	struct office_result r;

	if (s->office.file != NULL && s->path == NULL
	    && !tickets_file_reset(s->office.file, s->office.tickets, &t))
		bench_die("%s", t.text);
	if (!office_run(&s->office, &r, tick, b, &t)) {
		end_if_caught(b);
		bench_die("%s", t.text);
	}
	end_if_caught(b);
	/* Of two runs that were not exact, keep one that is not a warm-up. */
	if (!r.exact && (b->worst.exact || b->run == s->bench.warmup))
		b->worst = r;
	if (!counts)
		return;
	bench_add(&b->series[SPEED],
	    r.seconds > 0 ? (double)r.sold / r.seconds : 0);
	bench_add(&b->series[SHARE_MIN], r.share_min);
	bench_add(&b->series[SHARE_MAX], r.share_max);
	bench_add(&b->series[SOLD], (double)r.sold);
}

static void
report(const struct bench *b)
{
	const struct settings *s = b->settings;
	const struct office_options *o = &s->office;
	char buyers[24], tickets[24], time[24], hold[24], think[24];
	const struct bench_setting settings[] = {
		{ "lock", o->kind->name },
		{ "count", s->memory ? "memory" : "file" },
		{ "file", s->path != NULL ? s->path : "" },
		{ "buyers", buyers },
		{ "tickets", tickets },
		{ "seconds", time },
		{ "hold_ns", hold },
		{ "think_ns", think },
		{ NULL, NULL },
	};

	(void)snprintf(buyers, sizeof(buyers), "%u", o->buyers);
	if (o->tickets < INT64_MAX)
		(void)snprintf(tickets, sizeof(tickets), "%" PRId64,
		    o->tickets);
	else
		(void)snprintf(tickets, sizeof(tickets), "%s",
		    s->path != NULL ? "all" : "unlimited");
	(void)snprintf(time, sizeof(time), "%.9g", (double)o->seconds / 1e9);
	(void)snprintf(hold, sizeof(hold), "%" PRIu64, o->hold);
	(void)snprintf(think, sizeof(think), "%" PRIu64, o->think);
	bench_report(&s->bench, "bench_tickets", settings, b->series, N_SERIES,
	    b->worst.exact, b->worst.reason);
}

int
main(int argc, char **argv)
{
	struct settings s = { .path = NULL };
	struct bench b = {
		.settings = &s,
		.series = {
			[SPEED] = { "sales_per_second", "1/s", NULL, 0, 0 },
			[SHARE_MIN] = { "share_min", "%", NULL, 0, 0 },
			[SHARE_MAX] = { "share_max", "%", NULL, 0, 0 },
			[SOLD] = { "sold", "tickets", NULL, 0, 0 },
		},
		.worst = { .exact = true },
	};
	struct trouble t = { "" };

	(void)argp_parse(&argp, argc, argv, 0, NULL, &s);
	catch_signals();
	json_object_seed(0); /* before there are threads */
	if (!s.memory) {
		s.office.file = s.path != NULL ? tickets_file_open(s.path, &t)
					       : tickets_file_create(&t);
		if (s.office.file == NULL)
			bench_die("%s", t.text);
	}
	b.progress = bench_progress_start(&s.bench, "selling tickets");
	for (; b.run < s.bench.warmup + s.bench.repeats; b.run++)
		run_once(&b, b.run >= s.bench.warmup);
	bench_progress_end(b.progress);
	tickets_file_close(s.office.file);
	report(&b);
	for (int i = 0; i < N_SERIES; i++)
		bench_clear(&b.series[i]);
	return b.worst.exact ? BENCH_EXACT : BENCH_INEXACT;
}
