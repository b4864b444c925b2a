/* SPDX-License-Identifier: MIT */
#ifndef EXPLORE_SYMBOL_H
#define EXPLORE_SYMBOL_H

#include <stdbool.h>
#include <stdint.h>

struct place {
	char text[64];
};

/* "file.c:12", or "function+34", or nothing; of a return address. */
void place_of(const void *site, struct place *place);
/* The variable that lies there, if its name is exported; or nothing. */
void symbol_of(const void *object, struct place *place);

#endif /* EXPLORE_SYMBOL_H */
