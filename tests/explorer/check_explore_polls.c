/* SPDX-License-Identifier: MIT */
/*
 * Polling loops: other threads run beside them, they are held back after a few
 * rounds, and this is reported.  No schedule is left out of programs that only
 * resemble such loops.
 */
#include "explore_objects.h"

static void
runs_two(void *workers)
{
	run_fresh(workers, 2);
}

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

static worker lost_between_scans[] = { scans, puts_late };

START_TEST(a_scan_is_no_loop_that_polls)
{
	struct sync_explore_options o = calm_options((enum sync_explore_search)_i);
	struct sync_explore_report r;

	o.preemptions = 4;
	o.schedules = 20000;
	for (queues = 1; queues <= 3; queues++)
		for (again = false;; again = true) {
			ck_assert_msg(sync_explore(
			    runs_two, lost_between_scans, &o, &r) == EPROTO,
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

static worker some_tries[] = { tries_five_times, posts };

START_TEST(a_loop_that_counts_is_run_to_its_end)
{
	struct sync_explore_options o = calm_options((enum sync_explore_search)_i);
	struct sync_explore_report r;

	o.preemptions = 1;
	seen = 0;
	ck_assert_int_eq(sync_explore(runs_two, some_tries, &o, &r), 0);
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
		SYNC_OK(sync_mutex_lock(&the_mutex));
		good = plain != 0;
		SYNC_OK(sync_mutex_unlock(&the_mutex));
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
		SYNC_OK(sync_mutex_lock(&the_mutex));
		SYNC_OK(sync_mutex_unlock(&the_mutex));
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
		SYNC_OK(sync_mutex_lock(&the_mutex));
		SYNC_OK(sync_mutex_unlock(&the_mutex));
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
#define POLLINGS COUNT(pollings)

static void
one_polls(void *arg)
{
	const struct polling *p = arg;

	run_fresh((const worker[]) { p->poll, p->end }, 2);
}

/* Two threads poll and release each other's lock; a third one ends it. */
static void
two_poll(void *arg)
{
	const struct polling *p = arg;

	if (p->poll == polls_by_try || p->poll == polls_two)
		one_polls(arg);
	else
		run_fresh((const worker[]) { p->poll, p->poll, p->end }, 3);
}

/* i / POLLINGS selects the search. */
START_TEST(a_loop_that_polls_lets_others_go_on)
{
	struct polling p = pollings[_i % POLLINGS];
	struct sync_explore_options o = calm_options(
	    (enum sync_explore_search)(_i / POLLINGS));
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
	struct polling p = pollings[_i];
	struct sync_explore_options o = calm_options(SYNC_EXPLORE_BOUNDED);
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

static worker five_rounds[] = { adds_to_five, looks_once };

START_TEST(a_round_that_changes_something_is_no_poll)
{
	struct sync_explore_options o = calm_options(SYNC_EXPLORE_ALL);
	struct sync_explore_report r;

	seen = 0;
	ck_assert_int_eq(sync_explore(runs_two, five_rounds, &o, &r), 0);
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

static worker answer_at_once[] = { polls_and_answers, asks_and_looks };

START_TEST(who_is_held_back_goes_on_as_soon_as_something_changes)
{
	struct sync_explore_options o = calm_options(SYNC_EXPLORE_BOUNDED);
	struct sync_explore_report r;

	/* the first thread polls until it is held back; the one preemption is
	   of the other, after it has asked */
	o.preemptions = 1;
	o.flags |= SYNC_EXPLORE_FULL;
	seen = 0;
	ck_assert_int_eq(sync_explore(runs_two, answer_at_once, &o, &r), 0);
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

static worker hidden_count[] = { counts_out_of_sight, writes };

START_TEST(who_is_held_back_is_reported)
{
	struct sync_explore_options o = calm_options(SYNC_EXPLORE_ALL);
	struct sync_explore_report r;

	ck_assert_int_eq(sync_explore(runs_two, hidden_count, &o, &r), 0);
	ck_assert_uint_eq(r.limited, SYNC_EXPLORE_POLLS);
	o.polls = 60;
	ck_assert_int_eq(sync_explore(runs_two, hidden_count, &o, &r), 0);
	ck_assert_uint_eq(r.limited, 0);
	ck_assert_uint_eq(r.bound_schedules, 51);
	o.polls = 0;
	ck_assert_int_eq(sync_explore(runs_two, hidden_count, &o, &r), 0);
	ck_assert_uint_eq(r.limited, 0);
	ck_assert_uint_eq(r.bound_schedules, 51);
}
END_TEST

static Suite *
suite(void)
{
	Suite *su = suite_create("explore polls");
	TCase *tc = add_case(su, "loops", 120);

	tcase_add_loop_test(tc, a_scan_is_no_loop_that_polls, 0, SEARCHES);
	tcase_add_loop_test(tc, a_loop_that_counts_is_run_to_its_end,
	    SYNC_EXPLORE_BOUNDED, SYNC_EXPLORE_ALL + 1);
	tcase_add_test(tc, a_round_that_changes_something_is_no_poll);
	tc = add_case(su, "polls", 120);
	tcase_add_loop_test(tc, a_loop_that_polls_lets_others_go_on,
	    0, POLLINGS * SEARCHES);
	tcase_add_loop_test(
	    tc, what_polls_for_ever_is_a_livelock, 0, POLLINGS);
	tcase_add_test(
	    tc, who_is_held_back_goes_on_as_soon_as_something_changes);
	tcase_add_test(tc, who_is_held_back_is_reported);
	return su;
}

int
main(void)
{
	return run_suite(suite());
}
