/* SPDX-License-Identifier: MIT */
/*
 * The latch: one word of a count and a bit WAITERS.  The count only goes down.
 *
 * Why no wake is lost: a sleeper has set WAITERS, or seen it, in the word that
 * plat_wait compares.  Only the count_down that reaches zero clears WAITERS,
 * and it wakes all; that store is its last access to the latch.  Destroy wakes
 * all waiters that came too late to be counted: they find the latch DEAD.
 * waiters counts the threads inside a slow wait, for destroy alone
 * (wait/waiters.h).
 */
#include <libsync/latch.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "misuse.h"
#include "wait/waiters.h"
#include "plat.h"

#define WAITERS 0x80000000u
#define COUNT   0x7fffffffu
#define DEAD    0x7fffffffu /* a count that no latch has */

int
sync_latch_init(struct sync_latch *l, uint32_t count, unsigned flags)
{
	if (UNFIT(l, struct sync_latch) || count > SYNC_LATCH_MAX || flags != 0)
		return MISUSE(EINVAL, l);
	at_store_relaxed(&l->word, count);
	at_store_relaxed(&l->waiters, 0);
	l->flags = 0; /* as in the static initialiser */
	return 0;
}

int
sync_latch_destroy(struct sync_latch *l)
{
	if (l == NULL || at_load_acquire(&l->word) == DEAD)
		return MISUSE(EINVAL, l);
	if (waiters_inside(&l->waiters))
		return EBUSY;
	at_store_relaxed(&l->word, DEAD);
	plat_wake(&l->word, PLAT_ALL, PLAT_ALL); /* whoever came too late */
	return 0;
}

static int
count_down(struct sync_latch *l, uint32_t n)
{
	uint32_t w, left;

	if (l == NULL)
		return EINVAL;
	if (n == 0)
		return 0;
	announce_release(l);
	w = at_load_relaxed(&l->word);
	do {
		if (w == DEAD || n > (w & COUNT))
			return EINVAL;
		left = (w & COUNT) == n ? 0 : w - n;
		/*
		 * Publishes all before it; pairs with the loads in wait, by way
		 * of the count_downs in between (a release sequence).
		 */
	} while (!at_cas_release(&l->word, &w, left));
	if (left == 0 && (w & WAITERS))
		plat_wake(&l->word, PLAT_ALL, PLAT_ALL);
	return 0;
}

int
sync_latch_count_down(struct sync_latch *l)
{
	return MISUSE(count_down(l, 1), l);
}

int
sync_latch_count_down_n(struct sync_latch *l, uint32_t n)
{
	return MISUSE(count_down(l, n), l);
}

static int
sleep_for_zero(struct sync_latch *l, sync_time deadline)
{
	uint32_t w;

	while (((w = at_load_acquire(&l->word)) & COUNT) != 0) {
		uint32_t marked = w | WAITERS;

		if (w == DEAD)
			return EINVAL;
		/* The load of a failed CAS is relaxed: check again. */
		if (w != marked && !at_cas_relaxed(&l->word, &w, marked))
			continue;
		if (plat_wait(&l->word, marked, PLAT_ALL, deadline)
		    == ETIMEDOUT)
			return (at_load_acquire(&l->word) & COUNT) == 0
			    ? 0 : ETIMEDOUT;
	}
	return 0;
}

static SLOW_PATH int
wait_slow(struct sync_latch *l, sync_time deadline)
{
	uint32_t entered = waiters_enter(&l->waiters);
	int err = sleep_for_zero(l, deadline);

	waiters_leave(&l->waiters, entered); /* the last touch */
	return err;
}

static int
wait(struct sync_latch *l, sync_time deadline)
{
	uint32_t w = at_load_acquire(&l->word);
	int err = 0;

	if (w == DEAD)
		return EINVAL;
	if ((w & COUNT) != 0)
		err = deadline == DEADLINE_TRY ? EAGAIN
					       : wait_slow(l, deadline);
	if (err == 0)
		announce_acquire(l);
	return err;
}

int
sync_latch_wait(struct sync_latch *l)
{
	return MISUSE(l != NULL ? wait(l, SYNC_NEVER) : EINVAL, l);
}

int
sync_latch_trywait(struct sync_latch *l)
{
	return MISUSE(l != NULL ? wait(l, DEADLINE_TRY) : EINVAL, l);
}

int
sync_latch_wait_until(struct sync_latch *l, sync_time deadline)
{
	if (l == NULL)
		return MISUSE(EINVAL, l);
	return MISUSE(wait(l, deadline_real(deadline)), l);
}

uint32_t
sync_latch_count(const struct sync_latch *l)
{
	uint32_t w = l != NULL ? at_load_acquire(&l->word) : 0;

	return w == DEAD ? 0 : w & COUNT;
}
