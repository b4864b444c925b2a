/* SPDX-License-Identifier: MIT */
#ifndef PLAT_FORK_H
#define PLAT_FORK_H

#include <stdint.h>

/*
 * Called in the child of a fork by the thread that forked.  number is its
 * number in the parent.  Discards everything that belongs to lost threads.
 * Returns the thread's number in the child.
 */
uint32_t plat_fork_child(uint32_t number);

#endif /* PLAT_FORK_H */
