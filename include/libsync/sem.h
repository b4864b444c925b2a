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
 * A post beyond the maximum is an error and leaves the value as it is, so an
 * extra post is reported instead of going unnoticed as with a plain semaphore.
 * 16 bytes; no call allocates.  A running thread may take a unit before the
 * thread that was woken for it; no order among waiters is promised.  Each unit
 * posted while threads sleep wakes a thread of its own.
 *
 * Memory order: what was written before a post is seen after the wait that
 * took its unit.  A post does not touch the semaphore after the store that
 * makes the unit available, so the one waiter may destroy and free it as soon
 * as its wait returns.
 *
 * After fork: in the child the value is kept, and threads of the parent that
 * waited are not counted.
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
 * value units now, maximum at most; 0 < maximum <= SYNC_SEM_MAX and
 * value <= maximum.  flags must be 0.  0; EINVAL.
 */
int sync_sem_init(struct sync_sem *s, uint32_t value, uint32_t maximum,
    unsigned flags);

/*
 * 0; EBUSY: a thread sleeps in a wait, or has been woken and is not back yet
 * (nothing changed); EINVAL: null or destroyed.
 */
int sync_sem_destroy(struct sync_sem *s);

/*
 * Take one unit; blocks while there is none, for _until no longer than to the
 * deadline, for try not at all.
 * 0; EAGAIN: none now (trywait); ETIMEDOUT: none by the deadline; EINVAL:
 * null or destroyed.  trywait may be called from signal handlers.  Acquire.
 */
int sync_sem_wait(struct sync_sem *s);
int sync_sem_trywait(struct sync_sem *s);
int sync_sem_wait_until(struct sync_sem *s, sync_time deadline);

/*
 * Give back one unit, or n at once.  Never blocks; async-signal-safe.
 * 0; EOVERFLOW: would exceed the maximum (value unchanged); EINVAL: null or
 * destroyed.  n of 0 is 0 and does nothing.  Release.
 */
int sync_sem_post(struct sync_sem *s);
int sync_sem_post_n(struct sync_sem *s, uint32_t n);

/* The value at some moment during the call; 0 for null.  Never blocks. */
uint32_t sync_sem_value(const struct sync_sem *s);

SYNC_END_DECLS

#endif /* LIBSYNC_SEM_H */
