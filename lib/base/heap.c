/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "base/heap.h"
#include "base/invariant.h"

/* Whether a comes out before b. */
static bool
before(const struct sync_heap_node *a, const struct sync_heap_node *b)
{
	return a->key < b->key || (a->key == b->key && a->order < b->order);
}

/* Whether n is where its neighbours say it is, and not after its children. */
__attribute__((unused)) static bool
fits(const struct sync_heap_node *root, const struct sync_heap_node *n)
{
	if (n->back == NULL ? root != n
			    : n->back->child != n && n->back->sibling != n)
		return false;
	return n->child == NULL
	    || (n->child->back == n && !before(n->child, n));
}

/* Make one tree of two.  Its root keeps its sibling and back. */
static struct sync_heap_node *
meld(struct sync_heap_node *a, struct sync_heap_node *b)
{
	struct sync_heap_node *t;

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
 * Make one tree of a list of siblings; null if the list is empty.  Meld them in
 * pairs from the left, then the pairs from the right.  The pairs form a list of
 * their own.  The caller sets sibling and back of the root.
 */
static struct sync_heap_node *
meld_siblings(struct sync_heap_node *first)
{
	struct sync_heap_node *pairs = NULL, *root;

	while (first != NULL) {
		struct sync_heap_node *a = first, *b = a->sibling;

		first = b != NULL ? b->sibling : NULL;
		if (b != NULL)
			a = meld(a, b);
		a->sibling = pairs;
		pairs = a;
	}
	root = pairs;
	if (pairs != NULL)
		pairs = pairs->sibling;
	while (pairs != NULL) {
		struct sync_heap_node *pair = pairs;

		pairs = pair->sibling; /* before meld changes it */
		root = meld(root, pair);
	}
	return root;
}

void
heap_insert(struct sync_heap_node **root, struct sync_heap_node *n)
{
	n->child = NULL;
	n->sibling = NULL;
	n->back = NULL;
	*root = *root != NULL ? meld(*root, n) : n;
}

/* The children of n become one tree, which takes the place of n. */
void
heap_remove(struct sync_heap_node **root, struct sync_heap_node *n)
{
	struct sync_heap_node *heir;

	INVARIANT(fits(*root, n));
	heir = meld_siblings(n->child);
	if (heir == NULL) {
		heir = n->sibling;
	} else {
		heir->sibling = n->sibling;
		if (n->sibling != NULL)
			n->sibling->back = heir;
	}
	if (heir != NULL)
		heir->back = n->back;
	if (n->back == NULL)
		*root = heir;
	else if (n->back->child == n)
		n->back->child = heir;
	else
		n->back->sibling = heir;
	INVARIANT(*root == NULL || fits(*root, *root));
}

void
heap_meld(struct sync_heap_node **root, struct sync_heap_node **other)
{
	if (*other == NULL)
		return;
	*root = *root != NULL ? meld(*root, *other) : *other;
	*other = NULL;
}

/* The node after n in the order that visits parents before children. */
static const struct sync_heap_node *
next(const struct sync_heap_node *n)
{
	if (n->child != NULL)
		return n->child;
	while (n != NULL && n->sibling == NULL) {
		while (n->back != NULL && n->back->child != n)
			n = n->back; /* to the first of the siblings */
		n = n->back;
	}
	return n != NULL ? n->sibling : NULL;
}

bool
heap_has(const struct sync_heap_node *root, const struct sync_heap_node *n)
{
	while (root != NULL && root != n)
		root = next(root);
	return root != NULL;
}
