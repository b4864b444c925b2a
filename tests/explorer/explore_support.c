/* SPDX-License-Identifier: MIT */
/* What the programs of this room share. */
#include "explore_support.h"

#include <stdio.h>
#include <unistd.h>

#define WORKERS_MAX 15 /* the explorer has no more */

const unsigned carriers[2] = { 0, SYNC_EXPLORE_OS_THREADS };
struct sync_mutex the_mutex;

struct sync_explore_options
quiet_options(enum sync_explore_search search, unsigned flags)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;

	o.search = search;
	o.flags = flags | SYNC_EXPLORE_QUIET;
	o.nanoseconds = 0;
	return o;
}

struct sync_explore_options
calm_options(enum sync_explore_search search)
{
	struct sync_explore_options o = quiet_options(search, 0);

	o.timeouts = o.spurious = 0;
	return o;
}

struct sync_explore_options
brief_options(enum sync_explore_search search, unsigned flags)
{
	struct sync_explore_options usual = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_options o = quiet_options(search, flags);

	o.nanoseconds = usual.nanoseconds;
	o.schedules = 3000;
	return o;
}

void
run_workers(const worker *workers, unsigned n)
{
	struct sync_thread t[WORKERS_MAX];
	unsigned i;

	SYNC_ASSERT(n <= WORKERS_MAX);
	for (i = 0; i < n; i++)
		SYNC_OK(sync_thread_start(
		    &t[i], workers[i], (void *)(uintptr_t)i, NULL));
	for (i = 0; i < n; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
}

unsigned
workers_in(const worker *workers, unsigned most)
{
	unsigned n = 0;

	while (n < most && workers[n] != NULL)
		n++;
	return n;
}

void *
locks(void *arg)
{
	SYNC_OK(sync_mutex_lock(&the_mutex));
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return arg;
}

void
run_alike(worker fn, unsigned n)
{
	worker workers[WORKERS_MAX];
	unsigned i;

	the_mutex = (struct sync_mutex)SYNC_MUTEX_INIT;
	for (i = 0; i < n && i < WORKERS_MAX; i++)
		workers[i] = fn;
	run_workers(workers, n);
}

void
two_lock(void *arg)
{
	(void)arg;
	run_alike(locks, 2);
}

void
check_count(void (*test)(void *), void *arg, const char *why,
    uint64_t schedules)
{
	struct sync_explore_options o = calm_options(SYNC_EXPLORE_ALL);
	struct sync_explore_report r;

	ck_assert_int_eq(sync_explore(test, arg, &o, &r), 0);
	ck_assert_int_eq(r.bound, SYNC_EXPLORE_UNBOUNDED);
	ck_assert_uint_eq(r.limited, 0);
	ck_assert_msg(r.bound_schedules == schedules, "%s: %llu, not %llu", why,
	    (unsigned long long)r.bound_schedules,
	    (unsigned long long)schedules);
	/* and few of them turn out to be equivalent to others */
	ck_assert_uint_le(r.schedules, 4 * schedules + 12);
}

const char *
printed(void (*test)(void *), const struct sync_explore_options *o, int expected,
    struct sync_explore_report *r)
{
	static char text[16384];
	int saved = dup(STDERR_FILENO), err;
	FILE *file = tmpfile();
	size_t n;

	ck_assert_ptr_nonnull(file);
	ck_assert_int_ge(saved, 0);
	ck_assert_int_ge(dup2(fileno(file), STDERR_FILENO), 0);
	err = sync_explore(test, NULL, o, r);
	(void)fflush(stderr);
	ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
	(void)close(saved);
	rewind(file);
	n = fread(text, 1, sizeof(text) - 1, file);
	text[n] = '\0';
	(void)fclose(file);
	ck_assert_int_eq(err, expected);
	return text;
}

bool
is_deep(void)
{
	const char *set = getenv("SYNC_SIM");

	return set != NULL && strcmp(set, "deep") == 0;
}

TCase *
add_case(Suite *s, const char *name, int seconds)
{
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, seconds);
	suite_add_tcase(s, tc);
	return tc;
}

int
run_suite(Suite *s)
{
	SRunner *sr = srunner_create(s);
	int failed;

	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
