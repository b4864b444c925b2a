/* SPDX-License-Identifier: MIT */
/*
 * What the files of the driver share.
 *
 *	driver.c		the main program: options, which case
 *	driver_calls.c		what cases call
 *	driver_threads.c	the gate, the workers, the idle second thread
 *	driver_run.c		a run, measured
 *	driver_print.c		JSON
 */
#ifndef BENCH_DRIVER_H
#define BENCH_DRIVER_H

#include <pthread.h>

#include "peer.h"

#define SECOND_NS INT64_C(1000000000)

struct driver_options {
	const struct bench_case *it; /* the case */
	int64_t time_ns;             /* of a run */
	bool pinned;                 /* each worker to a processor */
};

/* A thread that runs the case. */
struct worker {
	pthread_t thread;
	const struct driver_options *options;
	struct bench_run *run;
	unsigned number;
};
/*
 * Start r->workers of them; they sleep at a gate when this returns, until it is
 * opened.
 */
void driver_start_workers(struct worker *workers,
    const struct driver_options *o, struct bench_run *r);
void driver_open_gate(void);
/* Start the thread that exists throughout, and does nothing. */
void driver_start_idle(void);

struct usage {
	int64_t cpu;
	long voluntary, involuntary;
};

struct measured {
	int64_t wall;
	struct usage used;
	uint64_t ops;
};
/* Warm up if the case can, and run it once. */
struct measured driver_measure(
    const struct driver_options *o, struct bench_run *r);

/* Each prints a line of JSON and returns the exit status. */
int driver_print_list(void);
int driver_print_result(const struct bench_run *r, const struct measured *m);

#endif /* BENCH_DRIVER_H */
