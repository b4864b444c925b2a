/* SPDX-License-Identifier: MIT */
/*
 * Gates: the conditions that calls wait for.
 *
 * A call that waits without a deadline has a gate: for example that a mutex is
 * free, that a semaphore has a unit, or that a thread has ended.  While the
 * gate is shut, the step of the call would only fall asleep, and the other
 * threads behave the same with and without that step.  A thread before such a
 * step is idle.  The search of all schedules runs the step in three cases
 * only:
 *
 *	- the gate has opened, so the step can succeed;
 *	- nothing else can run;
 *	- another thread checks whether a thread waits in the object.
 *
 * For partial-order reduction, a footprint records which gates had to be open
 * for the step, and which gates the step opened and closed.  A step could have
 * come before the step that last closed its gate.  It could not have come
 * before the step that opened its gate, if no other step could have opened the
 * gate instead.  That is so if all steps that open or close the gate conflict
 * (`alone').  It is not so for the gate of a full queue: a get and a close
 * both open that gate, and they do not conflict.
 *
 * Each gate has a bit, which is assigned again in each execution.  If no bit
 * is left, the gate is ignored, and no thread is idle because of it.  Gates of
 * locks are computed here, from the holders; gates of other objects from their
 * state, see explore/waits.c.  With the grain of atomics the ends of threads
 * are the only gates, because a call of the library is many steps.
 */
#include "config.h"

#include <string.h>

#include "machine/machine.h"

#define m sim_machine

#define BITS  64
#define TABLE 256 /* a power of two */

static struct gate {
	const void *object;
	unsigned which;
	uint64_t bit; /* 0: the entry is not used */
} gates[TABLE];
static unsigned ngates;

void
gates_reset(void)
{
	if (ngates > 0)
		memset(gates, 0, sizeof(gates));
	ngates = 0;
}

/* The bit of a gate of the object; 0 if no bit is left. */
static uint64_t
gate(const void *object, unsigned which)
{
	uint64_t h = ((uintptr_t)object + which) * UINT64_C(0x9e3779b97f4a7c15);
	struct gate *g = &gates[h >> 40 & (TABLE - 1)];

	while (g->bit != 0 && (g->object != object || g->which != which))
		g = g == &gates[TABLE - 1] ? gates : g + 1;
	if (g->bit == 0 && ngates < BITS)
		*g = (struct gate) { object, which,
			UINT64_C(1) << ngates++ };
	return g->bit;
}

static bool
holds(const struct sim_thread *t, const void *lock)
{
	unsigned i;

	for (i = 0; i < t->nholds; i++)
		if (t->holds[i].lock == lock)
			return true;
	return false;
}

/* Whether a thread other than `but' holds the lock; -1: any thread. */
static bool
held(const void *lock, int but)
{
	unsigned t;

	for (t = 0; t < m.nthreads; t++)
		if ((int)t != but && m.threads[t].state != SIM_DONE
		    && holds(&m.threads[t], lock))
			return true;
	return false;
}

/* The shut gates of a lock, a bit each: gate 0, if a thread holds it. */
static unsigned
shut_by_holders(const void *lock)
{
	return !m.limits.atomics && held(lock, -1) ? 1 : 0;
}

/*
 * Record in the footprint which gates of the object the step has opened and
 * closed.  before, after: the shut ones.  alone: see struct sim_foot.
 */
static void
note(const void *object, unsigned before, unsigned after, bool alone)
{
	unsigned i;

	for (i = 0; before != after && i < SIM_GATES; i++) {
		if (before & ~after & 1u << i)
			m.foot.opens |= gate(object, i);
		if (alone && (before & ~after & 1u << i))
			m.foot.alone |= gate(object, i);
		if (after & ~before & 1u << i)
			m.foot.closes |= gate(object, i);
	}
}

void
sim_held(const void *lock, unsigned how)
{
	struct sim_thread *t = sim_me();
	unsigned before;

	if (!sim_on || t->nholds == SIM_HOLDS)
		return;
	before = shut_by_holders(lock);
	t->holds[t->nholds++] = (struct sim_hold) { lock, how };
	sim_changed(lock, 0, m.current + 1);
	note(lock, before, shut_by_holders(lock), true);
	if (t->wants == lock)
		t->wants = NULL;
}

