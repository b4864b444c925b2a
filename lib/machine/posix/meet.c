/* SPDX-License-Identifier: MIT */
/*
 * Spin locks, barriers and pthread_once.
 *
 * The word of a spin lock is 0, the holder's number plus one, or POSIX_GONE.
 * Here a thread that waits for a spin lock sleeps; an unlock wakes one
 * sleeper, which checks the word again.
 *
 * A barrier counts the threads that have arrived.  The last thread of a round
 * begins the next round and wakes the others.  With the grain of calls they do
 * not access the barrier again, so that it may be destroyed.
 *
 * The word of a once control is 0, then RUNS while a thread calls the
 * function, then DONE.  When the function returns, or its thread exits within
 * it, all sleepers are woken and check the word again.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "machine/posix/posix.h"
#include "machine/quiet.h"

#define m sim_machine

static uint32_t *
spin_of(pthread_spinlock_t *l)
{
	return (uint32_t *)(uintptr_t)l;
}

static uint32_t *
check_spin(pthread_spinlock_t *l)
{
	uint32_t *word = spin_of(l);

	posix_check(word, *word, *word == 0, "spin lock");
	if (*word > m.nthreads)
		posix_misuse("a spin lock is used that was never initialised");
	return word;
}

int
inner_pthread_spin_init(pthread_spinlock_t *l, int shared)
{
	uint32_t *word = spin_of(l);

	(void)shared;
	POINT(SIM_MODIFY, word);
	/* There is no room for a mark that init has made it. */
	posix_made(word, *word != 0 && *word <= m.nthreads, "spin lock");
	*word = 0;
	return 0;
}

int
inner_pthread_spin_destroy(pthread_spinlock_t *l)
{
	uint32_t *word = spin_of(l);

	POINT(SIM_MODIFY, word);
	if (*check_spin(l) != 0)
		posix_misuse("a spin lock is destroyed while thread %u holds"
		    " it", *word - 1);
	posix_gone(word);
	*word = POSIX_GONE;
	return 0;
}

static int
take_spin(uint32_t *word)
{
	*word = m.current + 1;
	memory_acquire(word);
	announce_lock(word, ANNOUNCE_WRITE);
	return 0;
}

int
inner_pthread_spin_lock(pthread_spinlock_t *l)
{
	uint32_t *word = spin_of(l);

	POINT(SIM_MODIFY, word);
	while (*check_spin(l) != 0)
		(void)posix_sleep(word, PLAT_ALL, SYNC_NEVER, false);
	return take_spin(word);
}

int
inner_pthread_spin_trylock(pthread_spinlock_t *l)
{
	uint32_t *word = spin_of(l);

	POINT(SIM_MODIFY, word);
	return *check_spin(l) != 0 ? EBUSY : take_spin(word);
}

int
inner_pthread_spin_unlock(pthread_spinlock_t *l)
{
	uint32_t *word = spin_of(l);

	POINT(SIM_MODIFY, word);
	if (*check_spin(l) != m.current + 1)
		posix_misuse("a spin lock is unlocked that the thread does not"
		    " hold");
	announce_unlock(word, ANNOUNCE_WRITE);
	memory_release(word);
	*word = 0;
	sim_wake(word, 1, PLAT_ALL);
	return 0;
}

struct barrier {
	uint32_t word; /* the number of the round, or POSIX_GONE */
	uint32_t kind, count, came;
};
_Static_assert(sizeof(struct barrier) <= sizeof(pthread_barrier_t), "no room");

static struct barrier *
check_barrier(pthread_barrier_t *b)
{
	struct barrier *x = (struct barrier *)(void *)b;

	posix_check(b, x->word, false, "barrier");
	if (x->kind != POSIX_MADE)
		posix_misuse("a barrier is used that was never initialised");
	return x;
}

int
inner_pthread_barrier_init(pthread_barrier_t *restrict b,
    const pthread_barrierattr_t *restrict a, unsigned count)
{
	struct barrier *x = (struct barrier *)(void *)b;

	(void)a;
	POINT(SIM_MODIFY, b);
	if (count == 0)
		return EINVAL;
	posix_made(b, x->kind == POSIX_MADE && x->word != POSIX_GONE,
	    "barrier");
	memset(b, 0, sizeof(*b));
	x->kind = POSIX_MADE;
	x->count = count;
	return 0;
}

int
inner_pthread_barrier_destroy(pthread_barrier_t *b)
{
	struct barrier *x;

	POINT(SIM_MODIFY, b);
	x = check_barrier(b);
	if (x->came > 0)
		posix_misuse("a barrier is destroyed while %u threads wait"
		    " there", x->came);
	posix_gone(b);
	x->word = POSIX_GONE;
	return 0;
}

int
inner_pthread_barrier_wait(pthread_barrier_t *b)
{
	struct barrier *x;
	uint32_t round;

	POINT(SIM_MODIFY, b);
	x = check_barrier(b);
	round = x->word;
	posix_release(x);
	if (++x->came == x->count) {
		x->came = 0;
		x->word = (round + 1) & 0xffff;
		posix_acquire(x);
		sim_wake(&x->word, PLAT_ALL, PLAT_ALL);
		return PTHREAD_BARRIER_SERIAL_THREAD;
	}
	do
		(void)posix_sleep(&x->word, PLAT_ALL, SYNC_NEVER, false);
	while (m.limits.atomics && x->word == round); /* spurious wakeup */
	posix_acquire(x);
	return 0;
}

#define RUNS 1u
#define DONE 2u
_Static_assert(sizeof(pthread_once_t) >= sizeof(uint32_t), "no room");

int
inner_pthread_once(pthread_once_t *once, void (*fn)(void))
{
	uint32_t *word = (uint32_t *)(void *)once;
	uint32_t *outer = posix_me()->once;

	POINT(SIM_MODIFY, word);
	while (*word == RUNS)
		(void)posix_sleep(word, PLAT_ALL, SYNC_NEVER, false);
	posix_acquire(word);
	if (*word == DONE)
		return 0;
	*word = RUNS;
	posix_me()->once = word;
	quiet_end(); /* fn is the program's */
	fn();
	quiet_begin();
	posix_me()->once = outer;
	posix_point(SIM_MODIFY, word, NULL);
	posix_release(word);
	*word = DONE;
	sim_wake(word, PLAT_ALL, PLAT_ALL);
	return 0;
}
