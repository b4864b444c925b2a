/* SPDX-License-Identifier: MIT */
/*
 * Depth-first search.
 *
 * The data is the path: a node for each choice of the current execution, with
 * the alternatives that are still to be tried.  For the next execution, the
 * last node that has an alternative left takes it, and the test is run again.
 * The choices before that node are repeated, and those after it are made
 * afresh.  So the search needs memory for one execution only.
 *
 * The bounded search tries all alternatives that cost no more preemptions than
 * the bound allows.  It is a preemption to run another thread while the last
 * one could continue (iterative context bounding: Musuvathi and Qadeer, 2007).
 *
 * reduction.c omits executions that could find nothing new.
 */
#include <stdlib.h>
#include <string.h>

#include "search.h"

/* Append a node to the path; returns null if there is no memory. */
static struct node *
push(struct search *x)
{
	struct node *n;

	if (x->used == x->room) {
		unsigned room = x->room == 0 ? 256 : x->room * 2;
		void *p = realloc(x->nodes, room * sizeof(*x->nodes));

		if (p == NULL) {
			x->lost = x->loose = true;
			return NULL;
		}
		x->nodes = p;
		x->room = room;
	}
	n = &x->nodes[x->used++];
	memset(n, 0, offsetof(struct node, feet));
	return n;
}

/* The processes that the bound allows at the node. */
static uint64_t
affordable(const struct search *x, const struct node *n)
{
	if (x->all || n->preemptions < x->bound || !n->goes_on)
		return n->enabled;
	return n->enabled & (~SIM_ALL_THREADS | SIM_BIT(n->last));
}

/*
 * The processes from which the first choice is taken.  Idle threads come after
 * deadlines and before spurious wakeups, which must not hide a deadlock.
 */
static uint64_t
first_of(const struct node *n)
{
	uint64_t busy = n->enabled & ~n->idle & (SIM_BIT(SIM_SPURIOUS(0)) - 1);

	return busy != 0 ? busy : n->idle;
}

/* Make the new node's first choice; false if no process may be chosen. */
static bool
choose_first(struct search *x, struct node *n, const struct sim_state *s)
{
	uint64_t can = affordable(x, n) & ~n->sleep;
	unsigned usual = usual_pick(s);

	if (n->idle != 0)
		can &= first_of(n);
	if (can == 0)
		return false;
	n->chosen = (uint8_t)(can & SIM_BIT(usual) ? usual : lowest(can));
	n->todo = x->all ? SIM_BIT(n->chosen) : affordable(x, n);
	if (!x->reduce)
		n->todo = affordable(x, n);
	return true;
}

static unsigned
new_node(struct search *x, const struct sim_state *s)
{
	struct node *n = push(x), *prev;

	if (n == NULL)
		return usual_pick(s);
	n->enabled = s->enabled;
	n->last = (uint8_t)s->last;
	n->goes_on = s->goes_on;
	n->idle = x->all && x->reduce ? sim_idle() : 0;
	if (x->current >= 0) {
		prev = &x->nodes[x->current];
		n->preemptions =
		    prev->preemptions + costs(prev, prev->chosen);
		reduction_inherit(x, n, prev);
	}
	if (!choose_first(x, n, s)) {
		x->used--;
		x->loose = true;
		return usual_pick(s);
	}
	n->code = code_of(n->chosen);
	n->objects[n->chosen] = sim_next_op(n->chosen).address;
	n->call = sim_next_op(n->chosen).call;
	return n->chosen;
}

/* The test is not deterministic: a failure. */
static void
changed(uint32_t step, uint32_t expected, uint32_t found)
{
	char was[80], is[80];

	if (expected == found)
		sim_fail(SIM_CHANGED, "the test does not do the same each"
		    " time: at step %u other threads can run than before",
		    (unsigned)step);
	name_of_code(expected, was, sizeof(was));
	name_of_code(found, is, sizeof(is));
	sim_fail(SIM_CHANGED, "the test does not do the same each time:"
	    " at step %u it was %s, now it is %s", (unsigned)step, was, is);
}

