/* SPDX-License-Identifier: MIT */
/*
 * Announcements to race detectors; see plat.h.  announce_on is set before main
 * if ThreadSanitizer's runtime or valgrind is present, and is constant after
 * that.  So without them the cost is one load and a branch that is never taken.
 */
#ifndef PLAT_ANNOUNCE_H
#define PLAT_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * How a lock is held.  These may be added: TRY, a try cannot deadlock; PTHREAD,
 * it is a lock of the C library, which drd follows without us.
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

/* For code after plat_self_fast, which is 0 if a race detector is active. */
#define announce_lock_fast(lock, how)   ((void)(lock))
#define announce_unlock_fast(lock, how) ((void)(lock))

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
 * announce_any: the copy is of memory of the caller that may never have been
 * written, and the code allows for that.  Memcheck and MemorySanitizer then do
 * not report decisions that depend on it.
 */

#endif /* PLAT_ANNOUNCE_H */
