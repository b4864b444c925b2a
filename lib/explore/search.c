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
 * The search of all schedules uses dynamic partial-order reduction (Flanagan
 * and Godefroid, 2005): it adds an alternative only for a reason.  If a step
 * conflicts with an earlier one that does not happen before it, the process of
 * the later step is tried instead of the earlier one.  If a step disables
 * another process (for example a deadline that can no longer pass), that
 * process is tried instead of the step, too, because no later conflict would
 * reveal it.
 *
 * A thread is idle if its step would only fall asleep: see machine/gates.c.
 * The search of all schedules does not run the step of an idle thread, because
 * the other threads behave the same with and without it.  There are three
 * exceptions:
 *
 *	- If nothing else is enabled, it is run.  So a deadlock is found.
 *	- If a thread checks whether another waits in the object, both orders
 *	  are tried.
 *	- A step that makes a thread idle counts as disabling it, as above.
 *
 * Both searches use sleep sets (Godefroid, 1996).  When all executions that
 * begin with step a have been run, a is put to sleep: executions that begin
 * with other steps do not run it until a step conflicts with it.  The omitted
 * executions differ from those run only in the order of steps that commute.
 * If all enabled processes are asleep, the execution is run to its end, so
 * that the test can clean up, but it adds no alternatives and is not counted.
 *
 * With a bound, the execution with a moved to the front, which stands in for
 * the omitted one, must be within the bound, too.  If a is the next step of
 * the thread c that ran last, it has no more preemptions than the omitted one:
 * the step after a is a preemption of c in either order.  The same holds if
 * the thread of a cannot run after a.  Otherwise the thread of a would be
 * preempted after a.  So with a bound only steps of those two kinds are put to
 * sleep.
 */
#include <stdlib.h>
#include <string.h>

#include "explorer.h"
#include "happens_before.h"

struct node {
	uint8_t data; /* 0: a choice of a process; else of a number below n */
	uint8_t n;
	uint8_t chosen;
	uint8_t last; /* the thread that ran last */
	bool goes_on; /* as in struct sim_state */
	uint16_t call;  /* of the chosen step */
	uint32_t code;  /* of the chosen step; 0: not yet known */
	uint32_t preemptions; /* before this node */
	/* sets of processes */
	uint64_t enabled;
	uint64_t idle; /* those of enabled; only with reduction of all */
	uint64_t todo; /* to be tried; may include done and sleep */
	uint64_t done;
	uint64_t sleep;     /* those of enabled that are asleep */
	uint64_t sleepable; /* those of done that may be put to sleep */
	bool seen;          /* the footprint of the chosen step is known */
	/* for the processes in chosen, done and sleep: the footprint of the
	   step, and the address that it was about to access.  If that address
	   has changed since, the footprint is void. */
	struct sim_foot feet[SIM_PROCS];
	const void *objects[SIM_PROCS];
};

struct search {
	struct sim_driver driver;
	bool all, reduce;
	uint32_t bound;

	struct node *nodes;
	unsigned used, room; /* of nodes */
	unsigned fixed;      /* nodes whose choice is to be repeated */
	unsigned depth;      /* nodes passed in this execution */
	int current;         /* the node of the current step; -1: none */
	struct sim_foot foot; /* of the step before */
	/* a first execution was begun; this execution adds no nodes; memory
	   ran out */
	bool begun, loose, lost;
	bool moved; /* the program's memory differs between executions: no
		       more sleep sets */
	uint32_t names;

	struct order order; /* for the reduction of all */
};

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

