/* SPDX-License-Identifier: MIT */
/*
 * The owner lock: a lock of one word, which contains the id of the holder.
 * mutex, rmutex and the wait queue are made of it.
 *
 * States of the word.  Ids and generations are those of plat/identity.h: T is
 * the id of a thread of this process, F a former id of the survivor of a fork,
 * L a lost id.
 *
 *	0			free
 *	T			held by T, nobody sleeps
 *	T + WAITERS		held by T, threads may sleep
 *	T + WAITERS + STARVED	the same, and one sleeper gets the lock next:
 *				the starved one
 *	g + WAITERS + STARVED	reserved: g is a generation without a number
 *		g is current	only the starved sleeper may take the lock
 *		g is another	the reservation is void: the word counts as
 *				free, and has no sleepers
 *	F + any bits		held by the survivor, since before the fork
 *	L + any bits		held by a lost thread: no thread can get it
 *	DEAD			destroyed
 *
 * Transitions:
 *	0 or void -> T		a lock, 0 by the fast path; newcomers may barge
 *	T -> T + WAITERS	before a thread falls asleep; so for F
 *	T... -> + STARVED	by a sleeper after FUTILE_LIMIT futile wakes and
 *				at least PATIENCE_NS; it then sleeps on its own
 *				channel.  Not for F
 *	T [+ WAITERS] -> 0	unlock, then wakes one plain sleeper
 *	T + STARVED -> reserved	unlock, then wakes the starved sleeper
 *	F + any bits -> 0	unlock, then wakes one sleeper; all are plain
 *	reserved -> T + WAITERS	by the starved sleeper
 *	0 or void -> T + WAITERS by any thread that has slept: it cannot know
 *				whether others still sleep
 *	0, void or L -> DEAD	destroy, then wakes all: they find it dead
 *
 * Why no wake is lost: a sleeper has set WAITERS or seen it, and plat_wait
 * compares the word.  Only an unlock clears WAITERS, and that unlock wakes one
 * sleeper.  A woken thread may spin, but it leaves in two ways only.  It takes
 * the lock, with WAITERS set; or it sets WAITERS again and plat_wait returns
 * ETIMEDOUT, which means that no wake was spent on it.  The starved thread
 * clears STARVED when it times out; if the lock has been reserved for it by
 * then, it takes the lock instead.
 *
 * Fork copies the word, but not the sleepers.  A WAITERS without sleepers costs
 * one wake.  A STARVED from before the fork must be ignored: else the lock
 * would be reserved for a thread that the child does not have, while others
 * sleep.  There are three cases of such a word:
 *	it is reserved		void by its generation
 *	its holder is lost	no thread can get it
 *	its holder is F		the unlock ignores STARVED
 * No thread becomes the starved one while F holds the lock.  So a sleeper that
 * takes itself for the starved one has set the bit in this process, and all
 * sleepers of F are plain.  Each lock that was held at the fork has one such
 * unlock: later locks of the survivor carry T.
 *
 * After the store that frees the word, an unlock does not access it again: the
 * wake needs its address only.
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
#define OWN_ID      ID_MASK
#define OWN_DEAD    ID_MASK /* an id that no thread has */

/* Take the lock if the word is 0; else false. */
static inline bool
ownlock_try(uint32_t *word, uint32_t self)
{
	uint32_t free = 0;

	return at_cas_acquire(word, &free, self); /* pairs with unlock */
}

/*
 * Take the lock after ownlock_try failed.  Returns 0; EDEADLK: the caller holds
 * it; ETIMEDOUT; EINVAL: destroyed; ENOTRECOVERABLE: held by a lost thread.
 */
int ownlock_wait(uint32_t *word, uint32_t self, sync_time deadline);
/* The same for a lock that counts its waiters; see wait/waiters.h. */
int ownlock_wait_counted(uint32_t *word, uint32_t *waiters, uint32_t self,
    sync_time deadline);

/* The same without waiting; EBUSY: held by another thread, or reserved. */
int ownlock_try_slow(uint32_t *word, uint32_t self);

/* Unlock after ownlock_unlock_fast failed: others sleep, or it was forked. */
void ownlock_unlock_slow(uint32_t *word);

/* Unlock if the caller holds it and no thread sleeps; else false. */
static inline bool
ownlock_unlock_fast(uint32_t *word, uint32_t self)
{
	/* publishes what the section wrote; pairs with the lock's acquire */
	return at_cas_release(word, &self, 0);
}

/* Unlock.  The caller holds the lock. */
static inline void
ownlock_unlock(uint32_t *word, uint32_t self)
{
	if (!ownlock_unlock_fast(word, self))
		ownlock_unlock_slow(word);
}

/*
 * Whether the calling thread holds the lock; no other thread can change that.
 * fast: false also if the thread has held it since before a fork.
 */
static inline bool
ownlock_mine_fast(const uint32_t *word, uint32_t self)
{
	return (at_load_relaxed(word) & OWN_ID) == self;
}

static inline bool
ownlock_mine(const uint32_t *word, uint32_t self)
{
	return identity_same(at_load_relaxed(word) & OWN_ID, self);
}

/* The error for a thread that does not hold it: EPERM; EINVAL if destroyed. */
int ownlock_not_mine(const uint32_t *word);

/* 0; EBUSY: held by a thread that exists, or reserved; EINVAL: destroyed. */
int ownlock_destroy(uint32_t *word);

#endif /* OWNLOCK_H */
