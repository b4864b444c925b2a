/* SPDX-License-Identifier: MIT */
/* See sim_script.h. */
#include "sim_script.h"

#include <ctype.h>

#define OPS   48 /* of one thread */
#define ITEMS 32
#define BATCH 2
#define MOMENTS (2 * SCRIPT_THREADS * OPS)
#define DROPS 4 /* of one close_now */

struct item {
	int64_t priority; /* first: the queue reads it there */
	int64_t id;       /* from 1 */
};

/* One call, or a part of one that others can see. */
struct op {
	char what; /* of the letters p g k l o c x d j, or f: x is finished */
	int err;
	struct item item; /* put, got or peeked */
	unsigned n;       /* elements, tasks, the length, or whether closed */
	struct item items[DROPS]; /* got or dropped at once */
	unsigned invoked, returned;
};

struct player {
	struct op ops[OPS];
	unsigned n;
};

static struct {
	const struct script *script;
	struct sync_queue q;
	unsigned clock; /* moments so far */
	sync_time times[MOMENTS]; /* what the time was at each */
	int64_t ids;
	struct player players[SCRIPT_THREADS];
} s;

/* The queue model that the results are compared with. */
struct model {
	struct item items[ITEMS]; /* in the order they were put */
	unsigned n, unfinished;
	bool closed;
};

