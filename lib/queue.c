/* SPDX-License-Identifier: MIT */
/*
 * The queue is a monitor: one lock, three conditions, and a store
 * (base/store.h) that keeps the elements in one of the orders and knows nothing
 * of waiting.
 * This is the one waiting layer for all orders.
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
#include <libsync/queue.h>

#include <string.h>

#include "base/deadline.h"
#include "base/misuse.h"
#include "base/store.h"
#include "cond.h"
#include "mutex.h"
#include "plat.h"

enum { NONE, OPEN, CLOSED, DISCARDING };

#define FIRST_ROOM 16 /* elements, of an unbounded queue */

static bool
known(uint32_t order)
{
	return order == SYNC_FIFO || order == SYNC_LIFO
	    || order == SYNC_PRIORITY;
}

static int
storage_size(enum sync_queue_order order, size_t element_size,
    size_t capacity, size_t *size)
{
	size_t stride;

	if (size == NULL || !known((uint32_t)order) || element_size == 0
	    || capacity == 0 || capacity == SYNC_UNBOUNDED)
		return EINVAL;
	if (order == SYNC_PRIORITY && element_size < sizeof(int64_t))
		return EINVAL;
	stride = store_stride((uint32_t)order, element_size);
	if (stride == 0 || capacity > (size_t)PTRDIFF_MAX / stride)
		return EOVERFLOW;
	*size = capacity * stride;
	return 0;
}

int
sync_queue_storage_size(enum sync_queue_order order, size_t element_size,
    size_t capacity, size_t *size)
{
	return MISUSE(storage_size(order, element_size, capacity, size), size);
}

/* What init_with was asked for makes sense. */
static bool
sensible(const struct sync_queue_options *o)
{
	if (o == NULL || !known((uint32_t)o->order) || o->element_size == 0
	    || o->capacity == 0 || o->flags != 0)
		return false;
	if (o->order == SYNC_PRIORITY
	    && (o->element_size < sizeof(int64_t)
		|| o->priority_offset > o->element_size - sizeof(int64_t)))
		return false;
	return o->storage == NULL || o->capacity != SYNC_UNBOUNDED;
}

/* Find the bytes for so many elements: the caller's, or new ones. */
static int
find_bytes(unsigned char **bytes, const struct sync_queue_options *o,
    size_t room)
{
	size_t size;
	int err;

	err = storage_size(o->order, o->element_size, room, &size);
	if (err != 0)
		return err;
	if (o->storage != NULL && o->storage_size < size)
		return EINVAL;
	*bytes = o->storage != NULL ? o->storage : plat_alloc(size);
	return *bytes != NULL ? 0 : ENOMEM;
}

static int
init(struct sync_queue *q, const struct sync_queue_options *o)
{
	unsigned char *bytes;
	size_t room;
	int err;

	if (UNFIT(q, struct sync_queue) || !sensible(o))
		return EINVAL;
	room = o->capacity == SYNC_UNBOUNDED ? FIRST_ROOM : o->capacity;
	err = find_bytes(&bytes, o, room);
	if (err != 0)
		return err;
	*q = (struct sync_queue) {
		.lock = SYNC_MUTEX_INIT,
		.store = {
			.bytes = bytes,
			.element_size = o->element_size,
			.stride = store_stride((uint32_t)o->order,
			    o->element_size),
			.priority_offset = o->priority_offset,
			.room = room,
			.order = (uint32_t)o->order,
		},
		.capacity = o->capacity,
		.generation = plat_generation(),
		.state = OPEN,
		.own_bytes = o->storage == NULL,
	};
	(void)sync_cond_init(&q->not_empty, 0);
	(void)sync_cond_init(&q->not_full, 0);
	(void)sync_cond_init(&q->all_done, 0);
	return 0;
}

int
sync_queue_init(struct sync_queue *q, enum sync_queue_order order,
    size_t element_size, size_t capacity)
{
	struct sync_queue_options o = {
		.order = order,
		.element_size = element_size,
		.capacity = capacity,
	};

	return MISUSE(init(q, &o), q);
}

int
sync_queue_init_with(
    struct sync_queue *q, const struct sync_queue_options *o)
{
	return MISUSE(init(q, o), q);
}

