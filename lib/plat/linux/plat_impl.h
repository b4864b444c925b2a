/* SPDX-License-Identifier: MIT */
/* The seam on Linux.  The numbers of threads are the kernel's. */
#ifndef PLAT_IMPL_H
#define PLAT_IMPL_H

#include "local.h"

#define COPIES_ARE_FOUND 1 /* see common/copies.h */

#endif /* PLAT_IMPL_H */
