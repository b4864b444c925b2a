/* SPDX-License-Identifier: MIT */
/*
 * Included first in each source of libsync that is built for the explorer.  It
 * gives each function the name inner_NAME, so that the wrappers in calls.c can
 * have the public names.
 */
#ifndef EXPLORE_INNER_H
#define EXPLORE_INNER_H

#define PRAGMA(text) _Pragma(#text)
#define CALL(kind, type, name, parameters, arguments, object)                  \
	PRAGMA(redefine_extname name inner_##name)
#define CALL_VOID(kind, name, parameters, arguments, object)                   \
	PRAGMA(redefine_extname name inner_##name)
#include "wrappers/calls.gen"
#undef CALL
#undef CALL_VOID

#endif /* EXPLORE_INNER_H */
