/* SPDX-License-Identifier: MIT */
/* The pairing heap against a plain array, with seeded random operations. */
#include "support.h"

#include "base/heap.h"

#define NODES 100

struct numbered {
	struct sync_heap_node node; /* first */
	bool in;
};

static struct numbered nodes[NODES];
static struct sync_heap_node *root;
static uint64_t order;

static struct numbered *
numbered(struct sync_heap_node *n)
{
	return (struct numbered *)(void *)n;
}

static bool
before(const struct sync_heap_node *a, const struct sync_heap_node *b)
{
	return a->key < b->key || (a->key == b->key && a->order < b->order);
}

static void
insert(struct numbered *n, int64_t key)
{
	n->node.key = key;
	n->node.order = order++;
	n->in = true;
	heap_insert(&root, &n->node);
}

static void
take(struct numbered *n)
{
	heap_remove(&root, &n->node);
	n->in = false;
}

/* What must be at the root. */
static struct numbered *
smallest(void)
{
	struct numbered *best = NULL;
	int i;

	for (i = 0; i < NODES; i++)
		if (nodes[i].in
		    && (best == NULL || before(&nodes[i].node, &best->node)))
			best = &nodes[i];
	return best;
}

/* Its links are consistent, and no child precedes it. */
static void
check_node(const struct sync_heap_node *n)
{
	const struct sync_heap_node *c;

	if (n->child != NULL)
		ck_assert_ptr_eq(n->child->back, n);
	if (n->sibling != NULL)
		ck_assert_ptr_eq(n->sibling->back, n);
	for (c = n->child; c != NULL; c = c->sibling)
		ck_assert(before(n, c));
}

/* The next node of a walk through the tree: down, or up to the next sibling. */
static struct sync_heap_node *
next_node(struct sync_heap_node *n)
{
	if (n->child != NULL)
		return n->child;
	while (n != NULL && n->sibling == NULL) {
		while (n->back != NULL && n->back->child != n)
			n = n->back;
		n = n->back;
	}
	return n != NULL ? n->sibling : NULL;
}

/* The number of nodes; each of them is checked. */
static unsigned
check_links(void)
{
	struct sync_heap_node *n;
	unsigned count = 0;

	if (root != NULL) {
		ck_assert_ptr_null(root->back);
		ck_assert_ptr_null(root->sibling);
	}
	for (n = root; n != NULL; n = next_node(n)) {
		check_node(n);
		count++;
		ck_assert_uint_le(count, NODES);
	}
	return count;
}

static void
check(unsigned in)
{
	ck_assert_uint_eq(check_links(), in);
	ck_assert_ptr_eq(root != NULL ? numbered(root) : NULL, smallest());
}

START_TEST(one_node_is_the_root_and_gone)
{
	insert(&nodes[0], 1);
	check(1);
	take(&nodes[0]);
	ck_assert_ptr_null(root);
}
END_TEST

START_TEST(nodes_come_out_smallest_first)
{
	uint32_t random = random_seed();
	unsigned i;
	int64_t last = 0;

	for (i = 0; i < NODES; i++)
		insert(&nodes[i], random_next(&random) % 10000);
	for (i = NODES; i > 0; i--) {
		check(i);
		ck_assert_int_ge(root->key, last);
		last = root->key;
		take(numbered(root));
	}
	ck_assert_ptr_null(root);
}
END_TEST

START_TEST(equal_nodes_come_out_in_the_order_of_insertion)
{
	unsigned i;

	for (i = 0; i < NODES; i++)
		insert(&nodes[i], 7);
	for (i = 0; i < NODES; i++) {
		ck_assert_ptr_eq(numbered(root), &nodes[i]);
		take(&nodes[i]);
		check(NODES - i - 1);
	}
}
END_TEST

/*
 * From a heap of n nodes, made of one tree or of many removals, remove each in
 * turn.
 */
START_TEST(any_node_may_be_removed)
{
	unsigned n = 12, victim, i;

	for (victim = 0; victim < n; victim++) {
		for (i = 0; i < n + 3; i++)
			insert(&nodes[i], i * 5 % 7);
		for (i = n; i < n + 3; i++) /* give it some depth */
			take(&nodes[i]);
		check(n);
		take(&nodes[victim]);
		check(n - 1);
		for (i = 0; i < n; i++)
			if (nodes[i].in)
				take(&nodes[i]);
		ck_assert_ptr_null(root);
	}
}
END_TEST

START_TEST(random_operations_agree_with_an_array)
{
	uint32_t random = random_seed() + (uint32_t)_i;
	unsigned in = 0, step;

	for (step = 0; step < 1500 * stress_factor(); step++) {
		struct numbered *n = &nodes[random_next(&random) % NODES];
		bool fill = step / 250 % 2 == 0; /* grow and shrink in turn */

		if (random_next(&random) % 4 == 0 && root != NULL) {
			take(numbered(root));
			in--;
		} else if (n->in && (!fill || random_next(&random) % 4 == 0)) {
			take(n);
			in--;
		} else if (!n->in && fill) {
			insert(n, (int64_t)(random_next(&random) % 50) - 25);
			in++;
		}
		check(in);
	}
}
END_TEST

/* A list as deep, or as wide, as possible: nothing recurses. */
START_TEST(a_long_chain_is_taken_apart)
{
	static struct numbered chain[50000];
	const int n = 50000;
	int i;

	for (i = 0; i < n; i++)
		insert(&chain[i], _i == 0 ? i : -i);
	for (i = 0; i < n; i++) {
		ck_assert_int_eq(root->key, _i == 0 ? i : i - n + 1);
		take(numbered(root));
	}
	ck_assert_ptr_null(root);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("heap");
	TCase *tc = add_case(s, "order");

	tcase_add_test(tc, one_node_is_the_root_and_gone);
	tcase_add_test(tc, nodes_come_out_smallest_first);
	tcase_add_test(tc, equal_nodes_come_out_in_the_order_of_insertion);
	tc = add_case(s, "model");
	tcase_add_test(tc, any_node_may_be_removed);
	tcase_add_loop_test(tc, random_operations_agree_with_an_array, 0, 5);
	tcase_add_loop_test(tc, a_long_chain_is_taken_apart, 0, 2);
	return run_suite(s);
}
