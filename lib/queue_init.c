/* SPDX-License-Identifier: MIT */
/* Making a queue and ending it; see queue.h. */
#include "queue.h"

#include "base/misuse.h"
#include "base/store.h"
#include "waitq.h"

#define FIRST_ROOM 16 /* elements, of an unbounded queue */

static bool
known(uint32_t order)
{
	return order == SYNC_FIFO || order == SYNC_LIFO
	    || order == SYNC_PRIORITY;
}

static bool
store_size(uint32_t order, size_t element_size, size_t room, size_t *size)
{
	size_t stride = store_stride(order, element_size);

	if (stride == 0 || room > (size_t)PTRDIFF_MAX / stride)
		return false;
	*size = room * stride;
	return true;
}

static int
storage_size(enum sync_queue_order order, size_t element_size,
    size_t capacity, size_t *size)
{
	bool fits;

	if (size == NULL || !known((uint32_t)order) || element_size == 0
	    || capacity == 0 || capacity == SYNC_UNBOUNDED)
		return EINVAL;
	if (order == SYNC_PRIORITY && element_size < sizeof(int64_t))
		return EINVAL;
	if (order == SYNC_FIFO)
		fits = queue_ring_size(element_size, capacity, size);
	else
		fits = store_size((uint32_t)order, element_size, capacity, size);
	return fits ? 0 : EOVERFLOW;
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

/* How many bytes it takes at first. */
static int
first_size(const struct sync_queue_options *o, size_t *size)
{
	int err;

	if (o->capacity == SYNC_UNBOUNDED)
		return store_size((uint32_t)o->order, o->element_size,
			   FIRST_ROOM, size) ? 0 : EOVERFLOW;
	err = storage_size(o->order, o->element_size, o->capacity, size);
	if (err == 0 && o->storage != NULL && o->storage_size < *size)
		return EINVAL;
	return err;
}

static void
init_store(struct sync_queue *q, const struct sync_queue_options *o,
    unsigned char *bytes)
{
	q->kind = QUEUE_STORE;
	q->store = (struct sync_store) {
		.bytes = bytes,
		.element_size = o->element_size,
		.stride = store_stride((uint32_t)o->order, o->element_size),
		.priority_offset = o->priority_offset,
		.room = o->capacity == SYNC_UNBOUNDED ? FIRST_ROOM
						      : o->capacity,
		.order = (uint32_t)o->order,
	};
}

static int
init(struct sync_queue *q, const struct sync_queue_options *o)
{
	const struct sync_waitq nobody = { 0, plat_generation(), NULL };
	unsigned char *bytes;
	size_t size;
	int err;

	if (UNFIT(q, struct sync_queue) || !sensible(o))
		return EINVAL;
	err = first_size(o, &size);
	if (err != 0)
		return err;
	bytes = o->storage != NULL ? o->storage : plat_alloc(size);
	if (bytes == NULL)
		return ENOMEM;
	*q = (struct sync_queue) {
		.state = QUEUE_THERE,
		.generation = plat_generation(),
		.own_bytes = o->storage == NULL,
		.element_size = o->element_size,
		.capacity = o->capacity,
		.getters = nobody,
		.putters = nobody,
		.joiners = nobody,
	};
	if (o->order == SYNC_FIFO && o->capacity != SYNC_UNBOUNDED)
		queue_ring_init(q, bytes);
	else
		init_store(q, o, bytes);
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

/* Nobody is inside a wait, nor on the way out of a call. */
static int
await_nobody(const struct sync_queue *q)
{
	unsigned turn = 0;

	for (;;) {
		/* pairs with the last touch of each; shown before by release */
		uint64_t inside = at64_load_acquire(&q->inside);

		if (inside % QUEUE_PASSING != 0)
			return EBUSY;
		if (inside == 0)
			return 0;
		spin_linger(&turn);
	}
}

/* Whoever comes too late to sleep gets EINVAL. */
static void
end_sleeping(struct sync_waitq *sleepers)
{
	struct sync_list_node *chosen = NULL;

	(void)waitq_enter(sleepers);
	while (waitq_choose(sleepers, &chosen))
		continue;
	waitq_destroy(sleepers);
	waitq_free(chosen, EINVAL);
}

int
sync_queue_destroy(struct sync_queue *q)
{
	int err = queue_refuses(q);

	if (err != 0)
		return MISUSE(err, q);
	if (q->kind == QUEUE_STORE)
		queue_store_await(q);
	err = await_nobody(q);
	if (err == 0 && q->kind == QUEUE_RING) {
		queue_ring_await(q);
		err = await_nobody(q); /* who had not counted itself yet */
	}
	if (err != 0)
		return err;
	if (q->kind == QUEUE_STORE)
		announce_destroy(&q->lock);
	at_store_relaxed(&q->state, QUEUE_NONE);
	end_sleeping(&q->getters);
	end_sleeping(&q->putters);
	end_sleeping(&q->joiners);
	if (q->own_bytes)
		plat_free(q->kind == QUEUE_RING ? q->ring.slots
						: q->store.bytes);
	return 0;
}
