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
 * wait/word.h says how threads wait for the word, and why no wake is lost: set
 * makes the test true, clears WAITERS and wakes all.  Its compare-and-swap is
 * its last access to the event.
 */
#define SYNC_NO_FAST_
#include <libsync/event.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "misuse.h"
#include "wait/word.h"
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

/* A wait that began with the word came: whether it has ended. */
static int
test(uint32_t w, uint32_t came)
{
	if (w & DEAD)
		return EINVAL;
	return (w & SET) || (w & ~STATE) != (came & ~STATE) ? 0 : EAGAIN;
}

static const struct word_kind kind = { WAITERS, DEAD, test };

int
sync_event_destroy(struct sync_event *e)
{
	int err = e != NULL ? word_destroy(&kind, &e->word, &e->waiters)
			    : EINVAL;

	return MISUSE(err, e);
}

int
sync_event_set(struct sync_event *e)
{
	uint32_t w, after;

	if (e == NULL)
		return MISUSE(EINVAL, e);
	announce_release(&e->word);
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
		word_wake(&e->word);
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

static int
wait(struct sync_event *e, sync_time deadline)
{
	if (e == NULL)
		return EINVAL;
	return word_wait(&kind, &e->word, &e->waiters, deadline);
}

int
sync_event_wait(struct sync_event *e)
{
	return MISUSE(wait(e, SYNC_NEVER), e);
}

int
sync_event_trywait(struct sync_event *e)
{
	return MISUSE(wait(e, DEADLINE_TRY), e);
}

int
sync_event_wait_until(struct sync_event *e, sync_time deadline)
{
	return MISUSE(wait(e, deadline_real(deadline)), e);
}

bool
sync_event_is_set(const struct sync_event *e)
{
	bool set = e != NULL && (at_load_acquire(&e->word) & SET);

	if (set)
		announce_acquire(&e->word);
	return set;
}
