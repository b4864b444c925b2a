/* SPDX-License-Identifier: MIT */
/*
 * The kernel finds a circle of threads that wait for each other's
 * priority-inheriting locks.  The C library may answer that with an assertion,
 * or put the thread to sleep for ever, even if the circle is broken later.  So
 * the circle is looked for here, before the C library is called.
 *
 * The list has the threads that wait.  A thread joins it, and looks, in one
 * section of the lock.  So the last thread of a circle to join sees all others.
 * It also sees which locks they hold: a holder writes its id before it waits for
 * another lock, and it joins under the same lock.
 *
 * A thread leaves the list a little after its wait has ended.  If a deadline
 * ended it, the last to join may be refused for a circle that is about to break.
 * If the thread got the lock, its id is not in that owner yet: no circle.
 *
 * Only the owner of a lock is read, and that memory is there: the threads that
 * wait for a lock are counted, and until they are gone it cannot be destroyed.
 *
 * The lock inherits priorities as well, since those who take it do.  It is the
 * last in every order: nothing is locked inside.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <stddef.h>

#include "base/atomic.h"
#include "circle.h"
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
		(void)pthread_mutexattr_setprotocol(
		    &attr, PTHREAD_PRIO_INHERIT);
		made = pthread_mutex_init(&lock, &attr) == 0;
		(void)pthread_mutexattr_destroy(&attr);
	}
	if (!made) /* then there are no such locks at all */
		(void)pthread_mutex_init(&lock, NULL);
}

__attribute__((constructor(101))) static void
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
 * Call with lock held.  Whether the holder is, or waits for, that thread.  The
 * list has no circle without it; but as owners change while we look, it may
 * seem to have one, so the number of steps is bounded.
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
