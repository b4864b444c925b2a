/* SPDX-License-Identifier: MIT */
/*
 * What the calls of a script did, and the queue without threads that their
 * results are compared with.
 */
#ifndef SIM_SCRIPT_MODEL_H
#define SIM_SCRIPT_MODEL_H

#include "sim_script.h"

#define SCRIPT_OPS 48 /* of one thread */
#define DROPS      4  /* of one close_now */

struct item {
	int64_t priority; /* first: the queue reads it there */
	int64_t id;       /* from 1 */
};

/* One call, or a part of one that others can see. */
struct op {
	char what; /* of the letters p g k l o c x d j, or f: x is finished */
	int err;
	struct item item; /* put, got or peeked */
	unsigned n;       /* elements, tasks, the length, or whether closed */
	struct item items[DROPS]; /* got or dropped at once */
	unsigned invoked, returned;
};

struct player {
	struct op ops[SCRIPT_OPS];
	unsigned n;
};

/*
 * Whether the calls of all players can have been made one after the other, with
 * these results, on a queue that was empty.
 */
bool script_is_linear(const struct script *script,
    const struct player players[SCRIPT_THREADS]);

#endif /* SIM_SCRIPT_MODEL_H */