void
sim_unheld(const void *lock)
{
	struct sim_thread *t = sim_me();
	unsigned i, before;

	for (i = 0; sim_on && i < t->nholds; i++) {
		if (t->holds[i].lock != lock)
			continue;
		before = shut_by_holders(lock);
		t->holds[i] = t->holds[--t->nholds];
		sim_changed(lock, 0, m.current + 1);
		note(lock, before, shut_by_holders(lock), true);
		t->wants = lock;
		return;
	}
}

void
gates_ended(const struct sim_thread *t)
{
	m.foot.opens |= gate(t, 0) | gate(t->arg, 0);
	m.foot.alone |= gate(t, 0) | gate(t->arg, 0);
}

/* Whether the thread of that struct sync_thread still runs, and is not us. */
static bool
runs(const void *thread, unsigned us)
{
	unsigned t;

	for (t = 0; t < m.nthreads; t++)
		if (m.threads[t].arg == thread && m.threads[t].state != SIM_DONE)
			return t != us;
	return false;
}

/* The gates of the call's object that are shut now, a bit each. */
static unsigned
shut(unsigned call, const void *object)
{
	unsigned set;

	if (!sim_waits_of(call)->state || calls_destroyed(object))
		return 0;
	sim_on = false; /* reading the state is not a step */
	set = sim_shut(call, object);
	sim_on = true;
	return set;
}

/* Whether the thread would sleep if it made this call now. */
static bool
would_wait(unsigned thread, unsigned call, const void *object)
{
	const struct sim_waits *w = sim_waits_of(call);

	switch (object != NULL ? w->what : SIM_NO_WAIT) {
	case SIM_LOCK:
		return held(object, (int)thread);
	case SIM_KERNEL_LOCK:
		return !kmutex_inherits(object)
		    && held(object, (int)thread);
	case SIM_STATE:
		return (shut(call, object) & 1u << w->gate) != 0;
	case SIM_ITS_END:
		return runs(object, thread);
	default:
		return false;
	}
}

/* The gates that must be open for a thread's next step. */
static uint64_t
needs(const struct sim_thread *t)
{
	const struct sim_waits *w;

	switch (t->op.kind) {
	case SIM_CALL:
		w = sim_waits_of(t->op.call);
		if (w->what == SIM_NO_WAIT || t->op.address == NULL)
			return 0;
		if (w->what == SIM_KERNEL_LOCK
		    && kmutex_inherits(t->op.address))
			return 0;
		return gate(t->op.address, w->gate);
	case SIM_RESUME:
		return t->result == 0 && t->wants != NULL && !m.limits.atomics
		    ? gate(t->wants, 0) : 0;
	case SIM_JOIN:
		return t->deadline == SYNC_NEVER
		    ? gate(&m.threads[t->joins], 0) : 0;
	default:
		return 0;
	}
}

static bool
idle(unsigned thread)
{
	const struct sim_thread *t = &m.threads[thread];

	if (needs(t) == 0 || posix_is_pending(thread))
		return false;
	switch (t->op.kind) {
	case SIM_CALL:
		return would_wait(thread, t->op.call, t->op.address);
	case SIM_RESUME:
		return held(t->wants, (int)thread);
	case SIM_JOIN:
		return m.threads[t->joins].state != SIM_DONE;
	default:
		return false;
	}
}

uint64_t
sim_gate(unsigned thread)
{
	return needs(&m.threads[thread]);
}

uint64_t
sim_idle(void)
{
	uint64_t set, found = 0;

	for (set = m.ready; set != 0; set &= set - 1)
		if (idle((unsigned)__builtin_ctzll(set)))
			found |= set & -set;
	return found;
}

void
gates_begin(void)
{
	struct sim_thread *t = sim_me();
	struct sim_watch *w = &t->watch;

	t->needs = needs(t);
	w->object = NULL;
	if (m.limits.atomics || t->depth == 0 || t->depth > SIM_CALLS)
		return;
	w->call = t->calls[t->depth - 1].call;
	w->object = t->calls[t->depth - 1].object;
	if (w->object != NULL)
		w->shut = shut(w->call, w->object);
}

/* The step has fallen asleep, so it needed no gate to be open. */
void
gates_slept(void)
{
	sim_me()->needs = 0;
}

void
gates_end(void)
{
	struct sim_thread *t = sim_me();
	struct sim_watch *w = &t->watch;

	m.foot.needs |= t->needs;
	t->needs = 0;
	if (w->object != NULL)
		note(w->object, w->shut, shut(w->call, w->object),
		    sim_waits_of(w->call)->ordered);
	w->object = NULL;
}
