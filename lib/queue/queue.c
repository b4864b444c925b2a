/* SPDX-License-Identifier: MIT */
/* The calls that move elements, and the queries; see queue.h. */
#include "queue/ring.h"

#include "base/deadline.h"
#include "misuse.h"

static size_t
batch(size_t n)
{
	return n < QUEUE_BATCH ? n : QUEUE_BATCH;
}

static int
put_n(struct sync_queue *q, const void *elements, size_t n, size_t *done,
    sync_time deadline)
{
	unsigned char *from = (void *)(uintptr_t)elements;
	size_t i = 0;
	int err;

	if (done != NULL)
		*done = 0;
	if (elements == NULL && n > 0)
		return EINVAL;
	err = queue_refuses(q);
	if (err == 0 && n == 0 && queue_backend(q)->is_closed(q))
		err = EPIPE;
	while (i < n && err == 0) {
		struct queue_move m = { from, batch(n - i), true, deadline,
			.moved = 0 };

		err = queue_move(q, &m);
		i += m.moved;
		if (i < n)
			from += m.moved * q->element_size;
	}
	if (done != NULL)
		*done = i;
	return err;
}

/* Get several batches; only the first may wait. */
static int
get_batches(struct sync_queue *q, unsigned char *to, size_t n, size_t *got,
    sync_time deadline)
{
	size_t i = 0;
	int err;

	/* travels with the first batch, for destroy to see */
	(void)at64_add_relaxed(&q->inside, QUEUE_PASSING);
	do {
		struct queue_move m = { to, batch(n - i), false, deadline,
			.moved = 0 };

		err = queue_move(q, &m);
		i += m.moved;
		to += m.moved * q->element_size;
		deadline = DEADLINE_TRY;
	} while (err == 0 && i % QUEUE_BATCH == 0 && i < n);
	/* the last access; pairs with destroy */
	(void)at64_add_release(&q->inside, -QUEUE_PASSING);
	if (i == 0)
		return err;
	*got = i;
	return 0;
}

static int
get_n(struct sync_queue *q, void *elements, size_t n, size_t *got,
    sync_time deadline)
{
	struct queue_move m = { elements, n, false, deadline, .moved = 0 };
	int err;

	if (elements == NULL || n == 0 || got == NULL)
		return EINVAL;
	err = queue_refuses(q);
	if (err != 0)
		return err;
	if (n > QUEUE_BATCH)
		return get_batches(q, elements, n, got, deadline);
	err = queue_move(q, &m);
	if (err == 0)
		*got = m.moved;
	return err;
}

/* A function of its own, so that its callers save fewer registers. */
static SLOW_PATH int
move_one(struct sync_queue *q, void *element, bool puts, sync_time deadline)
{
	struct queue_move m = { element, 1, puts, deadline, .moved = 0 };

	return queue_move(q, &m);
}

static SLOW_PATH int
put_slow_path(struct sync_queue *q, const void *element, sync_time deadline)
{
	if (q->kind == QUEUE_STORE && queue_store_put_one(q, element))
		return 0;
	return move_one(q, (void *)(uintptr_t)element, true, deadline);
}

static SLOW_PATH int
get_slow_path(struct sync_queue *q, void *element, sync_time deadline)
{
	if (q->kind == QUEUE_STORE && queue_store_get_one(q, element))
		return 0;
	return move_one(q, element, false, deadline);
}

static inline int
put(struct sync_queue *q, const void *element, sync_time deadline)
{
	int err = element != NULL ? queue_refuses(q) : EINVAL;

	if (err != 0)
		return err;
	if (ring_put_one(q, element))
		return 0;
	return put_slow_path(q, element, deadline);
}

static inline int
get(struct sync_queue *q, void *element, sync_time deadline)
{
	int err = element != NULL ? queue_refuses(q) : EINVAL;

	if (err != 0)
		return err;
	if (ring_get_one(q, element))
		return 0;
	return get_slow_path(q, element, deadline);
}

int
sync_queue_put(struct sync_queue *q, const void *element)
{
	return MISUSE(put(q, element, SYNC_NEVER), q);
}

int
sync_queue_tryput(struct sync_queue *q, const void *element)
{
	return MISUSE(put(q, element, DEADLINE_TRY), q);
}

int
sync_queue_put_until(
    struct sync_queue *q, const void *element, sync_time deadline)
{
	return MISUSE(put(q, element, deadline_real(deadline)), q);
}

int
sync_queue_put_n(
    struct sync_queue *q, const void *elements, size_t n, size_t *done)
{
	return MISUSE(put_n(q, elements, n, done, SYNC_NEVER), q);
}

int
sync_queue_tryput_n(
    struct sync_queue *q, const void *elements, size_t n, size_t *done)
{
	return MISUSE(put_n(q, elements, n, done, DEADLINE_TRY), q);
}

int
sync_queue_put_n_until(struct sync_queue *q, const void *elements, size_t n,
    size_t *done, sync_time deadline)
{
	return MISUSE(
	    put_n(q, elements, n, done, deadline_real(deadline)), q);
}

int
sync_queue_get(struct sync_queue *q, void *element)
{
	return MISUSE(get(q, element, SYNC_NEVER), q);
}

int
sync_queue_tryget(struct sync_queue *q, void *element)
{
	return MISUSE(get(q, element, DEADLINE_TRY), q);
}

int
sync_queue_get_until(
    struct sync_queue *q, void *element, sync_time deadline)
{
	return MISUSE(get(q, element, deadline_real(deadline)), q);
}

int
sync_queue_get_n(struct sync_queue *q, void *elements, size_t n, size_t *got)
{
	return MISUSE(get_n(q, elements, n, got, SYNC_NEVER), q);
}

int
sync_queue_tryget_n(
    struct sync_queue *q, void *elements, size_t n, size_t *got)
{
	return MISUSE(get_n(q, elements, n, got, DEADLINE_TRY), q);
}

int
sync_queue_get_n_until(struct sync_queue *q, void *elements, size_t n,
    size_t *got, sync_time deadline)
{
	return MISUSE(
	    get_n(q, elements, n, got, deadline_real(deadline)), q);
}

int
sync_queue_peek(struct sync_queue *q, void *element)
{
	int err = element != NULL ? queue_refuses(q) : EINVAL;

	if (err != 0)
		return MISUSE(err, q);
	return queue_backend(q)->peek(q, element);
}

size_t
sync_queue_len(struct sync_queue *q)
{
	return queue_refuses(q) == 0 ? queue_backend(q)->len(q) : 0;
}

size_t
sync_queue_capacity(struct sync_queue *q)
{
	return queue_refuses(q) == 0 ? q->capacity : 0;
}

bool
sync_queue_is_closed(struct sync_queue *q)
{
	return queue_refuses(q) == 0 && queue_backend(q)->is_closed(q);
}
