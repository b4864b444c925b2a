/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "base/heap.h"

/* Make one tree of two roots; either may be null. */
static struct sync_heap_node *
meld(struct sync_heap_node *a, struct sync_heap_node *b, heap_before *before)
{
	struct sync_heap_node *t;

	if (a == NULL)
		return b;
	if (b == NULL)
		return a;
	if (before(b, a)) {
		t = a;
		a = b;
		b = t;
	}
	b->sibling = a->child;
	if (a->child != NULL)
		a->child->back = b;
	b->back = a;
	a->child = b;
	return a;
}

/*
 * Make one tree of a list of siblings: meld them in pairs from the left, then
 * the pairs from the right.  The pairs are kept on a list of their own.
 */
static struct sync_heap_node *
meld_siblings(struct sync_heap_node *first, heap_before *before)
{
	struct sync_heap_node *pairs = NULL, *root = NULL;

	while (first != NULL) {
		struct sync_heap_node *a = first, *b = a->sibling;

		first = b != NULL ? b->sibling : NULL;
		a->sibling = NULL;
		if (b != NULL)
			b->sibling = NULL;
		a = meld(a, b, before);
		a->sibling = pairs;
		pairs = a;
	}
	while (pairs != NULL) {
		struct sync_heap_node *next = pairs->sibling;

		pairs->sibling = NULL;
		root = meld(root, pairs, before);
		pairs = next;
	}
	if (root != NULL)
		root->back = NULL;
	return root;
}

void
heap_insert(
    struct sync_heap_node **root, struct sync_heap_node *n, heap_before *before)
{
	n->child = NULL;
	n->sibling = NULL;
	n->back = NULL;
	*root = meld(*root, n, before);
}

void
heap_remove(
    struct sync_heap_node **root, struct sync_heap_node *n, heap_before *before)
{
	struct sync_heap_node *rest = meld_siblings(n->child, before);

	if (n->back == NULL) {
		*root = rest;
		return;
	}
	if (n->back->child == n)
		n->back->child = n->sibling;
	else
		n->back->sibling = n->sibling;
	if (n->sibling != NULL)
		n->sibling->back = n->back;
	*root = meld(*root, rest, before);
}
