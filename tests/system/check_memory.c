/* SPDX-License-Identifier: MIT */
/*
 * Out of memory, and out of threads.  The linker replaces the functions that
 * the library calls with those below, so that a chosen call fails, once or from
 * then on, and allocations are counted.  This applies only within lib(...),
 * because the linker may redirect Check's calls as well.
 */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

#include "support.h"

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c): the linker's names */
void *__real_malloc(size_t);
void *__wrap_malloc(size_t);
void *__real_calloc(size_t, size_t);
void *__wrap_calloc(size_t, size_t);
void *__real_realloc(void *, size_t);
void *__wrap_realloc(void *, size_t);
void __real_free(void *);
void __wrap_free(void *);
int __real_pthread_create(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
int __wrap_pthread_create(
    pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c) */

/*
 * Number of the call that fails, counted from now; 0: none.  Then all later
 * calls fail, or only that one.
 */
static struct fault {
	unsigned after;
	bool for_ever;
	unsigned failed;
} memory, creation;

static long blocks; /* allocated and not freed */

static _Thread_local bool inside;
static int
leaving(int err)
{
	inside = false;
	return err;
}
#define lib(call) (inside = true, leaving(call))

static bool
strikes(struct fault *f)
{
	if (!inside || f->after == 0 || --f->after > 0)
		return false;
	if (f->for_ever)
		f->after = 1;
	f->failed++;
	errno = ENOMEM;
	return true;
}

static void
set_fault(struct fault *f, unsigned after, bool for_ever)
{
	*f = (struct fault) { after, for_ever, 0 };
}

static void *
counted(void *p)
{
	if (inside && p != NULL)
		blocks++;
	return p;
}

void *
__wrap_malloc(size_t size)
{
	return strikes(&memory) ? NULL : counted(__real_malloc(size));
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return strikes(&memory) ? NULL : counted(__real_calloc(n, size));
}

void *
__wrap_realloc(void *p, size_t size)
{
	if (strikes(&memory))
		return NULL;
	if (p == NULL)
		return counted(__real_realloc(p, size));
	return __real_realloc(p, size);
}

void
__wrap_free(void *p)
{
	if (inside && p != NULL)
		blocks--;
	__real_free(p);
}

int
__wrap_pthread_create(pthread_t *t, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg)
{
	return strikes(&creation) ? EAGAIN
				  : __real_pthread_create(t, attr, fn, arg);
}

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

static struct sync_sem posts = SYNC_SEM_INIT(0, 100);

static void
fires(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	(void)sync_sem_post(&posts);
}

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

static void *
nothing(void *arg)
{
	return arg;
}

START_TEST(thread_start_without_threads_is_eagain)
{
	struct sync_thread t, before;
	int threads = threads_at_rest();

	memset(&t, 0xa5, sizeof(t));
	memcpy(&before, &t, sizeof(t));
	set_fault(&creation, 1, true);
	fails(lib(sync_thread_start(&t, nothing, NULL, NULL)), EAGAIN);
	ck_assert_mem_eq(&t, &before, sizeof(t));
	set_fault(&creation, 0, false);
	until_thread_count(threads);
	ok(lib(sync_thread_start(&t, nothing, &t, NULL)));
	ok(lib(sync_thread_join(&t, NULL)));
	until_thread_count(threads);
}
END_TEST

START_TEST(some_threads_start_and_the_one_that_cannot_changes_nothing)
{
	enum { N = 5 };
	struct sync_thread t[N];
	unsigned after;
	int threads = threads_at_rest();

	for (after = 1; after <= N + 1; after++) {
		int i, started = 0;

		set_fault(&creation, after, false);
		for (i = 0; i < N; i++) {
			int err = lib(sync_thread_start(
			    &t[started], nothing, t, NULL));

			if (err == 0)
				started++;
			else
				ck_assert_int_eq(err, EAGAIN);
		}
		ck_assert_int_eq(started, after <= N ? N - 1 : N);
		while (started > 0)
			ok(lib(sync_thread_join(&t[--started], NULL)));
		until_thread_count(threads);
	}
	set_fault(&creation, 0, false);
}
END_TEST

START_TEST(timer_thread_without_threads_is_eagain)
{
	struct sync_timer_thread tt, before;
	struct sync_timer t;
	int threads = threads_at_rest();

	memset(&tt, 0xa5, sizeof(tt));
	memcpy(&before, &tt, sizeof(tt));
	set_fault(&creation, 1, false);
	fails(lib(sync_timer_thread_init(&tt, "none")), EAGAIN);
	ck_assert_uint_eq(creation.failed, 1);
	ck_assert_mem_eq(&tt, &before, sizeof(tt));
	until_thread_count(threads);
	ok(lib(sync_timer_thread_init(&tt, NULL)));
	ok(lib(sync_timer_init(&t, &tt, fires, NULL)));
	ok(lib(sync_timer_arm(&t, 0)));
	ok(lib(sync_sem_wait(&posts)));
	ok(lib(sync_timer_thread_destroy(&tt)));
	until_thread_count(threads);
}
END_TEST

static void
exits(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	fires(t, tick, arg);
	inside = true; /* on this thread */
	pthread_exit(NULL);
}

/*
 * Then the thread that ends continues to run the timers, and keeps its stack.
 */
START_TEST(callback_may_exit_though_no_thread_can_be_started)
{
	struct sync_timer_thread tt;
	struct sync_timer t, other;
	int i, threads = threads_at_rest();

	ok(lib(sync_timer_thread_init(&tt, NULL)));
	ok(lib(sync_timer_init(&t, &tt, exits, NULL)));
	ok(lib(sync_timer_init(&other, &tt, fires, NULL)));
	set_fault(&creation, 1, true);
	for (i = 0; i < 10; i++) {
		if (i == 5) { /* a replacement is started after all */
			ck_assert_uint_ge(creation.failed, 5);
			set_fault(&creation, 0, false);
		}
		ok(lib(sync_timer_arm(&t, 0)));
		ok(lib(sync_sem_wait(&posts)));
		ok(lib(sync_timer_join(&t)));
		ok(lib(sync_timer_arm(&other, 0)));
		ok(lib(sync_sem_wait(&posts)));
	}
	ok(lib(sync_timer_thread_stop(&tt)));
	ok(lib(sync_timer_thread_destroy(&tt)));
	until_thread_count(threads);
}
END_TEST

static void
post_from_handler(int signal_number)
{
	(void)signal_number;
	(void)sync_sem_post(&posts);
}

START_TEST(own_handler_wakes_a_wait_also_where_no_thread_can_be_made)
{
	const struct itimerval soon = { { 0, 0 }, { 0, 20000 } };
	int i;

	set_fault(&creation, 1, true);
	on_signal(SIGALRM, post_from_handler);
	for (i = 0; i < 5; i++) {
		ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
		ok(lib(sync_sem_wait(&posts)));
	}
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
	tc = add_case(s, "out of threads");
	tcase_add_test(tc, thread_start_without_threads_is_eagain);
	tcase_add_test(
	    tc, some_threads_start_and_the_one_that_cannot_changes_nothing);
	tcase_add_test(tc, timer_thread_without_threads_is_eagain);
	tcase_add_test(
	    tc, callback_may_exit_though_no_thread_can_be_started);
	tcase_add_test(
	    tc, own_handler_wakes_a_wait_also_where_no_thread_can_be_made);
	return run_suite(s);
}
