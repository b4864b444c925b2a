/* SPDX-License-Identifier: MIT */
/* Private to plat/posix: shared by wait.c and self.c. */
#ifndef PLAT_LOT_H
#define PLAT_LOT_H

/*
 * The calling thread enters (+1) or leaves (-1) pthread calls of this folder.
 * If a signal handler interrupts such a call, a wake from the handler must not
 * make one itself; see wait.c.
 */
void lot_busy(int change);

/* In the child of a fork: remove all sleepers, and make all locks free. */
void lot_fork_child(void);

#endif /* PLAT_LOT_H */
