/* SPDX-License-Identifier: MIT */
/*
 * What a failure report shows its reader: names, places and words.  And the
 * default search finds such failures soon.
 */
#include <assert.h>
#include <stdio.h>

#include "explore_support.h"

static struct sync_mutex m[3];
static int a[4], *heap;
static struct element {
	int key, value;
} s[3];
static int with_line, inner_line;
static volatile int zero;
static int *volatile nowhere;

static void
reset(void)
{
	unsigned i;

	for (i = 0; i < 3; i++)
		m[i] = (struct sync_mutex)SYNC_MUTEX_INIT;
}

static void *
touches(void *arg)
{
	uintptr_t i = (uintptr_t)arg;

	SYNC_OK(sync_mutex_lock(&m[i]));
	SYNC_WRITE(a[i + 1]) = 1;
	SYNC_OK(sync_mutex_unlock(&m[i]));
	SYNC_WRITE(s[i].value) = 1;
	SYNC_ATOMIC_STORE(&heap[i], 2, __ATOMIC_RELAXED);
	return NULL;
}

static void
two_touch_and_fail(void *arg)
{
	struct sync_thread t;

	reset();
	heap = calloc(4, sizeof(*heap));
	SYNC_ASSERT(heap != NULL);
	SYNC_OK(sync_thread_start(&t, touches, (void *)2, NULL));
	(void)touches((void *)1);
	SYNC_OK(sync_thread_join(&t, NULL));
	free(heap);
	SYNC_ASSERT(arg != NULL && "always");
}

static void *
takes_two(void *arg)
{
	SYNC_WITH(&m[1]) {
		inner_line = __LINE__ + 1;
		SYNC_WITH(&m[2]) {
		}
	}
	return arg;
}

static void
two_orders(void *arg)
{
	struct sync_thread t;

	reset();
	SYNC_OK(sync_thread_start(&t, takes_two, arg, NULL));
	SYNC_WITH(&m[2]) {
		with_line = __LINE__ + 1;
		SYNC_WITH(&m[1]) {
		}
	}
	SYNC_OK(sync_thread_join(&t, NULL));
}

static void
asserts(void *arg)
{
	reset();
	(void)sync_mutex_trylock(&m[0]);
	assert(zero == 12 || arg != NULL);
}

static void
asserts_in_words_of_check(void *arg)
{
	(void)arg;
	reset();
	(void)sync_mutex_trylock(&m[0]);
	ck_assert_int_eq(zero, 12);
}

static void
asserts_with_a_message(void *arg)
{
	reset();
	(void)sync_mutex_trylock(&m[0]);
	ck_assert_msg(arg != NULL, "there are %d of them", zero + 3);
}

static int crash_line;

static void
crashes(void *arg)
{
	(void)arg;
	reset();
	(void)sync_mutex_trylock(&m[0]);
	crash_line = __LINE__ + 1;
	*nowhere = 1;
}

static void
has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no %s in\n%s", part, text);
}

static bool
lines_are_known(void)
{
	/* NOLINTNEXTLINE(cert-env33-c): as the explorer finds it */
	return system("addr2line --version >/dev/null 2>&1") == 0;
}

START_TEST(elements_of_arrays_have_their_index)
{
	struct sync_explore_report r;
	const char *text = printed(two_touch_and_fail, NULL, EPROTO, &r);

	has(text, "mutex_lock(m[1])");
	has(text, "mutex_lock(m[2])");
	has(text, "write a[2]");
	has(text, "write a[3]");
	/* if the element is not known, they are at least told apart */
	has(text, "write s[i].value (s+");
	ck_assert_ptr_null(strstr(text, "write s[i].value#2"));
	has(text, "store heap[i] =");
	has(text, "store heap[i]#2 =");
}
END_TEST

START_TEST(a_failed_assertion_says_what_and_where)
{
	struct sync_explore_report r;

	(void)printed(two_touch_and_fail, NULL, EPROTO, &r);
	has(r.what, "check_explore_reports.c:");
	has(r.what, "arg != NULL && \"always\" does not hold");
}
END_TEST

