/* SPDX-License-Identifier: MIT */
/*
 * The semaphore: one word of 64 bits holds the value and the number of threads
 * that wait.  So a post learns, with the step that adds its units, whether to
 * wake, and never accesses the semaphore after it: the thread that takes the
 * unit may free it.
 *
 *	bits 0 to 31	the value, at most SYNC_SEM_MAX; waiters sleep on it
 *	bits 32 to 55	how many threads wait: asleep, about to sleep, or woken
 *			and not back yet
 *	bits 56 to 63	the generation of those threads; 0 if there are none
 *
 * Transitions, each one compare-and-swap:
 *	post	value + n; then wakes n threads, if any wait
 *	take	value - 1, by a thread that does not wait
 *	join	waiters + 1, only while the value is 0; the thread then sleeps
 *	leave	waiters - 1, with value - 1 if there is a unit; after a wake,
 *		whether it brought a unit or not, or at the deadline
 *	destroy	only while nobody is inside a wait: all bits of the upper half are
 *		set, which no generation can do; every call then finds it DEAD
 *
 * Why no wake is lost: a thread joins in a step that sees the value 0, so each
 * post after that sees that it waits, and wakes as many threads as it added
 * units.  A thread that has joined and does not sleep yet finds that the value
 * is not 0, because plat_wait compares it.  So while threads sleep, at least as
 * many are awake and on their way as there are units; a unit that a newcomer
 * takes from a woken thread makes that thread join and sleep again, and changes
 * nothing for the others.  Each post wakes for itself, and depends on no other
 * thread to pass a wake on.  plat_wait says ETIMEDOUT only if no wake was spent
 * on the thread.
 *
 * A thread that polls between two sleeps is not counted as a waiter, so that posts
 * do not wake for it.  inside counts it, as it counts all threads from before
 * their first sleep to their return, for destroy alone.
 *
 * A waiter of another generation was left behind by fork and is not counted.
 * A thread that forks in a signal handler, and so in the midst of a wait, leaves
 * without being counted off in the child.
 *
 * A spinning thread does not join: the word is what all others change.
 */
#include <libsync/sem.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "base/misuse.h"
#include "base/spin.h"
#include "base/waiters.h"
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

/* Maximum 0 marks one that was never made. */
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

/* Whether threads of this process wait. */
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
		/* pairs with leave: a thread that left shows in inside */
		w = at64_load_acquire(&s->word);
		if ((w & ~VALUE) == DEAD)
			return MISUSE(EINVAL, s);
		/* pairs with the last access of each waiter */
		if (has_waiters(w) || waiters_inside(&s->inside))
			return EBUSY;
	} while (!at64_cas_relaxed(&s->word, &w, DEAD));
	return 0;
}

/* Whether a unit was taken by a thread that does not wait. */
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

/* A waiter leaves.  Whether with a unit. */
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
		/* pairs with post; and with destroy: we are inside still */
	} while (!at64_cas_acq_rel(&s->word, &w, without_us));
	return (w & VALUE) != 0;
}

/* 0; ETIMEDOUT; EINVAL: destroyed; EAGAIN: try again. */
static int
sleep_once(struct sync_sem *s, sync_time deadline)
{
	uint64_t mine;
	int err = join(s, &mine);

	if (err != 0)
		return err;
	err = plat_wait(at64_low(&s->word), 0, PLAT_ALL, deadline);
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
	unsigned turn = 0;

	if (!spin_pays(SPIN_UNIT))
		return false;
	while (spin_again(&turn))
		if ((at64_load_relaxed(&s->word) & VALUE) != 0 && take(s))
			return spin_paid(SPIN_UNIT);
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

static SLOW_DOOR int
wait_door(struct sync_sem *s, const char *function)
{
	int err = valid(s) ? wait(s, SYNC_NEVER) : EINVAL;

	return misuse_unless_0(err, function, s);
}

/* There is a unit, and nobody in the way; else false. */
static inline bool
take_quick(struct sync_sem *s)
{
	uint64_t w = at64_load_relaxed(&s->word);

	/* as in take; destroy takes the units away */
	return (w & VALUE) != 0 && !announce_on
	    && at64_cas_acquire(&s->word, &w, w - 1);
}

int
sync_sem_wait(struct sync_sem *s)
{
	if (s != NULL && take_quick(s))
		return 0;
	return wait_door(s, __func__);
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
		plat_wake(at64_low(&s->word), n, PLAT_ALL);
	return 0;
}

static SLOW_DOOR int
post_door(struct sync_sem *s, const char *function)
{
	return misuse_unless_0(post(s, 1), function, s);
}

/* Nobody waits, and there is nobody in the way; else false. */
static inline bool
post_quick(struct sync_sem *s)
{
	uint64_t w = at64_load_relaxed(&s->word);

	/* as in post; DEAD and a word with waiters are above any maximum */
	return w < at_load_relaxed(&s->maximum) && !announce_on
	    && at64_cas_release(&s->word, &w, w + 1);
}

int
sync_sem_post(struct sync_sem *s)
{
	if (s != NULL && post_quick(s))
		return 0;
	return post_door(s, __func__);
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
