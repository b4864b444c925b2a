/* SPDX-License-Identifier: MIT */
/*
 * What happens before what among the steps of one execution: steps of one
 * process in turn; conflicting steps in turn; a step before those of a process
 * that it enabled.
 */
#ifndef EXPLORE_ORDER_H
#define EXPLORE_ORDER_H

#include "machine/sim.h"

/* Steps are numbered from 1.  For each process: its last step of a set. */
struct order_clock {
	uint32_t of[SIM_PROCS];
};

struct order_step {
	unsigned node; /* the caller's */
	unsigned proc;
	uint64_t opens, alone; /* gates, as in struct sim_foot */
	struct order_clock before; /* what happens before it, and itself */
};

/* Who touched a location last. */
struct order_last {
	uint32_t write;
	uint64_t readers; /* processes; the rest of read is not set */
	uint32_t read[SIM_PROCS];
};

/* In place of the step at that node, try that process. */
struct order_race {
	unsigned node;
	unsigned proc;
	bool itself; /* that is the step just made */
};

struct order {
	struct order_step *steps;
	unsigned n, room;
	struct order_clock clocks[SIM_PROCS]; /* of each one's last step */
	struct order_last lasts[64];
	uint64_t touched; /* locations with a last */
	uint32_t closed[64]; /* the last step that closed that gate */
	uint64_t shut;       /* gates with such a one */
	struct order_race races[64 * (SIM_PROCS + 2)];
	unsigned nraces; /* of the step noted last */
};

void order_reset(struct order *o);
void order_free(struct order *o);
/*
 * A step was made, and has enabled these processes.  Its races with earlier
 * steps are in o->races then.  False without memory.
 */
bool order_note(struct order *o, unsigned node, unsigned proc,
    struct sim_foot foot, uint64_t fresh);
/*
 * A process has come to a gate that is shut: its race with the step that closed
 * it is in o->races then.
 */
void order_await(struct order *o, unsigned proc, uint64_t gate);

#endif /* EXPLORE_ORDER_H */
