/* SPDX-License-Identifier: MIT */
#include "queue_support.h"

#include <stdlib.h>

struct sync_queue q;
static unsigned char *block;

enum sync_queue_order
order_of(int kind)
{
	return (enum sync_queue_order)(kind % ORDERS);
}

void
begin_with(int kind, size_t capacity, size_t element_size)
{
	struct sync_queue_options o = {
		.order = order_of(kind),
		.element_size = element_size,
		.capacity = capacity,
	};

	if (kind / ORDERS == NO_BOUND)
		o.capacity = SYNC_UNBOUNDED;
	if (kind / ORDERS == CALLERS_STORAGE) {
		ok(sync_queue_storage_size(
		    o.order, element_size, capacity, &o.storage_size));
		free(block); /* of a queue that is no more */
		block = malloc(o.storage_size + 1);
		ck_assert_ptr_nonnull(block);
		o.storage = block + 1;
	}
	ok(sync_queue_init_with(&q, &o));
}

void
begin(int kind, size_t capacity)
{
	begin_with(kind, capacity, sizeof(struct item));
}

void
end(void)
{
	ok(sync_queue_destroy(&q));
	free(block);
	block = NULL;
}

/*
 * There is room, or an element.  A try function may give up all the same, if
 * another thread is inside the queue and does not run.
 */
#define SOON sync_after_ms(10000)

void
put_item(int64_t priority, uint32_t number)
{
	struct item i = { priority, 0, number };

	ok(sync_queue_put_until(&q, &i, SOON));
}

struct item
get_item(void)
{
	struct item i = { 0, 0, 0 };

	ok(sync_queue_get_until(&q, &i, SOON));
	return i;
}

uint32_t
number_at(int kind, uint32_t i, uint32_t n)
{
	return order_of(kind) == SYNC_LIFO ? n - 1 - i : i;
}

void
drain(int kind, uint32_t n)
{
	uint32_t i;

	ck_assert_uint_eq(sync_queue_len(&q), n);
	for (i = 0; i < n; i++)
		ck_assert_uint_eq(get_item().number, number_at(kind, i, n));
	ck_assert_uint_eq(sync_queue_len(&q), 0);
}

void *
gets(void *item)
{
	return (void *)(intptr_t)sync_queue_get(&q, item);
}

void *
puts_(void *item)
{
	return (void *)(intptr_t)sync_queue_put(&q, item);
}

void *
joins(void *unused)
{
	(void)unused;
	return (void *)(intptr_t)sync_queue_join(&q);
}

static void
every_put_returns(struct sync_queue *queue, int err)
{
	struct item i = { 0, 0, 0 };

	fails(sync_queue_put(queue, &i), err);
	fails(sync_queue_tryput(queue, &i), err);
	fails(sync_queue_put_until(queue, &i, SYNC_NEVER), err);
	fails(sync_queue_put_n(queue, &i, 1, NULL), err);
	fails(sync_queue_tryput_n(queue, &i, 1, NULL), err);
	fails(sync_queue_put_n_until(queue, &i, 1, NULL, SYNC_NEVER), err);
}

static void
every_get_returns(struct sync_queue *queue, int err)
{
	struct item i = { 5, 6, 7 };
	size_t got = 8;

	fails(sync_queue_get(queue, &i), err);
	fails(sync_queue_tryget(queue, &i), err);
	fails(sync_queue_get_until(queue, &i, SYNC_NEVER), err);
	fails(sync_queue_get_n(queue, &i, 1, &got), err);
	fails(sync_queue_tryget_n(queue, &i, 1, &got), err);
	fails(sync_queue_get_n_until(queue, &i, 1, &got, SYNC_NEVER), err);
	fails(sync_queue_peek(queue, &i), err);
	ck_assert(i.priority == 5 && i.who == 6 && i.number == 7);
	ck_assert_uint_eq(got, 8);
}

static void
drops_never(void *element, void *arg)
{
	(void)element, (void)arg;
	ck_abort_msg("there was nothing to drop");
}

void
every_call_returns(struct sync_queue *queue, int err)
{
	every_put_returns(queue, err);
	every_get_returns(queue, err);
	fails(sync_queue_close(queue), err);
	fails(sync_queue_close_now(queue, drops_never, NULL), err);
	fails(sync_queue_task_done(queue), err);
	fails(sync_queue_task_done_n(queue, 0), err);
	fails(sync_queue_join(queue), err);
	fails(sync_queue_tryjoin(queue), err);
	fails(sync_queue_join_until(queue, SYNC_NEVER), err);
	ck_assert_uint_eq(sync_queue_len(queue), 0);
	ck_assert_uint_eq(sync_queue_capacity(queue), 0);
	ck_assert_uint_eq(sync_queue_unfinished(queue), 0);
	ck_assert(!sync_queue_is_closed(queue));
}
