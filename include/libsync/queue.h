/* SPDX-License-Identifier: MIT */
/*
 * struct sync_queue: elements handed from threads to threads, by value.
 *
 *	struct sync_queue q;
 *	sync_queue_init(&q, SYNC_FIFO, sizeof(struct job), 16);
 *
 *	sync_queue_put(&q, &job);	copies job in; blocks while full
 *	sync_queue_get(&q, &job);	copies it out; blocks while empty
 *	sync_queue_close(&q);		no more puts; gets drain it, then EPIPE
 *
 * Three orders: SYNC_FIFO, SYNC_LIFO, and SYNC_PRIORITY, which hands out the
 * element with the smallest int64_t priority first, equal ones in the order
 * in which they were put.  The priority lies inside the element: by default
 * at its start.  All verbs are the same in all orders.
 *
 * Elements are bytes, copied in and out; a pointer is an element too.  The
 * queue allocates at init only, unless it is SYNC_UNBOUNDED (then it grows)
 * or was given storage (then never).
 *
 * Every function may be called by any thread, none from a signal handler.
 *
 * Any call may meet another thread that is inside a call on the same queue: for a
 * few instructions, for the copying of at most 128 elements, or while an
 * unbounded queue grows.  A try function, and peek, then waits some microseconds
 * at most and returns EAGAIN; an _until function returns ETIMEDOUT at its
 * deadline; the others wait for that thread.
 *
 * Each element put while threads sleep in a get wakes a thread of its own, and
 * so does each place that becomes free while threads sleep in a put.
 *
 * Memory order: what was written before a put is seen after the get that returns
 * the element; before a task_done, after the join; before a close, after each
 * EPIPE.
 *
 * The getter of the last element may destroy and free the queue at once,
 * although the put that brought it has not returned.
 *
 * Elements taken with get may be accounted for, as in Python's queue: each
 * put adds one unfinished task, each sync_queue_task_done takes one away, and
 * sync_queue_join waits for none.
 *
 * After fork: in the child every call returns ENOTRECOVERABLE, but for destroy,
 * which frees what init allocated, and init, which makes the queue usable again.
 */
#ifndef LIBSYNC_QUEUE_H
#define LIBSYNC_QUEUE_H

#include <stdbool.h>

#include <libsync/base.h>
#include <libsync/cond.h>
#include <libsync/time.h>

#define SYNC_UNBOUNDED SIZE_MAX

enum sync_queue_order { SYNC_FIFO, SYNC_LIFO, SYNC_PRIORITY };

/* Elements in one of the orders, without any lock or waiting. */
struct sync_store {
	SYNC_ALIGNED_ uint64_t len;  /* private; atomic, written under lock */
	SYNC_ALIGNED_ uint64_t puts; /* private; likewise; ever, breaks ties */
	size_t head;            /* private; oldest element of a ring */
	unsigned char *bytes;   /* private */
	size_t element_size;    /* private; set at init */
	size_t stride;          /* private; set at init */
	size_t priority_offset; /* private; set at init */
	size_t room;            /* private; elements bytes has room for */
	uint32_t order;         /* private; set at init */
};

/* A ring of slots that many threads fill and empty at once. */
struct sync_ring {
	unsigned char *memory;  /* private; set at init: of the slots */
	size_t stride;          /* private; set at init; from slot to slot */
	uint64_t lap;           /* private; set at init */
	uint64_t end;           /* private; set at init */
	uint32_t lap_bits;      /* private; set at init */
	uint32_t slot_offset;   /* private; set at init; of an element */
	bool few_bytes;         /* private; set at init: in each element */
	unsigned char pad1[64]; /* private; keeps cache lines apart */
	SYNC_ALIGNED_ uint64_t tail; /* private; atomic: the next put, and bits */
	unsigned char pad2[64]; /* private */
	SYNC_ALIGNED_ uint64_t head; /* private; atomic: the next get, and bits */
	unsigned char pad3[64]; /* private */
};

