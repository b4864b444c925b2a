/* SPDX-License-Identifier: MIT */
/*
 * What queue, timer and thread allocate, and what they do when an allocation
 * fails.  The linker redirects the library's requests for memory (to the seam)
 * and for threads (to the system) to the functions below.
 */
#include "config.h"

#include "queue_support.h"
#include "timer_support.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

static int allocations;     /* atomic; allocations so far */
static int fail_after = -1; /* atomic; successes before all fail; -1: no limit */
static bool fail_threads;   /* atomic */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c): the linker's names */
void *__real_plat_alloc(size_t size);
void *__real_plat_alloc_zeroed(size_t size);
void *__real_plat_realloc(void *p, size_t size);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg);
void *__wrap_plat_alloc(size_t size);
void *__wrap_plat_alloc_zeroed(size_t size);
void *__wrap_plat_realloc(void *p, size_t size);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c) */

static bool
refused(void)
{
	int left = __atomic_load_n(&fail_after, __ATOMIC_RELAXED);

	(void)__atomic_fetch_add(&allocations, 1, __ATOMIC_RELAXED);
	if (left > 0)
		__atomic_store_n(&fail_after, left - 1, __ATOMIC_RELAXED);
	return left == 0;
}

void *
__wrap_plat_alloc(size_t size)
{
	return refused() ? NULL : __real_plat_alloc(size);
}

void *
__wrap_plat_alloc_zeroed(size_t size)
{
	return refused() ? NULL : __real_plat_alloc_zeroed(size);
}

void *
__wrap_plat_realloc(void *p, size_t size)
{
	return refused() ? NULL : __real_plat_realloc(p, size);
}

int
__wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg)
{
	if (__atomic_load_n(&fail_threads, __ATOMIC_RELAXED)) {
		errno = ENOMEM; /* as mmap does internally */
		return EAGAIN;
	}
	return __real_pthread_create(thread, attr, fn, arg);
}

static void
count_from_here(void)
{
	__atomic_store_n(&fail_after, -1, __ATOMIC_RELAXED);
	__atomic_store_n(&allocations, 0, __ATOMIC_RELAXED);
}

static void
refuse_threads(bool refuse)
{
	__atomic_store_n(&fail_threads, refuse, __ATOMIC_RELAXED);
}

static void
allocated(int n)
{
	ck_assert_int_eq(__atomic_load_n(&allocations, __ATOMIC_RELAXED), n);
}

START_TEST(a_bounded_queue_allocates_once_and_at_init)
{
	struct item items[4], got[4];
	struct spawned *s;
	size_t n, round;
	int once = _i < ORDERS ? 1 : 0; /* otherwise it is the caller's storage */

	memset(items, 0, sizeof(items));
	count_from_here();
	begin(_i, 4);
	allocated(once);
	for (round = 0; round < 100; round++) {
		ok(sync_queue_put_n(&q, items, 4, NULL));
		fails(sync_queue_tryput(&q, items), EAGAIN);
		fails(sync_queue_put_until(&q, items, 0), ETIMEDOUT);
		ok(sync_queue_get_n(&q, got, 4, &n));
		fails(sync_queue_get_until(&q, got, sync_after(1000)),
		    ETIMEDOUT);
	}
	s = spawn(gets, got);
	until_asleep(s);
	put_item(0, 0);
	ok(error_of(s));
	ok(sync_queue_put(&q, items));
	ok(sync_queue_close_now(&q, NULL, NULL));
	end();
	allocated(once);
}
END_TEST

START_TEST(refused_sizes_allocate_nothing)
{
	struct sync_queue queue;

	count_from_here();
	fails(sync_queue_init(&queue, SYNC_FIFO, 8, 0), EINVAL);
	fails(sync_queue_init(&queue, SYNC_FIFO, 0, 8), EINVAL);
	fails(sync_queue_init(&queue, SYNC_PRIORITY, 7, 8), EINVAL);
	fails(sync_queue_init(&queue, SYNC_FIFO, 8, SIZE_MAX / 8), EOVERFLOW);
	fails(sync_queue_init(&queue, SYNC_FIFO, 8, SIZE_MAX / 8 + 1),
	    EOVERFLOW);
	fails(sync_queue_init(&queue, SYNC_LIFO, SIZE_MAX, 1), EOVERFLOW);
	fails(sync_queue_init(&queue, SYNC_PRIORITY, SIZE_MAX - 7, 1),
	    EOVERFLOW);
	fails(sync_queue_init(&queue, SYNC_FIFO, SIZE_MAX / 16 + 1,
	    SYNC_UNBOUNDED), EOVERFLOW);
	allocated(0);
}
END_TEST

START_TEST(init_without_memory_is_enomem_and_changes_nothing)
{
	struct sync_queue queue, before;

	memset(&queue, 0x5a, sizeof(queue));
	before = queue;
	count_from_here();
	__atomic_store_n(&fail_after, 0, __ATOMIC_RELAXED);
	fails(sync_queue_init(&queue, SYNC_FIFO, 8, 8), ENOMEM);
	fails(sync_queue_init(&queue, SYNC_LIFO, 8, SYNC_UNBOUNDED), ENOMEM);
	ck_assert_mem_eq(&queue, &before, sizeof(queue));
	count_from_here();
}
END_TEST

/*
 * Growth fails.  The elements stay in the queue, and later there is memory
 * again.
 */
