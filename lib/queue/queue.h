/* SPDX-License-Identifier: MIT */
/*
 * The queue: a backend that stores the elements, and one waiting layer for all
 * backends.
 *	ring.c		FIFO with a capacity: a ring without locks
 *	ring_whole.c	peeks at the ring, measures, makes and ends it
 *	locked.c	LIFO, PRIORITY, and FIFO that grows: a store under a
 *			lock
 *	wait.c	the waiting layer: makes threads sleep and wakes them
 *	queue.c		the calls that move elements
 *	init.c	makes and destroys a queue
 *	close.c	closes a queue and counts tasks
 *
 * There are two sides, consumers (getters in the code) and producers (putters).
 * Each side has a wait queue (waitq.h): a lock, and the list of sleepers.  A
 * backend keeps a mark for each side.  The other side reads it in the step that
 * moves elements.  The following is about consumers and an empty queue; the
 * same is true for producers and a full queue.
 *
 *	mark	is set while the list has a consumer, and clear otherwise; list
 *		and mark change under the wait queue's lock only
 *	sleep	under that lock: the backend sets the mark, in one step, only if
 *		it is empty; then the consumer joins the list
 *	put	claims room.  If the mark is set, it claims under the wait
 *		queue's lock, and chooses as many consumers as it has elements.
 *		Then it publishes its elements, which is its last access to the
 *		queue, and releases the consumers it chose
 *	woken	tries again, and sleeps again if it finds no element
 *
 * Why no wake is lost: a consumer joins the list in a step that sees the queue
 * empty, and from then on each put chooses consumers for its own elements.  So
 * while a consumer sleeps, there are at least as many chosen consumers on their
 * way as there are elements.  No put depends on another thread to pass a wake
 * on.  If a chosen consumer finds no element, a consumer that did not sleep has
 * taken it, and the sum is the same.  A chosen consumer leaves without an
 * attempt only if its deadline passes while another thread is in its way; then
 * it chooses another consumer instead.
 *
 * Inside a claim, a thread may wait for another thread that has claimed and not
 * published yet, or that holds a lock of the queue.  It waits at most until its
 * deadline, or for some microseconds if it only tries; then the claim returns
 * ETIMEDOUT.
 *
 * When the queue may be freed: the consumer of the last element may destroy it
 * although the put has not returned.  Publishing is the last access of a put
 * and of a get; destroy waits until all that is claimed is published.  inside
 * counts threads of two other kinds:
 *	WAITING	asleep, about to sleep, just woken, or in close_now: destroy
 *		returns EBUSY
 *	PASSING	will access the queue again within a few instructions: in
 *		close, in task_done, and between two batches of a get.  destroy
 *		waits until there are none
 * A thread that waited stops counting as WAITING before it publishes.
 *
 * Lock order: a wait queue's lock, then the store's.  No thread holds the locks
 * of two wait queues.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include <libsync/queue.h>

#include "base/atomic.h"
#include "wait/spin.h"
#include "plat.h"

enum { QUEUE_NONE, QUEUE_THERE = 0x71756575 };

/* One thread of each kind, in inside. */
#define QUEUE_WAITING UINT64_C(1)
#define QUEUE_PASSING (UINT64_C(1) << 32)

/*
 * The most elements of one claim.  A batch must check all its slots before it
 * claims; a longer one would lose the race against single elements.
 */
#define QUEUE_BATCH 128

/* One attempt to move elements. */
struct queue_move {
	unsigned char *elements; /* the caller's */
	size_t n;                /* the most to move; up to QUEUE_BATCH */
	bool puts;               /* it is a put; else a get */
	sync_time deadline;      /* DEADLINE_TRY for a try function */
	bool waits;              /* it counts as WAITING */
	bool wakes;              /* it holds the lock of the other side */
	size_t moved;            /* out, of claim */
	uint64_t claimed;        /* from claim to publish, for the backend */
};

/* A claim found the mark of the other side set; not an error number. */
#define QUEUE_OWES (-1)

/*
 * The functions of a backend.  It calls nothing of the layers above.
 *
 * claim	reserve up to m->n elements, or places for as many, for this
 *		thread.  0; EAGAIN: empty or full; EPIPE; ENOMEM; ETIMEDOUT:
 *		another thread was in the way for too long; QUEUE_OWES: the mark
 *		of the other side is set and m->wakes is false
 * publish	make the claim take effect; the last access to the queue
 * promising	whether a claim is worth trying: a hint, which does not read a
 *		cache line that the other side writes often
 * mark		under the lock of that side's wait queue: if the queue is open
 *		and empty (or full), set the mark; else false
 * unmark	under the same lock: clear the mark.  between is null, or a move
 *		that has claimed and not published yet
 * peek		0; EAGAIN; EPIPE
 * puts		return the number of elements that were ever put
 * close	close it; false if it was closed already
 * discard	of a closed queue: take out all elements at once, then call drop
 *		for each; return their number
 * settle	before destroy: wait until all that is claimed is published.
 *		0; EBUSY: the queue is in use
 */
typedef void queue_drop(void *element, void *arg);
struct queue_backend {
	int (*claim)(struct sync_queue *q, struct queue_move *m);
	void (*publish)(struct sync_queue *q, struct queue_move *m);
	bool (*promising)(const struct sync_queue *q, bool puts);
	bool (*mark)(struct sync_queue *q, bool puts, sync_time deadline);
	void (*unmark)(
	    struct sync_queue *q, bool puts, struct queue_move *between);
	int (*peek)(struct sync_queue *q, void *element);
	size_t (*len)(struct sync_queue *q);
	uint64_t (*puts)(const struct sync_queue *q);
	bool (*is_closed)(struct sync_queue *q);
	bool (*close)(struct sync_queue *q);
	size_t (*discard)(struct sync_queue *q, queue_drop *drop, void *arg);
	int (*settle)(struct sync_queue *q);
};

extern const struct queue_backend queue_ring, queue_store;

enum { QUEUE_RING, QUEUE_STORE };

static inline const struct queue_backend *
queue_backend(const struct sync_queue *q)
{
	return q->kind == QUEUE_RING ? &queue_ring : &queue_store;
}

/* 0; EINVAL: null, or not a queue; ENOTRECOVERABLE: the parent's. */
static inline int
queue_refuses(const struct sync_queue *q)
{
	if (q == NULL || at_load_relaxed(&q->state) != QUEUE_THERE)
		return EINVAL;
	return q->generation == plat_generation() ? 0 : ENOTRECOVERABLE;
}

/*
 * wait.c: move elements, and wait for room or for an element until
 * m->deadline.  Returns 0; EAGAIN for a try function, else ETIMEDOUT; EPIPE;
 * ENOMEM; EINVAL: destroyed.
 */
int queue_move(struct sync_queue *q, struct queue_move *m);

/* wait.c: release all sleepers of one side; each tries again. */
void queue_wake_all(struct sync_queue *q, bool puts);

/*
 * locked.c: move one element if the lock is free, no thread sleeps, no
 * race detector is active, and the queue is open.  False: nothing was done.
 */
bool queue_store_put_one(struct sync_queue *q, const void *element);
bool queue_store_get_one(struct sync_queue *q, void *element);

/* ring_whole.c: the bytes of that many elements; false if that overflows. */
bool queue_ring_size(size_t element_size, size_t capacity, size_t *size);
/*
 * Make the ring in memory of that size; it begins at the first aligned byte.
 * zeroed: all bytes of the memory are 0.
 */
void queue_ring_init(
    struct sync_queue *q, unsigned char *memory, bool zeroed);

#endif /* QUEUE_H */
