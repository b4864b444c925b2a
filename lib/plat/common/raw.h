/* SPDX-License-Identifier: MIT */
/* The atomic accesses of base/atomic.h, by builtins of the compiler. */
#ifndef PLAT_RAW_H
#define PLAT_RAW_H

#define raw_load(p, order)     __atomic_load_n(p, order)
#define raw_store(p, v, order) __atomic_store_n(p, v, order)
#define raw_add(p, v, order)   __atomic_fetch_add(p, v, order)
#define raw_or(p, v, order)    __atomic_fetch_or(p, v, order)
#define raw_and(p, v, order)   __atomic_fetch_and(p, v, order)
#define raw_cas(p, expected, v, order)                                         \
	__atomic_compare_exchange_n(                                           \
	    p, expected, v, false, order, __ATOMIC_RELAXED)

#endif /* PLAT_RAW_H */
