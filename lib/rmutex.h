/* SPDX-License-Identifier: MIT */
/* Parts of rmutex for cond: unlock all levels, and lock them all again. */
#ifndef RMUTEX_H
#define RMUTEX_H

#include <libsync/rmutex.h>

/* The holder unlocks all levels.  Returns the number that restore needs. */
uint32_t rmutex_release_all(struct sync_rmutex *m);
int rmutex_restore(struct sync_rmutex *m, uint32_t depth);

#endif /* RMUTEX_H */
