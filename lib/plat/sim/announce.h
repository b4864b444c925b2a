/* SPDX-License-Identifier: MIT */
/*
 * Announcements, see plat.h.  The detectors receive them as on other
 * platforms.  The machine also records which thread holds which lock, for
 * gates and reports, and which memory is new.  It ignores announced releases
 * and acquires, because it derives happens-before from the memory orders of
 * the accesses.
 */
#ifndef SIM_ANNOUNCE_H
#define SIM_ANNOUNCE_H

#include "../common/announce.h"

void sim_held(const void *lock, unsigned how);
void sim_unheld(const void *lock);
void sim_new(const void *address, size_t size);

/* Inform the machine, then call the function of that name. */
#define announce_lock(lock, how)   (sim_held(lock, how), announce_lock(lock, how))
#define announce_unlock(lock, how) (sim_unheld(lock), announce_unlock(lock, how))
#undef announce_lock_fast
#undef announce_unlock_fast
#define announce_lock_fast(lock, how)   announce_lock(lock, how)
#define announce_unlock_fast(lock, how) announce_unlock(lock, how)
#define announce_new(address, size)                                            \
	(sim_new(address, size), announce_new(address, size))

#endif /* SIM_ANNOUNCE_H */
