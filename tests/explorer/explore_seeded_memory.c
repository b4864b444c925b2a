/* SPDX-License-Identifier: MIT */
/*
 * Accesses without a lock: races, lost updates, and what weak memory shows of the
 * orders of atomic accesses.
 */
#include "explore_seeded_parts.h"

static void *
counts(void *arg)
{
	(void)arg;
	SYNC_WRITE(plain) = SYNC_READ(plain) + 1;
	return NULL;
}

static void *
counts_by_two_steps(void *arg)
{
	(void)arg;
	STORE(&x, LOAD(&x) + 1);
	return NULL;
}

static void *
counts_by_one_step(void *arg)
{
	(void)arg;
	(void)SYNC_ATOMIC_ADD(&x, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void
each_is_counted(void)
{
	SYNC_ASSERT(x == nworkers);
}

/* Litmus tests: the row has the orders of the stores and loads. */
static void *
publishes(void *arg)
{
	(void)arg;
	SYNC_ATOMIC_STORE(&data, 42, __ATOMIC_RELAXED);
	SYNC_ATOMIC_STORE(&flag, 1, now->store);
	return NULL;
}

static void *
looks(void *arg)
{
	(void)arg;
	if (SYNC_ATOMIC_LOAD(&flag, now->load))
		SYNC_ASSERT(SYNC_ATOMIC_LOAD(&data, __ATOMIC_RELAXED) == 42);
	return NULL;
}

/* The same with plain data: a race under any memory model. */
static void *
initializes(void *arg)
{
	(void)arg;
	if (SYNC_ATOMIC_LOAD(&flag, now->load) == 0) {
		SYNC_OK(sync_mutex_lock(&the_mutex));
		if (SYNC_ATOMIC_LOAD(&flag, now->load) == 0) {
			SYNC_WRITE(plain) = 42;
			SYNC_ATOMIC_STORE(&flag, 1, now->store);
		}
		SYNC_OK(sync_mutex_unlock(&the_mutex));
	}
	SYNC_ASSERT(SYNC_READ(plain) == 42);
	return NULL;
}

static void *
stores_and_loads(void *arg)
{
	uint32_t *mine = arg == NULL ? &x : &y, *other = arg == NULL ? &y : &x;

	SYNC_ATOMIC_STORE(mine, 1, now->store);
	if (now->fenced)
		SYNC_ATOMIC_FENCE();
	got[(uintptr_t)arg] = SYNC_ATOMIC_LOAD(other, now->load);
	return NULL;
}

static void
one_sees_the_other(void)
{
	SYNC_ASSERT(got[0] == 1 || got[1] == 1);
}

/* Two writers, two readers that may not agree which was first. */
static void *
writes_x(void *arg)
{
	(void)arg;
	SYNC_ATOMIC_STORE(&x, 1, now->store);
	return NULL;
}

static void *
writes_y(void *arg)
{
	(void)arg;
	SYNC_ATOMIC_STORE(&y, 1, now->store);
	return NULL;
}

static void *
reads_xy(void *arg)
{
	(void)arg;
	got[0] = SYNC_ATOMIC_LOAD(&x, now->load);
	got[1] = SYNC_ATOMIC_LOAD(&y, now->load);
	return NULL;
}

static void *
reads_yx(void *arg)
{
	(void)arg;
	got[2] = SYNC_ATOMIC_LOAD(&y, now->load);
	got[3] = SYNC_ATOMIC_LOAD(&x, now->load);
	return NULL;
}

static void
they_agree(void)
{
	SYNC_ASSERT(!(got[0] == 1 && got[1] == 0 && got[2] == 1 && got[3] == 0));
}

/*
 * C11 allows both loads to read 1; the explorer has no loads of future stores.
 */
static void *
loads_and_stores(void *arg)
{
	uint32_t *mine = arg == NULL ? &x : &y, *other = arg == NULL ? &y : &x;

	got[(uintptr_t)arg] = SYNC_ATOMIC_LOAD(mine, __ATOMIC_RELAXED);
	SYNC_ATOMIC_STORE(other, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void
one_loaded_before_the_store(void)
{
	SYNC_ASSERT(!(got[0] == 1 && got[1] == 1));
}

/* A thread never sees an older store after a newer one. */
static void *
writes_twice(void *arg)
{
	(void)arg;
	SYNC_ATOMIC_STORE(&x, 1, __ATOMIC_RELAXED);
	SYNC_ATOMIC_STORE(&x, 2, __ATOMIC_RELAXED);
	return NULL;
}

static void *
reads_twice(void *arg)
{
	uint32_t first = SYNC_ATOMIC_LOAD(&x, __ATOMIC_RELAXED);
	uint32_t second = SYNC_ATOMIC_LOAD(&x, __ATOMIC_RELAXED);

	(void)arg;
	SYNC_ASSERT(first <= second);
	return NULL;
}

/* Five moves, by turns: the one thread is stopped three times for the other. */
static void *
moves(void *arg)
{
	uint32_t from = arg == NULL ? 0 : 1, expected;

	for (; from + (uintptr_t)arg < 5; from += 2) {
		expected = from;
		(void)SYNC_ATOMIC_CAS(&x, &expected, from + 1,
		    __ATOMIC_SEQ_CST);
	}
	return NULL;
}

static void
not_all_were_made(void)
{
	SYNC_ASSERT(x != 5);
}

#define ORDERS(store_order, load_order)                                        \
	.store = __ATOMIC_##store_order, .load = __ATOMIC_##load_order
#define MESSAGE        .workers = { publishes, looks }
#define DOUBLE_CHECKED .workers = { initializes, initializes }
#define DEKKER                                                                 \
	.workers = { stores_and_loads, stores_and_loads },                     \
	.check = one_sees_the_other
#define READERS                                                                \
	.workers = { writes_x, writes_y, reads_xy, reads_yx },                 \
	.check = they_agree

static const struct seeded rows[] = {
	{ .name = "unlocked_counter", .workers = { counts, counts },
	    .failure = SYNC_EXPLORE_RACE, CALM },
	{ .name = "lost_update",
	    .workers = { counts_by_two_steps, counts_by_two_steps },
	    .check = each_is_counted, .failure = FALSE_, CALM,
	    .preemptions = 1 },
	{ .name = "no_lost_update",
	    .workers = { counts_by_one_step, counts_by_one_step,
		counts_by_one_step }, .check = each_is_counted, .flags = WEAK,
	    USUAL },
	{ .name = "message_relaxed", MESSAGE, ORDERS(RELAXED, RELAXED),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "message_relaxed", MESSAGE, ORDERS(RELAXED, RELAXED), CALM },
	{ .name = "message_half_released", MESSAGE, ORDERS(RELEASE, RELAXED),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "message_half_acquired", MESSAGE, ORDERS(RELAXED, ACQUIRE),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "message", MESSAGE, ORDERS(RELEASE, ACQUIRE), .flags = WEAK,
	    CALM },
	{ .name = "double_checked_relaxed", DOUBLE_CHECKED,
	    ORDERS(RELAXED, RELAXED), .failure = SYNC_EXPLORE_RACE, CALM },
	{ .name = "double_checked", DOUBLE_CHECKED, ORDERS(RELEASE, ACQUIRE),
	    .flags = WEAK, CALM },
	{ .name = "dekker_relaxed", DEKKER, ORDERS(RELAXED, RELAXED),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "dekker_relaxed", DEKKER, ORDERS(RELAXED, RELAXED), CALM },
	{ .name = "dekker_released", DEKKER, ORDERS(RELEASE, ACQUIRE),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "dekker_half_consistent", DEKKER, ORDERS(RELAXED, SEQ_CST),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "dekker_other_half_consistent", DEKKER,
	    ORDERS(SEQ_CST, RELAXED), .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "dekker_fenced", DEKKER, ORDERS(RELAXED, RELAXED),
	    .fenced = true, .flags = WEAK, CALM },
	{ .name = "dekker_consistent", DEKKER, ORDERS(SEQ_CST, SEQ_CST),
	    .flags = WEAK, CALM },
	{ .name = "readers_disagree", READERS, ORDERS(RELEASE, ACQUIRE),
	    .failure = FALSE_, .flags = WEAK, CALM },
	{ .name = "readers_agree", READERS, ORDERS(SEQ_CST, SEQ_CST),
	    .flags = WEAK, CALM },
	{ .name = "load_buffering",
	    .workers = { loads_and_stores, loads_and_stores },
	    .check = one_loaded_before_the_store, .flags = WEAK, CALM },
	{ .name = "coherence",
	    .workers = { writes_twice, reads_twice, reads_twice },
	    .flags = WEAK, CALM },
	{ .name = "by_turns", .workers = { moves, moves },
	    .check = not_all_were_made, .failure = FALSE_, CALM,
	    .preemptions = 3 },
};
const struct seeded_table seeded_memory = { rows, COUNT(rows) };
