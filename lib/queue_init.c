/* SPDX-License-Identifier: MIT */
/* Making a queue, entering it, and ending it; see queue.h. */
#include "queue.h"

#include "base/misuse.h"
#include "base/store.h"
#include "mutex.h"
#include "plat.h"

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
		.state = QUEUE_OPEN,
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

int
queue_enter(struct sync_queue *q) SYNC_NO_ANALYSIS
{
	int err;

	if (q == NULL)
		return EINVAL;
	if (q->generation != plat_generation()) /* no other thread has it */
		return q->state == QUEUE_NONE ? EINVAL : ENOTRECOVERABLE;
	err = mutex_lock(&q->lock, SYNC_NEVER);
	if (err != 0)
		return err;
	if (q->state == QUEUE_NONE) {
		(void)sync_mutex_unlock(&q->lock);
		return EINVAL;
	}
	return 0;
}

int
sync_queue_destroy(struct sync_queue *q)
{
	int err = queue_enter(q);

	if (err != 0)
		return MISUSE(err, q);
	if (q->blocked > 0) {
		queue_leave(q);
		return EBUSY;
	}
	q->state = QUEUE_NONE; /* whoever is late gets EINVAL */
	queue_leave(q);
	if (q->own_bytes)
		plat_free(q->store.bytes);
	(void)sync_cond_destroy(&q->not_empty);
	(void)sync_cond_destroy(&q->not_full);
	(void)sync_cond_destroy(&q->all_done);
	(void)sync_mutex_destroy(&q->lock);
	return 0;
}
