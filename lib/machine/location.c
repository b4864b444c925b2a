/* SPDX-License-Identifier: MIT */
/*
 * The table of locations: races, and memory that was freed.
 *
 * A location is an address that was accessed atomically, or that the program
 * has marked.  It has two kinds of records: those for races, which are used
 * here, and its latest stores, which memory.c uses.
 *
 * For races, vector clocks hold the moment of each thread's last access.  Two
 * accesses are a race if at least one is a write, at least one is not atomic,
 * and neither happens before the other.  As in C11, only the orders of the
 * atomic accesses count: an acquire that reads a release happens after it, and
 * a read-modify-write continues the release before it.  The order in which the
 * accesses came in this execution is ignored.
 */
#include "config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "machine/location.h"

#define m sim_machine

#define TABLE   4096 /* locations, a power of two; half of it is used */
#define BITS    64
#define FREED   32

static struct location *table;
static unsigned used;
static uint32_t numbers; /* assigned to objects in this execution */
static uint32_t names; /* how often the bits were assigned again */
static uint32_t execution;

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
locations_reset(void)
{
	execution++;
	numbers = 0;
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

uint64_t
memory_location_bit(const struct location *l)
{
	return l->bit;
}
