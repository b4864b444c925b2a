/* SPDX-License-Identifier: MIT */
#include "base/spin.h"
#include "base/spinlock.h"

#define DEAR_NS 100000 /* others ran, and not just until they had to wait */
#define DO_WITHOUT 16  /* times as long as that took */
#define NAP_NS 100000

#define LONG_NS 50000 /* many times as long as spinning */

bool
spin_paid(unsigned kind)
{
	uint8_t *long_waits = &plat_local()->long_waits[kind];

	*long_waits = 0;
	return true;
}

sync_time
spin_sleeps(void)
{
	return plat_spin_pays() ? plat_now() : 0;
}

void
spin_slept(unsigned kind, sync_time since)
{
	uint8_t *long_waits = &plat_local()->long_waits[kind];

	if (since == 0)
		return;
	if (plat_now() - since < LONG_NS)
		*long_waits = 0;
	else if (*long_waits < SPIN_LONG_WAITS)
		++*long_waits;
}

bool
spin_yield(void)
{
	struct plat_local *local = plat_local();
	sync_time before = plat_now(), took;

	if (before < local->no_yield_until)
		return false;
	plat_yield();
	took = plat_now() - before;
	if (took > DEAR_NS)
		local->no_yield_until = before + DO_WITHOUT * took;
	return true;
}

/*
 * If a thread of higher priority keeps it from running, ours maybe, it takes
 * sleep to let it.
 */
void
spin_linger(unsigned *turn)
{
	static const uint32_t nobody = 0;

	if (spin_again(turn))
		return;
	if ((*turn)++ < 2 * (SPIN_LOOKS + SPIN_YIELDS))
		plat_yield();
	else
		(void)plat_wait(&nobody, 0, PLAT_ALL, plat_now() + NAP_NS);
}

uint32_t
spinlock_lock(uint32_t *word)
{
	unsigned look = 0, turn = SPIN_LOOKS;
	uint32_t w = at_load_relaxed(word);

	while ((w & SPINLOCK_HELD)
	    || !at_cas_acquire(word, &w, w | SPINLOCK_HELD)) {
		if (!spin_for_lock(&look))
			spin_linger(&turn);
		w = at_load_relaxed(word);
	}
	announce_lock(word, ANNOUNCE_WRITE);
	return w;
}
