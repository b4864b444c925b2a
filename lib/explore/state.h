/* SPDX-License-Identifier: MIT */
#ifndef EXPLORE_STATE_H
#define EXPLORE_STATE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Outside of an execution: describe the object of a call that sleeps.  True if
 * what the call waits for is there, so that it should not sleep.
 */
bool state_of(unsigned call, const void *object, char *text, size_t size);

#endif /* EXPLORE_STATE_H */