/* Take the lock of a queue that is one.  Every function starts here. */
static int
enter(struct sync_queue *q) SYNC_TRY_ACQUIRE(q->lock)
{
	int err;

	if (q == NULL)
		return EINVAL;
	if (q->generation != plat_generation()) /* no other thread has it */
		return q->state == NONE ? EINVAL : ENOTRECOVERABLE;
	err = mutex_lock(&q->lock, SYNC_NEVER);
	if (err != 0)
		return err;
	if (q->state == NONE) {
		(void)sync_mutex_unlock(&q->lock);
		return EINVAL;
	}
	return 0;
}

static void
leave(struct sync_queue *q) SYNC_RELEASE(q->lock)
{
	(void)sync_mutex_unlock(&q->lock);
}

/* With the lock held. */
static size_t
available(const struct sync_queue *q)
{
	return q->state == DISCARDING ? 0 : q->store.len;
}

static bool
may_get(const struct sync_queue *q)
{
	return q->state != OPEN || q->store.len > 0;
}

static bool
may_put(const struct sync_queue *q)
{
	return q->state != OPEN || q->store.len < q->capacity;
}

static bool
may_join(const struct sync_queue *q)
{
	return q->unfinished == 0;
}

/* Free those chosen so far: before we wait ourselves, or after the lock. */
static void
free_chosen(struct sync_list_node **chosen)
{
	waitq_free(*chosen, 0);
	*chosen = NULL;
}

/* One side of the queue: what it waits for. */
struct side {
	struct sync_cond *cond;
	bool (*predicate)(const struct sync_queue *);
	bool *comes;
};

static struct side
getters(struct sync_queue *q)
{
	return (struct side) { &q->not_empty, may_get, &q->getter_comes };
}

static struct side
putters(struct sync_queue *q)
{
	return (struct side) { &q->not_full, may_put, &q->putter_comes };
}

/* Call with the lock held.  Keep what the head of this file says of a side. */
static void
wake_one(struct sync_queue *q, struct side s, struct sync_list_node **chosen)
{
	if (!*s.comes && s.predicate(q))
		*s.comes = cond_choose(s.cond, chosen);
}

/* Wait for the predicate of a side.  0; EAGAIN to a try; ETIMEDOUT. */
static int
await(struct sync_queue *q, struct side s, sync_time deadline,
    struct sync_list_node **chosen) SYNC_REQUIRES(q->lock)
{
	int err = 0;

	while (!s.predicate(q) && err == 0) {
		if (deadline == DEADLINE_TRY)
			return EAGAIN;
		free_chosen(chosen);
		q->blocked++;
		err = sync_cond_wait_until(s.cond, &q->lock, deadline);
		q->blocked--;
		if (err == 0)
			*s.comes = false;
	}
	return s.predicate(q) ? 0 : err; /* true on return beats the clock */
}

/* With the lock held: room for one more, which the capacity allows. */
static int
make_room(struct sync_queue *q)
{
	struct sync_store *s = &q->store;
	unsigned char *bytes;
	size_t room;

	if (s->len < s->room)
		return 0;
	if (s->room > (size_t)PTRDIFF_MAX / 2 / s->stride)
		return ENOMEM;
	room = s->room * 2;
	bytes = plat_realloc(s->bytes, room * s->stride);
	if (bytes == NULL)
		return ENOMEM;
	s->bytes = bytes;
	store_grown(s, room);
	return 0;
}

static int
put_one(struct sync_queue *q, const void *element, sync_time deadline,
    struct sync_list_node **chosen) SYNC_REQUIRES(q->lock)
{
	int err = await(q, putters(q), deadline, chosen);

	if (err != 0)
		return err;
	if (q->state != OPEN)
		return EPIPE;
	err = make_room(q);
	if (err != 0)
		return err;
	store_put(&q->store, element);
	q->unfinished++;
	wake_one(q, getters(q), chosen);
	wake_one(q, putters(q), chosen);
	return 0;
}

static int
put(struct sync_queue *q, const void *elements, size_t n, size_t *done,
    sync_time deadline)
{
	struct sync_list_node *chosen = NULL;
	const unsigned char *p = elements;
	size_t i = 0;
	int err;

	if (done != NULL)
		*done = 0;
	if (elements == NULL && n > 0)
		return EINVAL;
	err = enter(q);
	if (err != 0)
		return err;
	while (i < n && err == 0) {
		err = put_one(q, p, deadline, &chosen);
		if (err == 0) {
			p += q->store.element_size;
			i++;
		}
	}
	leave(q);
	free_chosen(&chosen); /* each keeps the queue in use until then */
	if (done != NULL)
		*done = i;
	return err;
}

