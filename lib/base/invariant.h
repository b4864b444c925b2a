/* SPDX-License-Identifier: MIT */
/*
 * Invariants: what is always true here, whatever users do.  They are checked in
 * builds with --enable-invariants, which sanitizer builds are; a false one is a
 * fault of libsync, and aborts with its text.  Other builds do not evaluate
 * them.
 */
#ifndef BASE_INVARIANT_H
#define BASE_INVARIANT_H

#ifdef SYNC_INVARIANTS
#include "plat.h"

#define INVARIANT_TEXT_(line) #line
#define INVARIANT_LINE_(line) INVARIANT_TEXT_(line)
#define INVARIANT(condition)                                                   \
	((condition) ? (void)0                                                 \
		     : plat_die("libsync: " __FILE__                           \
			   ":" INVARIANT_LINE_(__LINE__) ": " #condition "\n"))
#else
#define INVARIANT(condition) ((void)0)
#endif

#endif /* BASE_INVARIANT_H */
