/* SPDX-License-Identifier: MIT */
/*
 * The proof of a run in priority order.
 *
 * All stamps are drawn from one counter, with acquire and release: if one stamp
 * is smaller than another, everything before the first was drawn happened before
 * everything after the second.  A producer draws a stamp
 * between any two puts, a consumer between any two gets, and each draws one
 * before its first call.  So for an item i there are
 *
 *	put_began(i) < the put takes effect < put_ended(i)
 *	get_began(i) < the get takes effect < get_ended(i)
 *
 * Let x be the item that a get returned, and e another that should go first.
 * The get of x took effect after
 *
 *	L(x) = max(get_began(x), put_began(x))
 *
 * and before get_ended(x).  If
 *
 *	put_ended(e) <= L(x) and get_ended(x) <= get_began(e)	(1)
 *
 * then e was put before x was taken, and taken after it: when x was taken, e
 * was in the queue.  That is a fault if the key of e is smaller; for example
 * if the put of e had returned before the get of x began.  With equal keys it
 * is a fault if e was put before x:
 *
 *	put_ended(e) <= put_began(x) and get_ended(x) <= get_began(e)	(2)
 *
 * Equality occurs here only if one thread drew one stamp between two of its
 * own calls, which are in that order.  False alarms are impossible: nothing
 * above assumes that threads run at a certain speed, or that overlapping puts
 * and gets take effect in a certain order.  And every fault that calls without
 * overlap can show is found.
 *
 * To find (1), walk through the moments in order.  At put_ended(e), enter
 * get_began(e) under the key of e; at L(x), ask for the largest entry under
 * the keys smaller than that of x: (1) holds for some e if and only if it is
 * at least get_ended(x).  A Fenwick tree of maxima over the keys does both
 * in O(log KEYS).  For (2) ask at put_began(x), for the same key.
 *
 * The items of one get of several have the same stamps, but are recorded in
 * the order in which they were taken.  If e is behind x in one batch, then
 * put_ended(e) <= L(x) is enough.  Here walk through the batch, enter L(x)
 * under the key of x, and ask for the largest entry under larger keys.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "prodcons_items.h"

/* A Fenwick tree of maxima, over ranks; 0 means no entry. */
struct maxima {
	uint64_t node[KEYS + 1];
};

static void
enter(struct maxima *m, uint32_t rank, uint64_t value)
{
	for (uint32_t i = rank + 1; i <= KEYS; i += i & -i)
		if (m->node[i] < value)
			m->node[i] = value;
}

/* The largest entry under ranks smaller than this. */
static uint64_t
largest_below(const struct maxima *m, uint32_t rank)
{
	uint64_t largest = 0;

	for (uint32_t i = rank; i > 0; i -= i & -i)
		if (m->node[i] > largest)
			largest = m->node[i];
	return largest;
}

/* Undo the effect of all entries under this rank. */
static void
forget(struct maxima *m, uint32_t rank)
{
	for (uint32_t i = rank + 1; i <= KEYS; i += i & -i)
		m->node[i] = 0;
}

static uint64_t
taken_after(const struct life *l)
{
	return l->get_began > l->put_began ? l->get_began : l->put_began;
}

static void
report_order(struct run *r, size_t id, const char *what)
{
	size_t number;
	unsigned producer = item_producer(r, id, &number);

	(void)snprintf(r->reason, sizeof(r->reason),
	    "item %zu of producer %u (key %" PRId64 ") %s", number, producer,
	    item_key(r, producer, number), what);
}

/* Items by stamp: for each stamp, a list of the items to process at it. */
struct agenda {
	uint32_t *first; /* of each stamp; NOBODY: none */
	uint32_t *next;  /* of each item */
};
#define NOBODY UINT32_MAX

static void
agenda_init(struct agenda *a, const struct run *r, size_t stamps)
{
	a->first = run_alloc(stamps, sizeof(*a->first));
	a->next = run_alloc(r->o->items, sizeof(*a->next));
	memset(a->first, 0xff, stamps * sizeof(*a->first));
}

static void
agenda_add(struct agenda *a, uint64_t stamp, size_t id)
{
	a->next[id] = a->first[stamp];
	a->first[stamp] = (uint32_t)id;
}

static void
agenda_free(struct agenda *a)
{
	free(a->first);
	free(a->next);
}

