/* SPDX-License-Identifier: MIT */
/*
 * A lock that is held for a few instructions.  A thread that does not get it
 * backs off (spin_back_off).  No thread sleeps for it, so a plain store releases
 * it: that takes half the time that the owner lock takes.
 *
 * Its word has one bit HELD; the user of the lock defines the other bits.  Only
 * the holder changes them; any thread may read them.
 */
#ifndef BASE_SPINLOCK_H
#define BASE_SPINLOCK_H

#include "base/atomic.h"
#include "plat.h"

#define SPINLOCK_HELD 1u

/* Take the lock if it is free and no other bit is set. */
static inline bool
spinlock_try_bare(uint32_t *word)
{
	uint32_t bare = 0;

	/* pairs with unlock */
	return at_cas_acquire(word, &bare, SPINLOCK_HELD);
}

/*
 * Take the lock; *bits becomes the other bits.  False: it was not free by the
 * deadline.  A deadline below 0, as of a try function, allows some
 * microseconds.
 */
bool spinlock_lock(uint32_t *word, sync_time deadline, uint32_t *bits);

/* Release the lock and set the other bits to these; the last access to it. */
static inline void
spinlock_unlock(uint32_t *word, uint32_t bits)
{
	announce_unlock(word, ANNOUNCE_WRITE);
	/* publishes what the section wrote */
	at_store_release(word, bits);
}

#endif /* BASE_SPINLOCK_H */
