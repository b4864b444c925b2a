/* SPDX-License-Identifier: MIT */
/*
 * struct sync_sem: a counting semaphore with a maximum.
 *
 *	struct sync_sem places = SYNC_SEM_INIT(4, 4);
 *
 *	sync_sem_wait(&places);		take a place, or wait for one
 *	...
 *	sync_sem_post(&places);		give it back
 *
 * A post beyond the maximum is an error and leaves the value unchanged.  So an
 * extra post is reported; with a plain semaphore it would go unnoticed.
 * A semaphore takes 16 bytes.  No call allocates memory.
 *
 * Fairness: No order among waiters is promised.  A running thread may take a
 * unit before the thread that was woken for it.  Each unit that is posted while
 * threads sleep wakes one of them.
 *
 * Memory order: Everything written before a post is visible after the wait that
 * took its unit returns.
 *
 * Destruction: A post does not access the semaphore after the store that makes
 * the unit available.  If there is only one waiter, it may therefore destroy
 * and free the semaphore as soon as its wait returns.
 *
 * After fork, in the child, the semaphore is usable and keeps its value.
 * Threads of the parent do not count as waiters.
 */
#ifndef LIBSYNC_SEM_H
#define LIBSYNC_SEM_H

#include <libsync/base.h>
#include <libsync/time.h>

#define SYNC_SEM_MAX 0x7fffffffu

struct sync_sem {
	uint32_t maximum;            /* private; set at init */
	uint32_t inside;             /* private; atomic: threads in a wait */
	SYNC_ALIGNED_ uint64_t word; /* private; atomic: value and waiters */
};

#define SYNC_SEM_INIT(value, maximum) { (maximum), 0, (value) }

SYNC_BEGIN_DECLS

/*
 * Initialise *s with value units and room for maximum units.  maximum is from 1
 * to SYNC_SEM_MAX, and value is at most maximum.  flags must be 0.  No thread
 * may be using the memory as a semaphore at that time.
 *
 *	0		the semaphore is initialised
 *	EINVAL		s is null or misaligned, or another argument is out of
 *			range
 */
int sync_sem_init(struct sync_sem *s, uint32_t value, uint32_t maximum,
    unsigned flags);

/*
 * End the use of *s.  After that every call except init and value returns
 * EINVAL.
 *
 *	0		the semaphore is destroyed
 *	EBUSY		a thread sleeps in a wait, or was woken and has not
 *			returned from it; nothing changed
 *	EINVAL		s is null or destroyed
 */
int sync_sem_destroy(struct sync_sem *s);

/*
 * Take one unit.  While there is no unit, wait blocks, wait_until blocks until
 * the deadline at the latest, and trywait does not block.  Any thread may call
 * these functions; of these, signal handlers may call only trywait.  A
 * successful wait is an acquire operation.
 *
 *	0		the caller has taken a unit
 *	EAGAIN		there is no unit now (trywait)
 *	ETIMEDOUT	there was no unit by the deadline (wait_until)
 *	EINVAL		s is null or destroyed
 */
int sync_sem_wait(struct sync_sem *s);
int sync_sem_trywait(struct sync_sem *s);
int sync_sem_wait_until(struct sync_sem *s, sync_time deadline);

/*
 * Add one unit, or n units at once.  If n is 0, post_n does nothing and returns
 * 0.  The call never blocks.  Any thread and any signal handler may call these
 * functions.  A post is a release operation.
 *
 *	0		the units are added
 *	EOVERFLOW	the value would exceed the maximum; it is unchanged
 *	EINVAL		s is null or destroyed
 */
int sync_sem_post(struct sync_sem *s);
int sync_sem_post_n(struct sync_sem *s, uint32_t n);

/*
 * Return the value at some moment during the call; 0 if s is null or destroyed.
 * The call never blocks.
 */
uint32_t sync_sem_value(const struct sync_sem *s);

SYNC_END_DECLS

#endif /* LIBSYNC_SEM_H */
