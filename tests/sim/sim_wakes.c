/* SPDX-License-Identifier: MIT */
/*
 * Each unit wakes a sleeper of its own.  Two threads sleep.  A third thread
 * gives two units, one after the other or both at once.  When its calls have
 * returned, no thread sleeps, whatever the two have done meanwhile: neither
 * depends on the other to pass a wake on.
 *
 * A thread that was chosen and cannot try before its deadline, because another
 * thread is in its way, chooses another sleeper.
 */
#include "sim_support.h"

struct giving {
	enum sync_queue_order order;
	size_t capacity; /* 0: of a semaphore */
	bool puts;       /* the sleepers get; else they put */
	bool at_once;    /* both units in one call */
};

static const struct giving *g;
static struct sync_queue q;
static struct sync_sem s;
static const int64_t two[2] = { 1, 2 };
static int left; /* threads that have not ended */

static void
begin(const struct giving *giving)
{
	g = giving;
	if (g->capacity == 0) {
		SYNC_OK(sync_sem_init(&s, 0, 2, 0));
		return;
	}
	SYNC_OK(sync_queue_init(&q, g->order, sizeof(two[0]), g->capacity));
	if (!g->puts)
		SYNC_OK(sync_queue_put_n(&q, two, 2, NULL));
	left = 3;
}

/* The last one to end. */
static void
ends(void)
{
	if (SYNC_ATOMIC_ADD(&left, -1, __ATOMIC_ACQ_REL) == 1
	    && g->capacity != 0)
		SYNC_OK(sync_queue_destroy(&q));
}

static void
sleeps(unsigned me)
{
	int64_t element = 3;

	(void)me;
	if (g->capacity == 0)
		SYNC_OK(sync_sem_wait(&s));
	else if (g->puts)
		SYNC_OK(sync_queue_get(&q, &element));
	else
		SYNC_OK(sync_queue_put(&q, &element));
	ends();
}

static void
give(unsigned n)
{
	int64_t elements[2];
	size_t got = n;

	if (g->capacity == 0)
		SYNC_OK(sync_sem_post_n(&s, n));
	else if (g->puts)
		SYNC_OK(sync_queue_put_n(&q, two, n, NULL));
	else
		SYNC_OK(sync_queue_get_n(&q, elements, n, &got));
	SYNC_ASSERT(got == n);
}

static void
gives(unsigned me)
{
	unsigned before;

	(void)me;
	sim_until_asleep(); /* or until a thread polls and finds nothing */
	before = sim_asleep();
	if (g->at_once) {
		give(2);
	} else {
		give(1);
		give(1);
	}
	SYNC_ASSERT(before < 2 || sim_asleep() == 0);
	sim_saw(before < 2);
	ends();
}

static void
each_unit_wakes_its_own(void *arg)
{
	begin(arg);
	sim_play(NULL, gives, sleeps, sleeps);
}

/* Its second put leaves the list of sleepers, under the lock of producers. */
static void
puts_once_or_twice(unsigned me)
{
	(void)me;
	SYNC_OK(sync_queue_put(&q, &two[0]));
	(void)sync_queue_put_until(&q, &two[1], sim_soon(0));
}

static void
gets_in_time(unsigned me)
{
	int64_t element;

	(void)me;
	if (sync_queue_get_until(&q, &element, sim_soon(1)) == 0)
		SYNC_OK(sync_queue_put(&q, &element)); /* for the other one */
}

static void
gets(unsigned me)
{
	int64_t element;

	(void)me;
	SYNC_OK(sync_queue_get(&q, &element));
}

static void
one_that_leaves_chooses_another(void *arg)
{
	(void)arg;
	SYNC_OK(sync_queue_init(&q, SYNC_FIFO, sizeof(two[0]), 1));
	sim_play(NULL, gets_in_time, gets, puts_once_or_twice);
}

#define ONES(title, ...)                                                       \
	{                                                                      \
		.name = title, .test = each_unit_wakes_its_own,                \
		.arg = &(const struct giving) { __VA_ARGS__ }, .calm = true,   \
		.weak = 1, .sees = 1                                           \
	}

static const struct sim_scenario scenarios[] = {
	ONES("two posts", SYNC_FIFO, 0, true, false),
	ONES("a post of two", SYNC_FIFO, 0, true, true),
	ONES("two puts", SYNC_FIFO, 2, true, false),
	ONES("a put of two", SYNC_FIFO, 2, true, true),
	ONES("two gets", SYNC_FIFO, 2, false, false),
	ONES("a get of two", SYNC_FIFO, 2, false, true),
	ONES("two puts that make it grow", SYNC_FIFO, SYNC_UNBOUNDED, true,
	    false),
	ONES("two puts on a stack", SYNC_LIFO, 2, true, false),
	ONES("two gets from a stack", SYNC_LIFO, 2, false, false),
	ONES("a get of two from a stack", SYNC_LIFO, 2, false, true),
	ONES("two puts with priorities", SYNC_PRIORITY, 2, true, false),
	{ .name = "one that leaves chooses another",
	    .test = one_that_leaves_chooses_another, .calm = true,
	    .timeouts = 2, .large = true, .cut = true },
};

int
main(void)
{
	return sim_main("wakes", scenarios, SIM_COUNT(scenarios));
}
