/* SPDX-License-Identifier: MIT */
/*
 * Which executions a depth-first search need not run.
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
#include "search.h"

/*
 * With a bound, a process may sleep only if the chosen one costs at least as
 * many preemptions.  A process that is not a thread costs none.
 */
static bool
may_sleep_over(const struct search *x, const struct node *n, unsigned proc)
{
	return x->all || !costs(n, proc) || costs(n, n->chosen);
}

void
reduction_inherit(
    const struct search *x, struct node *n, const struct node *prev)
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

void
reduction_forget(struct search *x)
{
	unsigned i;

	for (i = 0; i < x->used; i++) {
		x->nodes[i].sleep = 0;
		x->nodes[i].sleepable = 0;
	}
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

void
reduction_note(struct search *x, unsigned proc, struct sim_foot foot,
    uint64_t enabled)
{
	struct node *n = &x->nodes[x->current];

	if (!n->seen) {
		n->seen = true;
		n->feet[proc] = foot;
		n->sleepable |= SIM_BIT(proc);
	} else {
		if (((foot.reads & ~n->feet[proc].reads)
			| (foot.writes & ~n->feet[proc].writes)) != 0
		    && (unsigned)x->current + 1 < x->fixed)
			reduction_forget(x);
		n->feet[proc].reads |= foot.reads;
		n->feet[proc].writes |= foot.writes;
	}
	if (!x->all && !keeps_bound(n, proc, enabled))
		n->sleepable &= ~SIM_BIT(proc);
	if (x->all && x->reduce)
		note_step(x, proc, foot, enabled);
}
