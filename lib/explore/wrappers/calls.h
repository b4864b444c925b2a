/* SPDX-License-Identifier: MIT */
/* The functions of calls.tab and pthreads.tab, by number: see sim_op.call. */
#ifndef EXPLORE_CALLS_H
#define EXPLORE_CALLS_H

#include <stdbool.h>

enum call {
	CALL_NONE,
#define CALL(kind, type, name, parameters, arguments, object) CALL_##name,
#define CALL_VOID(kind, name, parameters, arguments, object)  CALL_##name,
#include "wrappers/calls.gen"
#define REFUSED(type, name, parameters, arguments)
#include "machine/posix/pthreads.gen"
#undef CALL
#undef CALL_VOID
#undef REFUSED
	CALLS
};

/*
 * The name, such as "sync_mutex_lock"; the same without "sync_"; whether the
 * function returns an int, which is then 0 or an error number.
 */
const char *call_name(unsigned call);
const char *call_short_name(unsigned call);
bool call_returns_error(unsigned call);

/* Whether the program's calls lead to this library. */
bool calls_come_here(void);

#endif /* EXPLORE_CALLS_H */