static unsigned
pick(struct sim_driver *driver, const struct sim_state *s)
{
	struct search *x = (struct search *)(void *)driver;
	const void *object;
	struct node *n;
	bool fresh;

	if (x->loose)
		return usual_pick(s);
	if (x->depth >= x->fixed) {
		unsigned proc = new_node(x, s);

		if (!x->loose)
			x->current = (int)x->depth++;
		return proc;
	}
	n = &x->nodes[x->depth];
	fresh = n->data == 0 && n->code == 0; /* chosen by search_next */
	if (fresh)
		n->code = code_of(n->chosen);
	if (n->data != 0 || n->enabled != s->enabled
	    || n->code != code_of(n->chosen))
		changed(s->step, n->code, code_of(n->chosen));
	object = sim_next_op(n->chosen).address;
	if (!fresh && n->objects[n->chosen] != object) {
		x->moved = true;
		reduction_forget(x);
	}
	n->objects[n->chosen] = object;
	n->call = sim_next_op(n->chosen).call;
	x->current = (int)x->depth++;
	return n->chosen;
}

static unsigned
choose(struct sim_driver *driver, enum sim_choice why, unsigned count)
{
	struct search *x = (struct search *)(void *)driver;
	struct node *n;

	if (x->loose)
		return 0;
	if (x->depth < x->fixed) {
		n = &x->nodes[x->depth++];
		if (n->data != (unsigned)why + 1 || n->n != count)
			sim_fail(SIM_CHANGED, "the test does not do the same"
			    " each time: it makes other choices");
		return n->chosen;
	}
	n = push(x);
	if (n == NULL)
		return 0;
	n->data = (uint8_t)(why + 1);
	n->n = (uint8_t)count;
	x->depth++;
	return 0;
}

static void
stepped(struct sim_driver *driver, unsigned proc, struct sim_foot foot,
    uint64_t enabled)
{
	struct search *x = (struct search *)(void *)driver;

	x->foot = foot;
	if (!x->loose && x->current >= 0)
		reduction_note(x, proc, foot, enabled);
}

struct search *
search_new(bool all, uint32_t bound, bool reduce)
{
	struct search *x = calloc(1, sizeof(*x));

	if (x == NULL)
		return NULL;
	x->driver = (struct sim_driver) { pick, choose, stepped };
	x->all = all;
	x->bound = bound;
	x->reduce = reduce;
	return x;
}

void
search_free(struct search *x)
{
	if (x == NULL)
		return;
	free(x->nodes);
	order_free(&x->order);
	free(x);
}

struct sim_driver *
search_driver(struct search *x)
{
	return &x->driver;
}

/* Take an alternative at the last node that has one; false if none has. */
static bool
take_next(struct search *x)
{
	for (; x->used > 0; x->used--) {
		struct node *n = &x->nodes[x->used - 1];
		uint64_t left;

		if (n->data != 0) {
			if (n->chosen + 1u < n->n) {
				n->chosen++;
				return true;
			}
			continue;
		}
		n->done |= SIM_BIT(n->chosen);
		left = n->todo & ~n->done & ~n->sleep;
		if (left != 0) {
			n->chosen = (uint8_t)lowest(left);
			n->code = 0; /* set when it is picked */
			n->seen = false;
			return true;
		}
	}
	return false;
}

bool
search_next(struct search *x)
{
	if (x->begun && x->names != sim_names())
		reduction_forget(x);
	if (x->begun && !take_next(x))
		return false;
	x->names = sim_names();
	x->begun = true;
	x->fixed = x->used;
	x->depth = 0;
	x->current = -1;
	x->loose = false;
	order_reset(&x->order);
	return true;
}

bool
search_counted(const struct search *x)
{
	return !x->loose;
}

bool
search_out_of_memory(const struct search *x)
{
	return x->lost;
}
