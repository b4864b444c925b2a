/* SPDX-License-Identifier: MIT */
/*
 * A monitor: one mutex, and a condition variable for each condition that
 * threads wait for.  Each put signals one consumer, each get one producer.
 *
 * A slot is the element.  In a heap the sequence number precedes it, and both
 * are rounded up to 8 bytes.
 */
#include "twin_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 16 /* slots, of an unbounded queue */

static unsigned char *
slot(const struct twin_queue *q, size_t i)
{
	return q->slots + i * q->stride;
}

static size_t
prefix(const struct twin_queue *q)
{
	return q->order == TWIN_PRIORITY ? sizeof(uint64_t) : 0;
}

int
twin_queue_init(struct twin_queue *q, enum twin_order order,
    size_t element_size, size_t capacity)
{
	*q = (struct twin_queue) {
		.order = order,
		.element_size = element_size,
		.stride = element_size,
		.capacity = capacity,
		.room = capacity == TWIN_UNBOUNDED ? FIRST_ROOM : capacity,
	};
	if (order == TWIN_PRIORITY)
		q->stride = (element_size + 15) / 8 * 8;
	if (q->stride < element_size || q->room > SIZE_MAX / q->stride)
		return EOVERFLOW;
	q->slots = malloc(q->room * q->stride);
	if (q->slots == NULL)
		return ENOMEM;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->not_empty, NULL);
	pthread_cond_init(&q->not_full, NULL);
	pthread_cond_init(&q->all_done, NULL);
	return 0;
}

void
twin_queue_destroy(struct twin_queue *q)
{
	pthread_cond_destroy(&q->all_done);
	pthread_cond_destroy(&q->not_full);
	pthread_cond_destroy(&q->not_empty);
	pthread_mutex_destroy(&q->lock);
	free(q->slots);
}

/* The heap, with the lock held: no slot precedes its parent. */

static bool
goes_before(const struct twin_queue *q, size_t a, size_t b)
{
	uint64_t age_a, age_b;
	int64_t key_a, key_b;

	memcpy(&age_a, slot(q, a), sizeof(age_a));
	memcpy(&age_b, slot(q, b), sizeof(age_b));
	memcpy(&key_a, slot(q, a) + sizeof(age_a), sizeof(key_a));
	memcpy(&key_b, slot(q, b) + sizeof(age_b), sizeof(key_b));
	return key_a < key_b || (key_a == key_b && age_a < age_b);
}

static void
swap(struct twin_queue *q, size_t a, size_t b)
{
	unsigned char part[64], *p = slot(q, a), *r = slot(q, b);
	size_t left = q->stride, n;

	for (; left > 0; left -= n, p += n, r += n) {
		n = left < sizeof(part) ? left : sizeof(part);
		memcpy(part, p, n);
		memcpy(p, r, n);
		memcpy(r, part, n);
	}
}

static void
rise(struct twin_queue *q, size_t i)
{
	while (i > 0 && goes_before(q, i, (i - 1) / 2)) {
		swap(q, i, (i - 1) / 2);
		i = (i - 1) / 2;
	}
}

static void
sink(struct twin_queue *q, size_t i)
{
	size_t child;

	while ((child = 2 * i + 1) < q->len) {
		if (child + 1 < q->len && goes_before(q, child + 1, child))
			child++;
		if (!goes_before(q, child, i))
			return;
		swap(q, i, child);
		i = child;
	}
}

/* Storing, with the lock held. */

/* Enlarge the unbounded queue; the ring is laid out from 0 again. */
static int
grow(struct twin_queue *q)
{
	unsigned char *slots;
	size_t first = q->room - q->head;

	if (q->room > SIZE_MAX / 2 / q->stride)
		return ENOMEM;
	slots = malloc(2 * q->room * q->stride);
	if (slots == NULL)
		return ENOMEM;
	memcpy(slots, slot(q, q->head), first * q->stride);
	memcpy(slots + first * q->stride, q->slots, q->head * q->stride);
	free(q->slots);
	q->slots = slots;
	q->head = 0;
	q->room *= 2;
	return 0;
}

