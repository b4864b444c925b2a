/* SPDX-License-Identifier: MIT */
/*
 * bench_prodcons: how fast a queue is between producers and consumers, and
 * whether it works correctly.  See prodcons.h for the parts.
 */
#include <config.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prodcons.h"

enum {
	ITEMS_PER_SECOND,
	CPU_SECONDS,
	SECONDS,
	SEQUENTIAL_SECONDS, /* with input files */
	N_SERIES
};

struct bench {
	struct run run;
	struct options o;
	struct text text;
	struct tally alone;    /* the sequential pass */
	struct tally together; /* the consumers' tallies, merged */
	struct bench_series series[N_SERIES];
	struct bench_setting *settings; /* ended by a null name */
	size_t n_settings;
};

static void *
must(void *p)
{
	if (p == NULL)
		bench_die("out of memory");
	return p;
}

/* Settings */

static void set(struct bench *b, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
set(struct bench *b, const char *name, const char *format, ...)
{
	char *value;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&value, format, ap) < 0)
		bench_die("out of memory");
	va_end(ap);
	b->settings = must(realloc(
	    b->settings, (b->n_settings + 2) * sizeof(*b->settings)));
	b->settings[b->n_settings++]
	    = (struct bench_setting) { must(strdup(name)), value };
	b->settings[b->n_settings] = (struct bench_setting) { NULL, NULL };
}

static void
set_options(struct bench *b)
{
	const struct options *o = &b->o;

	set(b, "impl", "%s", o->impl->name);
	set(b, "order", "%s", order_name(o->order));
	if (o->capacity == SYNC_UNBOUNDED)
		set(b, "capacity", "unbounded");
	else
		set(b, "capacity", "%zu", o->capacity);
	set(b, "element_size", "%zu", o->element_size);
	set(b, "batch", "%zu", o->batch);
	set(b, "producers", "%u", o->producers);
	set(b, "consumers", "%u", o->consumers);
	set(b, "end", "%s", end_name(o->end));
	set(b, "seed", "%" PRIu64, o->seed);
	set(b, "items", "%zu", o->items);
	if (o->fault != FAULT_NONE)
		set(b, "fault", "%s", fault_name(o->fault));
}

static void
set_words(struct bench *b)
{
	const struct tally *t = &b->together;
	size_t n = b->o.top;
	struct word *top = tally_top(t, &n);
	char name[32];

	set(b, "files", "%zu", b->text.n_files);
	set(b, "lines", "%" PRIu64, t->lines);
	set(b, "words", "%" PRIu64, t->words);
	set(b, "distinct_words", "%" PRIu64, t->distinct);
	set(b, "bytes", "%" PRIu64, t->bytes);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(name, sizeof(name), "top_%zu", i + 1);
		set(b, name, "%" PRIu64 " %.*s", top[i].count,
		    (int)top[i].length, top[i].text);
	}
	free(top);
}

/* Runs */

static double
count_alone(struct bench *b)
{
	sync_time began = sync_time_now();

	tally_free(&b->alone);
	for (size_t i = 0; i < b->text.n_lines; i++)
		tally_line(&b->alone, b->text.lines[i].start,
		    b->text.lines[i].length);
	return (double)(sync_time_now() - began) / 1e9;
}

static void
compare_words(struct bench *b)
{
	struct run *r = &b->run;

	tally_free(&b->together);
	for (unsigned i = 0; i < b->o.consumers; i++)
		tally_merge(&b->together, &r->consumers[i].tally);
	if (r->reason[0] == '\0')
		(void)tally_equal(&b->together, &b->alone, r->reason,
		    sizeof(r->reason));
}

/* False if the run was not exact. */
static bool
run_and_add(struct bench *b, const struct progress *p)
{
	struct run *r = &b->run;
	double alone = 0;

	if (b->o.n_inputs > 0)
		alone = count_alone(b);
	run_once(r, p);
	if (b->o.n_inputs > 0)
		compare_words(b);
	if (r->reason[0] != '\0')
		return false;
	if (p->before < b->o.bench.warmup)
		return true;
	bench_add(&b->series[ITEMS_PER_SECOND],
	    r->seconds > 0 ? (double)b->o.items / r->seconds : 0);
	bench_add(&b->series[CPU_SECONDS], r->cpu_seconds);
	bench_add(&b->series[SECONDS], r->seconds);
	bench_add(&b->series[SEQUENTIAL_SECONDS], alone);
	return true;
}

static bool
run_all(struct bench *b)
{
	unsigned all = b->o.bench.warmup + b->o.bench.repeats;
	struct progress p = { .all = all };
	bool exact = true;

	p.line = bench_progress_start(&b->o.bench, "bench_prodcons");
	for (; p.before < all && exact; p.before++)
		exact = run_and_add(b, &p);
	bench_progress_end(p.line);
	return exact;
}

static void
open_input(struct bench *b)
{
	text_load(&b->text, b->o.inputs, b->o.n_inputs);
	if (b->text.n_lines >= UINT32_MAX)
		bench_die("the input has too many lines");
	b->o.items = b->text.n_lines;
}

static void
bench_free(struct bench *b)
{
	run_free(&b->run);
	tally_free(&b->alone);
	tally_free(&b->together);
	text_free(&b->text);
	for (size_t i = 0; i < b->n_settings; i++) {
		free((void *)b->settings[i].name);
		free((void *)b->settings[i].value);
	}
	free(b->settings);
	for (size_t i = 0; i < N_SERIES; i++)
		free(b->series[i].samples);
	free(b->o.inputs);
}

int
main(int argc, char **argv)
{
	static struct bench b = {
		.series = {
			[ITEMS_PER_SECOND] = { .name = "items_per_second",
			    .unit = "1/s" },
			[CPU_SECONDS] = { .name = "cpu_seconds", .unit = "s" },
			[SECONDS] = { .name = "seconds", .unit = "s" },
			[SEQUENTIAL_SECONDS] = { .name = "sequential_seconds",
			    .unit = "s" },
		},
	};
	bool text, exact;

	options_parse(&b.o, argc, argv);
	text = b.o.n_inputs > 0;
	if (text)
		open_input(&b);
	run_init(&b.run, &b.o, text ? &b.text : NULL);
	exact = run_all(&b);
	set_options(&b);
	if (text)
		set_words(&b);
	bench_report(&b.o.bench, "bench_prodcons", b.settings, b.series,
	    text ? N_SERIES : SEQUENTIAL_SECONDS, exact, b.run.reason);
	bench_free(&b);
	return exact ? BENCH_EXACT : BENCH_INEXACT;
}
