/* SPDX-License-Identifier: MIT */
/*
 * The bell that signal handlers ring to wake the helper thread of the parking
 * lot (wait.c).
 */
#ifndef PLAT_BELL_H
#define PLAT_BELL_H

#include <stdbool.h>

/* Make the bell; false if that fails.  Before any await. */
bool bell_make(void);

/*
 * Let the helper thread return from bell_await, now or the next time.  Ringing
 * twice may count once.  Async-signal-safe.
 */
void bell_ring(void);

/*
 * Wait until it is rung.  False: it is broken; the caller makes another one,
 * and then does what it would do after a ring.
 */
bool bell_await(void);

/* In the child of a fork: there is no bell. */
void bell_fork_child(void);

#endif /* PLAT_BELL_H */
