/* SPDX-License-Identifier: MIT */
/*
 * What "all schedules" means: how many there are, where the number can be
 * worked out by hand; that none is left out in programs that only resemble
 * polling loops; and that anything left out is reported.
 */
#include <libsync.h>
#include <libsync/explore.h>

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 4
#define SC      __ATOMIC_SEQ_CST

typedef void *(*worker)(void *);

static struct sync_mutex m;
static struct sync_cond c;
static struct sync_sem s;
static struct sync_event e;
static struct sync_latch l;
static struct sync_barrier b;
static struct sync_rwlock rw;
static struct sync_queue q[3];
static uint64_t room[3][16];
static uint32_t x[THREADS], ready, plain;
static unsigned seen;

static void
reset(void)
{
	struct sync_queue_options o = { .element_size = 8, .capacity = 1,
		.storage_size = sizeof(room[0]) };
	unsigned i;

	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	c = (struct sync_cond)SYNC_COND_INIT;
	s = (struct sync_sem)SYNC_SEM_INIT(0, 10);
	e = (struct sync_event)SYNC_EVENT_INIT;
	l = (struct sync_latch)SYNC_LATCH_INIT(2);
	SYNC_OK(sync_barrier_init(&b, 3, NULL, NULL, 0));
	SYNC_OK(sync_rwlock_init(&rw, 0));
	for (i = 0; i < 3; i++) {
		o.storage = room[i];
		SYNC_OK(sync_queue_init_with(&q[i], &o));
	}
	memset(x, 0, sizeof(x));
	ready = plain = 0;
}

static void
run(const worker *workers, unsigned n)
{
	struct sync_thread t[THREADS];
	unsigned i;

	reset();
	for (i = 0; i < n; i++)
		SYNC_OK(sync_thread_start(
		    &t[i], workers[i], (void *)(uintptr_t)i, NULL));
	for (i = 0; i < n; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
}

#define WORKER(name, ...)                                                      \
	static void *name(void *arg)                                           \
	{                                                                      \
		__VA_ARGS__                                                    \
		return arg;                                                    \
	}

WORKER(alone, (void)SYNC_ATOMIC_ADD(&x[(uintptr_t)arg], 1, SC);)
WORKER(reads, (void)SYNC_ATOMIC_LOAD(&x[0], SC);)
WORKER(writes, SYNC_ATOMIC_STORE(&x[0], 1, SC);)
WORKER(locks, SYNC_OK(sync_mutex_lock(&m)); SYNC_OK(sync_mutex_unlock(&m));)
WORKER(posts, SYNC_OK(sync_sem_post(&s));)
WORKER(waits, SYNC_OK(sync_sem_wait(&s));)
WORKER(sets, SYNC_OK(sync_event_set(&e));)
WORKER(waits_for_set, SYNC_OK(sync_event_wait(&e));)
WORKER(counts_down, SYNC_OK(sync_latch_count_down(&l));)
WORKER(waits_for_zero, SYNC_OK(sync_latch_wait(&l));)
WORKER(meets, SYNC_OK(sync_barrier_wait(&b, NULL));)
WORKER(locks_to_write, SYNC_OK(sync_rwlock_wrlock(&rw));
    SYNC_OK(sync_rwlock_unlock(&rw));)
WORKER(puts_one, uint64_t v = 1; SYNC_OK(sync_queue_put(&q[0], &v));)
WORKER(gets_one, uint64_t v; SYNC_OK(sync_queue_get(&q[0], &v));)
WORKER(waits_until_ready, SYNC_OK(sync_mutex_lock(&m)); while (plain == 0)
    SYNC_OK(sync_cond_wait(&c, &m)); SYNC_OK(sync_mutex_unlock(&m));)
WORKER(makes_ready, SYNC_OK(sync_mutex_lock(&m)); plain = 1;
    SYNC_OK(sync_cond_broadcast(&c)); SYNC_OK(sync_mutex_unlock(&m));)

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
	unsigned n = 0;

	while (n < THREADS && which->workers[n] != NULL)
		n++;
	run(which->workers, n);
}

static struct sync_explore_options
calm(enum sync_explore_search search)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;

	o.search = search;
	o.nanoseconds = 0;
	o.timeouts = o.spurious = 0;
	o.flags = SYNC_EXPLORE_QUIET;
	return o;
}

