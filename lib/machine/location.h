/* SPDX-License-Identifier: MIT */
/* A location, for memory.c and location.c; access.c uses memory.h alone. */
#ifndef SIM_LOCATION_H
#define SIM_LOCATION_H

#include "machine/memory.h"

#define STORES 4 /* of a history */

struct store {
	uint64_t value;
	bool modifies; /* it comes directly after the store that it read */
	struct sim_clock sync; /* an acquire that reads it joins this */
	struct sim_clock seen; /* when each thread first saw it; 0: never */
};

struct location {
	uintptr_t address; /* 0: none */
	uint64_t bit;      /* in a footprint */

	uint32_t execution; /* the one to which the members below belong */
	uint32_t number;    /* 0: none; see sim_object */
	bool fresh;         /* the members below must be cleared first */
	bool marked;        /* an access was not atomic: check for races */
	uint32_t nstores;   /* in all; the latest is (nstores - 1) % STORES */
	uint32_t consistent; /* nstores after the last seq_cst store */
	struct sim_clock atomic_reads, atomic_writes, reads, writes;
	struct sim_clock handed; /* released by memory_release */
	const void *sites[SIM_THREADS]; /* of each thread's last access */
	struct store stores[STORES];
};

/* location.c: before an execution. */
void locations_reset(void);

#endif /* SIM_LOCATION_H */
