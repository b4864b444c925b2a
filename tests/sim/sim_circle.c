/* SPDX-License-Identifier: MIT */
/*
 * The circles of plat/common: threads that wait for each other's locks, on the
 * POSIX threads of the simulated machine.
 */
#include "sim_support.h"

#include "circle.h"
#include "plat.h"

#define MOST 3

static struct circle_wait waits[MOST];
static uint32_t owner[MOST]; /* atomic; of lock i */
static unsigned size;
static unsigned refused[MOST];

static void
fresh(unsigned n)
{
	circle_reset();
	for (size = 0; size < n; size++)
		owner[size] = refused[size] = 0;
}

static void
owns(unsigned lock, uint32_t id)
{
	SYNC_ATOMIC_STORE(&owner[lock % size], id, __ATOMIC_RELAXED);
}

/* Hold one lock and wait for the next, forever. */
static void
waits_for_the_next(unsigned me)
{
	owns(me, plat_self());
	refused[me] = !circle_enter(&waits[me], &owner[(me + 1) % size]);
	sim_saw(refused[me]);
}

/* The last thread to enter gets the error, and no other. */
static void
one_was_refused(void)
{
	unsigned i, n = 0;

	for (i = 0; i < size; i++)
		n += refused[i];
	SYNC_ASSERT(n == 1);
	for (i = 0; i < size; i++)
		if (!refused[i])
			circle_leave(&waits[i]);
}

static void
two(void *arg)
{
	(void)arg;
	fresh(2);
	sim_play(one_was_refused, waits_for_the_next, waits_for_the_next);
}

static void
three(void *arg)
{
	(void)arg;
	fresh(3);
	sim_play(one_was_refused, waits_for_the_next, waits_for_the_next,
	    waits_for_the_next);
}

/* A chain that does not close; all its threads may wait, in any order. */
static void
waits_for_the_end(unsigned me)
{
	owns(me, plat_self());
	SYNC_ASSERT(circle_enter(&waits[me], &owner[size - 1]));
}

static void
holds_the_last(unsigned me)
{
	owns(size - 1, plat_self());
	(void)me;
}

static void
all_leave(void)
{
	unsigned i;

	for (i = 0; i + 1 < size; i++)
		circle_leave(&waits[i]);
}

static void
chain(void *arg)
{
	(void)arg;
	fresh(3);
	sim_play(all_leave, waits_for_the_end, waits_for_the_end,
	    holds_the_last);
}

/* Threads that enter and leave, in any order, leave an empty list. */
static uint32_t ids[MOST];

static void
waits_for_a_while(unsigned me)
{
	ids[me] = plat_self();
	SYNC_ASSERT(circle_enter(&waits[me], &owner[me]));
	circle_leave(&waits[me]);
}

/* A wait for one of them is no circle, although it waited for us. */
static void
nobody_waits(void)
{
	struct circle_wait w, another;
	uint32_t none = 0;
	unsigned i;

	SYNC_ASSERT(circle_enter(&another, &none));
	for (i = 0; i < size; i++) {
		if (ids[i] == plat_self())
			continue;
		owner[i] = plat_self();
		SYNC_ASSERT(circle_enter(&w, &ids[i]));
		circle_leave(&w);
	}
	circle_leave(&another);
}

static void
comes_and_goes(void *arg)
{
	(void)arg;
	fresh(3);
	sim_play(nobody_waits, waits_for_a_while, waits_for_a_while,
	    waits_for_a_while);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "a circle of two", .test = two, .sees = 2, .weak = 2 },
	{ .name = "a circle of three", .test = three, .sees = 2 },
	{ .name = "a chain is no circle", .test = chain },
	{ .name = "threads come and go", .test = comes_and_goes },
};

int
main(void)
{
	return sim_main("circle", scenarios, SIM_COUNT(scenarios));
}
