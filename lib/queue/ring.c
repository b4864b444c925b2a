/* SPDX-License-Identifier: MIT */
/*
 * FIFO with a capacity: a ring of slots that many threads fill and empty at
 * once without a lock.  After D. Vyukov's bounded queue: each slot has a stamp
 * that says which put or get may use it next.
 *
 * A place is a number that counts slots from the beginning.  It grows in steps
 * of 4, and at the end of the ring it jumps to the next multiple of lap, a
 * power of two.  So, for any capacity, place % lap / 4 is the slot, and place /
 * lap is the number of times the ring has gone around.  tail contains the place
 * of the next put, head that of the next get; each has two more bits.  With t
 * for twice place / lap,
 *
 *	stamp == t		the slot is free for the element of that place
 *	stamp == t + FILLED	the element is in the slot
 *	stamp == t + 2		the element has been taken out
 *
 * Stamps may wrap around: a slot is never more than one lap behind.
 *
 *	claim	a put moves tail over free slots, a get moves head over filled
 *		slots, each by one compare-and-swap; now they are its own
 *	publish	it copies the elements, and hands each slot over by its stamp
 *
 * tail == head: empty.  tail == head + lap: full.  Otherwise, if the next slot
 * is not ready, the thread that claimed it has not published it yet.  A claim
 * waits for that thread as for the holder of a lock, but at most until its
 * deadline.  So no element is passed over, and a put counts as done when it has
 * claimed.
 *
 * Bits of tail:
 *	CLOSED	no put claims any more
 *	GETTER	the mark of the consumers: some sleep
 * Bits of head:
 *	PUTTER	the mark of the producers: some sleep
 *	LOOKED	a peek is copying the first element; no get may claim meanwhile
 * GETTER is set by a compare-and-swap of tail, so only while tail is where head
 * is; a claim that moves tail keeps it (queue.h).  PUTTER is the same with
 * head.
 *
 * Memory order.  Stamps carry the elements: a filled stamp is stored with
 * release and loaded with acquire.  A free stamp is too, so that no put fills a
 * slot that is still being copied.  The compare-and-swaps order nothing, except
 * that a get acquires head from a peek.
 */
#include "queue/ring.h"

#include <string.h>

#include "base/deadline.h"
#include "base/invariant.h"

/* The number of slots from a place on, n at most, that have that state. */
static size_t
run(const struct sync_ring *r, uint64_t place, size_t n, uint32_t state)
{
	size_t i;

	for (i = 0; i < n; i++) {
		/* pairs with hand_over */
		if (at_load_acquire(&slot_at(r, place)->stamp)
		    != (stamp_of(r, place) | state))
			break;
		place = after(r, place);
	}
	return i;
}

static void
hand_over(struct slot *s, uint32_t stamp)
{
	announce_release(s);
	/* the element, or the room; pairs with run */
	at_store_release(&s->stamp, stamp);
}

static int
closed(const struct sync_ring *r)
{
	(void)at64_load_acquire(&r->tail); /* pairs with ring_close */
	announce_acquire(r);
	return EPIPE;
}

static int
claimed(struct queue_move *m, uint64_t place, size_t n)
{
	m->claimed = place;
	m->moved = n;
	return 0;
}

/* No slot is free at the tail.  0: one is about to be, so try again. */
static int
await_free(struct sync_ring *r, uint64_t place, unsigned *turn,
    sync_time deadline)
{
	if (place_of(at64_load_relaxed(&r->head)) + r->lap == place)
		return EAGAIN;
	return spin_back_off(turn, deadline) ? 0 : ETIMEDOUT;
}

/* Claim slots to fill. */
static int
claim_free(struct sync_ring *r, struct queue_move *m)
{
	unsigned turn = 0;

	for (;;) {
		uint64_t tail = at64_load_relaxed(&r->tail);
		uint64_t place = place_of(tail), mark = tail & RING_GETTER;
		size_t k = run(r, place, m->n, 0);
		int err;

		if (tail & RING_CLOSED)
			return closed(r);
		if (k == 0) {
			err = await_free(r, place, &turn, m->deadline);
			if (err != 0)
				return err;
			continue;
		}
		if (mark != 0 && !m->wakes)
			return QUEUE_OWES;
		if (at64_cas_relaxed(
			&r->tail, &tail, ahead(r, place, k) | mark))
			return claimed(m, place, k);
	}
}

/* No slot is filled at the head.  0: one is about to be, so try again. */
static int
await_filled(struct sync_ring *r, uint64_t place, unsigned *turn,
    sync_time deadline)
{
	uint64_t tail = at64_load_relaxed(&r->tail);

	if (place_of(tail) == place)
		return tail & RING_CLOSED ? closed(r) : EAGAIN;
	return spin_back_off(turn, deadline) ? 0 : ETIMEDOUT;
}

