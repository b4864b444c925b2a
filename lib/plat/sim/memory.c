/* SPDX-License-Identifier: MIT */
/*
 * Memory: what each access may see, and what happens before what.
 *
 * A location is an address that was accessed atomically, or that the program
 * has marked.  It remembers two things.
 *
 * For races: the moment of each thread's last access, as vector clocks.  Two
 * accesses, one of them a write, one of them not atomic, are a race if neither
 * happens before the other: by the orders of the atomic accesses alone, as C11
 * has it (a release is read by an acquire; a read-modify-write continues the
 * release before it).  What happened to come first in this execution counts
 * for nothing.
 *
 * For weak memory, the latest stores.  With weak memory a load may read an
 * older one, unless a newer one happens before the load, or this thread has
 * seen a newer one already, or one that happens before it has (coherence).  A
 * read-modify-write reads the latest, as does the sleep on a word.  That is
 * x86's store buffer and C11's release and acquire, but for loads that read
 * stores of the future, and for a history that is STORES long.  Accesses and
 * fences that are sequentially consistent know what those before them in their
 * one order knew, which is no happening before.  (The scheme is loom's.)  The
 * memory itself always has the latest store.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine.h"
#include "quiet.h"
#include "raw.h"

#define m sim_machine

#define STORES  4
#define TABLE   4096 /* locations, a power of two; half of it is used */
#define BITS    64
#define FREED   32

struct store {
	uint64_t value;
	struct sim_clock sync; /* what an acquire of it learns */
	struct sim_clock seen; /* by each thread, first; 0: never */
};

struct location {
	uintptr_t address; /* 0: none */
	uint64_t bit;      /* in a foot */

	uint32_t execution; /* what follows is of it */
	bool marked;        /* accessed other than atomically */
	uint32_t nstores;   /* ever; the latest is (nstores - 1) % STORES */
	struct sim_clock atomic_reads, atomic_writes, reads, writes;
	struct sim_clock handed; /* by memory_release */
	const void *sites[SIM_THREADS]; /* of each thread's last access */
	struct store stores[STORES];
};

static struct location *table;
static unsigned used;
static uint32_t names; /* how often bits were given out anew */
static uint32_t execution;
static struct sim_clock consistent; /* of sequentially consistent accesses */

static struct freed {
	const char *p;
	size_t size;
} freed[FREED];
static unsigned nfreed;

int
memory_begin(void)
{
	table = calloc(TABLE, sizeof(*table));
	used = 0;
	execution = 0;
	return table != NULL ? 0 : ENOMEM;
}

void
memory_end(void)
{
	free(table);
	table = NULL;
}

void
memory_reset(void)
{
	execution++;
	memset(&consistent, 0, sizeof(consistent));
	nfreed = 0;
}

void
memory_tidy(void)
{
	if (used < TABLE / 4)
		return;
	/* The program does not use the same memory each time. */
	memset(table, 0, TABLE * sizeof(*table));
	used = 0;
	names++;
}

uint32_t
sim_names(void)
{
	return names;
}

/* Where it is, or would be. */
static struct location *
slot_of(uintptr_t address)
{
	uint64_t h = (uint64_t)address * UINT64_C(0x9e3779b97f4a7c15);
	size_t i = (size_t)(h >> 40) % TABLE;

	while (table[i].address != 0 && table[i].address != address)
		i = (i + 1) % TABLE;
	return &table[i];
}

static struct location *
location_of(const void *p)
{
	struct location *l = slot_of((uintptr_t)p);

	if (l->address == 0) {
		if (used == TABLE / 2)
			sim_fail(SIM_CRASH, "more than %d different variables"
			    " in one execution", TABLE / 2);
		l->address = (uintptr_t)p;
		l->bit = UINT64_C(1) << used++ % BITS;
	}
	if (l->execution != execution) {
		l->execution = execution;
		l->marked = false;
		l->nstores = 0;
		memset(&l->atomic_reads, 0, offsetof(struct location, stores)
		    - offsetof(struct location, atomic_reads));
	}
	return l;
}

