/* SPDX-License-Identifier: MIT */
/*
 * struct sync_barrier: n threads meet, round after round.
 *
 *	sync_barrier_init(&b, 4, NULL, NULL, 0);
 *
 *	uint32_t index;
 *	sync_barrier_wait(&b, &index);	returns in all four when the fourth
 *					came; index is 0, 1, 2, 3 by arrival
 *
 * A waiter that times out breaks the barrier: it returns ETIMEDOUT, all
 * others, then and later, ECANCELED, until reset.  abort breaks it on purpose.
 *
 * An action may be given at init: the last to arrive runs it, before anybody
 * is let go, without any lock held.  It must return.  With more threads than
 * parties the next round may fill while it runs.
 *
 * Memory order: what any of the n wrote before its wait is seen by the action
 * and after the waits of all.  A released waiter does not touch the barrier:
 * any one of them may destroy and free it as soon as its own wait returns 0,
 * if nobody will come again.
 *
 * After fork: in the child nobody is at the barrier, and it is not broken.
 */
#ifndef LIBSYNC_BARRIER_H
#define LIBSYNC_BARRIER_H

#include <stdbool.h>

#include <libsync/base.h>
#include <libsync/time.h>

struct sync_barrier {
	struct sync_waitq waiters; /* private; its lock guards the rest */
	void (*action)(void *);    /* private; set at init */
	void *arg;                 /* private; set at init */
	uint32_t parties;          /* private; set at init */
	uint32_t arrived;          /* private; < parties */
	uint32_t resets;           /* private; resets so far */
	uint32_t broken;           /* private; 0 or 1 */
};

SYNC_BEGIN_DECLS

/*
 * For parties threads, at least 1.  action may be null; it is called as
 * action(arg), once a round.  flags must be 0.  0; EINVAL.
 */
int sync_barrier_init(struct sync_barrier *b, uint32_t parties,
    void (*action)(void *), void *arg, unsigned flags);

/*
 * 0; EBUSY: a thread waits for others to arrive (nothing changed); EINVAL:
 * null or destroyed.  Those whose round is complete no longer count, even
 * while the action runs: they do not touch the barrier.
 */
int sync_barrier_destroy(struct sync_barrier *b);

/*
 * Arrive, and wait for the others.  *arrival, unless null, becomes the place in
 * the order of arrival, 0 to parties - 1.
 * 0: all have arrived.  ETIMEDOUT: not all by the deadline; the barrier is
 * now broken.  EAGAIN (trywait): the caller would have to wait; it has not
 * arrived and nothing changed.  ECANCELED: broken, or reset while waiting.
 * EINVAL: null or destroyed.  On an error *arrival is as before.
 * Acquire and release.
 */
int sync_barrier_wait(struct sync_barrier *b, uint32_t *arrival);
int sync_barrier_trywait(struct sync_barrier *b, uint32_t *arrival);
int sync_barrier_wait_until(struct sync_barrier *b, uint32_t *arrival,
    sync_time deadline);

/* Break it: all who wait, and all who come, get ECANCELED.  0; EINVAL. */
int sync_barrier_abort(struct sync_barrier *b);

/* Make it whole and empty: all who wait get ECANCELED.  0; EINVAL. */
int sync_barrier_reset(struct sync_barrier *b);

/* At some moment during the call; 0 and false for null or destroyed. */
uint32_t sync_barrier_parties(const struct sync_barrier *b);
uint32_t sync_barrier_waiting(struct sync_barrier *b);
bool sync_barrier_is_broken(struct sync_barrier *b);

SYNC_END_DECLS

#endif /* LIBSYNC_BARRIER_H */
