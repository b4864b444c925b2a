/* SPDX-License-Identifier: MIT */
/*
 * Putting and getting: the waiting layer of all orders.  queue.h says how
 * nobody is left asleep.
 */
#include "queue_ring.h"

#include "base/deadline.h"
#include "base/misuse.h"
#include "waitq.h"

#define MANY 64 /* elements */

static int
attempt(struct sync_queue *q, struct queue_move *m)
{
	const struct queue_order *o = queue_order(q);

	return m->puts ? o->put(q, m) : o->get(q, m);
}

/* That one of a side sleeps, which the other side then knows. */
static bool
mark(struct sync_queue *q, bool puts)
{
	const struct queue_order *o = queue_order(q);

	return puts ? o->full(q) : o->empty(q);
}

static struct sync_waitq *
sleepers(struct sync_queue *q, bool puts)
{
	return puts ? &q->putters : &q->getters;
}

/* Who took the mark of a side wakes one of it, if it is there still. */
static void
choose_one(struct sync_waitq *w, struct sync_list_node **chosen)
{
	(void)waitq_enter(w);
	(void)waitq_choose(w, chosen);
	waitq_leave(w);
}

/* One that a wake was spent on leaves: see to those of its side that sleep. */
static void
settle(struct sync_queue *q, bool puts, struct sync_list_node **chosen)
{
	struct sync_waitq *w = sleepers(q, puts);

	if (waitq_empty(w)) /* exact for those that slept before us */
		return;
	(void)waitq_enter(w);
	if (!waitq_empty(w) && !mark(q, puts))
		(void)waitq_choose(w, chosen);
	waitq_leave(w);
}

/* Do what a move that succeeded still has to, and touch the queue no more. */
static void
pass(struct sync_queue *q, const struct queue_move *m, bool woken)
{
	struct sync_list_node *chosen = NULL;

	if (m->owes)
		choose_one(sleepers(q, !m->puts), &chosen);
	if (woken)
		settle(q, m->puts, &chosen);
	/* the last touch; pairs with the load in destroy */
	(void)at64_add_release(&q->inside, -QUEUE_PASSING);
	waitq_free(chosen, 0); /* each keeps the queue in use until it is here */
}

/* Whether another attempt is worth it. */
static bool
promising(const struct sync_queue *q, bool puts)
{
	const struct queue_order *o = queue_order(q);

	return puts ? o->roomy(q) : o->filled(q);
}

/*
 * Look again for a while, without sleeping; at the slot or the length only,
 * but once at all, so that a call is not late to learn that the queue is
 * closed.  Where there is much room, those of the other side do better with a
 * start: else we meet at each element.
 */
static int
spin(struct sync_queue *q, struct queue_move *m)
{
	unsigned turn = q->capacity < MANY ? 0 : SPIN_SHORT + 2;
	unsigned all = turn + SPIN_SHORT + 2;
	int err = EAGAIN;

	if (!spin_pays(SPIN_ELEMENT))
		return attempt(q, m);
	while (err == EAGAIN && spin_again(&turn))
		if (promising(q, m->puts) || turn == all)
			err = attempt(q, m);
	if (err == 0)
		(void)spin_paid(SPIN_ELEMENT);
	return err;
}

/*
 * Sleep once, unless there is something to look at.  0: look; *woken: by a
 * wake.  ETIMEDOUT; EINVAL: destroyed.
 */
static int
sleep_once(struct sync_queue *q, bool puts, sync_time deadline, bool *woken)
{
	struct sync_waitq *w = sleepers(q, puts);
	struct waiter self = { .kind = 0 };
	int err;

	if (waitq_enter(w) != 0)
		return EINVAL;
	if (!mark(q, puts)) {
		waitq_leave(w);
		return 0;
	}
	waitq_queue(w, &self);
	waitq_leave(w);
	err = waitq_sleep(w, &self, deadline);
	if (err == ETIMEDOUT)
		waitq_leave(w);
	*woken = err == 0;
	return err;
}

/* After an attempt that could not. */
static int
wait(struct sync_queue *q, struct queue_move *m, sync_time deadline)
{
	sync_time since = spin_sleeps();
	bool woken = false;
	int err = EAGAIN, slept = 0;

	(void)at64_add_relaxed(&q->inside, QUEUE_WAITING);
	m->waits = true;
	while (err == EAGAIN && slept == 0) {
		slept = sleep_once(q, m->puts, deadline, &woken);
		if (slept != EINVAL)
			err = attempt(q, m); /* true beats the clock */
	}
	spin_slept(SPIN_ELEMENT, since);
	if (err == 0)
		pass(q, m, woken);
	else /* the last touch; pairs with the load in destroy */
		(void)at64_add_release(&q->inside, -QUEUE_WAITING);
	return err == EAGAIN ? slept : err;
}

/*
 * To look at all there is takes the other side's word away from it; who may
 * wait looks first whether it can be done without.
 */
static int
move(struct sync_queue *q, struct queue_move *m, sync_time deadline)
{
	bool waits = deadline >= 0;
	int err = EAGAIN;

	if (!waits || promising(q, m->puts))
		err = attempt(q, m);
	if (err == EAGAIN && waits)
		err = spin(q, m);
	if (err == 0 && m->passes)
		pass(q, m, false);
	if (err != EAGAIN || deadline == DEADLINE_TRY)
		return err;
	return waits ? wait(q, m, deadline) : ETIMEDOUT;
}

