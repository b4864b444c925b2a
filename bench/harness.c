/* SPDX-License-Identifier: MIT */
/*
 * The options of every bench program, and numbers and times in options.
 */
#include <config.h>

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

enum { KEY_JSON = 0x2001, KEY_CSV, KEY_REPEATS, KEY_WARMUP, KEY_QUIET };

static const struct argp_option options[] = {
	{ NULL, 0, NULL, 0, "Measuring and printing:", 10 },
	{ "json", KEY_JSON, NULL, 0, "Print the result as JSON", 0 },
	{ "csv", KEY_CSV, NULL, 0,
	    "Print the result as CSV: a header and a line", 0 },
	{ "repeats", KEY_REPEATS, "N", 0, "Measured runs (5)", 0 },
	{ "warmup", KEY_WARMUP, "N", 0, "Runs before the measured ones (1)",
	    0 },
	{ "quiet", KEY_QUIET, NULL, 0, "Print no progress line", 0 },
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
