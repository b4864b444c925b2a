/* SPDX-License-Identifier: MIT */
/*
 * The semaphore: one word of 64 bits contains the value and the number of
 * waiters.  So the step by which a post adds its units also says whether to
 * wake.  After that step the post does not access the semaphore: the thread
 * that takes the unit may free it.
 *
 *	bits 0 to 31	the value, at most SYNC_SEM_MAX; waiters sleep on it
 *	bits 32 to 55	the number of waiters: threads that sleep, are about to
 *			sleep, or were woken and have not left yet
 *	bits 56 to 63	the generation of the waiters; 0 if there are none
 *
 * Transitions, each one compare-and-swap:
 *	post	value + n; then wakes n threads, if there are waiters
 *	take	value - 1, by a thread that is not a waiter
 *	join	waiters + 1, only while the value is 0; the thread then sleeps
 *	leave	waiters - 1, and value - 1 if there is a unit; after a wake,
 *		with or without a unit, or at the deadline
 *	destroy	only while no thread is inside a wait: sets all bits of the
 *		upper half, which no generation has; every call then finds it
 *		DEAD
 *
 * Why no wake is lost: a thread joins in a step that sees the value 0.  So each
 * later post sees the waiter, and wakes as many threads as it added units.  A
 * thread that has joined and does not sleep yet notices that the value is not
 * 0, because plat_wait compares it.  So while threads sleep, there are at least
 * as many woken waiters as there are units.  If a newcomer takes the unit of a
 * woken thread, that thread joins and sleeps again, and nothing changes for the
 * others.  Each post wakes for its own units; none depends on another thread to
 * pass a wake on.  plat_wait returns ETIMEDOUT only if no wake was spent on the
 * thread.
 *
 * A thread that polls between two sleeps is not counted as a waiter, so that
 * posts do not wake for it.  inside counts all threads from before their first
 * sleep until they return, also while they poll; it is for destroy alone.
 *
 * Waiters of another generation belong to the parent of a fork and do not
 * count.  If a signal handler of a waiter forks, the waiter in the child leaves
 * without changing the count.
 *
 * A spinning thread does not join: all other threads change the same word.
 */
#include <libsync/sem.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "misuse.h"
#include "wait/spin.h"
#include "wait/waiters.h"
#include "plat.h"

#define VALUE       UINT64_C(0xffffffff)
#define ONE_WAITER  (UINT64_C(1) << 32)
#define WAITERS     (UINT64_C(0xffffff) << 32)
#define GENERATION  (UINT64_C(0xff) << 56)
#define GENERATIONS 255 /* the last is of DEAD */
#define DEAD        (GENERATION | WAITERS)

int
sync_sem_init(
    struct sync_sem *s, uint32_t value, uint32_t maximum, unsigned flags)
{
	if (UNFIT(s, struct sync_sem) || maximum == 0 || maximum > SYNC_SEM_MAX
	    || value > maximum || flags != 0)
		return MISUSE(EINVAL, s);
	at_store_relaxed(&s->maximum, maximum);
	at_store_relaxed(&s->inside, 0);
	at64_store_relaxed(&s->word, value);
	return 0;
}

/* A maximum of 0 marks a semaphore that was never initialised. */
static bool
valid(const struct sync_sem *s)
{
	return s != NULL && at_load_relaxed(&s->maximum) != 0
	    && (at64_load_relaxed(&s->word) & ~VALUE) != DEAD;
}

static uint64_t
generation(void)
{
	return (uint64_t)(plat_generation() % GENERATIONS) << 56;
}

/* Whether there are waiters of this process. */
static bool
has_waiters(uint64_t w)
{
	return (w & WAITERS) != 0 && (w & GENERATION) == generation();
}

int
sync_sem_destroy(struct sync_sem *s)
{
	uint64_t w;

	if (!valid(s))
		return MISUSE(EINVAL, s);
	do {
		w = at64_load_relaxed(&s->word);
		if ((w & ~VALUE) == DEAD)
			return MISUSE(EINVAL, s);
		/* pairs with the last access of each waiter */
		if (has_waiters(w) || waiters_inside(&s->inside))
			return EBUSY;
	} while (!at64_cas_relaxed(&s->word, &w, DEAD));
	return 0;
}

/* Take a unit, by a thread that is not a waiter; false if there is none. */
static bool
take(struct sync_sem *s)
{
	uint64_t w = at64_load_relaxed(&s->word);

	while ((w & VALUE) != 0)
		/* pairs with the release in post */
		if (at64_cas_acquire(&s->word, &w, w - 1))
			return true;
	return false;
}

/* Whether the calling thread was counted when the word was w. */
static bool
joined(uint64_t w, uint64_t mine)
{
	return (w & WAITERS) != 0 && (w & GENERATION) == mine;
}

/*
 * Count the calling thread as a waiter.  0; EAGAIN: there is a unit; EINVAL:
 * destroyed.
 */
static int
join(struct sync_sem *s, uint64_t *mine)
{
	uint64_t w = at64_load_relaxed(&s->word), with_us;

	*mine = generation();
	do {
		if ((w & ~VALUE) == DEAD)
			return EINVAL;
		if ((w & VALUE) != 0)
			return EAGAIN;
		with_us = joined(w, *mine) ? w + ONE_WAITER : *mine + ONE_WAITER;
	} while (!at64_cas_relaxed(&s->word, &w, with_us));
	return 0;
}

