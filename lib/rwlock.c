/* SPDX-License-Identifier: MIT */
/*
 * The read-write lock is a wait queue (waitq.h) and, under its lock, the number
 * of read holds and the id of the thread that holds it for writing.
 *
 * Invariants: readers > 0 and writer != 0 are never true together.  Whenever
 * the wait queue's lock is released, the first waiter cannot be granted its
 * request.
 *
 *	ask, no waiter, can be granted			granted
 *	ask to read, holds it for reading		granted
 *	ask otherwise					join the queue, sleep
 *	unlock, or a waiter times out			grant as many from the
 *							front as possible
 *
 * The thread that makes a grant possible grants it on behalf of the waiter, and
 * the waiter wakes up as a holder.  So no newcomer can come between, and since
 * the queue is served in order, no waiter starves.
 *
 * Each thread records which locks it holds for reading (wait/record.h), as the
 * lock has no room for it.  These records show that a thread unlocks a lock
 * that it does not hold, or that a reader asks to write.
 *
 * In the child of a fork only the survivor's holds (plat/identity.h) remain.
 * The first thread that enters the lock there may be another one; so the
 * survivor's read holds were recorded when it forked.
 */
/* This file implements the annotated functions and cannot satisfy them. */
#define SYNC_ANNOTATE_(x)
#include <libsync/rwlock.h>

#include "base/deadline.h"
#include "base/invariant.h"
#include "misuse.h"
#include "wait/record.h"
#include "wait/waitq.h"

enum { READ, WRITE };

static int
enter_until(struct sync_rwlock *l, sync_time deadline)
{
	int err = waitq_enter_until(&l->waiters, deadline);

	if (err == WAITQ_FORKED) {
		l->readers = identity_read_holds(l);
		if (identity_lost(l->writer))
			l->writer = 0;
		err = 0;
	}
	return err;
}

static int
enter(struct sync_rwlock *l)
{
	return enter_until(l, SYNC_NEVER);
}

/* Whether the calling thread holds it for writing. */
static bool
writes(const struct sync_rwlock *l)
{
	return identity_same(l->writer, plat_self());
}

/*
 * The calling thread's entry for the lock; null if it does not hold the lock
 * for reading.
 */
static struct identity_read *
hold_of(const struct sync_rwlock *l)
{
	struct thread_record *mine = record_if_any();
	uint32_t i;

	if (mine == NULL)
		return NULL;
	for (i = 0; i < mine->reads.n; i++)
		if (mine->reads.of[i].lock == l)
			return &mine->reads.of[i];
	return NULL;
}

/* Whether there is room for one more entry. */
static bool
hold_fits(void)
{
	const struct thread_record *mine = record_mine();

	return mine != NULL && mine->reads.n < SYNC_RWLOCK_READS_MAX;
}

static void
hold_begin(const struct sync_rwlock *l)
{
	struct identity_reads *r = &record_mine()->reads;

	r->of[r->n++] = (struct identity_read) { l, 1 };
}

static void
hold_end(struct identity_read *h)
{
	struct identity_reads *r = &record_mine()->reads;

	*h = r->of[--r->n];
}

int
sync_rwlock_init(struct sync_rwlock *l, unsigned flags)
{
	struct identity_read *h;

	if (UNFIT(l, struct sync_rwlock) || flags != 0)
		return MISUSE(EINVAL, l);
	h = hold_of(l);
	if (h != NULL)
		hold_end(h); /* of the parent's lock, or an earlier one here */
	*l = (struct sync_rwlock) { .waiters = { 0, plat_generation(), NULL } };
	return 0;
}

int
sync_rwlock_destroy(struct sync_rwlock *l)
{
	if (l == NULL || enter(l) != 0)
		return MISUSE(EINVAL, l);
	if (l->readers != 0 || l->writer != 0 || !waitq_empty(&l->waiters)) {
		waitq_leave(&l->waiters);
		return EBUSY;
	}
	waitq_destroy(&l->waiters);
	announce_destroy(l);
	return 0;
}

/* With the lock held: whether the maximum number of read holds is reached. */
static bool
is_full(const struct sync_rwlock *l, uint32_t kind)
{
	return kind == READ && l->readers == UINT32_MAX;
}

/* With the lock held. */
static bool
can_grant(const struct sync_rwlock *l, uint32_t kind)
{
	return l->writer == 0 && (kind == READ || l->readers == 0);
}

/* With the lock held. */
static void
grant(struct sync_rwlock *l, uint32_t kind, uint32_t id)
{
	INVARIANT(can_grant(l, kind));
	if (kind == READ)
		l->readers++;
	else
		l->writer = id;
}

/* With the lock held, which this releases: grant from the front. */
static void
grant_waiters(struct sync_rwlock *l)
{
	struct sync_list_node *granted = NULL, *refused = NULL;
	struct waiter *w;

	while ((w = waitq_first(&l->waiters)) != NULL
	    && can_grant(l, w->kind)) {
		bool full = is_full(l, w->kind);

		if (!waitq_choose_this(
			&l->waiters, w, full ? &refused : &granted))
			continue; /* it is leaving: the next is first now */
		if (!full)
			grant(l, w->kind, w->sleeper->id);
	}
	waitq_leave(&l->waiters);
	waitq_release(granted, 0);
	waitq_release(refused, EAGAIN);
}

