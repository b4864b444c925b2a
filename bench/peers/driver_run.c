/* SPDX-License-Identifier: MIT */
/*
 * A run: it lasts from the opening of the gate until the last worker ends.
 */
#include <config.h>

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "driver.h"

#define SETTLE_NS (SECOND_NS / 5) /* for threads that go to sleep */
#define WARM_UP   8               /* part of the time that is spent first */
#define LONGER    1024            /* times the time, at most */

static int64_t
ns(const struct timeval *t)
{
	return (int64_t)t->tv_sec * SECOND_NS + (int64_t)t->tv_usec * 1000;
}

static struct usage
usage(void)
{
	struct rusage u;

	(void)getrusage(RUSAGE_SELF, &u);
	return (struct usage) { ns(&u.ru_utime) + ns(&u.ru_stime), u.ru_nvcsw,
		u.ru_nivcsw };
}

static void
used_since(struct usage *u, const struct usage *before)
{
	const struct usage now = usage();

	u->cpu = now.cpu - before->cpu;
	u->voluntary = now.voluntary - before->voluntary;
	u->involuntary = now.involuntary - before->involuntary;
}

static void
stop_workers(const struct driver_options *o, struct bench_run *r)
{
	__atomic_store_n(&r->stop, 1, __ATOMIC_SEQ_CST);
	if (o->it->release != NULL)
		o->it->release(r);
}

static void
collect(const struct driver_options *o, struct bench_run *r,
    struct measured *m)
{
	uint64_t last = 0, ops = 0;

	for (unsigned i = 0; i < r->workers; i++) {
		if (r->slots[i].ended > last)
			last = r->slots[i].ended;
		ops += r->slots[i].ops;
	}
	m->wall = (int64_t)last - r->begun;
	m->ops = o->it->kind == BENCH_TIMED ? ops : r->ops;
}

/* From the opening of the gate until the last has ended. */
static void
run_open(const struct driver_options *o, struct bench_run *r,
    struct worker *workers, struct measured *m)
{
	const struct usage before = usage();

	r->begun = bench_now();
	driver_open_gate();
	if (o->it->kind == BENCH_TIMED) {
		bench_sleep_until(r->begun + o->time_ns);
		stop_workers(o, r);
	}
	for (unsigned i = 0; i < r->workers; i++)
		pthread_join(workers[i].thread, NULL);
	used_since(&m->used, &before);
	collect(o, r, m);
}

/* From when they sleep until they are released. */
static void
run_asleep(const struct driver_options *o, struct bench_run *r,
    struct worker *workers, struct measured *m)
{
	struct usage before;

	driver_open_gate();
	bench_sleep_until(bench_now() + SETTLE_NS);
	before = usage();
	r->begun = bench_now();
	bench_sleep_until(r->begun + o->time_ns);
	used_since(&m->used, &before);
	m->wall = bench_now() - r->begun;
	m->ops = 1;
	stop_workers(o, r);
	for (unsigned i = 0; i < r->workers; i++)
		pthread_join(workers[i].thread, NULL);
}

/* One run of this many operations; finish frees what setup made. */
static struct measured
run_once(const struct driver_options *o, struct bench_run *r, uint64_t ops)
{
	struct worker *workers;
	struct measured m;

	r->ops = ops;
	r->stop = 0;
	free(r->latencies);
	free(r->slots);
	r->latencies = NULL;
	o->it->setup(r);
	r->slots = bench_alloc(r->workers * sizeof(*r->slots));
	workers = bench_alloc(r->workers * sizeof(*workers));
	driver_start_workers(workers, o, r);
	if (o->it->kind == BENCH_ASLEEP)
		run_asleep(o, r, workers, &m);
	else
		run_open(o, r, workers, &m);
	o->it->finish(r);
	free(workers);
	return m;
}

struct measured
driver_measure(const struct driver_options *o, struct bench_run *r)
{
	struct driver_options now = *o;
	uint64_t ops = 0;
	struct measured m;

	if (o->it->kind == BENCH_TIMED) {
		now.time_ns = o->time_ns / WARM_UP;
		(void)run_once(&now, r, 0);
		now.time_ns = o->time_ns;
		/*
		 * On a busy machine it may be that no thread had a turn: then
		 * run longer.
		 */
		do {
			m = run_once(&now, r, 0);
			now.time_ns *= 4;
		} while (m.ops == 0 && now.time_ns < o->time_ns * LONGER);
		return m;
	}
	if (o->it->kind == BENCH_PACED) {
		ops = (uint64_t)o->time_ns / r->gap_ns;
		ops = ops > 0 ? ops : 1;
	}
	return run_once(o, r, ops);
}
