/* SPDX-License-Identifier: MIT */
/* Each search finds each mistake, and proves the correct programs correct. */
#include <stdio.h>

#include "explore_seeded.h"

static const char *const searches[] = { "portfolio", "bounded", "all",
	"random", "pct" };

static void
say(const struct seeded *s, unsigned search,
    const struct sync_explore_report *r)
{
	(void)fprintf(stderr, "%-28s %-9s %s, %llu executions, bound %d,"
	    " %u preemptions, %.3f s\n", s->name, searches[search],
	    r->failure != SYNC_EXPLORE_NOTHING ? "found" : "nothing",
	    (unsigned long long)r->schedules, (int)r->bound,
	    (unsigned)r->preemptions, (double)r->nanoseconds / 1e9);
}

/* If a bug is hidden behind an early timeout, only a bound leaves those out. */
static bool
applies(const struct seeded *s, unsigned search)
{
	return search == SYNC_EXPLORE_BOUNDED
	    || s->failure != SYNC_EXPLORE_NOTHING || s->timeouts > 0
	    || (strcmp(s->name, "no_recheck") != 0
		&& strcmp(s->name, "early_timeout") != 0);
}

static void
explore_in(unsigned i, unsigned search)
{
	const struct seeded *s = seeded_at(i);
	struct sync_explore_options o =
	    seeded_options(s, (enum sync_explore_search)search);
	struct sync_explore_report r;
	int err;

	if (!applies(s, search))
		return;
	err = seeded_explore(s, &o, &r);
	say(s, search, &r);
	ck_assert_msg((int)r.failure == (int)s->failure, "%s, %s: %s", s->name,
	    searches[search], r.what != NULL ? r.what : "nothing found");
	ck_assert_int_eq(
	    err, s->failure != SYNC_EXPLORE_NOTHING ? EPROTO : 0);
	ck_assert(r.schedules > 0);
	if (s->failure != SYNC_EXPLORE_NOTHING) {
		ck_assert_ptr_nonnull(r.what);
		ck_assert_ptr_nonnull(r.replay);
		/* after shrinking it is hardly longer than necessary */
		ck_assert_uint_le(r.preemptions, s->preemptions + 1);
		return;
	}
	ck_assert_ptr_null(r.replay);
	if (search == SYNC_EXPLORE_BOUNDED)
		ck_assert_int_eq(r.bound, 2);
}

START_TEST(the_portfolio_finds_it)
{
	explore_in((unsigned)_i, SYNC_EXPLORE_PORTFOLIO);
}
END_TEST

START_TEST(the_bounds_find_it)
{
	explore_in((unsigned)_i, SYNC_EXPLORE_BOUNDED);
}
END_TEST

START_TEST(the_search_of_all_finds_it)
{
	explore_in((unsigned)_i, SYNC_EXPLORE_ALL);
}
END_TEST

START_TEST(chance_finds_it)
{
	explore_in((unsigned)_i, SYNC_EXPLORE_RANDOM);
}
END_TEST

START_TEST(priorities_find_it)
{
	explore_in((unsigned)_i, SYNC_EXPLORE_PCT);
}
END_TEST

START_TEST(a_lower_bound_does_not_find_it)
{
	const struct seeded *s = seeded_at((unsigned)_i);
	struct sync_explore_options o = seeded_options(s, SYNC_EXPLORE_BOUNDED);
	struct sync_explore_report r;

	if (s->failure == SYNC_EXPLORE_NOTHING || s->preemptions == 0)
		return;
	o.preemptions = s->preemptions - 1;
	ck_assert_int_eq(seeded_explore(s, &o, &r), 0);
	ck_assert_int_eq(r.bound, (int)s->preemptions - 1);
}
END_TEST

/* What the searches cost.  Some never end if yields are handled wrongly. */
START_TEST(all_schedules_of_spin_loops_end)
{
	static const char *const names[] = { "spin_loop", "spin_for_lock",
		"spin_for_element" };
	struct sync_explore_options o;
	struct sync_explore_report r;
	const struct seeded *s;
	unsigned i;
	int j;

	for (i = 0; i < seeded_count(); i++)
		for (j = 0; j < COUNT(names); j++) {
			s = seeded_at(i);
			if (strcmp(s->name, names[j]) != 0)
				continue;
			o = seeded_options(s, SYNC_EXPLORE_ALL);
			o.nanoseconds = INT64_C(20000000000);
			ck_assert_int_eq(seeded_explore(s, &o, &r), 0);
			say(s, SYNC_EXPLORE_ALL, &r);
			ck_assert_int_eq(r.bound, SYNC_EXPLORE_UNBOUNDED);
		}
}
END_TEST

static void
add(Suite *s, const char *name, const TTest *test)
{
	tcase_add_loop_test(
	    add_case(s, name, 60), test, 0, (int)seeded_count());
}

static Suite *
suite(void)
{
	Suite *s = suite_create("explore finds");

	add(s, "portfolio", the_portfolio_finds_it);
	add(s, "bounded", the_bounds_find_it);
	add(s, "all", the_search_of_all_finds_it);
	add(s, "random", chance_finds_it);
	add(s, "pct", priorities_find_it);
	add(s, "lower", a_lower_bound_does_not_find_it);
	if (is_deep())
		tcase_add_test(add_case(s, "spin", 120),
		    all_schedules_of_spin_loops_end);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
