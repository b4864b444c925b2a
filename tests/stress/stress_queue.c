/* SPDX-License-Identifier: MIT */
/*
 * Producers, consumers and joiners that use everything the queue offers, until
 * it is closed at some moment.  Every item must meet exactly one fate, and
 * every item that was put must have been counted as done.
 */
#include "queue_support.h"

#include <string.h>

#define PUTTERS 3
#define GETTERS 3
#define JOINERS 2
#define THREADS (PUTTERS + GETTERS + JOINERS)
#define EACH    120
#define ITEMS   (PUTTERS * EACH)
#define BATCH   5

enum fate { NONE, DELIVERED, RETURNED, DROPPED };

static unsigned char fate[ITEMS]; /* atomic */
static struct gate gate;
static uint32_t round_seed; /* set before the threads start */

static void
meets(uint32_t number, enum fate f)
{
	ck_assert_uint_lt(number, ITEMS);
	ck_assert_uint_eq(__atomic_exchange_n(&fate[number],
	    (unsigned char)f, __ATOMIC_RELAXED), NONE);
}

static sync_time
soon(uint32_t *random)
{
	return sync_after((int64_t)(random_next(random) % 30000) - 5000);
}

/*
 * Put up to n items in one of the ways; returns how many were put, and the
 * error.
 */
static size_t
put_somehow(
    const struct item *items, size_t n, uint32_t *random, int *err)
{
	size_t done = 0;

	switch (random_next(random) % 6) {
	case 0:
		*err = sync_queue_put(&q, items);
		return *err == 0;
	case 1:
		*err = sync_queue_tryput(&q, items);
		return *err == 0;
	case 2:
		*err = sync_queue_put_until(&q, items, soon(random));
		return *err == 0;
	case 3:
		*err = sync_queue_put_n(&q, items, n, &done);
		return done;
	case 4:
		*err = sync_queue_tryput_n(&q, items, n, &done);
		return done;
	default:
		*err = sync_queue_put_n_until(
		    &q, items, n, &done, soon(random));
		return done;
	}
}

static void *
puts_somehow(void *base)
{
	uint32_t first = *(const uint32_t *)base, i;
	uint32_t random = round_seed + first + 1, at = 0;
	struct item items[EACH];
	int err = 0;

	for (i = 0; i < EACH; i++)
		items[i] = (struct item) { (int64_t)(random_next(&random) % 5),
			first, first + i };
	gate_pass(&gate);
	while (at < EACH && err != EPIPE) {
		size_t n = 1 + random_next(&random) % BATCH;

		n = n > EACH - at ? EACH - at : n;
		at += (uint32_t)put_somehow(&items[at], n, &random, &err);
		ck_assert(err == 0 || err == EPIPE || err == EAGAIN
		    || err == ETIMEDOUT);
	}
	for (; at < EACH; at++) /* still ours */
		meets(items[at].number, RETURNED);
	return NULL;
}

static int
get_somehow(struct item *items, size_t *got, uint32_t *random)
{
	*got = 1;
	switch (random_next(random) % 6) {
	case 0:
		return sync_queue_get(&q, items);
	case 1:
		return sync_queue_tryget(&q, items);
	case 2:
		return sync_queue_get_until(&q, items, soon(random));
	case 3:
		return sync_queue_get_n(&q, items, BATCH, got);
	case 4:
		return sync_queue_tryget_n(&q, items, BATCH, got);
	default:
		return sync_queue_get_n_until(
		    &q, items, BATCH, got, soon(random));
	}
}

static void *
gets_somehow(void *number)
{
	uint32_t random = round_seed - *(const uint32_t *)number - 1;
	struct item items[BATCH];
	size_t got, i;
	int err;

	gate_pass(&gate);
	while ((err = get_somehow(items, &got, &random)) != EPIPE) {
		ck_assert(err == 0 || err == EAGAIN || err == ETIMEDOUT);
		if (err != 0)
			continue;
		ck_assert(got >= 1 && got <= BATCH);
		for (i = 0; i < got; i++)
			meets(items[i].number, DELIVERED);
		ok(sync_queue_task_done_n(&q, got));
	}
	return NULL;
}

static void *
joins_and_looks(void *number)
{
	uint32_t random = round_seed ^ *(const uint32_t *)number;
	struct item i;
	int err;

	gate_pass(&gate);
	while (!sync_queue_is_closed(&q)) {
		err = sync_queue_join_until(&q, soon(&random));
		ck_assert(err == 0 || err == ETIMEDOUT);
		err = sync_queue_peek(&q, &i);
		ck_assert(err == 0 || err == EAGAIN || err == EPIPE);
		ck_assert_uint_le(sync_queue_len(&q), ITEMS);
		(void)random_next(&random);
	}
	ok(sync_queue_join(&q));
	return NULL;
}

static void
is_dropped(void *element, void *unused)
{
	struct item i;

	(void)unused;
	memcpy(&i, element, sizeof(i));
	meets(i.number, DROPPED);
}

static void
close_somehow(uint32_t *random)
{
	uint32_t looks = random_next(random) % 400;

	gate_pass(&gate);
	while (looks-- > 0)
		(void)sync_queue_len(&q);
	if (random_next(random) % 2 == 0)
		ok(sync_queue_close_now(&q, is_dropped, NULL));
	else
		ok(sync_queue_close(&q));
}

static void
one_round(uint32_t *random)
{
	struct spawned *s[THREADS];
	uint32_t number[THREADS], i;

	memset(fate, 0, sizeof(fate));
	round_seed = random_next(random);
	gate = (struct gate) { 0, THREADS + 1 };
	for (i = 0; i < THREADS; i++) {
		number[i] = i * EACH;
		s[i] = spawn(i < PUTTERS ? puts_somehow
		    : i < PUTTERS + GETTERS ? gets_somehow : joins_and_looks,
		    &number[i]);
	}
	close_somehow(random);
	for (i = 0; i < THREADS; i++)
		(void)finish(s[i]);
	for (i = 0; i < ITEMS; i++)
		ck_assert_uint_ne(fate[i], NONE);
	ck_assert_uint_eq(sync_queue_len(&q), 0);
	ok(sync_queue_tryjoin(&q));
	fails(sync_queue_task_done(&q), EINVAL);
}

START_TEST(every_item_meets_one_fate_whatever_threads_do)
{
	uint32_t random = random_seed() + (uint32_t)_i;
	unsigned round;

	for (round = 0; round < 40 * stress_factor(); round++) {
		begin(_i, 1 + random_next(&random) % 4);
		one_round(&random);
		end();
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stress_queue");
	TCase *tc = add_case(s, "fate");

	tcase_add_loop_test(tc,
	    every_item_meets_one_fate_whatever_threads_do, 0, QUEUE_KINDS);
	return run_suite_here(s);
}