START_TEST(what_only_sleeps_costs_no_schedules)
{
	struct counted which = counts[_i];
	struct sync_explore_options o = calm(SYNC_EXPLORE_ALL);
	struct sync_explore_report r;

	ck_assert_int_eq(sync_explore(counted, &which, &o, &r), 0);
	ck_assert_int_eq(r.bound, SYNC_EXPLORE_UNBOUNDED);
	ck_assert_uint_eq(r.limited, 0);
	ck_assert_msg(r.bound_schedules == which.schedules, "%s: %llu, not %llu",
	    which.why, (unsigned long long)r.bound_schedules,
	    (unsigned long long)which.schedules);
	/* and few of them turn out to be equivalent to others */
	ck_assert_uint_le(r.schedules, 4 * which.schedules + 12);
}
END_TEST

/* One writer and four readers; the test's own thread is one of the readers. */
static void
four_readers(void *arg)
{
	static const worker workers[] = { writes, reads, reads, reads };
	struct sync_thread t[THREADS];
	unsigned i;

	reset();
	for (i = 0; i < THREADS; i++)
		SYNC_OK(sync_thread_start(&t[i], workers[i], arg, NULL));
	(void)reads(arg);
	for (i = 0; i < THREADS; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
}

START_TEST(a_writer_and_four_readers_are_sixteen)
{
	struct sync_explore_options o = calm(SYNC_EXPLORE_ALL);
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
	run((const worker[]) { holds_to_read, waits_to_write, tries_to_read,
	    reads_twice }, 4);
}

START_TEST(who_waits_is_seen_by_those_who_look)
{
	struct sync_explore_options o = calm(SYNC_EXPLORE_ALL);
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

	run(workers, 3);
}

START_TEST(who_waits_keeps_others_out)
{
	static worker orders[][3] = {
		{ reads_until_posted, reads_and_posts, locks_to_write },
		{ locks_to_write, reads_and_posts, reads_until_posted },
		{ reads_and_posts, locks_to_write, reads_until_posted },
	};
	struct sync_explore_options o = calm((enum sync_explore_search)_i);
	struct sync_explore_report r;
	unsigned i;

	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(sync_explore(
		    readers_beside_a_writer, orders[i], &o, &r), EPROTO);
		ck_assert_int_eq(r.failure, SYNC_EXPLORE_DEADLOCK);
	}
}
END_TEST

/*
 * Scans all queues before it announces that it sleeps, so a put in between is
 * lost.
 */
static unsigned queues;
static bool again;

static bool
scan(void)
{
	uint64_t v;
	unsigned i;

	for (i = 0; i < queues; i++)
		if (sync_queue_tryget(&q[i], &v) == 0)
			return true;
	return false;
}

static void *
scans(void *arg)
{
	SYNC_OK(sync_sem_wait(&s));
	while (!scan() && !(again && scan())) {
		SYNC_ATOMIC_STORE(&ready, 1, SC);
		SYNC_OK(sync_event_wait(&e));
	}
	return arg;
}

static void *
puts_late(void *arg)
{
	uint64_t v = 1;
	bool asleep;

	SYNC_OK(sync_sem_post(&s));
	asleep = SYNC_ATOMIC_LOAD(&ready, SC) != 0; /* before it has put */
	SYNC_OK(sync_queue_put(&q[0], &v));
	if (asleep)
		SYNC_OK(sync_event_set(&e));
	return arg;
}

static void
lost_between_scans(void *arg)
{
	(void)arg;
	run((const worker[]) { scans, puts_late }, 2);
}

START_TEST(a_scan_is_no_loop_that_polls)
{
	struct sync_explore_options o = calm((enum sync_explore_search)_i);
	struct sync_explore_report r;

	o.preemptions = 4;
	o.schedules = 20000;
	for (queues = 1; queues <= 3; queues++)
		for (again = false;; again = true) {
			ck_assert_msg(sync_explore(
			    lost_between_scans, NULL, &o, &r) == EPROTO,
			    "%u queues", queues);
			ck_assert_int_eq(
			    r.failure, SYNC_EXPLORE_DEADLOCK);
			if (again)
				break;
		}
}
END_TEST

/* Five tries of the same call; only the last one shows. */
static void *
tries_five_times(void *arg)
{
	int i;

	for (i = 0; i < 5; i++)
		if (sync_sem_trywait(&s) == 0)
			break;
	seen |= 1u << i;
	return arg;
}

static void
some_tries(void *arg)
{
	(void)arg;
	run((const worker[]) { tries_five_times, posts }, 2);
}

START_TEST(a_loop_that_counts_is_run_to_its_end)
{
	struct sync_explore_options o = calm((enum sync_explore_search)_i);
	struct sync_explore_report r;

	o.preemptions = 1;
	seen = 0;
	ck_assert_int_eq(sync_explore(some_tries, NULL, &o, &r), 0);
	ck_assert_uint_eq(seen, 0x3f);
	ck_assert_uint_eq(r.limited, 0);
	ck_assert_int_ge(r.bound, 1);
}
END_TEST

