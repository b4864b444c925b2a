/* SPDX-License-Identifier: MIT */
/*
 * Which thread waits for which kernel-owned lock: to detect, before a thread
 * waits, that it would wait for itself.
 */
#ifndef PLAT_CIRCLE_H
#define PLAT_CIRCLE_H

#include <stdbool.h>
#include <stdint.h>

/* On the stack of a thread, while it waits. */
struct circle_wait {
	struct circle_wait *next, **link;
	uint32_t thread;       /* its id */
	const uint32_t *owner; /* atomic; the id of the lock's holder, or 0 */
};

/*
 * The calling thread is about to wait for the lock with that owner.  False, and
 * nothing has changed, if the holder waits for the calling thread, directly or
 * through others.
 */
bool circle_enter(struct circle_wait *w, const uint32_t *owner);
/* The calling thread no longer waits. */
void circle_leave(struct circle_wait *w);

/* Empty the list: at the start, and in the child of a fork. */
void circle_reset(void);

#endif /* PLAT_CIRCLE_H */
