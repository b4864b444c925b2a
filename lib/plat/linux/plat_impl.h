/* SPDX-License-Identifier: MIT */
/* The seam on Linux: ids are the kernel's. */
#ifndef PLAT_IMPL_H
#define PLAT_IMPL_H

#include "local.h"

#endif /* PLAT_IMPL_H */
