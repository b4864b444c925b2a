/* SPDX-License-Identifier: MIT */
/*
 * The storage of a queue: a ring, a stack or a heap of elements, chosen by
 * order.  Whoever owns the store has a lock; without it len and puts may be
 * loaded, and nothing else.
 *
 * ring	element i is at (head + i) % room
 * stack	element i is at i, the top is the last
 * heap	4-ary, the smallest at 0, the children of i at 4i + 1 to 4i + 4; each
 *	element has before it how many were put earlier, which decides between
 *	equal priorities
 *
 * Bytes may be at any address: they are reached by memcpy alone.
 */
#ifndef BASE_STORE_H
#define BASE_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include <libsync/queue.h>

/* Bytes from one element to the next; 0 if that overflows. */
size_t store_stride(uint32_t order, size_t element_size);

/* Unless full (len == room): copy the element in. */
void store_put(struct sync_store *s, const void *element);

/* Unless empty: copy the next element out and take it away. */
void store_get(struct sync_store *s, void *element);

/* Unless empty: the next element, in place. */
const void *store_front(const struct sync_store *s);

/* Take all out and call drop, unless null, for each; how many there were. */
size_t store_discard(struct sync_store *s,
    void (*drop)(void *element, void *arg), void *arg);

/* bytes were reallocated to more room: put things where they belong. */
void store_grown(struct sync_store *s, size_t room);

/* Whether it is in order; for tests and assertions. */
bool store_check_invariants_(const struct sync_store *s);

#endif /* BASE_STORE_H */
