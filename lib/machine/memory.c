/* SPDX-License-Identifier: MIT */
/*
 * Weak memory: the values that a load may read.
 *
 * A location (see location.c) keeps its latest stores in modification order.
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

#include <string.h>

#include <libsync/explore.h>

#include "machine/location.h"

#define m sim_machine

/* The knowledge of all seq_cst fences; the moments of seq_cst stores. */
static struct sim_clock fences, stored;

void
memory_reset(void)
{
	locations_reset();
	memset(&fences, 0, sizeof(fences));
	memset(&stored, 0, sizeof(stored));
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
