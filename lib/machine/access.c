/* SPDX-License-Identifier: MIT */
/*
 * Atomic and marked accesses as steps of the machine.
 *
 * sim_load and the like are the library's own accesses (raw.h): they are steps
 * with the grain of atomics only.  sim_program_load and the like, and
 * sim_access, are accesses to variables of the program: they are always steps.
 */
#include "config.h"

#include <string.h>

#include "machine/machine.h"
#include "machine/memory.h"
#include "machine/quiet.h"
#include "raw.h"

#define m sim_machine

/* An atomic access. */
struct access {
	void *p;
	unsigned size;
	int order;
	int failure; /* the order of a compare-and-swap that fails */
	bool step;   /* the program's own: a step with either grain */
	const void *site;
};

/* Add the location to the footprint of the step. */
static void
foot(const struct location *l, bool writes)
{
	if (writes)
		m.foot.writes |= memory_location_bit(l);
	else
		m.foot.reads |= memory_location_bit(l);
}

/*
 * Start an access; returns its location.  Between begin() and end(),
 * ThreadSanitizer sees only the announcements.
 */
static struct location *
begin(const struct access *a, enum sim_kind kind, bool writes)
{
	struct location *l;

	quiet_begin();
	if (a->step)
		sim_look(a->site, a->p);
	if (a->step || m.limits.atomics)
		sim_point(kind, a->p, a->site);
	memory_check(a->p);
	if (a->step && releases(a->order))
		announce_release(a->p);
	if (a->order == __ATOMIC_SEQ_CST)
		memory_consistent();
	l = memory_atomic(a->p, a->size);
	memory_race(l, writes, true, a->site);
	foot(l, writes);
	return l;
}

/* Finish an access that has read or written v. */
static void
end(const struct access *a, enum sim_kind kind, uint64_t v)
{
	struct sim_op op = { (uint8_t)kind, false, 0, a->p, a->site };

	if (a->step && acquires(a->order))
		announce_acquire(a->p);

	op.stale = kind != SIM_MODIFY && v != memory_peek(a->p, a->size);
	if (sim_tracer != NULL && (a->step || m.limits.atomics))
		sim_trace(m.current, &op, (uint32_t)v);
	if (a->step && kind != SIM_LOAD)
		sim_progress(true);
	quiet_end();
}

/* Whether a load may read a stale value.  Library accesses: only as steps. */
static bool
is_weak(const struct access *a)
{
	return m.limits.weak && (a->step || m.limits.atomics);
}

static uint64_t
load(const struct access *a)
{
	struct location *l = begin(a, SIM_LOAD, false);
	uint64_t v = memory_read(l, a->order, is_weak(a));

	end(a, SIM_LOAD, v);
	return v;
}

static uint64_t
truncated(uint64_t v, unsigned size)
{
	return size == 8 ? v : v & ((UINT64_C(1) << 8 * size) - 1);
}

static void
store(const struct access *a, uint64_t v)
{
	struct location *l = begin(a, SIM_STORE, true);

	v = truncated(v, a->size);
	memory_write(
	    l, v, a->order, is_weak(a) ? MEMORY_WEAK : MEMORY_STRONG);
	sim_changed(a->p, memory_peek(a->p, a->size), memory_latest(l));
	memory_poke(a->p, a->size, memory_latest(l));
	end(a, SIM_STORE, v);
}

/* The read and the write of a read-modify-write. */
static void
exchange(const struct access *a, struct location *l, uint64_t v)
{
	memory_look(l, a->order);
	memory_write(l, v, a->order, MEMORY_MODIFIES);
	sim_changed(a->p, memory_peek(a->p, a->size), v);
	memory_poke(a->p, a->size, v);
}

static uint64_t
changed(uint64_t old, enum raw_change change, uint64_t v, unsigned size)
{
	if (change == RAW_ADD)
		v += old;
	else if (change == RAW_OR)
		v |= old;
	else if (change == RAW_AND)
		v &= old;
	return truncated(v, size);
}

static uint64_t
modify(const struct access *a, enum raw_change change, uint64_t v)
{
	struct location *l = begin(a, SIM_MODIFY, true);
	uint64_t old = memory_latest(l);
	uint64_t now = changed(old, change, v, a->size);

	exchange(a, l, now);
	end(a, SIM_MODIFY, now);
	return old;
}

static bool
cas(const struct access *a, uint64_t *expected, uint64_t v)
{
	struct location *l = begin(a, SIM_MODIFY, false);
	uint64_t old = memory_fail(l, *expected, a->failure, is_weak(a));
	bool equal = old == *expected;

	if (equal) {
		v = truncated(v, a->size);
		memory_race(l, true, true, a->site);
		foot(l, true);
		exchange(a, l, v);
	} else {
		*expected = old;
	}
	end(a, SIM_MODIFY, equal ? v : old);
	return equal;
}