/* A waiter leaves; true if it took a unit. */
static bool
leave(struct sync_sem *s, uint64_t mine)
{
	uint64_t w = at64_load_relaxed(&s->word), without_us;

	do {
		without_us = joined(w, mine) ? w - ONE_WAITER : w;
		if ((without_us & WAITERS) == 0)
			without_us &= VALUE;
		if ((w & VALUE) != 0)
			without_us--;
		/* pairs with post */
	} while (!at64_cas_acquire(&s->word, &w, without_us));
	return (w & VALUE) != 0;
}

/* Returns 0; ETIMEDOUT; EINVAL: destroyed; EAGAIN: try again. */
static int
sleep_once(struct sync_sem *s, sync_time deadline)
{
	uint64_t mine;
	int err = join(s, &mine);

	if (err != 0)
		return err;
	err = plat_wait(PLAT_PRIVATE, at64_low(&s->word), 0, PLAT_ALL, deadline);
	if (leave(s, mine))
		return 0; /* a unit that is there beats the clock */
	return err == ETIMEDOUT ? ETIMEDOUT : EAGAIN;
}

/* Another thread was faster: poll for a while before sleeping again. */
static bool
poll_after_wake(struct sync_sem *s, sync_time deadline)
{
	unsigned turn = 0;

	while (!take(s))
		if (!spin_between_sleeps(&turn, deadline))
			return false;
	return true;
}

static int
wait_slow(struct sync_sem *s, sync_time deadline)
{
	uint32_t entered = waiters_enter(&s->inside);
	sync_time since = spin_sleeps();
	int err;

	do {
		err = sleep_once(s, deadline);
		if (err == EAGAIN && poll_after_wake(s, deadline))
			err = 0;
	} while (err == EAGAIN);
	spin_slept(SPIN_UNIT, since);
	waiters_leave(&s->inside, entered); /* the last access */
	return err;
}

static bool
spin(struct sync_sem *s)
{
	struct spin polls = { .kind = SPIN_UNIT };

	while (spin_again(&polls))
		if ((at64_load_relaxed(&s->word) & VALUE) != 0 && take(s))
			return spin_paid(&polls);
	return false;
}

static int
wait(struct sync_sem *s, sync_time deadline)
{
	int err = 0;

	if (!take(s)) {
		if (deadline == DEADLINE_TRY)
			return EAGAIN;
		if (!spin(s))
			err = wait_slow(s, deadline);
	}
	if (err == 0)
		announce_acquire(s);
	return err;
}

static SLOW_PATH int
wait_slow_path(struct sync_sem *s, const char *function)
{
	int err = valid(s) ? wait(s, SYNC_NEVER) : EINVAL;

	return misuse_unless_0(err, function, s);
}

/* Take a unit if there is one and no thread interferes; else false. */
static inline bool
take_fast(struct sync_sem *s)
{
	uint64_t w = at64_load_relaxed(&s->word);

	/* as in take; destroy takes the units away */
	return (w & VALUE) != 0 && !announce_on
	    && at64_cas_acquire(&s->word, &w, w - 1);
}

int
sync_sem_wait(struct sync_sem *s)
{
	if (s != NULL && take_fast(s))
		return 0;
	return wait_slow_path(s, __func__);
}

int
sync_sem_trywait(struct sync_sem *s)
{
	return valid(s) ? wait(s, DEADLINE_TRY) : MISUSE(EINVAL, s);
}

int
sync_sem_wait_until(struct sync_sem *s, sync_time deadline)
{
	int err = valid(s) ? wait(s, deadline_real(deadline)) : EINVAL;

	return MISUSE(err, s);
}

static int
post(struct sync_sem *s, uint32_t n)
{
	uint32_t maximum;
	uint64_t w;

	if (!valid(s))
		return EINVAL;
	if (n == 0)
		return 0;
	maximum = at_load_relaxed(&s->maximum);
	announce_release(s);
	w = at64_load_relaxed(&s->word);
	do {
		if ((w & ~VALUE) == DEAD)
			return EINVAL;
		if (n > maximum - (w & VALUE))
			return EOVERFLOW;
		/* publishes all before the post; pairs with take and leave */
	} while (!at64_cas_release(&s->word, &w, w + n));
	if ((w & WAITERS) != 0)
		plat_wake(PLAT_PRIVATE, at64_low(&s->word), n, PLAT_ALL);
	return 0;
}

static SLOW_PATH int
post_slow_path(struct sync_sem *s, const char *function)
{
	return misuse_unless_0(post(s, 1), function, s);
}

/* Add a unit if there are no waiters and no thread interferes; else false. */
static inline bool
post_fast(struct sync_sem *s)
{
	uint64_t w = at64_load_relaxed(&s->word);

	/* as in post; DEAD and a word with waiters are above any maximum */
	return w < at_load_relaxed(&s->maximum) && !announce_on
	    && at64_cas_release(&s->word, &w, w + 1);
}

int
sync_sem_post(struct sync_sem *s)
{
	if (s != NULL && post_fast(s))
		return 0;
	return post_slow_path(s, __func__);
}

int
sync_sem_post_n(struct sync_sem *s, uint32_t n)
{
	return MISUSE(post(s, n), s);
}

uint32_t
sync_sem_value(const struct sync_sem *s)
{
	return valid(s) ? (uint32_t)(at64_load_acquire(&s->word) & VALUE) : 0;
}
