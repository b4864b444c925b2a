/* SPDX-License-Identifier: MIT */
/*
 * The owner lock: one word that says who holds a lock.  mutex, rmutex and the
 * wait queue are made of it.
 *
 * States of the word (holder's id in the low 30 bits, 0 for none):
 *
 *	0			free
 *	T			held by T, nobody sleeps
 *	T + WAITERS		held by T, somebody may sleep
 *	T + WAITERS + STARVED	and one sleeper, the starved one, has the
 *				next turn
 *	0 + WAITERS + STARVED	reserved: only the starved sleeper may take it
 *	DEAD			destroyed
 *
 * Transitions:
 *	0 -> T			a lock, the fast path; newcomers may barge
 *	T -> T + WAITERS	before a thread falls asleep
 *	... -> + STARVED	by a sleeper woken in vain FUTILE_LIMIT times in no
 *				less than PATIENCE_NS; it then sleeps on a
 *				channel of its own
 *	T [+ WAITERS] -> 0	unlock, then wakes one plain sleeper
 *	+ STARVED -> reserved	unlock, then wakes the starved sleeper
 *	reserved -> T + WAITERS	by the starved sleeper
 *	0 -> T + WAITERS	by any thread that has slept, as others may
 *				still: it cannot know
 *
 *	0 -> DEAD		destroy, then wakes all: they find it dead
 *
 * Why no wake is lost: whoever sleeps has set WAITERS or seen it, and
 * plat_wait compares the word.  Only an unlock clears it, and that wakes one.
 * A woken thread may spin, but never leaves before it has either taken the
 * lock, with WAITERS set, or set WAITERS again and had plat_wait say
 * ETIMEDOUT, which means that no wake was spent on it.  The starved thread
 * takes STARVED away when it leaves, and if the lock was reserved for it by
 * then, it takes the lock instead.
 *
 * Fork may copy a word that is reserved for a thread that the child does not
 * have.  So in a process that was forked a reservation that nobody takes up for
 * RESERVATION_NS is taken by any sleeper, and lapses.  A thread that believes
 * itself the starved one therefore looks at the bit each time, and whoever
 * removes the bit there wakes all on that channel: two threads may sleep on it
 * by one bit.
 *
 * After the store that frees the word, an unlock touches it no more: the wake
 * needs the address only.
 */
#ifndef OWNLOCK_H
#define OWNLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include <libsync/time.h>

#include "base/atomic.h"
#include "plat.h"

#define OWN_WAITERS 0x80000000u
#define OWN_STARVED 0x40000000u
#define OWN_ID      PLAT_ID_MASK
#define OWN_DEAD    PLAT_ID_MASK /* an id that no thread has */

/* The lock is 0 to T at once, or not. */
static inline bool
ownlock_try(uint32_t *word, uint32_t self)
{
	uint32_t free = 0;

	return at_cas_acquire(word, &free, self); /* pairs with unlock */
}

/*
 * After ownlock_try failed.  0; EDEADLK; ETIMEDOUT; EINVAL: destroyed;
 * ENOTRECOVERABLE: held by a thread that fork left behind.
 */
int ownlock_wait(uint32_t *word, uint32_t self, sync_time deadline);

/* Once it is known that others sleep. */
void ownlock_unlock_slow(uint32_t *word);

/* If the caller holds it and nobody sleeps, it is free; else false. */
static inline bool
ownlock_unlock_quick(uint32_t *word, uint32_t self)
{
	/* publishes what the section wrote; pairs with the lock's acquire */
	return at_cas_release(word, &self, 0);
}

/* The caller holds it. */
static inline void
ownlock_unlock(uint32_t *word, uint32_t self)
{
	if (!ownlock_unlock_quick(word, self))
		ownlock_unlock_slow(word);
}

/* Whether the calling thread holds it; nobody else can make that change. */
static inline bool
ownlock_mine(const uint32_t *word, uint32_t self)
{
	return (at_load_relaxed(word) & OWN_ID) == self;
}

/* What to say to one that does not hold it: EPERM, or EINVAL if destroyed. */
int ownlock_not_mine(const uint32_t *word);

/* 0; EBUSY: held or reserved; EINVAL: destroyed before. */
int ownlock_destroy(uint32_t *word);

#endif /* OWNLOCK_H */
