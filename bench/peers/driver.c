/* SPDX-License-Identifier: MIT */
/*
 * The main program of each peer; see peer.h.
 *
 * One process measures one system once.  The second thread exists before the
 * clock runs, and stays: C libraries omit atomics and wakes while there is only
 * one thread.
 */
#include <config.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver.h"

static struct driver_options driver = { .time_ns = 100000000 };

/* Rounds of bench_spin in a millisecond, the best of several tries. */
static int
calibrate(void)
{
	const uint64_t rounds = 4000000;
	int64_t best = INT64_MAX, begun, took;

	for (int i = 0; i < 20; i++) {
		begun = bench_now();
		bench_spin(rounds);
		took = bench_now() - begun;
		best = took < best ? took : best;
	}
	(void)printf("{\"rounds_per_ms\": %.0f}\n",
	    (double)rounds * 1e6 / (double)(best > 0 ? best : 1));
	return 0;
}

/* The main loop of another process, which keeps a processor busy. */
static int
burn(void)
{
	const pid_t parent = getppid();

	while (getppid() == parent)
		bench_spin(10000000);
	return 0;
}

/* Options */

static const char usage_text[]
    = "Usage: %s --list | --calibrate | --burn | CASE [OPTION...]\n"
      "Run by peers.py; it measures one case of one system once.\n"
      "Options, all of which take a number: threads producers consumers\n"
      "waiters capacity live inside outside gap time (ns) pin; and variant,\n"
      "which takes a name.\n";

static const struct option options[] = {
	{ "threads", required_argument, NULL, 't' },
	{ "producers", required_argument, NULL, 'p' },
	{ "consumers", required_argument, NULL, 'c' },
	{ "waiters", required_argument, NULL, 'w' },
	{ "capacity", required_argument, NULL, 'C' },
	{ "live", required_argument, NULL, 'l' },
	{ "inside", required_argument, NULL, 'i' },
	{ "outside", required_argument, NULL, 'o' },
	{ "gap", required_argument, NULL, 'g' },
	{ "time", required_argument, NULL, 'T' },
	{ "pin", required_argument, NULL, 'P' },
	{ "variant", required_argument, NULL, 'v' },
	{ "list", no_argument, NULL, 'L' },
	{ "calibrate", no_argument, NULL, 'K' },
	{ "burn", no_argument, NULL, 'B' },
	{ NULL, 0, NULL, 0 },
};

static void
trouble(const char *program)
{
	(void)fprintf(stderr, usage_text, program);
	exit(2);
}

static uint64_t
number(const char *text, const char *program)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (end == text || *end != '\0')
		trouble(program);
	return n;
}

static bool
set_size(struct bench_run *r, int key, uint64_t n)
{
	switch (key) {
	case 't':
		r->threads = (unsigned)n;
		return true;
	case 'p':
		r->producers = (unsigned)n;
		return true;
	case 'c':
		r->consumers = (unsigned)n;
		return true;
	case 'w':
		r->waiters = (unsigned)n;
		return true;
	case 'C':
		r->capacity = (size_t)n;
		return true;
	case 'l':
		r->live = (size_t)n;
		return true;
	default:
		return false;
	}
}

static bool
set_pace(struct bench_run *r, int key, uint64_t n)
{
	switch (key) {
	case 'i':
		r->inside = n;
		return true;
	case 'o':
		r->outside = n;
		return true;
	case 'g':
		r->gap_ns = n;
		return true;
	case 'T':
		driver.time_ns = (int64_t)n;
		return true;
	case 'P':
		driver.pinned = n != 0;
		return true;
	default:
		return false;
	}
}

/* What runs instead of a case, if the option asks for it. */
static void
do_instead(int key)
{
	switch (key) {
	case 'L':
		exit(driver_print_list());
	case 'K':
		exit(calibrate());
	case 'B':
		exit(burn());
	default:
		break;
	}
}

static bool
set_option(struct bench_run *r, int key, const char *program)
{
	uint64_t n;

	if (key == '?')
		return false;
	if (key == 'v') {
		r->variant = optarg;
		return true;
	}
	n = number(optarg, program);
	return set_size(r, key, n) || set_pace(r, key, n);
}

static void
parse(struct bench_run *r, int argc, char **argv)
{
	int key;

	while ((key = getopt_long(argc, argv, "", options, NULL)) != -1) {
		do_instead(key);
		if (!set_option(r, key, argv[0]))
			trouble(argv[0]);
	}
	if (optind + 1 != argc || r->threads == 0 || r->producers == 0
	    || r->consumers == 0 || r->waiters == 0 || r->capacity == 0
	    || r->live == 0 || r->gap_ns == 0)
		trouble(argv[0]);
}

int
main(int argc, char **argv)
{
	struct bench_run r = { .threads = 1,
		.producers = 1,
		.consumers = 1,
		.waiters = 1,
		.capacity = 1024,
		.live = 1000,
		.gap_ns = 200000,
		.variant = "" };
	struct measured m;
	int status;

	parse(&r, argc, argv);
	for (driver.it = bench_cases; driver.it->name != NULL; driver.it++)
		if (strcmp(driver.it->name, argv[optind]) == 0)
			break;
	if (driver.it->name == NULL) {
		(void)fprintf(stderr, "%s has no case '%s'\n", bench_system,
		    argv[optind]);
		return 2;
	}
	driver_start_idle();
	m = driver_measure(&driver, &r);
	status = driver_print_result(&r, &m);
	free(r.latencies);
	free(r.slots);
	return status;
}