uint64_t
memory_bit(const void *address)
{
	struct location *l = slot_of((uintptr_t)address);

	return l->address != 0 ? l->bit : location_of(address)->bit;
}

void
memory_check(const void *address)
{
	unsigned i;

	for (i = 0; i < nfreed; i++)
		if ((const char *)address >= freed[i].p
		    && (const char *)address < freed[i].p + freed[i].size)
			sim_fail(SIM_GONE, "memory is used after it was freed");
}

void
sim_freed(const void *p, size_t size)
{
	size_t i;

	if (!sim_on)
		return;
	if (nfreed == FREED)
		sim_fail(SIM_CRASH, "more than %d pieces of memory freed",
		    FREED);
	freed[nfreed++] = (struct freed) { p, size };
	/* What was accessed so far might have been accessed after this. */
	for (i = 0; i < size; i++) {
		struct location *l = slot_of((uintptr_t)p + i);

		if (l->address != 0)
			m.foot.writes |= l->bit;
	}
}

void
memory_forget(const void *p, size_t size)
{
	uintptr_t from = (uintptr_t)p, i;

	if (size > TABLE) {
		for (i = 0; i < TABLE; i++)
			if (table[i].address - from < size)
				table[i].execution = 0;
		return;
	}
	for (i = from; i < from + size; i++) {
		struct location *l = slot_of(i);

		if (l->address != 0)
			l->execution = 0;
	}
}

/* The memory itself, in the order asked for, for ThreadSanitizer to see. */
#define AT_SIZE(size, p, type32, type64, op)                                   \
	((size) == 4 ? (uint64_t)op((type32 *)(p)) : (uint64_t)op((type64 *)(p)))

#define acquires(order)                                                        \
	((order) == __ATOMIC_ACQUIRE || (order) == __ATOMIC_CONSUME            \
	    || (order) == __ATOMIC_ACQ_REL || (order) == __ATOMIC_SEQ_CST)
#define releases(order)                                                        \
	((order) == __ATOMIC_RELEASE || (order) == __ATOMIC_ACQ_REL            \
	    || (order) == __ATOMIC_SEQ_CST)

static uint64_t
peek(const void *p, unsigned size, int order)
{
#define ACQUIRE(q) __atomic_load_n(q, __ATOMIC_ACQUIRE)
#define RELAXED(q) __atomic_load_n(q, __ATOMIC_RELAXED)
	if (acquires(order))
		return AT_SIZE(size, p, const uint32_t, const uint64_t, ACQUIRE);
	return AT_SIZE(size, p, const uint32_t, const uint64_t, RELAXED);
#undef ACQUIRE
#undef RELAXED
}

static uint64_t
poke(void *p, unsigned size, uint64_t v, int order)
{
#define AT_ONCE(q) __atomic_exchange_n(q, (__typeof__(*(q)))v, __ATOMIC_ACQ_REL)
#define ACQUIRE(q) __atomic_exchange_n(q, (__typeof__(*(q)))v, __ATOMIC_ACQUIRE)
#define RELEASE(q) __atomic_exchange_n(q, (__typeof__(*(q)))v, __ATOMIC_RELEASE)
#define RELAXED(q) __atomic_exchange_n(q, (__typeof__(*(q)))v, __ATOMIC_RELAXED)
	if (acquires(order) && releases(order))
		return AT_SIZE(size, p, uint32_t, uint64_t, AT_ONCE);
	if (acquires(order))
		return AT_SIZE(size, p, uint32_t, uint64_t, ACQUIRE);
	if (releases(order))
		return AT_SIZE(size, p, uint32_t, uint64_t, RELEASE);
	return AT_SIZE(size, p, uint32_t, uint64_t, RELAXED);
#undef AT_ONCE
#undef ACQUIRE
#undef RELEASE
#undef RELAXED
}

