/* SPDX-License-Identifier: MIT */
/*
 * How many threads are inside a slow wait, for destroy alone: a word of a count,
 * 24 bits, and above it 8 bits of the generation that it was counted in.
 *
 * In the child of a fork the count of the parent is void: the next waiter starts
 * over, and destroy does not see it.  A thread that was counted in the parent
 * and finds itself in the child, as a signal handler forked, must not take
 * itself off the child's count: so it remembers what it was counted in.
 */
#ifndef BASE_WAITERS_H
#define BASE_WAITERS_H

#include "base/atomic.h"
#include "base/identity.h"

#define WAITERS_COUNT 0x00ffffffu
#define WAITERS_SHIFT 24

/* The generation that the word speaks of. */
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

/* Before a wait.  Returns what leave needs. */
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

/* After it: the last touch; pairs with the load in waiters_inside. */
static inline void
waiters_leave(uint32_t *word, uint32_t entered)
{
	uint32_t w = at_load_relaxed(word);

	while (waiters_generation(w) == entered)
		if (at_cas_release(word, &w, w - 1))
			return;
}

static inline bool
waiters_inside(const uint32_t *word)
{
	uint32_t w = at_load_acquire(word);

	return waiters_generation(w) == waiters_now()
	    && (w & WAITERS_COUNT) != 0;
}

#endif /* BASE_WAITERS_H */
