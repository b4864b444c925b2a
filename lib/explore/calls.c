/* SPDX-License-Identifier: MIT */
/* The doors of the library, as the explorer's programs find them. */
#define SYNC_ANNOTATE_(x) /* clang: what is behind the door is annotated */
#include <libsync.h>

#undef sync_cond_wait
#undef sync_cond_wait_until

#include "sim.h"
#include "calls.h"

#define CALL(kind, type, name, parameters, arguments, object)                  \
	type inner_##name parameters;                                          \
	type name parameters                                                   \
	{                                                                      \
		type r;                                                        \
                                                                               \
		if (!sim_on)                                                   \
			return inner_##name arguments;                         \
		sim_call_enter(CALL_##name, SIM_##kind, object,                \
		    __builtin_return_address(0));                              \
		r = inner_##name arguments;                                    \
		sim_call_leave(CALL_##name, SIM_##kind, object,                \
		    (long long)r);                                             \
		return r;                                                      \
	}
#define CALL_VOID(kind, name, parameters, arguments, object)                   \
	void inner_##name parameters;                                          \
	void name parameters                                                   \
	{                                                                      \
		if (!sim_on) {                                                 \
			inner_##name arguments;                                \
			return;                                                \
		}                                                              \
		sim_call_enter(CALL_##name, SIM_##kind, object,                \
		    __builtin_return_address(0));                              \
		inner_##name arguments;                                        \
		sim_call_leave(CALL_##name, SIM_##kind, object, 0);            \
	}
#include "calls.def"
#undef CALL
#undef CALL_VOID

static const struct {
	const char *name;
	bool error;
} calls[CALLS] = {
	{ "", false },
#define CALL(kind, type, name, parameters, arguments, object)                  \
	{ #name, _Generic((type)0, int: true, default: false) },
#define CALL_VOID(kind, name, parameters, arguments, object) { #name, false },
#include "calls.def"
#undef CALL
#undef CALL_VOID
};

const char *
call_name(unsigned call)
{
	return call < CALLS ? calls[call].name : "?";
}

bool
call_returns_error(unsigned call)
{
	return call < CALLS && calls[call].error;
}
