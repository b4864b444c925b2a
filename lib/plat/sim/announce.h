/* SPDX-License-Identifier: MIT */
/*
 * Announcements, see plat.h.  The detectors are told as on other platforms; the
 * machine notes who holds what, to say so when threads sleep for ever, and what
 * memory is new.  It does not take an announced hand-off for one, as it judges
 * by the orders of the accesses.
 */
#ifndef SIM_ANNOUNCE_H
#define SIM_ANNOUNCE_H

#include "../common/announce.h"

void sim_held(const void *lock, unsigned how);
void sim_unheld(const void *lock);
void sim_new(const void *address, size_t size);

/* The function of that name, and more. */
#define announce_lock(lock, how)   (sim_held(lock, how), announce_lock(lock, how))
#define announce_unlock(lock, how) (sim_unheld(lock), announce_unlock(lock, how))
#undef announce_lock_quick
#undef announce_unlock_quick
#define announce_lock_quick(lock, how)   announce_lock(lock, how)
#define announce_unlock_quick(lock, how) announce_unlock(lock, how)
#define announce_new(address, size)                                            \
	(sim_new(address, size), announce_new(address, size))

#endif /* SIM_ANNOUNCE_H */
