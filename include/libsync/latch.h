/* SPDX-License-Identifier: MIT */
/*
 * struct sync_latch: a count that goes down to zero once.
 *
 *	struct sync_latch ready = SYNC_LATCH_INIT(3);
 *
 *	sync_latch_count_down(&ready);	each of three workers calls this
 *	sync_latch_wait(&ready);	returns when all three have called it
 *
 * A latch serves only once; for repeated rounds use sync_barrier.  A latch
 * takes at most 16 bytes.  No call allocates memory.
 *
 * Memory order: Everything written before any count_down is visible after every
 * wait that returns 0.
 *
 * Destruction: The count_down that reaches zero does not access the latch after
 * the store that releases the waiters.  If there is only one waiter, it may
 * therefore destroy and free the latch as soon as its wait returns.  If there
 * are several, the latch may be destroyed and freed when all their waits have
 * returned.
 *
 * After fork, in the child, the latch is usable and keeps its count.  Threads
 * of the parent do not count as waiters.
 */
#ifndef LIBSYNC_LATCH_H
#define LIBSYNC_LATCH_H

#include <libsync/base.h>
#include <libsync/time.h>

#define SYNC_LATCH_MAX 0x7ffffffeu

struct sync_latch {
	uint32_t word;    /* private; atomic: count and a waiting bit */
	uint32_t waiters; /* private; atomic: threads inside a slow wait */
	uint32_t flags;   /* private; 0: no flag is defined yet */
};

#define SYNC_LATCH_INIT(count) { (count), 0, 0 }

SYNC_BEGIN_DECLS

/*
 * Initialise *l with a count from 0 to SYNC_LATCH_MAX.  flags must be 0.  No
 * thread may be using the memory as a latch at that time.
 *
 *	0		the latch is initialised
 *	EINVAL		l is null or misaligned, count is greater than
 *			SYNC_LATCH_MAX, or flags is not 0
 */
int sync_latch_init(struct sync_latch *l, uint32_t count, unsigned flags);

/*
 * End the use of *l.  After that every call except init and count returns
 * EINVAL.
 *
 *	0		the latch is destroyed
 *	EBUSY		a thread waits; nothing changed
 *	EINVAL		l is null or destroyed
 */
int sync_latch_destroy(struct sync_latch *l);

/*
 * Subtract 1, or n, from the count.  The call that reaches zero releases all
 * waiters.  If n is 0, count_down_n does nothing and returns 0.  The call never
 * blocks.  Any thread and any signal handler may call these functions.  A
 * count_down is a release operation.
 *
 *	0		the count is reduced
 *	EINVAL		l is null or destroyed, or the call would subtract more
 *			than the count; the count is unchanged
 */
int sync_latch_count_down(struct sync_latch *l);
int sync_latch_count_down_n(struct sync_latch *l, uint32_t n);

/*
 * Wait until the count is zero.  While it is not, wait blocks, wait_until
 * blocks until the deadline at the latest, and trywait does not block.  Any
 * thread may call these functions; signal handlers must not.  A successful wait
 * is an acquire operation.
 *
 *	0		the count is zero
 *	EAGAIN		the count is not zero (trywait)
 *	ETIMEDOUT	the count was not zero by the deadline (wait_until)
 *	EINVAL		l is null or destroyed
 */
int sync_latch_wait(struct sync_latch *l);
int sync_latch_trywait(struct sync_latch *l);
int sync_latch_wait_until(struct sync_latch *l, sync_time deadline);

/*
 * Return the count at some moment during the call; 0 if l is null or destroyed.
 * The call never blocks.
 */
uint32_t sync_latch_count(const struct sync_latch *l);

SYNC_END_DECLS

#endif /* LIBSYNC_LATCH_H */
