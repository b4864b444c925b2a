/* SPDX-License-Identifier: MIT */
/*
 * Many threads at one queue: no wakeup is lost, no element is lost or doubled,
 * nothing is accessed after the last get, and no wait is ended by a signal.
 */
#include "queue_support.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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

/* The data that an element points to is handed over with the pointer. */
static struct sync_queue pointers;

static void *
sends_boxes(void *unused)
{
	int i, *box;

	for (i = 0; i < 500; i++) {
		box = malloc(sizeof(*box));
		*box = i;
		ok(sync_queue_put(&pointers, &box));
	}
	return unused;
}

START_TEST(what_was_written_before_the_put_is_seen_after_the_get)
{
	struct spawned *s;
	int i, *box;

	ok(sync_queue_init(&pointers, SYNC_FIFO, sizeof(int *), 3));
	s = spawn(sends_boxes, NULL);
	for (i = 0; i < 500; i++) {
		ok(sync_queue_get(&pointers, &box));
		ck_assert_int_eq(*box, i);
		free(box);
	}
	(void)finish(s);
	ok(sync_queue_destroy(&pointers));
}
END_TEST

/* Queues that are destroyed as soon as their last element was taken. */
#define BRIEF    2000
#define BRIEF_MS 5000 /* fewer of them on a busy machine */
static struct sync_queue *brief;  /* atomic; null: taken */
static struct sync_queue no_more; /* marks the end */
static bool map_pages;
static size_t page;

/* The next one, or null at the end. */
static struct sync_queue *
take_brief(void)
{
	struct sync_queue *b;

	while ((b = __atomic_exchange_n(&brief, NULL, __ATOMIC_ACQUIRE))
	    == NULL)
		(void)sched_yield();
	return b == &no_more ? NULL : b;
}

static void
give_brief(struct sync_queue *b)
{
	__atomic_store_n(&brief, b, __ATOMIC_RELEASE);
}

static struct sync_queue *
make_brief(void)
{
	struct sync_queue *b;

	if (map_pages) {
		b = mmap(NULL, page, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ck_assert(b != MAP_FAILED);
	} else {
		b = malloc(sizeof(*b));
		ck_assert_ptr_nonnull(b);
	}
	ok(sync_queue_init(b, SYNC_FIFO, sizeof(int), 1));
	return b;
}

static void
end_brief(struct sync_queue *b)
{
	ok(sync_queue_destroy(b));
	if (map_pages)
		(void)munmap(b, page);
	else
		free(b);
}

static void *
puts_once_in_each(void *unused)
{
	struct sync_queue *b;
	int i;

	for (i = 0; (b = take_brief()) != NULL; i++)
		ok(sync_queue_put(b, &i));
	return unused;
}

static bool
goes_on(unsigned i, sync_time end)
{
	return i < BRIEF * stress_factor() && sync_time_now() < end;
}

/*
 * It polls, so that it is there at once; on one processor let the producer run.
 */
static void
get_awake(struct sync_queue *b, int *element)
{
	unsigned tries = 0;

	while (sync_queue_tryget(b, element) != 0)
		if (++tries % 1000 == 0)
			(void)sched_yield();
}

START_TEST(the_getter_of_the_last_element_may_free_the_queue)
{
	sync_time end = sync_after_ms((int64_t)BRIEF_MS * stress_factor());
	struct spawned *s;
	unsigned i;
	int element;

	map_pages = _i % 2 == 1;
	page = (size_t)sysconf(_SC_PAGESIZE);
	s = spawn(puts_once_in_each, NULL);
	for (i = 0; goes_on(i, end); i++) {
		struct sync_queue *b = make_brief();

		give_brief(b);
		if (_i < 2)
			ok(sync_queue_get(b, &element));
		else
			get_awake(b, &element);
		ck_assert_int_eq(element, (int)i);
		end_brief(b);
	}
	give_brief(&no_more);
	(void)finish(s);
}
END_TEST

static void *
finishes_once_in_each(void *unused)
{
	struct sync_queue *b;

	while ((b = take_brief()) != NULL)
		ok(sync_queue_task_done(b));
	return unused;
}

START_TEST(the_joiner_of_the_last_task_may_free_the_queue)
{
	sync_time end = sync_after_ms((int64_t)BRIEF_MS * stress_factor());
	struct spawned *s;
	int element = 0;
	unsigned i;

	page = (size_t)sysconf(_SC_PAGESIZE);
	s = spawn(finishes_once_in_each, NULL);
	for (i = 0; goes_on(i, end); i++) {
		struct sync_queue *b = make_brief();

		ok(sync_queue_put(b, &element));
		give_brief(b);
		ok(sync_queue_join(b));
		end_brief(b);
	}
	give_brief(&no_more);
	(void)finish(s);
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
	tc = add_case(s, "memory");
	tcase_add_test(
	    tc, what_was_written_before_the_put_is_seen_after_the_get);
	tcase_add_loop_test(
	    tc, the_getter_of_the_last_element_may_free_the_queue, 0, 4);
	tcase_add_test(tc, the_joiner_of_the_last_task_may_free_the_queue);
	tc = add_case(s, "signals");
	tcase_add_loop_test(tc, signals_do_not_end_a_wait, 0, QUEUE_KINDS);
	tcase_add_loop_test(
	    tc, a_wait_is_no_cancellation_point, 0, QUEUE_KINDS);
	return run_suite(s);
}
