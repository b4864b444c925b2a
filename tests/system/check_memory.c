/* SPDX-License-Identifier: MIT */
/*
 * Out of memory: whichever allocation fails, the queue is as before and works
 * again later, and nothing else allocates.
 */
#include <string.h>

#include "failing_calls.h"

/* An element with room for its priority. */
struct item {
	int64_t priority;
	int32_t number;
};

#define PUTS 200 /* several growths from any first size that makes sense */

/* Whether it ran to its end.  Nothing may be left allocated in either case. */
static bool
queue_life(enum sync_queue_order order, size_t capacity)
{
	struct sync_queue q, before;
	struct item item = { 0, 0 };
	int i, err, in = 0, out = 0, refused = 0;

	memset(&q, 0x5a, sizeof(q));
	memcpy(&before, &q, sizeof(q));
	errno = 0;
	err = lib(sync_queue_init(&q, order, sizeof(item), capacity));
	ck_assert_int_eq(errno, 0);
	if (err != 0) {
		ck_assert_int_eq(err, ENOMEM);
		ck_assert_mem_eq(&q, &before, sizeof(q));
		return false;
	}
	for (i = 0; i < PUTS; i++) {
		item.priority = item.number = in;
		memcpy(&before, &q, sizeof(q));
		err = lib(sync_queue_put(&q, &item));
		ck_assert_int_eq(errno, 0);
		if (err != 0) {
			ck_assert_int_eq(err, ENOMEM);
			ck_assert_mem_eq(&q, &before, sizeof(q));
			refused++;
		} else {
			in++;
		}
		/*
		 * The oldest element moves on, so that a ring does not begin at
		 * its start.
		 */
		if (order == SYNC_FIFO && i % 3 == 0
		    && sync_queue_tryget(&q, &item) == 0)
			ck_assert_int_eq(item.number, out++);
	}
	ck_assert_uint_eq(sync_queue_len(&q), (size_t)(in - out));
	while (out < in) {
		ok(lib(sync_queue_get(&q, &item)));
		ck_assert_int_eq(
		    item.number, order == SYNC_LIFO ? --in : out++);
	}
	fails(lib(sync_queue_tryget(&q, &item)), EAGAIN);
	ok(lib(sync_queue_destroy(&q)));
	return refused == 0;
}

/*
 * Fail the first, the second, ... allocation until a run needs no more of them.
 */
static unsigned
sweep(enum sync_queue_order order, size_t capacity, bool for_ever)
{
	unsigned after = 1;

	do {
		long was = blocks;

		set_fault(&memory, after++, for_ever);
		(void)queue_life(order, capacity);
		ck_assert_int_eq(blocks, was);
	} while (memory.failed > 0);
	set_fault(&memory, 0, false);
	return after - 2;
}

static const enum sync_queue_order orders[]
    = { SYNC_FIFO, SYNC_LIFO, SYNC_PRIORITY };

START_TEST(queue_survives_every_failing_allocation)
{
	ck_assert_uint_eq(sweep(orders[_i], PUTS, false), 1);
	ck_assert_uint_eq(sweep(orders[_i], PUTS, true), 1);
	/* An unbounded one allocates at init and grows. */
	ck_assert_uint_ge(sweep(orders[_i], SYNC_UNBOUNDED, false), 3);
	ck_assert_uint_ge(sweep(orders[_i], SYNC_UNBOUNDED, true), 3);
	ck_assert(queue_life(orders[_i], SYNC_UNBOUNDED));
}
END_TEST

START_TEST(queue_put_works_again_when_there_is_memory_again)
{
	struct sync_queue q;
	int i, n = 0, x;

	ok(lib(sync_queue_init(&q, SYNC_FIFO, sizeof(i), SYNC_UNBOUNDED)));
	set_fault(&memory, 1, true);
	while (lib(sync_queue_put(&q, &n)) == 0)
		n++;
	i = -1;
	fails(lib(sync_queue_put(&q, &i)), ENOMEM);
	fails(lib(sync_queue_tryput(&q, &i)), ENOMEM);
	fails(lib(sync_queue_put_until(&q, &i, SYNC_NEVER)), ENOMEM);
	set_fault(&memory, 0, false);
	ok(lib(sync_queue_put(&q, &n)));
	for (i = 0; i <= n; i++) {
		ok(lib(sync_queue_get(&q, &x)));
		ck_assert_int_eq(x, i);
	}
	ok(lib(sync_queue_destroy(&q)));
}
END_TEST

START_TEST(batch_put_says_how_many_are_in_when_memory_ends)
{
	int items[PUTS], got[PUTS], i;
	struct sync_queue q;
	size_t done = 99, n = 0;

	for (i = 0; i < PUTS; i++)
		items[i] = i;
	ok(lib(sync_queue_init(&q, SYNC_FIFO, sizeof(i), SYNC_UNBOUNDED)));
	set_fault(&memory, 2, true);
	fails(lib(sync_queue_put_n(&q, items, PUTS, &done)), ENOMEM);
	set_fault(&memory, 0, false);
	ck_assert_uint_gt(done, 0);
	ck_assert_uint_lt(done, PUTS);
	ok(lib(sync_queue_get_n(&q, got, PUTS, &n)));
	ck_assert_uint_eq(n, done);
	ck_assert_mem_eq(got, items, n * sizeof(i));
	ok(lib(sync_queue_destroy(&q)));
}
END_TEST

START_TEST(nothing_but_queues_allocates)
{
	struct sync_mutex m = SYNC_MUTEX_INIT;
	struct sync_rmutex r = SYNC_RMUTEX_INIT;
	struct sync_cond c = SYNC_COND_INIT;
	struct sync_rwlock l = SYNC_RWLOCK_INIT;
	struct sync_sem s = SYNC_SEM_INIT(1, 1);
	struct sync_barrier b;
	struct sync_timer_thread tt;
	struct sync_timer t;

	ok(lib(sync_timer_thread_init(&tt, NULL))); /* a thread has its stack */
	set_fault(&memory, 1, true);
	ok(lib(sync_mutex_lock(&m)));
	fails(lib(sync_cond_wait_until(&c, &m, sync_after_ms(1))), ETIMEDOUT);
	ok(lib(sync_mutex_unlock(&m)));
	ok(lib(sync_rmutex_lock(&r)));
	fails(lib(sync_cond_wait_rmutex_until(&c, &r, sync_after_ms(1))),
	    ETIMEDOUT);
	ok(lib(sync_rmutex_unlock(&r)));
	ok(lib(sync_rwlock_rdlock(&l)));
	ok(lib(sync_rwlock_unlock(&l)));
	ok(lib(sync_sem_wait(&s)));
	ok(lib(sync_barrier_init(&b, 2, NULL, NULL, 0)));
	fails(lib(sync_barrier_wait_until(&b, NULL, sync_after_ms(1))),
	    ETIMEDOUT);
	ok(lib(sync_timer_init(&t, &tt, fires, NULL)));
	ok(lib(sync_timer_arm(&t, SYNC_NEVER)));
	ok(lib(sync_timer_destroy(&t)));
	ck_assert_uint_eq(memory.failed, 0);
	set_fault(&memory, 0, false);
	ok(lib(sync_timer_thread_destroy(&tt)));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("memory");
	TCase *tc = add_case(s, "out of memory");

	tcase_add_loop_test(tc, queue_survives_every_failing_allocation, 0, 3);
	tcase_add_test(tc, queue_put_works_again_when_there_is_memory_again);
	tcase_add_test(tc, batch_put_says_how_many_are_in_when_memory_ends);
	tcase_add_test(tc, nothing_but_queues_allocates);
	return run_suite(s);
}
