/* SPDX-License-Identifier: MIT */
/*
 * LIFO, PRIORITY, and FIFO that grows: a store (base/store.h) under a spinlock,
 * which is held for a few instructions and the copying, or while the store
 * grows.  The lock's word has three bits beside, which its holder may change:
 *
 *	CLOSED	no more puts
 *	GETTER	a getter sleeps: the marks of queue.h
 *	PUTTER	a putter sleeps
 *
 * So a lock that is bare when it is taken tells that there is nothing else to
 * see to.
 *
 * len is looked at without the lock by those that spin, as a hint.  What a call
 * says, it has seen under the lock: a put may have returned and its len not be
 * seen yet, nor its lock be free; so to say from len that the store is empty
 * would say it too late.
 */
#include "queue.h"

#include "base/copy.h"
#include "base/spinlock.h"
#include "base/store.h"

#define CLOSED 2u
#define GETTER 4u
#define PUTTER 8u

static bool
has_room(const struct sync_queue *q)
{
	return at64_load_relaxed(&q->store.len) < q->capacity;
}

static bool
has_element(const struct sync_queue *q)
{
	return at64_load_relaxed(&q->store.len) > 0;
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

/* With the lock held, and those bits beside. */
static int
put_locked(struct sync_queue *q, struct queue_move *m, uint32_t *bits)
{
	const unsigned char *from = m->elements;
	int err = 0;

	if (*bits & CLOSED)
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
	queue_shows(q, m, *bits & GETTER);
	*bits &= ~GETTER;
	return 0;
}

static int
put(struct sync_queue *q, struct queue_move *m)
{
	uint32_t bits = spinlock_lock(&q->lock);
	int err = put_locked(q, m, &bits);

	spinlock_unlock(&q->lock, bits);
	return err;
}

/* With the lock held, and those bits beside. */
static int
get_locked(struct sync_queue *q, struct queue_move *m, uint32_t *bits)
{
	unsigned char *to = m->elements;

	if (!has_element(q))
		return *bits & CLOSED ? EPIPE : EAGAIN;
	while (m->moved < m->n && has_element(q)) {
		store_get(&q->store, to);
		to += q->store.element_size;
		m->moved++;
	}
	queue_shows(q, m, *bits & PUTTER);
	*bits &= ~PUTTER;
	return 0;
}

static int
get(struct sync_queue *q, struct queue_move *m)
{
	uint32_t bits = spinlock_lock(&q->lock);
	int err = get_locked(q, m, &bits);

	spinlock_unlock(&q->lock, bits);
	return err;
}

bool
queue_store_put_one(struct sync_queue *q, const void *element)
{
	struct sync_store *s = &q->store;
	bool fits;

	if (announce_on || !spinlock_try_bare(&q->lock))
		return false;
	fits = s->len < s->room; /* no more than the capacity */
	if (fits)
		store_put(s, element);
	spinlock_unlock(&q->lock, 0);
	return fits;
}

bool
queue_store_get_one(struct sync_queue *q, void *element)
{
	struct sync_store *s = &q->store;
	bool there;

	if (announce_on || !spinlock_try_bare(&q->lock))
		return false;
	there = s->len > 0;
	if (there)
		store_get(s, element);
	spinlock_unlock(&q->lock, 0);
	return there;
}

static bool
full(struct sync_queue *q)
{
	uint32_t bits = spinlock_lock(&q->lock);
	bool is = !(bits & CLOSED) && !has_room(q);

	spinlock_unlock(&q->lock, is ? bits | PUTTER : bits & ~PUTTER);
	return is;
}

static bool
empty(struct sync_queue *q)
{
	uint32_t bits = spinlock_lock(&q->lock);
	bool is = !(bits & CLOSED) && !has_element(q);

	spinlock_unlock(&q->lock, is ? bits | GETTER : bits & ~GETTER);
	return is;
}

static int
peek(struct sync_queue *q, void *element)
{
	uint32_t bits = spinlock_lock(&q->lock);
	int err = 0;

	if (has_element(q))
		copy(element, store_front(&q->store), q->store.element_size);
	else
		err = bits & CLOSED ? EPIPE : EAGAIN;
	spinlock_unlock(&q->lock, bits);
	return err;
}

static size_t
len(struct sync_queue *q)
{
	uint32_t bits = spinlock_lock(&q->lock);
	size_t n = (size_t)q->store.len;

	spinlock_unlock(&q->lock, bits);
	return n;
}

static uint64_t
puts_so_far(const struct sync_queue *q)
{
	return at64_load_relaxed(&q->store.puts);
}

static bool
is_closed(struct sync_queue *q)
{
	/* pairs with the lock that close gave back */
	if (!(at_load_acquire(&q->lock) & CLOSED))
		return false;
	announce_acquire(&q->store);
	return true;
}

static bool
close_it(struct sync_queue *q)
{
	uint32_t bits = spinlock_lock(&q->lock);

	announce_release(&q->store);
	spinlock_unlock(&q->lock, bits | CLOSED);
	return !(bits & CLOSED);
}

static size_t
discard(struct sync_queue *q, queue_drop *drop, void *arg)
{
	uint32_t bits = spinlock_lock(&q->lock);
	struct sync_store taken = q->store;

	/* closed, so nobody uses the bytes any more */
	at64_store_relaxed(&q->store.len, 0);
	spinlock_unlock(&q->lock, bits);
	return store_discard(&taken, drop, arg);
}

void
queue_store_await(struct sync_queue *q)
{
	spinlock_unlock(&q->lock, spinlock_lock(&q->lock));
}

const struct queue_order queue_store = {
	put,
	get,
	has_room,
	has_element,
	full,
	empty,
	peek,
	len,
	puts_so_far,
	is_closed,
	close_it,
	discard,
};
