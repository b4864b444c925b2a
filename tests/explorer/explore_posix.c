/* SPDX-License-Identifier: MIT */
/* How a table of programs of POSIX threads is run. */
#include "config.h"

#include <sched.h>

#include "explore_posix.h"

pthread_mutex_t m;
pthread_cond_t c;
int n;
static void (*parts[4])(void);
static unsigned started;
static const struct posix_program *programs;

static void *
part(void *arg)
{
	void (**fn)(void) = arg;

	(*fn)();
	return &n;
}

void
start(pthread_t *t, void (*fn)(void))
{
	SYNC_ASSERT(started < (unsigned)COUNT(parts));
	parts[started] = fn;
	SYNC_OK(pthread_create(t, NULL, part, &parts[started]));
	started++;
}

void
beside(void (*fn)(void), void (*own)(void))
{
	pthread_t t;

	start(&t, fn);
	own();
	SYNC_OK(pthread_join(t, NULL));
}

void
nothing(void)
{
}

void
holds(void)
{
	SYNC_OK(pthread_mutex_lock(&m));
	sched_yield();
	SYNC_OK(pthread_mutex_unlock(&m));
}

struct timespec
in_a_second(clockid_t clock)
{
	struct timespec ts;

	SYNC_OK(clock_gettime(clock, &ts));
	ts.tv_sec++;
	return ts;
}

static void
run_program(void *arg)
{
	const struct posix_program *p = arg;

	n = 0;
	started = 0;
	SYNC_OK(pthread_mutex_init(&m, NULL));
	SYNC_OK(pthread_cond_init(&c, NULL));
	p->test();
}

static void
explore(int i, enum sync_explore_search search, unsigned flags)
{
	struct sync_explore_options o = quiet_options(search, flags);
	struct posix_program p = programs[i];
	struct sync_explore_report r;
	int err;

	o.name = p.name;
	o.schedules = 200000;
	err = sync_explore(run_program, &p, &o, &r);
	ck_assert_msg(err == 0 || err == EPROTO, "%s: %d", p.name, err);
	ck_assert_msg(r.failure == p.failure, "%s: %d: %s", p.name,
	    (int)r.failure, r.what != NULL ? r.what : "");
	if (r.failure == SYNC_EXPLORE_NOTHING)
		ck_assert_msg(r.bound >= 2, "%s: %d", p.name, (int)r.bound);
	else
		ck_assert_msg(strstr(r.what, p.what) != NULL, "%s: %s", p.name,
		    r.what);
}

START_TEST(the_default_search_is_right_about_it)
{
	explore(_i, SYNC_EXPLORE_PORTFOLIO, 0);
}
END_TEST

START_TEST(the_search_of_all_is_right_about_it)
{
	explore(_i, SYNC_EXPLORE_ALL, 0);
}
END_TEST

START_TEST(the_bounds_are_right_about_it)
{
	explore(_i, SYNC_EXPLORE_BOUNDED, 0);
}
END_TEST

START_TEST(on_threads_of_the_system_it_is_the_same)
{
	explore(_i, SYNC_EXPLORE_BOUNDED, SYNC_EXPLORE_OS_THREADS);
}
END_TEST

Suite *
posix_suite(const char *name, const struct posix_program *table, int rows)
{
	Suite *su = suite_create(name);

	programs = table;
	tcase_add_loop_test(add_case(su, "default", 120),
	    the_default_search_is_right_about_it, 0, rows);
	tcase_add_loop_test(add_case(su, "all", 120),
	    the_search_of_all_is_right_about_it, 0, rows);
	tcase_add_loop_test(add_case(su, "bounds", 120),
	    the_bounds_are_right_about_it, 0, rows);
	tcase_add_loop_test(add_case(su, "threads", 120),
	    on_threads_of_the_system_it_is_the_same, 0, rows);
	return su;
}