/* A thread with an access among these that does not happen before now; -1. */
static int
unordered(const struct sim_clock *accesses, const struct sim_clock *now)
{
	int i;

	for (i = 0; i < SIM_THREADS; i++)
		if (accesses->of[i] > now->of[i])
			return i;
	return -1;
}

static int
racing(const struct location *l, bool write, bool atomic)
{
	const struct sim_clock *now = &sim_me()->clock;
	int thread = unordered(&l->writes, now);

	if (thread < 0 && write)
		thread = unordered(&l->reads, now);
	if (thread < 0 && !atomic)
		thread = unordered(&l->atomic_writes, now);
	if (thread < 0 && !atomic && write)
		thread = unordered(&l->atomic_reads, now);
	return thread;
}

/* This thread accesses it now. */
static void
check_race(struct location *l, bool write, bool atomic, const void *site)
{
	uint32_t moment = sim_me()->clock.of[m.current];
	int other = -1;

	if (!atomic)
		l->marked = true;
	if (l->marked)
		other = racing(l, write, atomic);
	if (other >= 0)
		sim_fail_at(SIM_RACE, l->sites[other],
		    "the last %s of thread %u races with one of thread %d at ",
		    write ? "write" : "read", m.current, other);
	l->sites[m.current] = site;
	if (atomic && write)
		l->atomic_writes.of[m.current] = moment;
	else if (atomic)
		l->atomic_reads.of[m.current] = moment;
	else if (write)
		l->writes.of[m.current] = moment;
	else
		l->reads.of[m.current] = moment;
}

static struct store *
latest(struct location *l)
{
	return &l->stores[(l->nstores - 1) % STORES];
}

/*
 * The location, with at least one store.  A store that was not atomic, as to
 * make an object anew, shows by the value: then what was before is forgotten.
 */
static struct location *
atomic_location(const void *p, unsigned size)
{
	struct location *l = location_of(p);
	uint64_t v = peek(p, size, __ATOMIC_RELAXED);
	struct store *s;

	if (l->nstores > 0 && latest(l)->value == v)
		return l;
	l->nstores = 1;
	s = latest(l);
	memset(s, 0, sizeof(*s));
	s->value = v;
	return l;
}

/* All that are sequentially consistent are in one order. */
static void
in_consistent_order(void)
{
	struct sim_thread *t = sim_me();

	clock_join(&t->view, &consistent);
	clock_join(&t->view, &t->clock);
	consistent = t->view;
	sim_touch(&consistent, true);
}

/*
 * Whether a store has come to a thread before the running one's present: then
 * those before it cannot be read any more.
 */
static bool
is_known(const struct store *s)
{
	const struct sim_thread *t = sim_me();
	unsigned i;

	for (i = 0; i < m.nthreads; i++) {
		uint32_t first = s->seen.of[i];

		if (first != 0
		    && (first <= t->clock.of[i] || first <= t->view.of[i]))
			return true;
	}
	return false;
}

/* How many of the latest stores this thread may read, at least one. */
static unsigned
readable(const struct location *l)
{
	uint32_t most = l->nstores < STORES ? l->nstores : STORES;
	unsigned n = 1;

	while (n < most && !is_known(&l->stores[(l->nstores - n) % STORES]))
		n++;
	return n;
}

static void
see(struct store *s)
{
	if (s->seen.of[m.current] == 0)
		s->seen.of[m.current] = sim_me()->clock.of[m.current];
}

/* What reading a store hands over: now, or at the next fence. */
static void
learn(const struct store *s, int order)
{
	struct sim_thread *t = sim_me();

	clock_join(acquires(order) ? &t->clock : &t->pending, &s->sync);
}

static uint64_t
read(struct location *l, int order)
{
	unsigned n = m.limits.weak ? readable(l) : 1, back = 0;
	struct store *s;

	if (n > 1 && m.stale < m.limits.stale)
		back = sim_choose(SIM_STALE, n);
	if (back > 0)
		m.stale++;
	s = &l->stores[(l->nstores - 1 - back) % STORES];
	see(s);
	learn(s, order);
	return s->value;
}

