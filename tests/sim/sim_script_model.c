/* SPDX-License-Identifier: MIT */
/* See sim_script_model.h. */
#include "sim_script_model.h"

#define ITEMS 32

/* The queue without threads. */
struct model {
	const struct script *script;
	const struct player *players;
	struct item items[ITEMS]; /* in the order they were put */
	unsigned n, unfinished;
	bool closed;
};

static unsigned
model_front(const struct model *m)
{
	unsigned i, best = 0;

	if (m->script->order == SYNC_LIFO)
		return m->n - 1;
	for (i = 1; m->script->order == SYNC_PRIORITY && i < m->n; i++)
		if (m->items[i].priority < m->items[best].priority)
			best = i;
	return best;
}

static struct item
model_get(struct model *m)
{
	unsigned i = model_front(m);
	struct item item = m->items[i];

	memmove(&m->items[i], &m->items[i + 1],
	    (--m->n - i) * sizeof(m->items[0]));
	return item;
}

/*
 * Whether its deadline may have passed while another thread was inside a call,
 * and prevented it from finishing.
 */
static bool
hindered(const struct model *m, const struct op *o)
{
	unsigned t, i;

	for (t = 0; t < SCRIPT_THREADS; t++) {
		const struct player *p = &m->players[t];

		if (o >= p->ops && o < p->ops + SCRIPT_OPS)
			continue; /* its own */
		for (i = 0; i < p->n; i++)
			if (p->ops[i].invoked < o->returned
			    && p->ops[i].returned > o->invoked)
				return o->err == ETIMEDOUT && !m->script->calls;
	}
	return false;
}

static bool
put_fits(struct model *m, const struct op *o)
{
	bool full = m->n >= m->script->capacity;

	if (hindered(m, o))
		return true;
	if (m->closed || o->err == EPIPE)
		return m->closed && o->err == EPIPE;
	if (o->err != 0)
		return full && (o->err == EAGAIN || o->err == ETIMEDOUT);
	if (full)
		return false;
	m->items[m->n++] = o->item;
	m->unfinished++;
	return true;
}

/*
 * Up to o->n elements at once, of those that were there.  While others are
 * inside a call there may be fewer.
 */
static bool
get_fits(struct model *m, const struct op *o)
{
	unsigned i;

	if (hindered(m, o))
		return true;
	if (o->err == EPIPE)
		return m->closed && m->n == 0;
	if (o->err != 0)
		return !m->closed && m->n == 0
		    && (o->err == EAGAIN || o->err == ETIMEDOUT);
	for (i = 0; i < o->n; i++)
		if (m->n == 0 || model_get(m).id != o->items[i].id)
			return false;
	return o->n > 0
	    && (o->n == o->item.id || m->n == 0 || !m->script->calls);
}

static bool
look_fits(const struct model *m, const struct op *o)
{
	if (o->what == 'l')
		return o->n == m->n;
	if (o->what == 'o')
		return o->n == (unsigned)m->closed;
	if (o->err != 0)
		return m->n == 0 && o->err == (m->closed ? EPIPE : EAGAIN);
	return m->n > 0 && m->items[model_front(m)].id == o->item.id;
}

static bool
close_fits(struct model *m, const struct op *o)
{
	unsigned i;

	if (o->what == 'c') {
		m->closed = true;
		return o->err == 0;
	}
	if (!m->closed)
		return false;
	if (o->n != m->n)
		return false;
	for (i = 0; i < o->n; i++)
		if (model_get(m).id != o->items[i].id)
			return false;
	return o->err == 0;
}

static bool
task_fits(struct model *m, const struct op *o)
{
	switch (o->what) {
	case 'd':
		if (o->n > m->unfinished)
			return o->err == EINVAL;
		m->unfinished -= o->n;
		return o->err == 0;
	case 'f':
		m->unfinished -= o->n < m->unfinished ? o->n : m->unfinished;
		return true;
	default:
		if (o->err == 0)
			return m->unfinished == 0;
		return m->unfinished > 0
		    && (o->err == EAGAIN || o->err == ETIMEDOUT);
	}
}

/* Apply it; false if it cannot have had this result now. */
static bool
fits(struct model *m, const struct op *o)
{
	switch (o->what) {
	case 'p':
		return put_fits(m, o);
	case 'g':
		return get_fits(m, o);
	case 'k':
	case 'l':
	case 'o':
		return look_fits(m, o);
	case 'c':
	case 'x':
		return close_fits(m, o);
	default:
		return task_fits(m, o);
	}
}

/*
 * Whether the remaining calls of each thread, from at[] on, can have happened.
 */
static bool
linearizable(const struct model *m, const unsigned at[SCRIPT_THREADS])
{
	unsigned t, first = UINT32_MAX, next[SCRIPT_THREADS];
	struct model after;

	for (t = 0; t < SCRIPT_THREADS; t++) {
		const struct player *p = &m->players[t];

		if (at[t] < p->n && p->ops[at[t]].returned < first)
			first = p->ops[at[t]].returned;
	}
	if (first == UINT32_MAX)
		return true;
	for (t = 0; t < SCRIPT_THREADS; t++) {
		const struct player *p = &m->players[t];

		if (at[t] == p->n || p->ops[at[t]].invoked > first)
			continue;
		after = *m;
		if (!fits(&after, &p->ops[at[t]]))
			continue;
		memcpy(next, at, sizeof(next));
		next[t]++;
		if (linearizable(&after, next))
			return true;
	}
	return false;
}

bool
script_is_linear(const struct script *script,
    const struct player players[SCRIPT_THREADS])
{
	static const unsigned start[SCRIPT_THREADS];
	const struct model empty = { .script = script, .players = players };

	return linearizable(&empty, start);
}
