/* SPDX-License-Identifier: MIT */
/*
 * LIFO, PRIORITY, and FIFO that grows: a store (queue/elements.h) under a spinlock.
 * The lock is held for a few instructions, for the copying of a batch, or while
 * the store grows.  Its word has three more bits, which the holder may change:
 *
 *	CLOSED	no more puts
 *	GETTER	consumers sleep  } the marks of queue.h
 *	PUTTER	producers sleep  }
 *
 * So if the word is 0 when the lock is taken, there is nothing else to check.
 * A claim moves the elements and keeps the lock; publish releases it.
 *
 * Polling reads len without the lock, as a hint.  Results are decided under the
 * lock: a put may have returned although its len is not visible to us yet, so
 * reporting "empty" from an unlocked len could contradict that put.
 */
#include "queue/queue.h"

#include "queue/copy.h"
#include "base/deadline.h"
#include "wait/spinlock.h"
#include "queue/elements.h"

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

/* Make room in memory for one more element, which the capacity allows. */
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

/* With the lock held; bits are the other bits of its word. */
static int
put_locked(struct sync_queue *q, struct queue_move *m, uint32_t bits)
{
	const unsigned char *from = m->elements;
	size_t n = 0;
	int err = 0;

	if (bits & CLOSED)
		return EPIPE;
	if (!has_room(q))
		return EAGAIN;
	if ((bits & GETTER) && !m->wakes)
		return QUEUE_OWES;
	while (n < m->n && has_room(q) && (err = grow(&q->store)) == 0) {
		store_put(&q->store, from);
		from += q->store.element_size;
		n++;
	}
	m->moved = n;
	return n > 0 ? 0 : err;
}

/* With the lock held; bits are the other bits of its word. */
static int
get_locked(struct sync_queue *q, struct queue_move *m, uint32_t bits)
{
	unsigned char *to = m->elements;
	size_t n;

	if (!has_element(q))
		return bits & CLOSED ? EPIPE : EAGAIN;
	if ((bits & PUTTER) && !m->wakes)
		return QUEUE_OWES;
	for (n = 0; n < m->n && has_element(q); n++) {
		store_get(&q->store, to);
		to += q->store.element_size;
	}
	m->moved = n;
	return 0;
}

static int
claim(struct sync_queue *q, struct queue_move *m)
{
	uint32_t bits;
	int err;

	if (!spinlock_lock(&q->lock, m->deadline, &bits))
		return ETIMEDOUT;
	err = m->puts ? put_locked(q, m, bits) : get_locked(q, m, bits);
	m->claimed = bits;
	if (err != 0)
		spinlock_unlock(&q->lock, bits);
	return err;
}

static void
publish(struct sync_queue *q, struct queue_move *m)
{
	spinlock_unlock(&q->lock, (uint32_t)m->claimed);
}

static bool
promising(const struct sync_queue *q, bool puts)
{
	return puts ? has_room(q) : has_element(q);
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
mark(struct sync_queue *q, bool puts, sync_time deadline)
{
	uint32_t bits;
	bool none;

	if (!spinlock_lock(&q->lock, deadline, &bits))
		return false;
	none = !(bits & CLOSED) && !promising(q, puts);
	if (none)
		bits |= puts ? PUTTER : GETTER;
	spinlock_unlock(&q->lock, bits);
	return none;
}

static void
unmark(struct sync_queue *q, bool puts, struct queue_move *between)
{
	uint32_t bits, bit = puts ? PUTTER : GETTER;

	if (between != NULL) {
		between->claimed &= ~bit;
		return;
	}
	(void)spinlock_lock(&q->lock, SYNC_NEVER, &bits);
	spinlock_unlock(&q->lock, bits & ~bit);
}

static int
peek(struct sync_queue *q, void *element)
{
	uint32_t bits;
	int err = 0;

	if (!spinlock_lock(&q->lock, DEADLINE_TRY, &bits))
		return EAGAIN;
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
	uint32_t bits;
	size_t n;

	if (!spinlock_lock(&q->lock, DEADLINE_TRY, &bits))
		return (size_t)at64_load_relaxed(&q->store.len);
	n = (size_t)q->store.len;
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
	uint32_t bits;

	(void)spinlock_lock(&q->lock, SYNC_NEVER, &bits);
	announce_release(&q->store);
	spinlock_unlock(&q->lock, bits | CLOSED);
	return !(bits & CLOSED);
}

static size_t
discard(struct sync_queue *q, queue_drop *drop, void *arg)
{
	struct sync_store taken;
	uint32_t bits;

	(void)spinlock_lock(&q->lock, SYNC_NEVER, &bits);
	taken = q->store;
	/* closed, so nobody uses the bytes any more */
	at64_store_relaxed(&q->store.len, 0);
	spinlock_unlock(&q->lock, bits);
	return store_discard(&taken, drop, arg);
}

static int
settle(struct sync_queue *q)
{
	uint32_t bits;

	(void)spinlock_lock(&q->lock, SYNC_NEVER, &bits);
	spinlock_unlock(&q->lock, bits);
	return 0;
}

const struct queue_backend queue_store = {
	claim,
	publish,
	promising,
	mark,
	unmark,
	peek,
	len,
	puts_so_far,
	is_closed,
	close_it,
	discard,
	settle,
};
