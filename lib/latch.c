/* SPDX-License-Identifier: MIT */
/*
 * The latch: one word of a count and a bit WAITERS.  The count only goes down.
 *
 * wait/word.h says how threads wait for the word, and why no wake is lost: the
 * count_down that reaches zero makes the test true, clears WAITERS and wakes
 * all.  Its compare-and-swap is its last access to the latch.
 */
#include <libsync/latch.h>

#include "base/atomic.h"
#include "base/deadline.h"
#include "misuse.h"
#include "wait/word.h"
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

/* Whether a wait has ended. */
static int
test(uint32_t w, uint32_t came)
{
	(void)came;
	if (w == DEAD)
		return EINVAL;
	return (w & COUNT) == 0 ? 0 : EAGAIN;
}

static const struct word_kind kind = { WAITERS, DEAD, test };

int
sync_latch_destroy(struct sync_latch *l)
{
	int err = l != NULL ? word_destroy(&kind, &l->word, &l->waiters)
			    : EINVAL;

	return MISUSE(err, l);
}

static int
count_down(struct sync_latch *l, uint32_t n)
{
	uint32_t w, left;

	if (l == NULL)
		return EINVAL;
	if (n == 0)
		return 0;
	announce_release(&l->word);
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
		word_wake(&l->word);
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
wait(struct sync_latch *l, sync_time deadline)
{
	if (l == NULL)
		return EINVAL;
	return word_wait(&kind, &l->word, &l->waiters, deadline);
}

int
sync_latch_wait(struct sync_latch *l)
{
	return MISUSE(wait(l, SYNC_NEVER), l);
}

int
sync_latch_trywait(struct sync_latch *l)
{
	return MISUSE(wait(l, DEADLINE_TRY), l);
}

int
sync_latch_wait_until(struct sync_latch *l, sync_time deadline)
{
	return MISUSE(wait(l, deadline_real(deadline)), l);
}

uint32_t
sync_latch_count(const struct sync_latch *l)
{
	uint32_t w = l != NULL ? at_load_acquire(&l->word) : 0;

	return w == DEAD ? 0 : w & COUNT;
}
