/* SPDX-License-Identifier: MIT */
/* See sim_script.h.  sim_script_model.c has the queue to compare with. */
#include "sim_script_model.h"

#include <ctype.h>

#define BATCH   2
#define MOMENTS (2 * SCRIPT_THREADS * SCRIPT_OPS)

static struct {
	const struct script *script;
	struct sync_queue q;
	unsigned clock; /* moments so far */
	sync_time times[MOMENTS]; /* what the time was at each */
	int64_t ids;
	struct player players[SCRIPT_THREADS];
} s;

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
		SYNC_ASSERT(p->n < SCRIPT_OPS - BATCH);
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
 * Calls whose result may be older than that of a call of another thread that has
 * returned: with weak memory, if nothing orders the two.  They look, end at a
 * deadline, or compare two counts.  A try may even see a full queue whose element
 * cannot be taken yet.
 */
#define LATE  "klouUhHij"
#define TRIES "PMGNJ"

static bool
script_has(const char *letters)
{
	unsigned t;

	for (t = 0; t < SCRIPT_THREADS; t++)
		if (s.script->threads[t] != NULL
		    && strpbrk(s.script->threads[t], letters) != NULL)
			return true;
	return false;
}

/* So nothing orders the calls so far but the threads that made them. */
static void
forget_times(void)
{
	unsigned t, i;

	for (t = 0; t < SCRIPT_THREADS; t++)
		for (i = 0; i < s.players[t].n; i++)
			s.players[t].ops[i].invoked = 0;
}

/*
 * No other thread is left: check the content of the queue, and whether it all
 * fits.
 */
static void
account(void)
{
	if (sim_weak() && script_has(LATE))
		forget_times();
	do
		play(&s.players[0], "G");
	while (!empty_now());
	play(&s.players[0], "J");
	if (!sim_weak() || !script_has(TRIES))
		SYNC_ASSERT(script_is_linear(s.script, s.players));
	/* Nobody sleeps: in an open queue under a lock no mark is left. */
	SYNC_ASSERT(s.q.lock == 0 || sync_queue_is_closed(&s.q));
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