/* With the lock held, and an element there. */
static void
get_one(struct sync_queue *q, void *element, struct sync_list_node **chosen)
{
	memcpy(element, store_front(&q->store), q->store.element_size);
	store_drop(&q->store);
	wake_one(q, putters(q), chosen);
	wake_one(q, getters(q), chosen);
}

static int
get(struct sync_queue *q, void *elements, size_t n, size_t *got,
    sync_time deadline)
{
	struct sync_list_node *chosen = NULL;
	unsigned char *p = elements;
	size_t i = 0;
	int err;

	if (elements == NULL || n == 0)
		return EINVAL;
	err = enter(q);
	if (err != 0)
		return err;
	err = await(q, getters(q), deadline, &chosen);
	if (err == 0 && available(q) == 0)
		err = EPIPE;
	if (err == 0) {
		for (; i < n && available(q) > 0; i++)
			get_one(q, p + i * q->store.element_size, &chosen);
		*got = i;
	}
	leave(q);
	free_chosen(&chosen);
	return err;
}

int
sync_queue_put(struct sync_queue *q, const void *element)
{
	return MISUSE(put(q, element, 1, NULL, SYNC_NEVER), q);
}

int
sync_queue_tryput(struct sync_queue *q, const void *element)
{
	return MISUSE(put(q, element, 1, NULL, DEADLINE_TRY), q);
}

int
sync_queue_put_until(
    struct sync_queue *q, const void *element, sync_time deadline)
{
	return MISUSE(put(q, element, 1, NULL, deadline_real(deadline)), q);
}

int
sync_queue_put_n(
    struct sync_queue *q, const void *elements, size_t n, size_t *done)
{
	return MISUSE(put(q, elements, n, done, SYNC_NEVER), q);
}

int
sync_queue_tryput_n(
    struct sync_queue *q, const void *elements, size_t n, size_t *done)
{
	return MISUSE(put(q, elements, n, done, DEADLINE_TRY), q);
}

int
sync_queue_put_n_until(struct sync_queue *q, const void *elements, size_t n,
    size_t *done, sync_time deadline)
{
	return MISUSE(put(q, elements, n, done, deadline_real(deadline)), q);
}

int
sync_queue_get(struct sync_queue *q, void *element)
{
	size_t got;

	return MISUSE(get(q, element, 1, &got, SYNC_NEVER), q);
}

int
sync_queue_tryget(struct sync_queue *q, void *element)
{
	size_t got;

	return MISUSE(get(q, element, 1, &got, DEADLINE_TRY), q);
}

int
sync_queue_get_until(
    struct sync_queue *q, void *element, sync_time deadline)
{
	size_t got;

	return MISUSE(get(q, element, 1, &got, deadline_real(deadline)), q);
}

int
sync_queue_get_n(struct sync_queue *q, void *elements, size_t n, size_t *got)
{
	int err = EINVAL;

	if (got != NULL)
		err = get(q, elements, n, got, SYNC_NEVER);
	return MISUSE(err, q);
}

int
sync_queue_tryget_n(
    struct sync_queue *q, void *elements, size_t n, size_t *got)
{
	int err = EINVAL;

	if (got != NULL)
		err = get(q, elements, n, got, DEADLINE_TRY);
	return MISUSE(err, q);
}

int
sync_queue_get_n_until(struct sync_queue *q, void *elements, size_t n,
    size_t *got, sync_time deadline)
{
	int err = EINVAL;

	if (got != NULL)
		err = get(q, elements, n, got, deadline_real(deadline));
	return MISUSE(err, q);
}

int
sync_queue_peek(struct sync_queue *q, void *element)
{
	int err;

	if (element == NULL)
		return MISUSE(EINVAL, q);
	err = enter(q);
	if (err != 0)
		return MISUSE(err, q);
	if (available(q) > 0)
		memcpy(element, store_front(&q->store), q->store.element_size);
	else
		err = q->state == OPEN ? EAGAIN : EPIPE;
	leave(q);
	return err;
}

