/* SPDX-License-Identifier: MIT */
/* The functions of calls.def by number: sim_op's call. */
#ifndef EXPLORE_CALLS_H
#define EXPLORE_CALLS_H

#include <stdbool.h>

enum call {
	CALL_NONE,
#define CALL(kind, type, name, parameters, arguments, object) CALL_##name,
#define CALL_VOID(kind, name, parameters, arguments, object)  CALL_##name,
#include "calls.def"
#undef CALL
#undef CALL_VOID
	CALLS
};

/* "sync_mutex_lock"; whether its result is an errno number. */
const char *call_name(unsigned call);
bool call_returns_error(unsigned call);

#endif /* EXPLORE_CALLS_H */
