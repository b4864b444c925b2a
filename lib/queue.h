/* SPDX-License-Identifier: MIT */
/*
 * The queue: an order that keeps the elements, and one waiting layer for all of
 * them.
 *
 * An order puts and gets at once or says that it cannot (EAGAIN), and remembers
 * that somebody sleeps: a mark for the getters, one for the putters.
 *	queue_ring.c	FIFO with a capacity: a ring without locks
 *	queue_store.c	LIFO, PRIORITY, and FIFO that grows: a store under a lock
 * The waiting layer (queue.c) makes threads sleep and wakes them; queue_init.c
 * makes and destroys; queue_close.c closes and counts tasks.
 *
 * Each side, the getters and the putters, has a wait queue (waitq.h): a lock,
 * and those that sleep.  What follows says "getter" and "empty"; of putters it
 * holds with "full".
 *
 *	sleep	under the wait queue's lock: mark that a getter sleeps, which an
 *		order does only while it is empty, in one step; join the list
 *	put	that finds the mark takes it away in the step that adds the
 *		element; it then owes a wake: it locks the wait queue and
 *		chooses one
 *	woken	tries again.  If it leaves then, it settles: while others sleep,
 *		it sets the mark again or, if there are elements, chooses one
 *		more
 *
 * Why no wake is lost: while a getter sleeps, either
 *	the mark is set, so the queue is empty and the next put owes a wake; or
 *	a put that took the mark is on its way to the wait queue; or
 *	one that was chosen is on its way back, and will sleep again by the
 *	mark, or settle.
 * Who takes the mark looks at the list under the lock, so it sees whoever set
 * it, and whoever found it set: they were under the lock, and on the list when
 * they gave it back.  One wake at a time is enough: while it is on its way,
 * others that were woken would only come in vain.  A waiter whose time is up
 * has spent no wake, and takes what is there before it says so.
 *
 * Who may free: whoever got the last element may destroy the queue although the
 * put that brought it owes a wake, or has been asleep before.  So inside counts
 * two kinds of thread.
 *	WAITING	asleep or about to be, or in close_now: destroy is EBUSY
 *	PASSING	has moved elements and will touch the queue again, for a few
 *		instructions: destroy lingers until it has not
 * A thread becomes PASSING in one step before what it did can be seen.  One
 * that owes nothing and has not waited does not count, and does not touch the
 * queue after that.  Others may be copying still what they got or put before,
 * and what they have claimed or counted shows in len and puts already; so
 * destroy looks at the store's lock first, and at the ring's slots, and after
 * those once more at who passes.
 *
 * Lock order: a wait queue's lock, then the store's.  Two wait queues are never
 * locked at once.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include <libsync/queue.h>

#include "base/atomic.h"
#include "base/spin.h"
#include "plat.h"

enum { QUEUE_NONE, QUEUE_THERE = 0x71756575 };

/* In inside. */
#define QUEUE_WAITING UINT64_C(1)
#define QUEUE_PASSING (UINT64_C(1) << 32)

/* One attempt to move elements. */
struct queue_move {
	unsigned char *elements; /* the caller's */
	size_t n;                /* how many at most */
	bool puts;               /* it is a put; else a get */
	size_t moved;            /* out */
	bool owes;               /* out: took a mark, so it wakes one */
	bool waits;              /* it counts as WAITING */
	bool passes;             /* it counts as PASSING */
};

/*
 * What an order does; nothing of this sleeps.
 * put, get: as many as can be; 0 if that is one at least, EAGAIN, EPIPE; put
 * also ENOMEM.  roomy, filled: whether one is worth trying, as a hint that
 * takes no cache line away from the other side.  full, empty: with that
 * side's wait queue locked: it is so, and open, and the mark is set; or it is
 * not.  peek: 0, EAGAIN, EPIPE.  puts: how many elements were put, ever.
 * close: whether it was open.  discard: of a closed one, take all out at
 * once, and then call drop for each; how many.
 */
typedef void queue_drop(void *element, void *arg);
struct queue_order {
	int (*put)(struct sync_queue *q, struct queue_move *m);
	int (*get)(struct sync_queue *q, struct queue_move *m);
	bool (*roomy)(const struct sync_queue *q);
	bool (*filled)(const struct sync_queue *q);
	bool (*full)(struct sync_queue *q);
	bool (*empty)(struct sync_queue *q);
	int (*peek)(struct sync_queue *q, void *element);
	size_t (*len)(struct sync_queue *q);
	uint64_t (*puts)(const struct sync_queue *q);
	bool (*is_closed)(struct sync_queue *q);
	bool (*close)(struct sync_queue *q);
	size_t (*discard)(struct sync_queue *q, queue_drop *drop, void *arg);
};

extern const struct queue_order queue_ring, queue_store;

/* The kinds of queue: an order, and where it is kept. */
enum { QUEUE_RING, QUEUE_STORE };

static inline const struct queue_order *
queue_order(const struct sync_queue *q)
{
	return q->kind == QUEUE_RING ? &queue_ring : &queue_store;
}

/* 0; EINVAL: null or none; ENOTRECOVERABLE: left behind by fork. */
static inline int
queue_refuses(const struct sync_queue *q)
{
	if (q == NULL || at_load_relaxed(&q->state) != QUEUE_THERE)
		return EINVAL;
	return q->generation == plat_generation() ? 0 : ENOTRECOVERABLE;
}

/* An order says this before what the move did can be seen. */
static inline void
queue_shows(struct sync_queue *q, struct queue_move *m, bool owes)
{
	uint64_t passing = QUEUE_PASSING;

	if (__builtin_expect(!owes && !m->waits, 1))
		return;
	if (m->waits)
		passing -= QUEUE_WAITING;
	/* travels with what is shown, for destroy to see */
	(void)at64_add_relaxed(&q->inside, passing);
	m->owes = owes;
	m->waits = false;
	m->passes = true;
}

/*
 * queue_store.c: one element, if nobody is in the way, nobody sleeps, no
 * detector listens and it is open.  False: nothing was done.
 */
bool queue_store_put_one(struct sync_queue *q, const void *element);
bool queue_store_get_one(struct sync_queue *q, void *element);
/* Before it goes: until nobody holds the lock. */
void queue_store_await(struct sync_queue *q);

/* queue_ring.c: bytes of so many elements; false if that overflows. */
bool queue_ring_size(size_t element_size, size_t capacity, size_t *size);
/* Before it goes: until each slot that was claimed has been handed over. */
void queue_ring_await(struct sync_queue *q);
/* Make it, in memory of that size, of which it uses what is aligned. */
void queue_ring_init(struct sync_queue *q, unsigned char *memory);

#endif /* QUEUE_H */
