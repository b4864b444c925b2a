/* SPDX-License-Identifier: MIT */
/* Making a queue and ending it; see queue.h. */
#include "queue/queue.h"

#include "misuse.h"
#include "queue/elements.h"
#include "wait/waitq.h"

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

/* Whether the options of init_with are valid. */
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

/* The number of bytes that the queue needs at first. */
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

/*
 * An empty ring is all zero.  Memory that comes zeroed from the system need not
 * be written, so a large ring takes memory only as it is used.
 */
static unsigned char *
allocate(size_t size, bool zeroed)
{
	return zeroed ? plat_alloc_zeroed(size) : plat_alloc(size);
}

static int
init(struct sync_queue *q, const struct sync_queue_options *o)
{
	const struct sync_waitq nobody = { 0, plat_generation(), NULL };
	bool ring, own;
	unsigned char *bytes;
	size_t size;
	int err;

	if (UNFIT(q, struct sync_queue) || !sensible(o))
		return EINVAL;
	err = first_size(o, &size);
	if (err != 0)
		return err;
	ring = o->order == SYNC_FIFO && o->capacity != SYNC_UNBOUNDED;
	own = o->storage == NULL;
	bytes = own ? allocate(size, ring) : o->storage;
	if (bytes == NULL)
		return ENOMEM;
	*q = (struct sync_queue) {
		.state = QUEUE_THERE,
		.generation = plat_generation(),
		.own_bytes = own,
		.element_size = o->element_size,
		.capacity = o->capacity,
		.getters = nobody,
		.putters = nobody,
		.joiners = nobody,
	};
	if (ring)
		queue_ring_init(q, bytes, own);
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

/*
 * Wait until no thread is PASSING.  0; EBUSY: a thread is WAITING.  A load might
 * miss a thread that has begun to wait (wait/waiters.h).
 */
static int
await_nobody(struct sync_queue *q)
{
	unsigned turn = 0;

	for (;;) {
		/* pairs with the last access of each thread that was counted */
		uint64_t inside = at64_add_acquire(&q->inside, 0);

		if (inside % QUEUE_PASSING != 0)
			return EBUSY;
		if (inside == 0)
			return 0;
		(void)spin_back_off(&turn, SYNC_NEVER);
	}
}

/* A thread that arrives later gets EINVAL instead of sleeping. */
static void
end_sleeping(struct sync_waitq *sleepers)
{
	struct sync_list_node *chosen = NULL;

	(void)waitq_enter(sleepers);
	while (waitq_choose(sleepers, &chosen))
		continue;
	waitq_destroy(sleepers);
	waitq_release(chosen, EINVAL);
}

static void
free_bytes(const struct sync_queue *q)
{
	if (q->own_bytes)
		plat_free(q->kind == QUEUE_RING ? q->ring.memory
						: q->store.bytes);
}

/*
 * A thread that waited stops counting in inside before it publishes its claim.
 * So the claims are checked after the count.  A thread that counts between two
 * claims began to count before it published the first; so the count is checked
 * once more.
 */
static int
destroy(struct sync_queue *q)
{
	int err = await_nobody(q);

	if (err == 0)
		err = queue_backend(q)->settle(q);
	if (err == 0)
		err = await_nobody(q);
	if (err != 0)
		return err;
	if (q->kind == QUEUE_STORE)
		announce_destroy(&q->lock);
	at_store_relaxed(&q->state, QUEUE_NONE);
	end_sleeping(&q->getters);
	end_sleeping(&q->putters);
	end_sleeping(&q->joiners);
	free_bytes(q);
	return 0;
}

int
sync_queue_destroy(struct sync_queue *q)
{
	int err = queue_refuses(q);

	if (err == ENOTRECOVERABLE) {
		at_store_relaxed(&q->state, QUEUE_NONE);
		free_bytes(q); /* no thread that could use it was copied */
		return 0;
	}
	return err != 0 ? MISUSE(err, q) : destroy(q);
}
