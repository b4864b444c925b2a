/* SPDX-License-Identifier: MIT */
#include "wait/spin.h"
#include "wait/spinlock.h"

bool
spinlock_lock(uint32_t *word, sync_time deadline, uint32_t *bits)
{
	unsigned look = 0, turn = SPIN_LOOKS;
	uint32_t w = at_load_relaxed(word);

	while ((w & SPINLOCK_HELD)
	    || !at_cas_acquire(word, &w, w | SPINLOCK_HELD)) {
		if ((w & SPINLOCK_HELD) && !spin_for_lock(&look)
		    && !spin_back_off(&turn, deadline))
			return false;
		w = at_load_relaxed(word);
	}
	announce_lock(word, ANNOUNCE_WRITE);
	*bits = w;
	return true;
}
