/* SPDX-License-Identifier: MIT */
/* The listing of a schedule: a line for each step, a column for each thread. */
#ifndef EXPLORE_LISTING_H
#define EXPLORE_LISTING_H

#include "explorer.h"
#include "symbol.h"

struct listing {
	struct sim_tracer tracer;
	struct line *lines; /* a ring */
	size_t n;           /* of all lines, also overwritten ones */
	unsigned threads;
};

/* Returns false if there is no memory. */
bool listing_begin(struct listing *l);
void listing_end(struct listing *l);
/* Print the last lines, `most' of them; 0: all that are there. */
void listing_print(struct listing *l, size_t most);
/* The place of a site, from the line of its call, if that still exists. */
void listing_place(
    struct listing *l, unsigned thread, const void *site, struct place *place);

#endif /* EXPLORE_LISTING_H */
