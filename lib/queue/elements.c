/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/atomic.h"
#include "base/invariant.h"
#include "queue/copy.h"
#include "queue/elements.h"

#define ARITY 4 /* children share a cache line or two; half the depth of 2 */

/* Bytes before each element. */
static size_t
prefix_of(uint32_t order)
{
	return order == SYNC_PRIORITY ? sizeof(uint64_t) : 0;
}

static unsigned char *
at(const struct sync_store *s, size_t i)
{
	return s->bytes + i * s->stride;
}

static void
ring_put(struct sync_store *s, const void *element)
{
	size_t i = s->head + (size_t)s->len;

	if (i >= s->room)
		i -= s->room;
	copy(at(s, i), element, s->element_size);
}

static void
ring_drop(struct sync_store *s)
{
	s->head = s->head + 1 < s->room ? s->head + 1 : 0;
}

static void
stack_put(struct sync_store *s, const void *element)
{
	copy(at(s, (size_t)s->len), element, s->element_size);
}

/* The key by which the heap is ordered. */
struct key {
	int64_t priority;
	uint64_t sequence;
};

static struct key
key_at(const struct sync_store *s, size_t i)
{
	const unsigned char *p = at(s, i);
	struct key k;

	memcpy(&k.sequence, p, sizeof(k.sequence));
	memcpy(&k.priority, p + sizeof(k.sequence) + s->priority_offset,
	    sizeof(k.priority));
	return k;
}

/* Without a branch, because the processor could not predict it. */
static bool
before(struct key a, struct key b)
{
	return (a.priority < b.priority)
	    | ((a.priority == b.priority) & (a.sequence < b.sequence));
}

static void
move(struct sync_store *s, size_t to, size_t from)
{
	copy(at(s, to), at(s, from), s->stride);
}

/* Move the hole at i up, elements down, to where the key k belongs. */
static size_t
sift_up(struct sync_store *s, size_t i, struct key k)
{
	while (i > 0) {
		size_t parent = (i - 1) / ARITY;

		if (!before(k, key_at(s, parent)))
			break;
		move(s, i, parent);
		i = parent;
	}
	return i;
}

/* The child of i with the smallest key among the first len; len if none. */
static size_t
smallest_child(const struct sync_store *s, size_t i, size_t len)
{
	size_t c = i * ARITY + 1, best = c;
	size_t end = c + ARITY < len ? c + ARITY : len;
	struct key least;

	if (c >= len)
		return len;
	least = key_at(s, c);
	for (c++; c < end; c++) {
		struct key k = key_at(s, c);

		if (before(k, least)) {
			least = k;
			best = c;
		}
	}
	return best;
}

static void
heap_put(struct sync_store *s, const void *element)
{
	struct key k = { 0, s->puts };
	unsigned char *p;

	memcpy(&k.priority, (const unsigned char *)element + s->priority_offset,
	    sizeof(k.priority));
	p = at(s, sift_up(s, (size_t)s->len, k));
	memcpy(p, &k.sequence, sizeof(k.sequence));
	copy(p + sizeof(k.sequence), element, s->element_size);
}

static void
heap_drop(struct sync_store *s)
{
	size_t last = (size_t)s->len - 1, i = 0, c;
	struct key k = key_at(s, last);

	while ((c = smallest_child(s, i, last)) < last
	    && before(key_at(s, c), k)) {
		move(s, i, c);
		i = c;
	}
	if (i != last)
		move(s, i, last);
}

size_t
store_stride(uint32_t order, size_t element_size)
{
	size_t prefix = prefix_of(order);
	size_t round = prefix == 0 ? 1 : sizeof(uint64_t);

	if (element_size > SIZE_MAX - prefix - round)
		return 0;
	return prefix + (element_size + round - 1) / round * round;
}

void
store_put(struct sync_store *s, const void *element)
{
	INVARIANT(s->len < s->room);
	if (s->order == SYNC_FIFO)
		ring_put(s, element);
	else if (s->order == SYNC_LIFO)
		stack_put(s, element);
	else
		heap_put(s, element);
	at64_store_relaxed(&s->len, s->len + 1);
	at64_store_relaxed(&s->puts, s->puts + 1);
}

static inline unsigned char *
front(const struct sync_store *s)
{
	size_t i = s->order == SYNC_FIFO ? s->head : 0;

	if (s->order == SYNC_LIFO)
		i = (size_t)s->len - 1;
	return at(s, i) + prefix_of(s->order);
}

const void *
store_front(const struct sync_store *s)
{
	return front(s);
}

static inline void
drop_front(struct sync_store *s)
{
	if (s->order == SYNC_FIFO)
		ring_drop(s);
	else if (s->order == SYNC_PRIORITY)
		heap_drop(s);
	at64_store_relaxed(&s->len, s->len - 1);
}

void
store_get(struct sync_store *s, void *element)
{
	INVARIANT(s->len > 0 && s->len <= s->room);
	copy(element, front(s), s->element_size);
	drop_front(s);
}

size_t
store_discard(struct sync_store *s, void (*drop)(void *element, void *arg),
    void *arg)
{
	size_t n = (size_t)s->len;

	while (drop != NULL && s->len > 0) {
		drop(front(s), arg);
		drop_front(s);
	}
	at64_store_relaxed(&s->len, 0);
	return n;
}

void
store_grown(struct sync_store *s, size_t room)
{
	size_t tail = s->room - s->head; /* elements from head to the old end */

	if (s->order == SYNC_FIFO && s->len > tail) {
		memmove(at(s, room - tail), at(s, s->head), tail * s->stride);
		s->head = room - tail;
	}
	s->room = room;
}

bool
store_check_invariants_(const struct sync_store *s)
{
	size_t i;

	if (s->len > s->room || (s->room > 0 && s->head >= s->room))
		return false;
	if (s->order != SYNC_PRIORITY)
		return true;
	for (i = 1; i < s->len; i++)
		if (before(key_at(s, i), key_at(s, (i - 1) / ARITY)))
			return false;
	return true;
}
