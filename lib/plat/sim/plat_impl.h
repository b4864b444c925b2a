/* SPDX-License-Identifier: MIT */
/* The inline part of the seam (plat.h) on the simulated machine. */
#ifndef PLAT_IMPL_H
#define PLAT_IMPL_H

#include "announce.h"

uint32_t plat_self(void);
uint32_t plat_execution(void);
/* The running thread's flag for the parking lot of plat/posix. */
volatile int *plat_inside(void);

static inline uint32_t
plat_self_fast(void)
{
	return announce_on ? 0 : plat_self();
}

static inline void
plat_self_watched(void)
{
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

static inline void
plat_be_punctual(void)
{
}

#endif /* PLAT_IMPL_H */
