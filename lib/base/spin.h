/* SPDX-License-Identifier: MIT */
/*
 * Looking again before sleeping: after one pause, after two more, four more and
 * so on, then after some yields.
 *
 * What another processor is about to hand over is there within a few pauses;
 * each look takes the cache line away from whoever works on it, so looks
 * become rare.  All pauses together take about as long as to fall asleep and
 * be woken.  If there are more threads than processors, whoever we wait for
 * is likely not running, and a yield lets it: a fraction of the price of
 * falling asleep and being woken.  But when other programs keep the
 * processors busy a yield lets those run, for milliseconds, while who sleeps
 * is woken at once.  So yields are timed, and after a dear one the thread
 * does without for so long that they take a small part of its time.
 *
 * Where what a thread waits for comes late every time, spinning is wasted,
 * and worse: the scheduler sees a thread that is busy, and finds another
 * processor for whoever would have run on this one.  So each thread remembers
 * for each kind of wait how many of the last took long, and after some it
 * sleeps at once, until a wait was short.
 */
#ifndef BASE_SPIN_H
#define BASE_SPIN_H

#include <stdbool.h>
#include <stdint.h>

#include "plat.h"

#define SPIN_SHORT   3 /* up to this look, one pause */
#define SPIN_LOOKS   15
#define SPIN_LONGEST 32 /* pauses between two of them */
#define SPIN_YIELDS  10

#define SPIN_LONG_WAITS 4 /* one after the other, and it does not pay */

/* What is waited for. */
enum { SPIN_LOCK, SPIN_UNIT, SPIN_ELEMENT };

/* Whether to spin at all. */
static inline bool
spin_pays(unsigned kind)
{
	const struct plat_local *local = plat_local_if_any();

	return plat_spin_pays()
	    && (local == NULL || local->long_waits[kind] < SPIN_LONG_WAITS);
}

/* It was worth it; always true. */
bool spin_paid(unsigned kind);

/* Before sleeping, after spinning or not; and after. */
sync_time spin_sleeps(void);
void spin_slept(unsigned kind, sync_time since);

/* Let others run; false, and not done, if that was dear lately. */
bool spin_yield(void);

static inline void
spin_pause(unsigned times)
{
	while (times-- > 0)
		plat_pause();
}

/*
 * Whether to look again, after a moment.  *turn counts; it begins at 0 where
 * one other thread is likely to have what we wait for ready at once, else at
 * SPIN_SHORT or beyond.
 */
static inline bool
spin_again(unsigned *turn)
{
	unsigned pauses = 1;

	if (*turn >= SPIN_LOOKS + SPIN_YIELDS || !plat_spin_pays())
		return false;
	if (*turn > SPIN_SHORT)
		pauses <<= *turn - SPIN_SHORT;
	if (pauses > SPIN_LONGEST)
		pauses = SPIN_LONGEST;
	if ((*turn)++ >= SPIN_LOOKS)
		return spin_yield();
	spin_pause(pauses);
	return true;
}

/*
 * The same for a lock that another thread holds; *look begins at 0.
 *
 * Looks become rare at once: each takes the line from the holder for a tenth
 * of a microsecond or, from a processor that is far, for half of one; and who
 * gives a lock back most likely takes it again, many times between two looks,
 * so that all together get as much done as one alone.  No yields: those that
 * would run are after the same lock.  Measured, of turns, the looks of
 * spin_again over these: tickets 0.65, sections of a microsecond 0.75, of 20
 * ns 0.9.
 */
static inline bool
spin_for_lock(unsigned *look)
{
	static const uint16_t pauses[] = { 16, 64, 256, 512, 512 };

	if (*look >= sizeof(pauses) / sizeof(pauses[0]) || !plat_spin_pays())
		return false;
	spin_pause(pauses[(*look)++]);
	return true;
}

/*
 * Whether to poll once more after a wake that gave the thread nothing; other
 * threads run meanwhile.  *turn counts; it begins at 0.  A thread that slept
 * again at once would be woken for the next unit, which a running thread is
 * likely to take as well: each time that costs a system call and two changes of
 * threads.  Measured, one producer and four consumers, of polls over none: 3
 * times the elements.
 */
bool spin_between_sleeps(unsigned *turn, sync_time deadline);

/*
 * Wait a moment for another thread that is inside a few instructions and cannot
 * be asked to wake us.  *turn counts; it begins at 0.  False, and the caller
 * gives up, if that has taken longer than the deadline allows: for a deadline
 * below 0, that of a try function, some microseconds.
 */
bool spin_linger(unsigned *turn, sync_time deadline);

#endif /* BASE_SPIN_H */
