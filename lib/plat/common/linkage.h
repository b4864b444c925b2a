/* SPDX-License-Identifier: MIT */
/* What not every compiler and linker has.  Include config.h first. */
#ifndef PLAT_LINKAGE_H
#define PLAT_LINKAGE_H

#include <stddef.h>

/*
 * A constructor that comes before those of a program that is linked
 * statically, in the order of n.  Where constructors have no priorities, those
 * of such a program may come first; they must not use the library then.
 */
#if HAVE_CONSTRUCTOR_PRIORITIES
#define CONSTRUCTOR(n) __attribute__((constructor(n)))
#else
#define CONSTRUCTOR(n) __attribute__((constructor))
#endif

/*
 * A function that may be somewhere in the program; null if it is not, or if
 * the linker has no weak references.
 */
#if HAVE_WEAK_REFERENCES
#define MAYBE(type, name, parameters) type name parameters __attribute__((weak))
#else
#define MAYBE(type, name, parameters) static type (*const name)parameters = NULL
#endif

#endif /* PLAT_LINKAGE_H */
