/* SPDX-License-Identifier: MIT */
/*
 * A lock for a few instructions.  A thread that does not get it lingers
 * (spin_linger).  Unlike the owner lock it is released by a plain store, as no
 * thread sleeps for it: that takes half the time.
 *
 * Its word has one bit HELD; the owner of the lock defines the others.  Only
 * the holder changes them; any thread may read them.
 */
#ifndef BASE_SPINLOCK_H
#define BASE_SPINLOCK_H

#include "base/atomic.h"
#include "plat.h"

#define SPINLOCK_HELD 1u

/* Take it if it is free and no bit is set. */
static inline bool
spinlock_try_bare(uint32_t *word)
{
	uint32_t bare = 0;

	/* pairs with unlock */
	return at_cas_acquire(word, &bare, SPINLOCK_HELD);
}

/*
 * Take it; *bits become the other bits.  False: not by the deadline; for one
 * below 0, that of a try function, not within some microseconds.
 */
bool spinlock_lock(uint32_t *word, sync_time deadline, uint32_t *bits);

/* Give it back with these other bits; the last access to the word. */
static inline void
spinlock_unlock(uint32_t *word, uint32_t bits)
{
	announce_unlock(word, ANNOUNCE_WRITE);
	/* publishes what the section wrote */
	at_store_release(word, bits);
}

#endif /* BASE_SPINLOCK_H */
