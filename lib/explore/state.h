/* SPDX-License-Identifier: MIT */
/* The state of the object on which a thread sleeps, for reports. */
#ifndef EXPLORE_STATE_H
#define EXPLORE_STATE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Describe the object of a call that sleeps; call this outside of an
 * execution.  Returns true if the condition that the call waits for holds, so
 * that it should not sleep.
 */
bool state_of(unsigned call, const void *object, char *text, size_t size);

#endif /* EXPLORE_STATE_H */
