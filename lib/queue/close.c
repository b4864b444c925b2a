/* SPDX-License-Identifier: MIT */
/*
 * Closing a queue, and counting its unfinished tasks; see queue.h.
 *
 * done is twice the number of tasks done, plus one (the mark JOINED) while a
 * thread sleeps in join.  The number of unfinished tasks is the number of puts,
 * which the backend counts, minus the number of tasks done.
 *
 * Why no wake is lost: a joiner sets JOINED by a compare-and-swap, so only
 * while fewer tasks are done than were put.  The task_done that makes the two
 * equal clears JOINED in its own compare-and-swap, and wakes all joiners.
 */
#include "queue/queue.h"

#include "base/deadline.h"
#include "misuse.h"
#include "wait/waitq.h"

#define JOINED UINT64_C(1)

static void
wake_joiners(struct sync_queue *q)
{
	struct sync_list_node *chosen = NULL;

	(void)waitq_enter(&q->joiners);
	while (waitq_choose(&q->joiners, &chosen))
		continue;
	waitq_leave(&q->joiners);
	waitq_release(chosen, 0);
}

/* Close; the caller counts in inside.  False if it was closed already. */
static bool
shut(struct sync_queue *q)
{
	if (!queue_backend(q)->close(q))
		return false;
	/* After the close: threads that slept before are found, others see it. */
	queue_wake_all(q, false);
	queue_wake_all(q, true);
	return true;
}

int
sync_queue_close(struct sync_queue *q)
{
	int err = queue_refuses(q);

	if (err != 0)
		return MISUSE(err, q);
	(void)at64_add_relaxed(&q->inside, QUEUE_PASSING);
	(void)shut(q);
	/* the last touch; pairs with destroy */
	(void)at64_add_release(&q->inside, -QUEUE_PASSING);
	return 0;
}

/*
 * Mark n tasks as done.  If fewer are unfinished: mark those there are if
 * if_not is true; else change nothing and return false.
 */
static bool
finish(struct sync_queue *q, uint64_t n, bool if_not)
{
	uint64_t was, unfinished, now = 0;
	bool passes = false, enough;

	announce_release(&q->done);
	do {
		/* acquires earlier task_dones, for joiners, and their puts */
		was = at64_load_acquire(&q->done);
		unfinished = queue_backend(q)->puts(q) - was / 2;
		enough = n <= unfinished || if_not;
		if (!enough)
			break;
		if (n >= unfinished)
			now = (was & ~JOINED) + 2 * unfinished;
		else
			now = was + 2 * n;
		if ((was & ~now & JOINED) && !passes) {
			/* travels with the end, for destroy to see */
			(void)at64_add_relaxed(&q->inside, QUEUE_PASSING);
			passes = true;
		}
		/* publishes all tasks done to the joiners; pairs with join */
	} while (!at64_cas_release(&q->done, &was, now));
	if (enough && (was & ~now & JOINED))
		wake_joiners(q);
	if (passes) /* the last access; pairs with destroy */
		(void)at64_add_release(&q->inside, -QUEUE_PASSING);
	return enough;
}

int
sync_queue_close_now(struct sync_queue *q,
    void (*drop)(void *element, void *arg), void *arg)
{
	size_t n;
	int err = queue_refuses(q);

	if (err != 0)
		return MISUSE(err, q);
	(void)at64_add_relaxed(&q->inside, QUEUE_WAITING);
	(void)shut(q);
	n = queue_backend(q)->discard(q, drop, arg);
	(void)at64_add_relaxed(&q->inside, QUEUE_PASSING - QUEUE_WAITING);
	if (n > 0)
		(void)finish(q, n, true);
	/* the last touch; pairs with destroy */
	(void)at64_add_release(&q->inside, -QUEUE_PASSING);
	return 0;
}

static int
task_done(struct sync_queue *q, size_t n)
{
	int err = queue_refuses(q);

	if (err != 0 || n == 0)
		return err;
	return finish(q, n, false) ? 0 : EINVAL;
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

size_t
sync_queue_unfinished(struct sync_queue *q)
{
	uint64_t done;

	if (queue_refuses(q) != 0)
		return 0;
	done = at64_load_acquire(&q->done); /* first: see all_done */
	return (size_t)(queue_backend(q)->puts(q) - done / 2);
}

static bool
all_done(const struct sync_queue *q, uint64_t *done)
{
	/* pairs with finish; and first, so that we see the puts of it */
	*done = at64_load_acquire(&q->done);
	if (*done / 2 != queue_backend(q)->puts(q))
		return false;
	announce_acquire(&q->done);
	return true;
}

/* Under the joiners' lock: if tasks are unfinished, set JOINED; else false. */
static bool
mark(struct sync_queue *q)
{
	uint64_t done;

	do {
		if (all_done(q, &done))
			return false;
	} while (!(done & JOINED)
	    && !at64_cas_relaxed(&q->done, &done, done | JOINED));
	return true;
}

/* Sleep once, unless all is done.  0: check; ETIMEDOUT; EINVAL: destroyed. */
static int
sleep_once(struct sync_queue *q, sync_time deadline)
{
	struct sleeper self = waitq_sleeper();
	struct waiter w = { .sleeper = &self };
	int err = waitq_enter_until(&q->joiners, deadline);

	if (err != 0)
		return err;
	if (!mark(q)) {
		waitq_leave(&q->joiners);
		return 0;
	}
	waitq_queue(&q->joiners, &w);
	waitq_leave(&q->joiners);
	err = waitq_sleep(&q->joiners, &w, deadline);
	if (err == ETIMEDOUT)
		waitq_leave(&q->joiners);
	return err;
}

static int
join(struct sync_queue *q, sync_time deadline)
{
	uint64_t done;
	int err = queue_refuses(q);

	if (err != 0 || all_done(q, &done))
		return err;
	if (deadline == DEADLINE_TRY)
		return EAGAIN;
	(void)at64_add_relaxed(&q->inside, QUEUE_WAITING);
	do
		err = sleep_once(q, deadline);
	while (err == 0 && !all_done(q, &done));
	if (err == ETIMEDOUT && all_done(q, &done))
		err = 0; /* true on return beats the clock */
	/* the last touch; pairs with destroy */
	(void)at64_add_release(&q->inside, -QUEUE_WAITING);
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
