/* SPDX-License-Identifier: MIT */
/*
 * The semaphore: one word holds the value and a bit WAITERS, so that a post
 * learns with the store that adds the unit whether to wake, and need not look
 * at the semaphore after it: the taker of the unit may have freed it.
 *
 * Invariant: while a thread sleeps, either WAITERS is set, or a thread that
 * was woken is on its way back to the word.
 *	post	adds units, clears WAITERS and, if it was set, wakes as many
 *		as it added
 *	wait	that has not slept takes a unit and leaves WAITERS alone
 *	wait	before it sleeps sets WAITERS
 *	wait	that has slept takes a unit; others may sleep still, and a post
 *		that came after the one that woke it saw no WAITERS: so if
 *		units are left it wakes one more in that post's stead, else
 *		it sets WAITERS for the next post
 *	wait	that was woken and finds no unit sets WAITERS and sleeps again;
 *		plat_wait says ETIMEDOUT only if no wake was spent on it
 * So each unit posted while threads sleep wakes one, or finds one awake that
 * passes it on.
 *
 * waiters counts those that sleep, or are about to, for destroy alone: a waiter
 * takes itself off before it returns.  Who still spins is not among them: the
 * count is next to the word, and would take the line from whoever posts.
 */
#include <libsync/sem.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "base/misuse.h"
#include "base/spin.h"
#include "plat.h"

#define WAITERS 0x80000000u
#define VALUE   0x7fffffffu

int
sync_sem_init(
    struct sync_sem *s, uint32_t value, uint32_t maximum, unsigned flags)
{
	if (UNFIT(s, struct sync_sem) || maximum == 0 || maximum > SYNC_SEM_MAX
	    || value > maximum || flags != 0)
		return MISUSE(EINVAL, s);
	at_store_relaxed(&s->word, value);
	at_store_relaxed(&s->waiters, 0);
	s->maximum = maximum;
	s->flags = flags;
	return 0;
}

/* Maximum 0 marks one that was destroyed, or never made. */
static bool
valid(const struct sync_sem *s)
{
	return s != NULL && at_load_relaxed(&s->maximum) != 0;
}

int
sync_sem_destroy(struct sync_sem *s)
{
	if (!valid(s))
		return MISUSE(EINVAL, s);
	if (at_load_acquire(&s->waiters) != 0)
		return EBUSY;
	at_store_relaxed(&s->maximum, 0);
	/*
	 * Whoever comes too late sets WAITERS after this, and then sees that
	 * maximum is 0 (pairs with its acquire) and takes WAITERS away again;
	 * or before, and is woken or finds the word changed.
	 */
	at_store_release(&s->word, 0);
	plat_wake(&s->word, PLAT_ALL, PLAT_ALL);
	return 0;
}

/* Whether a unit was taken by a thread that has not slept. */
static bool
take(struct sync_sem *s)
{
	uint32_t w = at_load_relaxed(&s->word);

	while ((w & VALUE) != 0)
		/* pairs with the release in post */
		if (at_cas_acquire(&s->word, &w, w - 1))
			return true;
	return false;
}

/* Whether a unit was taken, and the wake passed on, by one that has slept. */
static bool
take_after_sleep(struct sync_sem *s)
{
	uint32_t w = at_load_relaxed(&s->word);

	while ((w & VALUE) != 0) {
		uint32_t left = (w & VALUE) - 1;

		if (left == 0)
			left = WAITERS;
		if (!at_cas_acquire(&s->word, &w, left))
			continue;
		if (left != WAITERS)
			plat_wake(&s->word, 1, PLAT_ALL);
		return true;
	}
	return false;
}

/*
 * Before sleeping: the word is WAITERS.  False if there is a unit.  The
 * exchange pairs with destroy; to find WAITERS there need not: if destroy came
 * before, then whoever set it knows, and takes it away.
 */
static bool
mark(struct sync_sem *s)
{
	uint32_t w = at_load_relaxed(&s->word);

	return w == WAITERS
	    || (w == 0 && at_cas_acquire(&s->word, &w, WAITERS));
}

/* It was destroyed.  Others may have seen our mark, and sleep by it. */
static int
unmark(struct sync_sem *s)
{
	uint32_t w = WAITERS;

	if (at_cas_relaxed(&s->word, &w, 0))
		plat_wake(&s->word, PLAT_ALL, PLAT_ALL);
	return EINVAL;
}

static int
sleep_for_unit(struct sync_sem *s, sync_time deadline)
{
	for (;;) {
		if (take_after_sleep(s))
			return 0;
		if (!mark(s))
			continue;
		if (!valid(s)) /* after WAITERS is set; see destroy */
			return unmark(s);
		if (plat_wait(&s->word, WAITERS, PLAT_ALL, deadline)
		    == ETIMEDOUT)
			/* a unit that is there now beats the clock */
			return take_after_sleep(s) ? 0 : ETIMEDOUT;
	}
}

static int
wait_counted(struct sync_sem *s, sync_time deadline)
{
	sync_time since = spin_sleeps();
	int err;

	(void)at_add_relaxed(&s->waiters, 1);
	err = sleep_for_unit(s, deadline);
	spin_slept(SPIN_UNIT, since);
	/* the last touch; pairs with the load in destroy */
	(void)at_add_release(&s->waiters, (uint32_t)-1);
	return err;
}

static bool
spin(struct sync_sem *s)
{
	unsigned turn = 0;

	if (!spin_pays(SPIN_UNIT))
		return false;
	while (spin_again(&turn))
		if ((at_load_relaxed(&s->word) & VALUE) != 0 && take(s))
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
			err = wait_counted(s, deadline);
	}
	if (err == 0)
		announce_acquire(s);
	return err;
}

static SLOW_DOOR int
wait_door(struct sync_sem *s, const char *function)
{
	return valid(s) ? wait(s, SYNC_NEVER) : misuse(EINVAL, function, s);
}

/* There is a unit, and nobody in the way; else false. */
static inline bool
take_quick(struct sync_sem *s)
{
	uint32_t w = at_load_relaxed(&s->word);

	/* as in take; destroy takes the units away */
	return (w & VALUE) != 0 && !announce_on
	    && at_cas_acquire(&s->word, &w, w - 1);
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
	if (!valid(s))
		return MISUSE(EINVAL, s);
	return wait(s, deadline_real(deadline));
}

static int
post(struct sync_sem *s, uint32_t n)
{
	uint32_t w, maximum;

	if (!valid(s))
		return EINVAL;
	if (n == 0)
		return 0;
	maximum = at_load_relaxed(&s->maximum);
	announce_release(s);
	w = at_load_relaxed(&s->word);
	do {
		if (n > maximum - (w & VALUE))
			return EOVERFLOW;
		/* publishes all before the post; pairs with take */
	} while (!at_cas_release(&s->word, &w, (w & VALUE) + n));
	if (w & WAITERS)
		plat_wake(&s->word, n, PLAT_ALL);
	return 0;
}

static SLOW_DOOR int
post_door(struct sync_sem *s, const char *function)
{
	return misuse_unless_0(post(s, 1), function, s);
}

/* Nobody sleeps, and there is nobody in the way; else false. */
static inline bool
post_quick(struct sync_sem *s)
{
	uint32_t w = at_load_relaxed(&s->word);

	/* as in post; a destroyed one has the maximum 0 */
	return w < at_load_relaxed(&s->maximum) && !announce_on
	    && at_cas_release(&s->word, &w, w + 1);
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
	return valid(s) ? at_load_acquire(&s->word) & VALUE : 0;
}
