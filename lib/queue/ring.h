/* SPDX-License-Identifier: MIT */
/*
 * The slots of the ring, and the fast paths that move one small element.
 * ring.c explains the ring.
 */
#ifndef QUEUE_RING_H
#define QUEUE_RING_H

#include "queue/queue.h"

#include "queue/copy.h"

#define RING_STEP   UINT64_C(4)
#define RING_BITS   (RING_STEP - 1)
#define RING_CLOSED UINT64_C(1) /* of tail */
#define RING_GETTER UINT64_C(2)
#define RING_LOOKED UINT64_C(1) /* of head */
#define RING_PUTTER UINT64_C(2)
#define RING_FILLED 1u /* of a stamp */
#define RING_LAP    2u /* added to a stamp in each lap */

/* The element follows its slot, at the ring's offset. */
struct slot {
	uint32_t stamp; /* atomic */
};

static inline uint64_t
place_of(uint64_t word)
{
	return word & ~RING_BITS;
}

/* The next place. */
static inline uint64_t
after(const struct sync_ring *r, uint64_t place)
{
	return (place & (r->lap - 1)) + RING_STEP < r->end
	    ? place + RING_STEP : (place | (r->lap - 1)) + 1;
}

/* The place n slots further; n is no more than the capacity. */
static inline uint64_t
ahead(const struct sync_ring *r, uint64_t place, size_t n)
{
	uint64_t slot = (place & (r->lap - 1)) + n * RING_STEP;

	place &= ~(r->lap - 1);
	return slot < r->end ? place + slot : place + r->lap + slot - r->end;
}

static inline struct slot *
slot_at(const struct sync_ring *r, uint64_t place)
{
	size_t i = (size_t)((place & (r->lap - 1)) / RING_STEP);

	return (struct slot *)(void *)(r->memory + i * r->stride);
}

static inline unsigned char *
element_of(const struct sync_ring *r, struct slot *s)
{
	return (unsigned char *)s + r->slot_offset;
}

/* The stamp of the slot of that place while it is free. */
static inline uint32_t
stamp_of(const struct sync_ring *r, uint64_t place)
{
	return (uint32_t)(place >> r->lap_bits) * RING_LAP;
}

/* The number of slots from a place on, n at most, that have that state. */
static inline size_t
ring_run(const struct sync_ring *r, uint64_t place, size_t n, uint32_t state)
{
	size_t i;

	for (i = 0; i < n; i++) {
		/* pairs with ring_hand_over */
		if (at_load_acquire(&slot_at(r, place)->stamp)
		    != (stamp_of(r, place) | state))
			break;
		place = after(r, place);
	}
	return i;
}

static inline void
ring_hand_over(struct slot *s, uint32_t stamp)
{
	announce_release(s);
	/* the element, or the room; pairs with ring_run */
	at_store_release(&s->stamp, stamp);
}

static inline int
ring_closed(const struct sync_ring *r)
{
	(void)at64_load_acquire(&r->tail); /* pairs with ring_close */
	announce_acquire(r);
	return EPIPE;
}

/* ring_whole.c: functions of the backend. */
int ring_peek(struct sync_queue *q, void *element);
size_t ring_len(struct sync_queue *q);
uint64_t ring_puts(const struct sync_queue *q);
bool ring_is_closed(struct sync_queue *q);
bool ring_close(struct sync_queue *q);
size_t ring_discard(struct sync_queue *q, queue_drop *drop, void *arg);
int ring_settle(struct sync_queue *q);

/*
 * Move one small element if that takes a few instructions only: no thread is in
 * the way, no thread sleeps, no race detector is active, and the ring is open.
 * False: nothing was done.
 */
static inline bool
ring_put_one(struct sync_queue *q, const void *element)
{
	struct sync_ring *r = &q->ring;
	uint64_t tail = at64_load_relaxed(&r->tail), place = tail;
	uint32_t stamp = stamp_of(r, place);
	struct slot *s;

	if (!r->few_bytes) /* or no ring at all */
		return false;
	s = slot_at(r, place);
	/* as in ring_run, claim_free and ring_hand_over */
	if ((tail & RING_BITS) || announce_on
	    || at_load_acquire(&s->stamp) != stamp
	    || !at64_cas_release(&r->tail, &tail, after(r, place)))
		return false;
	copy_small(element_of(r, s), element, q->element_size);
	at_store_release(&s->stamp, stamp | RING_FILLED);
	return true;
}

static inline bool
ring_get_one(struct sync_queue *q, void *element)
{
	struct sync_ring *r = &q->ring;
	uint64_t head = at64_load_relaxed(&r->head), place = head;
	uint32_t stamp = stamp_of(r, place);
	struct slot *s;

	if (!r->few_bytes) /* or no ring at all */
		return false;
	s = slot_at(r, place);
	/* as in ring_run, claim_filled and ring_hand_over */
	if ((head & RING_BITS) || announce_on
	    || at_load_acquire(&s->stamp) != (stamp | RING_FILLED)
	    || !at64_cas_acquire(&r->head, &head, after(r, place)))
		return false;
	copy_small(element, element_of(r, s), q->element_size);
	at_store_release(&s->stamp, stamp + RING_LAP);
	return true;
}

#endif /* QUEUE_RING_H */
