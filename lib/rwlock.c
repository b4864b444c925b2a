/* SPDX-License-Identifier: MIT */
/*
 * The read-write lock is a wait queue (waitq.h) and, under its lock, how often
 * it is held for reading and who holds it for writing.
 *
 * Invariants: readers > 0 and writer != 0 never hold together.  When the lock
 * is given back, the first waiter could not be granted what it wants.
 *
 *	ask, nobody queued, nothing in the way		granted
 *	ask to read, reads already			granted
 *	ask otherwise					join the queue, sleep
 *	unlock, or a waiter leaves at its deadline	grant as many from the
 *							front as can be granted
 *
 * A lock is granted by the one who makes it possible, on behalf of the waiter,
 * and the waiter wakes up as a holder: no newcomer can come between, so in the
 * order of the queue nobody starves.
 *
 * Which thread reads is kept by the thread (plat_local), as the lock has no
 * room for it: that is how unlocking what is not held, and a reader that asks
 * to write, are found.
 */
/* This file is what the annotations describe, and cannot satisfy them. */
#define SYNC_ANNOTATE_(x)
#include <libsync/rwlock.h>

#include "base/deadline.h"
#include "base/misuse.h"
#include "plat.h"
#include "waitq.h"

enum { READ, WRITE };

static int
enter_until(struct sync_rwlock *l, sync_time deadline)
{
	int err = waitq_enter_until(&l->waiters, deadline);

	if (err == WAITQ_FORKED) {
		l->readers = 0;
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

/* This thread's entry for the lock, or a free one; null if there is neither. */
static struct plat_hold *
hold_of(const struct sync_rwlock *l)
{
	struct plat_hold *h = plat_local()->reads, *unused = NULL;
	int i;

	for (i = 0; i < SYNC_RWLOCK_READS_MAX; i++) {
		if (h[i].lock == l)
			return &h[i];
		if (h[i].lock == NULL && unused == NULL)
			unused = &h[i];
	}
	return unused;
}

int
sync_rwlock_init(struct sync_rwlock *l, unsigned flags)
{
	if (UNFIT(l, struct sync_rwlock) || flags != 0)
		return MISUSE(EINVAL, l);
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
	if (kind == READ)
		l->readers++;
	else
		l->writer = id;
}

/* With the lock held, which is given back. */
static void
grant_waiters(struct sync_rwlock *l)
{
	struct sync_list_node *chosen = NULL;
	struct waiter *w;

	while ((w = waitq_first(&l->waiters)) != NULL
	    && can_grant(l, w->kind)) {
		if (!waitq_choose_this(&l->waiters, w, &chosen))
			continue; /* it is leaving: the next is first now */
		grant(l, w->kind, w->id);
	}
	waitq_leave(&l->waiters);
	waitq_free(chosen, 0);
}

/* With the lock held, which is given back. */
static int
sleep_for_grant(struct sync_rwlock *l, uint32_t kind, sync_time deadline)
{
	struct waiter w = { .kind = kind };
	int err;

	waitq_queue(&l->waiters, &w);
	waitq_leave(&l->waiters);
	err = waitq_sleep(&l->waiters, &w, deadline);
	if (err == ETIMEDOUT)
		grant_waiters(l); /* those behind us may go now */
	return err;
}

/* With the lock held, which is given back.  reads: this thread does already. */
static int
ask(struct sync_rwlock *l, uint32_t kind, bool reads, sync_time deadline)
{
	uint32_t self = plat_self();
	bool mine = l->writer == self || (kind == WRITE && reads);
	bool now = can_grant(l, kind)
	    && (reads || waitq_first(&l->waiters) == NULL);
	int err = 0;

	if (kind == READ && l->readers == UINT32_MAX)
		err = EAGAIN;
	else if (now)
		grant(l, kind, self);
	else if (deadline == DEADLINE_TRY)
		err = EBUSY;
	else if (mine)
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
lock(struct sync_rwlock *l, uint32_t kind, sync_time deadline)
{
	int err = l != NULL ? enter_until(l, deadline) : EINVAL;
	struct plat_hold *h;

	if (err == ETIMEDOUT)
		return deadline_error(deadline, EBUSY);
	if (err != 0)
		return err;
	h = hold_of(l);
	if (kind == READ && h == NULL) {
		waitq_leave(&l->waiters);
		return EAGAIN;
	}
	err = ask(l, kind, h != NULL && h->lock == l, deadline);
	if (err != 0)
		return err;
	if (kind == READ) {
		h->lock = l;
		h->count++;
	}
	if (kind == WRITE || h->count == 1)
		announce_lock(l, how(kind, deadline));
	return 0;
}

int
sync_rwlock_rdlock(struct sync_rwlock *l)
{
	int err = lock(l, READ, SYNC_NEVER);

	return err == 0 ? 0 : MISUSE(err, l);
}

int
sync_rwlock_tryrdlock(struct sync_rwlock *l)
{
	int err = lock(l, READ, DEADLINE_TRY);

	return err == 0 ? 0 : MISUSE(err, l);
}

int
sync_rwlock_rdlock_until(struct sync_rwlock *l, sync_time deadline)
{
	int err = lock(l, READ, deadline_real(deadline));

	return err == 0 ? 0 : MISUSE(err, l);
}

int
sync_rwlock_wrlock(struct sync_rwlock *l)
{
	int err = lock(l, WRITE, SYNC_NEVER);

	return err == 0 ? 0 : MISUSE(err, l);
}

int
sync_rwlock_trywrlock(struct sync_rwlock *l)
{
	int err = lock(l, WRITE, DEADLINE_TRY);

	return err == 0 ? 0 : MISUSE(err, l);
}

int
sync_rwlock_wrlock_until(struct sync_rwlock *l, sync_time deadline)
{
	int err = lock(l, WRITE, deadline_real(deadline));

	return err == 0 ? 0 : MISUSE(err, l);
}

/* With the lock held.  0, or EPERM. */
static int
give_back(struct sync_rwlock *l)
{
	struct plat_hold *h = hold_of(l);

	if (l->writer == plat_self()) {
		announce_unlock(l, ANNOUNCE_WRITE);
		l->writer = 0;
		return 0;
	}
	if (h == NULL || h->lock != l || l->readers == 0)
		return EPERM;
	if (--h->count == 0) {
		announce_unlock(l, ANNOUNCE_READ);
		h->lock = NULL;
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
