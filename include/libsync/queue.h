/* SPDX-License-Identifier: MIT */
/*
 * struct sync_queue: hands elements from producers to consumers, by value.
 *
 *	struct sync_queue q;
 *	sync_queue_init(&q, SYNC_FIFO, sizeof(struct job), 16);
 *
 *	sync_queue_put(&q, &job);	copies job in; blocks while full
 *	sync_queue_get(&q, &job);	copies it out; blocks while empty
 *	sync_queue_close(&q);		no more puts; gets drain it, then EPIPE
 *
 * There are three orders.  SYNC_FIFO hands out the element that was put first,
 * SYNC_LIFO the element that was put last.  With SYNC_PRIORITY, elements come
 * out in order of increasing priority value; elements of equal priority come
 * out in the order they were put in.  The priority is an int64_t inside the
 * element, by default at its start.  Every function can be used with every
 * order.
 *
 * Elements are bytes that are copied in and out.  An element may be a pointer.
 * A queue allocates memory at init only.  A SYNC_UNBOUNDED queue also allocates
 * when it grows; a queue with storage from the caller never allocates.
 *
 * Any thread may call any function; signal handlers must not.
 *
 * A call may find that another thread is inside a call on the same queue.  That
 * thread stays inside for a few instructions, while it copies at most 128
 * elements, or while an unbounded queue grows.  A try function and peek wait
 * for it a few microseconds at most and then return EAGAIN; an _until function
 * returns ETIMEDOUT at its deadline; all other functions wait for that thread.
 *
 * If threads sleep in a get, each element that is put wakes one of them.  If
 * threads sleep in a put, each place that becomes free wakes one of them.
 *
 * Memory order: everything written before a put is visible after the get or
 * peek that returns the element.  Everything written before a task_done is
 * visible after the join returns 0.  Everything written before a close is
 * visible after each EPIPE that the close causes.
 *
 * The consumer of the last element may destroy and free the queue at once, even
 * if the put of that element has not returned yet.
 *
 * The queue counts unfinished tasks, as Python's queue does: each element that
 * is put adds one unfinished task, each sync_queue_task_done() removes one, and
 * sync_queue_join() waits until there are none.
 *
 * After fork: in the child every call fails with ENOTRECOVERABLE, except
 * destroy, which frees the memory that the queue allocated, and init, which
 * makes the queue usable again.
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
	SYNC_ALIGNED_ uint64_t puts; /* private; likewise; breaks ties */
	size_t head;            /* private; oldest element of a ring */
	unsigned char *bytes;   /* private */
	size_t element_size;    /* private; set at init */
	size_t stride;          /* private; set at init */
	size_t priority_offset; /* private; set at init */
	size_t room;            /* private; elements that fit in bytes */
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
	SYNC_ALIGNED_ uint64_t tail; /* private; atomic: next put, bits */
	unsigned char pad2[64]; /* private */
	SYNC_ALIGNED_ uint64_t head; /* private; atomic: next get, bits */
	unsigned char pad3[64]; /* private */
};

struct sync_queue {
	uint32_t state;      /* private; atomic: whether it is valid */
	uint32_t generation; /* private; set at init */
	uint32_t kind;       /* private; set at init: the backend */
	bool own_bytes;      /* private; set at init */
	size_t element_size; /* private; set at init */
	size_t capacity;     /* private; set at init */
	struct sync_ring ring;     /* private; the elements, for one backend */
	struct sync_store store;   /* private; for the other; under lock */
	uint32_t lock;             /* private; atomic: held, and bits */
	struct sync_waitq getters; /* private */
	struct sync_waitq putters; /* private */
	struct sync_waitq joiners; /* private */
	SYNC_ALIGNED_ uint64_t inside; /* private; atomic: counts of threads */
	SYNC_ALIGNED_ uint64_t done;   /* private; atomic: tasks, and a mark */
};

