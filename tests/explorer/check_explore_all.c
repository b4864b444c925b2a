/* SPDX-License-Identifier: MIT */
/*
 * What "all schedules" means: how many there are, where the number can be
 * worked out by hand; and that anything left out is reported.
 */
#include "explore_objects.h"

WORKER(alone, (void)SYNC_ATOMIC_ADD(&x[(uintptr_t)arg], 1, SC);)
WORKER(waits, SYNC_OK(sync_sem_wait(&s));)
WORKER(waits_for_set, SYNC_OK(sync_event_wait(&e));)
WORKER(counts_down, SYNC_OK(sync_latch_count_down(&l));)
WORKER(waits_for_zero, SYNC_OK(sync_latch_wait(&l));)
WORKER(meets, SYNC_OK(sync_barrier_wait(&b, NULL));)
WORKER(locks_to_write, SYNC_OK(sync_rwlock_wrlock(&rw));
    SYNC_OK(sync_rwlock_unlock(&rw));)
WORKER(gets_one, uint64_t v; SYNC_OK(sync_queue_get(&q[0], &v));)

static void *
waits_until_ready(void *arg)
{
	SYNC_OK(sync_mutex_lock(&the_mutex));
	while (plain == 0)
		SYNC_OK(sync_cond_wait(&c, &the_mutex));
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return arg;
}

static const struct counted {
	const char *why;
	uint64_t schedules;
	worker workers[THREADS];
} counts[] = {
	{ "nothing is shared", 1, { alone, alone, alone, alone } },
	{ "each reader before the write or after it", 8,
	    { writes, reads, reads, reads } },
	{ "orders of two writes and a read", 6, { writes, writes, reads } },
	{ "orders of four", 24, { locks, locks, locks, locks } },
	{ "orders of three", 6, { locks, locks, locks } },
	{ "a wait comes after the post", 1, { waits, posts } },
	{ "orders of two waits and two posts that pair up", 8,
	    { waits, waits, posts, posts } },
	{ "waits for an event have no order", 1,
	    { waits_for_set, waits_for_set, waits_for_set, sets } },
	{ "orders of two that count down", 2,
	    { waits_for_zero, waits_for_zero, counts_down, counts_down } },
	{ "orders of arrival", 6, { meets, meets, meets } },
	{ "two puts in each order, two gets in each", 4,
	    { puts_one, puts_one, gets_one, gets_one } },
	{ "it sleeps, or comes when it is ready", 2,
	    { waits_until_ready, makes_ready } },
};

static void
counted(void *arg)
{
	const struct counted *which = arg;

	run_fresh(which->workers, workers_in(which->workers, THREADS));
}

START_TEST(what_only_sleeps_costs_no_schedules)
{
	struct counted which = counts[_i];

	check_count(counted, &which, which.why, which.schedules);
}
END_TEST

/* One writer and four readers; the test's own thread is one of the readers. */
static void
four_readers(void *arg)
{
	static const worker workers[] = { writes, reads, reads, reads };
	struct sync_thread t[THREADS];
	unsigned i;

	make_objects();
	for (i = 0; i < THREADS; i++)
		SYNC_OK(sync_thread_start(&t[i], workers[i], arg, NULL));
	(void)reads(arg);
	for (i = 0; i < THREADS; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
}

START_TEST(a_writer_and_four_readers_are_sixteen)
{
	struct sync_explore_options o = calm_options(SYNC_EXPLORE_ALL);
	struct sync_explore_report r;

	ck_assert_int_eq(sync_explore(four_readers, NULL, &o, &r), 0);
	ck_assert_uint_eq(r.bound_schedules, 16);
}
END_TEST

/*
 * A reader waits for a writer that waits.  It is seen only if the writer waits.
 */
static void *
reads_twice(void *arg)
{
	SYNC_OK(sync_rwlock_rdlock(&rw));
	if (sync_rwlock_tryrdlock(&rw) == 0)
		SYNC_OK(sync_rwlock_unlock(&rw));
	SYNC_OK(sync_rwlock_unlock(&rw));
	return arg;
}

WORKER(tries_to_read, if (sync_rwlock_tryrdlock(&rw) == 0)
    SYNC_OK(sync_rwlock_unlock(&rw)); else seen |= ready == 0;)

static void *
holds_to_read(void *arg)
{
	SYNC_OK(sync_rwlock_rdlock(&rw));
	(void)SYNC_ATOMIC_LOAD(&x[1], SC);
	SYNC_OK(sync_rwlock_unlock(&rw));
	return arg;
}

static void *
waits_to_write(void *arg)
{
	SYNC_OK(sync_rwlock_wrlock(&rw));
	ready = 1;
	SYNC_OK(sync_rwlock_unlock(&rw));
	return arg;
}

static void
a_writer_waits(void *arg)
{
	(void)arg;
	run_fresh((const worker[]) { holds_to_read, waits_to_write, tries_to_read,
	    reads_twice }, 4);
}

START_TEST(who_waits_is_seen_by_those_who_look)
{
	struct sync_explore_options o = calm_options(SYNC_EXPLORE_ALL);
	struct sync_explore_report r;

	seen = 0;
	ck_assert_int_eq(sync_explore(a_writer_waits, NULL, &o, &r), 0);
	ck_assert_uint_eq(seen, 1);
}
END_TEST

/*
 * A reader waits for another one that came behind a writer, which waits for the
 * first.
 */
WORKER(reads_until_posted, SYNC_OK(sync_rwlock_rdlock(&rw));
    SYNC_OK(sync_sem_wait(&s)); SYNC_OK(sync_rwlock_unlock(&rw));)
WORKER(reads_and_posts, SYNC_OK(sync_rwlock_rdlock(&rw));
    SYNC_OK(sync_rwlock_unlock(&rw)); SYNC_OK(sync_sem_post(&s));)

static void
readers_beside_a_writer(void *arg)
{
	const worker *workers = arg;

	run_fresh(workers, 3);
}

START_TEST(who_waits_keeps_others_out)
{
	static worker orders[][3] = {
		{ reads_until_posted, reads_and_posts, locks_to_write },
		{ locks_to_write, reads_and_posts, reads_until_posted },
		{ reads_and_posts, locks_to_write, reads_until_posted },
	};
	struct sync_explore_options o = calm_options((enum sync_explore_search)_i);
	struct sync_explore_report r;
	unsigned i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(sync_explore(
		    readers_beside_a_writer, orders[i], &o, &r), EPROTO);
		ck_assert_int_eq(r.failure, SYNC_EXPLORE_DEADLOCK);
	}
}
END_TEST