static unsigned
model_front(const struct model *m)
{
	unsigned i, best = 0;

	if (s.script->order == SYNC_LIFO)
		return m->n - 1;
	for (i = 1; s.script->order == SYNC_PRIORITY && i < m->n; i++)
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
hindered(const struct op *o)
{
	unsigned t, i;

	for (t = 0; t < SCRIPT_THREADS; t++) {
		const struct player *p = &s.players[t];

		for (i = 0; i < p->n && (o < p->ops || o >= p->ops + OPS); i++)
			if (p->ops[i].invoked < o->returned
			    && p->ops[i].returned > o->invoked)
				return o->err == ETIMEDOUT && !s.script->calls;
	}
	return false;
}

static bool
put_fits(struct model *m, const struct op *o)
{
	bool full = m->n >= s.script->capacity;

	if (hindered(o))
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

	if (hindered(o))
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
	    && (o->n == o->item.id || m->n == 0 || !s.script->calls);
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
		const struct player *p = &s.players[t];

		if (at[t] < p->n && p->ops[at[t]].returned < first)
			first = p->ops[at[t]].returned;
	}
	if (first == UINT32_MAX)
		return true;
	for (t = 0; t < SCRIPT_THREADS; t++) {
		const struct player *p = &s.players[t];

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

static unsigned
moment(void)
{
	SYNC_ASSERT(s.clock + 1 < MOMENTS);
	s.times[++s.clock] = sync_time_now();
	return s.clock;
}

/*
 * A timeout is reported only after the deadline has passed.  A condition that
 * is true on return beats the clock: if no other thread can come between, it is
 * true then.
 */
static void
returns(struct op *o, sync_time deadline)
{
	o->returned = moment();
	if (o->err != ETIMEDOUT)
		return;
	SYNC_ASSERT(sync_time_now() >= deadline);
	while (s.times[o->invoked] < deadline)
		o->invoked++;
	if (s.script->calls)
		o->invoked = o->returned;
}

static struct op *
begin(struct player *p, char what)
{
	struct op *o = &p->ops[p->n++];

	memset(o, 0, sizeof(*o));
	o->what = what;
	o->invoked = moment();
	return o;
}

static void
put(struct player *p, char letter, int64_t priority)
{
	struct op *o = begin(p, 'p');
	sync_time soon = sync_time_now() + 1000;

	o->item = (struct item) { priority, ++s.ids };
	if (letter == 'p')
		o->err = sync_queue_put(&s.q, &o->item);
	else if (letter == 'P')
		o->err = sync_queue_tryput(&s.q, &o->item);
	else
		o->err = sync_queue_put_until(&s.q, &o->item, soon);
	returns(o, soon);
}

/* The puts that succeeded, and one that did not. */
static void
put_n(struct player *p, char letter, int64_t priority)
{
	struct op *o = begin(p, 'p');
	unsigned i, invoked = o->invoked;
	sync_time soon = sync_time_now() + 1000;
	struct item items[BATCH];
	size_t done = 99;
	int err;

	for (i = 0; i < BATCH; i++)
		items[i] = (struct item) { priority, ++s.ids };
	if (letter == 'm')
		err = sync_queue_put_n(&s.q, items, BATCH, &done);
	else if (letter == 'M')
		err = sync_queue_tryput_n(&s.q, items, BATCH, &done);
	else
		err = sync_queue_put_n_until(
		    &s.q, items, BATCH, &done, soon);
	SYNC_ASSERT(done <= BATCH && (done == BATCH) == (err == 0));
	for (i = 0; i < done + (err != 0); i++) {
		o = i == 0 ? o : begin(p, 'p');
		o->invoked = invoked;
		o->item = items[i];
		o->err = i < done ? 0 : err;
		returns(o, soon);
	}
}

static void
get(struct player *p, char letter)
{
	struct op *o = begin(p, 'g');
	sync_time soon = sync_time_now() + 1000;
	struct item items[BATCH] = { { -1, -1 }, { -1, -1 } };
	size_t got = 1, most = letter == 'n' || letter == 'N' || letter == 'H'
	    ? BATCH : 1;

	if (letter == 'g')
		o->err = sync_queue_get(&s.q, items);
	else if (letter == 'G')
		o->err = sync_queue_tryget(&s.q, items);
	else if (letter == 'h')
		o->err = sync_queue_get_until(&s.q, items, soon);
	else if (letter == 'n')
		o->err = sync_queue_get_n(&s.q, items, BATCH, &got);
	else if (letter == 'N')
		o->err = sync_queue_tryget_n(&s.q, items, BATCH, &got);
	else
		o->err = sync_queue_get_n_until(&s.q, items, BATCH, &got, soon);
	returns(o, soon);
	if (o->err != 0) {
		SYNC_ASSERT(got == 1 && items[0].id == -1);
		return;
	}
	SYNC_ASSERT(got >= 1 && got <= most);
	o->item.id = (int64_t)most;
	o->n = (unsigned)got;
	memcpy(o->items, items, got * sizeof(items[0]));
}

static void
look(struct player *p, char letter)
{
	struct op *o = begin(p, letter);

	if (letter == 'k')
		o->err = sync_queue_peek(&s.q, &o->item);
	else if (letter == 'l')
		o->n = (unsigned)sync_queue_len(&s.q);
	else
		o->n = sync_queue_is_closed(&s.q);
	o->returned = moment();
}

static void
drop(void *element, void *arg)
{
	struct op *o = arg;

	SYNC_ASSERT(o->n < sizeof(o->items) / sizeof(o->items[0]));
	memcpy(&o->items[o->n++], element, sizeof(o->items[0]));
	SYNC_ASSERT(sync_queue_len(&s.q) == 0);
}

static void
close_queue(struct player *p, char letter)
{
	struct op *c = begin(p, 'c'), *o, *f;

	if (letter == 'c') {
		c->err = sync_queue_close(&s.q);
		c->returned = moment();
		return;
	}
	o = begin(p, 'x');
	f = begin(p, 'f');
	o->err = sync_queue_close_now(&s.q, drop, o);
	c->returned = o->returned = f->returned = moment();
	o->invoked = f->invoked = c->invoked;
	f->n = o->n;
}

static void
task(struct player *p, char letter)
{
	bool done = letter == 'd' || letter == 'D';
	struct op *o = begin(p, done ? 'd' : 'j');
	sync_time soon = sync_time_now() + 1000;

	o->n = letter == 'D' ? 2 : 1;
	if (letter == 'd')
		o->err = sync_queue_task_done(&s.q);
	else if (letter == 'D')
		o->err = sync_queue_task_done_n(&s.q, 2);
	else if (letter == 'j')
		o->err = sync_queue_join(&s.q);
	else if (letter == 'J')
		o->err = sync_queue_tryjoin(&s.q);
	else
		o->err = sync_queue_join_until(&s.q, soon);
	returns(o, soon);
}

static void
play(struct player *p, const char *text)
{
	for (; *text != '\0'; text++) {
		int64_t priority = isdigit((unsigned char)text[1])
		    ? text[1] - '0' : 0;

		if (*text == ' ' || isdigit((unsigned char)*text))
			continue;
		SYNC_ASSERT(p->n < OPS - BATCH);
		if (strchr("pPu", *text) != NULL)
			put(p, *text, priority);
		else if (strchr("mMU", *text) != NULL)
			put_n(p, *text, priority);
		else if (strchr("gGhnNH", *text) != NULL)
			get(p, *text);
		else if (strchr("klo", *text) != NULL)
			look(p, *text);
		else if (strchr("cx", *text) != NULL)
			close_queue(p, *text);
		else if (strchr("dDjJi", *text) != NULL)
			task(p, *text);
		else
			sync_explore_fail("unknown letter of a script", EINVAL,
			    __FILE__, __LINE__);
	}
}

static bool
empty_now(void)
{
	const struct player *p = &s.players[0];
	int err = p->ops[p->n - 1].err;

	return err == EAGAIN || err == EPIPE;
}

/*
 * No other thread is left: check the content of the queue, and whether it all
 * fits.
 */
static void
account(void)
{
	static const struct model empty;
	static const unsigned start[SCRIPT_THREADS];

	do
		play(&s.players[0], "G");
	while (!empty_now());
	play(&s.players[0], "J");
	SYNC_ASSERT(linearizable(&empty, start));
	SYNC_OK(sync_queue_destroy(&s.q));
}

static void
role(unsigned me)
{
	play(&s.players[me], s.script->threads[me]);
}

void
script_run(void *arg)
{
	const struct script *script = arg;
	unsigned t;

	s.script = script;
	s.clock = 0;
	s.ids = 0;
	for (t = 0; t < SCRIPT_THREADS; t++)
		s.players[t].n = 0;
	SYNC_OK(sync_queue_init(
	    &s.q, script->order, sizeof(struct item), script->capacity));
	if (script->before != NULL)
		play(&s.players[0], script->before);
	if (script->threads[3] != NULL)
		sim_play(account, role, role, role, role);
	else if (script->threads[2] != NULL)
		sim_play(account, role, role, role);
	else
		sim_play(account, role, role);
}
