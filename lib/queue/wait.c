/* SPDX-License-Identifier: MIT */
/*
 * The waiting layer of all backends: how a thread waits for room or for an
 * element, and which threads it wakes.  queue.h says why no wake is lost.
 */
#include "queue/queue.h"

#include "base/deadline.h"
#include "wait/waitq.h"

#define MANY 64 /* elements */

static struct sync_waitq *
sleepers(struct sync_queue *q, bool puts)
{
	return puts ? &q->putters : &q->getters;
}

/* Under the lock of that side: clear the mark if no thread sleeps there. */
static void
unmark_if_empty(struct sync_queue *q, bool puts, struct queue_move *between)
{
	if (waitq_empty(sleepers(q, puts)))
		queue_backend(q)->unmark(q, puts, between);
}

/* Claim, and choose one sleeper of the other side for each element moved. */
static int
claim_and_choose(struct sync_queue *q, struct queue_move *m,
    struct sync_list_node **chosen)
{
	struct sync_waitq *others = sleepers(q, !m->puts);
	int err = waitq_enter_until(others, m->deadline);
	size_t i;

	if (err != 0)
		return err;
	m->wakes = true;
	err = queue_backend(q)->claim(q, m);
	m->wakes = false;
	if (err == 0) {
		for (i = 0; i < m->moved; i++)
			(void)waitq_choose(others, chosen);
		unmark_if_empty(q, !m->puts, m);
	}
	waitq_leave(others);
	return err;
}

/* Move elements, without waiting for room or for elements. */
static int
attempt(struct sync_queue *q, struct queue_move *m)
{
	const struct queue_backend *b = queue_backend(q);
	struct sync_list_node *chosen = NULL;
	int err = b->claim(q, m);

	if (err == QUEUE_OWES)
		err = claim_and_choose(q, m, &chosen);
	if (err != 0)
		return err;
	if (m->waits) /* pairs with destroy */
		(void)at64_add_release(&q->inside, -QUEUE_WAITING);
	b->publish(q, m);
	waitq_release(chosen, 0); /* each keeps the queue in use until it is here */
	return 0;
}

/*
 * Poll for a while without sleeping.  Poll only the slot or the length, and
 * make one full attempt, so that a close is noticed.  In a large queue skip the
 * shortest pauses: that gives the other side a head start, or both sides would
 * collide at each element.
 */
static int
spin(struct sync_queue *q, struct queue_move *m)
{
	struct spin polls = { .kind = SPIN_ELEMENT };
	unsigned last;
	int err = EAGAIN;

	if (q->capacity >= MANY)
		polls.turn = SPIN_SHORT + 2;
	last = polls.turn + SPIN_SHORT + 2;
	while (err == EAGAIN && spin_again(&polls))
		if (queue_backend(q)->promising(q, m->puts) || polls.turn == last)
			err = attempt(q, m);
	if (err == 0)
		(void)spin_paid(&polls);
	else if (err == EAGAIN && polls.turn < last)
		err = attempt(q, m);
	return err;
}

/*
 * Sleep once, unless an attempt may succeed.  Returns 0: try again, and *woken
 * says whether after a wake; ETIMEDOUT; EINVAL: destroyed.
 */
static int
sleep_once(struct sync_queue *q, const struct queue_move *m, bool *woken)
{
	struct sync_waitq *w = sleepers(q, m->puts);
	struct sleeper self = waitq_sleeper();
	struct waiter place = { .sleeper = &self };
	int err = waitq_enter_until(w, m->deadline);

	*woken = false;
	if (err != 0)
		return err;
	if (!queue_backend(q)->mark(q, m->puts, m->deadline)) {
		waitq_leave(w);
		return 0;
	}
	waitq_queue(w, &place);
	waitq_leave(w);
	err = waitq_sleep(w, &place, m->deadline);
	if (err == ETIMEDOUT) {
		unmark_if_empty(q, m->puts, NULL);
		waitq_leave(w);
	}
	*woken = err == 0;
	return err;
}

/* Another thread was faster: poll for a while before sleeping again. */
static int
poll_after_wake(struct sync_queue *q, struct queue_move *m)
{
	unsigned turn = 0;
	int err = EAGAIN;

	while (err == EAGAIN && spin_between_sleeps(&turn, m->deadline))
		if (queue_backend(q)->promising(q, m->puts))
			err = attempt(q, m);
	return err;
}

/* We were chosen but leave without an attempt: choose another instead. */
static void
choose_another(struct sync_queue *q, bool puts)
{
	struct sync_waitq *w = sleepers(q, puts);
	struct sync_list_node *chosen = NULL;

	(void)waitq_enter(w);
	if (waitq_choose(w, &chosen))
		unmark_if_empty(q, puts, NULL);
	waitq_leave(w);
	waitq_release(chosen, 0);
}

/* Wait after an attempt that found no room, or no element. */
static int
wait(struct sync_queue *q, struct queue_move *m)
{
	sync_time since = spin_sleeps();
	bool woken = false;
	int err = EAGAIN, slept = 0;

	(void)at64_add_relaxed(&q->inside, QUEUE_WAITING);
	m->waits = true;
	while (err == EAGAIN && slept == 0) {
		slept = sleep_once(q, m, &woken);
		if (slept != EINVAL)
			err = attempt(q, m); /* true beats the clock */
		if (err == EAGAIN && woken)
			err = poll_after_wake(q, m);
	}
	spin_slept(SPIN_ELEMENT, since);
	if (err == 0)
		return 0;
	if (err == ETIMEDOUT && woken)
		choose_another(q, m->puts);
	/* the last access; pairs with destroy */
	(void)at64_add_release(&q->inside, -QUEUE_WAITING);
	return err == EAGAIN ? slept : err;
}

/*
 * A full attempt reads the other side's cache line.  A caller that may block
 * first checks whether that can be avoided.
 */
int
queue_move(struct sync_queue *q, struct queue_move *m)
{
	bool waits = m->deadline >= 0;
	int err = EAGAIN;

	if (!waits || queue_backend(q)->promising(q, m->puts))
		err = attempt(q, m);
	if (err == EAGAIN && waits)
		err = spin(q, m);
	if (err == EAGAIN && waits)
		err = wait(q, m);
	if (err == EAGAIN || err == ETIMEDOUT)
		return deadline_error(m->deadline, EAGAIN);
	return err;
}

void
queue_wake_all(struct sync_queue *q, bool puts)
{
	struct sync_waitq *w = sleepers(q, puts);
	struct sync_list_node *chosen = NULL;

	(void)waitq_enter(w);
	while (waitq_choose(w, &chosen))
		continue;
	unmark_if_empty(q, puts, NULL);
	waitq_leave(w);
	waitq_release(chosen, 0);
}
