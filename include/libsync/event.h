/* SPDX-License-Identifier: MIT */
/*
 * struct sync_event: a sticky flag that threads wait for.
 *
 *	static struct sync_event go = SYNC_EVENT_INIT;
 *
 *	sync_event_wait(&go);		returns once it is set
 *	sync_event_set(&go);		from anywhere, also a signal handler
 *
 * set frees everyone who waits, and it stays set, so a later wait returns at
 * once, until clear.  A set that is followed at once by a clear
 * still frees all who waited before the set.  All-zero is valid and clear;
 * 16 bytes at most; no call allocates.  A wait on a set event looks at it
 * and returns.
 *
 * Memory order: what was written before a set is seen after each wait that it
 * lets through.  set does not touch the event after the store that frees the
 * waiters, so the waiter may free the event as soon as its wait returns; with
 * several waiters, when the waits of all have returned.
 *
 * After fork: in the child it is as it was, and no thread of the parent waits.
 */
#ifndef LIBSYNC_EVENT_H
#define LIBSYNC_EVENT_H

#include <stdbool.h>

#include <libsync/base.h>
#include <libsync/time.h>

struct sync_event {
	uint32_t word;    /* private; atomic: generation and state bits */
	uint32_t waiters; /* private; atomic: threads inside a slow wait */
	uint32_t flags;   /* private; 0: no flag is defined yet */
};

#define SYNC_EVENT_INIT { 0, 0, 0 }

SYNC_BEGIN_DECLS

/* Make *e a clear event; flags must be 0.  0; EINVAL: null, unknown flag. */
int sync_event_init(struct sync_event *e, unsigned flags);

/* 0; EBUSY: a thread waits (nothing changed); EINVAL: null or destroyed. */
int sync_event_destroy(struct sync_event *e);

/*
 * Set it and free all waiters; or make it clear again.  Setting what is set,
 * and clearing what is clear, is 0.  Never block; async-signal-safe.
 * 0; EINVAL: null or destroyed.  set: release.
 */
int sync_event_set(struct sync_event *e);
int sync_event_clear(struct sync_event *e);

/*
 * Return 0 once the event is, or during the call was, set.  Blocks meanwhile,
 * for _until no longer than to the deadline, for try not at all.
 * EAGAIN: not set (trywait); ETIMEDOUT: not set by the deadline; EINVAL: null
 * or destroyed.  trywait is async-signal-safe.  Acquire.
 */
int sync_event_wait(struct sync_event *e);
int sync_event_trywait(struct sync_event *e);
int sync_event_wait_until(struct sync_event *e, sync_time deadline);

/* Whether it is set now; false for null.  Never blocks.  Acquire. */
bool sync_event_is_set(const struct sync_event *e);

/*
 * Private: a wait on a set event looks, and calls nothing; but while a race
 * detector or the explorer watches, all goes through the library.
 */
extern uint32_t sync_event_unwatched_;
int sync_event_wait_(struct sync_event *e) SYNC_ALSO_(sync_event_wait);

#ifndef SYNC_NO_FAST_ /* the library, which has the whole function */
SYNC_FAST_ int
sync_event_wait(struct sync_event *e)
{
	return e && __atomic_load_n(&sync_event_unwatched_, __ATOMIC_RELAXED)
	    && (__atomic_load_n(&e->word, __ATOMIC_ACQUIRE) & 1u)
	    ? 0 : sync_event_wait_(e);
}
#endif

SYNC_END_DECLS

#endif /* LIBSYNC_EVENT_H */
