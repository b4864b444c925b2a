/* SPDX-License-Identifier: MIT */
/*
 * plat_local and plat_self over thread-local storage, and the other inline
 * parts of the seam, for linux and posix.
 */
#ifndef PLAT_LOCAL_H
#define PLAT_LOCAL_H

#include <stdbool.h>

#include "announce.h"

/* initial-exec: no allocation, and safe to read in a signal handler. */
extern _Thread_local struct plat_local plat_local_
    __attribute__((tls_model("initial-exec"), visibility("hidden")));

/* Find out this thread's id, store it in plat_local_ and return it. */
uint32_t plat_self_slow(void);
/* The same of an id that is known. */
uint32_t plat_self_is(uint32_t id);

static inline struct plat_local *
plat_local(void)
{
	return &plat_local_;
}

static inline uint32_t
plat_self(void)
{
	uint32_t id = plat_local_.id;

	return __builtin_expect(id != 0, 1) ? id : plat_self_slow();
}

extern uint32_t plat_generation_ __attribute__((visibility("hidden")));

static inline uint32_t
plat_generation(void)
{
	return plat_generation_;
}

static inline uint32_t
plat_self_quick(void)
{
	return plat_local_.quick;
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
