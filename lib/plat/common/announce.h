/* SPDX-License-Identifier: MIT */
/*
 * Announcements to race detectors; see plat.h.  announce_on is set before
 * main when ThreadSanitizer's runtime or valgrind is there, and constant
 * after, so the price is one load and a branch never taken.
 */
#ifndef PLAT_ANNOUNCE_H
#define PLAT_ANNOUNCE_H

#include <stdbool.h>

/* What a lock is held as; TRY may be added: such a lock cannot deadlock. */
#define ANNOUNCE_WRITE 0x0u
#define ANNOUNCE_READ  0x1u
#define ANNOUNCE_TRY   0x2u

extern bool announce_on;

void announce_lock_slow(const void *lock, unsigned how);
void announce_unlock_slow(const void *lock, unsigned how);
void announce_destroy_slow(const void *lock);
void announce_release_slow(const void *address);
void announce_acquire_slow(const void *address);

#define ANNOUNCE_CALL_(call)                                                   \
	do {                                                                   \
		if (__builtin_expect(announce_on, 0))                          \
			call;                                                  \
	} while (0)

#define announce_lock(lock, how) ANNOUNCE_CALL_(announce_lock_slow(lock, how))
#define announce_unlock(lock, how)                                             \
	ANNOUNCE_CALL_(announce_unlock_slow(lock, how))
#define announce_destroy(lock) ANNOUNCE_CALL_(announce_destroy_slow(lock))
#define announce_release(address)                                              \
	ANNOUNCE_CALL_(announce_release_slow(address))
#define announce_acquire(address)                                              \
	ANNOUNCE_CALL_(announce_acquire_slow(address))

#endif /* PLAT_ANNOUNCE_H */
