/* SPDX-License-Identifier: MIT */
/* A set releases all threads that waited before it, whatever follows it. */
#include <sched.h>

#include "stress.h"

#define WAITERS 4

static struct sync_event e;
static struct sync_latch latch;
static unsigned rounds;
static unsigned passed, cleared; /* atomic */
static bool over;                /* atomic */
static unsigned payload;         /* before the set, after the wait */

static void *
waits_each_round(void *arg)
{
	struct hand *h = arg;

	for (; h->done < rounds; h->done++) {
		must(sync_event_wait(&e) == 0);
		must(payload == h->done + 1);
		count(&passed);
		/* Do not pass a second time before the clear. */
		while (counted(&cleared) < h->done + 1)
			(void)sched_yield();
	}
	return arg;
}

/* Looks inside: waiters counts the threads that have started to wait. */
START_TEST(set_and_clear_at_once_free_all_who_waited)
{
	static struct crew crew;
	unsigned n;

	rounds = 4000 * stress_factor();
	crew_start(&crew, WAITERS, waits_each_round);
	for (n = 0; n < rounds; n++) {
		while (counted(&e.waiters) < WAITERS)
			(void)sched_yield();
		payload = n + 1;
		ok(sync_event_set(&e));
		ok(sync_event_clear(&e));
		count(&cleared);
		while (counted(&passed) < (n + 1) * WAITERS)
			(void)sched_yield(); /* forever, if one was missed */
	}
	ck_assert_uint_eq(crew_finish(&crew), rounds * WAITERS);
	ok(sync_event_destroy(&e));
}
END_TEST

static void *
sets_and_clears(void *arg)
{
	struct hand *h = arg;

	for (; h->done < rounds; h->done++) {
		must(sync_event_set(&e) == 0);
		if (random_next(&h->random) % 2)
			must(sync_event_set(&e) == 0);
		dawdle(random_next(&h->random) % 500);
		must(sync_event_clear(&e) == 0);
		dawdle(random_next(&h->random) % 500);
	}
	return arg;
}

static void *
comes_by(void *arg)
{
	struct hand *h = arg;
	int err;

	while (!__atomic_load_n(&over, __ATOMIC_ACQUIRE)) {
		err = sync_event_wait_until(&e, soon(h, 20000));
		must(err == 0 || err == ETIMEDOUT);
		err = sync_event_trywait(&e);
		must(err == 0 || err == EAGAIN);
	}
	must(sync_event_wait(&e) == 0); /* the last set stays */
	return arg;
}

START_TEST(pulses_and_timeouts_leave_no_waiter_behind)
{
	static struct crew setters, waiters;

	ok(sync_event_init(&e, 0));
	crew_start(&waiters, WAITERS, comes_by);
	crew_start(&setters, 2, sets_and_clears);
	(void)crew_finish(&setters);
	__atomic_store_n(&over, true, __ATOMIC_RELEASE);
	ok(sync_event_set(&e));
	(void)crew_finish(&waiters);
	ck_assert_uint_eq(e.waiters, 0);
	ok(sync_event_destroy(&e));
}
END_TEST

static unsigned brought[8]; /* each written once, seen by all waiters */
static unsigned started;    /* atomic */

static void *
counts_down(void *arg)
{
	struct hand *h = arg;

	count(&started);
	while (counted(&started) < 8)
		(void)sched_yield();
	dawdle(random_next(&h->random) % 2000);
	brought[h->number]++;
	must(sync_latch_count_down(&latch) == 0);
	return arg;
}

static void *
sees_all(void *arg)
{
	unsigned sum = 0;
	int i;

	count(&started);
	must(sync_latch_wait(&latch) == 0);
	for (i = 0; i < 4; i++)
		sum += brought[i];
	must(sum == 4 * rounds);
	return arg;
}

START_TEST(latch_opens_once_all_have_counted_down)
{
	static struct crew crew;
	unsigned n = 200 * stress_factor();

	memset(brought, 0, sizeof(brought));
	for (rounds = 1; rounds <= n; rounds++) {
		started = 0;
		ok(sync_latch_init(&latch, 4, 0));
		crew_start(&crew, 4, counts_down);
		crew_start(&crew, 4, sees_all);
		(void)crew_finish(&crew);
		ok(sync_latch_destroy(&latch));
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stress event, latch");
	TCase *tc = add_case(s, "event");

	tcase_add_test(tc, set_and_clear_at_once_free_all_who_waited);
	tcase_add_test(tc, pulses_and_timeouts_leave_no_waiter_behind);
	tc = add_case(s, "latch");
	tcase_add_test(tc, latch_opens_once_all_have_counted_down);
	return run_suite_here(s);
}
