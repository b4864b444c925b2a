/* SPDX-License-Identifier: MIT */
/*
 * The two sorts of threads: both run the same schedules, and leave no memory and
 * no files.
 */
#include <dirent.h>
#include <stdio.h>

#include "explore_support.h"

static struct sync_sem s;
static uint32_t x;

/* Both sorts of threads run the same schedules. */
static _Thread_local int of_thread;
static int *seen[16];
static unsigned nseen;

static void *
uses_its_own(void *arg)
{
	(void)arg;
	(void)SYNC_ATOMIC_ADD(&x, 1, __ATOMIC_SEQ_CST);
	(void)locks(NULL);
	(void)SYNC_ATOMIC_ADD(&x, 2, __ATOMIC_SEQ_CST);
	return NULL;
}

static void
three_threads(void *arg)
{
	(void)arg;
	x = 0;
	run_alike(uses_its_own, 3);
}

START_TEST(threads_of_the_system_walk_the_same_way)
{
	struct sync_explore_report a, b;
	struct sync_explore_options o;
	unsigned search;

	for (search = 0; search <= SYNC_EXPLORE_PCT; search++) {
		o = brief_options((enum sync_explore_search)search, 0);
		o.nanoseconds = 0;
		o.schedules = 4000;
		ck_assert_int_eq(sync_explore(three_threads, NULL, &o, &a), 0);
		o.flags |= SYNC_EXPLORE_OS_THREADS;
		ck_assert_int_eq(sync_explore(three_threads, NULL, &o, &b), 0);
		ck_assert_uint_eq(a.schedules, b.schedules);
		ck_assert_uint_eq(a.steps, b.steps);
		ck_assert_uint_eq(a.longest, b.longest);
		ck_assert_int_eq(a.bound, b.bound);
		ck_assert_uint_eq(a.bound_schedules, b.bound_schedules);
	}
}
END_TEST

static void *
counts_of_its_own(void *arg)
{
	int i;

	of_thread = 0;
	SYNC_OK(sync_mutex_lock(&the_mutex));
	seen[nseen++ % 16] = &of_thread;
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	for (i = 0; i < 2; i++) {
		of_thread++;
		(void)locks(arg);
	}
	SYNC_ASSERT(of_thread == 2);
	return NULL;
}

static void
threads_have_their_own(void *arg)
{
	(void)arg;
	nseen = 0;
	run_alike(counts_of_its_own, 2);
	SYNC_ASSERT(seen[0] != seen[1]);
}

START_TEST(threads_of_the_system_have_variables_of_their_own)
{
	struct sync_explore_options o =
	    brief_options(SYNC_EXPLORE_BOUNDED, SYNC_EXPLORE_OS_THREADS);

	ck_assert_int_eq(
	    sync_explore(threads_have_their_own, NULL, &o, NULL), 0);
}
END_TEST

static int
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

/* The number of pages; 0 if it cannot be determined. */
static long
resident(void)
{
	long all, now = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f == NULL)
		return 0;
	if (fscanf(f, "%ld %ld", &all, &now) != 2)
		now = 0;
	(void)fclose(f);
	return now;
}

static void
fails(void *arg)
{
	two_lock(arg);
	SYNC_ASSERT(false);
}

static void
sleeps_for_ever(void *arg)
{
	(void)arg;
	s = (struct sync_sem)SYNC_SEM_INIT(0, 1);
	(void)sync_sem_wait(&s);
}

START_TEST(explorations_leave_nothing)
{
	void (*const tests[])(void *) = { two_lock, fails, sleeps_for_ever };
	struct sync_explore_options o =
	    brief_options(SYNC_EXPLORE_PORTFOLIO, carriers[_i]);
	int i, files = 0;
	long before = 0;

	o.schedules = 100;
	for (i = 0; i < 130; i++) {
		(void)sync_explore(tests[i % 3], NULL, &o, NULL);
		if (i == 30) {
			before = resident();
			files = descriptors();
		}
	}
	ck_assert_int_eq(descriptors(), files);
	ck_assert_int_lt(resident(), before + 256); /* a MiB */
}
END_TEST

START_TEST(schedules_take_no_memory)
{
	struct sync_explore_options o =
	    brief_options(SYNC_EXPLORE_RANDOM, carriers[_i]);
	struct sync_explore_report r;
	long before;

	o.schedules = 1000;
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, NULL), 0);
	before = resident();
	o.schedules = carriers[_i] == 0 ? 200000 : 20000;
	o.nanoseconds = 0;
	ck_assert_int_eq(sync_explore(two_lock, NULL, &o, &r), 0);
	ck_assert_uint_eq(r.schedules, o.schedules);
	ck_assert_int_lt(resident(), before + 256);
}
END_TEST

static void *
frees(void *arg)
{
	struct sync_mutex *mine = arg;

	SYNC_OK(sync_mutex_lock(mine));
	SYNC_OK(sync_mutex_unlock(mine));
	free(mine);
	return NULL;
}

/* Freed in the order of the schedule, so its address differs the next time. */
static void
allocates(void *arg)
{
	struct sync_thread t[3];
	struct sync_mutex *a[3];
	int i;

	(void)arg;
	for (i = 0; i < 3; i++) {
		a[i] = calloc(1, sizeof(**a) * 4);
		SYNC_ASSERT(a[i] != NULL);
		SYNC_OK(sync_thread_start(&t[i], frees, a[i], NULL));
	}
	for (i = 0; i < 3; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
}

START_TEST(memory_may_be_anywhere)
{
	struct sync_explore_options o =
	    brief_options(SYNC_EXPLORE_BOUNDED, carriers[_i]);

	o.schedules = 20000;
	ck_assert_int_eq(sync_explore(allocates, NULL, &o, NULL), 0);
	o.search = SYNC_EXPLORE_ALL;
	ck_assert_int_eq(sync_explore(allocates, NULL, &o, NULL), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *su = suite_create("explore threads");
	TCase *tc = add_case(su, "threads", 60);

	tcase_add_test(tc, threads_of_the_system_walk_the_same_way);
	tcase_add_test(tc, threads_of_the_system_have_variables_of_their_own);
	tc = add_case(su, "memory", 60);
	tcase_add_loop_test(tc, explorations_leave_nothing, 0, CARRIERS);
	tcase_add_loop_test(tc, schedules_take_no_memory, 0, CARRIERS);
	tcase_add_loop_test(tc, memory_may_be_anywhere, 0, CARRIERS);
	return su;
}

int
main(void)
{
	return run_suite(suite());
}
