/* SPDX-License-Identifier: MIT */
/*
 * The linker replaces the functions that the library calls with those of
 * failing_calls.c, so that a chosen call fails, once or from then on, and
 * allocations are counted.  This applies only within lib(...), because the
 * linker may redirect Check's calls as well.
 */
#ifndef TESTS_FAILING_CALLS_H
#define TESTS_FAILING_CALLS_H

#include "support.h"

/*
 * Number of the call that fails, counted from now; 0: none.  Then all later
 * calls fail, or only that one.
 */
struct fault {
	unsigned after;
	bool for_ever;
	unsigned failed;
};
extern struct fault memory, creation;
void set_fault(struct fault *f, unsigned after, bool for_ever);

extern long blocks; /* allocated and not freed */

extern _Thread_local bool inside_lib;
#define lib(call) (inside_lib = true, leave_lib(call))
int leave_lib(int err);

/* A callback that posts. */
extern struct sync_sem posts;
void fires(struct sync_timer *t, const struct sync_tick *tick, void *arg);

#endif /* TESTS_FAILING_CALLS_H */