START_TEST(an_unbounded_queue_that_cannot_grow_says_enomem)
{
	struct item i = { 0, 0, 0 };
	struct item more[8];
	size_t done, n;
	int err;

	begin(BOUNDED_KINDS + _i, 0);
	count_from_here();
	__atomic_store_n(&fail_after, 0, __ATOMIC_RELAXED);
	while ((err = sync_queue_put(&q, &i)) == 0)
		i.number++;
	n = i.number;
	fails(err, ENOMEM);
	fails(sync_queue_tryput(&q, &i), ENOMEM);
	fails(sync_queue_put_until(&q, &i, SYNC_NEVER), ENOMEM);
	fails(sync_queue_put_n(&q, &i, 1, &done), ENOMEM);
	ck_assert_uint_eq(done, 0);
	ck_assert_uint_eq(sync_queue_len(&q), n);
	ck_assert_uint_eq(get_item().number,
	    number_at(BOUNDED_KINDS + _i, 0, i.number));
	memset(more, 0, sizeof(more));
	fails(sync_queue_put_n(&q, more, 8, &done), ENOMEM);
	ck_assert_uint_eq(done, 1);
	count_from_here();
	ok(sync_queue_put_n(&q, more, 8, &done));
	ck_assert_uint_eq(sync_queue_len(&q), n + 8);
	ok(sync_queue_task_done_n(&q, n + 9));
	ok(sync_queue_tryjoin(&q)); /* an element that was not put is no task */
	end();
}
END_TEST

#define MANY 10000

static struct sync_timer timers[MANY];

START_TEST(timers_allocate_nothing)
{
	uint32_t random = random_seed();
	int i, round;

	count_from_here();
	begin_timers();
	allocated(0);
	hold();
	for (i = 0; i < MANY; i++)
		ok(sync_timer_init(&timers[i], &tt, note, NULL));
	for (round = 0; round < 3; round++) {
		for (i = 0; i < MANY; i++)
			ok(sync_timer_arm(&timers[i],
			    sync_after(HOUR + random_next(&random))));
		for (i = 0; i < MANY; i++)
			ok(sync_timer_cancel(
			    &timers[(i * 7919 + round) % MANY]));
	}
	for (i = 0; i < 100; i++)
		ok(sync_timer_arm_every(
		    &timers[i], 0, HOUR, SYNC_TIMER_SKIP));
	release();
	await_calls(100);
	ok(sync_timer_thread_stop(&tt));
	end_timers();
	allocated(0);
}
END_TEST

static void *
returns_its_argument(void *arg)
{
	return arg;
}

START_TEST(threads_allocate_nothing)
{
	struct sync_thread t;
	int i;

	count_from_here();
	for (i = 0; i < 20; i++) {
		ok(sync_thread_start(&t, returns_its_argument, NULL, NULL));
		ok(sync_thread_join(&t, NULL));
	}
	allocated(0);
}
END_TEST

START_TEST(start_without_a_thread_to_be_had_changes_nothing)
{
	struct sync_thread_options o = { "name", 1000000 };
	struct sync_thread t, before;
	int round;

	for (round = 0; round < 2; round++) {
		if (round == 0)
			memset(&t, 0x5a, sizeof(t));
		before = t;
		refuse_threads(true);
		fails(sync_thread_start(&t, returns_its_argument, &t, &o),
		    EAGAIN);
		ck_assert_mem_eq(&t, &before, sizeof(t));
		refuse_threads(false);
		if (round == 1)
			ok(sync_thread_join(&t, NULL)); /* it still is */
		ok(sync_thread_start(&t, returns_its_argument, &t, &o));
		ok(sync_thread_join(&t, NULL));
	}
}
END_TEST

START_TEST(a_timer_thread_without_a_thread_is_eagain_and_leaves_nothing)
{
	struct sync_timer_thread another, before;
	int threads = thread_count();
	sigset_t mask, after;
	int i;

	memset(&another, 0x5a, sizeof(another));
	before = another;
	ok(pthread_sigmask(SIG_BLOCK, NULL, &mask));
	refuse_threads(true);
	fails(sync_timer_thread_init(&another, "other"), EAGAIN);
	ck_assert_mem_eq(&another, &before, sizeof(another));
	ck_assert_int_eq(thread_count(), threads);
	ok(pthread_sigmask(SIG_BLOCK, NULL, &after));
	for (i = 1; i <= 31; i++)
		ck_assert_int_eq(sigismember(&mask, i), sigismember(&after, i));
	refuse_threads(false);
	ok(sync_timer_thread_init(&another, "other"));
	ok(sync_timer_thread_destroy(&another));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("allocations");
	TCase *tc = add_case(s, "queue");

	tcase_add_loop_test(tc,
	    a_bounded_queue_allocates_once_and_at_init, 0, BOUNDED_KINDS);
	tcase_add_test(tc, refused_sizes_allocate_nothing);
	tcase_add_test(tc, init_without_memory_is_enomem_and_changes_nothing);
	tcase_add_loop_test(tc,
	    an_unbounded_queue_that_cannot_grow_says_enomem, 0, ORDERS);
	tc = add_case(s, "timer");
	tcase_add_test(tc, timers_allocate_nothing);
	tcase_add_test(
	    tc, a_timer_thread_without_a_thread_is_eagain_and_leaves_nothing);
	tc = add_case(s, "thread");
	tcase_add_test(tc, threads_allocate_nothing);
	tcase_add_test(
	    tc, start_without_a_thread_to_be_had_changes_nothing);
	return run_suite(s);
}
