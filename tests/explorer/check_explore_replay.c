/* SPDX-License-Identifier: MIT */
/*
 * The replay string of a failure reproduces it, or the explorer says that it
 * cannot.
 */
#include "explore_seeded.h"

static void
replay(const char *text)
{
	ck_assert_int_eq(setenv("SYNC_REPLAY", text, 1), 0);
}

static char *
copy(const char *s)
{
	char *p = strdup(s);

	ck_assert_ptr_nonnull(p);
	return p;
}

static void
comes_back(const struct seeded *s, enum sync_explore_search search,
    unsigned flags)
{
	struct sync_explore_options o = seeded_options(s, search);
	struct sync_explore_report r;
	char *text, *what;
	uint32_t preemptions;

	o.flags |= flags;
	ck_assert_int_eq(seeded_explore(s, &o, &r), EPROTO);
	text = copy(r.replay);
	what = copy(r.what);
	preemptions = r.preemptions;
	replay(text);
	ck_assert_int_eq(seeded_explore(s, &o, &r), EPROTO);
	ck_assert_msg((int)r.failure == (int)s->failure, "%s: %s: %s", s->name,
	    text, r.what);
	ck_assert_str_eq(r.what, what);
	ck_assert_str_eq(r.replay, text);
	ck_assert_uint_eq(r.schedules, 1);
	ck_assert_uint_eq(r.preemptions, preemptions);
	(void)unsetenv("SYNC_REPLAY");
	free(text);
	free(what);
}

START_TEST(each_failure_comes_back)
{
	const struct seeded *s = seeded_at((unsigned)_i);
	unsigned search;

	if (s->failure == SYNC_EXPLORE_NOTHING)
		return;
	for (search = 0; search <= SYNC_EXPLORE_PCT; search++)
		comes_back(s, (enum sync_explore_search)search, 0);
	comes_back(s, SYNC_EXPLORE_PORTFOLIO, SYNC_EXPLORE_OS_THREADS);
}
END_TEST

static struct sync_mutex a, b;
static bool single, changed;

static void *
a_then_b(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&a));
	SYNC_OK(sync_mutex_lock(&b));
	SYNC_OK(sync_mutex_unlock(&b));
	SYNC_OK(sync_mutex_unlock(&a));
	return NULL;
}

static void *
b_then_a(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&b));
	SYNC_OK(sync_mutex_lock(&a));
	SYNC_OK(sync_mutex_unlock(&a));
	SYNC_OK(sync_mutex_unlock(&b));
	return NULL;
}

static void
may_change(void *arg)
{
	struct sync_thread t[2];

	(void)arg;
	a = b = (struct sync_mutex)SYNC_MUTEX_INIT;
	SYNC_OK(sync_thread_start(&t[0], a_then_b, NULL, NULL));
	if (!single)
		SYNC_OK(sync_thread_start(&t[1], b_then_a, NULL, NULL));
	SYNC_OK(sync_thread_join(&t[0], NULL));
	if (!single)
		SYNC_OK(sync_thread_join(&t[1], NULL));
}

/* By turns: the first is stopped for the other and continues in the middle. */
static uint32_t turn;

static void *
moves_first(void *arg)
{
	uint32_t e = 0;

	(void)SYNC_ATOMIC_CAS(&turn, &e, 1, __ATOMIC_SEQ_CST);
	if (changed) {
		SYNC_OK(sync_mutex_lock(&a));
		SYNC_OK(sync_mutex_unlock(&a));
	}
	e = 2;
	(void)SYNC_ATOMIC_CAS(&turn, &e, 3, __ATOMIC_SEQ_CST);
	return arg;
}

static void *
moves_second(void *arg)
{
	uint32_t e = 1;

	(void)SYNC_ATOMIC_CAS(&turn, &e, 2, __ATOMIC_SEQ_CST);
	e = 3;
	(void)SYNC_ATOMIC_CAS(&turn, &e, 4, __ATOMIC_SEQ_CST);
	return arg;
}

static void
by_turns(void *arg)
{
	struct sync_thread t[2];

	(void)arg;
	turn = 0;
	a = (struct sync_mutex)SYNC_MUTEX_INIT;
	SYNC_OK(sync_thread_start(&t[0], moves_first, NULL, NULL));
	SYNC_OK(sync_thread_start(&t[1], moves_second, NULL, NULL));
	SYNC_OK(sync_thread_join(&t[0], NULL));
	SYNC_OK(sync_thread_join(&t[1], NULL));
	SYNC_ASSERT(turn != 4);
}

START_TEST(another_program_is_told_where)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report r;
	const char *text;

	text = printed(by_turns, &o, EPROTO, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_ASSERTION);
	ck_assert_ptr_nonnull(strstr(text, r.replay));
	ck_assert_ptr_nonnull(strstr(text, "check_explore_replay.c:"));
	replay(r.replay);
	changed = true;
	(void)printed(by_turns, &o, EPROTO, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_CHANGED);
	ck_assert_msg(strstr(r.what, "modifies") != NULL
	    && strstr(r.what, "sync_mutex_lock") != NULL
	    && strstr(r.what, "step") != NULL, "%s", r.what);
}
END_TEST

START_TEST(a_thread_that_is_gone_is_named)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report r;
	const char *text;

	text = printed(may_change, &o, EPROTO, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_DEADLOCK);
	ck_assert_ptr_nonnull(strstr(text, "sync_mutex_lock"));
	replay(r.replay);
	single = true;
	(void)printed(may_change, &o, EPROTO, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_CHANGED);
	ck_assert_ptr_nonnull(strstr(r.what, "step"));
	ck_assert_ptr_nonnull(strstr(r.what, "thread 2"));
}
END_TEST