/* Polling loops, in each of which the other thread must be allowed to run. */
static void *
polls_by_try(void *arg)
{
	while (sync_sem_trywait(&s) != 0)
		continue;
	return arg;
}

static void *
polls_under_lock(void *arg)
{
	bool good;

	do {
		SYNC_OK(sync_mutex_lock(&m));
		good = plain != 0;
		SYNC_OK(sync_mutex_unlock(&m));
	} while (!good);
	return arg;
}

static void *
polls_a_variable(void *arg)
{
	while (SYNC_ATOMIC_LOAD(&x[0], SC) == 0)
		continue;
	return arg;
}

static void *
polls_and_locks(void *arg)
{
	while (!sync_event_is_set(&e)) {
		SYNC_OK(sync_mutex_lock(&m));
		SYNC_OK(sync_mutex_unlock(&m));
	}
	return arg;
}

static void *
polls_two(void *arg)
{
	uint64_t v;

	while (sync_queue_tryget(&q[1], &v) != 0
	    && sync_queue_tryget(&q[0], &v) != 0)
		continue;
	return arg;
}

static void *
polls_and_yields(void *arg)
{
	while (SYNC_ATOMIC_LOAD(&x[0], SC) == 0) {
		SYNC_OK(sync_mutex_lock(&m));
		SYNC_OK(sync_mutex_unlock(&m));
		sync_explore_yield();
	}
	return arg;
}

/* Two objects whose addresses differ in each execution. */
static void *
polls_what_moves(void *arg)
{
	static struct sync_event *kept[32];
	static unsigned next;
	struct sync_event **mine = &kept[next++ % 32];

	free(*mine);
	*mine = malloc(sizeof(**mine));
	SYNC_ASSERT(*mine != NULL);
	SYNC_OK(sync_event_init(*mine, 0));
	while (sync_event_trywait(*mine) != 0 && !sync_event_is_set(&e))
		continue;
	return arg;
}

static const struct polling {
	worker poll, end;
} pollings[] = {
	{ polls_what_moves, sets },
	{ polls_by_try, posts },
	{ polls_under_lock, makes_ready },
	{ polls_a_variable, writes },
	{ polls_and_locks, sets },
	{ polls_two, puts_one },
	{ polls_and_yields, writes },
};
#define POLLINGS (sizeof(pollings) / sizeof(pollings[0]))

static void
one_polls(void *arg)
{
	const struct polling *p = arg;

	run((const worker[]) { p->poll, p->end }, 2);
}

/* Two threads poll and release each other's lock; a third one ends it. */
static void
two_poll(void *arg)
{
	const struct polling *p = arg;

	if (p->poll == polls_by_try || p->poll == polls_two)
		one_polls(arg);
	else
		run((const worker[]) { p->poll, p->poll, p->end }, 3);
}

/* i / POLLINGS selects the search. */
START_TEST(a_loop_that_polls_lets_others_go_on)
{
	struct polling p = pollings[(unsigned)_i % POLLINGS];
	struct sync_explore_options o = calm(
	    (enum sync_explore_search)((unsigned)_i / POLLINGS));
	struct sync_explore_report r;

	o.preemptions = 1;
	o.steps = 2000;
	o.schedules = 20000;
	ck_assert_msg(sync_explore(one_polls, &p, &o, &r) == 0, "%s", r.what);
	if (r.bound >= 0)
		ck_assert_uint_eq(r.limited, SYNC_EXPLORE_POLLS);
	o.schedules = 3000;
	ck_assert_msg(sync_explore(two_poll, &p, &o, &r) == 0, "%s", r.what);
}
END_TEST

START_TEST(what_polls_for_ever_is_a_livelock)
{
	struct polling p = pollings[(unsigned)_i];
	struct sync_explore_options o = calm(SYNC_EXPLORE_BOUNDED);
	struct sync_explore_report r;

	p.end = locks;
	o.steps = 2000;
	ck_assert_int_eq(sync_explore(one_polls, &p, &o, &r), EPROTO);
	ck_assert_int_eq(r.failure, SYNC_EXPLORE_LIVELOCK);
}
END_TEST

/* Each round changes something that other threads see; nothing else is new. */
static void *
adds_to_five(void *arg)
{
	while (SYNC_ATOMIC_ADD(&x[0], 1, SC) < 4)
		continue;
	return arg;
}

static void *
looks_once(void *arg)
{
	seen |= 1u << SYNC_ATOMIC_LOAD(&x[0], SC);
	return arg;
}

static void
five_rounds(void *arg)
{
	(void)arg;
	run((const worker[]) { adds_to_five, looks_once }, 2);
}

