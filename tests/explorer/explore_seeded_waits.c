/* SPDX-License-Identifier: MIT */
/*
 * Locks, conditions and deadlines: deadlocks, lost wakeups, and waits that do not
 * look at their predicate again.
 */
#include "explore_seeded_parts.h"

/* The flag is read before the lock is taken. */
static void *
waits_late(void *arg)
{
	(void)arg;
	if (LOAD(&flag) == 0) {
		SYNC_OK(sync_mutex_lock(&the_mutex));
		SYNC_OK(sync_cond_wait(&c, &the_mutex));
		SYNC_OK(sync_mutex_unlock(&the_mutex));
	}
	return NULL;
}

static void *
sets_flag(void *arg)
{
	(void)arg;
	STORE(&flag, 1);
	SYNC_OK(sync_mutex_lock(&the_mutex));
	SYNC_OK(sync_cond_signal(&c));
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return NULL;
}

static void
holds_both(uintptr_t first, uintptr_t second)
{
	SYNC_OK(sync_mutex_lock(&forks[first]));
	SYNC_OK(sync_mutex_lock(&forks[second]));
	SYNC_OK(sync_mutex_unlock(&forks[second]));
	SYNC_OK(sync_mutex_unlock(&forks[first]));
}

static void *
dines(void *arg)
{
	uintptr_t i = (uintptr_t)arg;

	holds_both(i, (i + 1) % nworkers);
	return NULL;
}

static void *
dines_in_order(void *arg)
{
	uintptr_t i = (uintptr_t)arg, next = (i + 1) % nworkers;

	holds_both(i < next ? i : next, i < next ? next : i);
	return NULL;
}

/* No predicate at all. */
static void *
waits(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&the_mutex));
	SYNC_OK(sync_cond_wait(&c, &the_mutex));
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return NULL;
}

static void *
takes_with_if(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&the_mutex));
	if (ready == 0)
		SYNC_OK(sync_cond_wait(&c, &the_mutex));
	SYNC_ASSERT(ready > 0);
	ready--;
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return NULL;
}

static void *
takes_with_while(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&the_mutex));
	while (ready == 0)
		SYNC_OK(sync_cond_wait(&c, &the_mutex));
	SYNC_ASSERT(ready > 0);
	ready--;
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return NULL;
}

static void *
gives_one(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&the_mutex));
	ready++;
	SYNC_OK(sync_cond_broadcast(&c));
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return NULL;
}

static void *
gives_two_slowly(void *arg)
{
	(void)gives_one(arg);
	return gives_one(arg);
}

static void *
takes_one_kind(void *arg)
{
	uint32_t bit = (uintptr_t)arg == 0 ? 1 : 2;

	SYNC_OK(sync_mutex_lock(&the_mutex));
	while (!(ready & bit))
		SYNC_OK(sync_cond_wait(&c, &the_mutex));
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return NULL;
}

static void *
gives_all_with_signal(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&the_mutex));
	ready = 3;
	SYNC_OK(sync_cond_signal(&c));
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return NULL;
}

/* The given value is lost if it comes at the deadline. */
static void *
gives_up(void *arg)
{
	int err = 0;

	(void)arg;
	SYNC_OK(sync_mutex_lock(&the_mutex));
	while (ready == 0 && err == 0)
		err = sync_cond_wait_until(&c, &the_mutex, sync_after_ms(5));
	SYNC_ASSERT(err == 0 || ready == 0);
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return NULL;
}

static void *
waits_an_hour(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_wait_until(&s, sync_after_ms(3600000)));
	return NULL;
}

/*
 * A sync_cond has no spurious wakeups; a POSIX condition variable may have
 * some.
 */
static void *
waits_with_posix_if(void *arg)
{
	(void)arg;
	SYNC_OK(pthread_mutex_lock(&posix_mutex));
	if (ready == 0)
		SYNC_OK(pthread_cond_wait(&posix_cond, &posix_mutex));
	SYNC_ASSERT(ready == 1);
	SYNC_OK(pthread_mutex_unlock(&posix_mutex));
	return NULL;
}

static void *
gives_one_by_posix(void *arg)
{
	(void)arg;
	SYNC_OK(pthread_mutex_lock(&posix_mutex));
	ready = 1;
	SYNC_OK(pthread_cond_signal(&posix_cond));
	SYNC_OK(pthread_mutex_unlock(&posix_mutex));
	return NULL;
}

static const struct seeded rows[] = {
	{ .name = "lost_wakeup", .workers = { waits_late, sets_flag },
	    .failure = DEAD, CALM, .preemptions = 1 },
	{ .name = "two_locks", .workers = { dines, dines }, .failure = DEAD,
	    CALM, .preemptions = 1 },
	{ .name = "three_philosophers", .workers = { dines, dines, dines },
	    .failure = DEAD, CALM, .preemptions = 1 },
	{ .name = "four_philosophers",
	    .workers = { dines, dines, dines, dines }, .failure = DEAD, CALM,
	    .preemptions = 1 },
	{ .name = "five_philosophers",
	    .workers = { dines, dines, dines, dines, dines }, .failure = DEAD,
	    CALM, .preemptions = 1 },
	{ .name = "three_in_order",
	    .workers = { dines_in_order, dines_in_order, dines_in_order },
	    CALM },
	{ .name = "signal_before_wait", .workers = { waits, sets_flag },
	    .failure = DEAD, CALM },
	{ .name = "if_for_while",
	    .workers = { takes_with_if, takes_with_if, gives_two_slowly },
	    .failure = FALSE_, CALM, .preemptions = 1 },
	{ .name = "with_while",
	    .workers = { takes_with_while, takes_with_while, gives_two_slowly },
	    CALM },
	{ .name = "signal_for_broadcast",
	    .workers = { takes_one_kind, takes_one_kind, gives_all_with_signal },
	    .failure = DEAD, CALM },
	{ .name = "no_recheck", .workers = { gives_up, gives_one },
	    .failure = FALSE_, USUAL, .preemptions = 1 },
	{ .name = "no_recheck", .workers = { gives_up, gives_one }, CALM },
	{ .name = "early_timeout", .workers = { waits_an_hour, posts_once },
	    .failure = FALSE_, USUAL },
	{ .name = "early_timeout", .workers = { waits_an_hour, posts_once },
	    CALM },
	{ .name = "spurious_wakeup", .workers = { takes_with_if, gives_one },
	    USUAL },
	{ .name = "spurious_posix_wakeup",
	    .workers = { waits_with_posix_if, gives_one_by_posix },
	    .failure = FALSE_, USUAL },
	{ .name = "spurious_posix_wakeup",
	    .workers = { waits_with_posix_if, gives_one_by_posix }, CALM },
};
const struct seeded_table seeded_waits = { rows, COUNT(rows) };
