/* SPDX-License-Identifier: MIT */
/*
 * The kernel detects a circle of threads that wait for each other's
 * priority-inheriting locks.  The C library may respond with an assertion, or
 * put the thread to sleep for ever, even if the circle is broken later.  So
 * circles are detected here, before the C library is called.
 *
 * The list contains the threads that wait.  A thread joins the list and checks
 * for a circle in one section of the lock.  So the last thread of a circle to
 * join sees all others.  It also sees which locks they hold: a holder writes
 * its id before it waits for another lock, and it joins the list under the same
 * lock.
 *
 * A thread leaves the list a little after its wait has ended.  If a deadline
 * ended the wait, another thread may be refused because of a circle that is
 * about to break.  If the thread got the lock, its id is not in that owner yet,
 * so there is no circle.
 *
 * Only the owner of a lock is read.  Its memory is valid: the threads that wait
 * for a lock are counted, and until they have left it cannot be destroyed.
 *
 * The lock of the list inherits priorities, as the locks of its users do.  It
 * is the last in the lock order: nothing is locked inside.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>

#include "base/atomic.h"
#include "circle.h"
#include "linkage.h"
#include "plat.h"

static pthread_mutex_t lock;
static struct circle_wait *first; /* under lock */
static unsigned waits;            /* under lock; how many are listed */

void
circle_reset(void)
{
	pthread_mutexattr_t attr;
	bool made = false;

	first = NULL;
	waits = 0;
	if (pthread_mutexattr_init(&attr) == 0) {
#if HAVE_PTHREAD_MUTEXATTR_SETPROTOCOL
		(void)pthread_mutexattr_setprotocol(
		    &attr, PTHREAD_PRIO_INHERIT);
#endif
		made = pthread_mutex_init(&lock, &attr) == 0;
		(void)pthread_mutexattr_destroy(&attr);
	}
	if (!made) /* then there are no such locks at all */
		(void)pthread_mutex_init(&lock, NULL);
}

CONSTRUCTOR(101) static void
circle_begin(void)
{
	int saved = errno; /* which main may expect to be 0 */

	circle_reset();
	(void)pthread_atfork(NULL, NULL, circle_reset);
	errno = saved;
}

/* Call with lock held. */
static const struct circle_wait *
wait_of(uint32_t thread)
{
	const struct circle_wait *w = first;

	while (w != NULL && w->thread != thread)
		w = w->next;
	return w;
}

/*
 * Call with lock held.  Whether the holder is that thread, or waits for it.
 * The list has no circle without that thread.  But owners change meanwhile, so
 * it may seem to have one; therefore the number of steps is bounded.
 */
static bool
leads_to(const uint32_t *owner, uint32_t thread)
{
	unsigned steps;

	for (steps = 0; steps <= waits; steps++) {
		uint32_t holder = at_load_relaxed(owner);
		const struct circle_wait *w;

		if (holder == thread)
			return true;
		w = holder != 0 ? wait_of(holder) : NULL;
		if (w == NULL)
			return false;
		owner = w->owner;
	}
	return false;
}

bool
circle_enter(struct circle_wait *w, const uint32_t *owner)
{
	bool closes;

	w->thread = plat_self();
	w->owner = owner;
	(void)pthread_mutex_lock(&lock);
	closes = leads_to(owner, w->thread);
	if (!closes) {
		w->next = first;
		w->link = &first;
		if (first != NULL)
			first->link = &w->next;
		first = w;
		waits++;
	}
	(void)pthread_mutex_unlock(&lock);
	return !closes;
}

void
circle_leave(struct circle_wait *w)
{
	(void)pthread_mutex_lock(&lock);
	waits--;
	*w->link = w->next;
	if (w->next != NULL)
		w->next->link = w->link;
	(void)pthread_mutex_unlock(&lock);
}
