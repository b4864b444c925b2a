/* SPDX-License-Identifier: MIT */
/*
 * Announcements to race detectors; see plat.h.  announce_on is set before main
 * if ThreadSanitizer's runtime or valgrind is present, and is constant after
 * that.  So without them the cost is one load and a branch that is never taken.
 * Those that the explorer's machine must see as well are in local.h and in
 * sim/plat_impl.h.
 */
#ifndef PLAT_ANNOUNCE_H
#define PLAT_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>

extern bool announce_on __attribute__((visibility("hidden")));

void announce_lock_slow(const void *lock, unsigned how);
void announce_unlock_slow(const void *lock, unsigned how);
void announce_destroy_slow(const void *lock);
void announce_interrupted_slow(void);
void announce_new_slow(const void *address, size_t size);
void announce_release_slow(const void *address);
void announce_acquire_slow(const void *address);

static inline void
announce_destroy(const void *lock)
{
	if (__builtin_expect(announce_on, 0))
		announce_destroy_slow(lock);
}

/*
 * ThreadSanitizer runs a signal handler when the thread next calls a function
 * that it knows.  It does not know our system call.  So we call a function that
 * it knows and that is not a cancellation point.
 */
static inline void
announce_interrupted(void)
{
	if (__builtin_expect(announce_on, 0))
		announce_interrupted_slow();
}

static inline void
announce_release(const void *address)
{
	if (__builtin_expect(announce_on, 0))
		announce_release_slow(address);
}

static inline void
announce_acquire(const void *address)
{
	if (__builtin_expect(announce_on, 0))
		announce_acquire_slow(address);
}

#endif /* PLAT_ANNOUNCE_H */