struct sync_queue {
	uint32_t state;      /* private; atomic: whether it is one */
	uint32_t generation; /* private; set at init */
	uint32_t kind;       /* private; set at init */
	bool own_bytes;      /* private; set at init */
	size_t element_size; /* private; set at init */
	size_t capacity;     /* private; set at init */
	struct sync_ring ring;     /* private; the elements, of one kind */
	struct sync_store store;   /* private; of the other; under lock */
	uint32_t lock;             /* private; atomic: held, and bits */
	struct sync_waitq getters; /* private */
	struct sync_waitq putters; /* private */
	struct sync_waitq joiners; /* private */
	SYNC_ALIGNED_ uint64_t inside; /* private; atomic: threads, 2 counts */
	SYNC_ALIGNED_ uint64_t done;   /* private; atomic: tasks, and a bit */
};

/* For sync_queue_init_with; what is left 0 has the meaning given. */
struct sync_queue_options {
	enum sync_queue_order order; /* 0: SYNC_FIFO */
	size_t element_size;         /* bytes; not 0 */
	size_t capacity;             /* elements; not 0; or SYNC_UNBOUNDED */
	size_t priority_offset;      /* of the int64_t; 0: at the start */
	void *storage;               /* null: the queue allocates */
	size_t storage_size;         /* bytes at storage */
	unsigned flags;              /* must be 0 */
};

SYNC_BEGIN_DECLS

/*
 * Make *q an open and empty queue.  init_with takes further options: storage
 * of the caller's (any alignment, at least sync_queue_storage_size bytes; it
 * remains the caller's, and must stay until destroy), and where in an element
 * its priority is.
 * 0; EINVAL: null, unknown order or flag, size or capacity 0, no room for the
 * priority in an element, too little storage, or storage for an unbounded
 * queue; EOVERFLOW: more bytes than the address space has; ENOMEM.
 */
int sync_queue_init(struct sync_queue *q, enum sync_queue_order order,
    size_t element_size, size_t capacity);
int sync_queue_init_with(struct sync_queue *q,
    const struct sync_queue_options *options);

/*
 * How many bytes of storage a queue takes: *size.  Nothing more than the
 * elements for LIFO; for PRIORITY 8 bytes more each, and each rounded up to 8;
 * for FIFO the same if elements are multiples of 8 bytes, else 4 and up to 4;
 * and 7 more, as storage may lie at any address.  0; EINVAL; EOVERFLOW.
 */
int sync_queue_storage_size(enum sync_queue_order order, size_t element_size,
    size_t capacity, size_t *size);

/*
 * End the use of *q and free what init allocated.  Elements still queued are
 * forgotten; sync_queue_close_now hands them over.  Waits for calls that have
 * already handed over their elements but have not returned yet.  0; EBUSY: a
 * thread waits in put, get or join, and has gone to sleep, or is inside
 * close_now, or others were seen to put or get (nothing changed); EINVAL.
 */
int sync_queue_destroy(struct sync_queue *q);

/*
 * Copy *element into the queue.  Blocks while it is full, for _until no longer
 * than to the deadline, for try not at all.  0; EAGAIN: full, or another thread
 * is inside a call (tryput); ETIMEDOUT: the same at the deadline; EPIPE:
 * closed, before or while waiting; ENOMEM: an unbounded queue cannot grow;
 * EINVAL: null or destroyed.  Unless 0, the element is not in the queue.
 */
int sync_queue_put(struct sync_queue *q, const void *element);
int sync_queue_tryput(struct sync_queue *q, const void *element);
int sync_queue_put_until(struct sync_queue *q, const void *element,
    sync_time deadline);

/*
 * Move the next element to *element.  Blocks while the queue is empty and open,
 * for _until no longer than to the deadline, for try not at all.  0; EAGAIN:
 * empty, or another thread is inside a call (tryget); ETIMEDOUT: the same at
 * the deadline; EPIPE: empty and closed; EINVAL: null or destroyed.  Unless 0,
 * *element is as before.
 */