/* With the lock held, which this releases. */
static int
sleep_for_grant(struct sync_rwlock *l, uint32_t kind, sync_time deadline)
{
	struct sleeper self = waitq_sleeper();
	struct waiter w = { .sleeper = &self, .kind = kind };
	int err;

	waitq_queue(&l->waiters, &w);
	waitq_leave(&l->waiters);
	err = waitq_sleep(&l->waiters, &w, deadline);
	if (err == ETIMEDOUT)
		grant_waiters(l); /* those behind us may go now */
	return err;
}

/*
 * With the lock held, which this releases.  reads: the calling thread holds the
 * lock for reading and asks to read.
 */
static int
ask(struct sync_rwlock *l, uint32_t kind, bool reads, sync_time deadline)
{
	int err = 0;

	if (is_full(l, kind))
		err = EAGAIN;
	else if (can_grant(l, kind)
	    && (reads || waitq_first(&l->waiters) == NULL))
		grant(l, kind, plat_self());
	else if (deadline == DEADLINE_TRY)
		err = EBUSY;
	else if (writes(l) || (kind == WRITE && hold_of(l) != NULL))
		err = EDEADLK;
	else
		return sleep_for_grant(l, kind, deadline);
	waitq_leave(&l->waiters);
	return err;
}

static unsigned
how(uint32_t kind, sync_time deadline)
{
	return (kind == READ ? ANNOUNCE_READ : ANNOUNCE_WRITE)
	    | (deadline == DEADLINE_TRY ? ANNOUNCE_TRY : 0);
}

static int
lock_to_read(struct sync_rwlock *l, sync_time deadline)
{
	int err = l != NULL ? enter_until(l, deadline) : EINVAL;
	struct identity_read *h;

	if (err == ETIMEDOUT)
		return deadline_error(deadline, EBUSY);
	if (err != 0)
		return err;
	h = hold_of(l);
	if (h == NULL && !hold_fits()) {
		waitq_leave(&l->waiters);
		return EAGAIN;
	}
	err = ask(l, READ, h != NULL, deadline);
	if (err != 0)
		return err;
	if (h != NULL) {
		h->count++;
		return 0;
	}
	hold_begin(l);
	announce_lock(l, how(READ, deadline));
	return 0;
}

static int
lock_to_write(struct sync_rwlock *l, sync_time deadline)
{
	int err = l != NULL ? enter_until(l, deadline) : EINVAL;

	if (err == ETIMEDOUT && deadline != DEADLINE_TRY && hold_of(l) != NULL)
		return EDEADLK; /* as later */
	if (err == ETIMEDOUT)
		return deadline_error(deadline, EBUSY);
	if (err != 0)
		return err;
	err = ask(l, WRITE, false, deadline);
	if (err == 0)
		announce_lock(l, how(WRITE, deadline));
	return err;
}

int
sync_rwlock_rdlock(struct sync_rwlock *l)
{
	int err = lock_to_read(l, SYNC_NEVER);

	return err == 0 ? 0 : MISUSE(err, l);
}

int
sync_rwlock_tryrdlock(struct sync_rwlock *l)
{
	int err = lock_to_read(l, DEADLINE_TRY);

	return err == 0 ? 0 : MISUSE(err, l);
}

int
sync_rwlock_rdlock_until(struct sync_rwlock *l, sync_time deadline)
{
	int err = lock_to_read(l, deadline_real(deadline));

	return err == 0 ? 0 : MISUSE(err, l);
}

int
sync_rwlock_wrlock(struct sync_rwlock *l)
{
	int err = lock_to_write(l, SYNC_NEVER);

	return err == 0 ? 0 : MISUSE(err, l);
}

int
sync_rwlock_trywrlock(struct sync_rwlock *l)
{
	int err = lock_to_write(l, DEADLINE_TRY);

	return err == 0 ? 0 : MISUSE(err, l);
}

int
sync_rwlock_wrlock_until(struct sync_rwlock *l, sync_time deadline)
{
	int err = lock_to_write(l, deadline_real(deadline));

	return err == 0 ? 0 : MISUSE(err, l);
}

/* With the lock held: end a hold.  Returns 0, or EPERM if there is none. */
static int
give_back(struct sync_rwlock *l)
{
	struct identity_read *h;

	if (writes(l)) {
		announce_unlock(l, ANNOUNCE_WRITE);
		l->writer = 0;
		return 0;
	}
	h = hold_of(l);
	if (h == NULL || l->readers == 0)
		return EPERM;
	if (--h->count == 0) {
		announce_unlock(l, ANNOUNCE_READ);
		hold_end(h);
	}
	l->readers--;
	return 0;
}

int
sync_rwlock_unlock(struct sync_rwlock *l)
{
	if (l == NULL || enter(l) != 0)
		return MISUSE(EINVAL, l);
	if (give_back(l) != 0) {
		waitq_leave(&l->waiters);
		return MISUSE(EPERM, l);
	}
	grant_waiters(l);
	return 0;
}
