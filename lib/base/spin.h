/* SPDX-License-Identifier: MIT */
/*
 * Looking again before sleeping: some pauses, then some yields.
 *
 * What another processor is about to hand over is there within some 40 pauses.
 * If there are more threads than processors, whoever we wait for is likely not
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

#define SPIN_PAUSES 40
#define SPIN_YIELDS 4

/* Let others run; false, and not done, if that was dear lately. */
bool spin_yield(void);

/* Whether to look again, after a moment.  *turn counts; it begins at 0. */
static inline bool
spin_again(unsigned *turn)
{
	if (*turn >= SPIN_PAUSES + SPIN_YIELDS || !plat_spin_pays())
		return false;
	if ((*turn)++ >= SPIN_PAUSES)
		return spin_yield();
	plat_pause();
	return true;
}

/*
 * A moment's wait for another thread to finish a few instructions that it is
 * in the midst of; it cannot be asked to wake us.
 */
void spin_linger(unsigned *turn);

#endif /* BASE_SPIN_H */
