/* SPDX-License-Identifier: MIT */
/* The seam on POSIX threads: ids are dealt out by self.c. */
#ifndef PLAT_IMPL_H
#define PLAT_IMPL_H

#include "local.h"

#endif /* PLAT_IMPL_H */
