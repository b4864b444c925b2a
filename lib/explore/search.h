/* SPDX-License-Identifier: MIT */
/*
 * The path of a depth-first search, for search.c, and for reduction.c, which
 * omits executions.
 */
#ifndef EXPLORE_SEARCH_H
#define EXPLORE_SEARCH_H

#include "explorer.h"
#include "happens_before.h"

struct node {
	uint8_t data; /* 0: a choice of a process; else of a number below n */
	uint8_t n;
	uint8_t chosen;
	uint8_t last; /* the thread that ran last */
	bool goes_on; /* as in struct sim_state */
	uint16_t call;  /* of the chosen step */
	uint32_t code;  /* of the chosen step; 0: not yet known */
	uint32_t preemptions; /* before this node */
	/* sets of processes */
	uint64_t enabled;
	uint64_t idle; /* those of enabled; only with reduction of all */
	uint64_t todo; /* to be tried; may include done and sleep */
	uint64_t done;
	uint64_t sleep;     /* those of enabled that are asleep */
	uint64_t sleepable; /* those of done that may be put to sleep */
	bool seen;          /* the footprint of the chosen step is known */
	/* for the processes in chosen, done and sleep: the footprint of the
	   step, and the address that it was about to access.  If that address
	   has changed since, the footprint is void. */
	struct sim_foot feet[SIM_PROCS];
	const void *objects[SIM_PROCS];
};

struct search {
	struct sim_driver driver;
	bool all, reduce;
	uint32_t bound;

	struct node *nodes;
	unsigned used, room; /* of nodes */
	unsigned fixed;      /* nodes whose choice is to be repeated */
	unsigned depth;      /* nodes passed in this execution */
	int current;         /* the node of the current step; -1: none */
	struct sim_foot foot; /* of the step before */
	/* a first execution was begun; this execution adds no nodes; memory
	   ran out */
	bool begun, loose, lost;
	bool moved; /* the program's memory differs between executions: no
		       more sleep sets */
	uint32_t names;

	struct order order; /* for the reduction of all */
};

/* Whether to run that process at the node is a preemption. */
static inline bool
costs(const struct node *n, unsigned proc)
{
	return proc < SIM_THREADS && proc != n->last && n->goes_on;
}

static inline unsigned
lowest(uint64_t set)
{
	return (unsigned)__builtin_ctzll(set);
}

/* reduction.c */

/* Derive the new node's sleep set from the previous node and its step. */
void reduction_inherit(
    const struct search *x, struct node *n, const struct node *prev);
/* Empty the sleep sets: the footprints of earlier executions are void. */
void reduction_forget(struct search *x);
/* The step of the current node was made. */
void reduction_note(struct search *x, unsigned proc, struct sim_foot foot,
    uint64_t enabled);

#endif /* EXPLORE_SEARCH_H */
