/* SPDX-License-Identifier: MIT */
/*
 * Another thread is inside a call and does not run: it holds the object's inner
 * lock, or has claimed a slot.  Try functions give up after a moment, and
 * functions with a deadline at their deadline; nothing has changed.  No other
 * thread is needed: the test writes into the object what that thread would have
 * left there.
 */
#include "primitives.h"

#include "base/atomic.h"
#include "wait/spinlock.h"
#include "wait/ownlock.h"
#include "plat.h"
#include "queue/ring.h"

static const enum sync_queue_order orders[] = { SYNC_FIFO, SYNC_LIFO,
	SYNC_PRIORITY };
#define ORDERS 3

/* It lives as long as a test; its id is what it would have left in a lock. */
static struct spawned *stranger;
static struct sync_event known, over;
static uint32_t strangers_id;

static void *
lives(void *arg)
{
	strangers_id = plat_self();
	ok(sync_event_set(&known));
	ok(sync_event_wait(&over));
	return arg;
}

static void
begin(void)
{
	ok(sync_event_init(&known, 0));
	ok(sync_event_init(&over, 0));
	stranger = spawn(lives, NULL);
	ok(sync_event_wait(&known));
}

static void
end(void)
{
	ok(sync_event_set(&over));
	(void)finish(stranger);
}

static uint32_t
a_stranger(void)
{
	return strangers_id;
}

static struct sync_queue q;
static int64_t element;

static void
make(int order, size_t capacity, int elements)
{
	ok(sync_queue_init(&q, orders[order], sizeof(element), capacity));
	for (element = 1; element <= elements; element++)
		ok(sync_queue_put(&q, &element));
	element = 77;
}

/* The thread takes one slot at an end of a ring, or the lock of a store. */
static void
enters(bool puts)
{
	if (q.kind == QUEUE_STORE)
		q.lock |= SPINLOCK_HELD;
	else if (puts)
		q.ring.tail = after(&q.ring, q.ring.tail);
	else
		q.ring.head = after(&q.ring, q.ring.head);
}

static void
leaves(void)
{
	if (q.kind == QUEUE_STORE)
		q.lock &= ~SPINLOCK_HELD;
}

START_TEST(tryget_gives_up)
{
	make(_i, 2, 0);
	enters(true);
	fails(sync_queue_tryget(&q, &element), EAGAIN);
	fails(sync_queue_peek(&q, &element), EAGAIN);
	ck_assert_int_eq(element, 77);
	leaves();
}
END_TEST

START_TEST(get_until_ends_at_its_deadline)
{
	sync_time soon = sync_after_ms(20);

	make(_i, 2, 0);
	enters(true);
	fails(sync_queue_get_until(&q, &element, soon), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), soon);
	fails(sync_queue_get_until(&q, &element, 0), ETIMEDOUT);
	fails(sync_queue_get_until(&q, &element, INT64_MIN), ETIMEDOUT);
	ck_assert_int_eq(element, 77);
	leaves();
}
END_TEST

START_TEST(tryput_gives_up)
{
	make(_i, 2, 2);
	enters(false);
	fails(sync_queue_tryput(&q, &element), EAGAIN);
	leaves();
}
END_TEST

START_TEST(put_until_ends_at_its_deadline)
{
	sync_time soon = sync_after_ms(20);
	size_t done = 7;

	make(_i, 2, 2);
	enters(false);
	fails(sync_queue_put_until(&q, &element, soon), ETIMEDOUT);
	ck_assert_int_ge(sync_time_now(), soon);
	fails(sync_queue_put_n_until(&q, &element, 1, &done, 0), ETIMEDOUT);
	ck_assert_uint_eq(done, 0);
	leaves();
}
END_TEST

START_TEST(len_is_told_at_once)
{
	make(_i, 4, 2);
	enters(true);
	ck_assert_uint_le(sync_queue_len(&q), 3);
	ck_assert_uint_ge(sync_queue_len(&q), 2);
	leaves();
}
END_TEST

/*
 * A consumer sleeps, so a put must wake it, and needs the inner lock for that.
 */
static void *
gets(void *arg)
{
	int64_t got;

	ok(sync_queue_get(&q, &got));
	return arg;
}

START_TEST(tryput_that_must_wake_gives_up)
{
	struct spawned *getter;

	make(_i, 2, 0);
	getter = spawn(gets, NULL);
	until_asleep(getter);
	at_store_relaxed(&q.getters.lock, a_stranger());
	fails(sync_queue_tryput(&q, &element), EAGAIN);
	fails(sync_queue_put_until(&q, &element, sync_after_ms(10)),
	    ETIMEDOUT);
	ck_assert_uint_eq(sync_queue_len(&q), 0);
	at_store_relaxed(&q.getters.lock, 0);
	ok(sync_queue_tryput(&q, &element));
	(void)finish(getter);
	ok(sync_queue_destroy(&q));
}
END_TEST

