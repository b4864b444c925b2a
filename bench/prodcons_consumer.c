/* SPDX-License-Identifier: MIT */
/*
 * A consumer: it takes items until the end is announced, checks each, and
 * records it.
 *
 * A consumer stops at its first sentinel.  If a batch brought it more of them,
 * it puts the others back.  This cannot block forever: of n remaining consumers
 * and n sentinels, not all consumers can hold two.
 */
#include <config.h>

#include <errno.h>
#include <stdlib.h>

#include "prodcons_items.h"

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

void
put_sentinels(struct run *r, unsigned char *element, size_t n)
{
	const struct item sentinel = {
		.key = INT64_MAX, /* last */
		.producer = NO_PRODUCER,
	};

	element_write(r->o, element, &sentinel);
	for (; n > 0; n--)
		run_put(r, element, 1);
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
	run_check(err, "get");
	ended = run_stamp(r);
	for (size_t i = 0; i < got; i++)
		take(c, c->batch + i * o->element_size, *began, ended);
	*began = ended;
	if (r->accounted)
		run_check(o->impl->task_done(&r->queue, got), "task_done");
	atomic_store_explicit(&c->done, c->n, memory_order_relaxed);
	return c->sentinels == 0;
}

void *
consume(void *arg)
{
	struct consumer *c = arg;
	uint64_t began;

	run_ready(c->run);
	began = run_stamp(c->run);
	while (take_batch(c, &began))
		continue;
	if (c->sentinels > 1)
		put_sentinels(c->run, c->batch, c->sentinels - 1);
	c->finished = sync_time_now();
	return NULL;
}