START_TEST(an_assert_of_the_c_library_says_what_and_where)
{
	struct sync_explore_report r;
	const char *text = printed(asserts, NULL, EPROTO, &r);

	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_ASSERTION);
	has(r.what, "check_explore_reports.c:");
	has(r.what, "zero == 12 || arg != NULL does not hold");
	/* and no more than once */
	has(text, "zero == 12");
	ck_assert_ptr_null(strstr(strstr(text, "zero == 12") + 1, "zero =="));
}
END_TEST

START_TEST(a_crash_says_where)
{
	struct sync_explore_report r;
	char place[64];

	(void)printed(crashes, NULL, EPROTO, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_CRASH);
	(void)snprintf(
	    place, sizeof(place), "check_explore_reports.c:%d", crash_line);
	if (lines_are_known())
		has(r.what, place);
	else
		has(r.what, " at ");
}
END_TEST

START_TEST(an_assertion_of_check_says_what)
{
	struct sync_explore_report r;

	(void)printed(asserts_in_words_of_check, NULL, EPROTO, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_ASSERTION);
	has(r.what, "check_explore_reports.c:");
	has(r.what, "zero == 0, 12 == 12");
	(void)printed(asserts_with_a_message, NULL, EPROTO, &r);
	has(r.what, "there are 3 of them");
}
END_TEST

START_TEST(a_place_in_a_with_is_the_users_line)
{
	struct sync_explore_report r;
	const char *text = printed(two_orders, NULL, EPROTO, &r);
	char place[80];

	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_DEADLOCK);
	if (!lines_are_known())
		return;
	ck_assert_ptr_null(strstr(text, "with.h"));
	(void)snprintf(place, sizeof(place),
	    "sync_mutex_lock(m[1]) at check_explore_reports.c:%d", with_line);
	has(text, place);
	(void)snprintf(place, sizeof(place),
	    "sync_mutex_lock(m[2]) at check_explore_reports.c:%d", inner_line);
	has(text, place);
}
END_TEST

/* It fails if threads take turns, which needs many preemptions. */
#define TURNS 7
static int order[16], norder;

static void *
works(void *arg)
{
	int i;

	for (i = 0; i < 4; i++) {
		SYNC_OK(sync_mutex_lock(&m[0]));
		order[norder++] = (int)(uintptr_t)arg;
		SYNC_OK(sync_mutex_unlock(&m[0]));
	}
	return NULL;
}

static void
four_work(void *arg)
{
	struct sync_thread t[4];
	uintptr_t i;
	int turns = 1;

	(void)arg;
	reset();
	norder = 0;
	for (i = 0; i < 4; i++)
		SYNC_OK(sync_thread_start(&t[i], works, (void *)i, NULL));
	for (i = 0; i < 4; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
	while (turns < TURNS && order[turns] != order[turns - 1])
		turns++;
	SYNC_ASSERT(turns < TURNS);
}

START_TEST(the_default_search_finds_soon_what_chance_finds_soon)
{
	struct sync_explore_options o =
	    quiet_options(SYNC_EXPLORE_PORTFOLIO, 0);
	struct sync_explore_report r;

	o.schedules = 2000;
	ck_assert_int_eq(sync_explore(four_work, NULL, &o, &r), EPROTO);
	o.search = SYNC_EXPLORE_BOUNDED; /* is not there long after */
	o.preemptions = 10;
	o.schedules = 20000;
	ck_assert_int_eq(sync_explore(four_work, NULL, &o, &r), 0);
	ck_assert(r.cut);
}
END_TEST

static Suite *
suite(void)
{
	Suite *su = suite_create("explore reports");
	TCase *tc = add_case(su, "reports", 60);

	tcase_add_test(tc, elements_of_arrays_have_their_index);
	tcase_add_test(tc, a_failed_assertion_says_what_and_where);
	tcase_add_test(tc, an_assert_of_the_c_library_says_what_and_where);
	tcase_add_test(tc, a_crash_says_where);
	tcase_add_test(tc, an_assertion_of_check_says_what);
	tcase_add_test(tc, a_place_in_a_with_is_the_users_line);
	tcase_add_test(
	    tc, the_default_search_finds_soon_what_chance_finds_soon);
	return su;
}

int
main(void)
{
	return run_suite(suite());
}
