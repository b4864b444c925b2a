/* SPDX-License-Identifier: MIT */
/*
 * The wait queue: a lock, and a list of the threads that sleep, the longest
 * waiter first.  cond, barrier and rwlock are made of it, and each side of a
 * queue sleeps in one.
 *
 * A sleeper and its waiter, which is its place on the list, are on the stack of
 * the thread.  A waker chooses the sleeper, then releases it:
 *
 *	QUEUED  -> CHOSEN	by a waker that holds the lock; takes it off the
 *				list
 *	CHOSEN  -> RELEASED	by the same waker, after it has unlocked
 *	QUEUED  -> LEAVING	by the sleeper itself, at its deadline
 *
 * The states mean:
 *
 *	QUEUED, LEAVING		on the list; the object is in use
 *	CHOSEN			off the list; only RELEASED can follow
 *	RELEASED		the waiter has its result and returns;
 *				it has not accessed the object since it fell
 *				asleep
 *
 * The waker hands the result to the waiter, so the waiter re-checks nothing and
 * a timeout cannot lose it.  Released waiters do not access the object again:
 * the first to return may free it.  A LEAVING waiter still needs the object,
 * because it takes the lock to unlink itself; until then the object cannot be
 * destroyed (EBUSY).
 *
 * The waker releases a waiter with a store to the waiter's own word, and then
 * wakes that address.  After the store the waiter may be gone.  The waker first
 * stores RELEASED for all waiters it chose, in batches of WAITQ_BATCH, and then
 * wakes them.  A woken thread of a higher priority may keep the waker from
 * running; a waiter whose deadline passes meanwhile finds that it is RELEASED.
 *
 * After fork the list names threads that do not exist, and one of them may have
 * held the lock.  waitq_enter detects this by the generation: it empties the
 * list, takes over the lock, and returns WAITQ_FORKED.  A waiter that finds
 * itself in the child (a signal handler of its thread has forked) is not on
 * that list.
 */
#ifndef WAITQ_H
#define WAITQ_H

#include <stdbool.h>
#include <stdint.h>

#include <libsync/base.h>
#include <libsync/time.h>

#include "base/list.h"

/* A thread that sleeps. */
struct sleeper {
	uint32_t state; /* atomic; as above */
	uint32_t id;    /* of the thread */
	int result;     /* set before RELEASED */
};

/* Its place on one list. */
struct waiter {
	struct sync_list_node node; /* first; under the queue's lock */
	struct sleeper *sleeper;    /* set at start */
	uint32_t kind;              /* the object's own use; set at start */
	uint32_t value;             /* the object's own use */
	uint32_t generation;        /* of the list that it joined */
};

#define WAITQ_BATCH 64

/* waitq_enter is the first in the child of a fork; not an error number. */
#define WAITQ_FORKED (-1)

/*
 * Take the lock.  Returns 0; WAITQ_FORKED: taken, and all state of the object
 * that names threads is void; EINVAL: destroyed.  waitq_enter_until also
 * returns ETIMEDOUT if it did not get the lock by the deadline.  A deadline
 * below 0, as of a try function, allows some microseconds.
 */
int waitq_enter(struct sync_waitq *q);
int waitq_enter_until(struct sync_waitq *q, sync_time deadline);
void waitq_leave(struct sync_waitq *q);

/* With the lock held, which this releases: nobody can enter any more. */
void waitq_destroy(struct sync_waitq *q);

/* Whether the list is empty.  Exact with the lock held, else a hint. */
bool waitq_empty(const struct sync_waitq *q);

/* Whether it is destroyed.  A hint; waitq_enter gives the exact answer. */
bool waitq_destroyed(const struct sync_waitq *q);

/*
 * The calling thread as a sleeper that is QUEUED.  Several waiters, each on
 * another list, may have one sleeper: only one waker can choose it.
 */
struct sleeper waitq_sleeper(void);

/* With the lock held: put w, whose sleeper is the calling thread, on the list. */
void waitq_queue(struct sync_waitq *q, struct waiter *w);

/*
 * Without the lock, after waitq_queue: sleep until released or the deadline.
 * Returns the result of the release; the lock is not held, and the object was
 * not accessed.  Or returns ETIMEDOUT; the lock is held, and w is off the list.
 */
int waitq_sleep(struct sync_waitq *q, struct waiter *w, sync_time deadline);

/*
 * With the lock held: the waiter that has waited longest and is not LEAVING;
 * null if there is none.
 */
struct waiter *waitq_first(const struct sync_waitq *q);

/* With the lock held: whether any waiter with that value is LEAVING. */
bool waitq_leaving(const struct sync_waitq *q, uint32_t value);

/*
 * With the lock held: choose this waiter, take it off the list and append it to
 * *chosen; false if it is LEAVING.  waitq_choose chooses the waiter that has
 * waited longest and is not LEAVING; false if there is none.
 */
bool waitq_choose_this(struct sync_waitq *q, struct waiter *w,
    struct sync_list_node **chosen);
bool waitq_choose(struct sync_waitq *q, struct sync_list_node **chosen);

/* Without the lock: release all chosen waiters, each with this result. */
void waitq_release(struct sync_list_node *chosen, int result);

#endif /* WAITQ_H */