WORKER(waits_a_while, (void)sync_sem_wait_until(&s, sync_after_ms(1));)
WORKER(reads_relaxed,
    for (int i = 0; i < 3; i++)
	(void)SYNC_ATOMIC_LOAD(&x[0], __ATOMIC_RELAXED);)
WORKER(starts, struct sync_thread t;
    if (sync_thread_start(&t, reads, NULL, NULL) == 0)
	SYNC_OK(sync_thread_join(&t, NULL));)

static const struct limited {
	unsigned limit;
	unsigned flags;
	enum sync_explore_grain grain;
	uint32_t few;  /* then something is left out */
	uint32_t most; /* then nothing is left out; 0: that would be too many */
	worker workers[THREADS];
} limits[] = {
	{ SYNC_EXPLORE_TIMEOUTS, 0, SYNC_EXPLORE_CALLS, 1, 2,
	    { waits_a_while, waits_a_while, posts } },
	{ SYNC_EXPLORE_STALE, SYNC_EXPLORE_WEAK, SYNC_EXPLORE_CALLS, 2, 0,
	    { reads_relaxed, writes } },
	{ SYNC_EXPLORE_FAILURES, 0, SYNC_EXPLORE_CALLS, 1, 2,
	    { starts, starts } },
	{ SYNC_EXPLORE_SPURIOUS, 0, SYNC_EXPLORE_ATOMICS, 0, 0,
	    { waits, posts } },
};

static void
within_limits(void *arg)
{
	const struct limited *which = arg;
	struct sync_thread t[THREADS];
	unsigned i, n = 0;

	make_objects();
	for (i = 0; i < THREADS && which->workers[i] != NULL; i++) {
		if (sync_thread_start(&t[n], which->workers[i], NULL, NULL)
		    != 0) {
			SYNC_OK(sync_sem_post(&s)); /* it might have */
			continue;
		}
		n++;
	}
	while (n-- > 0)
		SYNC_OK(sync_thread_join(&t[n], NULL));
}

static unsigned
limited_by(const struct limited *which, uint32_t most)
{
	struct sync_explore_options o = calm_options(SYNC_EXPLORE_BOUNDED);
	struct limited copy = *which;
	struct sync_explore_report r;

	o.preemptions = 1;
	o.grain = which->grain;
	o.flags |= which->flags;
	o.stale = o.failures = 0;
	if (which->limit == SYNC_EXPLORE_TIMEOUTS)
		o.timeouts = most;
	else if (which->limit == SYNC_EXPLORE_STALE)
		o.stale = most;
	else if (which->limit == SYNC_EXPLORE_SPURIOUS)
		o.spurious = most;
	else
		o.failures = most;
	ck_assert_int_eq(sync_explore(within_limits, &copy, &o, &r), 0);
	ck_assert_int_eq(r.bound, 1);
	return r.limited & which->limit;
}

START_TEST(what_a_limit_leaves_out_is_reported)
{
	const struct limited *which = &limits[_i];

	ck_assert_uint_eq(limited_by(which, which->few), which->limit);
	if (which->most > 0)
		ck_assert_uint_eq(limited_by(which, which->most), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *su = suite_create("explore all");
	TCase *tc = add_case(su, "counts", 60);

	tcase_add_loop_test(
	    tc, what_only_sleeps_costs_no_schedules, 0, COUNT(counts));
	tcase_add_test(tc, a_writer_and_four_readers_are_sixteen);
	tcase_add_test(tc, who_waits_is_seen_by_those_who_look);
	tcase_add_loop_test(tc, who_waits_keeps_others_out, 0, SEARCHES);
	tc = add_case(su, "limits", 60);
	tcase_add_loop_test(
	    tc, what_a_limit_leaves_out_is_reported, 0, COUNT(limits));
	return su;
}

int
main(void)
{
	return run_suite(suite());
}
