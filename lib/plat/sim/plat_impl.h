/* SPDX-License-Identifier: MIT */
/*
 * The inline part of the seam (plat.h) on the simulated machine.
 *
 * The race detectors receive announcements as on other platforms.  The machine
 * also records which thread holds which lock, for gates and reports, and which
 * memory is new.  It ignores announced releases and acquires, because it
 * derives happens-before from the memory orders of the accesses.
 */
#ifndef PLAT_IMPL_H
#define PLAT_IMPL_H

#include "common/announce.h"

uint32_t sim_self(void);
uint32_t sim_execution(void);
bool sim_polls(void);
void sim_held(const void *lock, unsigned how);
void sim_unheld(const void *lock);
void sim_new(const void *address, size_t size);

/* For the parking lot of plat/posix: the same as in its plat_impl.h. */
volatile int *plat_inside(void);
void **plat_asleep(void);

static inline uint32_t
plat_self(void)
{
	return sim_self();
}

static inline uint32_t
plat_self_fast(void)
{
	return announce_on ? 0 : sim_self();
}

static inline uint32_t
plat_execution(void)
{
	return sim_execution();
}

static inline bool
plat_unwatched(void)
{
	return false;
}

static inline void
plat_pause(void)
{
}

static inline bool
plat_polls(void)
{
	return sim_polls();
}

static inline void
announce_lock(const void *lock, unsigned how)
{
	sim_held(lock, how);
	if (announce_on)
		announce_lock_slow(lock, how);
}

static inline void
announce_unlock(const void *lock, unsigned how)
{
	sim_unheld(lock);
	if (announce_on)
		announce_unlock_slow(lock, how);
}

static inline void
announce_lock_fast(const void *lock, unsigned how)
{
	announce_lock(lock, how);
}

static inline void
announce_unlock_fast(const void *lock, unsigned how)
{
	announce_unlock(lock, how);
}

static inline void
announce_new(const void *address, size_t size)
{
	sim_new(address, size);
	if (announce_on)
		announce_new_slow(address, size);
}

/* For common/announce.c. */
static inline void
plat_self_watched(void)
{
}

#endif /* PLAT_IMPL_H */
