/* SPDX-License-Identifier: MIT */
#ifndef PLAT_FORK_H
#define PLAT_FORK_H

/* Called in the child of a fork: forget what belongs to lost threads. */
void plat_fork_child(void);

#endif /* PLAT_FORK_H */
