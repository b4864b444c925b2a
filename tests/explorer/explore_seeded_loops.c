/* SPDX-License-Identifier: MIT */
/* Loops that poll: in some, no thread ever gets on. */
#include "explore_seeded_parts.h"

static void *
lets_go_first(void *arg)
{
	uint32_t *mine = arg == NULL ? &x : &y, *other = arg == NULL ? &y : &x;

	STORE(mine, 1);
	while (LOAD(other) == 1)
		sync_explore_yield();
	STORE(mine, 0);
	return NULL;
}

static void *
spins(void *arg)
{
	(void)arg;
	while (LOAD(&flag) == 0)
		sync_explore_yield();
	return NULL;
}

static void *
lets_spinners_go(void *arg)
{
	(void)arg;
	STORE(&x, 1);
	STORE(&flag, 1);
	return NULL;
}

static void *
spins_for_lock(void *arg)
{
	(void)arg;
	while (sync_mutex_trylock(&the_mutex) != 0)
		continue;
	plain++;
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return NULL;
}

static void
both_had_it(void)
{
	SYNC_ASSERT(plain == 2);
}

static void *
puts_two(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < 2; i++)
		SYNC_OK(sync_queue_put(&q, &i));
	return NULL;
}

static void *
gets_two(void *arg)
{
	int i, v;

	(void)arg;
	for (i = 0; i < 2; i++) {
		while (sync_queue_tryget(&q, &v) != 0)
			continue;
		SYNC_ASSERT(v == i);
	}
	return NULL;
}

static void
spin_for_element(void *arg)
{
	(void)arg;
	seeded_reset();
	SYNC_OK(sync_queue_init(&q, SYNC_FIFO, sizeof(int), 1));
	seeded_run_workers();
	SYNC_OK(sync_queue_destroy(&q));
}

/* One thread is let in and the other never is: no thread opens it again. */
static void *
spins_for_ever(void *arg)
{
	(void)arg;
	while (sync_sem_trywait(&s) != 0)
		continue;
	return NULL;
}

static const struct seeded rows[] = {
	{ .name = "after_you", .workers = { lets_go_first, lets_go_first },
	    .failure = SYNC_EXPLORE_LIVELOCK, CALM, .preemptions = 1,
	    .steps = 2000 },
	{ .name = "spin_loop", .workers = { spins, spins, lets_spinners_go },
	    CALM, .steps = 2000 },
	{ .name = "spin_for_lock",
	    .workers = { spins_for_lock, spins_for_lock },
	    .check = both_had_it, CALM, .steps = 2000 },
	{ .name = "spin_for_element", .test = spin_for_element,
	    .workers = { puts_two, gets_two }, CALM, .steps = 2000 },
	{ .name = "spin_for_ever",
	    .workers = { spins_for_ever, spins_for_ever, posts_once },
	    .failure = SYNC_EXPLORE_LIVELOCK, CALM, .steps = 2000 },
};
const struct seeded_table seeded_loops = { rows, COUNT(rows) };
