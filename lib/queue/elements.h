/* SPDX-License-Identifier: MIT */
/*
 * The storage of a queue: a ring, a stack or a heap of elements, chosen by
 * order.  The owner of the store has a lock; without it, only len and puts may
 * be loaded.
 *
 * ring	element i is at (head + i) % room
 * stack	element i is at i, the top is the last
 * heap	4-ary: the smallest is at 0, the children of i are at 4i + 1 to 4i + 4.
 *	Before each element is the number of earlier puts, which decides between
 *	equal priorities
 *
 * Bytes may be at any address, because only memcpy accesses them.
 */
#ifndef BASE_STORE_H
#define BASE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include <libsync/queue.h>

/* The bytes from one element to the next; 0 if that overflows. */
size_t store_stride(uint32_t order, size_t element_size);

/* Copy the element in.  The store must not be full (len == room). */
void store_put(struct sync_store *s, const void *element);

/* Move the next element out.  The store must not be empty. */
void store_get(struct sync_store *s, void *element);

/* The next element, in place.  The store must not be empty. */
const void *store_front(const struct sync_store *s);

/* Take all out, and call drop, unless null, for each; returns their number. */
size_t store_discard(struct sync_store *s,
    void (*drop)(void *element, void *arg), void *arg);

/* Call this after bytes were reallocated to this larger room. */
void store_grown(struct sync_store *s, size_t room);

/* Whether the invariants hold; for tests and assertions. */
bool store_check_invariants_(const struct sync_store *s);

#endif /* BASE_STORE_H */
