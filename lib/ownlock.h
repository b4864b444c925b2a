/* SPDX-License-Identifier: MIT */
/*
 * The owner lock: one word that says who holds a lock.  mutex, rmutex and the
 * wait queue are made of it.
 *
 * States of the word.  Ids and generations are those of base/identity.h: T is
 * the id of a thread of this process, F a former id of the survivor of a fork,
 * L a lost id.
 *
 *	0			free
 *	T			held by T, nobody sleeps
 *	T + WAITERS		held by T, threads may sleep
 *	T + WAITERS + STARVED	and one sleeper, the starved one, has the
 *				next turn
 *	g + WAITERS + STARVED	reserved in generation g, without a number
 *		g is current	only the starved sleeper may take it
 *		g is another	the reservation is void: the word counts as
 *				free, and has no sleepers
 *	F + any bits		held by the survivor, since before the fork
 *	L + any bits		held by a lost thread: nobody can have it
 *	DEAD			destroyed
 *
 * Transitions:
 *	0 or void -> T		a lock, 0 by the fast path; newcomers may barge
 *	T -> T + WAITERS	before a thread falls asleep; so for F
 *	T... -> + STARVED	by a sleeper that woke FUTILE_LIMIT times without
 *				getting the lock, in no less than PATIENCE_NS; it
 *				then sleeps on a channel of its own.  Not for F
 *	T [+ WAITERS] -> 0	unlock, then wakes one plain sleeper
 *	T + STARVED -> reserved	unlock, then wakes the starved sleeper
 *	F + any bits -> 0	unlock, then wakes one sleeper; all are plain
 *	reserved -> T + WAITERS	by the starved sleeper
 *	0 or void -> T + WAITERS by any thread that has slept, as others may
 *				still: it cannot know
 *	0, void or L -> DEAD	destroy, then wakes all: they find it dead
 *
 * Why no wake is lost: a thread that sleeps has set WAITERS or seen it, and
 * plat_wait compares the word.  Only an unlock clears it, and that wakes one.
 * A woken thread may spin, but never leaves before it has either taken the
 * lock, with WAITERS set, or set WAITERS again and had plat_wait say
 * ETIMEDOUT, which means that no wake was spent on it.  The starved thread
 * takes STARVED away when it leaves, and if the lock was reserved for it by
 * then, it takes the lock instead.
 *
 * Fork copies the word, but not the threads that sleep.  WAITERS that nobody
 * needs costs one wake.  STARVED must not be believed: the lock would be
 * reserved for a thread that the child does not have, while others sleep.  A
 * word whose STARVED was set before the fork is either reserved, and then void
 * by its generation; or its holder is lost; or its holder is F, whose unlock
 * ignores it.  No thread becomes the starved one while F holds the lock, so a
 * sleeper that believes itself starved has set the bit in this process, and all
 * sleepers of F are plain.  There is one such unlock for each lock that was held
 * at the fork: what the survivor locks from then on carries T.
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
#include "base/identity.h"
#include "plat.h"

#define OWN_WAITERS 0x80000000u
#define OWN_STARVED 0x40000000u
#define OWN_ID      ID_MASK
#define OWN_DEAD    ID_MASK /* an id that no thread has */

/* The lock is 0 to T at once, or not. */
static inline bool
ownlock_try(uint32_t *word, uint32_t self)
{
	uint32_t free = 0;

	return at_cas_acquire(word, &free, self); /* pairs with unlock */
}

/*
 * After ownlock_try failed.  0; EDEADLK; ETIMEDOUT; EINVAL: destroyed;
 * ENOTRECOVERABLE: held by a lost thread.
 */
int ownlock_wait(uint32_t *word, uint32_t self, sync_time deadline);
/* The same of a lock that counts those that sleep; see base/waiters.h. */
int ownlock_wait_counted(uint32_t *word, uint32_t *waiters, uint32_t self,
    sync_time deadline);

/* The same without waiting; EBUSY: held by another thread, or reserved. */
int ownlock_try_slow(uint32_t *word, uint32_t self);

/* After ownlock_unlock_quick failed: others sleep, or there was a fork. */
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

/*
 * Whether the calling thread holds it; no other thread can change that.  quick:
 * false also if it has held it since before a fork.
 */
static inline bool
ownlock_mine_quick(const uint32_t *word, uint32_t self)
{
	return (at_load_relaxed(word) & OWN_ID) == self;
}

static inline bool
ownlock_mine(const uint32_t *word, uint32_t self)
{
	return identity_same(at_load_relaxed(word) & OWN_ID, self);
}

/* The error for a thread that does not hold it: EPERM, or EINVAL: destroyed. */
int ownlock_not_mine(const uint32_t *word);

/* 0; EBUSY: held, and not lost, or reserved; EINVAL: destroyed before. */
int ownlock_destroy(uint32_t *word);

#endif /* OWNLOCK_H */