size_t
sync_queue_len(struct sync_queue *q)
{
	size_t len;

	if (enter(q) != 0)
		return 0;
	len = available(q);
	leave(q);
	return len;
}

size_t
sync_queue_capacity(struct sync_queue *q)
{
	size_t capacity;

	if (enter(q) != 0)
		return 0;
	capacity = q->capacity;
	leave(q);
	return capacity;
}

bool
sync_queue_is_closed(struct sync_queue *q)
{
	bool closed;

	if (enter(q) != 0)
		return false;
	closed = q->state != OPEN;
	leave(q);
	return closed;
}

static void
wake_all(struct sync_queue *q) SYNC_REQUIRES(q->lock)
{
	(void)sync_cond_broadcast(&q->not_empty);
	(void)sync_cond_broadcast(&q->not_full);
}

int
sync_queue_close(struct sync_queue *q)
{
	int err = enter(q);

	if (err != 0)
		return MISUSE(err, q);
	if (q->state == OPEN) {
		q->state = CLOSED;
		wake_all(q);
	}
	leave(q);
	return 0;
}

/* With the lock held: n tasks, which there are, are no longer unfinished. */
static void
finish(struct sync_queue *q, size_t n) SYNC_REQUIRES(q->lock)
{
	q->unfinished -= n;
	if (q->unfinished == 0)
		(void)sync_cond_broadcast(&q->all_done);
}

/* While DISCARDING, without the lock.  Returns how many there were. */
static size_t
discard(
    struct sync_store *s, void (*drop)(void *element, void *arg), void *arg)
{
	size_t n = s->len;

	if (drop == NULL)
		s->len = 0;
	while (s->len > 0) {
		drop((void *)(uintptr_t)store_front(s), arg);
		store_drop(s);
	}
	return n;
}

int
sync_queue_close_now(struct sync_queue *q,
    void (*drop)(void *element, void *arg), void *arg)
{
	size_t n;
	int err = enter(q);

	if (err != 0)
		return MISUSE(err, q);
	if (q->state != DISCARDING) {
		q->state = DISCARDING;
		q->blocked++;
		wake_all(q);
		leave(q);
		n = discard(&q->store, drop, arg);
		(void)sync_mutex_lock(&q->lock); /* it is there still */
		q->blocked--;
		q->state = CLOSED;
		finish(q, n < q->unfinished ? n : (size_t)q->unfinished);
	}
	leave(q);
	return 0;
}

static int
task_done(struct sync_queue *q, size_t n)
{
	int err = enter(q);

	if (err != 0)
		return err;
	if (n > q->unfinished)
		err = EINVAL;
	else if (n > 0)
		finish(q, n);
	leave(q);
	return err;
}

int
sync_queue_task_done(struct sync_queue *q)
{
	return MISUSE(task_done(q, 1), q);
}

int
sync_queue_task_done_n(struct sync_queue *q, size_t n)
{
	return MISUSE(task_done(q, n), q);
}

static int
join(struct sync_queue *q, sync_time deadline)
{
	struct sync_list_node *nobody = NULL;
	bool comes = false;
	struct side joiners = { NULL, may_join, &comes };
	int err = enter(q);

	if (err != 0)
		return err;
	joiners.cond = &q->all_done;
	err = await(q, joiners, deadline, &nobody);
	leave(q);
	return err;
}

int
sync_queue_join(struct sync_queue *q)
{
	return MISUSE(join(q, SYNC_NEVER), q);
}

int
sync_queue_tryjoin(struct sync_queue *q)
{
	return MISUSE(join(q, DEADLINE_TRY), q);
}

int
sync_queue_join_until(struct sync_queue *q, sync_time deadline)
{
	return MISUSE(join(q, deadline_real(deadline)), q);
}

int
sync_queue_destroy(struct sync_queue *q)
{
	int err = enter(q);

	if (err != 0)
		return MISUSE(err, q);
	if (q->blocked > 0) {
		leave(q);
		return EBUSY;
	}
	q->state = NONE; /* whoever is late gets EINVAL */
	leave(q);
	if (q->own_bytes)
		plat_free(q->store.bytes);
	(void)sync_cond_destroy(&q->not_empty);
	(void)sync_cond_destroy(&q->not_full);
	(void)sync_cond_destroy(&q->all_done);
	(void)sync_mutex_destroy(&q->lock);
	return 0;
}
