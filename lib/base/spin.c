/* SPDX-License-Identifier: MIT */
#include "base/spin.h"

#define DEAR_NS 100000 /* others ran, and not just until they had to wait */
#define DO_WITHOUT 16  /* times as long as that took */
#define NAP_NS 100000

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
