/* SPDX-License-Identifier: MIT */
/*
 * Looking again before sleeping: for a lock, and for a unit or an element.
 *
 * A look at a lock is cheap or dear.  While the holder is inside a long section
 * the word stays in this processor's cache, and any number of looks costs
 * nothing.  If the holder has written since the last look, as threads with
 * short sections do all the time, the line comes from its cache, and the holder
 * fetches it back: some 50 ns there and back between near processors, 300 and
 * more between far ones.  The word alone does not show the difference, as a
 * thread that releases a lock and takes it again leaves the same word.  The
 * time that a look takes shows it.  So the rule is:
 *
 *	Look all the time, and time each look.  If a look was dear although the
 *	one before was only a moment ago, and the lock is held still, then its
 *	sections are short: leave it alone for SPIN_DEAR times as long as that
 *	look took longer than a cheap one.
 *
 * Looks then take a small part of the holder's time on every machine, and a
 * lock with long sections is taken as soon as it is released.  A thread
 * remembers what the last dear look cost it, and begins its next wait with
 * that pause.  What is not confirmed fades: by an eighth at each wait.  Where
 * the first look is the only one, the clock is not read.
 *
 * Measured: speed over that of the best peer, two threads, the same time
 * outside as inside; two processors 50 ns, then 300 ns there and back apart.
 *
 *			this rule	all the time	five fixed looks
 *	tickets		1.3  2.0	0.6  0.4	1.4  1.9
 *	20 ns		1.1  1.4	1.0  0.7	1.2  1.3
 *	100 ns		0.9  1.4	0.9  0.8	0.7  1.3
 *	300 ns		0.9  1.0	0.8  1.0	0.7  0.9
 *	0.65 us		0.95 1.0	0.95 1.0	0.7  0.9
 *	1 us		0.95 1.0			0.8  0.85
 *
 * A wait for a lock spins no longer than about as long as it takes to fall
 * asleep and be woken: then it costs at most twice what it had to.  It stops
 * much earlier if this thread's spins end sooner: the holder of a lock that
 * stays taken for many times as long as usual is kept from running, by more
 * threads than processors, by other programs, or by this very thread, which
 * the holder woke on its own processor.  So a thread is patient with a lock
 * that does not change for SPIN_PATIENCE times as long as it took when spins
 * ended with the lock; each that does not halves that; and after some of them
 * one is patient again, to see whether it pays now.  A dear look shows that the
 * holder runs, and patience begins again.
 *
 * For a unit or an element: after one pause, after two more, four more and so
 * on, then after some yields.  A pause is SPIN_PAUSE_NS long, however long the
 * processor's own is.  If there are more threads than processors, the thread
 * that would provide it is likely not running, and a yield lets it run: a
 * fraction of the price of falling asleep and being woken.  But when other
 * programs keep the processors busy a yield lets those run, for milliseconds,
 * while a sleeper is woken at once.  So yields are timed, and after a dear one
 * the thread does without for so long that they take a small part of its time.
 * If several times one after the other the first yield brings what was waited
 * for, then the two threads share a processor: the thread yields at once, and
 * tries pauses again later.
 *
 * Spinning is wasted when waits are regularly long, and worse: the scheduler
 * sees a busy thread, and looks for another processor for the thread that
 * would have run on this one.  Each thread therefore counts consecutive long
 * waits, for each kind; after SPIN_LONG_WAITS of them it sleeps at once, until
 * a wait was short.
 *
 * Nor does a thread spin if the process may use one processor only.  That is
 * looked up at a thread's first wait, and renewed at every SPIN_RENEWAL-th.
 */
#ifndef BASE_SPIN_H
#define BASE_SPIN_H

#include <stdbool.h>
#include <stdint.h>

#include "plat.h"

#define SPIN_NS    20000 /* for a lock: longer than to sleep and be woken */
#define SPIN_DEAR  64    /* times what a dear look costs, until the next one */
#define SPIN_REST  (SPIN_NS / 2) /* but no longer */
#define SPIN_STRAY 2000          /* a look that took so long was interrupted */

#define SPIN_PATIENCE 8    /* times what a spin that ends with the lock takes */
#define SPIN_LEAST    1000 /* but no less */
#define SPIN_DRY      16   /* spins without the lock, then a patient one */

#define SPIN_SHORT    3 /* up to this look, one pause */
#define SPIN_LOOKS    15
#define SPIN_LONGEST  32 /* pauses between two of them */
#define SPIN_YIELDS   10
#define SPIN_PAUSE_NS 20
#define SPIN_SHARED   4  /* first yields that brought it, and no pauses */
#define SPIN_APART    64 /* waits without pauses */

#define SPIN_LONG_WAITS 4 /* one after the other, and it does not pay */
#define SPIN_RENEWAL    200

/* What is waited for. */
enum { SPIN_LOCK, SPIN_UNIT, SPIN_ELEMENT };

/* Whether to spin at all; asked once, when a wait begins. */
bool spin_pays(unsigned kind);

/* It was worth it; always true. */
bool spin_paid(unsigned kind);

/* Before sleeping, after spinning or not; and after. */
sync_time spin_sleeps(void);
void spin_slept(unsigned kind, sync_time since);

/* Let others run; false, and not done, if that was dear lately. */
bool spin_yield(void);

/*
 * Whether to look again, after a moment.  *turn counts; it begins at 0 where
 * one other thread is likely to have what we wait for ready at once, else at
 * SPIN_SHORT or beyond.
 */
bool spin_again(unsigned *turn);

/* The looks at a lock in one wait.  All zero at first. */
struct spin_look {
	bool begun, timed;
	bool fresh;       /* the word was seen only a moment before the look */
	uint32_t cheap;   /* ns that a cheap look takes */
	uint32_t patience;
	sync_time first;  /* when it was first timed */
	sync_time since;  /* when the holder was last seen to run */
	sync_time looked; /* just before the last look */
};

/*
 * Whether to look again at a lock that another thread holds, after a moment:
 * the caller reads the word, and tries to take the lock if it is free, right
 * after each call.  No yields: the threads that would run are after the same
 * lock.
 */
bool spin_look(struct spin_look *s);

/* It got the lock; always true. */
bool spin_got(const struct spin_look *s);

/*
 * What these decide and learn, and nothing else: at the time now, when a wait
 * begins and after a look, how many nanoseconds to leave the lock alone, or
 * SPIN_OVER; and after a spin that ended with the lock.
 */
#define SPIN_OVER UINT32_MAX
uint32_t spin_begin(
    struct spin_look *s, struct plat_local *local, sync_time now);
uint32_t spin_judge(
    struct spin_look *s, struct plat_local *local, sync_time now);
void spin_learn(const struct spin_look *s, struct plat_local *local);

/*
 * The same for a lock whose sections are always a few instructions: looks
 * become rare at once.  *look begins at 0.
 */
bool spin_for_lock(unsigned *look);

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
