/* SPDX-License-Identifier: MIT */
/*
 * Objects that are used when they are gone, threads that are left behind, and
 * threads and memory that are refused.
 */
#include "explore_seeded_parts.h"

static void *
posts_twice(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_post(&s));
	SYNC_OK(sync_sem_post(&s));
	return NULL;
}

/* s ends after the first post, while another thread may be inside a second. */
static void
ends_it(worker posts, bool destroy)
{
	struct sync_thread t;

	seeded_reset();
	SYNC_OK(sync_thread_start(&t, posts, NULL, NULL));
	SYNC_OK(sync_sem_wait(&s));
	if (destroy)
		SYNC_OK(sync_sem_destroy(&s));
	else
		sync_explore_freed(&s, sizeof(s));
	SYNC_OK(sync_thread_join(&t, NULL));
}

static void
use_after_destroy(void *arg)
{
	(void)arg;
	ends_it(posts_twice, true);
}

static void
use_after_free(void *arg)
{
	(void)arg;
	ends_it(posts_twice, false);
}

static void
free_after_wait(void *arg)
{
	(void)arg;
	ends_it(posts_once, false);
}

static void *
waits_for_s(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_wait(&s));
	return NULL;
}

/* The starter takes the post back if it is quick enough. */
static void
left_behind(void *arg)
{
	static struct sync_thread t;

	(void)arg;
	seeded_reset();
	SYNC_OK(sync_thread_start(&t, waits_for_s, NULL, NULL));
	SYNC_OK(sync_sem_post(&s));
	(void)sync_sem_trywait(&s);
}

static void *
does_nothing(void *arg)
{
	return arg;
}

static void
refused_memory(void *arg)
{
	(void)arg;
	SYNC_OK(sync_queue_init(&q, SYNC_FIFO, 100, 10));
	SYNC_OK(sync_queue_destroy(&q));
}

static const struct seeded rows[] = {
	{ .name = "use_after_destroy", .test = use_after_destroy,
	    .failure = SYNC_EXPLORE_GONE, CALM, .preemptions = 1 },
	{ .name = "use_after_free", .test = use_after_free,
	    .failure = SYNC_EXPLORE_GONE, CALM, .preemptions = 1 },
	{ .name = "free_after_wait", .test = free_after_wait, USUAL },
	{ .name = "left_behind", .test = left_behind,
	    .failure = SYNC_EXPLORE_LEAK, CALM },
	{ .name = "refused_thread", .workers = { does_nothing, does_nothing },
	    .failure = FALSE_, .failures = 1 },
	{ .name = "refused_thread", .workers = { does_nothing, does_nothing },
	    CALM },
	{ .name = "refused_memory", .test = refused_memory, .failure = FALSE_,
	    .failures = 1 },
};
const struct seeded_table seeded_life = { rows, COUNT(rows) };