/* Claim filled slots to empty. */
static int
claim_filled(struct sync_ring *r, struct queue_move *m)
{
	unsigned turn = 0;

	for (;;) {
		uint64_t head = at64_load_relaxed(&r->head);
		uint64_t place = place_of(head), mark = head & RING_PUTTER;
		size_t k = run(r, place, m->n, RING_FILLED);
		int err;

		if (k == 0 || head & RING_LOOKED) {
			err = await_filled(r, place, &turn, m->deadline);
			if (err != 0)
				return err;
			continue;
		}
		if (mark != 0 && !m->wakes)
			return QUEUE_OWES;
		/* pairs with the release in unlook */
		if (at64_cas_acquire(
			&r->head, &head, ahead(r, place, k) | mark))
			return claimed(m, place, k);
	}
}

static int
ring_claim(struct sync_queue *q, struct queue_move *m)
{
	return m->puts ? claim_free(&q->ring, m) : claim_filled(&q->ring, m);
}

static void
ring_publish(struct sync_queue *q, struct queue_move *m)
{
	struct sync_ring *r = &q->ring;
	uint64_t place = m->claimed;
	unsigned char *mine = m->elements;
	size_t i, moved = m->moved, size = q->element_size;

	for (i = 0; i < moved; i++) {
		struct slot *s = slot_at(r, place);
		uint32_t stamp = stamp_of(r, place);

		INVARIANT(at_load_relaxed(&s->stamp)
		    == (m->puts ? stamp : stamp | RING_FILLED));
		place = after(r, place);
		announce_acquire(s);
		if (m->puts)
			copy(element_of(r, s), mine, size);
		else
			copy(mine, element_of(r, s), size);
		mine += size;
		/* the last one is the last access to the queue */
		hand_over(s, m->puts ? stamp | RING_FILLED : stamp + RING_LAP);
	}
}

static bool
ring_promising(const struct sync_queue *q, bool puts)
{
	const struct sync_ring *r = &q->ring;

	if (puts)
		return run(r, place_of(at64_load_relaxed(&r->tail)), 1, 0) == 1;
	return run(r, place_of(at64_load_relaxed(&r->head)), 1, RING_FILLED)
	    == 1;
}

static bool
mark_full(struct sync_ring *r)
{
	uint64_t head = at64_load_relaxed(&r->head);
	uint64_t tail = at64_load_relaxed(&r->tail);

	if ((tail & RING_CLOSED) || place_of(head) + r->lap != place_of(tail))
		return false;
	return (head & RING_PUTTER)
	    || at64_cas_relaxed(&r->head, &head, head | RING_PUTTER);
}

static bool
mark_empty(struct sync_ring *r)
{
	uint64_t tail = at64_load_relaxed(&r->tail);
	uint64_t head = at64_load_relaxed(&r->head);

	if ((tail & RING_CLOSED) || place_of(head) != place_of(tail))
		return false;
	return (tail & RING_GETTER)
	    || at64_cas_relaxed(&r->tail, &tail, tail | RING_GETTER);
}

/* While a mark is set, its word changes under the lock only. */
static bool
ring_mark(struct sync_queue *q, bool puts, sync_time deadline)
{
	(void)deadline;
	return puts ? mark_full(&q->ring) : mark_empty(&q->ring);
}

static void
ring_unmark(struct sync_queue *q, bool puts, struct queue_move *between)
{
	(void)between;
	if (puts)
		(void)at64_and_relaxed(&q->ring.head, ~RING_PUTTER);
	else
		(void)at64_and_relaxed(&q->ring.tail, ~RING_GETTER);
}

/* Set LOOKED: no get claims the first element until unlook. */
static int
look(struct sync_ring *r, uint64_t *place)
{
	unsigned turn = 0;

	for (;;) {
		uint64_t head = at64_load_relaxed(&r->head), tail;

		*place = place_of(head);
		if (!(head & RING_LOOKED) && run(r, *place, 1, RING_FILLED) == 1) {
			if (at64_cas_relaxed(&r->head, &head, head | RING_LOOKED))
				return 0;
			continue;
		}
		tail = at64_load_relaxed(&r->tail);
		if (place_of(tail) == *place)
			return tail & RING_CLOSED ? closed(r) : EAGAIN;
		if (!spin_back_off(&turn, DEADLINE_TRY))
			return EAGAIN;
	}
}

static void
unlook(struct sync_ring *r)
{
	/* so the copy is made before the slot goes; pairs with claim_filled */
	(void)at64_add_release(&r->head, -RING_LOOKED);
}

static int
ring_peek(struct sync_queue *q, void *element)
{
	struct sync_ring *r = &q->ring;
	uint64_t place;
	int err = look(r, &place);

	if (err == 0) {
		struct slot *s = slot_at(r, place);

		announce_acquire(s);
		memcpy(element, element_of(r, s), q->element_size);
		unlook(r);
	}
	return err;
}

/* The number of slots before a place, since the beginning. */
static uint64_t
number(const struct sync_ring *r, uint64_t place)
{
	uint64_t laps = place >> r->lap_bits;
	uint64_t slot = (place & (r->lap - 1)) / RING_STEP;

	return laps * (r->end / RING_STEP) + slot;
}

