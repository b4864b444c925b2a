/* SPDX-License-Identifier: MIT */
/*
 * A circular list of embedded nodes.  A list is a pointer to its last node,
 * null if it is empty; last->next is the first node.  It has no lock: the owner
 * of the list has one.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stddef.h>

#include "base/invariant.h"

struct sync_list_node {
	struct sync_list_node *next;
	struct sync_list_node *prev;
};

static inline void
list_append(struct sync_list_node **last, struct sync_list_node *n)
{
	if (*last == NULL) {
		n->next = n;
		n->prev = n;
	} else {
		n->prev = *last;
		n->next = (*last)->next;
		n->next->prev = n;
		(*last)->next = n;
	}
	*last = n;
}

static inline void
list_remove(struct sync_list_node **last, struct sync_list_node *n)
{
	INVARIANT(n->next->prev == n && n->prev->next == n);
	if (n->next == n) {
		*last = NULL;
		return;
	}
	n->next->prev = n->prev;
	n->prev->next = n->next;
	if (*last == n)
		*last = n->prev;
}

#endif /* BASE_LIST_H */
