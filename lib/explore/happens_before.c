/* SPDX-License-Identifier: MIT */
/*
 * The happens-before order of the steps of one execution, as vector clocks,
 * and the races between steps; see happens_before.h.
 */
#include "happens_before.h"

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

/* Whether step j is in the clock. */
static bool
happens_before(
    const struct order *o, uint32_t j, const struct order_clock *c)
{
	return c->of[o->steps[j - 1].proc] >= j;
}

/*
 * A step of process proc races with step j = race->node.  The step is the last
 * one, or would be the next one.  Find the process to try instead of step j:
 * the first step after j that happens before the racing step and does not
 * happen after j; if there is none, the racing step itself.  This is an
 * initial of the steps to be moved before j (Abdulla, Aronis, Jonsson and
 * Sagonas, 2014).  Without sleep sets any other step that leads to the racing
 * step would do, but with them it may be asleep.
 */
static void
initial(const struct order *o, unsigned proc, uint32_t end,
    const struct order_clock *before, struct order_race *race)
{
	uint32_t j = race->node, k;

	for (k = j + 1; k < end; k++)
		if (happens_before(o, k, before)
		    && !happens_before(o, j, &o->steps[k - 1].before))
			break;
	race->node = o->steps[j - 1].node;
	race->proc = k < end ? o->steps[k - 1].proc : proc;
	race->itself = k == end;
}

/*
 * Record that the last step races with step j, unless step j is of the same
 * process, is in the clock, or is already recorded.
 */
static void
race_with(struct order *o, uint32_t j, const struct order_clock *clock)
{
	unsigned i;

	if (o->steps[j - 1].proc == o->steps[o->n - 1].proc
	    || happens_before(o, j, clock))
		return;
	for (i = 0; i < o->nraces; i++)
		if (o->races[i].node == j)
			return;
	o->races[o->nraces++] = (struct order_race) { j, 0, false };
}

/*
 * The last step went through a gate that step j had opened.  It could not have
 * come before step j, but it could have come before the step that last closed
 * the gate: it races with that one.
 */
static void
race_behind(struct order *o, uint64_t gates, const struct order_clock *clock)
{
	for (gates &= o->shut; gates != 0; gates &= gates - 1)
		race_with(o, o->closed[__builtin_ctzll(gates)], clock);
}

/* The last step conflicts with step j; 0: there is no such step. */
static void
order_after(struct order *o, uint32_t j, uint64_t needs,
    const struct order_clock *clock)
{
	struct order_step *last = &o->steps[o->n - 1];
	const struct order_step *s = j > 0 ? &o->steps[j - 1] : NULL;

	if (s == NULL || s->proc == last->proc)
		return;
	race_behind(o, s->opens & needs, clock);
	if ((s->alone & needs) == 0)
		race_with(o, j, clock);
	join(&last->before, &s->before);
}

/* The last step has accessed the location of that bit. */
static void
conflicts_at(struct order *o, unsigned bit, const struct sim_foot *foot,
    unsigned proc, const struct order_clock *clock)
{
	bool writes = (foot->writes & UINT64_C(1) << bit) != 0;
	struct order_last *last = &o->lasts[bit];
	uint64_t set;

	if (!(o->touched & (UINT64_C(1) << bit))) {
		last->write = 0;
		last->readers = 0;
		o->touched |= UINT64_C(1) << bit;
	}
	order_after(o, last->write, foot->needs, clock);
	for (set = writes ? last->readers : 0; set != 0; set &= set - 1)
		order_after(o, last->read[__builtin_ctzll(set)], foot->needs,
		    clock);
	if (writes) {
		last->write = o->n;
	} else {
		last->read[proc] = o->n;
		last->readers |= SIM_BIT(proc);
	}
}

/* Append a new step; returns null if there is no memory. */
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
	s->opens = foot.opens;
	s->alone = foot.alone;
	s->before = clock;
	s->before.of[proc] = o->n;
	for (; set != 0; set &= set - 1)
		conflicts_at(o, (unsigned)__builtin_ctzll(set), &foot, proc,
		    &clock);
	for (set = foot.closes; set != 0; set &= set - 1)
		o->closed[__builtin_ctzll(set)] = o->n;
	o->shut |= foot.closes;
	for (i = 0; i < o->nraces; i++)
		initial(o, proc, o->n, &s->before, &o->races[i]);
	o->clocks[proc] = s->before;
	for (; fresh != 0; fresh &= fresh - 1)
		join(&o->clocks[__builtin_ctzll(fresh)], &s->before);
	return true;
}

void
order_await(struct order *o, unsigned proc, uint64_t gate)
{
	const struct order_clock *clock = &o->clocks[proc];
	uint32_t j;

	o->nraces = 0;
	if ((gate & o->shut) == 0)
		return;
	j = o->closed[__builtin_ctzll(gate)];
	if (o->steps[j - 1].proc == proc || happens_before(o, j, clock))
		return;
	o->races[o->nraces++] = (struct order_race) { j, 0, false };
	initial(o, proc, o->n + 1, clock, &o->races[0]);
}

void
order_reset(struct order *o)
{
	o->n = 0;
	o->touched = 0;
	o->shut = 0;
	o->nraces = 0;
	memset(o->clocks, 0, sizeof(o->clocks));
}

void
order_free(struct order *o)
{
	free(o->steps);
}