int sync_queue_get(struct sync_queue *q, void *element);
int sync_queue_tryget(struct sync_queue *q, void *element);
int sync_queue_get_until(struct sync_queue *q, void *element,
    sync_time deadline);

/*
 * Put n elements that lie one after the other, as many at a time as there is
 * room for; other putters' elements may come between.  Returns 0 when all
 * are in, else an error of put.  *done, unless null, becomes how many are in
 * the queue, also on error: those are the queue's, the rest is still yours.  n
 * of 0 returns 0, or EPIPE if the queue is closed.
 */
int sync_queue_put_n(struct sync_queue *q, const void *elements, size_t n,
    size_t *done);
int sync_queue_tryput_n(struct sync_queue *q, const void *elements, size_t n,
    size_t *done);
int sync_queue_put_n_until(struct sync_queue *q, const void *elements,
    size_t n, size_t *done, sync_time deadline);

/*
 * Get at least one and at most n elements: what is there, in order.  Elements
 * of a put that is still in progress, and elements behind them, may not be
 * included.  Blocks only while there is none.  Returns 0 and *got, from 1 to n;
 * else an error of get, with *got and *elements as before.  n of 0 is EINVAL.
 */
int sync_queue_get_n(struct sync_queue *q, void *elements, size_t n,
    size_t *got);
int sync_queue_tryget_n(struct sync_queue *q, void *elements, size_t n,
    size_t *got);
int sync_queue_get_n_until(struct sync_queue *q, void *elements, size_t n,
    size_t *got, sync_time deadline);

/*
 * Copy the element that a get would return now to *element and leave it in.
 * Does not block.  0; EAGAIN: empty, or another thread is inside a call; EPIPE:
 * empty and closed; EINVAL.
 */
int sync_queue_peek(struct sync_queue *q, void *element);

/*
 * How many elements there are, and may be at most (SYNC_UNBOUNDED), at some
 * moment during the call; 0 for a null, destroyed or forked queue.
 */
size_t sync_queue_len(struct sync_queue *q);
size_t sync_queue_capacity(struct sync_queue *q);

/*
 * Close: putters, those that wait included, get EPIPE; getters drain the
 * queue and then get EPIPE.  Closing twice is 0.  close_now closes, then takes
 * out at once what is queued, calls drop(element, arg) for each in order unless
 * drop is null, and counts each as done.  drop is called without any lock held
 * and may use the queue, except that a join would wait for itself; it must
 * return; the pointer is good during the call only, and may be aligned for
 * bytes only: copy from it.  0; EINVAL.
 */
int sync_queue_close(struct sync_queue *q);
int sync_queue_close_now(struct sync_queue *q,
    void (*drop)(void *element, void *arg), void *arg);

/* Whether it was closed; false for null, destroyed or forked. */
bool sync_queue_is_closed(struct sync_queue *q);

/*
 * Say that one element taken out has been dealt with, or n.
 * 0; EINVAL: null, destroyed, or more than were put (nothing changed).
 */
int sync_queue_task_done(struct sync_queue *q);
int sync_queue_task_done_n(struct sync_queue *q, size_t n);

/*
 * How many elements that were put are not dealt with, at some moment during
 * the call; 0 for a null, destroyed or forked queue.  Never blocks.
 */
size_t sync_queue_unfinished(struct sync_queue *q);

/*
 * Wait until every element ever put has been dealt with.  Closing does not
 * end the wait.  0; EAGAIN (tryjoin) and ETIMEDOUT: some are unfinished;
 * EINVAL: null or destroyed.
 */
int sync_queue_join(struct sync_queue *q);
int sync_queue_tryjoin(struct sync_queue *q);
int sync_queue_join_until(struct sync_queue *q, sync_time deadline);

SYNC_END_DECLS

#endif /* LIBSYNC_QUEUE_H */
