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

#include <libsync/timer.h>

void heap_insert(struct sync_heap_node **root, struct sync_heap_node *n);
void heap_remove(struct sync_heap_node **root, struct sync_heap_node *n);

#endif /* BASE_HEAP_H */
