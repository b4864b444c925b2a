/* SPDX-License-Identifier: MIT */
/*
 * Many threads at one queue: no wakeup is lost, no element is lost or doubled,
 * and no wait is ended by a signal.
 */
#include "queue_support.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

#define BURST 8

START_TEST(a_burst_of_puts_wakes_one_getter_for_each)
{
	struct spawned *s[BURST];
	struct item got[BURST];
	unsigned seen = 0;
	uint32_t i;

	begin(_i, BURST);
	for (i = 0; i < BURST; i++)
		s[i] = spawn(gets, &got[i]);
	for (i = 0; i < BURST; i++)
		until_asleep(s[i]);
	for (i = 0; i < BURST; i++)
		put_item(0, i);
	for (i = 0; i < BURST; i++) {
		ok(error_of(s[i]));
		seen |= 1u << got[i].number;
	}
	ck_assert_uint_eq(seen, (1u << BURST) - 1);
	ck_assert_uint_eq(sync_queue_len(&q), 0);
	end();
}
END_TEST

START_TEST(a_burst_of_gets_wakes_one_putter_for_each)
{
	struct spawned *s[BURST];
	struct item put[BURST];
	unsigned seen = 0;
	uint32_t i;

	begin(_i, BURST);
	for (i = 0; i < BURST; i++)
		put_item(0, BURST + i);
	for (i = 0; i < BURST; i++) {
		put[i] = (struct item) { 1, 0, i };
		s[i] = spawn(puts_, &put[i]);
	}
	for (i = 0; i < BURST; i++)
		until_asleep(s[i]);
	for (i = 0; i < BURST; i++)
		seen |= 1u << get_item().number;
	for (i = 0; i < BURST; i++)
		ok(error_of(s[i]));
	while (sync_queue_len(&q) > 0)
		seen |= 1u << get_item().number;
	ck_assert_uint_eq(seen, (1u << 2 * BURST) - 1);
	end();
}
END_TEST

/* The second put comes before the first consumer has run. */
START_TEST(two_puts_in_a_row_wake_two_getters_many_times)
{
	struct spawned *s[2];
	struct item got[2];
	uint32_t round;
	int i;

	for (round = 0; round < 20 * stress_factor(); round++) {
		begin(_i, 2);
		for (i = 0; i < 2; i++)
			s[i] = spawn(gets, &got[i]);
		for (i = 0; i < 2; i++)
			until_asleep(s[i]);
		put_item(0, 0);
		put_item(0, 1);
		for (i = 0; i < 2; i++)
			ok(error_of(s[i]));
		ck_assert_uint_eq(got[0].number + got[1].number, 1);
		end();
	}
}
END_TEST

#define PUTTERS 4
#define GETTERS 4
#define EACH    400

static unsigned char taken[PUTTERS * EACH]; /* atomic; how often */
static struct gate gate;

static void
take(const struct item *i)
{
	ck_assert_uint_lt(i->number, EACH);
	ck_assert_uint_lt(i->who, PUTTERS);
	ck_assert_uint_eq(__atomic_fetch_add(
	    &taken[i->who * EACH + i->number], 1, __ATOMIC_RELAXED), 0);
}

static void
all_were_taken(void)
{
	int i;

	for (i = 0; i < PUTTERS * EACH; i++)
		ck_assert_uint_eq(taken[i], 1);
	memset(taken, 0, sizeof(taken));
}

static void *
puts_all(void *who)
{
	struct item i = { 0, *(const uint32_t *)who, 0 };

	gate_pass(&gate);
	for (; i.number < EACH; i.number++)
		ok(sync_queue_put(&q, &i));
	return NULL;
}

static void *
gets_all(void *unused)
{
	int64_t last[PUTTERS];
	struct item i;
	int k;

	for (k = 0; k < PUTTERS; k++)
		last[k] = -1;
	gate_pass(&gate);
	while (sync_queue_get(&q, &i) == 0) {
		take(&i);
		if (q.store.order != SYNC_LIFO) /* in turn, for each producer */
			ck_assert_int_gt(i.number, last[i.who]);
		last[i.who] = i.number;
	}
	return unused;
}

/* These producers and consumers meet at q; close it when all items are put. */
static void
run(void *(*putter)(void *), void *(*getter)(void *))
{
	struct spawned *p[PUTTERS], *g[GETTERS];
	uint32_t who[PUTTERS], i;

	gate = (struct gate) { 0, PUTTERS + GETTERS };
	for (i = 0; i < PUTTERS; i++) {
		who[i] = i;
		p[i] = spawn(putter, &who[i]);
	}
	for (i = 0; i < GETTERS; i++)
		g[i] = spawn(getter, NULL);
	for (i = 0; i < PUTTERS; i++)
		(void)finish(p[i]);
	ok(sync_queue_close(&q));
	for (i = 0; i < GETTERS; i++)
		(void)finish(g[i]);
	all_were_taken();
}

