/* SPDX-License-Identifier: MIT */
/*
 * The barrier is a wait queue (waitq.h) and, under its lock, the number of
 * threads that have arrived in this round.
 *
 *	arrive, not the last	join the queue, sleep
 *	arrive, the last	choose all, begin the next round, unlock, run
 *				the action, release all
 *	time out		break: choose all, release with ECANCELED
 *	abort, reset		the same; after reset the barrier is not broken
 *
 * Once the last thread has chosen the others, nothing can stop them.  So the
 * action needs no lock, and the next round may begin while it runs.
 *
 * A waiter whose deadline passes just before it would be chosen is LEAVING and
 * cannot be chosen.  Then the last thread breaks the barrier instead.
 * (Counting the waiter in would require it to lock, and so access, the barrier
 * after others were released.)  waiter.value is the number of resets so far; it
 * tells waiters that left before a reset from those of this round.
 *
 * Freeing the barrier after a wait: chosen waiters do not access the barrier,
 * nor does the last thread once it has begun to release them.  It does not
 * announce anything then either, because ThreadSanitizer forgets what it knows
 * of memory that is freed.
 */
#include <libsync/barrier.h>

#include "base/deadline.h"
#include "base/invariant.h"
#include "misuse.h"
#include "plat.h"
#include "wait/waitq.h"

static int
enter_until(struct sync_barrier *b, sync_time deadline)
{
	int err = waitq_enter_until(&b->waiters, deadline);

	if (err == WAITQ_FORKED) {
		b->arrived = 0;
		b->broken = 0;
		err = 0;
	}
	return err;
}

static int
enter(struct sync_barrier *b)
{
	return enter_until(b, SYNC_NEVER);
}

int
sync_barrier_init(struct sync_barrier *b, uint32_t parties,
    void (*action)(void *), void *arg, unsigned flags)
{
	if (UNFIT(b, struct sync_barrier) || parties == 0 || flags != 0)
		return MISUSE(EINVAL, b);
	*b = (struct sync_barrier) {
		.waiters = { 0, plat_generation(), NULL },
		.action = action,
		.arg = arg,
		.parties = parties,
	};
	return 0;
}

int
sync_barrier_destroy(struct sync_barrier *b)
{
	if (b == NULL || enter(b) != 0)
		return MISUSE(EINVAL, b);
	if (!waitq_empty(&b->waiters)) {
		waitq_leave(&b->waiters);
		return EBUSY;
	}
	waitq_destroy(&b->waiters);
	return 0;
}

/* With the lock held: choose all, and begin the next round. */
static struct sync_list_node *
choose_all(struct sync_barrier *b)
{
	struct sync_list_node *chosen = NULL;

	while (waitq_choose(&b->waiters, &chosen))
		continue;
	b->arrived = 0;
	return chosen;
}

/* With the lock held, which this releases: release all with ECANCELED. */
static void
cancel(struct sync_barrier *b, struct sync_list_node *chosen, uint32_t broken)
{
	b->broken = broken;
	waitq_leave(&b->waiters);
	waitq_release(chosen, ECANCELED);
}

/* With the lock held, which this releases: the last thread has arrived. */
static int
complete(struct sync_barrier *b)
{
	void (*action)(void *) = b->action;
	void *arg = b->arg;
	struct sync_list_node *chosen = choose_all(b);

	if (waitq_leaving(&b->waiters, b->resets)) {
		cancel(b, chosen, 1);
		return ECANCELED;
	}
	waitq_leave(&b->waiters);
	announce_acquire(b);
	if (action != NULL)
		action(arg);
	waitq_release(chosen, 0);
	return 0;
}

/* With the lock held, which this releases. */
static int
sleep_for_others(struct sync_barrier *b, sync_time deadline)
{
	struct sleeper self = waitq_sleeper();
	struct waiter w = { .sleeper = &self, .value = b->resets };
	int err;

	waitq_queue(&b->waiters, &w);
	waitq_leave(&b->waiters);
	err = waitq_sleep(&b->waiters, &w, deadline);
	if (err != ETIMEDOUT)
		return err;
	if (b->resets == w.value)
		cancel(b, choose_all(b), 1);
	else
		waitq_leave(&b->waiters); /* not part of this round */
	return ETIMEDOUT;
}

/* With the lock held, which this releases. */
static int
arrive(struct sync_barrier *b, uint32_t *index, sync_time deadline)
{
	uint32_t mine = b->arrived;
	int err = 0;

	if (b->broken)
		err = ECANCELED;
	else if (mine + 1 < b->parties && deadline == DEADLINE_TRY)
		err = EAGAIN;
	if (err != 0) {
		waitq_leave(&b->waiters);
		return err;
	}
	announce_release(b);
	b->arrived++;
	INVARIANT(b->arrived <= b->parties);
	if (b->arrived == b->parties)
		err = complete(b);
	else
		err = sleep_for_others(b, deadline);
	if (err == 0 && index != NULL)
		*index = mine;
	return err;
}

static int
wait(struct sync_barrier *b, uint32_t *index, sync_time deadline)
{
	bool tries = deadline == DEADLINE_TRY;
	int err = EINVAL;

	/* A late thread must lock in any case, to break the barrier. */
	if (b != NULL)
		err = enter_until(b, tries ? deadline : SYNC_NEVER);
	if (err == ETIMEDOUT)
		return EAGAIN;
	return err != 0 ? err : arrive(b, index, deadline);
}

int
sync_barrier_wait(struct sync_barrier *b, uint32_t *index)
{
	return MISUSE(wait(b, index, SYNC_NEVER), b);
}

int
sync_barrier_trywait(struct sync_barrier *b, uint32_t *index)
{
	return MISUSE(wait(b, index, DEADLINE_TRY), b);
}

int
sync_barrier_wait_until(
    struct sync_barrier *b, uint32_t *index, sync_time deadline)
{
	return MISUSE(wait(b, index, deadline_real(deadline)), b);
}

int
sync_barrier_abort(struct sync_barrier *b)
{
	if (b == NULL || enter(b) != 0)
		return MISUSE(EINVAL, b);
	cancel(b, choose_all(b), 1);
	return 0;
}

int
sync_barrier_reset(struct sync_barrier *b)
{
	if (b == NULL || enter(b) != 0)
		return MISUSE(EINVAL, b);
	b->resets++;
	cancel(b, choose_all(b), 0);
	return 0;
}

uint32_t
sync_barrier_parties(const struct sync_barrier *b)
{
	return b != NULL && !waitq_destroyed(&b->waiters) ? b->parties : 0;
}

uint32_t
sync_barrier_waiting(struct sync_barrier *b)
{
	uint32_t n;

	if (b == NULL || enter(b) != 0)
		return 0;
	n = b->arrived;
	waitq_leave(&b->waiters);
	return n;
}

bool
sync_barrier_is_broken(struct sync_barrier *b)
{
	bool broken;

	if (b == NULL || enter(b) != 0)
		return false;
	broken = b->broken != 0;
	waitq_leave(&b->waiters);
	return broken;
}
