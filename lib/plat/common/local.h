/* SPDX-License-Identifier: MIT */
/*
 * plat_self in thread-local storage, and the other inline parts of the seam,
 * for linux and posix.
 *
 * Thread-local storage contains the data that fast paths and signal handlers
 * need: the id, and on posix one counter.  The rest is in the thread's record
 * (record.c).
 */
#ifndef PLAT_LOCAL_H
#define PLAT_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#include "announce.h"

/*
 * Initial-exec is the fastest model, and a load in a signal handler is safe.
 * glibc reserves some room for libraries that use this model and are loaded
 * late.  Other C libraries, such as musl, refuse to load them; for those the
 * compiler's default model is used.
 */
#if defined(__GLIBC__) && !defined(__UCLIBC__)
#define PLAT_TLS                                                               \
	__attribute__((tls_model("initial-exec"), visibility("hidden")))
#else
#define PLAT_TLS __attribute__((visibility("hidden")))
#endif

/* The thread's id, 0 if unknown; plus PLAT_WATCHED with a race detector. */
extern _Thread_local uint32_t plat_self_ PLAT_TLS;
#define PLAT_WATCHED 0x80000000u

/* Determine this thread's id, store it, and return it. */
uint32_t plat_self_slow(void);
/* Store a known id, and return it. */
uint32_t plat_self_is(uint32_t id);

static inline uint32_t
plat_self(void)
{
	uint32_t id = plat_self_ & ~PLAT_WATCHED;

	return __builtin_expect(id != 0, 1) ? id : plat_self_slow();
}

static inline uint32_t
plat_execution(void)
{
	return 0;
}

/* As a signed number: positive if known and no race detector is active. */
static inline uint32_t
plat_self_fast(void)
{
	int32_t id = (int32_t)plat_self_;

	return id > 0 ? (uint32_t)id : 0;
}

/* A race detector is active: mark this thread, whose id may be known. */
static inline void
plat_self_watched(void)
{
	plat_self_ |= PLAT_WATCHED;
}

static inline bool
plat_unwatched(void)
{
	return !announce_on;
}

static inline void
plat_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
	__asm__ __volatile__("yield" ::: "memory");
#else
	__asm__ __volatile__("" ::: "memory");
#endif
}

static inline bool
plat_polls(void)
{
	return true;
}

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

static inline void
announce_lock_fast(const void *lock, unsigned how)
{
	(void)lock, (void)how;
}

static inline void
announce_unlock_fast(const void *lock, unsigned how)
{
	(void)lock, (void)how;
}

static inline void
announce_new(const void *address, size_t size)
{
	if (__builtin_expect(announce_on, 0))
		announce_new_slow(address, size);
}

#endif /* PLAT_LOCAL_H */
