/* SPDX-License-Identifier: MIT */
/*
 * Which items there are: the share of each producer, their ids and their keys.
 * Inline, because all threads of a run use it for every item.
 */
#ifndef BENCH_PRODCONS_ITEMS_H
#define BENCH_PRODCONS_ITEMS_H

#include "prodcons.h"

/* Random numbers: the n-th of a seed. */
static inline uint64_t
mix(uint64_t seed, uint64_t n)
{
	uint64_t z = seed + (n + 1) * 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* The items are divided evenly. */
static inline size_t
item_share(const struct run *r, unsigned producer)
{
	size_t n = r->o->items, producers = r->o->producers;

	return n / producers + (producer < n % producers);
}

/* Those of one producer have successive ids. */
static inline size_t
item_id(const struct run *r, unsigned producer, size_t number)
{
	size_t n = r->o->items, producers = r->o->producers;
	size_t longer = n % producers; /* these threads have one more */

	return n / producers * producer
	    + (producer < longer ? producer : longer) + number;
}

#define KEYS 1024 /* that an item can have */

/* In [-KEYS / 2, KEYS / 2), so that many are equal. */
static inline int64_t
item_key(const struct run *r, unsigned producer, size_t number)
{
	uint64_t rank;

	if (r->o->order != SYNC_PRIORITY)
		return 0;
	if (producer == 0 && number < r->faulty)
		rank = number < KEYS ? number : KEYS - 1;
	else
		rank = mix(r->o->seed, item_id(r, producer, number)) % KEYS;
	return (int64_t)rank - KEYS / 2;
}

/* The rank of its key among all keys: 0 to KEYS - 1. */
static inline uint32_t
item_rank(const struct run *r, unsigned producer, size_t number)
{
	return (uint32_t)(item_key(r, producer, number) + KEYS / 2);
}

/* The producer of an id, and the item's number with that producer. */
static inline unsigned
item_producer(const struct run *r, size_t id, size_t *number)
{
	unsigned low = 0, high = r->o->producers - 1;

	while (low < high) {
		unsigned middle = low + (high - low + 1) / 2;

		if (item_id(r, middle, 0) <= id)
			low = middle;
		else
			high = middle - 1;
	}
	*number = id - item_id(r, low, 0);
	return low;
}

#endif /* BENCH_PRODCONS_ITEMS_H */