static const char *const garbage[] = { "x", "1", "1c", "1c.2", "2c.2.1.2.0.ffk",
	"1x.2.1.2.0.ffk", "1c.2.1.2.0.ffk_", "1c.2.1.2.0.ffk_1.2",
	"1c.2.1.2.0.ffk_1.2.3_", "1c.2.1.2.0.ffk_1.2.3!", "1c.2.1.2.0.ffk ",
	"1c.2.1.2.0.ffk_1.999.3", "1c.2.1.2.0.zzzzzzzzzzzzzzzzzz",
	"1c.-1.1.2.0.ffk", "1c. 2.1.2.0.ffk", "1c.2.1.2.0.ffk_-1.2.3",
	"1c.2.1.2.0.ffk_+1.2.3" };

START_TEST(garbage_is_refused)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report r;
	const char *text;

	replay(garbage[_i]);
	text = printed(may_change, &o, EPROTO, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_CHANGED);
	ck_assert_msg(strstr(text, "is not a schedule") != NULL, "%s", text);
	ck_assert_ptr_nonnull(strstr(r.what, garbage[_i]));
}
END_TEST

/* A schedule that no program can follow does not crash the explorer. */
START_TEST(nonsense_is_not_followed)
{
	static const char *const texts[] = { "1c.2.1.2.0.ffk_0.29.3",
		"1c.2.1.2.0.ffk_1.1.zzzzz", "1c.2.1.2.0.ffk_1.1.0",
		"1c.2.1.2.0.ffk_1.1b.1" };
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report r;

	replay(texts[_i]);
	(void)printed(may_change, &o, EPROTO, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_CHANGED);
}
END_TEST

START_TEST(a_schedule_that_passes_says_so)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report r;
	const char *text;

	replay("1c.2.1.2.0.ffk");
	text = printed(may_change, &o, 0, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_NOTHING);
	ck_assert_uint_eq(r.schedules, 1);
	ck_assert_ptr_nonnull(strstr(text, "nothing failed"));
	ck_assert_int_eq(r.bound, -1);
	replay(""); /* as if there were none */
	(void)printed(may_change, &o, EPROTO, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_DEADLOCK);
}
END_TEST

/* It continues up to the point where the choices differ. */
static void
needs_more_choices(void *arg)
{
	unsigned i, sum = 0;

	(void)arg;
	for (i = 0; i < 4; i++) {
		a = (struct sync_mutex)SYNC_MUTEX_INIT;
		SYNC_OK(sync_mutex_lock(&a));
		sum += sync_explore_choose(3);
	}
	SYNC_ASSERT(sum != 7);
}

START_TEST(choices_of_the_program_come_back)
{
	const struct seeded s = { .name = "choices",
		.test = needs_more_choices,
		.failure = SYNC_EXPLORE_ASSERTION };

	comes_back(&s, SYNC_EXPLORE_BOUNDED, 0);
	comes_back(&s, SYNC_EXPLORE_ALL, 0);
	comes_back(&s, SYNC_EXPLORE_RANDOM, 0);
}
END_TEST

/* A long schedule that fails with only one preemption. */
static struct sync_mutex c;
static uint32_t x;

static void *
works_long(void *arg)
{
	uint32_t v;
	int i;

	for (i = 0; i < 10; i++) {
		SYNC_OK(sync_mutex_lock(&c));
		SYNC_OK(sync_mutex_unlock(&c));
	}
	v = SYNC_ATOMIC_LOAD(&x, __ATOMIC_SEQ_CST);
	SYNC_ATOMIC_STORE(&x, v + 1, __ATOMIC_SEQ_CST);
	for (i = 0; i < 10; i++) {
		SYNC_OK(sync_mutex_lock(&c));
		SYNC_OK(sync_mutex_unlock(&c));
	}
	return arg;
}

static void
long_work(void *arg)
{
	struct sync_thread t[3];
	int i;

	(void)arg;
	c = (struct sync_mutex)SYNC_MUTEX_INIT;
	x = 0;
	for (i = 0; i < 3; i++)
		SYNC_OK(sync_thread_start(&t[i], works_long, NULL, NULL));
	for (i = 0; i < 3; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
	SYNC_ASSERT(x == 3);
}

START_TEST(a_failure_is_shrunk)
{
	struct sync_explore_options o = quiet_options(
	    _i % 2 ? SYNC_EXPLORE_RANDOM : SYNC_EXPLORE_PCT, 0);
	struct sync_explore_report r;

	o.seed = (uint64_t)_i + 1;
	ck_assert_int_eq(sync_explore(long_work, NULL, &o, &r), EPROTO);
	ck_assert_uint_le(r.preemptions, 2);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("explore replay");
	TCase *tc = add_case(s, "replay", 60);

	tcase_add_loop_test(tc, each_failure_comes_back, 0, (int)seeded_count());
	tcase_add_test(tc, choices_of_the_program_come_back);
	tc = add_case(s, "strings", 60);
	tcase_add_test(tc, another_program_is_told_where);
	tcase_add_test(tc, a_thread_that_is_gone_is_named);
	tcase_add_loop_test(tc, garbage_is_refused, 0, COUNT(garbage));
	tcase_add_loop_test(tc, nonsense_is_not_followed, 0, 4);
	tcase_add_test(tc, a_schedule_that_passes_says_so);
	tc = add_case(s, "shrink", 60);
	tcase_add_loop_test(tc, a_failure_is_shrunk, 0, 8);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
