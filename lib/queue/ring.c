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
 * slot that is still being copied.  The compare-and-swaps order nothing, with two
 * exceptions: a get acquires head from a peek, and a put releases tail, so that
 * ring_len sees no more elements than there were.
 */
#include "queue/ring.h"

#include <string.h>

#include "base/deadline.h"
#include "base/invariant.h"

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
		size_t k = ring_run(r, place, m->n, 0);
		int err;

		if (tail & RING_CLOSED)
			return ring_closed(r);
		if (k == 0) {
			err = await_free(r, place, &turn, m->deadline);
			if (err != 0)
				return err;
			continue;
		}
		if (mark != 0 && !m->wakes)
			return QUEUE_OWES;
		/* the gets that made room; pairs with ring_len */
		if (at64_cas_release(
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
		return tail & RING_CLOSED ? ring_closed(r) : EAGAIN;
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
		size_t k = ring_run(r, place, m->n, RING_FILLED);
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
		ring_hand_over(s, m->puts ? stamp | RING_FILLED : stamp + RING_LAP);
	}
}

static bool
ring_promising(const struct sync_queue *q, bool puts)
{
	const struct sync_ring *r = &q->ring;
	uint64_t word = at64_load_relaxed(puts ? &r->tail : &r->head);

	return ring_run(r, place_of(word), 1, puts ? 0 : RING_FILLED) == 1;
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
