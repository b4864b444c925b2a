/* SPDX-License-Identifier: MIT */
/*
 * Announcements to race detectors; see plat.h.  announce_on is set before
 * main when ThreadSanitizer's runtime or valgrind is there, and constant
 * after, so the price is one load and a branch never taken.
 */
#ifndef PLAT_ANNOUNCE_H
#define PLAT_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What a lock is held as.  May be added: TRY, such a lock cannot deadlock;
 * PTHREAD, it is one of the C library's, which drd follows without us.
 */
#define ANNOUNCE_WRITE   0x0u
#define ANNOUNCE_READ    0x1u
#define ANNOUNCE_TRY     0x2u
#define ANNOUNCE_PTHREAD 0x4u

extern bool announce_on __attribute__((visibility("hidden")));

void announce_lock_slow(const void *lock, unsigned how);
void announce_unlock_slow(const void *lock, unsigned how);
void announce_destroy_slow(const void *lock);
void announce_interrupted_slow(void);
void announce_any(void *copy, size_t size);
void announce_new_slow(const void *address, size_t size);
void announce_release_slow(const void *address);
void announce_acquire_slow(const void *address);

static inline void
announce_lock(const void *lock, unsigned how)
{
	if (__builtin_expect(announce_on, 0))
		announce_lock_slow(lock, how);
}

static inline void
announce_unlock(const void *lock, unsigned how)
{
	if (__builtin_expect(announce_on, 0))
		announce_unlock_slow(lock, how);
}

/* Where plat_self_quick has told that nobody listens. */
#define announce_lock_quick(lock, how)   ((void)(lock))
#define announce_unlock_quick(lock, how) ((void)(lock))

static inline void
announce_destroy(const void *lock)
{
	if (__builtin_expect(announce_on, 0))
		announce_destroy_slow(lock);
}

/*
 * ThreadSanitizer runs a handler when the thread next calls a function that it
 * knows, and it does not know our system call.  So we call one that it knows,
 * and that is no cancellation point.
 */
static inline void
announce_interrupted(void)
{
	if (__builtin_expect(announce_on, 0))
		announce_interrupted_slow();
}

static inline void
announce_new(const void *address, size_t size)
{
	if (__builtin_expect(announce_on, 0))
		announce_new_slow(address, size);
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

/*
 * announce_any: what was copied there from the caller's memory may be anything,
 * also never written, and we know it.  Memcheck and MemorySanitizer do not
 * report decisions by it.
 */

#endif /* PLAT_ANNOUNCE_H */
