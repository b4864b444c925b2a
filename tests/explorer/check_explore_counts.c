/* SPDX-License-Identifier: MIT */
/*
 * Numbers of schedules, with and without a bound: a model of two threads counts
 * them, and the explorer runs as many.
 */
#include <stdio.h>

#include "explore_support.h"

/*
 * Two threads of n steps and the first thread, which starts and joins them: the
 * steps of a model, what blocks them, and what a switch costs.
 */
struct model {
	int pc[3]; /* main: two starts, two joins; others: begin and n steps */
	int n;
	int last;
	unsigned left; /* preemptions */
};

static bool
asleep(const struct model *m, int t)
{
	/* a join that was called sleeps until that thread has ended */
	return t == 0 && ((m->pc[0] == 3 && m->pc[1] <= m->n)
	    || (m->pc[0] == 5 && m->pc[2] <= m->n));
}

static bool
can_go(const struct model *m, int t)
{
	if (t == 0)
		return m->pc[0] < 6 && !asleep(m, t);
	return m->pc[0] >= t && m->pc[t] <= m->n;
}

/* A join that need not sleep is one step, otherwise two. */
static void
go(struct model *m, int t)
{
	m->pc[t]++;
	if (t == 0 && (m->pc[0] == 3 || m->pc[0] == 5) && !asleep(m, 0))
		m->pc[0]++;
	m->last = t;
}

static uint64_t
schedules_of(const struct model *m)
{
	uint64_t sum = 0;
	bool any = false;
	int t;

	for (t = 0; t < 3; t++) {
		struct model next = *m;

		if (!can_go(m, t))
			continue;
		any = true;
		if (t != m->last && can_go(m, m->last)) {
			if (m->left == 0)
				continue;
			next.left--;
		}
		go(&next, t);
		sum += schedules_of(&next);
	}
	return any ? sum : 1;
}

static uint32_t counters[2];

static void *
steps_on(void *arg)
{
	uint32_t *c = &counters[*(int *)arg & 1];
	int i;

	for (i = 0; i < *(int *)arg >> 1; i++)
		(void)SYNC_ATOMIC_ADD(c, 1, __ATOMIC_RELAXED);
	return NULL;
}

/* n steps each, on one variable or on two. */
static void
two_threads(int n, bool apart)
{
	int args[2] = { n << 1, n << 1 | apart };
	struct sync_thread t[2];

	counters[0] = counters[1] = 0;
	SYNC_OK(sync_thread_start(&t[0], steps_on, &args[0], NULL));
	SYNC_OK(sync_thread_start(&t[1], steps_on, &args[1], NULL));
	SYNC_OK(sync_thread_join(&t[0], NULL));
	SYNC_OK(sync_thread_join(&t[1], NULL));
	SYNC_ASSERT(counters[0] + counters[1] == 2 * (uint32_t)n);
}

static void
together(void *arg)
{
	two_threads(*(int *)arg, false);
}

static void
apart(void *arg)
{
	two_threads(*(int *)arg, true);
}

static struct sync_explore_report
explored(void (*test)(void *), int n, enum sync_explore_search search,
    uint32_t bound, unsigned flags)
{
	struct sync_explore_options o = calm_options(search);
	struct sync_explore_report r;

	o.preemptions = bound;
	o.flags |= flags;
	ck_assert_int_eq(sync_explore(test, &n, &o, &r), 0);
	return r;
}

START_TEST(schedules_are_as_many_as_counted)
{
	struct model m = { { 0, 0, 0 }, 10, 0, (unsigned)_i };
	uint64_t expected = schedules_of(&m);
	struct sync_explore_report r = explored(together, 10,
	    SYNC_EXPLORE_BOUNDED, (uint32_t)_i, SYNC_EXPLORE_FULL);

	(void)fprintf(stderr, "2 threads of 10 steps, bound %d: %llu"
	    " schedules\n", _i, (unsigned long long)expected);
	ck_assert_uint_eq(r.bound_schedules, expected);
	ck_assert_int_eq(r.bound, _i);
	r = explored(apart, 10, SYNC_EXPLORE_BOUNDED, (uint32_t)_i,
	    SYNC_EXPLORE_FULL);
	ck_assert_uint_eq(r.bound_schedules, expected);
	/* nothing is left out if all steps conflict except begin and end */
	r = explored(together, 10, SYNC_EXPLORE_BOUNDED, (uint32_t)_i, 0);
	ck_assert_uint_le(r.bound_schedules, expected);
}
END_TEST

START_TEST(all_schedules_are_as_many_as_counted)
{
	struct model m = { { 0, 0, 0 }, 4, 0, 1000 };
	struct sync_explore_report r = explored(
	    together, 4, SYNC_EXPLORE_ALL, 0, SYNC_EXPLORE_FULL);

	ck_assert_uint_eq(r.bound_schedules, schedules_of(&m));
	ck_assert_int_eq(r.bound, SYNC_EXPLORE_UNBOUNDED);
}
END_TEST

/* Up to the order of independent steps. */
START_TEST(equal_schedules_are_run_once)
{
	struct sync_explore_report r =
	    explored(together, 5, SYNC_EXPLORE_ALL, 0, 0);

	/* ten steps that conflict: C(10, 5) orders at least; whether each join
	   sleeps may double them, no more */
	ck_assert_uint_ge(r.bound_schedules, 252);
	ck_assert_uint_le(r.bound_schedules, 4 * 252);
	r = explored(apart, 5, SYNC_EXPLORE_ALL, 0, 0);
	ck_assert_uint_le(r.bound_schedules, 4);
}
END_TEST

static Suite *
suite(void)
{
	Suite *su = suite_create("explore counts");
	TCase *tc = add_case(su, "counts", 60);

	tcase_add_loop_test(tc, schedules_are_as_many_as_counted, 0, 4);
	tcase_add_test(tc, all_schedules_are_as_many_as_counted);
	tcase_add_test(tc, equal_schedules_are_run_once);
	return su;
}

int
main(void)
{
	return run_suite(suite());
}
