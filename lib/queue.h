/* SPDX-License-Identifier: MIT */
/*
 * The queue: a backend that keeps the elements, and one waiting layer for all
 * backends.
 *	queue_ring.c	FIFO with a capacity: a ring without locks
 *	queue_store.c	LIFO, PRIORITY, and FIFO that grows: a store under a lock
 * The waiting layer (queue.c) makes threads sleep and wakes them; queue_init.c
 * makes and destroys; queue_close.c closes and counts tasks.
 *
 * Each side, the getters and the putters, has a wait queue (waitq.h): a lock,
 * and the threads that sleep.  A backend keeps a mark for each side, which the
 * other side reads in the step that moves elements.  What follows says "getter"
 * and "empty"; for putters it holds with "full".
 *
 *	mark	is set while a getter is on the list, and clear while none is;
 *		both change under the wait queue's lock only
 *	sleep	under that lock: set the mark, which a backend does only while
 *		it is empty, in one step; join the list
 *	put	claims room.  While the mark is set it claims under the wait
 *		queue's lock, and chooses as many getters as it has elements.
 *		Then it publishes its elements, which is its last access to the
 *		queue, and frees those it chose
 *	woken	tries again, and sleeps again if it finds nothing
 *
 * Why no wake is lost: a getter joins the list in a step that sees the queue
 * empty, and from then on each put chooses getters of its own.  So while a
 * getter sleeps, there are at least as many chosen getters on their way as
 * there are elements, and no put depends on another thread to pass a wake on.
 * A chosen getter that finds nothing has lost its element to a getter that did
 * not sleep, and the sum is the same.  One getter leaves without having looked:
 * a chosen one whose deadline passes while another thread is in its way.  It
 * chooses another in its place.
 *
 * A thread waits inside a claim for another thread that is between its claim and
 * its publishing, or that holds a lock of the queue.  It waits no longer than
 * its deadline, or a moment if it only tries: then the claim says ETIMEDOUT.
 *
 * When the queue may be freed: the getter of the last element may destroy it
 * although the put has not returned.  Publishing is the last access of a put
 * and of a get; destroy waits for what is claimed and not published.  inside
 * counts the threads of two other kinds.
 *	WAITING	asleep, about to sleep or just woken, or in close_now: destroy
 *		is EBUSY
 *	PASSING	will access the queue again within a few instructions: in
 *		close and in task_done, and between two batches of a get.
 *		destroy waits until there are none
 * A thread that waited counts itself off before it publishes.
 *
 * Lock order: a wait queue's lock, then the store's.  No thread holds the locks
 * of two wait queues.
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

/*
 * Elements that one claim takes at most.  A long batch must look at all its
 * slots before it claims, and would lose the race against single elements.
 */
#define QUEUE_BATCH 128

/* One attempt to move elements. */
struct queue_move {
	unsigned char *elements; /* the caller's */
	size_t n;                /* how many at most; up to QUEUE_BATCH */
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
 * What a backend does.  It calls nothing of the layers above.
 *
 * claim	as many elements or as much room as there is, up to m->n: they
 *		are this thread's own.  0; EAGAIN: empty or full; EPIPE;
 *		ENOMEM; ETIMEDOUT: another thread was in the way for too long;
 *		QUEUE_OWES: the mark of the other side is set and m->wakes is
 *		not
 * publish	the claim takes effect; the last access to the queue
 * promising	a hint, which takes no cache line away from the other side:
 *		whether a claim is worth trying
 * mark		under the lock of that side's wait queue: whether the queue is
 *		open and empty or full, and the mark is set
 * unmark	under that lock, too: clear the mark; between is null, or a move
 *		that is between claim and publish
 * peek		0, EAGAIN, EPIPE
 * puts		how many elements were ever put
 * close	whether it was open
 * discard	of a closed queue: take all elements out at once, and then call
 *		drop for each; returns how many
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

/* 0; EINVAL: null or none; ENOTRECOVERABLE: left behind by fork. */
static inline int
queue_refuses(const struct sync_queue *q)
{
	if (q == NULL || at_load_relaxed(&q->state) != QUEUE_THERE)
		return EINVAL;
	return q->generation == plat_generation() ? 0 : ENOTRECOVERABLE;
}

/*
 * queue_wait.c: move elements, and wait for room or for an element as long as
 * m->deadline allows.  0; EAGAIN or ETIMEDOUT, by the deadline; EPIPE; ENOMEM;
 * EINVAL: destroyed.
 */
int queue_move(struct sync_queue *q, struct queue_move *m);

/* queue_wait.c: free all that sleep on one side, each to try again. */
void queue_wake_all(struct sync_queue *q, bool puts);

/*
 * queue_store.c: one element, if nobody is in the way, nobody sleeps, no
 * detector listens and it is open.  False: nothing was done.
 */
bool queue_store_put_one(struct sync_queue *q, const void *element);
bool queue_store_get_one(struct sync_queue *q, void *element);

/* queue_ring.c: bytes of that many elements; false if that overflows. */
bool queue_ring_size(size_t element_size, size_t capacity, size_t *size);
/*
 * Make it, in memory of that size, of which it uses what is aligned.  zeroed:
 * all bytes are 0, as they are in memory that nobody has used.
 */
void queue_ring_init(
    struct sync_queue *q, unsigned char *memory, bool zeroed);

#endif /* QUEUE_H */
