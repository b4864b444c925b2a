/* SPDX-License-Identifier: MIT */
/* Inside plat/posix: what wait.c and self.c share. */
#ifndef PLAT_LOT_H
#define PLAT_LOT_H

/*
 * Count this thread into (+1) or out of (-1) the pthread calls of this
 * folder.  A wake from a signal handler that interrupted such a call must not
 * make one itself; see wait.c.
 */
void lot_busy(int change);

/* The child of a fork has no sleepers, and no lock of ours is held. */
void lot_fork_child(void);

#endif /* PLAT_LOT_H */
