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
 * For weak memory, the latest stores, in the order in which they count
 * (modification order).  With weak memory a load may read an older one, unless a
 * newer one happens before the load, or this thread has seen a newer one
 * already, or one that happens before it has (coherence).  By the same rule a
 * store may count as older than some that were made before it.  A
 * read-modify-write reads the latest and comes right after it, as does the sleep
 * on a word; one that fails is a load.  That is x86's store buffer and C11's
 * release and acquire, but for loads that read stores of the future, and for a
 * history that is STORES long.  Fences know what fences before them knew, which
 * is no happening before; a consistent load knows it too, for itself, and the
 * consistent stores to its location.  A fence after a consistent store knows
 * what its thread stored before, which is more than C11 promises.  (The scheme
 * is loom's.)  The memory itself always has the latest store.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <libsync/explore.h>

#include "machine/machine.h"
#include "machine/memory.h"

#define m sim_machine

#define STORES  4
#define TABLE   4096 /* locations, a power of two; half of it is used */
#define BITS    64
#define FREED   32

struct store {
	uint64_t value;
	bool modifies; /* it comes right after the one that it has read */
	struct sim_clock sync; /* what an acquire of it learns */
	struct sim_clock seen; /* by each thread, first; 0: never */
};

struct location {
	uintptr_t address; /* 0: none */
	uint64_t bit;      /* in a foot */

	uint32_t execution; /* what follows is of it */
	uint32_t number;    /* 0: none; see sim_object */
	bool fresh;         /* what is below is to be cleared */
	bool marked;        /* accessed other than atomically */
	uint32_t nstores;   /* ever; the latest is (nstores - 1) % STORES */
	uint32_t consistent; /* nstores, after the last consistent one */
	struct sim_clock atomic_reads, atomic_writes, reads, writes;
	struct sim_clock handed; /* by memory_release */
	const void *sites[SIM_THREADS]; /* of each thread's last access */
	struct store stores[STORES];
};

static struct location *table;
static unsigned used;
static uint32_t numbers; /* given out in this execution */
static uint32_t names; /* how often bits were given out anew */
static uint32_t execution;
/* What fences have made known; the moments of consistent stores. */
static struct sim_clock fences, stored;

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
	numbers = 0;
	memset(&fences, 0, sizeof(fences));
	memset(&stored, 0, sizeof(stored));
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

struct location *
memory_location(const void *p)
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
		l->fresh = true;
	}
	if (l->fresh) {
		l->fresh = false;
		l->number = 0; /* as it would be at another address */
		l->marked = false;
		l->nstores = 0;
		l->consistent = 0;
		memset(&l->atomic_reads, 0, offsetof(struct location, stores)
		    - offsetof(struct location, atomic_reads));
	}
	return l;
}

uint32_t
sim_object(const void *object)
{
	struct location *l;

	if (object == NULL)
		return 0;
	l = memory_location(object);
	if (l->number == 0)
		l->number = ++numbers;
	return l->number;
}

uint64_t
memory_bit(const void *address)
{
	struct location *l = slot_of((uintptr_t)address);

	return l->address != 0 ? l->bit : memory_location(address)->bit;
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
				table[i].fresh = true;
		return;
	}
	for (i = from; i < from + size; i++) {
		struct location *l = slot_of(i);

		if (l->address != 0)
			l->fresh = true;
	}
}

uint64_t
memory_peek(const void *p, unsigned size)
{
	switch (size) {
	case 1:
		return __atomic_load_n((const uint8_t *)p, __ATOMIC_RELAXED);
	case 2:
		return __atomic_load_n((const uint16_t *)p, __ATOMIC_RELAXED);
	case 4:
		return __atomic_load_n((const uint32_t *)p, __ATOMIC_RELAXED);
	default:
		return __atomic_load_n((const uint64_t *)p, __ATOMIC_RELAXED);
	}
}

void
memory_poke(void *p, unsigned size, uint64_t v)
{
	switch (size) {
	case 1:
		__atomic_store_n((uint8_t *)p, (uint8_t)v, __ATOMIC_RELAXED);
		break;
	case 2:
		__atomic_store_n((uint16_t *)p, (uint16_t)v, __ATOMIC_RELAXED);
		break;
	case 4:
		__atomic_store_n((uint32_t *)p, (uint32_t)v, __ATOMIC_RELAXED);
		break;
	default:
		__atomic_store_n((uint64_t *)p, v, __ATOMIC_RELAXED);
	}
}

