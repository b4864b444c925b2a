/* SPDX-License-Identifier: MIT */
/*
 * Random schedules: at each step either a random thread, or the thread with
 * the highest priority.  Priorities are random, and the highest one becomes
 * the lowest at a few random steps (PCT, see <libsync/explore.h>).  Early
 * deadlines and spurious wakeups are made rare, because most executions with
 * one are alike.
 */
#include <string.h>

#include "explorer.h"

#define RARELY 16 /* one step in RARELY is a timeout or a wakeup */

/* Xorshift (Marsaglia, 2003); a multiplication spreads the seed's bits. */
static uint32_t
number(struct chance *c)
{
	c->random ^= c->random << 13;
	c->random ^= c->random >> 7;
	c->random ^= c->random << 17;
	return (uint32_t)(c->random >> 16);
}

static unsigned
any_of(struct chance *c, uint64_t set)
{
	unsigned n = number(c) % (unsigned)__builtin_popcountll(set);

	while (n-- > 0)
		set &= set - 1;
	return (unsigned)__builtin_ctzll(set);
}

/* The thread with the highest priority. */
static unsigned
highest(const struct chance *c, uint64_t threads)
{
	unsigned best = (unsigned)__builtin_ctzll(threads);

	for (; threads != 0; threads &= threads - 1) {
		unsigned t = (unsigned)__builtin_ctzll(threads);

		if (c->priority[t] > c->priority[best])
			best = t;
	}
	return best;
}

static unsigned
pick(struct sim_driver *driver, const struct sim_state *s)
{
	struct chance *c = (struct chance *)(void *)driver;
	uint64_t threads = s->enabled & SIM_ALL_THREADS;
	uint64_t others = s->enabled & ~SIM_ALL_THREADS;
	unsigned i;

	if (threads == 0 || (others != 0 && number(c) % RARELY == 0))
		return any_of(c, others);
	if (c->depth == 0)
		return any_of(c, threads);
	for (i = 0; i + 1 < c->depth; i++)
		if (c->change[i] == s->step && c->lowest > 0)
			c->priority[highest(c, threads)] = --c->lowest;
	return highest(c, threads);
}

static unsigned
choose(struct sim_driver *driver, enum sim_choice why, unsigned n)
{
	(void)why;
	return number((struct chance *)(void *)driver) % n;
}

static void
stepped(struct sim_driver *driver, unsigned proc, struct sim_foot foot,
    uint64_t enabled)
{
	(void)driver, (void)proc, (void)foot, (void)enabled;
}

#define CHANGES (sizeof(((struct chance *)0)->change) / sizeof(uint32_t))

void
chance_init(struct chance *c, uint64_t seed, uint32_t depth)
{
	memset(c, 0, sizeof(*c));
	c->driver = (struct sim_driver) { pick, choose, stepped };
	c->seed = seed;
	c->depth = depth > CHANGES + 1 ? CHANGES + 1 : depth;
}

void
chance_next(struct chance *c, uint64_t execution, uint32_t length)
{
	unsigned t, i;

	c->random = (c->seed + execution + 1) * UINT64_C(0x9e3779b97f4a7c15);
	if (c->random == 0)
		c->random = 1;
	for (i = 0; i < 4; i++)
		(void)number(c);
	c->lowest = CHANGES;
	for (t = 0; t < SIM_THREADS; t++)
		c->priority[t] = CHANGES + number(c) % 1000000;
	for (i = 0; i < CHANGES; i++)
		c->change[i] = length > 0 ? number(c) % length : 0;
}
