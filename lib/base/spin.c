/* SPDX-License-Identifier: MIT */
#include "base/spin.h"

#define DEAR_NS 100000 /* others ran, and not just until they had to wait */
#define DO_WITHOUT 16  /* times as long as that took */
#define NAP_NS 100000
#define LAST_YIELDS 4 /* of a try function */
#define YIELDS_AFTER_WAKE 20

#define LONG_NS 50000 /* many times as long as spinning */

bool
spin_paid(unsigned kind)
{
	struct plat_local *local = plat_local_if_any();

	if (local != NULL)
		local->long_waits[kind] = 0;
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
	struct plat_local *local;

	if (since == 0)
		return;
	if (plat_now() - since < LONG_NS) {
		(void)spin_paid(kind);
		return;
	}
	local = plat_local(); /* without memory nothing is learnt */
	if (local != NULL && local->long_waits[kind] < SPIN_LONG_WAITS)
		local->long_waits[kind]++;
}

bool
spin_yield(void)
{
	struct plat_local *local = plat_local_if_any();
	sync_time before = plat_now(), took;

	if (local != NULL && before < local->no_yield_until)
		return false;
	plat_yield();
	took = plat_now() - before;
	if (took > DEAR_NS && (local = plat_local()) != NULL)
		local->no_yield_until = before + DO_WITHOUT * took;
	return true;
}

bool
spin_between_sleeps(unsigned *turn, sync_time deadline)
{
	if (*turn >= YIELDS_AFTER_WAKE || !plat_spin_pays()
	    || plat_now() >= deadline)
		return false;
	++*turn;
	plat_yield();
	return true;
}

/*
 * Yields let a thread run that has the same priority or a higher one; if the
 * thread that we wait for has a lower one, only sleep lets it run.
 */
bool
spin_linger(unsigned *turn, sync_time deadline)
{
	static const uint32_t nobody = 0;
	sync_time now, until;

	if (spin_again(turn))
		return true;
	++*turn;
	if (deadline < 0)
		return *turn <= SPIN_LOOKS + SPIN_YIELDS + LAST_YIELDS
		    && spin_yield();
	if (*turn < 2 * (SPIN_LOOKS + SPIN_YIELDS)) {
		plat_yield();
		return true;
	}
	now = plat_now();
	if (now >= deadline)
		return false;
	until = deadline - now > NAP_NS ? now + NAP_NS : deadline;
	(void)plat_wait(&nobody, 0, PLAT_ALL, until);
	return true;
}