/* A thread with an access among these that does not happen before now; -1. */
static int
unordered(const struct sim_clock *accesses, const struct sim_clock *now)
{
	int i;

	for (i = 0; i < (int)m.nthreads; i++)
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
void
memory_race(struct location *l, bool write, bool atomic, const void *site)
{
	uint32_t moment = sim_me()->clock.of[m.current];
	int other = -1;

	if (!atomic)
		l->marked = true;
	if (l->marked)
		other = racing(l, write, atomic);
	if (other >= 0)
		sim_fail_at(SIM_RACE, l->sites[other],
		    "the last %s of thread %u races with what thread %d did at ",
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
struct location *
memory_atomic(const void *p, unsigned size)
{
	struct location *l = memory_location(p);
	uint64_t v = memory_peek(p, size);
	struct store *s;

	if (l->nstores > 0 && latest(l)->value == v)
		return l;
	l->nstores = 1;
	l->consistent = 0;
	s = latest(l);
	memset(s, 0, sizeof(*s));
	s->value = v;
	return l;
}

/*
 * Whether a store has come to a thread before the running one's present: then
 * those before it cannot be read any more.
 */
static bool
is_known(const struct store *s, bool consistent)
{
	const struct sim_thread *t = sim_me();
	unsigned i;

	for (i = 0; i < m.nthreads; i++) {
		uint32_t first = s->seen.of[i];

		if (first != 0
		    && (first <= t->clock.of[i] || first <= t->view.of[i]
			|| (consistent && first <= fences.of[i])))
			return true;
	}
	return false;
}

/* How many of the latest stores this thread may read, at least one. */
static unsigned
readable(const struct location *l, bool consistent)
{
	uint32_t most = l->nstores < STORES ? l->nstores : STORES;
	unsigned n = 1;

	if (consistent && most > l->nstores - l->consistent + 1)
		most = l->nstores - l->consistent + 1;
	while (n < most
	    && !is_known(&l->stores[(l->nstores - n) % STORES], consistent))
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

/* One of n, of which the first is the usual. */
static unsigned
choose(unsigned n)
{
	unsigned i = 0;

	if (n > 1 && m.stale < m.limits.stale)
		i = sim_choose(SIM_STALE, n);
	else if (n > 1)
		m.limited |= SYNC_EXPLORE_STALE;
	m.stale += i > 0;
	return i;
}

/* That many before the latest. */
static struct store *
before_latest(struct location *l, unsigned back)
{
	return &l->stores[(l->nstores - 1 - back) % STORES];
}

static uint64_t
read_store(struct store *s, int order)
{
	see(s);
	learn(s, order);
	return s->value;
}

uint64_t
memory_read(struct location *l, int order, bool weak)
{
	unsigned n = weak ? readable(l, order == __ATOMIC_SEQ_CST) : 1;

	return read_store(before_latest(l, choose(n)), order);
}

uint64_t
memory_fail(struct location *l, uint64_t expected, int order, bool weak)
{
	unsigned n = weak ? readable(l, order == __ATOMIC_SEQ_CST) : 1;
	unsigned back, can = 0, which[STORES] = { 0 };

	for (back = 0; back < n; back++)
		if (back == 0 || before_latest(l, back)->value != expected)
			which[can++] = back;
	back = which[choose(can)];
	if (back == 0 && memory_latest(l) == expected)
		return expected; /* it does not fail */
	return read_store(before_latest(l, back), order);
}

void
memory_look(struct location *l, int order)
{
	(void)read_store(latest(l), order);
}

/* What this thread does from now on, in this step too, was not handed on. */
static void
handed_on(void)
{
	sim_me()->clock.of[m.current]++;
}

/* Among how many places a store may take its own: 1, the end alone. */
static unsigned
places(const struct location *l, bool consistent)
{
	uint32_t most = l->nstores < STORES ? l->nstores : STORES;
	unsigned n = 1;

	if (consistent && most > l->nstores - l->consistent + 1)
		most = l->nstores - l->consistent + 1;
	for (; n < most; n++) {
		const struct store *s = &l->stores[(l->nstores - n) % STORES];

		if (s->modifies || is_known(s, consistent))
			break;
	}
	return n;
}

/* The new store, with so many after it. */
static struct store *
make_place(struct location *l, unsigned after)
{
	unsigned i;

	l->nstores++;
	for (i = 0; i < after; i++)
		*before_latest(l, i) = *before_latest(l, i + 1);
	if (l->consistent > l->nstores - 1 - after)
		l->consistent++;
	return before_latest(l, after);
}

void
memory_write(struct location *l, uint64_t v, int order, enum memory_how how)
{
	const struct sim_thread *t = sim_me();
	struct store s = { .value = v, .modifies = how == MEMORY_MODIFIES,
		.sync = t->fenced };
	bool consistent = order == __ATOMIC_SEQ_CST;
	struct store *at;
	unsigned after = 0;

	if (how == MEMORY_MODIFIES)
		clock_join(&s.sync, &latest(l)->sync);
	if (releases(order))
		clock_join(&s.sync, &t->clock);
	if (how == MEMORY_WEAK)
		after = choose(places(l, consistent));
	at = make_place(l, after);
	*at = s;
	see(at);
	if (consistent) {
		if (l->consistent < l->nstores - after)
			l->consistent = l->nstores - after;
		if (stored.of[m.current] < t->clock.of[m.current])
			stored.of[m.current] = t->clock.of[m.current];
	}
	if (releases(order))
		handed_on();
}

/* In the one order of all fences: what those before knew. */
static void
fence_consistently(struct sim_thread *t)
{
	clock_join(&t->view, &t->clock);
	clock_join(&t->view, &fences);
	clock_join(&t->view, &stored);
	fences = t->view;
	sim_touch(&fences, true);
}

void
memory_fence(int order)
{
	struct sim_thread *t = sim_me();

	if (acquires(order))
		clock_join(&t->clock, &t->pending);
	if (releases(order))
		t->fenced = t->clock;
	if (order == __ATOMIC_SEQ_CST)
		fence_consistently(t);
	if (releases(order))
		handed_on();
}

void
memory_consistent(void)
{
	sim_touch(&fences, false);
}

void
memory_release(const void *address)
{
	clock_join(&memory_location(address)->handed, &sim_me()->clock);
	handed_on();
}

void
memory_acquire(const void *address)
{
	clock_join(&sim_me()->clock, &memory_location(address)->handed);
}

uint64_t
memory_latest(struct location *l)
{
	return latest(l)->value;
}

uint64_t
memory_location_bit(const struct location *l)
{
	return l->bit;
}