static int
put_n(struct sync_queue *q, const void *elements, size_t n, size_t *done,
    sync_time deadline)
{
	unsigned char *from = (void *)(uintptr_t)elements;
	size_t i = 0;
	int err;

	if (done != NULL)
		*done = 0;
	if (elements == NULL && n > 0)
		return EINVAL;
	err = queue_refuses(q);
	while (i < n && err == 0) {
		struct queue_move m = { from, n - i, .puts = true };

		err = move(q, &m, deadline);
		i += m.moved;
		if (i < n)
			from += m.moved * q->element_size;
	}
	if (done != NULL)
		*done = i;
	return err;
}

static int
get_n(struct sync_queue *q, void *elements, size_t n, size_t *got,
    sync_time deadline)
{
	struct queue_move m = { elements, n, .puts = false };
	int err;

	if (elements == NULL || n == 0 || got == NULL)
		return EINVAL;
	err = queue_refuses(q);
	if (err == 0)
		err = move(q, &m, deadline);
	if (err == 0)
		*got = m.moved;
	return err;
}

/* Apart, so that what follows has less to prepare. */
static SLOW_DOOR int
move_one(struct sync_queue *q, void *element, bool puts, sync_time deadline)
{
	struct queue_move m = { element, 1, .puts = puts };

	return move(q, &m, deadline);
}

static SLOW_DOOR int
put_door(struct sync_queue *q, const void *element, sync_time deadline)
{
	if (q->kind == QUEUE_STORE && queue_store_put_one(q, element))
		return 0;
	return move_one(q, (void *)(uintptr_t)element, true, deadline);
}

static SLOW_DOOR int
get_door(struct sync_queue *q, void *element, sync_time deadline)
{
	if (q->kind == QUEUE_STORE && queue_store_get_one(q, element))
		return 0;
	return move_one(q, element, false, deadline);
}

static inline int
put(struct sync_queue *q, const void *element, sync_time deadline)
{
	int err = element != NULL ? queue_refuses(q) : EINVAL;

	if (err != 0)
		return err;
	if (ring_put_one(q, element))
		return 0;
	return put_door(q, element, deadline);
}

static inline int
get(struct sync_queue *q, void *element, sync_time deadline)
{
	int err = element != NULL ? queue_refuses(q) : EINVAL;

	if (err != 0)
		return err;
	if (ring_get_one(q, element))
		return 0;
	return get_door(q, element, deadline);
}

int
sync_queue_put(struct sync_queue *q, const void *element)
{
	return MISUSE(put(q, element, SYNC_NEVER), q);
}

int
sync_queue_tryput(struct sync_queue *q, const void *element)
{
	return MISUSE(put(q, element, DEADLINE_TRY), q);
}

int
sync_queue_put_until(
    struct sync_queue *q, const void *element, sync_time deadline)
{
	return MISUSE(put(q, element, deadline_real(deadline)), q);
}

int
sync_queue_put_n(
    struct sync_queue *q, const void *elements, size_t n, size_t *done)
{
	return MISUSE(put_n(q, elements, n, done, SYNC_NEVER), q);
}

int
sync_queue_tryput_n(
    struct sync_queue *q, const void *elements, size_t n, size_t *done)
{
	return MISUSE(put_n(q, elements, n, done, DEADLINE_TRY), q);
}

int
sync_queue_put_n_until(struct sync_queue *q, const void *elements, size_t n,
    size_t *done, sync_time deadline)
{
	return MISUSE(
	    put_n(q, elements, n, done, deadline_real(deadline)), q);
}

int
sync_queue_get(struct sync_queue *q, void *element)
{
	return MISUSE(get(q, element, SYNC_NEVER), q);
}

int
sync_queue_tryget(struct sync_queue *q, void *element)
{
	return MISUSE(get(q, element, DEADLINE_TRY), q);
}

int
sync_queue_get_until(
    struct sync_queue *q, void *element, sync_time deadline)
{
	return MISUSE(get(q, element, deadline_real(deadline)), q);
}

int
sync_queue_get_n(struct sync_queue *q, void *elements, size_t n, size_t *got)
{
	return MISUSE(get_n(q, elements, n, got, SYNC_NEVER), q);
}

int
sync_queue_tryget_n(
    struct sync_queue *q, void *elements, size_t n, size_t *got)
{
	return MISUSE(get_n(q, elements, n, got, DEADLINE_TRY), q);
}

int
sync_queue_get_n_until(struct sync_queue *q, void *elements, size_t n,
    size_t *got, sync_time deadline)
{
	return MISUSE(
	    get_n(q, elements, n, got, deadline_real(deadline)), q);
}

int
sync_queue_peek(struct sync_queue *q, void *element)
{
	int err = element != NULL ? queue_refuses(q) : EINVAL;

	if (err != 0)
		return MISUSE(err, q);
	return queue_order(q)->peek(q, element);
}

size_t
sync_queue_len(struct sync_queue *q)
{
	return queue_refuses(q) == 0 ? queue_order(q)->len(q) : 0;
}

size_t
sync_queue_capacity(struct sync_queue *q)
{
	return queue_refuses(q) == 0 ? q->capacity : 0;
}

bool
sync_queue_is_closed(struct sync_queue *q)
{
	return queue_refuses(q) == 0 && queue_order(q)->is_closed(q);
}
