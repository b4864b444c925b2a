/* SPDX-License-Identifier: MIT */
/*
 * The explorer's speed in schedules a second: two threads of ten steps and the
 * test's own thread, no schedule left out, on user contexts and on threads of
 * the system.
 */
#include <libsync.h>
#include <libsync/explore.h>

#include <stdio.h>

#include "harness.h"

#define POSTS   5 /* and the same number of waits: ten steps a thread */
#define REPEATS 7

static struct sync_sem sem;

static void *
work(void *arg)
{
	int i;

	for (i = 0; i < POSTS; i++) {
		SYNC_OK(sync_sem_post(&sem));
		SYNC_OK(sync_sem_wait(&sem));
	}
	return arg;
}

static void
test(void *arg)
{
	struct sync_thread t[2];
	int i;

	SYNC_OK(sync_sem_init(&sem, 0, 2, 0));
	for (i = 0; i < 2; i++)
		SYNC_OK(sync_thread_start(&t[i], work, arg, NULL));
	for (i = 0; i < 2; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
}

static double
rate(const struct sync_explore_options *o)
{
	struct sync_explore_report r;
	int err = sync_explore(test, NULL, o, &r);

	if (err != 0)
		bench_die("sync_explore: %s", r.what);
	return (double)r.schedules / ((double)r.nanoseconds / 1e9);
}

int
main(void)
{
	static const struct {
		const char *name;
		enum sync_explore_search search;
	} searches[] = {
		{ "at most 3 preemptions", SYNC_EXPLORE_BOUNDED },
		{ "by chance", SYNC_EXPLORE_RANDOM },
		{ "by priorities", SYNC_EXPLORE_PCT },
	};
	size_t i;

	(void)printf("%-24s %28s %28s\n", "schedules a second", "contexts",
	    "threads of the system");
	for (i = 0; i < sizeof(searches) / sizeof(searches[0]); i++) {
		struct bench_series s[2] = { { .name = "contexts" },
			{ .name = "threads" } };
		int round, kind;

		for (round = 0; round < 2 * REPEATS; round++) {
			struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;

			kind = round % 2;
			o.search = searches[i].search;
			o.preemptions = 3;
			o.schedules = kind == 0 ? 20000 : 5000;
			o.flags = SYNC_EXPLORE_FULL
			    | (kind == 0 ? 0 : SYNC_EXPLORE_OS_THREADS);
			bench_add(&s[kind], rate(&o));
		}
		(void)printf("%-24s %18.0f +- %3.0f %% %18.0f +- %3.0f %%\n",
		    searches[i].name, bench_median(&s[0]), bench_spread(&s[0]),
		    bench_median(&s[1]), bench_spread(&s[1]));
		bench_clear(&s[0]);
		bench_clear(&s[1]);
	}
	return 0;
}
