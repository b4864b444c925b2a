/* SPDX-License-Identifier: MIT */
/* As check_errno: queues, threads and timers. */
#include "spoilt_errno.h"

static const enum sync_queue_order orders[]
    = { SYNC_FIFO, SYNC_LIFO, SYNC_PRIORITY };

static void
drops(void *element, void *arg)
{
	(void)element, (void)arg;
}

static void
tries_queue(struct sync_queue *q)
{
	int64_t two[2] = { 1, 2 };
	size_t n;

	fails(sync_queue_tryget(q, two), EAGAIN);
	fails(sync_queue_get_until(q, two, 0), ETIMEDOUT);
	fails(sync_queue_peek(q, two), EAGAIN);
	ok(sync_queue_tryput(q, two));
	ok(sync_queue_put_until(q, two, FAR));
	ok(sync_queue_put_n(q, two, 2, &n));
	ok(sync_queue_get_n(q, two, 2, &n));
	ok(sync_queue_tryput_n(q, two, 2, &n));
	fails(sync_queue_tryput(q, two), EAGAIN);
	fails(sync_queue_put_until(q, two, 0), ETIMEDOUT);
	fails(sync_queue_put_n_until(q, two, 2, &n, 0), ETIMEDOUT);
	ok(sync_queue_get_n_until(q, two, 2, &n, FAR));
	ok(sync_queue_tryget_n(q, two, 1, &n));
	ok(sync_queue_peek(q, two));
	ok(sync_queue_get(q, two));
	ok(sync_queue_put(q, two));
	ck_assert(keeps(sync_queue_len(q)) && keeps(sync_queue_capacity(q)));
	ck_assert(keeps(sync_queue_unfinished(q)));
	fails(sync_queue_tryjoin(q), EAGAIN);
	fails(sync_queue_join_until(q, 0), ETIMEDOUT);
	ok(sync_queue_task_done(q));
	n = sync_queue_unfinished(q);
	ok(sync_queue_task_done_n(q, n));
	ok(sync_queue_join(q));
	ok(sync_queue_tryjoin(q));
}

START_TEST(queues_leave_errno_alone)
{
	struct sync_queue_options o = { .order = orders[_i % 3],
		.element_size = sizeof(int64_t),
		.capacity = SYNC_UNBOUNDED };
	int64_t one = 1;
	struct sync_queue q;
	size_t n;
	int i;

	fails(sync_queue_init(&q, o.order, 0, 1), EINVAL);
	fails(sync_queue_init(&q, o.order, SIZE_MAX / 2, 3), EOVERFLOW);
	ok(sync_queue_storage_size(o.order, sizeof(one), 4, &n));
	ok(sync_queue_init(&q, o.order, sizeof(one), 4));
	tries_queue(&q);
	ok(sync_queue_close(&q));
	ck_assert(keeps(sync_queue_is_closed(&q)));
	fails(sync_queue_put(&q, &one), EPIPE);
	ok(sync_queue_destroy(&q));
	fails(sync_queue_get(&q, &one), EINVAL);
	ok(sync_queue_init_with(&q, &o));
	for (i = 0; i < 1000; i++) /* it grows */
		ok(sync_queue_put(&q, &one));
	ok(sync_queue_close_now(&q, drops, NULL));
	ok(sync_queue_destroy(&q));
}
END_TEST

static void *
checks_itself(void *arg)
{
	ck_assert(keeps(sync_thread_current()));
	ck_assert(keeps(sync_thread_name(sync_thread_current())));
	return arg;
}

START_TEST(threads_leave_errno_alone)
{
	struct sync_thread_options o = {
		.name = "a name that is longer than the system's"
	};
	struct sync_thread t;

	fails(sync_thread_start(NULL, checks_itself, NULL, NULL), EINVAL);
	ok(sync_thread_start(&t, checks_itself, NULL, NULL));
	ok(sync_thread_join(&t, NULL));
	o.name = "short";
	ok(sync_thread_start(&t, checks_itself, NULL, &o));
	ok(sync_thread_join_until(&t, NULL, FAR));
	ok(sync_thread_tryjoin(&t, NULL));
	o.stack_size = SIZE_MAX;
	fails(sync_thread_start(&t, checks_itself, NULL, &o), EINVAL);
	ck_assert(keeps(sync_thread_sleep_until(sync_after(1000000))));
	ck_assert(keeps(sync_time_now()));
	ck_assert(keeps(sync_after(1)));
	ck_assert(keeps(sync_after_ms(1)));
}
END_TEST

static struct sync_sem called;

static void
calls(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	ok(sync_sem_post(&called));
}

START_TEST(timers_leave_errno_alone)
{
	struct sync_timer_thread tt;
	struct sync_timer t;

	ok(sync_sem_init(&called, 0, 1000, 0));
	fails(sync_timer_thread_init(NULL, NULL), EINVAL);
	fails(sync_timer_thread_init_with(NULL, NULL), EINVAL);
	ok(sync_timer_thread_init(&tt, "timers"));
	fails(sync_timer_init(&t, &tt, NULL, NULL), EINVAL);
	ok(sync_timer_init(&t, &tt, calls, NULL));
	ok(sync_timer_arm(&t, 0));
	ok(sync_sem_wait(&called));
	ok(sync_timer_join(&t));
	ok(sync_timer_arm_every(&t, FAR, 1000, SYNC_TIMER_SKIP));
	ck_assert(keeps(sync_timer_is_armed(&t)));
	ck_assert(keeps(sync_timer_thread_armed(&tt)));
	fails(sync_timer_thread_destroy(&tt), EBUSY);
	ok(sync_timer_cancel(&t));
	fails(sync_timer_cancel(&t), ENOENT);
	ck_assert(keeps(sync_timer_tryjoin(&t)));
	ok(sync_timer_join_until(&t, FAR));
	ok(sync_timer_destroy(&t));
	ok(sync_timer_thread_stop(&tt));
	ok(sync_timer_thread_destroy(&tt));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("errno_threads");
	TCase *tc = add_case(s, "errno");

	tcase_add_loop_test(tc, queues_leave_errno_alone, 0, 3);
	tcase_add_test(tc, threads_leave_errno_alone);
	tcase_add_test(tc, timers_leave_errno_alone);
	return run_suite(s);
}
