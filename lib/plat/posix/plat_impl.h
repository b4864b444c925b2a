/* SPDX-License-Identifier: MIT */
/* The seam on POSIX threads: ids are dealt out by self.c. */
#ifndef PLAT_IMPL_H
#define PLAT_IMPL_H

#include "local.h"

#define COPIES_ARE_FOUND 0 /* see common/copies.h */

/*
 * How many calls of this platform the thread is in; signal handlers of the
 * thread ask for it.
 */
extern _Thread_local volatile int plat_inside_ PLAT_TLS;

static inline volatile int *
plat_inside(void)
{
	return &plat_inside_;
}

static inline void
plat_be_punctual(void)
{
}

#endif /* PLAT_IMPL_H */
