/* SPDX-License-Identifier: MIT */
/*
 * The ring's slots, and its ways of moving one small element, which are all
 * there is to do as long as nobody is in the way.  queue_ring.c explains it.
 */
#ifndef QUEUE_RING_H
#define QUEUE_RING_H

#include "queue.h"

#include "base/copy.h"

#define RING_STEP   UINT64_C(4)
#define RING_BITS   (RING_STEP - 1)
#define RING_CLOSED UINT64_C(1) /* of tail */
#define RING_GETTER UINT64_C(2)
#define RING_LOOKED UINT64_C(1) /* of head */
#define RING_PUTTER UINT64_C(2)
#define RING_FILLED 1u /* of a stamp */
#define RING_LAP    2u /* from lap to lap */

/* Its element lies behind it, at the ring's offset. */
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

/* The stamp of a slot that is free for the element of that place. */
static inline uint32_t
stamp_of(const struct sync_ring *r, uint64_t place)
{
	return (uint32_t)(place >> r->lap_bits) * RING_LAP;
}

/*
 * One small element, if that needs no more than a few instructions: nobody is
 * in the way, nobody sleeps, no detector listens, it is not closed.  False:
 * nothing was done.
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
	/* as in run, claim_free and hand_over */
	if ((tail & RING_BITS) || announce_on
	    || at_load_acquire(&s->stamp) != stamp
	    || !at64_cas_relaxed(&r->tail, &tail, after(r, place)))
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
	/* as in run, claim_filled and hand_over */
	if ((head & RING_BITS) || announce_on
	    || at_load_acquire(&s->stamp) != (stamp | RING_FILLED)
	    || !at64_cas_acquire(&r->head, &head, after(r, place)))
		return false;
	copy_small(element, element_of(r, s), q->element_size);
	at_store_release(&s->stamp, stamp + RING_LAP);
	return true;
}

#endif /* QUEUE_RING_H */
