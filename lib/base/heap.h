/* SPDX-License-Identifier: MIT */
/*
 * A pairing heap of embedded nodes (Fredman, Sedgewick, Sleator and Tarjan,
 * "The pairing heap", 1986): insert in constant time, remove anywhere in
 * O(log n) amortised, never allocates, never recurses.  No locks: the owner
 * of the heap has one.
 *
 * The smallest key is at the root; of equal keys, the smallest order.  Who
 * inserts a node has set both, and leaves them alone while it is in.
 *
 * child is the first child; sibling the next of the same parent; back the
 * previous sibling, or the parent if first, or null for the root.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>

#include <libsync/timer.h>

void heap_insert(struct sync_heap_node **root, struct sync_heap_node *n);
void heap_remove(struct sync_heap_node **root, struct sync_heap_node *n);
/* Move all that is on the other heap to this one. */
void heap_meld(struct sync_heap_node **root, struct sync_heap_node **other);
/* Whether n is on it; n is not read.  Takes time for each node there is. */
bool heap_has(const struct sync_heap_node *root, const struct sync_heap_node *n);

#endif /* BASE_HEAP_H */