#define ACCESS(p, size, order, step)                                           \
	{ (void *)(uintptr_t)(p), size, order, __ATOMIC_RELAXED, step,         \
		__builtin_return_address(0) }

uint64_t
sim_load(const void *p, unsigned size, int order)
{
	struct access a = ACCESS(p, size, order, false);

	return sim_on ? load(&a) : memory_peek(p, size);
}

void
sim_store(void *p, unsigned size, uint64_t v, int order)
{
	struct access a = ACCESS(p, size, order, false);

	if (sim_on)
		store(&a, v);
	else
		memory_poke(p, size, v);
}

/* Outside of an exploration: no other thread can come between. */
static uint64_t
modify_alone(void *p, unsigned size, enum raw_change change, uint64_t v)
{
	uint64_t old = memory_peek(p, size);

	memory_poke(p, size, changed(old, change, v, size));
	return old;
}

uint64_t
sim_modify(void *p, unsigned size, enum raw_change change, uint64_t v,
    int order)
{
	struct access a = ACCESS(p, size, order, false);

	return sim_on ? modify(&a, change, v)
		      : modify_alone(p, size, change, v);
}

static bool
cas_at(const struct access *a, void *expected, uint64_t v)
{
	uint64_t e = memory_peek(expected, a->size);
	bool equal;

	if (sim_on) {
		equal = cas(a, &e, v);
	} else {
		uint64_t old = memory_peek(a->p, a->size);

		equal = old == e;
		e = old;
		if (equal)
			memory_poke(a->p, a->size, v);
	}
	if (!equal)
		memory_poke(expected, a->size, e);
	return equal;
}

bool
sim_cas(void *p, unsigned size, void *expected, uint64_t v, int order)
{
	struct access a = ACCESS(p, size, order, false);

	return cas_at(&a, expected, v);
}

uint64_t
sim_program_load(const void *p, unsigned size, int order, const void *site)
{
	struct access a = ACCESS(p, size, order, true);

	if (!sim_on)
		sim_outside("SYNC_ATOMIC_*");
	a.site = site;
	return sim_on ? load(&a) : memory_peek(p, size);
}

void
sim_program_store(
    void *p, unsigned size, uint64_t v, int order, const void *site)
{
	struct access a = ACCESS(p, size, order, true);

	if (!sim_on)
		sim_outside("SYNC_ATOMIC_*");
	a.site = site;
	if (sim_on)
		store(&a, v);
	else
		memory_poke(p, size, v);
}

uint64_t
sim_program_modify(void *p, unsigned size, unsigned change, uint64_t v,
    int order, const void *site)
{
	struct access a = ACCESS(p, size, order, true);

	if (!sim_on)
		sim_outside("SYNC_ATOMIC_*");
	a.site = site;
	return sim_on ? modify(&a, (enum raw_change)change, v)
		      : modify_alone(p, size, (enum raw_change)change, v);
}

bool
sim_program_cas(void *p, unsigned size, void *expected, uint64_t v, int order,
    int failure, const void *site)
{
	struct access a = ACCESS(p, size, order, true);

	a.failure = failure;

	if (!sim_on)
		sim_outside("SYNC_ATOMIC_*");
	a.site = site;
	return cas_at(&a, expected, v);
}

void
sim_program_fence(int order, const void *site)
{
	struct sim_op op = { SIM_FENCE, false, 0, NULL, site };

	if (!sim_on) {
		sim_outside("SYNC_ATOMIC_FENCE");
		return;
	}
	quiet_begin();
	sim_point(SIM_FENCE, NULL, site);
	sim_trace(m.current, &op, 0);
	memory_fence(order);
	quiet_end();
}

void
sim_access(const void *p, bool writes, const void *site)
{
	struct location *l;
	struct sim_op op = { writes ? SIM_WRITE : SIM_READ, false, 0, p, site };

	if (!sim_on) {
		sim_outside(writes ? "SYNC_WRITE" : "SYNC_READ");
		return;
	}
	quiet_begin();
	sim_look(site, p);
	sim_point((enum sim_kind)op.kind, p, site);
	memory_check(p);
	sim_trace(m.current, &op, 0);
	l = memory_location(p);
	memory_race(l, writes, false, site);
	foot(l, writes);
	if (writes)
		sim_progress(false);
	quiet_end();
}

void
memory_plain(const void *p, bool writes, const void *site)
{
	if (!sim_on)
		return;
	memory_check(p);
	memory_race(memory_location(p), writes, false, site);
}
