/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stddef.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "base/invariant.h"
#include "wait/spin.h"
#include "wait/ownlock.h"
#include "plat.h"
#include "wait/waitq.h"

enum { QUEUED, CHOSEN, RELEASED, LEAVING };

/* The calling thread holds the lock. */
#define HELD(q) ownlock_mine(&(q)->lock, plat_self())

static struct waiter *
waiter_of(struct sync_list_node *n)
{
	return (struct waiter *)(void *)n; /* its first member */
}

static uint32_t
state_of(const struct waiter *w)
{
	return at_load_relaxed(&w->sleeper->state);
}

/* The holder was lost in a fork; the state it guarded is discarded too. */
static int
take_over(struct sync_waitq *q, uint32_t self)
{
	uint32_t w = at_load_relaxed(&q->lock);

	while (w != OWN_DEAD && identity_lost(w & OWN_ID))
		if (at_cas_acquire(&q->lock, &w, self))
			return 0;
	return ownlock_wait(&q->lock, self, SYNC_NEVER);
}

/* A try function waits some microseconds for a thread that is inside. */
static int
try_for_a_moment(uint32_t *lock, uint32_t self)
{
	unsigned turn = 0;

	while (spin_back_off(&turn, DEADLINE_TRY)) {
		uint32_t w = at_load_relaxed(lock);

		if (w == OWN_DEAD)
			return EINVAL;
		if (w == 0 && ownlock_try(lock, self))
			return 0;
	}
	return ownlock_wait(lock, self, DEADLINE_TRY);
}

int
waitq_enter_until(struct sync_waitq *q, sync_time deadline)
{
	uint32_t self = plat_self();
	uint32_t now = plat_generation();
	int err = 0;

	if (!ownlock_try(&q->lock, self))
		err = deadline < 0 ? try_for_a_moment(&q->lock, self)
				   : ownlock_wait(&q->lock, self, deadline);
	if (err == ENOTRECOVERABLE)
		err = take_over(q, self);
	if (err == 0 && q->generation != now) {
		q->generation = now;
		at_store_pointer(&q->tail, NULL);
		err = WAITQ_FORKED;
	}
	return err;
}

int
waitq_enter(struct sync_waitq *q)
{
	return waitq_enter_until(q, SYNC_NEVER);
}

void
waitq_leave(struct sync_waitq *q)
{
	ownlock_unlock(&q->lock, plat_self());
}

void
waitq_destroy(struct sync_waitq *q)
{
	INVARIANT(HELD(q));
	at_store_release(&q->lock, OWN_DEAD);
	/* Whoever is late sleeps for a lock that will not be unlocked. */
	plat_wake(PLAT_PRIVATE, &q->lock, PLAT_ALL, PLAT_ALL);
}

bool
waitq_empty(const struct sync_waitq *q)
{
	return at_load_pointer(&q->tail) == NULL;
}

bool
waitq_destroyed(const struct sync_waitq *q)
{
	return at_load_relaxed(&q->lock) == OWN_DEAD;
}

/* With the lock held. */
static void
off_the_list(struct sync_waitq *q, struct waiter *w)
{
	struct sync_list_node *tail = q->tail;

	list_remove(&tail, &w->node);
	at_store_pointer(&q->tail, tail);
}

struct sleeper
waitq_sleeper(void)
{
	return (struct sleeper) { .state = QUEUED, .id = plat_self() };
}

void
waitq_queue(struct sync_waitq *q, struct waiter *w)
{
	struct sync_list_node *tail = q->tail;

	INVARIANT(HELD(q));
	w->generation = q->generation;
	list_append(&tail, &w->node);
	at_store_pointer(&q->tail, tail);
}

/* At the deadline and not chosen: take the lock and unlink the waiter. */
static void
leave_list(struct sync_waitq *q, struct waiter *w)
{
	if (waitq_enter(q) == WAITQ_FORKED)
		q->generation = w->generation; /* the next enter reports it */
	else if (w->generation == q->generation)
		off_the_list(q, w);
}

