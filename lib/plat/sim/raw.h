/* SPDX-License-Identifier: MIT */
/*
 * The accesses behind base/atomic.h, as accesses on the simulated machine;
 * with the grain of atomics each is a step.  See machine/access.c.
 */
#ifndef PLAT_RAW_H
#define PLAT_RAW_H

#include <stdbool.h>
#include <stdint.h>

enum raw_change { RAW_ADD, RAW_OR, RAW_AND, RAW_EXCHANGE };

/* size: in bytes, 4 or 8. */
uint64_t sim_load(const void *p, unsigned size, int order);
void sim_store(void *p, unsigned size, uint64_t v, int order);
/* Returns the old value. */
uint64_t sim_modify(void *p, unsigned size, enum raw_change change, uint64_t v,
    int order);
bool sim_cas(void *p, unsigned size, void *expected, uint64_t v, int order);

#define raw_load(p, order)                                                     \
	((__typeof__(*(p)))(uintptr_t)sim_load((p), sizeof(*(p)), order))
#define raw_store(p, v, order)                                                 \
	sim_store((p), sizeof(*(p)), (uint64_t)(uintptr_t)(v), order)
#define raw_add(p, v, order)                                                   \
	((__typeof__(*(p)))sim_modify((p), sizeof(*(p)), RAW_ADD, v, order))
#define raw_or(p, v, order)                                                    \
	((__typeof__(*(p)))sim_modify((p), sizeof(*(p)), RAW_OR, v, order))
#define raw_and(p, v, order)                                                   \
	((__typeof__(*(p)))sim_modify((p), sizeof(*(p)), RAW_AND, v, order))
#define raw_cas(p, expected, v, order)                                         \
	sim_cas((p), sizeof(*(p)), expected, v, order)

#endif /* PLAT_RAW_H */
