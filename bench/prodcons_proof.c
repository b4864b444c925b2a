/* SPDX-License-Identifier: MIT */
/*
 * The proof of a run, from the records of its threads.
 *
 * Exactly once: each item was taken by one get, undamaged.
 *
 * Sequence (first in first out; and in priority order among items of one
 * producer with equal keys): one consumer takes one producer's items in the
 * order in which they were put.  Each of the two threads makes one call after
 * the other.  If the consumer took the later item first, the earlier one had
 * been put at that time and had not been taken, so it had to go first.
 *
 * Priority: prodcons_priority.c.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prodcons_items.h"

/* Exactly once */

static void
report_counts(struct run *r, const unsigned char *seen)
{
	size_t lost = 0, doubled = 0, damaged = 0, first = 0, number;
	unsigned producer;

	for (size_t id = r->o->items; id-- > 0;) {
		lost += seen[id] == 0;
		doubled += seen[id] > 1;
		if (seen[id] != 1)
			first = id;
	}
	for (unsigned i = 0; i < r->o->consumers; i++)
		damaged += r->consumers[i].damaged;
	if (lost + doubled + damaged == 0)
		return;
	if (lost + doubled == 0) {
		(void)snprintf(r->reason, sizeof(r->reason),
		    "%zu damaged elements came out", damaged);
		return;
	}
	producer = item_producer(r, first, &number);
	(void)snprintf(r->reason, sizeof(r->reason),
	    "%zu items lost, %zu came out more than once, %zu damaged; "
	    "first: item %zu of producer %u",
	    lost, doubled, damaged, number, producer);
}

static void
prove_once(struct run *r)
{
	unsigned char *seen = run_alloc(r->o->items, sizeof(*seen));

	for (unsigned i = 0; i < r->o->consumers; i++) {
		const struct consumer *c = &r->consumers[i];

		for (size_t j = 0; j < c->n; j++)
			if (seen[c->takes[j].id] < UINT8_MAX)
				seen[c->takes[j].id]++;
	}
	report_counts(r, seen);
	free(seen);
}

/* Sequence */

/* last: 1 + the number taken last, for each producer and key. */
static bool
in_sequence(struct run *r, const struct consumer *c, uint32_t *last)
{
	size_t number, place;
	unsigned producer;

	for (size_t j = 0; j < c->n; j++) {
		producer = item_producer(r, c->takes[j].id, &number);
		place = producer;
		if (r->o->order == SYNC_PRIORITY)
			place = place * KEYS + item_rank(r, producer, number);
		if (number < last[place]) {
			(void)snprintf(r->reason, sizeof(r->reason),
			    "consumer %u got item %zu of producer %u after "
			    "item %" PRIu32,
			    c->index, number, producer, last[place] - 1);
			return false;
		}
		last[place] = (uint32_t)number + 1;
	}
	return true;
}

static bool
prove_sequence(struct run *r)
{
	size_t keys = r->o->order == SYNC_PRIORITY ? KEYS : 1;
	size_t places = r->o->producers * keys;
	uint32_t *last = run_alloc(places, sizeof(*last));
	bool good = true;

	for (unsigned i = 0; i < r->o->consumers && good; i++) {
		memset(last, 0, places * sizeof(*last));
		good = in_sequence(r, &r->consumers[i], last);
	}
	free(last);
	return good;
}

void
prove(struct run *r)
{
	prove_once(r);
	if (r->reason[0] != '\0')
		return;
	/* Before the sequence proof, which would find fewer faults first. */
	if (r->o->order == SYNC_PRIORITY)
		prove_priority(r);
	if (r->reason[0] == '\0' && r->o->order != SYNC_LIFO)
		(void)prove_sequence(r);
}