static void
write(struct location *l, uint64_t v, int order, bool modifies)
{
	const struct sim_thread *t = sim_me();
	struct store s = { .value = v, .sync = t->fenced };

	if (modifies)
		clock_join(&s.sync, &latest(l)->sync);
	if (releases(order))
		clock_join(&s.sync, &t->clock);
	l->nstores++;
	*latest(l) = s;
	see(latest(l));
}

void
memory_plain(const void *p, bool writes, const void *site)
{
	if (!sim_on)
		return;
	memory_check(p);
	check_race(location_of(p), writes, false, site);
}

void
memory_release(const void *address)
{
	clock_join(&location_of(address)->handed, &sim_me()->clock);
}

void
memory_acquire(const void *address)
{
	clock_join(&sim_me()->clock, &location_of(address)->handed);
}

/* An access that the machine sees; a step, if it is the program's own. */
struct access {
	void *p;
	unsigned size;
	int order;
	bool step;
	const void *site;
};

static struct location *
begin(const struct access *a, enum sim_kind kind, bool writes)
{
	struct location *l;

	quiet_begin();
	if (a->step || m.limits.atomics)
		sim_point(kind, a->p, a->site);
	memory_check(a->p);
	if (a->step && releases(a->order))
		announce_release(a->p);
	if (a->order == __ATOMIC_SEQ_CST)
		in_consistent_order();
	l = atomic_location(a->p, a->size);
	check_race(l, writes, true, a->site);
	if (writes)
		m.foot.writes |= l->bit;
	else
		m.foot.reads |= l->bit;
	return l;
}

static void
end(const struct access *a, enum sim_kind kind, uint64_t v)
{
	struct sim_op op = { (uint8_t)kind, 0, a->p, a->site };

	if (a->step && acquires(a->order))
		announce_acquire(a->p);

	if (sim_tracer != NULL && (a->step || m.limits.atomics))
		sim_trace(m.current, &op, (uint32_t)v);
	if (a->step && kind != SIM_LOAD)
		sim_progress();
	quiet_end();
}

static uint64_t
load(const struct access *a)
{
	struct location *l = begin(a, SIM_LOAD, false);
	uint64_t v = read(l, a->order);

	(void)peek(a->p, a->size, a->order);
	end(a, SIM_LOAD, v);
	return v;
}

static void
store(const struct access *a, uint64_t v)
{
	struct location *l = begin(a, SIM_STORE, true);

	write(l, v, a->order, false);
	(void)poke(a->p, a->size, v, a->order == __ATOMIC_RELAXED
	    ? __ATOMIC_RELAXED : __ATOMIC_RELEASE);
	end(a, SIM_STORE, v);
}

/* The read and the write of a read-modify-write, and what was there. */
static uint64_t
exchange(const struct access *a, struct location *l, uint64_t v)
{
	see(latest(l));
	learn(latest(l), a->order);
	write(l, v, a->order, true);
	return poke(a->p, a->size, v, a->order);
}

static uint64_t
modify(const struct access *a, enum raw_change change, uint64_t v)
{
	struct location *l = begin(a, SIM_MODIFY, true);
	uint64_t old = latest(l)->value, now = v;

	if (change == RAW_ADD)
		now = old + v;
	else if (change == RAW_OR)
		now = old | v;
	else if (change == RAW_AND)
		now = old & v;
	if (a->size == 4)
		now = (uint32_t)now;
	(void)exchange(a, l, now);
	end(a, SIM_MODIFY, now);
	return old;
}

static bool
cas(const struct access *a, uint64_t *expected, uint64_t v)
{
	struct location *l = begin(a, SIM_MODIFY, false);
	uint64_t old = latest(l)->value;
	bool equal = old == *expected;

	if (equal) {
		check_race(l, true, true, a->site);
		m.foot.writes |= l->bit;
		(void)exchange(a, l, v);
	} else {
		see(latest(l));
		learn(latest(l), __ATOMIC_RELAXED);
		*expected = old;
	}
	end(a, SIM_MODIFY, equal ? v : old);
	return equal;
}

