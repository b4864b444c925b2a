/* SPDX-License-Identifier: MIT */
/*
 * Objects without an owner, queues, timers and threads in the child of a fork.
 * What the child may use works; what it may not use returns an error.
 * Everything can be destroyed and initialised again, and nothing hangs.
 */
#include <sys/mman.h>

#include "fork_support.h"

/* Waiters of the parent. */

static void *
waits_on_cond(void *arg)
{
	ok(sync_mutex_lock(&mutex));
	ok(sync_cond_wait(&cond, &mutex));
	ok(sync_mutex_unlock(&mutex));
	return arg;
}

static void *
waits_at_barrier(void *arg)
{
	ok(sync_barrier_wait(&barrier, NULL));
	return arg;
}

static void *
waits_to_write(void *arg)
{
	ok(sync_rwlock_wrlock(&rwlock));
	ok(sync_rwlock_unlock(&rwlock));
	return arg;
}

static void
waiters_are_forgotten(void)
{
	need(sync_cond_signal(&cond) == 0);
	need(sync_mutex_lock(&mutex) == 0);
	need(sync_cond_wait_until(&cond, &mutex, sync_after_ms(1))
	    == ETIMEDOUT);
	need(sync_cond_broadcast(&cond) == 0);
	need(sync_cond_destroy(&cond) == 0);
	need(sync_barrier_waiting(&barrier) == 0);
	need(!sync_barrier_is_broken(&barrier));
	need(sync_barrier_trywait(&barrier, NULL) == EAGAIN);
	need(sync_barrier_destroy(&barrier) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0); /* it still holds it to read */
	need(sync_rwlock_trywrlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	need(sync_rwlock_destroy(&rwlock) == 0);
}

START_TEST(child_forgets_the_waiters_of_the_parent)
{
	struct spawned *s[3];
	int i;

	fork_begin();
	ok(sync_rwlock_rdlock(&rwlock));
	s[0] = spawn(waits_on_cond, NULL);
	s[1] = spawn(waits_at_barrier, NULL);
	s[2] = spawn(waits_to_write, NULL);
	for (i = 0; i < 3; i++)
		until_asleep(s[i]);
	in_fork(waiters_are_forgotten);
	/* The parent's waiters are all there. */
	ck_assert_uint_eq(sync_barrier_waiting(&barrier), 1);
	ok(sync_cond_signal(&cond));
	ok(sync_barrier_wait(&barrier, NULL));
	ok(sync_rwlock_unlock(&rwlock));
	for (i = 0; i < 3; i++)
		(void)finish(s[i]);
}
END_TEST

/* A barrier that was broken. */
static void
broken_is_whole(void)
{
	need(!sync_barrier_is_broken(&barrier));
	need(sync_barrier_destroy(&barrier) == 0);
}

START_TEST(child_has_a_whole_barrier)
{
	fork_begin();
	ok(sync_barrier_abort(&barrier));
	in_fork(broken_is_whole);
	ck_assert(sync_barrier_is_broken(&barrier));
}
END_TEST

/* Queue, timers, threads. */

static void *
waits_for_let_go(void *arg)
{
	ok(sync_event_wait(&let_go));
	return arg;
}

static void
never(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	need(false);
}

static void
what_needs_threads_is_not_recoverable(void)
{
	int i = 1;
	size_t n = 1;

	need(sync_queue_put(&queue, &i) == ENOTRECOVERABLE);
	need(sync_queue_tryput(&queue, &i) == ENOTRECOVERABLE);
	need(sync_queue_get(&queue, &i) == ENOTRECOVERABLE);
	need(sync_queue_get_n(&queue, &i, 1, &n) == ENOTRECOVERABLE);
	need(sync_queue_put_n(&queue, &i, 1, NULL) == ENOTRECOVERABLE);
	need(sync_queue_peek(&queue, &i) == ENOTRECOVERABLE);
	need(sync_queue_close(&queue) == ENOTRECOVERABLE);
	need(sync_queue_close_now(&queue, NULL, NULL) == ENOTRECOVERABLE);
	need(sync_queue_task_done(&queue) == ENOTRECOVERABLE);
	need(sync_queue_join(&queue) == ENOTRECOVERABLE);
	need(sync_queue_destroy(&queue) == 0);
	need(sync_queue_len(&queue) == 0);
	need(sync_queue_capacity(&queue) == 0);
	need(sync_queue_unfinished(&queue) == 0);
	need(!sync_queue_is_closed(&queue));
	need(sync_queue_init(&queue, SYNC_LIFO, sizeof(int), 1) == 0);
	need(sync_queue_put(&queue, &i) == 0);
	need(sync_queue_destroy(&queue) == 0);

	need(sync_timer_arm(&timer, 0) == ENOTRECOVERABLE);
	need(sync_timer_arm_every(&timer, 0, 1, SYNC_TIMER_ALL)
	    == ENOTRECOVERABLE);
	need(sync_timer_cancel(&timer) == ENOTRECOVERABLE);
	need(sync_timer_join(&timer) == ENOTRECOVERABLE);
	need(!sync_timer_is_armed(&timer));
	need(sync_timer_thread_armed(&timers) == 0);
	need(sync_timer_thread_stop(&timers) == ENOTRECOVERABLE);
	need(sync_timer_destroy(&timer) == 0);
	need(sync_timer_thread_destroy(&timers) == 0);

	need(sync_thread_join(&thread, NULL) == ENOTRECOVERABLE);
	need(sync_thread_tryjoin(&thread, NULL) == ENOTRECOVERABLE);
	need(sync_thread_join_until(&thread, NULL, SYNC_NEVER)
	    == ENOTRECOVERABLE);
}

START_TEST(queue_timer_and_thread_are_not_recoverable_in_the_child)
{
	int i = 42;

	fork_begin();
	ok(sync_queue_put(&queue, &i));
	ok(sync_thread_start(&thread, waits_for_let_go, NULL, NULL));
	ok(sync_timer_thread_init(&timers, NULL));
	ok(sync_timer_init(&timer, &timers, never, NULL));
	ok(sync_timer_arm(&timer, sync_after_ms(3600000)));
	in_fork(what_needs_threads_is_not_recoverable);
	ck_assert(sync_timer_is_armed(&timer));
	ok(sync_timer_cancel(&timer));
	ok(sync_timer_thread_destroy(&timers));
	ok(sync_event_set(&let_go));
	ok(sync_thread_join(&thread, NULL));
	ok(sync_queue_get(&queue, &i));
	ck_assert_int_eq(i, 42);
	ok(sync_queue_destroy(&queue));
}
END_TEST

/* Semaphore, event and latch have no owner. */

static void *
waits_for_three(void *arg)
{
	ok(sync_sem_wait(&sem));
	ok(sync_event_wait(&event));
	ok(sync_latch_wait(&latch));
	return arg;
}

static void
what_nobody_owns_goes_on(void)
{
	need(sync_sem_trywait(&sem) == EAGAIN);
	need(sync_sem_post(&sem) == 0);
	need(sync_sem_wait(&sem) == 0);
	need(sync_event_set(&event) == 0);
	need(sync_event_wait(&event) == 0);
	need(sync_latch_count_down(&latch) == 0);
	need(sync_latch_wait(&latch) == 0);
}

/* The threads that waited in the parent are not in the child. */
static void
event_and_latch_can_be_destroyed(void)
{
	need(sync_event_destroy(&event) == 0);
	need(sync_event_wait(&event) == EINVAL);
	need(sync_event_init(&event, 0) == 0);
	need(sync_latch_destroy(&latch) == 0);
	need(sync_latch_init(&latch, 1, 0) == 0);
	what_nobody_owns_goes_on();
	need(sync_event_destroy(&event) == 0);
	need(sync_latch_destroy(&latch) == 0);
}

static void *
waits_for_event(void *arg)
{
	ok(sync_event_wait(&event));
	return arg;
}

static void *
waits_for_latch(void *arg)
{
	ok(sync_latch_wait(&latch));
	return arg;
}

/* The child's own waiters count. */
static void
event_and_latch_count_again(void)
{
	struct spawned *e = spawn(waits_for_event, NULL);
	struct spawned *l = spawn(waits_for_latch, NULL);

	until_asleep(e);
	until_asleep(l);
	need(sync_event_destroy(&event) == EBUSY);
	need(sync_latch_destroy(&latch) == EBUSY);
	in_fork(event_and_latch_can_be_destroyed);
	need(sync_event_set(&event) == 0);
	need(sync_latch_count_down(&latch) == 0);
	(void)finish(e);
	(void)finish(l);
	need(sync_event_destroy(&event) == 0);
	need(sync_latch_destroy(&latch) == 0);
}

START_TEST(event_and_latch_that_lost_threads_wait_for_can_be_destroyed)
{
	struct spawned *e, *l;

	fork_begin();
	e = spawn(waits_for_event, NULL);
	l = spawn(waits_for_latch, NULL);
	until_asleep(e);
	until_asleep(l);
	in_fork(event_and_latch_can_be_destroyed);
	if (fork_is_safe)
		in_fork(event_and_latch_count_again);
	fails(sync_event_destroy(&event), EBUSY);
	fails(sync_latch_destroy(&latch), EBUSY);
	ok(sync_event_set(&event));
	ok(sync_latch_count_down(&latch));
	(void)finish(e);
	(void)finish(l);
	ok(sync_event_destroy(&event));
	ok(sync_latch_destroy(&latch));
}
END_TEST

START_TEST(sem_event_and_latch_go_on_in_the_child)
{
	struct spawned *s;

	fork_begin();
	s = spawn(waits_for_three, NULL);
	until_asleep(s);
	in_fork(what_nobody_owns_goes_on);
	ck_assert_uint_eq(sync_sem_value(&sem), 0);
	ok(sync_sem_post(&sem));
	ok(sync_event_set(&event));
	ok(sync_latch_count_down(&latch));
	(void)finish(s);
}
END_TEST

/* A timer that is pending at the fork. */

static unsigned *fired; /* atomic; shared with the child */

static void
fires(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	(void)__atomic_fetch_add(fired, 1, __ATOMIC_RELAXED);
	(void)sync_sem_post(&sem);
}

static sync_time due;

static void
outlives_the_timer(void)
{
	sync_thread_sleep_until(due + 30000000);
}

START_TEST(pending_timer_fires_in_the_parent_only)
{
	fork_begin();
	fired = mmap(NULL, sizeof(*fired), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert(fired != MAP_FAILED);
	ok(sync_timer_thread_init(&timers, NULL));
	ok(sync_timer_init(&timer, &timers, fires, NULL));
	due = sync_after_ms(20);
	ok(sync_timer_arm(&timer, due));
	in_fork(outlives_the_timer);
	ok(sync_sem_wait(&sem));
	ck_assert_uint_eq(*fired, 1);
	ok(sync_timer_thread_destroy(&timers));
	ck_assert_int_eq(munmap(fired, sizeof(*fired)), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fork objects");
	TCase *tc = add_case(s, "objects");

	tcase_add_test(tc, child_forgets_the_waiters_of_the_parent);
	tcase_add_test(tc, child_has_a_whole_barrier);
	tcase_add_test(
	    tc, queue_timer_and_thread_are_not_recoverable_in_the_child);
	tcase_add_test(tc, sem_event_and_latch_go_on_in_the_child);
	tcase_add_test(
	    tc, event_and_latch_that_lost_threads_wait_for_can_be_destroyed);
	tcase_add_test(tc, pending_timer_fires_in_the_parent_only);
	return run_fork_suite(s);
}