/* Whether to run that process at the node is a preemption. */
static bool
costs(const struct node *n, unsigned proc)
{
	return proc < SIM_THREADS && proc != n->last && n->goes_on;
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
 * With a bound, a process may sleep only if the chosen one costs at least as
 * many preemptions.  A process that is not a thread costs none.
 */
static bool
may_sleep_over(const struct search *x, const struct node *n, unsigned proc)
{
	return x->all || !costs(n, proc) || costs(n, n->chosen);
}

/* Derive the new node's sleep set from the previous node and its step. */
static void
inherit(const struct search *x, struct node *n, const struct node *prev)
{
	uint64_t set, fresh = prev->done & prev->sleepable;
	unsigned p;

	if (!x->reduce || x->moved)
		return;
	set = prev->sleep | fresh;
	set &= n->enabled & ~SIM_BIT(prev->chosen);
	for (p = 0; set != 0 && p < SIM_PROCS; p++) {
		if (!(set & SIM_BIT(p)))
			continue;
		set &= ~SIM_BIT(p);
		if (sim_conflict(prev->feet[p], x->foot)
		    || prev->objects[p] != sim_next_op(p).address
		    || (fresh & SIM_BIT(p) && !may_sleep_over(x, prev, p)))
			continue;
		n->sleep |= SIM_BIT(p);
		n->feet[p] = prev->feet[p];
		n->objects[p] = prev->objects[p];
	}
}

static unsigned
lowest(uint64_t set)
{
	return (unsigned)__builtin_ctzll(set);
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
		inherit(x, n, prev);
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

/* Empty the sleep sets: the footprints of earlier executions are void. */
static void
forget_feet(struct search *x)
{
	unsigned i;

	for (i = 0; i < x->used; i++) {
		x->nodes[i].sleep = 0;
		x->nodes[i].sleepable = 0;
	}
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
		forget_feet(x);
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

/* The idle threads whose wait the step checks for, in the same object. */
static uint64_t
looked_for(const struct node *n, unsigned proc)
{
	uint64_t found = 0, set;

	if (proc >= SIM_THREADS || !sim_waits_of(n->call)->sees)
		return 0;
	for (set = n->idle & ~SIM_BIT(proc); set != 0; set &= set - 1)
		if (sim_next_op(lowest(set)).address == n->objects[proc])
			found |= set & -set;
	return found;
}

/*
 * Add the alternatives that the races require.  A process that was idle at a
 * gate could not have come before; its race is with the step that closed the
 * gate.
 */
static void
try_races(struct search *x, bool gated)
{
	unsigned i;

	for (i = 0; i < x->order.nraces; i++) {
		const struct order_race *race = &x->order.races[i];
		struct node *at = &x->nodes[race->node];

		if (race->itself && gated && (at->idle & SIM_BIT(race->proc)))
			continue;
		if (at->enabled & SIM_BIT(race->proc))
			at->todo |= SIM_BIT(race->proc);
		else
			at->todo |= at->enabled;
	}
}

/*
 * For the reduction of all: add the step to the order, and the alternatives
 * that its races require.  The races of a thread that is idle now are added,
 * too, because it may never run again.
 */
static void
note_step(struct search *x, unsigned proc, struct sim_foot foot,
    uint64_t enabled)
{
	struct node *n = &x->nodes[x->current];
	uint64_t idle = sim_idle(), set;

	/* Those that the step disables: no later conflict reveals them. */
	n->todo |= n->enabled & ~n->idle & ~(enabled & ~idle)
	    & ~SIM_BIT(proc);
	n->todo |= looked_for(n, proc);
	if (!order_note(&x->order, (unsigned)x->current, proc, foot,
		enabled & ~n->enabled))
		x->lost = true;
	try_races(x, foot.needs != 0);
	for (set = idle & ~(n->idle & ~SIM_BIT(proc)); set != 0; set &= set - 1) {
		order_await(&x->order, lowest(set), sim_gate(lowest(set)));
		try_races(x, true);
	}
}

/*
 * Whether the step may be put to sleep with a bound; see above.  The number of
 * early deadlines is limited, so a deadline may not be moved to the front.
 */
static bool
keeps_bound(const struct node *n, unsigned proc, uint64_t enabled)
{
	if (proc >= SIM_THREADS)
		return proc >= SIM_SPURIOUS(0);
	return (proc == n->last && n->goes_on)
	    || (enabled & SIM_BIT(proc)) == 0;
}

static void
stepped(struct sim_driver *driver, unsigned proc, struct sim_foot foot,
    uint64_t enabled)
{
	struct search *x = (struct search *)(void *)driver;
	struct node *n;

	x->foot = foot;
	if (x->loose || x->current < 0)
		return;
	n = &x->nodes[x->current];
	if (!n->seen) {
		n->seen = true;
		n->feet[proc] = foot;
		n->sleepable |= SIM_BIT(proc);
	} else {
		if (((foot.reads & ~n->feet[proc].reads)
			| (foot.writes & ~n->feet[proc].writes)) != 0
		    && (unsigned)x->current + 1 < x->fixed)
			forget_feet(x);
		n->feet[proc].reads |= foot.reads;
		n->feet[proc].writes |= foot.writes;
	}
	if (!x->all && !keeps_bound(n, proc, enabled))
		n->sleepable &= ~SIM_BIT(proc);
	if (x->all && x->reduce)
		note_step(x, proc, foot, enabled);
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
		forget_feet(x);
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
