/* SPDX-License-Identifier: MIT */
/*
 * The ring as a whole: how it is made, peeked at, measured, closed and ended.
 * ring.c explains the ring.
 */
#include "queue/ring.h"

#include <errno.h>
#include <string.h>

#include "base/deadline.h"

/* Set LOOKED: no get claims the first element until unlook. */
static int
look(struct sync_ring *r, uint64_t *place)
{
	unsigned turn = 0;

	for (;;) {
		uint64_t head = at64_load_relaxed(&r->head), tail;

		*place = place_of(head);
		if (!(head & RING_LOOKED)
		    && ring_run(r, *place, 1, RING_FILLED) == 1) {
			if (at64_cas_relaxed(&r->head, &head, head | RING_LOOKED))
				return 0;
			continue;
		}
		tail = at64_load_relaxed(&r->tail);
		if (place_of(tail) == *place)
			return tail & RING_CLOSED ? ring_closed(r) : EAGAIN;
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

int
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

size_t
ring_len(struct sync_queue *q)
{
	struct sync_ring *r = &q->ring;
	uint64_t head, tail;

	/*
	 * While head stays the same, tail was that; it may be seen late.  The
	 * gets that made room for the last put are in head (see claim_free).
	 */
	do {
		head = place_of(at64_load_acquire(&r->head));
		tail = place_of(at64_load_acquire(&r->tail));
	} while (head != place_of(at64_load_relaxed(&r->head))
	    || tail - head > r->lap);
	return (size_t)(number(r, tail) - number(r, head));
}

uint64_t
ring_puts(const struct sync_queue *q)
{
	return number(&q->ring, place_of(at64_load_relaxed(&q->ring.tail)));
}

bool
ring_is_closed(struct sync_queue *q)
{
	if (!(at64_load_acquire(&q->ring.tail) & RING_CLOSED))
		return false;
	announce_acquire(&q->ring);
	return true;
}

bool
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

size_t
ring_discard(struct sync_queue *q, queue_drop *drop, void *arg)
{
	struct sync_ring *r = &q->ring;
	uint64_t place, end = claim_all(r, &place);
	size_t n = 0;

	for (; place != end; place = after(r, place)) {
		struct slot *s = slot_at(r, place);
		unsigned turn = 0;

		while (ring_run(r, place, 1, RING_FILLED) == 0)
			(void)spin_back_off(&turn, SYNC_NEVER);
		announce_acquire(s);
		if (drop != NULL)
			drop(element_of(r, s), arg);
		ring_hand_over(s, stamp_of(r, place) + RING_LAP);
		n++;
	}
	return n;
}

/* Wait until all claims are published; EBUSY if there is another meanwhile. */
int
ring_settle(struct sync_queue *q)
{
	struct sync_ring *r = &q->ring;
	uint64_t head = place_of(at64_load_relaxed(&r->head));
	uint64_t tail = place_of(at64_load_relaxed(&r->tail));
	size_t len = (size_t)(number(r, tail) - number(r, head));
	unsigned turn = 0;

	while (ring_run(r, head, len, RING_FILLED) < len
	    || ring_run(r, tail, q->capacity - len, 0) < q->capacity - len) {
		if (place_of(at64_load_relaxed(&r->head)) != head
		    || place_of(at64_load_relaxed(&r->tail)) != tail)
			return EBUSY;
		(void)spin_back_off(&turn, SYNC_NEVER);
	}
	return 0;
}

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
