/* SPDX-License-Identifier: MIT */
/*
 * LIFO, PRIORITY, and FIFO that grows: a store (base/store.h) under one lock,
 * which is held for a few instructions and the copying.  Everything here is
 * guarded by it; puts is also read without.  getter_sleeps and putter_sleeps
 * are the marks of queue.h.
 */
#include "queue.h"

#include <string.h>

#include "base/store.h"
#include "mutex.h"

static void lock(struct sync_queue *q) SYNC_ACQUIRE(q->lock);
static void
lock(struct sync_queue *q) SYNC_NO_ANALYSIS
{
	(void)mutex_lock(&q->lock, SYNC_NEVER); /* nobody can destroy it now */
}

static void
unlock(struct sync_queue *q) SYNC_RELEASE(q->lock)
{
	(void)sync_mutex_unlock(&q->lock);
}

static bool
has_room(const struct sync_queue *q)
{
	return q->store.len < q->capacity;
}

static bool
has_element(const struct sync_queue *q)
{
	return q->store.len > 0;
}

/* Take a mark away, and say whether it was there. */
static bool
take(bool *mark)
{
	bool was = *mark;

	*mark = false;
	return was;
}

/* Room in memory for one more, which the capacity allows. */
static int
grow(struct sync_store *s)
{
	unsigned char *bytes;
	size_t room;

	if (s->len < s->room)
		return 0;
	if (s->room > (size_t)PTRDIFF_MAX / 2 / s->stride)
		return ENOMEM;
	room = s->room * 2;
	bytes = plat_realloc(s->bytes, room * s->stride);
	if (bytes == NULL)
		return ENOMEM;
	s->bytes = bytes;
	store_grown(s, room);
	return 0;
}

static int
put_locked(struct sync_queue *q, struct queue_move *m) SYNC_REQUIRES(q->lock)
{
	const unsigned char *from = m->elements;
	int err = 0;

	if (q->closed)
		return EPIPE;
	if (!has_room(q))
		return EAGAIN;
	while (m->moved < m->n && has_room(q)
	    && (err = grow(&q->store)) == 0) {
		store_put(&q->store, from);
		from += q->store.element_size;
		m->moved++;
	}
	if (m->moved == 0)
		return err;
	at64_store_relaxed(&q->puts, q->puts + m->moved);
	queue_shows(q, m, take(&q->getter_sleeps));
	return 0;
}

static int
put(struct sync_queue *q, struct queue_move *m)
{
	int err;

	lock(q);
	err = put_locked(q, m);
	unlock(q);
	return err;
}

static int
get_locked(struct sync_queue *q, struct queue_move *m) SYNC_REQUIRES(q->lock)
{
	unsigned char *to = m->elements;

	if (!has_element(q))
		return q->closed ? EPIPE : EAGAIN;
	while (m->moved < m->n && has_element(q)) {
		memcpy(to, store_front(&q->store), q->store.element_size);
		store_drop(&q->store);
		to += q->store.element_size;
		m->moved++;
	}
	queue_shows(q, m, take(&q->putter_sleeps));
	return 0;
}

static int
get(struct sync_queue *q, struct queue_move *m)
{
	int err;

	lock(q);
	err = get_locked(q, m);
	unlock(q);
	return err;
}

static bool
full(struct sync_queue *q)
{
	bool is;

	lock(q);
	is = !q->closed && !has_room(q);
	q->putter_sleeps = is;
	unlock(q);
	return is;
}

static bool
empty(struct sync_queue *q)
{
	bool is;

	lock(q);
	is = !q->closed && !has_element(q);
	q->getter_sleeps = is;
	unlock(q);
	return is;
}

static int
peek(struct sync_queue *q, void *element)
{
	int err = 0;

	lock(q);
	if (has_element(q))
		memcpy(element, store_front(&q->store), q->store.element_size);
	else
		err = q->closed ? EPIPE : EAGAIN;
	unlock(q);
	return err;
}

static size_t
len(struct sync_queue *q)
{
	size_t n;

	lock(q);
	n = q->store.len;
	unlock(q);
	return n;
}

static uint64_t
puts_so_far(const struct sync_queue *q)
{
	return at64_load_relaxed(&q->puts);
}

static bool
is_closed(struct sync_queue *q)
{
	bool is;

	lock(q);
	is = q->closed;
	unlock(q);
	return is;
}

static bool
close_it(struct sync_queue *q)
{
	bool was_open;

	lock(q);
	was_open = !q->closed;
	q->closed = true;
	unlock(q);
	return was_open;
}

static size_t
discard(struct sync_queue *q, queue_drop *drop, void *arg)
{
	struct sync_store taken;

	lock(q);
	taken = q->store;
	q->store.len = 0; /* closed, so nobody uses the bytes any more */
	unlock(q);
	return store_discard(&taken, drop, arg);
}

const struct queue_order queue_store = {
	put,
	get,
	full,
	empty,
	peek,
	len,
	puts_so_far,
	is_closed,
	close_it,
	discard,
};
