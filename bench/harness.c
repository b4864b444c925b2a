/* SPDX-License-Identifier: MIT */
/*
 * What the bench programs share: options, numbers, statistics, progress, and
 * the output of a result: as text, as JSON, as CSV.
 */
#include <config.h>

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics.h>
#include <jansson.h>

#include <libsync.h>

#include "harness.h"

enum { KEY_JSON = 0x2001, KEY_CSV, KEY_REPEATS, KEY_WARMUP, KEY_QUIET };

#define SECOND_NS 1000000000
#define STEP_NS   100000000 /* between two progress lines */

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "Measuring and printing:", 10 },
	{ "json", KEY_JSON, NULL, 0, "Print the result as JSON", 0 },
	{ "csv", KEY_CSV, NULL, 0, "Print it as CSV: a header and a line", 0 },
	{ "repeats", KEY_REPEATS, "N", 0, "Runs that count (5)", 0 },
	{ "warmup", KEY_WARMUP, "N", 0, "Runs before that (1)", 0 },
	{ "quiet", KEY_QUIET, NULL, 0, "No progress line", 0 },
	{ 0 },
};

static error_t
parse(int key, char *arg, struct argp_state *state)
{
	struct bench_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		argp_err_exit_status = BENCH_TROUBLE;
		if (o != NULL)
			*o = (struct bench_options) { BENCH_TEXT, 5, 1, false };
		return 0;
	case KEY_JSON:
		o->format = BENCH_JSON;
		return 0;
	case KEY_CSV:
		o->format = BENCH_CSV;
		return 0;
	case KEY_REPEATS:
		o->repeats
		    = (unsigned)bench_number(state, "repeats", arg, 1, 100000);
		return 0;
	case KEY_WARMUP:
		o->warmup
		    = (unsigned)bench_number(state, "warmup", arg, 0, 100000);
		return 0;
	case KEY_QUIET:
		o->quiet = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

const struct argp bench_argp = { .options = options, .parser = parse };

/* Numbers */

/* The option's name, whether it is given with its dashes or without. */
static const char *
bare(const char *option)
{
	return option + strspn(option, "-");
}

static uint64_t
power(char suffix)
{
	switch (tolower((unsigned char)suffix)) {
	case 'k':
		return 1000;
	case 'm':
		return 1000000;
	case 'g':
		return 1000000000;
	default:
		return 0;
	}
}

/* Read the digits at *text into *n; *text becomes what follows them. */
static bool
parse_digits(const char **text, uint64_t *n)
{
	char *end;
	unsigned long long got;

	if (!isdigit((unsigned char)**text))
		return false;
	errno = 0;
	got = strtoull(*text, &end, 10);
	if (errno == ERANGE)
		got = UINT64_MAX;
	*n = got;
	*text = end;
	return true;
}

uint64_t
bench_number(struct argp_state *state, const char *option, const char *text,
    uint64_t low, uint64_t high)
{
	const char *rest = text;
	uint64_t n = 0, times = 1;

	if (!parse_digits(&rest, &n)
	    || (*rest != '\0' && (times = power(*rest++)) == 0)
	    || *rest != '\0') {
		argp_error(state, "--%s: '%s' is not a number", bare(option),
		    text);
		return low;
	}
	if (n > UINT64_MAX / times || n * times < low || n * times > high) {
		argp_error(state, "--%s: %s is not from %ju to %ju",
		    bare(option), text, (uintmax_t)low, (uintmax_t)high);
		return low;
	}
	return n * times;
}

static double
unit_ns(const char *unit)
{
	static const struct {
		const char *name;
		double ns;
	} units[] = { { "ns", 1 }, { "us", 1e3 }, { "ms", 1e6 }, { "s", 1e9 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(unit, units[i].name) == 0)
			return units[i].ns;
	return 0;
}

uint64_t
bench_duration(struct argp_state *state, const char *option, const char *text)
{
	/*
	 * strtod alone would accept signs, blanks, hexadecimals and infinity.
	 */
	size_t digits = strspn(text, "0123456789.");
	char *unit = NULL;
	double n = 0, ns = 0;

	if (digits > 0) {
		n = strtod(text, &unit);
		ns = n == 0 && *unit == '\0' ? 1 : unit_ns(unit);
	}
	if (ns == 0) {
		argp_error(state,
		    "--%s: '%s' is not a time such as 200ns, 10us, 5ms or 2s",
		    bare(option), text);
		return 0;
	}
	if (n * ns >= (double)INT64_MAX) {
		argp_error(state, "--%s: %s is too long", bare(option), text);
		return 0;
	}
	return (uint64_t)llround(n * ns);
}

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

/* Progress */

struct bench_progress {
	const char *what;
	sync_time start, next; /* next: when to print again */
	bool shown;
};

/* The line that is on the terminal, for bench_die to wipe. */
static struct bench_progress *visible;

struct bench_progress *
bench_progress_start(const struct bench_options *o, const char *what)
{
	struct bench_progress *p;

	if (o->quiet || !isatty(STDERR_FILENO))
		return NULL;
	p = malloc(sizeof(*p));
	if (p == NULL)
		bench_die("out of memory");
	p->what = what;
	p->start = sync_time_now();
	p->next = p->start + SECOND_NS;
	p->shown = false;
	return p;
}

void
bench_progress_step(struct bench_progress *p, double done, double all)
{
	sync_time now;

	if (p == NULL || (now = sync_time_now()) < p->next)
		return;
	p->next = now + STEP_NS;
	p->shown = true;
	visible = p;
	(void)fprintf(stderr, "\r%s: ", p->what);
	if (all > 0)
		(void)fprintf(stderr, "%.0f %%, ", 100 * fmin(1, done / all));
	(void)fprintf(
	    stderr, "%.0f s \033[K", (double)(now - p->start) / SECOND_NS);
	(void)fflush(stderr);
}

static void
wipe(struct bench_progress *p)
{
	if (p == NULL || !p->shown)
		return;
	(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
	p->shown = false;
	visible = NULL;
}

void
bench_progress_end(struct bench_progress *p)
{
	wipe(p);
	free(p);
}

void
bench_die(const char *format, ...)
{
	va_list ap;

	wipe(visible);
	(void)fprintf(stderr, "%s: ", bench_program());
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	exit(BENCH_TROUBLE);
}

const char *
bench_program(void)
{
	const char *name = program_invocation_short_name;

	/* libtool runs programs that are not installed under other names. */
	return strncmp(name, "lt-", 3) == 0 ? name + 3 : name;
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
