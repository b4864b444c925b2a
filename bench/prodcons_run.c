/* SPDX-License-Identifier: MIT */
/*
 * One run: producers put their share of the items, consumers take items until
 * the end is announced, in one of three ways.
 *
 *	close		producers done, close
 *	join		producers done, join, close; consumers call task_done
 *	sentinels	producers done, one sentinel for each consumer
 *
 * A consumer stops at its first sentinel.  If a batch brought it more of them,
 * it puts the others back.  This cannot block forever: of n remaining consumers
 * and n sentinels, not all consumers can hold two.
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
 *
 * With a fault, the first items of producer 0 are changed on their way into the
 * queue.  order: the producer holds back one more of them than there are
 * consumers, and then puts them in reverse order.  Some consumer gets two of
 * them, in the wrong order.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "prodcons.h"

#define SECOND_NS 1e9
#define STEP_MS   100

uint64_t
mix(uint64_t seed, uint64_t n)
{
	uint64_t z = seed + (n + 1) * 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

size_t
item_share(const struct run *r, unsigned producer)
{
	size_t n = r->o->items, producers = r->o->producers;

	return n / producers + (producer < n % producers);
}

size_t
item_id(const struct run *r, unsigned producer, size_t number)
{
	size_t n = r->o->items, producers = r->o->producers;
	size_t longer = n % producers; /* these threads have one more */

	return n / producers * producer
	    + (producer < longer ? producer : longer) + number;
}

int64_t
item_key(const struct run *r, unsigned producer, size_t number)
{
	uint64_t rank;

	if (r->o->order != SYNC_PRIORITY)
		return 0;
	if (producer == 0 && number < r->faulty)
		rank = number < KEYS ? number : KEYS - 1;
	else
		rank = mix(r->o->seed, item_id(r, producer, number)) % KEYS;
	return (int64_t)rank - KEYS / 2;
}

/* With acquire and release: memory is ordered as the stamps are. */
static uint64_t
stamp(struct run *r)
{
	return r->lives == NULL ? 0
				: atomic_fetch_add_explicit(
				    &r->clock, 1, memory_order_acq_rel);
}

static void
check(int err, const char *what)
{
	if (err != 0)
		bench_die("%s: %s", what, strerror(err));
}

static void
ready(struct run *r)
{
	check(sync_latch_count_down(&r->ready), "latch");
	check(sync_event_wait(&r->go), "event");
}

static void
put(struct run *r, const void *elements, size_t n)
{
	check(queue_put(r->o->impl, &r->queue, elements, n), "put");
}

/* Producers */

static void
write_item(const struct producer *p, size_t number, unsigned char *element)
{
	const struct run *r = p->run;
	struct item i = {
		.key = item_key(r, p->index, number),
		.producer = p->index,
		.number = (uint32_t)number,
	};

	if (r->text != NULL) {
		const struct line *l
		    = &r->text->lines[item_id(r, p->index, number)];

		i.text = l->start;
		i.length = l->length;
	}
	element_write(r->o, element, &i);
}

/*
 * Put the items that were held back, the last in the place of the first, and so
 * on.
 */
static void
put_reversed(struct producer *p)
{
	struct run *r = p->run;
	size_t size = r->o->element_size;
	struct item i;

	for (size_t place = 0; place < r->faulty; place++) {
		unsigned char *e = p->held + (r->faulty - 1 - place) * size;

		(void)element_read(r->o, e, &i);
		i.key = item_key(r, p->index, place);
		element_write(r->o, e, &i);
		put(r, e, 1);
	}
}

static void
put_faulty(struct producer *p, size_t number)
{
	struct run *r = p->run;
	size_t size = r->o->element_size;

	switch (r->o->fault) {
	case FAULT_NONE:
	case FAULT_LOSE:
		return;
	case FAULT_DOUBLE:
		put(r, p->batch, 1);
		put(r, p->batch, 1);
		return;
	case FAULT_ORDER:
		memcpy(p->held + number * size, p->batch, size);
		if (number + 1 == r->faulty)
			put_reversed(p);
	}
}

/* Put n items, starting with this number, with stamps before and after. */
static void
put_items(struct producer *p, size_t number, size_t n)
{
	struct run *r = p->run;
	uint64_t before = p->stamp;

	if (p->index == 0 && number < r->faulty)
		put_faulty(p, number);
	else
		put(r, p->batch, n);
	p->stamp = stamp(r);
	if (r->lives == NULL)
		return;
	for (size_t i = 0; i < n; i++) {
		struct life *l = &r->lives[item_id(r, p->index, number + i)];

		l->put_began = before;
		l->put_ended = p->stamp;
	}
}

static void *
produce(void *arg)
{
	struct producer *p = arg;
	const struct options *o = p->run->o;
	size_t share = item_share(p->run, p->index), n;

	ready(p->run);
	p->stamp = stamp(p->run);
	for (size_t number = 0; number < share; number += n) {
		n = share - number < o->batch ? share - number : o->batch;
		if (p->index == 0 && number < p->run->faulty)
			n = 1;
		for (size_t i = 0; i < n; i++)
			write_item(
			    p, number + i, p->batch + i * o->element_size);
		put_items(p, number, n);
	}
	return NULL;
}

