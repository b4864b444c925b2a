/* SPDX-License-Identifier: MIT */
/*
 * The happens-before order of the steps of one execution.  A step happens
 * before
 *
 *	- the later steps of its process;
 *	- the later steps that conflict with it;
 *	- the steps of a process that it has enabled.
 *
 * Two steps race if they conflict and no other steps put them in order.
 */
#ifndef EXPLORE_ORDER_H
#define EXPLORE_ORDER_H

#include "machine/sim.h"

/*
 * A vector clock: for each process, the number of its last step in the set; 0:
 * none.  Steps are numbered from 1.
 */
struct order_clock {
	uint32_t of[SIM_PROCS];
};

struct order_step {
	unsigned node; /* the caller's number of the step */
	unsigned proc;
	uint64_t opens, alone; /* gates, as in struct sim_foot */
	struct order_clock before; /* the steps before it, and itself */
};

/* The last accesses to a location. */
struct order_last {
	uint32_t write;   /* the step of the last write; 0: none */
	uint64_t readers; /* processes with a valid entry in read */
	uint32_t read[SIM_PROCS]; /* the steps of the last reads */
};

/* Instead of the step at that node, try that process. */
struct order_race {
	unsigned node;
	unsigned proc;
	bool itself; /* the process is that of the racing step itself */
};

struct order {
	struct order_step *steps;
	unsigned n, room;
	struct order_clock clocks[SIM_PROCS]; /* of each process's last step */
	struct order_last lasts[64];
	uint64_t touched; /* locations with a valid entry in lasts */
	uint32_t closed[64]; /* for each gate, the step that last closed it */
	uint64_t shut;       /* gates with a valid entry in closed */
	struct order_race races[64 * (SIM_PROCS + 2)];
	unsigned nraces; /* of the last call of order_note or order_await */
};

void order_reset(struct order *o);
void order_free(struct order *o);
/*
 * Add a step, which has enabled the processes `fresh'.  Stores its races with
 * earlier steps in o->races.  Returns false if there is no memory.
 */
bool order_note(struct order *o, unsigned node, unsigned proc,
    struct sim_foot foot, uint64_t fresh);
/*
 * The next step of a process needs a gate that is shut.  Stores its race with
 * the step that closed the gate in o->races.
 */
void order_await(struct order *o, unsigned proc, uint64_t gate);

#endif /* EXPLORE_ORDER_H */
