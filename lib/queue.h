/* SPDX-License-Identifier: MIT */
/*
 * The queue is a monitor: one lock, three conditions, and a store
 * (base/store.h) that keeps the elements in one of the orders and knows nothing
 * of waiting.  This is the one waiting layer for all orders.  queue.c puts and
 * gets; queue_init.c makes and destroys; queue_close.c closes and counts tasks.
 *
 *	condition	predicate			woken by
 *	not_empty	an element, or closed		put and get, one; close, all
 *	not_full	room, or closed			get and put, one; close, all
 *	all_done	unfinished == 0			task_done, close_now, all
 *
 * Why no wake is lost: a waiter tests its predicate and joins the condition
 * under the lock, and
 *
 *	while there is an element and a getter sleeps, a getter comes
 *	while there is room and a putter sleeps, a putter comes
 *
 * where "comes" means that it was chosen to be woken and has not had the lock
 * since.  put keeps the first when it adds an element.  A getter that arrives
 * has come, so it keeps it again before it leaves: if elements are left it
 * passes the wake on.  Likewise for room.  One at a time is enough: while it is
 * on its way, others that were woken would only queue for the lock.  A waiter
 * whose time is up takes what is there before it says so.
 *
 * Whom to wake is chosen under the lock; they are freed after it, so as to find
 * it free.  They are counted in blocked: the queue stays until they are here.
 *
 * State: 0 none or destroyed; OPEN -> CLOSED, or OPEN or CLOSED -> DISCARDING
 * -> CLOSED.  While DISCARDING the store belongs to the thread inside
 * close_now, which works on it without the lock; to all others it is empty.
 *
 * blocked counts those inside a wait or close_now: while there are any the
 * queue may not go.  Lock order: the queue's lock before nothing else.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include <libsync/queue.h>

enum queue_state { QUEUE_NONE, QUEUE_OPEN, QUEUE_CLOSED, QUEUE_DISCARDING };

/*
 * Take the lock of a queue that is one; every function starts here.
 * 0; EINVAL: null or none; ENOTRECOVERABLE: left behind by fork.
 */
int queue_enter(struct sync_queue *q) SYNC_TRY_ACQUIRE(q->lock);

static inline void queue_leave(struct sync_queue *q) SYNC_RELEASE(q->lock);
static inline void
queue_leave(struct sync_queue *q)
{
	(void)sync_mutex_unlock(&q->lock);
}

/* With the lock held: how many elements there are for others than close_now. */
static inline size_t
queue_available(const struct sync_queue *q)
{
	return q->state == QUEUE_DISCARDING ? 0 : q->store.len;
}

#endif /* QUEUE_H */