/* For sync_queue_init_with(). */
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
 * Make *q an open and empty queue.  init_with takes two more options: the place
 * of the priority in an element, and storage for the elements of a bounded
 * queue.  The storage may have any alignment and must have at least the size
 * that sync_queue_storage_size() computes.  The caller owns it; it must stay
 * valid until destroy.
 * Returns 0; EINVAL: a pointer is null, the order or a flag is unknown, the
 * size or the capacity is 0, an element has no room for its priority, the
 * storage is too small, or the queue is unbounded and has storage; EOVERFLOW:
 * the elements need more bytes than the address space has; ENOMEM: there is no
 * memory for the elements.
 */
int sync_queue_init(struct sync_queue *q, enum sync_queue_order order,
    size_t element_size, size_t capacity);
int sync_queue_init_with(struct sync_queue *q,
    const struct sync_queue_options *options);

/*
 * Compute the number of bytes of storage that a queue needs, and store it in
 * *size.  In this table n is capacity and s is element_size; round4 and round8
 * round up to a multiple of 4 and of 8:
 *
 *	SYNC_LIFO	n * s
 *	SYNC_PRIORITY	n * round8(s + 8)
 *	SYNC_FIFO	n * round8(s + 8) + 7 if s is a multiple of 8,
 *			n * round4(s + 4) + 7 otherwise
 *
 * The 7 bytes allow any alignment of the storage.
 * Returns 0; EINVAL: size is null, the order is unknown, the element size or
 * the capacity is 0, the queue is unbounded, or an element has no room for its
 * priority; EOVERFLOW: the elements need more bytes than the address space has.
 */
int sync_queue_storage_size(enum sync_queue_order order, size_t element_size,
    size_t capacity, size_t *size);

/*
 * End the use of *q and free the memory that the queue allocated.  Elements
 * that are still queued are discarded; call sync_queue_close_now() first to
 * receive them.  Waits for calls that have already handed over their elements
 * but have not returned yet.
 * Returns 0; EBUSY: a thread sleeps in put, get or join, or is inside
 * close_now, or other threads put or get meanwhile (nothing has changed);
 * EINVAL: q is null or destroyed.
 */
int sync_queue_destroy(struct sync_queue *q);

/*
 * Copy *element into the queue.  put blocks while the queue is full and open,
 * put_until blocks at most until the deadline, and tryput does not block.
 * Returns 0; EAGAIN (tryput): the queue is full, or another thread is inside a
 * call; ETIMEDOUT (put_until): the same was true at the deadline; EPIPE: the
 * queue is closed, or was closed during the wait; ENOMEM: an unbounded queue
 * cannot grow; EINVAL: q or element is null, or the queue is destroyed.  On
 * error the element is not in the queue.
 */
int sync_queue_put(struct sync_queue *q, const void *element);
int sync_queue_tryput(struct sync_queue *q, const void *element);
int sync_queue_put_until(struct sync_queue *q, const void *element,
    sync_time deadline);

/*
 * Move the next element to *element.  get blocks while the queue is empty and
 * open, get_until blocks at most until the deadline, and tryget does not block.
 * Returns 0; EAGAIN (tryget): the queue is empty, or another thread is inside a
 * call; ETIMEDOUT (get_until): the same was true at the deadline; EPIPE: the
 * queue is empty and closed; EINVAL: q or element is null, or the queue is
 * destroyed.  On error *element is unchanged.
 */
int sync_queue_get(struct sync_queue *q, void *element);
int sync_queue_tryget(struct sync_queue *q, void *element);
int sync_queue_get_until(struct sync_queue *q, void *element,
    sync_time deadline);

/*
 * Put the n elements of an array, as many at a time as there is room for.
 * Elements of other producers may come between them.  The functions block like
 * put, tryput and put_until.
 * Returns 0 when all elements are in the queue, else one of the errors of put,
 * tryput and put_until.  Unless done is null, *done becomes the number of
 * elements that were put, even on error.  If n is 0, returns 0, or EPIPE if the
 * queue is closed.
 */
