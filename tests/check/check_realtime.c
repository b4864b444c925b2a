/* SPDX-License-Identifier: MIT */
/*
 * Real-time threads on one processor.  A thread of middle priority does not
 * stop until the high-priority thread has what is its own, so a low-priority
 * thread does not run, and the high one must not depend on it.  If the process
 * may not have such threads, nothing is tested, and the test says so.
 */
#include "config.h"

#include "support.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>

enum { LOW = 10, MIDDLE = 20, HIGH = 30 };

#define PATIENCE_MS 5000 /* the middle one's; then the test has failed */

static struct sync_queue q;
static struct sync_sem s;
static struct sync_cond c;
static bool high_is_back, too_late; /* atomic */

static bool
be(int priority)
{
	const struct sched_param p = { .sched_priority = priority };

	return pthread_setschedparam(pthread_self(), SCHED_FIFO, &p) == 0;
}

static bool
allowed(void)
{
	const struct sched_param ordinary = { .sched_priority = 0 };
	bool may = use_one_processor() && be(LOW);

	(void)pthread_setschedparam(pthread_self(), SCHED_OTHER, &ordinary);
	if (!may)
		printf("not tested: no right to real-time threads\n");
	return may;
}

/* Until the high one is back, without a pause. */
static void
keep_the_processor(void)
{
	sync_time end = sync_after_ms(PATIENCE_MS);

	while (!__atomic_load_n(&high_is_back, __ATOMIC_RELAXED))
		if (sync_time_now() >= end) {
			__atomic_store_n(&too_late, true, __ATOMIC_RELAXED);
			return;
		}
}

/* Play: low and high sleep, low the longest; then middle makes its calls. */
static void
play(void *(*low)(void *), void *(*high)(void *), void *(*middle)(void *))
{
	struct spawned *l, *h;

	l = spawn(low, NULL);
	until_asleep(l);
	h = spawn(high, NULL);
	until_asleep(h);
	(void)finish(spawn(middle, NULL));
	(void)finish(h);
	(void)finish(l);
	ck_assert(!too_late);
}

static void
back(int priority)
{
	if (priority == HIGH)
		__atomic_store_n(&high_is_back, true, __ATOMIC_RELAXED);
}

static void
gets_as(int priority)
{
	int64_t element;

	ck_assert(be(priority));
	ok(sync_queue_get(&q, &element));
	back(priority);
}

static void *
low_gets(void *arg)
{
	gets_as(LOW);
	return arg;
}

static void *
high_gets(void *arg)
{
	gets_as(HIGH);
	return arg;
}

static void *
puts_two(void *arg)
{
	const int64_t element = 1;

	ck_assert(be(MIDDLE));
	ok(sync_queue_put(&q, &element));
	ok(sync_queue_put(&q, &element));
	keep_the_processor();
	return arg;
}

START_TEST(each_put_wakes_a_getter_of_its_own)
{
	static const enum sync_queue_order orders[] = { SYNC_FIFO, SYNC_LIFO,
		SYNC_PRIORITY };

	if (!allowed())
		return;
	ok(sync_queue_init(&q, orders[_i], sizeof(int64_t), 4));
	play(low_gets, high_gets, puts_two);
	ok(sync_queue_destroy(&q));
}
END_TEST

static void
puts_as(int priority)
{
	const int64_t element = 1;

	ck_assert(be(priority));
	ok(sync_queue_put(&q, &element));
	back(priority);
}

static void *
low_puts(void *arg)
{
	puts_as(LOW);
	return arg;
}

static void *
high_puts(void *arg)
{
	puts_as(HIGH);
	return arg;
}

static void *
gets_two(void *arg)
{
	int64_t element;

	ck_assert(be(MIDDLE));
	ok(sync_queue_get(&q, &element));
	ok(sync_queue_get(&q, &element));
	keep_the_processor();
	return arg;
}

START_TEST(each_get_wakes_a_putter_of_its_own)
{
	const int64_t elements[2] = { 1, 2 };

	if (!allowed())
		return;
	ok(sync_queue_init(&q, SYNC_FIFO, sizeof(int64_t), 2));
	ok(sync_queue_put_n(&q, elements, 2, NULL));
	play(low_puts, high_puts, gets_two);
	ok(sync_queue_close_now(&q, NULL, NULL));
	ok(sync_queue_destroy(&q));
}
END_TEST

static void
waits_as(int priority)
{
	ck_assert(be(priority));
	ok(sync_sem_wait(&s));
	back(priority);
}

static void *
low_waits(void *arg)
{
	waits_as(LOW);
	return arg;
}

static void *
high_waits(void *arg)
{
	waits_as(HIGH);
	return arg;
}

static void *
posts_two(void *arg)
{
	ck_assert(be(MIDDLE));
	ok(sync_sem_post(&s));
	ok(sync_sem_post(&s));
	keep_the_processor();
	return arg;
}

START_TEST(each_post_wakes_a_waiter_of_its_own)
{
	if (!allowed())
		return;
	ok(sync_sem_init(&s, 0, 2, 0));
	play(low_waits, high_waits, posts_two);
	ok(sync_sem_destroy(&s));
}
END_TEST

/*
 * The low one broadcasts.  The middle one has waited longest, is woken first
 * and keeps the processor.  The high one, whose deadline passes, was also
 * released.
 */
static void *
middle_waits(void *arg)
{
	struct sync_mutex m = SYNC_MUTEX_INIT;

	ck_assert(be(MIDDLE));
	ok(sync_mutex_lock(&m));
	ok(sync_cond_wait(&c, &m));
	keep_the_processor();
	ok(sync_mutex_unlock(&m));
	return arg;
}

static void *
high_waits_until(void *arg)
{
	struct sync_mutex m = SYNC_MUTEX_INIT;
	int err;

	ck_assert(be(HIGH));
	ok(sync_mutex_lock(&m));
	err = sync_cond_wait_until(&c, &m, sync_after_ms(300));
	back(HIGH);
	ck_assert(err == 0 || err == ETIMEDOUT);
	ok(sync_mutex_unlock(&m));
	return arg;
}

static void *
low_broadcasts(void *arg)
{
	ck_assert(be(LOW));
	ok(sync_cond_broadcast(&c));
	return arg;
}

START_TEST(a_released_waiter_leaves_though_the_waker_does_not_run)
{
	if (!allowed())
		return;
	ok(sync_cond_init(&c, 0));
	play(middle_waits, high_waits_until, low_broadcasts);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("realtime");
	TCase *tc = add_case(suite, "wakes");

	tcase_add_loop_test(tc, each_put_wakes_a_getter_of_its_own, 0, 3);
	tcase_add_test(tc, each_get_wakes_a_putter_of_its_own);
	tcase_add_test(tc, each_post_wakes_a_waiter_of_its_own);
	tcase_add_test(
	    tc, a_released_waiter_leaves_though_the_waker_does_not_run);
	return run_suite(suite);
}
