/* SPDX-License-Identifier: MIT */
/*
 * plat_self over thread-local storage, and the other inline parts of the seam,
 * for linux and posix.
 *
 * Thread-local storage holds what fast paths and signal handlers need: the id,
 * and on posix one counter.  The rest is in the thread's record (record.c).
 */
#ifndef PLAT_LOCAL_H
#define PLAT_LOCAL_H

#include <stdbool.h>
#include <stdint.h>

#include "announce.h"

/*
 * Initial-exec is the fastest model, and a load in a signal handler is safe.
 * glibc keeps some room for libraries that use it and are loaded late.  Other C
 * libraries, musl for one, refuse to load them: there it is the compiler's
 * usual model.
 */
#if defined(__GLIBC__) && !defined(__UCLIBC__)
#define PLAT_TLS                                                               \
	__attribute__((tls_model("initial-exec"), visibility("hidden")))
#else
#define PLAT_TLS __attribute__((visibility("hidden")))
#endif

/* The thread's id, 0 if not known yet, and the mark of a race detector. */
extern _Thread_local uint32_t plat_self_ PLAT_TLS;
#define PLAT_WATCHED 0x80000000u

/* Find out this thread's id, and store it. */
uint32_t plat_self_slow(void);
/* The same of an id that is known; returns it. */
uint32_t plat_self_is(uint32_t id);

static inline uint32_t
plat_self(void)
{
	uint32_t id = plat_self_ & ~PLAT_WATCHED;

	return __builtin_expect(id != 0, 1) ? id : plat_self_slow();
}

/* Positive: known, and nobody watches. */
static inline uint32_t
plat_execution(void)
{
	return 0;
}

static inline uint32_t
plat_self_quick(void)
{
	int32_t id = (int32_t)plat_self_;

	return id > 0 ? (uint32_t)id : 0;
}

/* A race detector listens: this thread, if it has called before, as well. */
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

#endif /* PLAT_LOCAL_H */
