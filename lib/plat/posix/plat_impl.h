/* SPDX-License-Identifier: MIT */
/* The seam on POSIX threads.  self.c gives threads their numbers. */
#ifndef PLAT_IMPL_H
#define PLAT_IMPL_H

#include "local.h"

#define COPIES_ARE_FOUND 0 /* see common/copies.h */

/*
 * The number of calls of this platform that the thread is inside; its signal
 * handlers read it.
 */
extern _Thread_local volatile int plat_inside_ PLAT_TLS;

static inline volatile int *
plat_inside(void)
{
	return &plat_inside_;
}

/* Where the thread notes what it sleeps on, for a fork; null: no memory. */
void **plat_asleep(void);

#endif /* PLAT_IMPL_H */
