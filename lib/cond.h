/* SPDX-License-Identifier: MIT */
/*
 * What queue needs of a condition variable: to choose whom a signal wakes while
 * it has its lock, and to free them when it has let go of it, so that they find
 * the lock free.  One that was chosen waits until it is freed, whatever its
 * deadline, and keeps the queue in use until then.
 */
#ifndef COND_H
#define COND_H

#include <libsync/cond.h>

#include "waitq.h"

/* Append the longest waiter to *chosen, for waitq_free; false if none waits. */
bool cond_choose(struct sync_cond *c, struct sync_list_node **chosen);

#endif /* COND_H */