START_TEST(a_round_that_changes_something_is_no_poll)
{
	struct sync_explore_options o = calm(SYNC_EXPLORE_ALL);
	struct sync_explore_report r;

	seen = 0;
	ck_assert_int_eq(sync_explore(five_rounds, NULL, &o, &r), 0);
	ck_assert_uint_eq(seen, 0x3f);
	ck_assert_uint_eq(r.limited, 0);
	ck_assert_uint_eq(r.bound_schedules, 6);
}
END_TEST

/*
 * What one thread polls for arrives, and the other thread still has work to do.
 */
static void *
polls_and_answers(void *arg)
{
	bool polled = false;

	while (SYNC_ATOMIC_LOAD(&x[0], SC) == 0)
		polled = true;
	SYNC_ATOMIC_STORE(&x[1], polled ? 2 : 1, SC);
	return arg;
}

static void *
asks_and_looks(void *arg)
{
	SYNC_ATOMIC_STORE(&x[0], 1, SC);
	seen |= 1u << SYNC_ATOMIC_LOAD(&x[1], SC);
	return arg;
}

static void
answer_at_once(void *arg)
{
	(void)arg;
	run((const worker[]) { polls_and_answers, asks_and_looks }, 2);
}

START_TEST(who_is_held_back_goes_on_as_soon_as_something_changes)
{
	struct sync_explore_options o = calm(SYNC_EXPLORE_BOUNDED);
	struct sync_explore_report r;

	/* the first thread polls until it is held back; the one preemption is
	   of the other, after it has asked */
	o.preemptions = 1;
	o.flags |= SYNC_EXPLORE_FULL;
	seen = 0;
	ck_assert_int_eq(sync_explore(answer_at_once, NULL, &o, &r), 0);
	ck_assert_uint_eq(seen, 7);
}
END_TEST

/* A counter that the explorer does not track, so it is reported. */
static void *
counts_out_of_sight(void *arg)
{
	for (plain = 0; plain < 50; plain++)
		if (SYNC_ATOMIC_LOAD(&x[0], SC) != 0)
			break;
	return arg;
}

static void
hidden_count(void *arg)
{
	(void)arg;
	run((const worker[]) { counts_out_of_sight, writes }, 2);
}

START_TEST(who_is_held_back_is_reported)
{
	struct sync_explore_options o = calm(SYNC_EXPLORE_ALL);
	struct sync_explore_report r;

	ck_assert_int_eq(sync_explore(hidden_count, NULL, &o, &r), 0);
	ck_assert_uint_eq(r.limited, SYNC_EXPLORE_POLLS);
	o.polls = 60;
	ck_assert_int_eq(sync_explore(hidden_count, NULL, &o, &r), 0);
	ck_assert_uint_eq(r.limited, 0);
	ck_assert_uint_eq(r.bound_schedules, 51);
	o.polls = 0;
	ck_assert_int_eq(sync_explore(hidden_count, NULL, &o, &r), 0);
	ck_assert_uint_eq(r.limited, 0);
	ck_assert_uint_eq(r.bound_schedules, 51);
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

	reset();
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
	struct sync_explore_options o = calm(SYNC_EXPLORE_BOUNDED);
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
	TCase *tc = tcase_create("counts");

	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_only_sleeps_costs_no_schedules, 0,
	    sizeof(counts) / sizeof(counts[0]));
	tcase_add_test(tc, a_writer_and_four_readers_are_sixteen);
	tcase_add_test(tc, who_waits_is_seen_by_those_who_look);
	suite_add_tcase(su, tc);
	tc = tcase_create("polls");
	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(
	    tc, a_scan_is_no_loop_that_polls, 0, SYNC_EXPLORE_PCT + 1);
	tcase_add_loop_test(
	    tc, who_waits_keeps_others_out, 0, SYNC_EXPLORE_PCT + 1);
	tcase_add_loop_test(tc, a_loop_that_counts_is_run_to_its_end,
	    SYNC_EXPLORE_BOUNDED, SYNC_EXPLORE_ALL + 1);
	tcase_add_loop_test(tc, a_loop_that_polls_lets_others_go_on, 0,
	    (int)POLLINGS * (SYNC_EXPLORE_PCT + 1));
	tcase_add_loop_test(
	    tc, what_polls_for_ever_is_a_livelock, 0, (int)POLLINGS);
	tcase_add_test(tc, a_round_that_changes_something_is_no_poll);
	tcase_add_test(
	    tc, who_is_held_back_goes_on_as_soon_as_something_changes);
	tcase_add_test(tc, who_is_held_back_is_reported);
	suite_add_tcase(su, tc);
	tc = tcase_create("limits");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_a_limit_leaves_out_is_reported, 0,
	    sizeof(limits) / sizeof(limits[0]));
	suite_add_tcase(su, tc);
	return su;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
