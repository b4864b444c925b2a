/* SPDX-License-Identifier: MIT */
#ifndef EXPLORE_OBJECTS_H
#define EXPLORE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>

/* The names that were given are void. */
void objects_reset(void);
/* Of what a call works on; without a call null, if it has none yet. */
const char *object_name(const void *object, unsigned call);
/* Of an address, which may be inside an object that was named. */
void address_name(const void *address, char *text, size_t size);
/*
 * The variable of the program that is there, as in m, m[1] or s+8; of that size
 * if it is an element; false if none is known.
 */
bool variable_name(const void *p, size_t size, char *name, size_t room);

#endif /* EXPLORE_OBJECTS_H */