START_TEST(no_wakeup_is_lost_with_room_for_one)
{
	unsigned round;

	for (round = 0; round < stress_factor(); round++) {
		begin(_i, 1);
		run(puts_all, gets_all);
		end();
	}
}
END_TEST

START_TEST(elements_of_one_putter_come_in_turn)
{
	begin(_i, 16);
	run(puts_all, gets_all);
	end();
}
END_TEST

static sync_time
soon(uint32_t *state)
{
	return sync_after((int64_t)(random_next(state) % 60000));
}

static void *
puts_impatiently(void *who)
{
	struct item i = { 0, *(const uint32_t *)who, 0 };
	uint32_t random = random_seed() + i.who;

	gate_pass(&gate);
	while (i.number < EACH)
		if (sync_queue_put_until(&q, &i, soon(&random)) == 0)
			i.number++;
	return NULL;
}

static void *
gets_impatiently(void *unused)
{
	uint32_t random = random_seed() ^ (uint32_t)(uintptr_t)&random;
	struct item i;
	int err;

	gate_pass(&gate);
	while ((err = sync_queue_get_until(&q, &i, soon(&random))) != EPIPE)
		if (err == 0)
			take(&i);
		else
			fails(err, ETIMEDOUT);
	return unused;
}

START_TEST(a_timeout_loses_and_doubles_nothing)
{
	begin(_i, 1);
	run(puts_impatiently, gets_impatiently);
	end();
}
END_TEST

static void *
gives_up(void *deadline)
{
	struct item i;

	return (void *)(intptr_t)sync_queue_get_until(
	    &q, &i, *(const sync_time *)deadline);
}

START_TEST(a_put_at_the_deadline_of_one_getter_reaches_the_other)
{
	uint32_t random = random_seed(), round;
	struct spawned *patient, *hasty;
	struct item got;
	sync_time deadline;

	begin(_i, 2);
	for (round = 0; round < 40 * stress_factor(); round++) {
		deadline = sync_after(200000);
		hasty = spawn(gives_up, &deadline);
		patient = spawn(gets, &got);
		sync_thread_sleep_until(
		    deadline - 20000 + (int64_t)(random_next(&random) % 40000));
		put_item(0, 0);
		if (error_of(hasty) == 0) /* it took that one */
			put_item(0, 1);
		ok(error_of(patient));
		ck_assert_uint_eq(sync_queue_len(&q), 0);
	}
	end();
}
END_TEST

static pthread_t target;
static struct sync_event target_known;

static void *
gets_as_target(void *item)
{
	target = pthread_self();
	ok(sync_event_set(&target_known));
	return gets(item);
}

START_TEST(signals_do_not_end_a_wait)
{
	struct spawned *s;
	struct item got;
	unsigned i;

	on_signal(SIGUSR1, count_signal);
	begin(_i, 1);
	s = spawn(gets_as_target, &got);
	ok(sync_event_wait(&target_known));
	for (i = 0; i < 10; i++) {
		until_asleep(s);
		ok(pthread_kill(target, SIGUSR1));
		while (signals_counted() <= i)
			(void)sched_yield();
	}
	until_asleep(s);
	put_item(0, 5);
	ok(error_of(s));
	ck_assert_uint_eq(got.number, 5);
	end();
}
END_TEST

START_TEST(a_wait_is_no_cancellation_point)
{
	struct spawned *s;
	struct item got = { 0, 0, 0 };

	begin(_i, 1);
	s = spawn(gets_as_target, &got);
	ok(sync_event_wait(&target_known));
	until_asleep(s);
	ok(pthread_cancel(target));
	until_asleep(s);
	put_item(0, 5);
	ok(error_of(s));
	ck_assert_uint_eq(got.number, 5);
	put_item(0, 0); /* no lock is left held */
	drain(_i, 1);
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("queue_threads");
	TCase *tc = add_case(s, "wakeups");

	tcase_add_loop_test(tc,
	    a_burst_of_puts_wakes_one_getter_for_each, 0, QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    a_burst_of_gets_wakes_one_putter_for_each, 0, BOUNDED_KINDS);
	tcase_add_loop_test(tc,
	    two_puts_in_a_row_wake_two_getters_many_times, 0, ORDERS);
	tcase_add_loop_test(
	    tc, no_wakeup_is_lost_with_room_for_one, 0, BOUNDED_KINDS);
	tcase_add_loop_test(
	    tc, elements_of_one_putter_come_in_turn, 0, QUEUE_KINDS);
	tc = add_case(s, "timeouts");
	tcase_add_loop_test(
	    tc, a_timeout_loses_and_doubles_nothing, 0, BOUNDED_KINDS);
	tcase_add_loop_test(tc,
	    a_put_at_the_deadline_of_one_getter_reaches_the_other, 0, ORDERS);
	tc = add_case(s, "signals");
	tcase_add_loop_test(tc, signals_do_not_end_a_wait, 0, QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, a_wait_is_no_cancellation_point, 0, QUEUE_KINDS);
	return run_suite(s);
}
