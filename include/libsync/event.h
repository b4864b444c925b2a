/* SPDX-License-Identifier: MIT */
/*
 * struct sync_event: a sticky flag that threads wait for.
 *
 *	static struct sync_event go = SYNC_EVENT_INIT;
 *
 *	sync_event_wait(&go);		returns once it is set
 *	sync_event_set(&go);		from a thread or a signal handler
 *
 * A set releases all waiters.  The event stays set until a clear, so a later
 * wait returns at once.  If a clear follows a set at once, all threads that
 * waited before the set are still released.  An all-zero event is valid and
 * clear.  An event takes at most 16 bytes.  No call allocates memory.  A wait
 * on a set event only checks the event and returns.
 *
 * Memory order: Everything written before a set is visible after every wait
 * that returns because of it.
 *
 * Destruction: A set does not access the event after the store that releases
 * the waiters.  If there is only one waiter, it may therefore destroy and free
 * the event as soon as its wait returns.  If there are several, the event may
 * be destroyed and freed when all their waits have returned.
 *
 * After fork, in the child, the event is usable, and is set or clear as it was.
 * Threads of the parent do not count as waiters.
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

/*
 * Initialise *e as a clear event.  flags must be 0.  No thread may be using the
 * memory as an event at that time.
 *
 *	0		the event is initialised
 *	EINVAL		e is null or misaligned, or flags is not 0
 */
int sync_event_init(struct sync_event *e, unsigned flags);

/*
 * End the use of *e.  After that every call except init and is_set returns
 * EINVAL.
 *
 *	0		the event is destroyed
 *	EBUSY		a thread waits; nothing changed
 *	EINVAL		e is null or destroyed
 */
int sync_event_destroy(struct sync_event *e);

/*
 * Set the event and release all waiters (set), or clear the event (clear).
 * Setting a set event, or clearing a clear event, does nothing and returns 0.
 * The call never blocks.  Any thread and any signal handler may call these
 * functions.  A set is a release operation.
 *
 *	0		the event is set, or clear
 *	EINVAL		e is null or destroyed
 */
int sync_event_set(struct sync_event *e);
int sync_event_clear(struct sync_event *e);

/*
 * Wait until the event is set.  A wait also succeeds if the event was set at
 * any time during the call.  While the event is clear, wait blocks, wait_until
 * blocks until the deadline at the latest, and trywait does not block.  Any
 * thread may call these functions; of these, signal handlers may call only
 * trywait.  A successful wait is an acquire operation.
 *
 *	0		the event is set, or was set during the call
 *	EAGAIN		the event is not set (trywait)
 *	ETIMEDOUT	the event was not set by the deadline (wait_until)
 *	EINVAL		e is null or destroyed
 */
int sync_event_wait(struct sync_event *e);
int sync_event_trywait(struct sync_event *e);
int sync_event_wait_until(struct sync_event *e, sync_time deadline);

/*
 * Return whether the event is set now; false if e is null.  The call never
 * blocks.  A call that returns true is an acquire operation.
 */
bool sync_event_is_set(const struct sync_event *e);

/*
 * Private: the fast path.  A wait on a set event loads the event and makes no
 * call.  While a race detector or the explorer is active, every wait calls the
 * library instead.
 */
extern uint32_t sync_event_unwatched_;
int sync_event_wait_(struct sync_event *e) SYNC_ALSO_(sync_event_wait);

#ifndef SYNC_NO_FAST_ /* defined where the library is compiled */
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
