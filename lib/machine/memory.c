/* SPDX-License-Identifier: MIT */
/*
 * Memory: the happens-before order of accesses, races, and the values that a
 * load may read.
 *
 * A location is an address that was accessed atomically, or that the program
 * has marked.  It has two kinds of records.
 *
 * For races, vector clocks hold the moment of each thread's last access.  Two
 * accesses are a race if at least one is a write, at least one is not atomic,
 * and neither happens before the other.  As in C11, only the orders of the
 * atomic accesses count: an acquire that reads a release happens after it, and
 * a read-modify-write continues the release before it.  The order in which the
 * accesses came in this execution is ignored.
 *
 * For weak memory, the location keeps its latest stores in modification order.
 * With weak memory a load may read a stale value, that of an older store.  It
 * cannot read that store (coherence) if a newer store happens before the load,
 * or if the thread, or a step that happens before the load, has already seen a
 * newer store.  By the same rule a new store may come before other stores in
 * the modification order.  A read-modify-write reads the latest store and
 * comes directly after it.  One that fails is a load.  A sleep on a word reads
 * the latest store, too.
 *
 * This covers the store buffer of x86, and release and acquire of C11, with
 * two exceptions: a load never reads from the future, and a history has at
 * most STORES stores.  Fences that are seq_cst form a total order.  Each
 * learns what the fences before it knew, and that does not create
 * happens-before.  A seq_cst load also sees what the fences knew, for itself
 * only, and all seq_cst stores to its location.  A fence also sees the seq_cst
 * stores before it, and everything that their threads stored before them,
 * which is more than C11 promises.  (The scheme is that of loom.)  The memory
 * itself always holds the latest store.
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
	bool modifies; /* it comes directly after the store that it read */
	struct sim_clock sync; /* an acquire that reads it joins this */
	struct sim_clock seen; /* when each thread first saw it; 0: never */
};

struct location {
	uintptr_t address; /* 0: none */
	uint64_t bit;      /* in a footprint */

	uint32_t execution; /* the one to which the members below belong */
	uint32_t number;    /* 0: none; see sim_object */
	bool fresh;         /* the members below must be cleared first */
	bool marked;        /* an access was not atomic: check for races */
	uint32_t nstores;   /* in all; the latest is (nstores - 1) % STORES */
	uint32_t consistent; /* nstores after the last seq_cst store */
	struct sim_clock atomic_reads, atomic_writes, reads, writes;
	struct sim_clock handed; /* released by memory_release */
	const void *sites[SIM_THREADS]; /* of each thread's last access */
	struct store stores[STORES];
};

static struct location *table;
static unsigned used;
static uint32_t numbers; /* assigned to objects in this execution */
static uint32_t names; /* how often the bits were assigned again */
static uint32_t execution;
/* The knowledge of all seq_cst fences; the moments of seq_cst stores. */
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
	/* The program uses different memory in each execution. */
	memset(table, 0, TABLE * sizeof(*table));
	used = 0;
	names++;
}

uint32_t
sim_names(void)
{
	return names;
}

/* The slot that holds the address, or the free slot for it. */
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
		l->number = 0; /* as if it were at a new address */
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
	/* Earlier accesses conflict: they might have come after the free. */
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

/* A thread whose access does not happen before now; -1 if there is none. */
static int
unordered(const struct sim_clock *accesses, const struct sim_clock *now)
{
	int i;

	for (i = 0; i < (int)m.nthreads; i++)
		if (accesses->of[i] > now->of[i])
			return i;
	return -1;
}

/* A thread whose last access races with this one; -1 if there is none. */
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
 * The location, with at least one store.  If the value in memory is not that
 * of the latest store, a plain store has changed it, for example to make a new
 * object.  Then the earlier stores are forgotten.
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
 * Whether the running thread knows the store: a step that happens before its
 * current step, or that it knows by the order of seq_cst fences, has seen the
 * store.  Then older stores can no longer be read.
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

/* The running thread has seen the store. */
static void
see(struct store *s)
{
	if (s->seen.of[m.current] == 0)
		s->seen.of[m.current] = sim_me()->clock.of[m.current];
}

/* A load has read the store: acquire it now, or at the next acquire fence. */
static void
learn(const struct store *s, int order)
{
	struct sim_thread *t = sim_me();

	clock_join(acquires(order) ? &t->clock : &t->pending, &s->sync);
}

/* Let the driver choose one of n, within the limit; 0 is the default choice. */
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

/* The store that is `back' places before the latest. */
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

/* A release was made: later accesses, even of this step, are not part of it. */
static void
handed_on(void)
{
	sim_me()->clock.of[m.current]++;
}

/* The number of places that a store may take; 1: only the end. */
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

/* Make room for a new store with `after' stores after it. */
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

/* A seq_cst fence learns what all earlier ones knew, and seq_cst stores. */
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