/* (1): whether x went before an item with a smaller key. */
static bool
overtook_smaller(const struct maxima *m, const struct life *x)
{
	return largest_below(m, x->rank) >= x->get_ended;
}

/* (2): the entries are found at the leaves, kept apart from the tree. */
static bool
overtook_equal(const struct maxima *m, const struct life *x)
{
	return m->node[x->rank] >= x->get_ended;
}

static void
enter_equal(struct maxima *m, uint32_t rank, uint64_t value)
{
	if (m->node[rank] < value)
		m->node[rank] = value;
}

/* The two ways to walk through the moments. */
struct question {
	uint64_t (*when)(const struct life *x);
	void (*enter)(struct maxima *m, uint32_t rank, uint64_t value);
	bool (*overtook)(const struct maxima *m, const struct life *x);
	const char *what;
};

static uint64_t
put_began(const struct life *l)
{
	return l->put_began;
}

static const struct question questions[] = {
	{ taken_after, enter, overtook_smaller,
	    "was handed out while a smaller key was queued" },
	{ put_began, enter_equal, overtook_equal,
	    "was handed out while an equal key put earlier was queued" },
};

static bool
go_through(struct run *r, const struct question *q, const struct agenda *puts,
    const struct agenda *asks, size_t stamps)
{
	struct maxima m = { { 0 } };

	for (size_t now = 0; now < stamps; now++) {
		for (uint32_t e = puts->first[now]; e != NOBODY;
		     e = puts->next[e])
			q->enter(&m, r->lives[e].rank, r->lives[e].get_began);
		for (uint32_t x = asks->first[now]; x != NOBODY;
		     x = asks->next[x])
			if (q->overtook(&m, &r->lives[x])) {
				report_order(r, x, q->what);
				return false;
			}
	}
	return true;
}

static bool
prove_apart(struct run *r, const struct question *q)
{
	size_t stamps = (size_t)atomic_load(&r->clock);
	struct agenda puts, asks;
	bool good;

	agenda_init(&puts, r, stamps);
	agenda_init(&asks, r, stamps);
	for (size_t id = 0; id < r->o->items; id++) {
		agenda_add(&puts, r->lives[id].put_ended, id);
		agenda_add(&asks, q->when(&r->lives[id]), id);
	}
	good = go_through(r, q, &puts, &asks, stamps);
	agenda_free(&puts);
	agenda_free(&asks);
	return good;
}

/* The n items of one get.  The ranks are reversed to ask for larger ones. */
static bool
batch_in_order(
    struct run *r, struct maxima *m, const struct take *takes, size_t n)
{
	bool good = true;

	for (size_t j = 0; j < n && good; j++) {
		const struct life *l = &r->lives[takes[j].id];
		uint32_t rank = KEYS - 1 - l->rank;

		good = largest_below(m, rank) < l->put_ended;
		if (!good)
			report_order(r, takes[j].id,
			    "came in one batch behind a larger key");
		enter(m, rank, taken_after(l));
	}
	for (size_t j = 0; j < n; j++)
		forget(m, KEYS - 1 - r->lives[takes[j].id].rank);
	return good;
}

static bool
prove_batches(struct run *r, const struct consumer *c)
{
	struct maxima m = { { 0 } };
	size_t n;

	for (size_t j = 0; j < c->n; j += n) {
		n = 1;
		while (j + n < c->n
		    && c->takes[j + n].ended == c->takes[j].ended)
			n++;
		if (n > 1 && !batch_in_order(r, &m, c->takes + j, n))
			return false;
	}
	return true;
}

static void
collect_lives(struct run *r)
{
	for (unsigned i = 0; i < r->o->consumers; i++) {
		const struct consumer *c = &r->consumers[i];

		for (size_t j = 0; j < c->n; j++) {
			struct life *l = &r->lives[c->takes[j].id];

			l->get_began = c->takes[j].began;
			l->get_ended = c->takes[j].ended;
		}
	}
	for (unsigned p = 0; p < r->o->producers; p++)
		for (size_t i = 0; i < item_share(r, p); i++)
			r->lives[item_id(r, p, i)].rank = item_rank(r, p, i);
}

void
prove_priority(struct run *r)
{
	bool good = true;

	collect_lives(r);
	for (size_t i = 0; i < 2 && good; i++)
		good = prove_apart(r, &questions[i]);
	for (unsigned i = 0; i < r->o->consumers && good; i++)
		good = prove_batches(r, &r->consumers[i]);
}
