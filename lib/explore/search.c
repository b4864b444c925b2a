/* SPDX-License-Identifier: MIT */
/*
 * Search depth first.
 *
 * The path is the list of choices of the current execution.  To go on, the last
 * choice that has an alternative left takes it, and the test is run again: the
 * choices before it are made again, those after it anew.  So memory is needed
 * for one execution only.
 *
 * Bounded: all alternatives are taken that cost no more preemptions than the
 * bound allows; to let another thread run while the last one could is one
 * preemption (iterative context bounding: Musuvathi and Qadeer, 2007).
 *
 * All: alternatives are added when a reason is seen, by dynamic partial-order
 * reduction (Flanagan and Godefroid, 2005): if a step conflicts with an earlier
 * one that does not happen before it, then the process that made the later one
 * is to be tried in place of the earlier.  A process that a step takes the
 * chance from (a deadline that cannot pass any more) is tried there too.
 *
 * A thread that is idle (its step would do nothing but fall asleep: see
 * machine/gates.c) does not take that step until it is another, as what the
 * others do is the same with it as without.  There are three exceptions.  If
 * nothing else can go on, it does, and so a deadlock is one.  If a thread looks
 * whether somebody waits in the object, both are tried.  And a step that makes a
 * thread idle takes the chance from it, as above.
 *
 * In both, sleep sets (Godefroid, 1996): when all executions that begin with
 * step a have been run, those that begin with others need not run a until a
 * step has come that conflicts with it; the rest differ from what was run in
 * the order of steps that commute.  An execution in which all that could run
 * sleep in that sense is run to its end, for the test to clean up, but takes
 * no alternatives and is not counted.
 *
 * With a bound, that must not lead to an execution that the bound excludes.
 * If a is the next step of the thread c that ran last, the execution with a
 * moved to the front has no more preemptions than the one left out: what
 * follows was a preemption of c in either.  Likewise if a is the last of its
 * thread for now.  Otherwise the thread of a would be preempted after it.  So
 * only those two kinds are put to sleep with a bound.
 */
#include <stdlib.h>
#include <string.h>

#include "explorer.h"
#include "happens_before.h"

struct node {
	uint8_t data; /* not 0: a number below n; else a process */
	uint8_t n;
	uint8_t chosen;
	uint8_t last; /* thread that ran last */
	bool goes_on; /* as in struct sim_state */
	uint16_t call;  /* of the chosen */
	uint32_t code;
	uint32_t preemptions; /* before it */
	/* processes */
	uint64_t enabled;
	uint64_t idle; /* of those; only for the reduction of all */
	uint64_t todo; /* to be tried, also if done or asleep */
	uint64_t done;
	uint64_t sleep;     /* of those enabled */
	uint64_t sleepable; /* of those done */
	bool seen;          /* the foot of the chosen is known */
	/* of chosen, done and asleep; and what each was about to touch, as the
	   feet mean nothing if that has moved since */
	struct sim_foot feet[SIM_PROCS];
	const void *objects[SIM_PROCS];
};

struct search {
	struct sim_driver driver;
	bool all, reduce;
	uint32_t bound;

	struct node *nodes;
	unsigned used, room; /* of nodes */
	unsigned fixed;      /* nodes whose choice stands */
	unsigned depth;      /* nodes passed in this execution */
	int current;         /* the node of the step being made; -1 */
	struct sim_foot foot; /* of the step before */
	bool begun, loose, lost;
	bool moved; /* the program does not use the same memory each time: no
		       sleep sets from then on */
	uint32_t names;

	struct order order; /* for the reduction of all */
};

/* A new node at the end of the path; null without memory. */
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

static bool
costs(const struct node *n, unsigned proc)
{
	return proc < SIM_THREADS && proc != n->last && n->goes_on;
}

static uint64_t
affordable(const struct search *x, const struct node *n)
{
	if (x->all || n->preemptions < x->bound || !n->goes_on)
		return n->enabled;
	return n->enabled & (~SIM_ALL_THREADS | SIM_BIT(n->last));
}

/*
 * With a bound: what is chosen must cost what the sleeper would have cost.  A
 * process that is no thread costs nothing.
 */
static bool
may_sleep_over(const struct search *x, const struct node *n, unsigned proc)
{
	return x->all || !costs(n, proc) || costs(n, n->chosen);
}

/* The new node's sleep set, from the node before and its step. */
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
 * Those of which the first is to be chosen.  Who is idle comes after deadlines,
 * and before wakeups for no reason, which must not hide a deadlock.
 */
static uint64_t
first_of(const struct node *n)
{
	uint64_t busy = n->enabled & ~n->idle & (SIM_BIT(SIM_SPURIOUS(0)) - 1);

	return busy != 0 ? busy : n->idle;
}

/* Whether the new node has something to choose; its choice. */
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

/* The feet that are known from other executions mean nothing any more. */
static void
forget_feet(struct search *x)
{
	unsigned i;

	for (i = 0; i < x->used; i++) {
		x->nodes[i].sleep = 0;
		x->nodes[i].sleepable = 0;
	}
}

static void
changed(uint32_t step, uint32_t expected, uint32_t found)
{
	char was[80], is[80];

	if (expected == found)
		sim_fail(SIM_CHANGED, "the test does not do the same each"
		    " time: at step %u other threads can go on than before",
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

/* Those that are idle and whose wait the step, on the same object, looks for. */
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
 * Try what the races ask for.  One that was idle at a gate could not have come
 * before: then the race that counts is that with the step that closed the gate.
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
 * For the reduction of all: note the step, and try what its races ask for.  Who
 * is idle now races already: it may be that it never goes on.
 */
static void
note_step(struct search *x, unsigned proc, struct sim_foot foot,
    uint64_t enabled)
{
	struct node *n = &x->nodes[x->current];
	uint64_t idle = sim_idle(), set;

	/* From what the step took the chance from, it cannot be seen later. */
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
 * Whether the step may be put to sleep with a bound; see above.  A deadline
 * that passes early is counted, so it may not be moved to the front.
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

/* Take the last alternative that is left; false if there is none. */
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
			n->code = 0; /* learned when it is picked */
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
