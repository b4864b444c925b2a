/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "prodcons.h"

/* libsync's own. */

static int
sync_init(union any_queue *q, enum sync_queue_order order, size_t element_size,
    size_t capacity)
{
	return sync_queue_init(&q->sync, order, element_size, capacity);
}

static int
sync_put(union any_queue *q, const void *element)
{
	return sync_queue_put(&q->sync, element);
}

static int
sync_put_n(union any_queue *q, const void *elements, size_t n)
{
	return sync_queue_put_n(&q->sync, elements, n, NULL);
}

static int
sync_get(union any_queue *q, void *element)
{
	return sync_queue_get(&q->sync, element);
}

static int
sync_get_n(union any_queue *q, void *elements, size_t n, size_t *got)
{
	return sync_queue_get_n(&q->sync, elements, n, got);
}

static int
sync_task_done(union any_queue *q, size_t n)
{
	return sync_queue_task_done_n(&q->sync, n);
}

static int
sync_join(union any_queue *q)
{
	return sync_queue_join(&q->sync);
}

static void
sync_close(union any_queue *q)
{
	(void)sync_queue_close(&q->sync);
}

static void
sync_destroy(union any_queue *q)
{
	(void)sync_queue_destroy(&q->sync);
}

/* The twin. */

static int
twin_init(union any_queue *q, enum sync_queue_order order, size_t element_size,
    size_t capacity)
{
	static const enum twin_order orders[] = {
		[SYNC_FIFO] = TWIN_FIFO,
		[SYNC_LIFO] = TWIN_LIFO,
		[SYNC_PRIORITY] = TWIN_PRIORITY,
	};

	return twin_queue_init(&q->twin, orders[order], element_size,
	    capacity == SYNC_UNBOUNDED ? TWIN_UNBOUNDED : capacity);
}

static int
twin_put(union any_queue *q, const void *element)
{
	return twin_queue_put(&q->twin, element);
}

static int
twin_put_n(union any_queue *q, const void *elements, size_t n)
{
	return twin_queue_put_n(&q->twin, elements, n);
}

static int
twin_get(union any_queue *q, void *element)
{
	return twin_queue_get(&q->twin, element);
}

static int
twin_get_n(union any_queue *q, void *elements, size_t n, size_t *got)
{
	return twin_queue_get_n(&q->twin, elements, n, got);
}

static int
twin_task_done(union any_queue *q, size_t n)
{
	return twin_queue_task_done_n(&q->twin, n);
}

static int
twin_join(union any_queue *q)
{
	twin_queue_join(&q->twin);
	return 0;
}

static void
twin_close(union any_queue *q)
{
	twin_queue_close(&q->twin);
}

static void
twin_destroy(union any_queue *q)
{
	twin_queue_destroy(&q->twin);
}

static const struct queue_impl impls[] = {
	{ "sync", sync_init, sync_put, sync_put_n, sync_get, sync_get_n,
	    sync_task_done, sync_join, sync_close, sync_destroy },
	{ "pthread", twin_init, twin_put, twin_put_n, twin_get, twin_get_n,
	    twin_task_done, twin_join, twin_close, twin_destroy },
};

const struct queue_impl *
queue_impl_find(const char *name)
{
	for (size_t i = 0; i < sizeof(impls) / sizeof(impls[0]); i++)
		if (strcmp(impls[i].name, name) == 0)
			return &impls[i];
	return NULL;
}

int
queue_put(const struct queue_impl *impl, union any_queue *q,
    const void *elements, size_t n)
{
	return n == 1 ? impl->put(q, elements) : impl->put_n(q, elements, n);
}

int
queue_get(const struct queue_impl *impl, union any_queue *q, void *elements,
    size_t n, size_t *got)
{
	if (n > 1)
		return impl->get_n(q, elements, n, got);
	*got = 1;
	return impl->get(q, elements);
}

void
queue_make(const struct options *o, union any_queue *q, size_t capacity)
{
	int err = o->impl->init(q, o->order, o->element_size, capacity);

	if (err != 0)
		bench_die("cannot make a queue of %zu elements: %s", capacity,
		    strerror(err));
}

/* Elements */

static unsigned char
filling(const struct item *i)
{
	return (unsigned char)(0xa5u ^ i->number ^ i->number >> 8
	    ^ i->producer * 29u);
}

void
element_write(
    const struct options *o, unsigned char *element, const struct item *i)
{
	memcpy(element, i, o->header);
	memset(element + o->header, filling(i), o->element_size - o->header);
}

bool
element_read(
    const struct options *o, const unsigned char *element, struct item *i)
{
	const unsigned char *rest = element + o->header;
	size_t n = o->element_size - o->header;

	*i = (struct item) { .text = NULL };
	memcpy(i, element, o->header);
	/* All bytes equal the first if each one equals the one before it. */
	return n == 0
	    || (rest[0] == filling(i) && memcmp(rest, rest + 1, n - 1) == 0);
}