int sync_queue_put_n(struct sync_queue *q, const void *elements, size_t n,
    size_t *done);
int sync_queue_tryput_n(struct sync_queue *q, const void *elements, size_t n,
    size_t *done);
int sync_queue_put_n_until(struct sync_queue *q, const void *elements,
    size_t n, size_t *done, sync_time deadline);

/*
 * Get as many elements as there are, in order, but at least one and at most n.
 * If the put of an element is still in progress, that element and the elements
 * behind it can be missing from the result.  While there is no element, the
 * functions block like get, tryget and get_until.
 * Returns 0 and sets *got to the number of elements, from 1 to n; else returns
 * one of the errors of get, tryget and get_until and leaves *got and *elements
 * unchanged.  Returns EINVAL also if n is 0 or got is null.
 */
int sync_queue_get_n(struct sync_queue *q, void *elements, size_t n,
    size_t *got);
int sync_queue_tryget_n(struct sync_queue *q, void *elements, size_t n,
    size_t *got);
int sync_queue_get_n_until(struct sync_queue *q, void *elements, size_t n,
    size_t *got, sync_time deadline);

/*
 * Copy to *element the element that a get would return now, and leave it in the
 * queue.  Does not block.
 * Returns 0; EAGAIN: the queue is empty, or another thread is inside a call;
 * EPIPE: the queue is empty and closed; EINVAL: q or element is null, or the
 * queue is destroyed.
 */
int sync_queue_peek(struct sync_queue *q, void *element);

/*
 * len: return the number of elements, as it was at some moment during the call.
 * capacity: return the maximum number of elements, or SYNC_UNBOUNDED.
 * Both return 0 if q is null or destroyed, or if the parent of a fork made the
 * queue.  They never block.
 */
size_t sync_queue_len(struct sync_queue *q);
size_t sync_queue_capacity(struct sync_queue *q);

/*
 * Close the queue.  From then on producers get EPIPE, including those that are
 * waiting at that moment.  Consumers get the elements that are left, and then
 * EPIPE.  Closing twice is allowed.
 *
 * close_now also removes all queued elements at once.  It calls drop(element,
 * arg) for each of them in order, unless drop is null, and then counts them all
 * as done.  drop is called without any lock held and may use the queue, but
 * must not join it: the join would wait for itself.  drop must return.  Its
 * pointer is valid during the call only and may be unaligned, so copy the
 * element before you use it.
 *
 * Returns 0; EINVAL: q is null or destroyed.
 */
int sync_queue_close(struct sync_queue *q);
int sync_queue_close_now(struct sync_queue *q,
    void (*drop)(void *element, void *arg), void *arg);

/*
 * Return whether the queue is closed; false if q is null or destroyed, or if
 * the parent of a fork made the queue.
 */
bool sync_queue_is_closed(struct sync_queue *q);

/*
 * Mark one task as done, or n tasks.
 * Returns 0; EINVAL: q is null or destroyed, or the call would mark more tasks
 * as done than are unfinished (nothing has changed).
 */
int sync_queue_task_done(struct sync_queue *q);
int sync_queue_task_done_n(struct sync_queue *q, size_t n);

/*
 * Return the number of unfinished tasks, as it was at some moment during the
 * call; 0 if q is null or destroyed, or if the parent of a fork made the queue.
 * Never blocks.
 */
size_t sync_queue_unfinished(struct sync_queue *q);

/*
 * Wait until no task is unfinished.  Closing the queue does not end the wait.
 * join blocks, join_until blocks at most until the deadline, and tryjoin does
 * not block.
 * Returns 0; EAGAIN (tryjoin) or ETIMEDOUT (join_until): tasks are unfinished;
 * EINVAL: q is null or destroyed.
 */
int sync_queue_join(struct sync_queue *q);
int sync_queue_tryjoin(struct sync_queue *q);
int sync_queue_join_until(struct sync_queue *q, sync_time deadline);

SYNC_END_DECLS

#endif /* LIBSYNC_QUEUE_H */
