/* SPDX-License-Identifier: MIT */
/*
 * The strict order: one thread puts and gets at random, and an array says what
 * must come out.  Concurrent runs allow weaker conclusions, and for last in,
 * first out no simple ones.  So this precedes each run, in all orders.
 *
 * The thread never waits, because it never puts into a full queue or gets from
 * an empty one.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prodcons_items.h"

#define ROUNDS     1000
#define MODEL_ROOM 64
#define FEW_KEYS   8 /* so that many are equal */

/* The content of the queue, the oldest first. */
struct model {
	const struct options *o;
	union any_queue queue;
	struct item items[MODEL_ROOM];
	size_t len, limit;
	uint32_t puts;
	uint64_t randoms;
	unsigned char *batch;
};

static size_t
below(struct model *m, size_t limit)
{
	return (size_t)(mix(m->o->seed, m->randoms++) % limit);
}

static struct item
next_item(struct model *m)
{
	struct item i = { .number = m->puts++ };

	if (m->o->order == SYNC_PRIORITY)
		i.key = (int64_t)below(m, FEW_KEYS) - FEW_KEYS / 2;
	return i;
}

static int
put_some(struct model *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct item *item = &m->items[m->len++];

		*item = next_item(m);
		element_write(
		    m->o, m->batch + i * m->o->element_size, item);
	}
	return queue_put(m->o->impl, &m->queue, m->batch, n);
}

/* What a get must return now. */
static size_t
next_out(const struct model *m)
{
	size_t best = 0;

	if (m->o->order == SYNC_LIFO)
		return m->len - 1;
	for (size_t i = 1; i < m->len; i++)
		if (m->items[i].key < m->items[best].key)
			best = i;
	return best;
}

static bool
agrees(struct model *m, const unsigned char *element, char *reason, size_t size)
{
	struct item got, *must = &m->items[next_out(m)];
	bool whole = element_read(m->o, element, &got);

	if (!whole || got.number != must->number || got.key != must->key) {
		(void)snprintf(reason, size,
		    "with one thread, put %" PRIu32 " (key %" PRId64
		    ") came out%s instead of %" PRIu32 " (key %" PRId64 ")",
		    got.number, got.key, whole ? "" : ", damaged,",
		    must->number, must->key);
		return false;
	}
	m->len--;
	memmove(must, must + 1,
	    (size_t)(&m->items[m->len] - must) * sizeof(*must));
	return true;
}

static bool
get_some(struct model *m, size_t n, char *reason, size_t size)
{
	size_t got;
	int err = queue_get(m->o->impl, &m->queue, m->batch, n, &got);

	if (err != 0 || got == 0 || got > n) {
		(void)snprintf(reason, size, "with one thread, get returned %s",
		    err != 0 ? strerror(err) : "too few or too many items");
		return false;
	}
	for (size_t i = 0; i < got; i++)
		if (!agrees(m, m->batch + i * m->o->element_size, reason,
			size))
			return false;
	return true;
}

/* Up to a batch of puts or gets, as many as the queue can take. */
static bool
step(struct model *m, char *reason, size_t size)
{
	size_t batch = m->o->batch < MODEL_ROOM ? m->o->batch : MODEL_ROOM;
	size_t n = 1 + below(m, batch);
	int err;

	if (below(m, 2) == 0)
		return m->len == 0 || get_some(m, n, reason, size);
	if (n > m->limit - m->len)
		n = m->limit - m->len;
	if (n == 0)
		return true;
	err = put_some(m, n);
	if (err == 0)
		return true;
	(void)snprintf(reason, size, "with one thread, put returned %s",
	    strerror(err));
	return false;
}

/* For --fault order: put two elements in the wrong order. */
static bool
put_swapped(struct model *m)
{
	struct item first;

	for (int i = 0; i < 2; i++)
		if (put_some(m, 1) != 0)
			return false;
	first = m->items[0];
	m->items[0] = m->items[1];
	m->items[1] = first;
	return true;
}

bool
prove_strict(const struct options *o, char *reason, size_t size)
{
	struct model m = { .o = o };
	bool good = true;

	m.limit = o->capacity < MODEL_ROOM ? o->capacity : MODEL_ROOM;
	m.batch = malloc(MODEL_ROOM * o->element_size);
	if (m.batch == NULL)
		bench_die("out of memory");
	queue_make(o, &m.queue,
	    o->capacity == SYNC_UNBOUNDED ? o->capacity : m.limit);
	if (o->fault == FAULT_ORDER && o->order == SYNC_LIFO)
		good = put_swapped(&m);
	for (int i = 0; i < ROUNDS && good; i++)
		good = step(&m, reason, size);
	while (m.len > 0 && good)
		good = get_some(&m, m.len, reason, size);
	o->impl->destroy(&m.queue);
	free(m.batch);
	return good;
}
