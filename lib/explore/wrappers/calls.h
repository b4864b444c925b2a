/* SPDX-License-Identifier: MIT */
/* The functions of calls.def by number: sim_op's call. */
#ifndef EXPLORE_CALLS_H
#define EXPLORE_CALLS_H

#include <stdbool.h>

enum call {
	CALL_NONE,
#define CALL(kind, type, name, parameters, arguments, object) CALL_##name,
#define CALL_VOID(kind, name, parameters, arguments, object)  CALL_##name,
#include "wrappers/calls.def"
#include "machine/posix/pthreads.def"
#undef CALL
#undef CALL_VOID
	CALLS
};

/*
 * "sync_mutex_lock"; without the part that all have in common; whether its
 * result is an errno number.
 */
const char *call_name(unsigned call);
const char *call_short_name(unsigned call);
bool call_returns_error(unsigned call);

/* Whether the program's calls are made to this library. */
bool calls_come_here(void);

#endif /* EXPLORE_CALLS_H */