static size_t
ring_len(struct sync_queue *q)
{
	struct sync_ring *r = &q->ring;
	uint64_t head, tail;

	/* While head stays the same, tail was that; it may be seen late. */
	do {
		head = place_of(at64_load_acquire(&r->head));
		tail = place_of(at64_load_acquire(&r->tail));
	} while (head != place_of(at64_load_relaxed(&r->head))
	    || tail - head > r->lap);
	return (size_t)(number(r, tail) - number(r, head));
}

static uint64_t
ring_puts(const struct sync_queue *q)
{
	return number(&q->ring, place_of(at64_load_relaxed(&q->ring.tail)));
}

static bool
ring_is_closed(struct sync_queue *q)
{
	if (!(at64_load_acquire(&q->ring.tail) & RING_CLOSED))
		return false;
	announce_acquire(&q->ring);
	return true;
}

static bool
ring_close(struct sync_queue *q)
{
	announce_release(&q->ring);
	/* pairs with closed and ring_is_closed */
	return !(at64_or_release(&q->ring.tail, RING_CLOSED) & RING_CLOSED);
}

/* Claim all elements of a closed ring: from *place to the place returned. */
static uint64_t
claim_all(struct sync_ring *r, uint64_t *place)
{
	uint64_t end = place_of(at64_load_relaxed(&r->tail)), head;
	unsigned turn = 0;

	for (;;) {
		head = at64_load_relaxed(&r->head);
		*place = place_of(head);
		if (head & RING_LOOKED)
			(void)spin_back_off(&turn, SYNC_NEVER);
		else if (at64_cas_acquire(&r->head, &head, end))
			return end;
	}
}

static size_t
ring_discard(struct sync_queue *q, queue_drop *drop, void *arg)
{
	struct sync_ring *r = &q->ring;
	uint64_t place, end = claim_all(r, &place);
	size_t n = 0;

	for (; place != end; place = after(r, place)) {
		struct slot *s = slot_at(r, place);
		unsigned turn = 0;

		while (run(r, place, 1, RING_FILLED) == 0)
			(void)spin_back_off(&turn, SYNC_NEVER);
		announce_acquire(s);
		if (drop != NULL)
			drop(element_of(r, s), arg);
		hand_over(s, stamp_of(r, place) + RING_LAP);
		n++;
	}
	return n;
}

/* Wait until all claims are published; EBUSY if there is another meanwhile. */
static int
ring_settle(struct sync_queue *q)
{
	struct sync_ring *r = &q->ring;
	uint64_t head = place_of(at64_load_relaxed(&r->head));
	uint64_t tail = place_of(at64_load_relaxed(&r->tail));
	size_t len = (size_t)(number(r, tail) - number(r, head));
	unsigned turn = 0;

	while (run(r, head, len, RING_FILLED) < len
	    || run(r, tail, q->capacity - len, 0) < q->capacity - len) {
		if (place_of(at64_load_relaxed(&r->head)) != head
		    || place_of(at64_load_relaxed(&r->tail)) != tail)
			return EBUSY;
		(void)spin_back_off(&turn, SYNC_NEVER);
	}
	return 0;
}

const struct queue_backend queue_ring = {
	ring_claim,
	ring_publish,
	ring_promising,
	ring_mark,
	ring_unmark,
	ring_peek,
	ring_len,
	ring_puts,
	ring_is_closed,
	ring_close,
	ring_discard,
	ring_settle,
};

/* The bytes before an element, for the stamp; slots are multiples of this. */
static size_t
offset_of(size_t element_size)
{
	return element_size % sizeof(uint64_t) == 0 ? sizeof(uint64_t)
						    : sizeof(struct slot);
}

static size_t
stride_of(size_t element_size)
{
	size_t unit = offset_of(element_size);

	if (element_size > SIZE_MAX - 2 * unit)
		return 0;
	element_size += 2 * unit - 1;
	return element_size - element_size % unit;
}

#define SLACK (sizeof(uint64_t) - 1) /* memory may lie anywhere */

bool
queue_ring_size(size_t element_size, size_t capacity, size_t *size)
{
	size_t stride = stride_of(element_size);

	if (stride == 0 || capacity > ((size_t)PTRDIFF_MAX - SLACK) / stride)
		return false;
	*size = capacity * stride + SLACK;
	return true;
}

void
queue_ring_init(struct sync_queue *q, unsigned char *memory, bool zeroed)
{
	struct sync_ring *r = &q->ring;
	size_t i;

	r->memory = memory + (0 - (uintptr_t)memory) % sizeof(uint64_t);
	r->stride = stride_of(q->element_size);
	r->slot_offset = (uint32_t)offset_of(q->element_size);
	r->few_bytes = copy_is_small(q->element_size);
	r->end = (uint64_t)q->capacity * RING_STEP;
	r->lap = RING_STEP;
	r->lap_bits = 2;
	for (; r->lap < r->end; r->lap *= 2)
		r->lap_bits++;
	for (i = 0; i < q->capacity && !zeroed; i++)
		slot_at(r, i * RING_STEP)->stamp = 0;
}
