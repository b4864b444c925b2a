/* SPDX-License-Identifier: MIT */
/* Places and variables of the program, as text for reports. */
#ifndef EXPLORE_SYMBOL_H
#define EXPLORE_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>

/* "file.c:12", or "function+34", or "". */
struct place {
	char text[64];
};
void place_of(const void *site, struct place *place);
/*
 * The place of the first of these sites for which a file and a line are found.
 * Some may be null.
 */
#define PLACES 4
void place_of_any(const void *const sites[PLACES], struct place *place);

/* elf.c: the variable at an address, if the program's file names it. */
struct symbol {
	char name[32];
	size_t offset, size; /* of the address in the variable; its size */
};
bool symbol_of(const void *object, struct symbol *found);

#endif /* EXPLORE_SYMBOL_H */
