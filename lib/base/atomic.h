/* SPDX-License-Identifier: MIT */
/*
 * Atomic accesses, with the memory order in the name.
 *
 * All atomic accesses above lib/plat use these functions, so that the schedule
 * explorer can make each access a step.  They work on plain integers: C++ must
 * understand the public structs, so these cannot have _Atomic members.
 * <stdatomic.h> is made of the same builtins.
 */
#ifndef BASE_ATOMIC_H
#define BASE_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>

#include "raw.h" /* the platform's */

static inline uint32_t
at_load_relaxed(const uint32_t *p)
{
	return raw_load(p, __ATOMIC_RELAXED);
}

static inline uint32_t
at_load_acquire(const uint32_t *p)
{
	return raw_load(p, __ATOMIC_ACQUIRE);
}

static inline void
at_store_relaxed(uint32_t *p, uint32_t v)
{
	raw_store(p, v, __ATOMIC_RELAXED);
}

static inline void
at_store_release(uint32_t *p, uint32_t v)
{
	raw_store(p, v, __ATOMIC_RELEASE);
}

/* For any pointer type.  Stored under a lock, read without it as a hint. */
#define at_load_pointer(p)     raw_load(p, __ATOMIC_ACQUIRE)
#define at_store_pointer(p, v) raw_store(p, v, __ATOMIC_RELEASE)

static inline uint32_t
at_add_relaxed(uint32_t *p, uint32_t v)
{
	return raw_add(p, v, __ATOMIC_RELAXED);
}

static inline uint32_t
at_add_acquire(uint32_t *p, uint32_t v)
{
	return raw_add(p, v, __ATOMIC_ACQUIRE);
}

static inline uint32_t
at_add_release(uint32_t *p, uint32_t v)
{
	return raw_add(p, v, __ATOMIC_RELEASE);
}

static inline uint32_t
at_or_acquire(uint32_t *p, uint32_t bits)
{
	return raw_or(p, bits, __ATOMIC_ACQUIRE);
}

static inline uint32_t
at_or_release(uint32_t *p, uint32_t bits)
{
	return raw_or(p, bits, __ATOMIC_RELEASE);
}

/* A failed compare-and-swap loads the word, relaxed, into *expected. */
static inline bool
at_cas_relaxed(uint32_t *p, uint32_t *expected, uint32_t v)
{
	return raw_cas(p, expected, v, __ATOMIC_RELAXED);
}

static inline bool
at_cas_acquire(uint32_t *p, uint32_t *expected, uint32_t v)
{
	return raw_cas(p, expected, v, __ATOMIC_ACQUIRE);
}

static inline bool
at_cas_release(uint32_t *p, uint32_t *expected, uint32_t v)
{
	return raw_cas(p, expected, v, __ATOMIC_RELEASE);
}

/* The same for 64 bits. */

static inline uint64_t
at64_load_relaxed(const uint64_t *p)
{
	return raw_load(p, __ATOMIC_RELAXED);
}

static inline uint64_t
at64_load_acquire(const uint64_t *p)
{
	return raw_load(p, __ATOMIC_ACQUIRE);
}

static inline void
at64_store_relaxed(uint64_t *p, uint64_t v)
{
	raw_store(p, v, __ATOMIC_RELAXED);
}

static inline uint64_t
at64_add_relaxed(uint64_t *p, uint64_t v)
{
	return raw_add(p, v, __ATOMIC_RELAXED);
}

static inline uint64_t
at64_add_acquire(uint64_t *p, uint64_t v)
{
	return raw_add(p, v, __ATOMIC_ACQUIRE);
}

static inline uint64_t
at64_add_release(uint64_t *p, uint64_t v)
{
	return raw_add(p, v, __ATOMIC_RELEASE);
}

static inline uint64_t
at64_and_relaxed(uint64_t *p, uint64_t bits)
{
	return raw_and(p, bits, __ATOMIC_RELAXED);
}

static inline uint64_t
at64_or_release(uint64_t *p, uint64_t bits)
{
	return raw_or(p, bits, __ATOMIC_RELEASE);
}

static inline bool
at64_cas_relaxed(uint64_t *p, uint64_t *expected, uint64_t v)
{
	return raw_cas(p, expected, v, __ATOMIC_RELAXED);
}

static inline bool
at64_cas_acquire(uint64_t *p, uint64_t *expected, uint64_t v)
{
	return raw_cas(p, expected, v, __ATOMIC_ACQUIRE);
}

static inline bool
at64_cas_release(uint64_t *p, uint64_t *expected, uint64_t v)
{
	return raw_cas(p, expected, v, __ATOMIC_RELEASE);
}

/* The half of 64 bits that contains the low bits: a word to sleep on. */
static inline const uint32_t *
at64_low(const uint64_t *p)
{
	const uint32_t *halves = (const uint32_t *)(const void *)p;

	return &halves[__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__];
}

#endif /* BASE_ATOMIC_H */
