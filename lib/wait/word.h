/* SPDX-License-Identifier: MIT */
/*
 * The word wait: threads wait until a word passes a test of its object.  The
 * event and the latch wait so; a join waits so for the word of its thread.
 *
 * Two bits or values of the word belong to this file:
 *
 *	mark	a bit: threads may sleep.  A step that makes the test true
 *		clears it, and then wakes all sleepers (word_wake)
 *	dead	the whole word of a destroyed object
 *
 * Why no wake is lost: a sleeper has set the mark, or seen it, in the word that
 * plat_wait compares, at a moment when the test was false.  So the step that
 * makes the test true either comes before, and plat_wait returns at once, or it
 * finds the mark and wakes the sleeper.  A word without a mark is woken at each
 * change.
 *
 * That step is the waker's last access to the object; the wake needs the
 * address only.  waiters (wait/waiters.h) counts the threads in a slow wait,
 * for destroy alone.  A thread that begins to wait just before destroy may not
 * be counted yet; destroy wakes it, and it finds the object dead.
 */
#ifndef WAIT_WORD_H
#define WAIT_WORD_H

#include <errno.h>
#include <stdint.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "plat.h"

/* What the objects of one kind have in common. */
struct word_kind {
	uint32_t mark; /* 0: each change of the word wakes all */
	uint32_t dead;
	/*
	 * Test the word w for a wait that began when it was came.  0: the wait
	 * has ended; EAGAIN: not yet; EINVAL: destroyed.
	 */
	int (*test)(uint32_t w, uint32_t came);
};

/*
 * Sleep until the test is no longer EAGAIN, and return it; or ETIMEDOUT.  A
 * result of 0 acquires what was released with the word.
 */
int word_sleep(const struct word_kind *kind, uint32_t *word, uint32_t came,
    sync_time deadline);

/* word_sleep of a thread that is counted. */
int word_wait_slow(const struct word_kind *kind, uint32_t *word,
    uint32_t *waiters, uint32_t came, sync_time deadline);

/* The same, but test first; EAGAIN for DEADLINE_TRY. */
static inline int
word_wait(const struct word_kind *kind, uint32_t *word, uint32_t *waiters,
    sync_time deadline)
{
	uint32_t came = at_load_acquire(word);
	int err = kind->test(came, came);

	if (err == EAGAIN && deadline != DEADLINE_TRY)
		err = word_wait_slow(kind, word, waiters, came, deadline);
	if (err == 0)
		announce_acquire(word);
	return err;
}

/* After a step that makes the test true and has found the mark. */
static inline void
word_wake(const uint32_t *word)
{
	plat_wake(PLAT_PRIVATE, word, PLAT_ALL, PLAT_ALL);
}

/* 0; EINVAL: it is destroyed; EBUSY: threads wait, and nothing has changed. */
int word_destroy(
    const struct word_kind *kind, uint32_t *word, uint32_t *waiters);

#endif /* WAIT_WORD_H */
