/* SPDX-License-Identifier: MIT */
/*
 * struct sync_barrier: a meeting place for a fixed number of threads.
 *
 *	sync_barrier_init(&b, 4, NULL, NULL, 0);
 *
 *	uint32_t index;
 *	sync_barrier_wait(&b, &index);	returns in all four threads when the
 *					fourth has arrived; index is 0, 1, 2
 *					or 3, in the order of arrival
 *
 * A waiter that times out breaks the barrier and returns ETIMEDOUT.  All other
 * waiters, and all later callers until a reset, get ECANCELED.
 * sync_barrier_abort breaks the barrier on purpose.
 *
 * An action may be given at init.  The last thread to arrive runs it, without
 * any lock held, before any thread is released.  The action must return.  If
 * more threads use the barrier than it has parties, the next round may fill
 * while the action runs.
 *
 * No call allocates memory.
 *
 * Memory order: Everything that one of the threads wrote before its wait is
 * visible to the action.  Everything that the threads and the action wrote is
 * visible to all the threads after their waits return 0.
 *
 * Destruction: A released waiter does not access the barrier.  If no thread
 * will arrive again, any of the threads may therefore destroy and free the
 * barrier as soon as its own wait returns 0.
 *
 * After fork, in the child, no thread waits, and the barrier is not broken.
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
	uint32_t resets;           /* private; number of resets */
	uint32_t broken;           /* private; 0 or 1 */
};

SYNC_BEGIN_DECLS

/*
 * Initialise *b for parties threads, at least 1.  Unless action is null, the
 * last thread to arrive calls action(arg), once a round.  flags must be 0.  No
 * thread may be using the memory as a barrier at that time.
 *
 *	0		the barrier is initialised
 *	EINVAL		b is null or misaligned, parties is 0, or flags is not 0
 */
int sync_barrier_init(struct sync_barrier *b, uint32_t parties,
    void (*action)(void *), void *arg, unsigned flags);

/*
 * End the use of *b.  After that every call except init returns EINVAL, 0 or
 * false.  Threads whose round is complete no longer count as waiters, even
 * while the action runs.
 *
 *	0		the barrier is destroyed
 *	EBUSY		a thread waits for others to arrive; nothing changed
 *	EINVAL		b is null or destroyed
 */
int sync_barrier_destroy(struct sync_barrier *b);

/*
 * Arrive, and wait for the others.  wait blocks until all have arrived,
 * wait_until blocks until the deadline at the latest, and trywait succeeds only
 * for the last thread to arrive.  But once the last thread has arrived, all
 * wait until the action has returned, even if their deadlines pass meanwhile.
 * If arrival is not null, *arrival becomes the place of the caller in the order
 * of arrival, from 0 to parties - 1; on an error *arrival is unchanged.  Any
 * thread may call these functions; signal handlers must not.  A successful wait
 * is a release operation on arrival and an acquire operation on return.
 *
 *	0		all threads have arrived
 *	ETIMEDOUT	not all threads had arrived by the deadline; the
 *			barrier is now broken (wait_until)
 *	EAGAIN		the caller would have to wait; it does not count as
 *			arrived, and nothing changed (trywait)
 *	ECANCELED	the barrier was broken, or another thread broke it or
 *			reset it during the wait
 *	EINVAL		b is null or destroyed
 */
int sync_barrier_wait(struct sync_barrier *b, uint32_t *arrival);
int sync_barrier_trywait(struct sync_barrier *b, uint32_t *arrival);
int sync_barrier_wait_until(struct sync_barrier *b, uint32_t *arrival,
    sync_time deadline);

/*
 * Break the barrier.  All waiters, and all later callers until a reset, get
 * ECANCELED.
 *
 *	0		the barrier is broken
 *	EINVAL		b is null or destroyed
 */
int sync_barrier_abort(struct sync_barrier *b);

/*
 * Make the barrier usable again, with no thread arrived.  Threads that are
 * waiting at that moment get ECANCELED.
 *
 *	0		the barrier is reset
 *	EINVAL		b is null or destroyed
 */
int sync_barrier_reset(struct sync_barrier *b);

/*
 * Return the number of parties, the number of threads that have arrived and
 * wait, and whether the barrier is broken.  Each result was correct at some
 * moment during the call.  If b is null or destroyed, return 0 and false.
 */
uint32_t sync_barrier_parties(const struct sync_barrier *b);
uint32_t sync_barrier_waiting(struct sync_barrier *b);
bool sync_barrier_is_broken(struct sync_barrier *b);

SYNC_END_DECLS

#endif /* LIBSYNC_BARRIER_H */
