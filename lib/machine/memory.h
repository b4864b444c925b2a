/* SPDX-License-Identifier: MIT */
/* Inside machine/: memory.c, to access.c, which makes accesses of it. */
#ifndef SIM_MEMORY_H
#define SIM_MEMORY_H

#include "machine/machine.h"

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

/*
 * What a load may read, if weak not the latest alone; what a compare-and-swap
 * reads, which fails unless that is expected; the latest, as a read-modify-write
 * reads; a store.
 */
enum memory_how { MEMORY_STRONG, MEMORY_WEAK, MEMORY_MODIFIES };
uint64_t memory_read(struct location *l, int order, bool weak);
uint64_t memory_fail(
    struct location *l, uint64_t expected, int order, bool weak);
uint64_t memory_latest(struct location *l);
void memory_look(struct location *l, int order);
void memory_write(
    struct location *l, uint64_t v, int order, enum memory_how how);

void memory_fence(int order);
/* The step is sequentially consistent. */
void memory_consistent(void);

/* The memory itself. */
uint64_t memory_peek(const void *p, unsigned size);
void memory_poke(void *p, unsigned size, uint64_t v);

#endif /* SIM_MEMORY_H */
