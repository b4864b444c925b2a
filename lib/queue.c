/* SPDX-License-Identifier: MIT */
/* Putting and getting; queue.h says how nobody is left asleep. */
#include "queue.h"

#include <string.h>

#include "base/deadline.h"
#include "base/misuse.h"
#include "base/store.h"
#include "cond.h"
#include "plat.h"

static bool
may_get(const struct sync_queue *q)
{
	return q->state != QUEUE_OPEN || q->store.len > 0;
}

static bool
may_put(const struct sync_queue *q)
{
	return q->state != QUEUE_OPEN || q->store.len < q->capacity;
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
	if (q->state != QUEUE_OPEN)
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
	err = queue_enter(q);
	if (err != 0)
		return err;
	while (i < n && err == 0) {
		err = put_one(q, p, deadline, &chosen);
		if (err == 0) {
			p += q->store.element_size;
			i++;
		}
	}
	queue_leave(q);
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
	err = queue_enter(q);
	if (err != 0)
		return err;
	err = await(q, getters(q), deadline, &chosen);
	if (err == 0 && queue_available(q) == 0)
		err = EPIPE;
	if (err == 0) {
		for (; i < n && queue_available(q) > 0; i++)
			get_one(q, p + i * q->store.element_size, &chosen);
		*got = i;
	}
	queue_leave(q);
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
	err = queue_enter(q);
	if (err != 0)
		return MISUSE(err, q);
	if (queue_available(q) > 0)
		memcpy(element, store_front(&q->store), q->store.element_size);
	else
		err = q->state == QUEUE_OPEN ? EAGAIN : EPIPE;
	queue_leave(q);
	return err;
}

size_t
sync_queue_len(struct sync_queue *q)
{
	size_t len;

	if (queue_enter(q) != 0)
		return 0;
	len = queue_available(q);
	queue_leave(q);
	return len;
}

size_t
sync_queue_capacity(struct sync_queue *q)
{
	size_t capacity;

	if (queue_enter(q) != 0)
		return 0;
	capacity = q->capacity;
	queue_leave(q);
	return capacity;
}

bool
sync_queue_is_closed(struct sync_queue *q)
{
	bool closed;

	if (queue_enter(q) != 0)
		return false;
	closed = q->state != QUEUE_OPEN;
	queue_leave(q);
	return closed;
}
