/* SPDX-License-Identifier: MIT */
/* What cond needs of a recursive mutex: all levels off, and on again. */
#ifndef RMUTEX_H
#define RMUTEX_H

#include <libsync/rmutex.h>

/* By the holder.  Returns what restore needs. */
uint32_t rmutex_release_all(struct sync_rmutex *m);
int rmutex_restore(struct sync_rmutex *m, uint32_t depth);

#endif /* RMUTEX_H */
