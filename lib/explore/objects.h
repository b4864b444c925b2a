/* SPDX-License-Identifier: MIT */
/* Names of objects and variables for reports. */
#ifndef EXPLORE_OBJECTS_H
#define EXPLORE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

/* Forget the names of all objects. */
void objects_reset(void);
/*
 * The name of the object of a call.  With CALL_NONE, the name that the object
 * already has, or null.
 */
const char *object_name(const void *object, unsigned call);
/* Store a name for an address, which may be inside a named object. */
void address_name(const void *address, char *text, size_t size);
/*
 * Store the name of the program's variable at an address, such as m, m[1] or
 * s+8.  size is the size of an array's element; 0 if not known.  Returns false
 * if no variable is known there.
 */
bool variable_name(const void *p, size_t size, char *name, size_t room);

#endif /* EXPLORE_OBJECTS_H */
