/* SPDX-License-Identifier: MIT */
/*
 * The wait queue: a lock, and the threads that sleep, longest first.  cond,
 * barrier and rwlock are made of it, and each side of a queue sleeps in one.
 *
 * A waiter lies on the stack of its thread.  It is chosen, then freed:
 *
 *	QUEUED  -> CHOSEN	by a waker, with the lock held; off the list
 *	CHOSEN  -> FREED	by the same waker, after it gave the lock back
 *	QUEUED  -> LEAVING	by the waiter itself, at its deadline
 *
 * and in each state:
 *
 *	QUEUED, LEAVING		on the list; the object is in use
 *	CHOSEN			off the list; the result stands in the waiter,
 *				nothing but FREED can follow
 *	FREED			the waiter returns, and has not touched the
 *				object since it fell asleep
 *
 * So what a waiter waited for is handed to it: there is nothing to look at
 * again, nothing to lose to a timeout, and those that were freed do not mind if
 * the first of them to return frees the object.  A waiter that is LEAVING does
 * use it still, as it takes the lock to get off the list; until then destroying
 * the object is EBUSY.
 *
 * The waker frees with a store to the waiter's own word and then wakes that
 * address; after the store the waiter may be gone.  It first stores FREED for
 * all that it chose, in batches of WAITQ_BATCH, and then wakes them: a woken
 * thread of a higher priority may keep the waker from running, and a waiter
 * whose deadline passes meanwhile finds that it was freed.
 *
 * After fork the list names threads that do not exist, and one of them may
 * have held the lock.  The generation tells: waitq_enter then empties the
 * list, takes the lock over, and reports it.  A waiter that finds itself in the
 * child (a signal handler of its thread has forked) is not on that list.
 */
#ifndef WAITQ_H
#define WAITQ_H

#include <stdbool.h>
#include <stdint.h>

#include <libsync/base.h>
#include <libsync/time.h>

#include "base/list.h"

struct waiter {
	struct sync_list_node node; /* first; under the queue's lock */
	uint32_t state;             /* atomic; as above */
	uint32_t kind;              /* the object's own use; set at start */
	uint32_t id;                /* of the thread; set at start */
	uint32_t value;             /* the object's own use */
	uint32_t generation;        /* of the list that it joined */
	int result;                 /* set before FREED */
};

#define WAITQ_BATCH 64

/* waitq_enter found what fork left; not an errno number. */
#define WAITQ_FORKED (-1)

/*
 * Take the lock.  0; WAITQ_FORKED: taken, and all state that speaks of
 * threads is void; EINVAL: destroyed.  waitq_enter_until also ETIMEDOUT: not
 * by the deadline; for one below 0, that of a try function, not within some
 * microseconds.
 */
int waitq_enter(struct sync_waitq *q);
int waitq_enter_until(struct sync_waitq *q, sync_time deadline);
void waitq_leave(struct sync_waitq *q);

/* With the lock held: nothing can be entered any more; leaves. */
void waitq_destroy(struct sync_waitq *q);

/* Whether anybody is on the list.  Exact with the lock held, else a hint. */
bool waitq_empty(const struct sync_waitq *q);

/* Whether it was destroyed; a hint, as entering it says for sure. */
bool waitq_destroyed(const struct sync_waitq *q);

/* With the lock held: the calling thread joins the list as w. */
void waitq_queue(struct sync_waitq *q, struct waiter *w);

/*
 * Without the lock, after waitq_queue: sleep until freed or the deadline.
 * Returns the result it was freed with, the lock not held and the object not
 * touched; or ETIMEDOUT, with the lock held and w off the list.
 */
int waitq_sleep(struct sync_waitq *q, struct waiter *w, sync_time deadline);

/* With the lock held: the longest waiter that is not leaving; null if none. */
struct waiter *waitq_first(const struct sync_waitq *q);

/* With the lock held: whether any of that value is leaving. */
bool waitq_leaving(const struct sync_waitq *q, uint32_t value);

/*
 * With the lock held: choose this waiter, take it off the list and append it
 * to *chosen.  False if it is leaving.  waitq_choose: the longest that is not;
 * false if there is none.
 */
bool waitq_choose_this(struct sync_waitq *q, struct waiter *w,
    struct sync_list_node **chosen);
bool waitq_choose(struct sync_waitq *q, struct sync_list_node **chosen);

/* Without the lock: free all that were chosen, each with this result. */
void waitq_free(struct sync_list_node *chosen, int result);

#endif /* WAITQ_H */
