/* SPDX-License-Identifier: MIT */
/*
 * The condition variable is a wait queue (waitq.h) whose waiters get no result
 * but their release.
 *
 * Why no wake is lost: a waiter is on the list before it unlocks the mutex.  So
 * if a signaller locks the mutex after that and finds the waiter not on the
 * list, the waiter has been signalled already.  A signal chooses one waiter: no
 * thread that comes later, and no timeout, can take the signal away.
 */
/* This file implements the annotated functions and cannot satisfy them. */
#define SYNC_ANNOTATE_(x)
#include <libsync/cond.h>

#include "misuse.h"
#include "plat.h"
#include "rmutex.h"
#include "wait/waitq.h"

/* A kind of mutex, which a wait unlocks and locks again. */
struct mutex_kind {
	bool (*held)(const void *);
	uint32_t (*release)(void *); /* returns the argument of restore */
	int (*restore)(void *, uint32_t);
};

static int
enter_until(struct sync_cond *c, sync_time deadline)
{
	int err = waitq_enter_until(&c->waiters, deadline);

	return err == WAITQ_FORKED ? 0 : err; /* the list is all there is */
}

static int
enter(struct sync_cond *c)
{
	return enter_until(c, SYNC_NEVER);
}

int
sync_cond_init(struct sync_cond *c, unsigned flags)
{
	if (UNFIT(c, struct sync_cond) || flags != 0)
		return MISUSE(EINVAL, c);
	c->waiters = (struct sync_waitq) { 0, plat_generation(), NULL };
	return 0;
}

int
sync_cond_destroy(struct sync_cond *c)
{
	if (c == NULL || enter(c) != 0)
		return MISUSE(EINVAL, c);
	if (!waitq_empty(&c->waiters)) {
		waitq_leave(&c->waiters);
		return EBUSY;
	}
	waitq_destroy(&c->waiters);
	return 0;
}

static int
wait(struct sync_cond *c, const struct mutex_kind *kind, void *m,
    sync_time deadline)
{
	struct sleeper self = waitq_sleeper();
	struct waiter w = { .sleeper = &self };
	uint32_t depth;
	int err, relock;

	if (c == NULL || m == NULL)
		return EINVAL;
	if (!kind->held(m))
		return EPERM;
	err = enter_until(c, deadline);
	if (err != 0)
		return err;
	waitq_queue(&c->waiters, &w);
	waitq_leave(&c->waiters);
	depth = kind->release(m);
	err = waitq_sleep(&c->waiters, &w, deadline);
	if (err == ETIMEDOUT)
		waitq_leave(&c->waiters);
	relock = kind->restore(m, depth);
	return relock == 0 ? err : relock;
}

int
sync_cond_signal(struct sync_cond *c)
{
	struct sync_list_node *chosen = NULL;

	if (c == NULL)
		return MISUSE(EINVAL, c);
	if (waitq_empty(&c->waiters) && !waitq_destroyed(&c->waiters))
		return 0;
	if (enter(c) != 0)
		return MISUSE(EINVAL, c);
	(void)waitq_choose(&c->waiters, &chosen);
	waitq_leave(&c->waiters);
	waitq_release(chosen, 0);
	return 0;
}

int
sync_cond_broadcast(struct sync_cond *c)
{
	struct sync_list_node *chosen = NULL;

	if (c == NULL)
		return MISUSE(EINVAL, c);
	if (waitq_empty(&c->waiters) && !waitq_destroyed(&c->waiters))
		return 0;
	if (enter(c) != 0)
		return MISUSE(EINVAL, c);
	while (waitq_choose(&c->waiters, &chosen))
		continue;
	waitq_leave(&c->waiters);
	waitq_release(chosen, 0);
	return 0;
}

static bool
mutex_held(const void *m)
{
	return sync_mutex_held(m);
}

static uint32_t
mutex_release(void *m)
{
	(void)sync_mutex_unlock(m);
	return 0;
}

static int
mutex_restore(void *m, uint32_t unused)
{
	(void)unused;
	return sync_mutex_lock(m);
}

static bool
rmutex_held(const void *m)
{
	return sync_rmutex_held(m);
}

static uint32_t
rmutex_release(void *m)
{
	return rmutex_release_all(m);
}

static int
rmutex_relock(void *m, uint32_t depth)
{
	return rmutex_restore(m, depth);
}

static bool
kmutex_held(const void *m)
{
	return sync_kmutex_held(m);
}

static uint32_t
kmutex_release(void *m)
{
	(void)sync_kmutex_unlock(m);
	return 0;
}

static int
kmutex_restore(void *m, uint32_t unused)
{
	(void)unused;
	return sync_kmutex_lock(m);
}

static const struct mutex_kind mutex_kind = { mutex_held, mutex_release,
	mutex_restore };
static const struct mutex_kind rmutex_kind = { rmutex_held, rmutex_release,
	rmutex_relock };
static const struct mutex_kind kmutex_kind = { kmutex_held, kmutex_release,
	kmutex_restore };

int
sync_cond_wait(struct sync_cond *c, struct sync_mutex *m)
{
	return MISUSE(wait(c, &mutex_kind, m, SYNC_NEVER), c);
}

int
sync_cond_wait_until(
    struct sync_cond *c, struct sync_mutex *m, sync_time deadline)
{
	return MISUSE(wait(c, &mutex_kind, m, deadline), c);
}

int
sync_cond_wait_rmutex(struct sync_cond *c, struct sync_rmutex *m)
{
	return MISUSE(wait(c, &rmutex_kind, m, SYNC_NEVER), c);
}

int
sync_cond_wait_rmutex_until(
    struct sync_cond *c, struct sync_rmutex *m, sync_time deadline)
{
	return MISUSE(wait(c, &rmutex_kind, m, deadline), c);
}

int
sync_cond_wait_kmutex(struct sync_cond *c, struct sync_kmutex *m)
{
	return MISUSE(wait(c, &kmutex_kind, m, SYNC_NEVER), c);
}

int
sync_cond_wait_kmutex_until(
    struct sync_cond *c, struct sync_kmutex *m, sync_time deadline)
{
	return MISUSE(wait(c, &kmutex_kind, m, deadline), c);
}
