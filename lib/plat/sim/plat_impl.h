/* SPDX-License-Identifier: MIT */
/* The seam on the simulated machine: a thread's record is its own. */
#ifndef PLAT_IMPL_H
#define PLAT_IMPL_H

#include "announce.h"

uint32_t plat_self(void);
uint32_t plat_execution(void);
/* For the parking lot of plat/posix. */
volatile int *plat_inside(void);

static inline uint32_t
plat_self_quick(void)
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
