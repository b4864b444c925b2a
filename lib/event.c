/* SPDX-License-Identifier: MIT */
/*
 * The event: one word of a generation and three bits.
 *
 *	SET		a wait returns at once
 *	WAITERS		threads may sleep
 *	DEAD		destroyed
 *	generation	the rest; each set of a clear event adds one
 *
 * A waiter remembers the generation in which it came, and waits for SET or for
 * another generation.  So a set releases it even if a clear follows at once.
 * (Only after 2^29 sets between two checks of a waiter would it miss them.)
 *
 * Why no wake is lost: a sleeper has set WAITERS, or seen it, in the word that
 * plat_wait compares.  Only set clears WAITERS, and it wakes all.  Destroy
 * wakes all waiters that came too late to be counted: they find the event DEAD.
 *
 * The store in set is its last access to the event; the wake needs the address
 * only.  waiters counts the threads inside a slow wait, for destroy alone.
 */
#define SYNC_NO_FAST_
#include <libsync/event.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "misuse.h"
#include "wait/waiters.h"
#include "plat.h"

#define SET        0x1u /* the header knows it */
#define WAITERS    0x2u
#define DEAD       0x4u
#define GENERATION 0x8u /* one more */
#define STATE      (SET | WAITERS | DEAD)

/*
 * Not 0: the inline wait of the header may check the word itself.  Each set
 * updates it.
 */
uint32_t sync_event_unwatched_;

int
sync_event_init(struct sync_event *e, unsigned flags)
{
	if (UNFIT(e, struct sync_event) || flags != 0)
		return MISUSE(EINVAL, e);
	at_store_relaxed(&e->word, 0);
	at_store_relaxed(&e->waiters, 0);
	e->flags = 0; /* as in the static initialiser */
	return 0;
}

int
sync_event_destroy(struct sync_event *e)
{
	if (e == NULL || (at_load_acquire(&e->word) & DEAD))
		return MISUSE(EINVAL, e);
	if (waiters_inside(&e->waiters))
		return EBUSY;
	at_store_relaxed(&e->word, DEAD);
	plat_wake(&e->word, PLAT_ALL, PLAT_ALL); /* whoever came too late */
	return 0;
}

int
sync_event_set(struct sync_event *e)
{
	uint32_t w, after;

	if (e == NULL)
		return MISUSE(EINVAL, e);
	announce_release(e);
	if (plat_unwatched() && at_load_relaxed(&sync_event_unwatched_) == 0)
		at_store_relaxed(&sync_event_unwatched_, 1);
	w = at_load_relaxed(&e->word);
	do {
		if (w & DEAD)
			return MISUSE(EINVAL, e);
		after = (w & ~STATE) + (w & SET ? 0 : GENERATION) + SET;
		/* publishes all before the set; pairs with the loads in wait */
	} while (!at_cas_release(&e->word, &w, after));
	if (w & WAITERS)
		plat_wake(&e->word, PLAT_ALL, PLAT_ALL);
	return 0;
}

int
sync_event_clear(struct sync_event *e)
{
	uint32_t w;

	if (e == NULL)
		return MISUSE(EINVAL, e);
	w = at_load_relaxed(&e->word);
	do {
		if (w & DEAD)
			return MISUSE(EINVAL, e);
		/*
		 * Orders nothing itself; being a read-modify-write it keeps
		 * the release of the set before it, for a waiter that sees
		 * the generation only.
		 */
	} while (!at_cas_relaxed(&e->word, &w, w & ~SET));
	return 0;
}

/* Whether a wait that began with the word came has ended. */
static bool
passed(uint32_t w, uint32_t came)
{
	return (w & (SET | DEAD)) || (w & ~STATE) != (came & ~STATE);
}

static int
sleep_for_set(struct sync_event *e, uint32_t came, sync_time deadline)
{
	uint32_t w;

	while (!passed(w = at_load_acquire(&e->word), came)) {
		uint32_t marked = w | WAITERS;

		/* The load of a failed CAS is relaxed: check again. */
		if (w != marked && !at_cas_relaxed(&e->word, &w, marked))
			continue;
		if (plat_wait(&e->word, marked, PLAT_ALL, deadline)
		    == ETIMEDOUT)
			return passed(at_load_acquire(&e->word), came)
			    ? 0 : ETIMEDOUT;
	}
	return w & DEAD ? EINVAL : 0;
}

/* came is the word with which the wait began. */
static SLOW_PATH int
wait_slow(struct sync_event *e, uint32_t came, sync_time deadline)
{
	uint32_t entered = waiters_enter(&e->waiters);
	int err = sleep_for_set(e, came, deadline);

	waiters_leave(&e->waiters, entered); /* the last touch */
	return err;
}

static int
wait(struct sync_event *e, sync_time deadline)
{
	uint32_t w = at_load_acquire(&e->word);
	int err = 0;

	if (w & DEAD)
		return EINVAL;
	if (!(w & SET))
		err = deadline == DEADLINE_TRY ? EAGAIN
					       : wait_slow(e, w, deadline);
	if (err == 0)
		announce_acquire(e);
	return err;
}

int
sync_event_wait(struct sync_event *e)
{
	return MISUSE(e != NULL ? wait(e, SYNC_NEVER) : EINVAL, e);
}

int
sync_event_trywait(struct sync_event *e)
{
	return MISUSE(e != NULL ? wait(e, DEADLINE_TRY) : EINVAL, e);
}

int
sync_event_wait_until(struct sync_event *e, sync_time deadline)
{
	if (e == NULL)
		return MISUSE(EINVAL, e);
	return MISUSE(wait(e, deadline_real(deadline)), e);
}

bool
sync_event_is_set(const struct sync_event *e)
{
	bool set = e != NULL && (at_load_acquire(&e->word) & SET);

	if (set)
		announce_acquire(e);
	return set;
}
