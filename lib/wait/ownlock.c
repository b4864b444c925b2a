/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "wait/spin.h"
#include "wait/waiters.h"
#include "wait/ownlock.h"

/* Channels to sleep on. */
#define PLAIN   0x1u
#define STARVED 0x2u

/*
 * A sleeper is starving after FUTILE_LIMIT futile wakeups and PATIENCE_NS of
 * waiting.  Reserving the lock for it makes all others wait until it has woken
 * up, so this must stay rare.
 */
#define FUTILE_LIMIT 4
#define PATIENCE_NS  1000000

/* A thread on its way into a lock. */
struct entrant {
	uint32_t *word;
	uint32_t self;
	sync_time since; /* when it began to sleep; 0: time does not count */
	unsigned futile; /* wakes that found the lock taken */
	bool starved;    /* it set OWN_STARVED, and gets the lock next */
	bool woken;      /* and has not spun since */
};

/* Spin for the lock.  True: the word was 0 and became as. */
static bool
spin(uint32_t *word, uint32_t as)
{
	struct spin_look look = { .begun = false };
	struct thread_record *mine = spin_pays(SPIN_LOCK);

	if (mine == NULL)
		return false;
	while (spin_look(&look, mine))
		if (at_load_relaxed(word) == 0 && ownlock_try(word, as))
			return spin_got(&look, mine);
	return false;
}

/* Whether no thread holds it and it is reserved, in any generation. */
static bool
reserved(uint32_t w)
{
	return (w & OWN_STARVED) && (w & ID_NUMBER) == 0;
}

/* Whether any thread may take it. */
static bool
is_free(uint32_t w)
{
	return w == 0 || (reserved(w) && identity_old(w));
}

/* The reason not to take it: EINVAL, EDEADLK, ENOTRECOVERABLE or EBUSY. */
static int
refusal(uint32_t w, uint32_t self)
{
	if (w == OWN_DEAD)
		return EINVAL;
	if (identity_same(w & OWN_ID, self))
		return EDEADLK;
	return identity_lost(w & OWN_ID) ? ENOTRECOVERABLE : EBUSY;
}

int
ownlock_try_slow(uint32_t *word, uint32_t self)
{
	uint32_t w = at_load_relaxed(word);

	while (is_free(w))
		if (at_cas_acquire(word, &w, self))
			return 0;
	return refusal(w, self);
}

/*
 * Take a free lock, or one that is reserved for us.  w is the last value seen.
 */
static bool
take(struct entrant *e, uint32_t w)
{
	if (!is_free(w) && !(reserved(w) && e->starved))
		return false;
	return at_cas_acquire(e->word, &w, e->self | OWN_WAITERS);
}

/* Whether it may become the starved one while holder has the lock. */
static bool
starves(const struct entrant *e, uint32_t holder)
{
	return !identity_old(holder) && e->futile >= FUTILE_LIMIT
	    && (e->since == 0 || plat_now() - e->since >= PATIENCE_NS);
}

/*
 * Mark the word before sleeping: *w is the value seen, and becomes the value to
 * sleep on.  False if the word has changed.
 */
static bool
mark(struct entrant *e, uint32_t *w)
{
	uint32_t marked = *w | OWN_WAITERS;
	bool starve = !(*w & OWN_STARVED) && starves(e, *w & OWN_ID);

	if (starve)
		marked |= OWN_STARVED;
	if (marked != *w && !at_cas_relaxed(e->word, w, marked))
		return false;
	e->starved = e->starved || starve;
	*w = marked;
	return true;
}

/* The deadline has passed and no wake was spent on us. */
static int
give_up(struct entrant *e)
{
	uint32_t w = at_load_relaxed(e->word);

	for (;;) {
		if (take(e, w))
			return 0; /* true on return beats the clock */
		if (!e->starved)
			return ETIMEDOUT;
		if (!reserved(w)
		    && at_cas_relaxed(e->word, &w, w & ~OWN_STARVED))
			return ETIMEDOUT;
		w = at_load_relaxed(e->word);
	}
}

/*
 * A signal handler may have forked, and this may be the child.  Then the thread
 * has another id, and its STARVED of the parent is ignored.
 */
static void
renew(struct entrant *e)
{
	uint32_t self = plat_self();

	if (e->self == self)
		return;
	e->self = self;
	e->starved = false;
}

/* Spin after a wake that found the lock taken, unless we get it next. */
static bool
spin_after_wake(struct entrant *e)
{
	e->woken = false;
	return !e->starved && spin(e->word, e->self | OWN_WAITERS);
}

/* Sleep while the word is w, the last value seen.  ETIMEDOUT; 0: try again. */
static int
sleep_once(struct entrant *e, uint32_t w, sync_time deadline)
{
	int err;

	if (!mark(e, &w))
		return 0;
	err = plat_wait(PLAT_PRIVATE, e->word, w,
	    e->starved ? STARVED : PLAIN, deadline);
	renew(e);
	if (err == ETIMEDOUT)
		return err;
	e->woken = true;
	e->futile++;
	return 0;
}

static int
sleep_for(struct entrant *e, sync_time deadline)
{
	for (;;) {
		uint32_t w = at_load_relaxed(e->word);
		int err;

		if (take(e, w))
			return 0;
		if (is_free(w) || (e->starved && reserved(w)))
			continue; /* take lost a race */
		err = refusal(w, e->self);
		if (err != EBUSY)
			return err;
		if (!e->woken)
			err = sleep_once(e, w, deadline);
		else if (spin_after_wake(e))
			return 0;
		if (err == ETIMEDOUT)
			return give_up(e);
	}
}

int
ownlock_wait_counted(uint32_t *word, uint32_t *waiters, uint32_t self,
    sync_time deadline)
{
	struct entrant e = { .word = word, .self = self };
	int err = ownlock_try_slow(word, self);
	uint32_t entered = 0;

	if (err != EBUSY)
		return err;
	if (deadline < 0)
		return ETIMEDOUT; /* long past: that was the try */
	if (spin(word, self))
		return 0;
	e.since = spin_sleeps();
	if (waiters != NULL)
		entered = waiters_enter(waiters);
	err = sleep_for(&e, deadline);
	if (waiters != NULL)
		waiters_leave(waiters, entered);
	spin_slept(SPIN_LOCK, e.since);
	return err;
}

int
ownlock_wait(uint32_t *word, uint32_t self, sync_time deadline)
{
	return ownlock_wait_counted(word, NULL, self, deadline);
}

/* Whether STARVED was set in this process, so that a starved sleeper exists. */
static bool
next_is_starved(uint32_t w)
{
	return (w & OWN_STARVED) && !identity_old(w);
}

void
ownlock_unlock_slow(uint32_t *word)
{
	uint32_t w = at_load_relaxed(word);
	uint32_t left;

	do {
		left = next_is_starved(w)
		    ? OWN_STARVED | OWN_WAITERS | identity.bits : 0;
		/* as in ownlock_unlock */
	} while (!at_cas_release(word, &w, left));
	if (next_is_starved(w))
		plat_wake(PLAT_PRIVATE, word, 1, STARVED);
	else if (w & OWN_WAITERS)
		plat_wake(PLAT_PRIVATE, word, 1, PLAIN);
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

	while (is_free(w) || (w != OWN_DEAD && identity_lost(w & OWN_ID)))
		if (at_cas_acquire(word, &w, OWN_DEAD)) {
			/* An unlock may have woken one of many just before. */
			plat_wake(PLAT_PRIVATE, word, PLAT_ALL, PLAT_ALL);
			return 0;
		}
	return w == OWN_DEAD ? EINVAL : EBUSY;
}
