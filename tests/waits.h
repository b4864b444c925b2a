/* SPDX-License-Identifier: MIT */
/*
 * Every wait of the library, to be tried with clocks that jump, signals,
 * cancellation and so on.
 *
 * One thread calls begin, release and end.  wait is for other threads, and may
 * be called again after it timed out.  It returns the library's result, and
 * gives back a lock that it took.  release releases one waiter; if it is null,
 * only the deadline ends the wait.  keeps: a release that finds no waiter is
 * for the next one; the others need a waiter that is there.
 */
#ifndef TESTS_WAITS_H
#define TESTS_WAITS_H

#include <stddef.h>

#include "support.h"

struct wait_kind {
	const char *name;
	void (*begin)(void);
	int (*wait)(sync_time deadline);
	void (*release)(void);
	void (*end)(void);
	bool keeps;
};

extern const struct wait_kind wait_kinds[];
extern const size_t wait_kinds_count;

#endif /* TESTS_WAITS_H */
