/* SPDX-License-Identifier: MIT */
/*
 * Polling before sleeping: for a lock, and for a unit or an element.
 *
 * A poll of a lock is cheap or expensive.  While the holder is inside a long
 * section, the word stays in this processor's cache, and polls are nearly free.
 * If the holder has written since the last poll, as threads with short sections
 * do all the time, the line comes from the holder's cache, and the holder
 * fetches it back.  This takes some 50 ns there and back between near
 * processors, and 300 ns or more between far ones.  The word alone does not
 * show the difference: a thread that releases a lock and takes it again leaves
 * the same word.  The time that a poll takes shows it.  So the rule is:
 *
 *	Poll all the time, and time each poll.  If a poll was expensive although
 *	the one before was only a moment ago, and the lock is still held, then
 *	its sections are short.  Then do not poll for SPIN_DEAR times as long as
 *	that poll took longer than a cheap one.
 *
 * So polls take a small part of the holder's time on every machine, and a lock
 * with long sections is taken as soon as it is released.  A thread remembers
 * the cost of its last expensive poll, and begins its next wait with that
 * pause.  Unless it is confirmed, the remembered cost shrinks by an eighth at
 * each wait.  If the first poll is the only one, the clock is not read.
 *
 * Measured: speed relative to the best peer; two threads, the same time outside
 * as inside the lock.  The first number is for two processors that are 50 ns
 * there and back apart, the second for 300 ns.
 *
 *			this rule	all the time	five fixed polls
 *	tickets		1.3  2.0	0.6  0.4	1.4  1.9
 *	20 ns		1.1  1.4	1.0  0.7	1.2  1.3
 *	100 ns		0.9  1.4	0.9  0.8	0.7  1.3
 *	300 ns		0.9  1.0	0.8  1.0	0.7  0.9
 *	0.65 us		0.95 1.0	0.95 1.0	0.7  0.9
 *	1 us		0.95 1.0			0.8  0.85
 *
 * A wait for a lock spins at most about as long as falling asleep and being
 * woken takes.  Then it costs at most twice the minimum.  It stops much earlier
 * if this thread's spins usually end sooner.  If a lock stays taken for many
 * times as long as usual, its holder does not run: because there are more
 * threads than processors, because of other programs, or because this thread
 * runs on the holder's processor, where the holder has woken it.  So a thread
 * has a patience: it stops if the lock does not change for that time.  The
 * patience is SPIN_PATIENCE times the time after which spins ended with the
 * lock.  A spin that ends without the lock halves it.  After SPIN_DRY such
 * spins one spin uses the full patience again, to find out whether it pays now.
 * An expensive poll shows that the holder runs; then the patience starts again.
 *
 * A wait for a unit or an element polls after one pause, after two more, four
 * more and so on, and then after some yields.  A pause is SPIN_PAUSE_NS long on
 * every processor.  If there are more threads than processors, the thread that
 * would provide the unit is probably not running, and a yield lets it run, at a
 * fraction of the cost of falling asleep and being woken.  But if other
 * programs keep the processors busy, a yield lets those run, for milliseconds,
 * while a sleeper is woken at once.  So yields are timed, and after an
 * expensive one the thread skips yields until they take a small part of its
 * time.  If several times in a row the first yield brings the unit, the two
 * threads share a processor.  Then the thread yields after the first short
 * pauses, and tries longer ones again later.
 *
 * Spinning is wasted when waits are regularly long, and it also takes a
 * processor from the thread that we wait for: the scheduler sees a busy thread,
 * and moves the other one elsewhere.  Each thread therefore counts consecutive
 * long waits of each kind.  After SPIN_LONG_WAITS of them it sleeps at once,
 * until a wait was short.
 *
 * A thread does not spin either if the process may use one processor only.
 * This is determined at a thread's first wait and again at every
 * SPIN_RENEWAL-th.
 */
#ifndef WAIT_SPIN_H
#define WAIT_SPIN_H

#include <stdbool.h>
#include <stdint.h>

#include "wait/record.h"

#define SPIN_NS    20000 /* for a lock: longer than to sleep and be woken */
#define SPIN_DEAR  64    /* times the cost of a poll, until the next one */
#define SPIN_REST  (SPIN_NS / 2) /* but no longer */
#define SPIN_STRAY 2000          /* ns; a longer poll was interrupted */