static void
store(struct twin_queue *q, const void *element)
{
	size_t i = q->len;

	if (q->order == TWIN_FIFO && (i += q->head) >= q->room)
		i -= q->room;
	memcpy(slot(q, i) + prefix(q), element, q->element_size);
	q->len++;
	if (q->order == TWIN_PRIORITY) {
		memcpy(slot(q, i), &q->sequence, sizeof(q->sequence));
		q->sequence++;
		rise(q, i);
	}
}

static void
fetch(struct twin_queue *q, void *element)
{
	size_t i = q->order == TWIN_LIFO ? q->len - 1 : q->head;

	memcpy(element, slot(q, i) + prefix(q), q->element_size);
	q->len--;
	if (q->order == TWIN_FIFO)
		q->head = q->head + 1 < q->room ? q->head + 1 : 0;
	if (q->order == TWIN_PRIORITY && q->len > 0) {
		memcpy(slot(q, 0), slot(q, q->len), q->stride);
		sink(q, 0);
	}
}

/* Waiting */

static int
put_locked(struct twin_queue *q, const void *element)
{
	int err = 0;

	while (!q->closed && q->len >= q->capacity)
		pthread_cond_wait(&q->not_full, &q->lock);
	if (q->closed)
		return EPIPE;
	if (q->len == q->room)
		err = grow(q);
	if (err != 0)
		return err;
	store(q, element);
	q->unfinished++;
	pthread_cond_signal(&q->not_empty);
	return 0;
}

int
twin_queue_put_n(struct twin_queue *q, const void *elements, size_t n)
{
	const unsigned char *p = elements;
	int err = 0;

	pthread_mutex_lock(&q->lock);
	for (; n > 0 && err == 0; n--, p += q->element_size)
		err = put_locked(q, p);
	pthread_mutex_unlock(&q->lock);
	return err;
}

int
twin_queue_put(struct twin_queue *q, const void *element)
{
	int err;

	pthread_mutex_lock(&q->lock);
	err = put_locked(q, element);
	pthread_mutex_unlock(&q->lock);
	return err;
}

int
twin_queue_get_n(struct twin_queue *q, void *elements, size_t n, size_t *got)
{
	unsigned char *p = elements;
	size_t i = 0;

	pthread_mutex_lock(&q->lock);
	while (!q->closed && q->len == 0)
		pthread_cond_wait(&q->not_empty, &q->lock);
	for (; i < n && q->len > 0; i++, p += q->element_size) {
		fetch(q, p);
		pthread_cond_signal(&q->not_full);
	}
	pthread_mutex_unlock(&q->lock);
	if (i == 0)
		return EPIPE;
	*got = i;
	return 0;
}

int
twin_queue_get(struct twin_queue *q, void *element)
{
	size_t got;

	return twin_queue_get_n(q, element, 1, &got);
}

void
twin_queue_close(struct twin_queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->not_empty);
	pthread_cond_broadcast(&q->not_full);
	pthread_mutex_unlock(&q->lock);
}

int
twin_queue_task_done_n(struct twin_queue *q, size_t n)
{
	int err = 0;

	pthread_mutex_lock(&q->lock);
	if (n > q->unfinished) {
		err = EINVAL;
	} else {
		q->unfinished -= n;
		if (q->unfinished == 0)
			pthread_cond_broadcast(&q->all_done);
	}
	pthread_mutex_unlock(&q->lock);
	return err;
}

void
twin_queue_join(struct twin_queue *q)
{
	pthread_mutex_lock(&q->lock);
	while (q->unfinished > 0)
		pthread_cond_wait(&q->all_done, &q->lock);
	pthread_mutex_unlock(&q->lock);
}
