/* SPDX-License-Identifier: MIT */
/*
 * Announcements, see plat.h: the machine notes who holds what, to say so when
 * threads sleep for ever.  It does not take an announced hand-off for one, as
 * it judges by the orders of the accesses.
 */
#ifndef PLAT_ANNOUNCE_H
#define PLAT_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>

#define ANNOUNCE_WRITE   0x0u
#define ANNOUNCE_READ    0x1u
#define ANNOUNCE_TRY     0x2u
#define ANNOUNCE_PTHREAD 0x4u

#define announce_on false

void announce_lock(const void *lock, unsigned how);
void announce_unlock(const void *lock, unsigned how);
void announce_new(const void *address, size_t size);

static inline void
announce_destroy(const void *lock)
{
	(void)lock;
}

static inline void
announce_release(const void *address)
{
	(void)address;
}

static inline void
announce_acquire(const void *address)
{
	(void)address;
}

#endif /* PLAT_ANNOUNCE_H */
