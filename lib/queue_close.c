/* SPDX-License-Identifier: MIT */
/* Closing a queue, and counting its unfinished tasks; see queue.h. */
#include "queue.h"

#include "base/deadline.h"
#include "base/misuse.h"
#include "base/store.h"

static void
wake_all(struct sync_queue *q) SYNC_REQUIRES(q->lock)
{
	(void)sync_cond_broadcast(&q->not_empty);
	(void)sync_cond_broadcast(&q->not_full);
}

int
sync_queue_close(struct sync_queue *q)
{
	int err = queue_enter(q);

	if (err != 0)
		return MISUSE(err, q);
	if (q->state == QUEUE_OPEN) {
		q->state = QUEUE_CLOSED;
		wake_all(q);
	}
	queue_leave(q);
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

/* While QUEUE_DISCARDING, without the lock.  Returns how many there were. */
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
	int err = queue_enter(q);

	if (err != 0)
		return MISUSE(err, q);
	if (q->state != QUEUE_DISCARDING) {
		q->state = QUEUE_DISCARDING;
		q->blocked++;
		wake_all(q);
		queue_leave(q);
		n = discard(&q->store, drop, arg);
		(void)sync_mutex_lock(&q->lock); /* it is there still */
		q->blocked--;
		q->state = QUEUE_CLOSED;
		finish(q, n < q->unfinished ? n : (size_t)q->unfinished);
	}
	queue_leave(q);
	return 0;
}

static int
task_done(struct sync_queue *q, size_t n)
{
	int err = queue_enter(q);

	if (err != 0)
		return err;
	if (n > q->unfinished)
		err = EINVAL;
	else if (n > 0)
		finish(q, n);
	queue_leave(q);
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
	int err = queue_enter(q);

	if (err != 0)
		return err;
	while (q->unfinished > 0 && err == 0) {
		if (deadline == DEADLINE_TRY) {
			err = EAGAIN;
			break;
		}
		q->blocked++;
		err = sync_cond_wait_until(&q->all_done, &q->lock, deadline);
		q->blocked--;
	}
	if (q->unfinished == 0)
		err = 0; /* true on return beats the clock */
	queue_leave(q);
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
