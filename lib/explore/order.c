/* SPDX-License-Identifier: MIT */
#include "order.h"

#include <stdlib.h>
#include <string.h>

static void
join(struct order_clock *c, const struct order_clock *other)
{
	unsigned p;

	for (p = 0; p < SIM_PROCS; p++)
		if (c->of[p] < other->of[p])
			c->of[p] = other->of[p];
}

static bool
happens_before(
    const struct order *o, uint32_t j, const struct order_clock *c)
{
	return c->of[o->steps[j - 1].proc] >= j;
}

/*
 * The step just made races with step j: what leads to it is to be tried in
 * place of j.  That is, of the steps after j that happen before it but not after
 * j, the first, or else itself: one that could come first (an initial of what
 * is to be moved before j: Abdulla, Aronis, Jonsson and Sagonas, 2014).  Another
 * of those that lead to it would do without sleep sets, but with them it may be
 * asleep.
 */
static unsigned
initial(const struct order *o, uint32_t j)
{
	const struct order_step *last = &o->steps[o->n - 1];
	uint32_t k;

	for (k = j + 1; k < o->n; k++)
		if (happens_before(o, k, &last->before)
		    && !happens_before(o, j, &o->steps[k - 1].before))
			return o->steps[k - 1].proc;
	return last->proc;
}

/* The step just made conflicts with step j, if there was one. */
static void
order_after(struct order *o, uint32_t j, const struct order_clock *clock)
{
	struct order_step *last = &o->steps[o->n - 1];

	if (j == 0 || o->steps[j - 1].proc == last->proc)
		return;
	if (!happens_before(o, j, clock))
		o->races[o->nraces++] = (struct order_race) { j, 0 };
	join(&last->before, &o->steps[j - 1].before);
}

static void
conflicts_at(struct order *o, unsigned bit, bool writes, unsigned proc,
    const struct order_clock *clock)
{
	struct order_last *last = &o->lasts[bit];
	unsigned q;

	if (!(o->touched & (UINT64_C(1) << bit))) {
		memset(last, 0, sizeof(*last));
		o->touched |= UINT64_C(1) << bit;
	}
	order_after(o, last->write, clock);
	for (q = 0; writes && q < SIM_PROCS; q++)
		order_after(o, last->read[q], clock);
	if (writes)
		last->write = o->n;
	else
		last->read[proc] = o->n;
}

/* A new step at the end; null without memory. */
static struct order_step *
append(struct order *o)
{
	if (o->n == o->room) {
		unsigned room = o->room == 0 ? 256 : o->room * 2;
		void *p = realloc(o->steps, room * sizeof(*o->steps));

		if (p == NULL)
			return NULL;
		o->steps = p;
		o->room = room;
	}
	return &o->steps[o->n++];
}

bool
order_note(struct order *o, unsigned node, unsigned proc,
    struct sim_foot foot, uint64_t fresh)
{
	uint64_t set = foot.reads | foot.writes;
	struct order_clock clock = o->clocks[proc];
	struct order_step *s = append(o);
	unsigned i;

	o->nraces = 0;
	if (s == NULL)
		return false;
	s->node = node;
	s->proc = proc;
	s->before = clock;
	s->before.of[proc] = o->n;
	for (; set != 0; set &= set - 1)
		conflicts_at(o, (unsigned)__builtin_ctzll(set),
		    (foot.writes & set & -set) != 0, proc, &clock);
	for (i = 0; i < o->nraces; i++) {
		uint32_t j = o->races[i].node;

		o->races[i].node = o->steps[j - 1].node;
		o->races[i].proc = initial(o, j);
	}
	o->clocks[proc] = s->before;
	for (; fresh != 0; fresh &= fresh - 1)
		join(&o->clocks[__builtin_ctzll(fresh)], &s->before);
	return true;
}

void
order_reset(struct order *o)
{
	o->n = 0;
	o->touched = 0;
	o->nraces = 0;
	memset(o->clocks, 0, sizeof(o->clocks));
}

void
order_free(struct order *o)
{
	free(o->steps);
}
