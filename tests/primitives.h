/* SPDX-License-Identifier: MIT */
/* What the tests of the primitives share in addition to support.h. */
#ifndef TESTS_PRIMITIVES_H
#define TESTS_PRIMITIVES_H

/*
 * Tests lock in one function and unlock in another, and make mistakes on
 * purpose.
 */
#define SYNC_ANNOTATE_(x)

#include <limits.h>
#include <stdlib.h>

#include "support.h"

/* Deadlines that have passed, and deadlines that no test lives to see. */
#define PASTS   7
#define FUTURES 6
static inline sync_time
past_deadline(int i)
{
	const sync_time t[PASTS] = { 0, 1, -1, INT64_MIN, INT64_MIN + 1,
		sync_after_ms(-5), sync_after(INT64_MIN) };

	return t[i];
}

static inline sync_time
future_deadline(int i)
{
	const sync_time t[FUTURES] = { SYNC_NEVER, INT64_MAX - 1,
		INT64_MAX - 999999999, sync_after(INT64_MAX),
		sync_after_ms(INT64_MAX), sync_after_ms(INT64_MAX / 1000000) };

	return t[i];
}

/* Run it to its end on a thread of its own. */
static inline void
elsewhere(void *(*fn)(void *))
{
	(void)finish(spawn(fn, NULL));
}

static inline void
count(unsigned *n)
{
	(void)__atomic_fetch_add(n, 1, __ATOMIC_ACQ_REL);
}

static inline unsigned
counted(const unsigned *n)
{
	return __atomic_load_n(n, __ATOMIC_ACQUIRE);
}

/* Let time pass without giving the processor away for long. */
static inline void
dawdle(uint32_t pauses)
{
	volatile uint32_t i;

	for (i = 0; i < pauses; i++)
		continue;
}

#endif /* TESTS_PRIMITIVES_H */
