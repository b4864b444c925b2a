/* SPDX-License-Identifier: MIT */
/* Inside plat/sim: memory.c, to access.c, which makes accesses of it. */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include "machine.h"

#define acquires(order)                                                        \
	((order) == __ATOMIC_ACQUIRE || (order) == __ATOMIC_CONSUME            \
	    || (order) == __ATOMIC_ACQ_REL || (order) == __ATOMIC_SEQ_CST)
#define releases(order)                                                        \
	((order) == __ATOMIC_RELEASE || (order) == __ATOMIC_ACQ_REL            \
	    || (order) == __ATOMIC_SEQ_CST)

struct location;

/* The location, for this execution; memory_atomic: with a store to read. */
struct location *memory_location(const void *p);
struct location *memory_atomic(const void *p, unsigned size);
uint64_t memory_location_bit(const struct location *l);

/* This thread accesses it now; fails if that is a race. */
void memory_race(
    struct location *l, bool write, bool atomic, const void *site);

/* What a load may read; the latest, as a read-modify-write reads; a store. */
uint64_t memory_read(struct location *l, int order);
uint64_t memory_latest(struct location *l);
void memory_look(struct location *l, int order);
void memory_write(struct location *l, uint64_t v, int order, bool modifies);

void memory_fence(void);
/* The step is sequentially consistent. */
void memory_consistent(void);

/* The memory itself. */
uint64_t memory_peek(const void *p, unsigned size);
void memory_poke(void *p, unsigned size, uint64_t v);

#endif /* SIM_MEMORY_H */
