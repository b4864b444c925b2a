/* SPDX-License-Identifier: MIT */
/*
 * The number of threads inside a slow wait, for destroy alone.  A word has a
 * count of 24 bits and above it 8 bits: the generation of the count.
 *
 * In the child of a fork the count of the parent is void: destroy ignores it,
 * and the next waiter begins a new count.  If a signal handler of a waiter
 * forks, the waiter in the child must not decrement the child's count; so each
 * waiter remembers the generation in which it was counted.
 */
#ifndef BASE_WAITERS_H
#define BASE_WAITERS_H

#include "base/atomic.h"
#include "plat.h"

#define WAITERS_COUNT 0x00ffffffu
#define WAITERS_SHIFT 24

/* The generation of the count. */
static inline uint32_t
waiters_generation(uint32_t w)
{
	return w >> WAITERS_SHIFT;
}

/* The current one. */
static inline uint32_t
waiters_now(void)
{
	return identity.generation & (UINT32_MAX >> WAITERS_SHIFT);
}

/* Before a wait.  Returns the argument of waiters_leave. */
static inline uint32_t
waiters_enter(uint32_t *word)
{
	uint32_t now = waiters_now();
	uint32_t w = at_add_relaxed(word, 1), counted;

	if (waiters_generation(w) == now)
		return now;
	/* That was added to a void count: start over, or count again. */
	w = at_load_relaxed(word);
	do {
		counted = waiters_generation(w) == now
		    ? w + 1 : (now << WAITERS_SHIFT) + 1;
	} while (!at_cas_relaxed(word, &w, counted));
	return now;
}

/* After the wait: the last access; pairs with waiters_inside. */
static inline void
waiters_leave(uint32_t *word, uint32_t entered)
{
	uint32_t w = at_load_relaxed(word);

	while (waiters_generation(w) == entered)
		if (at_cas_release(word, &w, w - 1))
			return;
}

/*
 * A load might return an older count than the latest: nothing orders a waiter
 * that still sleeps before destroy.  A read-modify-write reads the latest.
 */
static inline bool
waiters_inside(uint32_t *word)
{
	uint32_t w = at_add_acquire(word, 0);

	return waiters_generation(w) == waiters_now()
	    && (w & WAITERS_COUNT) != 0;
}

#endif /* BASE_WAITERS_H */