/* Whether the waiter can no longer be chosen; then it must leave the list. */
static bool
waiter_leaves(struct waiter *w)
{
	uint32_t state = QUEUED;

	return at_cas_relaxed(&w->sleeper->state, &state, LEAVING);
}

static int
sleep_until_released(struct sync_waitq *q, struct waiter *w, sync_time deadline)
{
	struct sleeper *s = w->sleeper;
	uint32_t state;

	/* pairs with the release in waitq_release: the result, and all before */
	while ((state = at_load_acquire(&s->state)) != RELEASED) {
		int err = plat_wait(PLAT_PRIVATE, &s->state, state, PLAT_ALL,
		    deadline);

		if (err != ETIMEDOUT)
			continue;
		if (waiter_leaves(w)) {
			/* We are on the list: nobody may destroy q. */
			leave_list(q, w);
			return ETIMEDOUT;
		}
		deadline = SYNC_NEVER; /* chosen: RELEASED is on its way */
	}
	announce_acquire(s);
	return s->result;
}

int
waitq_sleep(struct sync_waitq *q, struct waiter *w, sync_time deadline)
{
	struct sleeper *s = w->sleeper;
	int err = sleep_until_released(q, w, deadline);

	announce_new(w, sizeof(*w)); /* they are plain stack again */
	announce_new(s, sizeof(*s));
	return err;
}

struct waiter *
waitq_first(const struct sync_waitq *q)
{
	struct sync_list_node *n, *tail = q->tail;

	INVARIANT(HELD(q));
	if (tail == NULL)
		return NULL;
	n = tail;
	do {
		n = n->next;
		if (state_of(waiter_of(n)) == QUEUED)
			return waiter_of(n);
	} while (n != tail);
	return NULL;
}

bool
waitq_leaving(const struct sync_waitq *q, uint32_t value)
{
	struct sync_list_node *n, *tail = q->tail;

	INVARIANT(HELD(q));
	if (tail == NULL)
		return false;
	n = tail;
	do {
		const struct waiter *w = waiter_of(n);

		if (w->value == value && state_of(w) == LEAVING)
			return true;
		n = n->next;
	} while (n != tail);
	return false;
}

bool
waitq_choose_this(struct sync_waitq *q, struct waiter *w,
    struct sync_list_node **chosen)
{
	uint32_t state = QUEUED;

	INVARIANT(HELD(q));
	if (!at_cas_relaxed(&w->sleeper->state, &state, CHOSEN))
		return false;
	off_the_list(q, w);
	list_append(chosen, &w->node);
	return true;
}

bool
waitq_choose(struct sync_waitq *q, struct sync_list_node **chosen)
{
	struct waiter *w;

	do {
		w = waitq_first(q);
		if (w == NULL)
			return false;
	} while (!waitq_choose_this(q, w, chosen));
	return true;
}

/* Release up to WAITQ_BATCH of them; woken becomes the words to wake. */
static size_t
release_some(struct sync_list_node **chosen, int result,
    const uint32_t *woken[WAITQ_BATCH])
{
	size_t n = 0;

	while (*chosen != NULL && n < WAITQ_BATCH) {
		struct waiter *w = waiter_of((*chosen)->next);

		list_remove(chosen, &w->node); /* before w goes */
		woken[n++] = &w->sleeper->state;
		w->sleeper->result = result;
		announce_release(w->sleeper);
		/* pairs with the load in waitq_sleep */
		at_store_release(&w->sleeper->state, RELEASED);
	}
	return n;
}

void
waitq_release(struct sync_list_node *chosen, int result)
{
	const uint32_t *woken[WAITQ_BATCH];

	while (chosen != NULL) {
		size_t i, n = release_some(&chosen, result, woken);

		for (i = 0; i < n; i++)
			plat_wake(PLAT_PRIVATE, woken[i], 1, PLAT_ALL);
	}
}
