/* SPDX-License-Identifier: MIT */
/*
 * Looking again before sleeping: after one pause, after two more, four more and
 * so on, then after some yields.
 *
 * What another processor is about to hand over is there within a few pauses;
 * each look takes the cache line away from whoever works on it, so looks become
 * rare: with 2, 4 or 8 threads at one lock that doubles what they get done.
 * All pauses together take about as long as to fall asleep and be woken.  If
 * there are more threads than processors, whoever we wait for is likely not
 * running, and a yield lets it: a fraction of the price of falling asleep and
 * being woken.  But when other programs keep the processors busy a yield lets
 * those run, for milliseconds, while who sleeps is woken at once.  So yields
 * are timed, and after a dear one the thread does without for so long that
 * they take a small part of its time.
 */
#ifndef BASE_SPIN_H
#define BASE_SPIN_H

#include <stdbool.h>

#include "plat.h"

#define SPIN_LOOKS   12
#define SPIN_LONGEST 32 /* pauses between two of them */
#define SPIN_YIELDS  10

/* Let others run; false, and not done, if that was dear lately. */
bool spin_yield(void);

/* Whether to look again, after a moment.  *turn counts; it begins at 0. */
static inline bool
spin_again(unsigned *turn)
{
	unsigned i, pauses = SPIN_LONGEST;

	if (*turn >= SPIN_LOOKS + SPIN_YIELDS || !plat_spin_pays())
		return false;
	if (*turn < SPIN_LOOKS && 1u << *turn < SPIN_LONGEST)
		pauses = 1u << *turn;
	if ((*turn)++ >= SPIN_LOOKS)
		return spin_yield();
	for (i = 0; i < pauses; i++)
		plat_pause();
	return true;
}

/*
 * A moment's wait for another thread to finish a few instructions that it is
 * in the midst of; it cannot be asked to wake us.
 */
void spin_linger(unsigned *turn);

#endif /* BASE_SPIN_H */