START_TEST(join_until_ends_at_its_deadline)
{
	make(0, 2, 1);
	at_store_relaxed(&q.joiners.lock, a_stranger());
	fails(sync_queue_tryjoin(&q), EAGAIN);
	fails(sync_queue_join_until(&q, sync_after_ms(10)), ETIMEDOUT);
}
END_TEST

START_TEST(rwlock_gives_up)
{
	struct sync_rwlock l;

	ok(sync_rwlock_init(&l, 0));
	at_store_relaxed(&l.waiters.lock, a_stranger());
	fails(sync_rwlock_tryrdlock(&l), EBUSY);
	fails(sync_rwlock_trywrlock(&l), EBUSY);
	fails(sync_rwlock_rdlock_until(&l, sync_after_ms(10)), ETIMEDOUT);
	fails(sync_rwlock_wrlock_until(&l, sync_after_ms(10)), ETIMEDOUT);
	at_store_relaxed(&l.waiters.lock, 0);
	ok(sync_rwlock_trywrlock(&l));
	ok(sync_rwlock_unlock(&l));
}
END_TEST

START_TEST(barrier_gives_up)
{
	struct sync_barrier b;

	ok(sync_barrier_init(&b, 1, NULL, NULL, 0));
	at_store_relaxed(&b.waiters.lock, a_stranger());
	fails(sync_barrier_trywait(&b, NULL), EAGAIN);
	at_store_relaxed(&b.waiters.lock, 0);
	ck_assert(!sync_barrier_is_broken(&b));
	ok(sync_barrier_trywait(&b, NULL));
}
END_TEST

START_TEST(cond_wait_gives_up_with_the_mutex_held)
{
	struct sync_mutex m = SYNC_MUTEX_INIT;
	struct sync_cond c = SYNC_COND_INIT;

	ok(sync_cond_init(&c, 0));
	ok(sync_mutex_lock(&m));
	at_store_relaxed(&c.waiters.lock, a_stranger());
	fails(sync_cond_wait_until(&c, &m, sync_after_ms(10)), ETIMEDOUT);
	ck_assert(sync_mutex_held(&m));
}
END_TEST

START_TEST(reader_that_would_write_is_told_so)
{
	struct sync_rwlock l;

	ok(sync_rwlock_init(&l, 0));
	ok(sync_rwlock_rdlock(&l));
	at_store_relaxed(&l.waiters.lock, a_stranger());
	fails(sync_rwlock_wrlock_until(&l, 0), EDEADLK);
	fails(sync_rwlock_trywrlock(&l), EBUSY);
	at_store_relaxed(&l.waiters.lock, 0);
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_destroy(&l));
}
END_TEST

static struct sync_timer_thread tt;
static struct sync_timer timer;

static void
does_nothing(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
}

static struct sync_event in, out;

static void *
is_inside(void *arg)
{
	ok(sync_mutex_lock(&tt.lock));
	ok(sync_event_set(&in));
	ok(sync_event_wait(&out));
	ok(sync_mutex_unlock(&tt.lock));
	return arg;
}

START_TEST(timer_join_gives_up)
{
	struct spawned *s;

	ok(sync_timer_thread_init(&tt, NULL));
	ok(sync_timer_init(&timer, &tt, does_nothing, NULL));
	s = spawn(is_inside, NULL);
	ok(sync_event_wait(&in));
	fails(sync_timer_tryjoin(&timer), EAGAIN);
	fails(sync_timer_join_until(&timer, sync_after_ms(10)), ETIMEDOUT);
	ok(sync_event_set(&out));
	(void)finish(s);
	ok_in_the_end(sync_timer_tryjoin(&timer));
	ok(sync_timer_destroy(&timer));
	ok(sync_timer_thread_destroy(&tt));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("inside");
	TCase *tc = add_case(s, "queue");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(tc, tryget_gives_up, 0, ORDERS);
	tcase_add_loop_test(tc, get_until_ends_at_its_deadline, 0, ORDERS);
	tcase_add_loop_test(tc, tryput_gives_up, 0, ORDERS);
	tcase_add_loop_test(tc, put_until_ends_at_its_deadline, 0, ORDERS);
	tcase_add_loop_test(tc, len_is_told_at_once, 0, ORDERS);
	tcase_add_loop_test(tc, tryput_that_must_wake_gives_up, 0, ORDERS);
	tcase_add_test(tc, join_until_ends_at_its_deadline);
	tc = add_case(s, "others");
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, rwlock_gives_up);
	tcase_add_test(tc, reader_that_would_write_is_told_so);
	tcase_add_test(tc, barrier_gives_up);
	tcase_add_test(tc, timer_join_gives_up);
	tcase_add_test(tc, cond_wait_gives_up_with_the_mutex_held);
	return run_suite(s);
}
