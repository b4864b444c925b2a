/* SPDX-License-Identifier: MIT */
/*
 * A pairing heap of embedded nodes (Fredman, Sedgewick, Sleator and Tarjan,
 * "The pairing heap", 1986): insert in constant time, remove anywhere in
 * O(log n) amortised, never allocates, never recurses.  No locks: the owner
 * of the heap has one.
 *
 * child is the first child; sibling the next of the same parent; back the
 * previous sibling, or the parent if first, or null for the root.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>

#include <libsync/timer.h>

/* Whether a comes out before b. */
typedef bool heap_before(
    const struct sync_heap_node *a, const struct sync_heap_node *b);

void heap_insert(
    struct sync_heap_node **root, struct sync_heap_node *n, heap_before *before);
void heap_remove(
    struct sync_heap_node **root, struct sync_heap_node *n, heap_before *before);

#endif /* BASE_HEAP_H */
