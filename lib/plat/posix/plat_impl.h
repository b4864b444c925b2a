/* SPDX-License-Identifier: MIT */
/* The seam on POSIX threads: ids are dealt out by self.c. */
#ifndef PLAT_IMPL_H
#define PLAT_IMPL_H

#include "local.h"

static inline void
plat_be_punctual(void)
{
}

#endif /* PLAT_IMPL_H */
