/* SPDX-License-Identifier: MIT */
/*
 * A result: the statistics of its series, and its output as text, as JSON, as
 * CSV.
 */
#include <config.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <jansson.h>

#include <libsync.h>

#include "harness.h"

/* Statistics */

void
bench_add(struct bench_series *s, double sample)
{
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 8 : 2 * s->room;
		double *grown = realloc(s->samples, room * sizeof(*grown));

		if (grown == NULL)
			bench_die("out of memory");
		s->samples = grown;
		s->room = room;
	}
	s->samples[s->n++] = sample;
}

void
bench_clear(struct bench_series *s)
{
	free(s->samples);
	s->samples = NULL;
	s->n = s->room = 0;
}

/* The value at a fraction of the way through the sorted samples. */
static double
quantile(const struct bench_series *s, double fraction)
{
	double *sorted, q;

	if (s->n == 0)
		return 0;
	sorted = malloc(s->n * sizeof(*sorted));
	if (sorted == NULL)
		bench_die("out of memory");
	memcpy(sorted, s->samples, s->n * sizeof(*sorted));
	gsl_sort(sorted, 1, s->n);
	q = gsl_stats_quantile_from_sorted_data(sorted, 1, s->n, fraction);
	free(sorted);
	return q;
}

double
bench_median(const struct bench_series *s)
{
	return quantile(s, 0.5);
}

double
bench_spread(const struct bench_series *s)
{
	double median = quantile(s, 0.5);

	if (median == 0)
		return 0;
	return 100 * (quantile(s, 0.75) - quantile(s, 0.25)) / 2 / fabs(median);
}

/* Reports */

struct report {
	const char *program;
	const struct bench_setting *settings;
	const struct bench_series *series;
	size_t n_series;
	bool exact;
	const char *reason; /* null when exact */
};

/* A figure with no more digits than its precision allows. */
static void
print_figure(double x)
{
	(void)printf("%.*f", fabs(x) >= 100 || x == floor(x) ? 0 : 3, x);
}

static void
print_words(FILE *to, const char *name)
{
	for (; *name != '\0'; name++)
		(void)fputc(*name == '_' ? ' ' : *name, to);
}

static void
print_verdict(FILE *to, const struct report *r)
{
	(void)fprintf(to, "%s: ", r->program);
	if (r->exact)
		(void)fputs("exact", to);
	else
		(void)fprintf(to, "NOT exact: %s",
		    r->reason != NULL ? r->reason : "no reason given");
}

static void
print_text(const struct report *r)
{
	const struct bench_setting *setting;

	for (setting = r->settings; setting->name != NULL; setting++)
		(void)printf("%-24s %s\n", setting->name, setting->value);
	for (size_t i = 0; i < r->n_series; i++) {
		const struct bench_series *s = &r->series[i];

		(void)printf("%-24s ", s->name);
		print_figure(bench_median(s));
		(void)printf(" %s +-%.1f %%\n", s->unit, bench_spread(s));
	}
	print_verdict(stdout, r);
	if (r->n_series > 0 && r->series[0].n > 0) {
		const struct bench_series *s = &r->series[0];

		(void)fputs("; ", stdout);
		print_figure(bench_median(s));
		(void)fputc(' ', stdout);
		print_words(stdout, s->name);
		(void)printf(", +-%.1f %% over %zu run%s", bench_spread(s),
		    s->n, s->n == 1 ? "" : "s");
	}
	(void)fputc('\n', stdout);
}

/* JSON must be UTF-8; any other byte of a file name becomes '?'. */
static json_t *
json_text(const char *text)
{
	json_t *j = json_string(text);
	char *copy;

	if (j != NULL)
		return j;
	copy = strdup(text);
	if (copy == NULL)
		bench_die("out of memory");
	for (char *c = copy; *c != '\0'; c++)
		if ((unsigned char)*c >= 0x80)
			*c = '?';
	j = json_string(copy);
	free(copy);
	return j;
}

/* Numbers that JSON cannot represent become null. */
static json_t *
json_figure(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *
json_series(const struct bench_series *s)
{
	json_t *samples = json_array();

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(samples, json_figure(s->samples[i]));
	return json_pack("{s:o, s:o, s:o, s:o}", "unit", json_text(s->unit),
	    "median", json_figure(bench_median(s)), "spread_percent",
	    json_figure(bench_spread(s)), "samples", samples);
}

static void
print_json(const struct report *r)
{
	json_t *settings = json_object(), *series = json_object(), *all;
	const struct bench_setting *setting;

	for (setting = r->settings; setting->name != NULL; setting++)
		json_object_set_new(settings, setting->name,
		    json_text(setting->value));
	for (size_t i = 0; i < r->n_series; i++)
		json_object_set_new(series, r->series[i].name,
		    json_series(&r->series[i]));
	all = json_pack("{s:o, s:s, s:o, s:o, s:b, s:o}", "program",
	    json_text(r->program), "version", SYNC_VERSION, "settings",
	    settings, "series", series, "exact", (int)r->exact, "reason",
	    r->reason != NULL ? json_text(r->reason) : json_null());
	if (all == NULL
	    || json_dumpf(all, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(9))
		!= 0)
		bench_die("cannot write the result as JSON");
	json_decref(all);
	(void)fputc('\n', stdout);
}

/* In quotes if necessary, with inner quotes doubled. */
static void
print_field(const char *text)
{
	if (strpbrk(text, ",\"\r\n") == NULL) {
		(void)fputs(text, stdout);
		return;
	}
	(void)fputc('"', stdout);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			(void)fputc('"', stdout);
		(void)fputc(*text, stdout);
	}
	(void)fputc('"', stdout);
}

static void
print_csv(const struct report *r)
{
	const struct bench_setting *setting;

	(void)fputs("program,", stdout);
	for (setting = r->settings; setting->name != NULL; setting++)
		(void)printf("%s,", setting->name);
	for (size_t i = 0; i < r->n_series; i++)
		(void)printf("%s,%s_spread_percent,", r->series[i].name,
		    r->series[i].name);
	(void)fputs("exact,reason\n", stdout);
	print_field(r->program);
	for (setting = r->settings; setting->name != NULL; setting++) {
		(void)fputc(',', stdout);
		print_field(setting->value);
	}
	for (size_t i = 0; i < r->n_series; i++)
		(void)printf(",%.9g,%.3g", bench_median(&r->series[i]),
		    bench_spread(&r->series[i]));
	(void)printf(",%s,", r->exact ? "yes" : "no");
	print_field(r->reason != NULL ? r->reason : "");
	(void)fputc('\n', stdout);
}

void
bench_report(const struct bench_options *o, const char *program,
    const struct bench_setting *settings, const struct bench_series *series,
    size_t n_series, bool exact, const char *reason)
{
	const struct report r = { program, settings, series, n_series, exact,
		exact ? NULL : reason };

	if (o->format == BENCH_JSON)
		print_json(&r);
	else if (o->format == BENCH_CSV)
		print_csv(&r);
	else
		print_text(&r);
	errno = 0;
	if (fflush(stdout) != 0 || ferror(stdout))
		bench_die("cannot write the result: %s",
		    errno != 0 ? strerror(errno) : "output error");
	if (o->format != BENCH_TEXT && !exact) {
		print_verdict(stderr, &r);
		(void)fputc('\n', stderr);
	}
}