#define SPIN_PATIENCE 8    /* times the length of a spin that got the lock */
#define SPIN_LEAST    1000 /* but no less */
#define SPIN_DRY      16   /* spins without the lock, then a patient one */

#define SPIN_SHORT    3 /* up to this poll, one pause */
#define SPIN_LOOKS    15
#define SPIN_LONGEST  32 /* pauses between two polls */
#define SPIN_YIELDS   10
#define SPIN_PAUSE_NS 25
#define SPIN_SHARED   4  /* successful first yields, then no long pauses */
#define SPIN_APART    64 /* waits without them, then they are tried again */

#define SPIN_LONG_WAITS 4 /* in a row: spinning does not pay */
#define SPIN_RENEWAL    200

/* Whether spinning can pay: the process may use more than one processor. */
bool spin_may_poll(void);

/*
 * Whether to spin at all: the thread's record, or null if it must sleep at
 * once.
 */
struct thread_record *spin_pays(unsigned kind);

/* Call these before the first sleep of a wait, and after the last. */
sync_time spin_sleeps(void);
void spin_slept(unsigned kind, sync_time since);

/*
 * The polls for a unit or an element in one wait.  turn counts them.  It begins
 * at 0 where another thread will probably provide what we wait for at once,
 * else at SPIN_SHORT or more.  The polls with one pause need no record:
 * finding it would take as long as some hand-overs between two processors.
 */
struct spin {
	unsigned kind, turn;
	struct thread_record *mine; /* null at first */
};

bool spin_later(struct spin *s); /* spin_again after the first polls */

/* Pause, then return whether to poll again. */
static inline bool
spin_again(struct spin *s)
{
	if (s->turn > SPIN_SHORT)
		return spin_later(s);
	s->turn++;
	plat_pause();
	return spin_may_poll();
}

/* Call this if spinning was successful; always true. */
bool spin_paid(const struct spin *s);

/* The polls of a lock in one wait.  All zero at first. */
struct spin_look {
	bool begun, timed;
	bool fresh;       /* the word was read only a moment before the poll */
	uint32_t cheap;   /* ns that a cheap poll takes */
	uint32_t patience;
	sync_time first;  /* when the first poll was timed */
	sync_time since;  /* when the holder was last seen to run */
	sync_time looked; /* just before the last poll */
};

/*
 * Pause, then return whether to poll the lock again.  Right after each call the
 * caller reads the word, and tries to take the lock if it is free.  This never
 * yields: the threads that would run probably want the same lock.
 */
bool spin_look(struct spin_look *s, struct thread_record *mine);

/* Call this if the spin ended with the lock; always true. */
bool spin_got(const struct spin_look *s, struct thread_record *mine);

/*
 * The decisions of spin_look without its waiting, for tests.  spin_begin, when
 * a wait begins, and spin_judge, after a poll, return how many nanoseconds not
 * to poll, or SPIN_OVER to stop.  spin_learn is called after a spin that ended
 * with the lock.
 */
#define SPIN_OVER UINT32_MAX
uint32_t spin_begin(
    struct spin_look *s, struct thread_record *mine, sync_time now);
uint32_t spin_judge(
    struct spin_look *s, struct thread_record *mine, sync_time now);
void spin_learn(const struct spin_look *s, struct thread_record *mine);

/*
 * The same for a lock whose sections are always a few instructions: polls
 * become rare soon.  *look counts them; it begins at 0.
 */
bool spin_for_lock(unsigned *look);

/*
 * Let other threads run, then return whether to poll once more after a futile
 * wake.  *turn counts the polls; it begins at 0.  If the thread slept again at
 * once, it would be woken for the next unit, and a running thread would
 * probably take that one too.  Each time costs a system call and two context
 * switches.  Measured with one producer and four consumers: 3 times as many
 * elements with these polls as without.
 */
bool spin_between_sleeps(unsigned *turn, sync_time deadline);

/*
 * Back off: wait a moment for another thread that is inside a few instructions
 * and will not wake us.  *turn counts; it begins at 0.  False if the deadline
 * has passed; then the caller gives up.  A deadline below 0, as of a try
 * function, allows some microseconds.
 */
bool spin_back_off(unsigned *turn, sync_time deadline);

#endif /* WAIT_SPIN_H */
