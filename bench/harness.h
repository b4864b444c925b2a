/* SPDX-License-Identifier: MIT */
/*
 * What the bench programs share: results, their statistics, and three output
 * formats; a progress line on a terminal; common options.
 *
 * A program runs its case several times (repeats), adds a sample for each run,
 * and prints the result: as text, as JSON or as CSV.
 *
 *	harness.c		options, and numbers and times in them
 *	harness_report.c	statistics and output of a result
 *	harness_progress.c	the progress line; errors
 */
#ifndef BENCH_HARNESS_H
#define BENCH_HARNESS_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bench_format { BENCH_TEXT, BENCH_JSON, BENCH_CSV };

/* Options that every bench program takes; a child parser for argp. */
struct bench_options {
	enum bench_format format; /* --json, --csv */
	unsigned repeats;         /* --repeats, 5 */
	unsigned warmup;          /* --warmup, 1: runs that do not count */
	bool quiet;               /* --quiet: no progress line */
};
extern const struct argp bench_argp; /* its input: struct bench_options * */

/* One figure, measured repeats times. */
struct bench_series {
	const char *name; /* "ops_per_second" */
	const char *unit; /* "1/s" */
	double *samples;
	size_t n, room;
};
void bench_add(struct bench_series *s, double sample);
/* Free the samples; the series is empty and may be used again. */
void bench_clear(struct bench_series *s);
double bench_median(const struct bench_series *s);
/* Half the distance between the quartiles, in percent of the median. */
double bench_spread(const struct bench_series *s);

/*
 * A number that an option must be: in [low, high], with the suffixes k, m, g
 * allowed; else one clear line through argp_error, which exits.
 */
uint64_t bench_number(struct argp_state *state, const char *option,
    const char *text, uint64_t low, uint64_t high);
/* Time such as 200ns, 10us, 5ms, 2s: nanoseconds. */
uint64_t bench_duration(
    struct argp_state *state, const char *option, const char *text);

/*
 * A line that is overwritten, on standard error, if that is a terminal and the
 * run has taken more than a second.  step sets how far the run is.
 */
struct bench_progress;
struct bench_progress *bench_progress_start(
    const struct bench_options *o, const char *what);
void bench_progress_step(struct bench_progress *p, double done, double all);
void bench_progress_end(struct bench_progress *p);

/*
 * Print a result: the settings (name and value as text, an array ended by a
 * null name), the series, and whether the run was exact; if not, the reason.
 */
struct bench_setting {
	const char *name;
	const char *value;
};
void bench_report(const struct bench_options *o, const char *program,
    const struct bench_setting *settings, const struct bench_series *series,
    size_t n_series, bool exact, const char *reason);

/* One clear line on standard error, and exit with status 2.  Any thread. */
_Noreturn void bench_die(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/* The program's name, as in messages. */
const char *bench_program(void);

/* Exit statuses. */
enum { BENCH_EXACT = 0, BENCH_INEXACT = 1, BENCH_TROUBLE = 2 };

#endif /* BENCH_HARNESS_H */
