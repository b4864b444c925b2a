/* SPDX-License-Identifier: MIT */
/*
 * A lock for a few instructions: who does not get it lingers.  Unlike the owner
 * lock it is given back by a plain store, as nobody sleeps for it: half the
 * price.
 *
 * Its word has one bit HELD; the others are what the owner of the lock makes of
 * them.  Only the holder changes them; anybody may look.
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

/* Take it; returns the other bits. */
uint32_t spinlock_lock(uint32_t *word);

/* Give it back with these other bits; the last touch of the word. */
static inline void
spinlock_unlock(uint32_t *word, uint32_t bits)
{
	announce_unlock(word, ANNOUNCE_WRITE);
	/* publishes what the section wrote */
	at_store_release(word, bits);
}

#endif /* BASE_SPINLOCK_H */