#define ACCESS(p, size, order, step)                                           \
	{ (void *)(uintptr_t)(p), size, order, step,                           \
		__builtin_return_address(0) }

uint64_t
sim_load(const void *p, unsigned size, int order)
{
	struct access a = ACCESS(p, size, order, false);

	return sim_on ? load(&a) : peek(p, size, order);
}

void
sim_store(void *p, unsigned size, uint64_t v, int order)
{
	struct access a = ACCESS(p, size, order, false);

	if (sim_on)
		store(&a, v);
	else
		(void)poke(p, size, v, order);
}

/* Outside of an exploration no other thread is there to come between. */
static uint64_t
modify_alone(void *p, unsigned size, enum raw_change change, uint64_t v)
{
	uint64_t old = peek(p, size, __ATOMIC_RELAXED);

	if (change == RAW_ADD)
		v += old;
	else if (change == RAW_OR)
		v |= old;
	else if (change == RAW_AND)
		v &= old;
	return poke(p, size, v, __ATOMIC_SEQ_CST);
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
	uint64_t e = peek(expected, a->size, __ATOMIC_RELAXED);
	bool equal;

	if (sim_on) {
		equal = cas(a, &e, v);
	} else {
		uint64_t old = peek(a->p, a->size, __ATOMIC_RELAXED);

		equal = old == e;
		e = old;
		if (equal)
			(void)poke(a->p, a->size, v, __ATOMIC_SEQ_CST);
	}
	if (!equal)
		memcpy(expected, a->size == 4
		    ? (const void *)&(uint32_t) { (uint32_t)e }
		    : (const void *)&e, a->size);
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

	a.site = site;
	return sim_on ? load(&a) : peek(p, size, order);
}

void
sim_program_store(
    void *p, unsigned size, uint64_t v, int order, const void *site)
{
	struct access a = ACCESS(p, size, order, true);

	a.site = site;
	if (sim_on)
		store(&a, v);
	else
		(void)poke(p, size, v, order);
}

uint64_t
sim_program_modify(void *p, unsigned size, unsigned change, uint64_t v,
    int order, const void *site)
{
	struct access a = ACCESS(p, size, order, true);

	a.site = site;
	return sim_on ? modify(&a, (enum raw_change)change, v)
		      : modify_alone(p, size, (enum raw_change)change, v);
}

bool
sim_program_cas(void *p, unsigned size, void *expected, uint64_t v, int order,
    const void *site)
{
	struct access a = ACCESS(p, size, order, true);

	a.site = site;
	return cas_at(&a, expected, v);
}

/* As an access that acquires and releases, and in the consistent order. */
void
sim_program_fence(const void *site)
{
	struct sim_op op = { SIM_FENCE, 0, NULL, site };
	struct sim_thread *t = sim_me();

	if (!sim_on)
		return;
	quiet_begin();
	sim_point(SIM_FENCE, NULL, site);
	sim_trace(m.current, &op, 0);
	clock_join(&t->clock, &t->pending);
	t->fenced = t->clock;
	in_consistent_order();
	quiet_end();
}

void
sim_access(const void *p, bool writes, const void *site)
{
	struct location *l;
	struct sim_op op = { writes ? SIM_WRITE : SIM_READ, 0, p, site };

	if (!sim_on)
		return;
	quiet_begin();
	sim_point((enum sim_kind)op.kind, p, site);
	memory_check(p);
	sim_trace(m.current, &op, 0);
	l = location_of(p);
	check_race(l, writes, false, site);
	if (writes)
		m.foot.writes |= l->bit;
	else
		m.foot.reads |= l->bit;
	if (writes)
		sim_progress();
	quiet_end();
}
