/* SPDX-License-Identifier: MIT */
/*
 * struct sync_latch: a count that goes down to zero once.
 *
 *	struct sync_latch ready = SYNC_LATCH_INIT(3);
 *
 *	sync_latch_count_down(&ready);	by each of three workers
 *	sync_latch_wait(&ready);	returns when all three have
 *
 * Never reused; for rounds see sync_barrier.  16 bytes at most.
 *
 * Memory order: what was written before each count_down is seen after every
 * wait.  The count_down that reaches zero does not touch the latch after the
 * store that does so: the waiter may free it as soon as its wait returns;
 * with several waiters, when the waits of all have returned.
 *
 * After fork: in the child the count is kept, and no thread of the parent waits.
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

/* 0; EINVAL: null, count over SYNC_LATCH_MAX, or flags not 0. */
int sync_latch_init(struct sync_latch *l, uint32_t count, unsigned flags);

/* 0; EBUSY: a thread waits (nothing changed); EINVAL: null or destroyed. */
int sync_latch_destroy(struct sync_latch *l);

/*
 * Take one, or n, from the count; at zero free all waiters.  Never blocks;
 * async-signal-safe.  0; EINVAL: null, destroyed, or more than is left (count
 * unchanged).  n of 0 is 0.  Release.
 */
int sync_latch_count_down(struct sync_latch *l);
int sync_latch_count_down_n(struct sync_latch *l, uint32_t n);

/*
 * Return 0 once the count is zero.  Blocks meanwhile, for _until no longer
 * than to the deadline, for try not at all.  EAGAIN: not zero (trywait);
 * ETIMEDOUT; EINVAL: null or destroyed.  Acquire.
 */
int sync_latch_wait(struct sync_latch *l);
int sync_latch_trywait(struct sync_latch *l);
int sync_latch_wait_until(struct sync_latch *l, sync_time deadline);

/* What is left of the count; 0 for null.  Never blocks. */
uint32_t sync_latch_count(const struct sync_latch *l);

SYNC_END_DECLS

#endif /* LIBSYNC_LATCH_H */