/* Consumers */

static bool
is_right(const struct run *r, const struct item *i)
{
	const struct line *l;

	if (i->producer >= r->o->producers
	    || i->number >= item_share(r, i->producer))
		return false;
	if (i->key != item_key(r, i->producer, i->number)
	    && r->o->fault != FAULT_ORDER)
		return false;
	if (r->text == NULL)
		return true;
	l = &r->text->lines[item_id(r, i->producer, i->number)];
	return i->text == l->start && i->length == l->length;
}

static void
note(struct consumer *c, size_t id, uint64_t began, uint64_t ended)
{
	if (c->n == c->room) {
		c->room = c->room == 0 ? 1024 : 2 * c->room;
		c->takes = realloc(c->takes, c->room * sizeof(*c->takes));
		if (c->takes == NULL)
			bench_die("out of memory");
	}
	c->takes[c->n++] = (struct take) { id, began, ended };
}

static void
take(struct consumer *c, const unsigned char *element, uint64_t began,
    uint64_t ended)
{
	struct run *r = c->run;
	struct item i;
	bool whole = element_read(r->o, element, &i);

	if (whole && i.producer == NO_PRODUCER && i.text == NULL) {
		c->sentinels++;
		return;
	}
	if (!whole || !is_right(r, &i)) {
		c->damaged++;
		return;
	}
	note(c, item_id(r, i.producer, i.number), began, ended);
	if (r->text != NULL)
		tally_line(&c->tally, i.text, i.length);
}

static void
put_sentinels(struct run *r, unsigned char *element, size_t n)
{
	const struct item sentinel = {
		.key = INT64_MAX, /* last */
		.producer = NO_PRODUCER,
	};

	element_write(r->o, element, &sentinel);
	for (; n > 0; n--)
		put(r, element, 1);
}

/* One get of the elements that are there, up to a batch; false at the end. */
static bool
take_batch(struct consumer *c, uint64_t *began)
{
	struct run *r = c->run;
	const struct options *o = r->o;
	uint64_t ended;
	size_t got;
	int err = queue_get(o->impl, &r->queue, c->batch, o->batch, &got);

	if (err == EPIPE && o->end != END_SENTINELS)
		return false;
	check(err, "get");
	ended = stamp(r);
	for (size_t i = 0; i < got; i++)
		take(c, c->batch + i * o->element_size, *began, ended);
	*began = ended;
	if (r->accounted)
		check(o->impl->task_done(&r->queue, got), "task_done");
	atomic_store_explicit(&c->done, c->n, memory_order_relaxed);
	return c->sentinels == 0;
}

static void *
consume(void *arg)
{
	struct consumer *c = arg;
	uint64_t began;

	ready(c->run);
	began = stamp(c->run);
	while (take_batch(c, &began))
		continue;
	if (c->sentinels > 1)
		put_sentinels(c->run, c->batch, c->sentinels - 1);
	c->finished = sync_time_now();
	return NULL;
}

/* The run */

static void *
close_queue(void *arg)
{
	struct run *r = arg;
	const struct options *o = r->o;

	for (unsigned i = 0; i < o->producers; i++)
		check(sync_thread_join(&r->producers[i].thread, NULL), "join");
	if (r->accounted)
		check(o->impl->join(&r->queue), "join of the queue");
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

	check(sync_latch_init(&r->ready, producers + consumers, 0), "latch");
	check(sync_event_init(&r->go, 0), "event");
	for (unsigned i = 0; i < consumers; i++)
		start(&r->consumers[i].thread, consume, &r->consumers[i],
		    "consumer", i);
	for (unsigned i = 0; i < producers; i++)
		start(&r->producers[i].thread, produce, &r->producers[i],
		    "producer", i);
	start(&r->closer, close_queue, r, "closer", 0);
	check(sync_latch_wait(&r->ready), "latch");
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
	check(sync_thread_join(&r->closer, NULL), "join");
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
	check(sync_event_set(&r->go), "event");
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

static void *
make(size_t n, size_t size)
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
		r->lives = make(o->items, sizeof(*r->lives));
	r->producers = make(o->producers, sizeof(*r->producers));
	r->consumers = make(o->consumers, sizeof(*r->consumers));
	for (unsigned i = 0; i < o->producers; i++) {
		r->producers[i].run = r;
		r->producers[i].index = i;
		r->producers[i].batch = make(o->batch, size);
	}
	if (r->faulty > 0)
		r->producers[0].held = make(r->faulty, size);
	for (unsigned i = 0; i < o->consumers; i++) {
		r->consumers[i].run = r;
		r->consumers[i].index = i;
		r->consumers[i].batch = make(o->batch, size);
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
