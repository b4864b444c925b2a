/* SPDX-License-Identifier: MIT */
/*
 * close and close_now meet puts and gets: each element is delivered, returned to
 * the thread that wanted to put it, or dropped, and that once.
 */
#include "queue_support.h"

#include <string.h>

#define RACERS 3
#define EACH   40

enum fate { NONE, DELIVERED, RETURNED, DROPPED };
static unsigned char fate[RACERS * EACH];
static struct gate gate;

static void
meets(uint32_t number, enum fate f)
{
	ck_assert_uint_lt(number, RACERS * EACH);
	ck_assert_uint_eq(__atomic_exchange_n(&fate[number],
	    (unsigned char)f, __ATOMIC_RELAXED), NONE);
}

static void *
puts_until_closed(void *base)
{
	struct item i = { 0, 0, *(const uint32_t *)base };
	uint32_t last = i.number + EACH;
	int err;

	gate_pass(&gate);
	for (; i.number < last; i.number++) {
		err = sync_queue_put(&q, &i);
		ck_assert(err == 0 || err == EPIPE);
		if (err == EPIPE)
			meets(i.number, RETURNED);
	}
	return NULL;
}

static void *
gets_until_closed(void *unused)
{
	struct item i;
	int err;

	gate_pass(&gate);
	while ((err = sync_queue_get(&q, &i)) == 0)
		meets(i.number, DELIVERED);
	fails(err, EPIPE);
	return unused;
}

/* An element in the caller's storage may have any address. */
static void
is_dropped(void *element, void *unused)
{
	struct item i;

	(void)unused;
	memcpy(&i, element, sizeof(i));
	meets(i.number, DROPPED);
}

/*
 * Three producers and three consumers are at work when it closes; the delay
 * before the close varies.
 */
static void
race(uint32_t delay, bool now)
{
	struct spawned *s[2 * RACERS];
	uint32_t base[RACERS], k;

	gate = (struct gate) { 0, 2 * RACERS + 1 };
	for (k = 0; k < RACERS; k++) {
		base[k] = k * EACH;
		s[k] = spawn(puts_until_closed, &base[k]);
		s[RACERS + k] = spawn(gets_until_closed, NULL);
	}
	gate_pass(&gate);
	for (k = 0; k < delay; k++)
		(void)sync_queue_len(&q);
	if (now)
		ok(sync_queue_close_now(&q, is_dropped, NULL));
	else
		ok(sync_queue_close(&q));
	for (k = 0; k < 2 * RACERS; k++)
		(void)finish(s[k]);
	ck_assert_uint_eq(sync_queue_len(&q), 0);
	for (k = 0; k < RACERS * EACH; k++) {
		ck_assert_uint_ne(fate[k], NONE);
		fate[k] = NONE;
	}
}

static void
race_often(int kind, bool now)
{
	uint32_t round, rounds = 10 * stress_factor();

	for (round = 0; round < rounds; round++) {
		begin(kind, 2);
		race(round * 3, now);
		end();
	}
}

START_TEST(every_item_is_delivered_or_returned_when_close_races)
{
	race_often(_i, false);
}
END_TEST

START_TEST(every_item_is_delivered_returned_or_dropped_when_close_now_races)
{
	race_often(_i, true);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("queue_close_race");
	TCase *tc = add_case(s, "race");

	tcase_add_loop_test(tc,
	    every_item_is_delivered_or_returned_when_close_races, 0,
	    QUEUE_KINDS);
	tcase_add_loop_test(tc,
	    every_item_is_delivered_returned_or_dropped_when_close_now_races,
	    0, QUEUE_KINDS);
	return run_suite(s);
}
