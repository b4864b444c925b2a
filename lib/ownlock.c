/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "base/spin.h"
#include "ownlock.h"

/* Channels to sleep on. */
#define PLAIN   0x1u
#define STARVED 0x2u

/*
 * A sleeper starves when it was woken in vain so often, and has waited so long:
 * to hold the lock for it costs all others the time it takes to wake.
 */
#define FUTILE_LIMIT 4
#define PATIENCE_NS  1000000

/* After fork: how long a reservation is respected that nobody takes up. */
#define RESERVATION_NS 10000000

/* A thread on its way into a lock. */
struct entrant {
	uint32_t *word;
	uint32_t self;
	sync_time since; /* when it began to sleep; 0: to count is enough */
	unsigned futile; /* wakes that found the lock taken */
	bool starved;    /* it set OWN_STARVED, and has the next turn */
	bool woken;      /* and has not looked around since */
};

/* Whether it got the lock, to hold as this. */
static bool
spin(uint32_t *word, uint32_t as)
{
	unsigned look = 0;

	if (!spin_pays(SPIN_LOCK))
		return false;
	while (spin_for_lock(&look))
		if (at_load_relaxed(word) == 0 && ownlock_try(word, as))
			return spin_paid(SPIN_LOCK);
	return false;
}

/* Whether nobody holds it and the starved thread alone may take it. */
static bool
reserved(uint32_t w)
{
	return (w & OWN_STARVED) && (w & OWN_ID) == 0;
}

/* The starved bit is gone from the word; see ownlock.h about fork. */
static void
unstarved(uint32_t *word)
{
	if (plat_generation() != 0)
		plat_wake(word, PLAT_ALL, STARVED);
}

/*
 * Take a free lock, or one that is reserved for us.  w is what was seen last.
 */
static bool
take(struct entrant *e, uint32_t w)
{
	uint32_t seen = w;

	if (w != 0 && !(reserved(w) && e->starved))
		return false;
	if (!at_cas_acquire(e->word, &w, e->self | OWN_WAITERS))
		return false;
	if (reserved(seen))
		unstarved(e->word);
	return true;
}

static bool
starves(const struct entrant *e)
{
	return e->futile >= FUTILE_LIMIT
	    && (e->since == 0 || plat_now() - e->since >= PATIENCE_NS);
}

/*
 * Mark the word before sleeping: *w is what was seen, and becomes what to
 * sleep on.  False if the word has changed.
 */
static bool
mark(struct entrant *e, uint32_t *w)
{
	uint32_t marked = *w | OWN_WAITERS;
	bool starve = (*w & OWN_ID) != 0 && !(*w & OWN_STARVED) && starves(e);

	if (starve)
		marked |= OWN_STARVED;
	if (marked != *w && !at_cas_relaxed(e->word, w, marked))
		return false;
	e->starved = e->starved || starve;
	*w = marked;
	return true;
}

/* The deadline passed and no wake was spent on us. */
static int
give_up(struct entrant *e)
{
	uint32_t w = at_load_relaxed(e->word);

	for (;;) {
		if (take(e, w))
			return 0; /* true on return beats the clock */
		if (!e->starved || !(w & OWN_STARVED))
			return ETIMEDOUT;
		if ((w & OWN_ID) != 0
		    && at_cas_relaxed(e->word, &w, w & ~OWN_STARVED)) {
			unstarved(e->word);
			return ETIMEDOUT;
		}
		w = at_load_relaxed(e->word);
	}
}

/*
 * Whether the holder is a thread that fork did not copy.  A holder that has
 * unlocked and ended since w was seen is not: so the word is looked at again.
 */
static bool
left_behind(const uint32_t *word, uint32_t w)
{
	return plat_generation() != 0 && (w & OWN_ID) != 0
	    && !plat_lives(w & OWN_ID)
	    && (at_load_relaxed(word) & OWN_ID) == (w & OWN_ID);
}

/*
 * Sleep on the word, which is w.  In a forked process a reservation is given
 * a little time, and then is ours.
 */
static int
sleep_on(struct entrant *e, uint32_t w, sync_time deadline)
{
	sync_time until = deadline;
	int err;

	if (plat_generation() != 0 && reserved(w)) {
		sync_time lapses = plat_now() + RESERVATION_NS;

		until = lapses < deadline ? lapses : deadline;
	}
	err = plat_wait(e->word, w, e->starved ? STARVED : PLAIN, until);
	if (err == ETIMEDOUT && until < deadline) {
		e->starved = true;
		err = 0;
	}
	return err;
}

/* Why nobody can wait for it: EINVAL, ENOTRECOVERABLE; or 0. */
static int
refusal(const struct entrant *e, uint32_t w)
{
	if (w == OWN_DEAD)
		return EINVAL;
	return left_behind(e->word, w) ? ENOTRECOVERABLE : 0;
}

/* After a wake in vain, unless the next turn is ours. */
static bool
spin_after_wake(struct entrant *e)
{
	e->woken = false;
	return !e->starved && spin(e->word, e->self | OWN_WAITERS);
}

static int
sleep_for(struct entrant *e, sync_time deadline)
{
	for (;;) {
		uint32_t w = at_load_relaxed(e->word);
		int err;

		if (!(w & OWN_STARVED))
			e->starved = false; /* it lapsed, after a fork */
		if (take(e, w))
			return 0;
		if (w == 0 || (e->starved && reserved(w)))
			continue; /* take lost a race */
		err = refusal(e, w);
		if (err != 0)
			return err;
		if (e->woken) {
			if (spin_after_wake(e))
				return 0;
			continue; /* with what is there now */
		}
		if (!mark(e, &w))
			continue;
		if (sleep_on(e, w, deadline) == ETIMEDOUT)
			return give_up(e);
		e->woken = true;
		e->futile++;
	}
}

int
ownlock_wait(uint32_t *word, uint32_t self, sync_time deadline)
{
	struct entrant e = { .word = word, .self = self };
	uint32_t w = at_load_relaxed(word);
	int err;

	if (w == OWN_DEAD)
		return EINVAL;
	if ((w & OWN_ID) == self)
		return EDEADLK;
	if (deadline < 0)
		return ETIMEDOUT; /* long past: the try before was the one */
	if (spin(word, self))
		return 0;
	e.since = spin_sleeps();
	err = sleep_for(&e, deadline);
	spin_slept(SPIN_LOCK, e.since);
	return err;
}

void
ownlock_unlock_slow(uint32_t *word)
{
	uint32_t w = at_load_relaxed(word);
	uint32_t left;

	do {
		left = w & OWN_STARVED ? OWN_STARVED | OWN_WAITERS : 0;
		/* as in ownlock_unlock */
	} while (!at_cas_release(word, &w, left));
	if (w & OWN_STARVED)
		plat_wake(word, 1, STARVED);
	else if (w & OWN_WAITERS)
		plat_wake(word, 1, PLAIN);
}

int
ownlock_not_mine(const uint32_t *word)
{
	return at_load_relaxed(word) == OWN_DEAD ? EINVAL : EPERM;
}

int
ownlock_destroy(uint32_t *word)
{
	uint32_t w = 0;

	if (at_cas_acquire(word, &w, OWN_DEAD)) {
		/* An unlock may have woken one of many just before. */
		plat_wake(word, PLAT_ALL, PLAT_ALL);
		return 0;
	}
	return w == OWN_DEAD ? EINVAL : EBUSY;
}
