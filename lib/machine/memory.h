/* SPDX-License-Identifier: MIT */
/*
 * The interface of memory.c and location.c to access.c, which builds accesses
 * from it: races, and the values that loads may read.
 */
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

/* The location in this execution; memory_atomic: with at least one store. */
struct location *memory_location(const void *p);
struct location *memory_atomic(const void *p, unsigned size);
uint64_t memory_location_bit(const struct location *l);

/* The running thread accesses it; a race ends the execution as a failure. */
void memory_race(
    struct location *l, bool write, bool atomic, const void *site);

/*
 * memory_read: the value that a load reads; if weak, it may be stale.
 * memory_fail: the value that a compare-and-swap reads; it fails unless that
 *	is the expected value.
 * memory_latest: the latest value, without a read.
 * memory_look: read the latest value, as a read-modify-write does.
 * memory_write: a store; if weak, it may come before earlier stores in the
 *	modification order.
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
/* The step is a seq_cst access: it conflicts with seq_cst fences. */
void memory_consistent(void);

/* Read or write the memory itself. */
uint64_t memory_peek(const void *p, unsigned size);
void memory_poke(void *p, unsigned size, uint64_t v);

#endif /* SIM_MEMORY_H */
