/* SPDX-License-Identifier: MIT */
/*
 * One run: producers put their share of the items, consumers take items until
 * the end is announced, in one of three ways.
 *
 *	close		producers done, close
 *	join		producers done, join, close; consumers call task_done
 *	sentinels	producers done, one sentinel for each consumer
 *
 * In priority order the sentinels' key is the largest, and in first in, first
 * out order they were put last, so all items come before them.  In last in,
 * first out order a sentinel would come before the items below it.  So there
 * the queue is drained first: consumers call task_done, and the sentinels
 * follow a join.
 *
 * Threads wait for one event before they start.  The closer announces the end,
 * while the main thread shows progress.  The data that a thread writes during
 * the run are its own until it is joined, except for the clock and done.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "prodcons_items.h"

#define SECOND_NS 1e9
#define STEP_MS   100

void
run_ready(struct run *r)
{
	run_check(sync_latch_count_down(&r->ready), "latch");
	run_check(sync_event_wait(&r->go), "event");
}

static void *
close_queue(void *arg)
{
	struct run *r = arg;
	const struct options *o = r->o;

	for (unsigned i = 0; i < o->producers; i++)
		run_check(
		    sync_thread_join(&r->producers[i].thread, NULL), "join");
	if (r->accounted)
		run_check(o->impl->join(&r->queue), "join of the queue");
	if (o->end == END_SENTINELS)
		put_sentinels(r, r->producers[0].batch, o->consumers);
	else
		o->impl->close(&r->queue);
	return NULL;
}

static void
start(struct sync_thread *t, void *(*fn)(void *), void *arg, const char *role,
    unsigned index)
{
	char name[SYNC_THREAD_NAME_MAX + 1];
	struct sync_thread_options options = { .name = name };
	int err;

	(void)snprintf(name, sizeof(name), "%s %u", role, index);
	err = sync_thread_start(t, fn, arg, &options);
	if (err != 0)
		bench_die("cannot start thread '%s': %s", name, strerror(err));
}

static void
start_all(struct run *r)
{
	unsigned producers = r->o->producers, consumers = r->o->consumers;

	run_check(
	    sync_latch_init(&r->ready, producers + consumers, 0), "latch");
	run_check(sync_event_init(&r->go, 0), "event");
	for (unsigned i = 0; i < consumers; i++)
		start(&r->consumers[i].thread, consume, &r->consumers[i],
		    "consumer", i);
	for (unsigned i = 0; i < producers; i++)
		start(&r->producers[i].thread, produce, &r->producers[i],
		    "producer", i);
	start(&r->closer, close_queue, r, "closer", 0);
	run_check(sync_latch_wait(&r->ready), "latch");
}

static void
show(struct run *r, const struct progress *p)
{
	size_t done = 0;

	for (unsigned i = 0; i < r->o->consumers; i++)
		done += atomic_load_explicit(
		    &r->consumers[i].done, memory_order_relaxed);
	bench_progress_step(p->line,
	    p->before + (double)done / (double)r->o->items, p->all);
}

static void
join_all(struct run *r, const struct progress *p)
{
	for (unsigned i = 0; i < r->o->consumers; i++)
		while (sync_thread_join_until(&r->consumers[i].thread, NULL,
			   sync_after_ms(STEP_MS))
		    == ETIMEDOUT)
			show(r, p);
	run_check(sync_thread_join(&r->closer, NULL), "join");
	show(r, p);
}

static double
cpu_now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / SECOND_NS;
}

/* From the start of all threads to the end of the last consumer. */
static void
measure(struct run *r, const struct progress *p)
{
	double cpu;
	sync_time began, ended;

	start_all(r);
	cpu = cpu_now();
	began = ended = sync_time_now();
	run_check(sync_event_set(&r->go), "event");
	join_all(r, p);
	r->cpu_seconds = cpu_now() - cpu;
	for (unsigned i = 0; i < r->o->consumers; i++)
		if (r->consumers[i].finished > ended)
			ended = r->consumers[i].finished;
	r->seconds = (double)(ended - began) / SECOND_NS;
}

static void
reset(struct run *r)
{
	r->reason[0] = '\0';
	atomic_init(&r->clock, 1);
	for (unsigned i = 0; i < r->o->consumers; i++) {
		struct consumer *c = &r->consumers[i];

		c->n = c->damaged = c->sentinels = 0;
		atomic_init(&c->done, 0);
		tally_free(&c->tally);
	}
}

void
run_once(struct run *r, const struct progress *progress)
{
	reset(r);
	if (!prove_strict(r->o, r->reason, sizeof(r->reason)))
		return;
	queue_make(r->o, &r->queue, r->o->capacity);
	measure(r, progress);
	r->o->impl->destroy(&r->queue);
	prove(r);
}

void *
run_alloc(size_t n, size_t size)
{
	void *p;

	if (n > SIZE_MAX / size
	    || (p = aligned_alloc(
		    APART, (n * size + APART - 1) / APART * APART))
		== NULL)
		bench_die("out of memory");
	memset(p, 0, n * size);
	return p;
}

/* How many items of producer 0 the fault affects. */
static size_t
faulty_items(const struct run *r)
{
	const struct options *o = r->o;

	if (o->fault == FAULT_NONE
	    || (o->fault == FAULT_ORDER && o->order == SYNC_LIFO))
		return 0; /* the latter is a matter of prove_strict */
	if (o->fault != FAULT_ORDER)
		return 1;
	if (item_share(r, 0) <= o->consumers)
		bench_die("--fault order needs more items of each producer "
			  "than there are consumers");
	return (size_t)o->consumers + 1;
}

void
run_init(struct run *r, const struct options *o, const struct text *text)
{
	size_t size = o->element_size;

	*r = (struct run) { .o = o, .text = text };
	r->faulty = faulty_items(r);
	r->accounted = o->end == END_JOIN
	    || (o->end == END_SENTINELS && o->order == SYNC_LIFO);
	if (o->order == SYNC_PRIORITY)
		r->lives = run_alloc(o->items, sizeof(*r->lives));
	r->producers = run_alloc(o->producers, sizeof(*r->producers));
	r->consumers = run_alloc(o->consumers, sizeof(*r->consumers));
	for (unsigned i = 0; i < o->producers; i++) {
		r->producers[i].run = r;
		r->producers[i].index = i;
		r->producers[i].batch = run_alloc(o->batch, size);
	}
	if (r->faulty > 0)
		r->producers[0].held = run_alloc(r->faulty, size);
	for (unsigned i = 0; i < o->consumers; i++) {
		r->consumers[i].run = r;
		r->consumers[i].index = i;
		r->consumers[i].batch = run_alloc(o->batch, size);
	}
}

void
run_free(struct run *r)
{
	for (unsigned i = 0; i < r->o->producers; i++) {
		free(r->producers[i].batch);
		free(r->producers[i].held);
	}
	for (unsigned i = 0; i < r->o->consumers; i++) {
		free(r->consumers[i].batch);
		free(r->consumers[i].takes);
		tally_free(&r->consumers[i].tally);
	}
	free(r->producers);
	free(r->consumers);
	free(r->lives);
}
