/* SPDX-License-Identifier: MIT */
/*
 * The monitor and its heaps, shared by timer.c (the functions of timers) and
 * timer_thread.c (the timer thread).
 */
#ifndef TIMER_H
#define TIMER_H

#include <stdbool.h>

#include <libsync/timer.h>

#include "base/heap.h"
#include "mutex.h"
#include "plat.h"

/* The state of a timer thread. */
enum { TIMER_NONE, TIMER_RUNNING, TIMER_STOPPED };

static inline struct sync_timer *
timer_of(struct sync_heap_node *n)
{
	return (struct sync_timer *)(void *)n; /* its first member */
}

/* Whether the timer thread belongs to the parent of a fork. */
static inline bool
timer_lost(const struct sync_timer_thread *tt)
{
	return tt->generation != plat_generation();
}

/* Whether it is the parent's timer thread and not destroyed. */
static inline bool
timer_left_behind(const struct sync_timer_thread *tt)
{
	return tt != NULL && timer_lost(tt) && tt->state != TIMER_NONE;
}

/* Why its lock cannot be taken: EINVAL or ENOTRECOVERABLE; 0. */
static inline int
timer_refuses(const struct sync_timer_thread *tt)
{
	if (tt == NULL)
		return EINVAL;
	if (timer_lost(tt)) /* no other thread has it */
		return tt->state == TIMER_NONE ? EINVAL : ENOTRECOVERABLE;
	return 0;
}

/* With the lock held: EINVAL, and the lock is given back, if it was destroyed. */
static inline int
timer_entered(struct sync_timer_thread *tt) SYNC_NO_ANALYSIS
{
	if (tt->state != TIMER_NONE)
		return 0;
	(void)sync_mutex_unlock(&tt->lock);
	return EINVAL;
}

/* Take the lock of a timer thread.  Inline for arm and cancel. */
static inline int
timer_enter(struct sync_timer_thread *tt) SYNC_TRY_ACQUIRE(tt->lock)
{
	int err = timer_refuses(tt);

	if (err == 0)
		err = mutex_lock(&tt->lock, SYNC_NEVER);
	return err != 0 ? err : timer_entered(tt);
}

static inline void
timer_leave(struct sync_timer_thread *tt) SYNC_RELEASE(tt->lock)
{
	(void)sync_mutex_unlock(&tt->lock);
}

/*
 * The mark of an armed timer is t ^ tt->salt, and that of a timer that is not
 * armed is one less.  No other timer has these marks, and random memory
 * practically never does.
 */
static inline uint64_t
timer_salt(const struct sync_timer_thread *tt)
{
	return (UINT64_C(0x5eab1c47d3960f2d) ^ (uint64_t)(uintptr_t)tt << 7
		   ^ (uint64_t)plat_generation() << 40
		   ^ (uint64_t)plat_execution() << 24)
	    | 1;
}

static inline bool
timer_armed(const struct sync_timer *t, const struct sync_timer_thread *tt)
{
	return t->mark == ((uintptr_t)t ^ tt->salt);
}

/* With the lock held: arm.  If t is due already, it joins the next round. */
static inline void
timer_put(struct sync_timer_thread *tt, struct sync_timer *t, sync_time due)
{
	t->node.key = due;
	t->node.order = tt->sequence++;
	t->mark = (uintptr_t)t ^ tt->salt;
	tt->armed++;
	heap_insert(due <= tt->round ? &tt->later : &tt->first, &t->node);
}

/* With the lock held: disarm; false if it was not armed. */
static inline bool
timer_take(struct sync_timer_thread *tt, struct sync_timer *t)
{
	if (!timer_armed(t, tt))
		return false;
	/* the root is changed only if it is the timer itself */
	heap_remove(
	    tt->later == &t->node ? &tt->later : &tt->first, &t->node);
	t->mark--;
	tt->armed--;
	return true;
}

/* Whether the caller is the callback of t. */
bool timer_is_own_callback(const struct sync_timer_thread *tt,
    const struct sync_timer *t);

#endif /* TIMER_H */
