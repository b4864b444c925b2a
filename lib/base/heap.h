/* SPDX-License-Identifier: MIT */
/*
 * A pairing heap of embedded nodes (Fredman, Sedgewick, Sleator and Tarjan,
 * "The pairing heap", 1986).  Insert takes constant time; removing any node
 * takes O(log n) amortised time.  The heap never allocates and never recurses.
 * It has no lock: the owner of the heap has one.
 *
 * The node with the smallest key is at the root; of equal keys, the one with
 * the smallest order.  The caller sets key and order before it inserts a node,
 * and does not change them while the node is on the heap.
 *
 * child is the first child.  sibling is the next child of the same parent.
 * back is the previous sibling; for the first child it is the parent, and for
 * the root it is null.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>

#include <libsync/timer.h>

void heap_insert(struct sync_heap_node **root, struct sync_heap_node *n);
void heap_remove(struct sync_heap_node **root, struct sync_heap_node *n);
/* Move all nodes of the other heap to this one. */
void heap_meld(struct sync_heap_node **root, struct sync_heap_node **other);
/* Whether n is on the heap; n is not read.  Takes linear time. */
bool heap_has(const struct sync_heap_node *root, const struct sync_heap_node *n);

#endif /* BASE_HEAP_H */
