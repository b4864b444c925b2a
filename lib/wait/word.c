/* SPDX-License-Identifier: MIT */
#include "wait/waiters.h"
#include "wait/word.h"

int
word_sleep(const struct word_kind *kind, uint32_t *word, uint32_t came,
    sync_time deadline)
{
	for (;;) {
		uint32_t w = at_load_acquire(word), marked = w | kind->mark;
		int err = kind->test(w, came);

		if (err != EAGAIN)
			return err;
		/* The load of a failed CAS is relaxed: check again. */
		if (w != marked && !at_cas_relaxed(word, &w, marked))
			continue;
		if (plat_wait(PLAT_PRIVATE, word, marked, PLAT_ALL, deadline)
		    != ETIMEDOUT)
			continue;
		/* What is true at the deadline beats the clock. */
		err = kind->test(at_load_acquire(word), came);
		return err == EAGAIN ? ETIMEDOUT : err;
	}
}

int
word_wait_slow(const struct word_kind *kind, uint32_t *word,
    uint32_t *waiters, uint32_t came, sync_time deadline)
{
	uint32_t entered = waiters_enter(waiters);
	int err = word_sleep(kind, word, came, deadline);

	waiters_leave(waiters, entered); /* the last access */
	return err;
}

int
word_destroy(
    const struct word_kind *kind, uint32_t *word, uint32_t *waiters)
{
	uint32_t w = at_load_acquire(word);

	if (kind->test(w, w) == EINVAL)
		return EINVAL;
	if (waiters_inside(waiters))
		return EBUSY;
	at_store_relaxed(word, kind->dead);
	word_wake(word); /* threads that came too late to be counted */
	return 0;
}
