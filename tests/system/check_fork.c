/* SPDX-License-Identifier: MIT */
/*
 * The child of a fork has an id of its own and can use the objects that it
 * makes.  Nothing hangs, whatever the other threads of the parent were doing.
 */
#include <stdlib.h>
#include <sys/wait.h>

#include "plat.h"

#include "fork_support.h"

START_TEST(child_can_use_fresh_objects)
{
	in_fork(use_fresh_objects);
}
END_TEST

/* Ids. */

static uint32_t parents_id, parents_generation;

static void
id_is_new(void)
{
	need(plat_self() != parents_id);
	need(plat_generation() == parents_generation + 1);
	need(!identity_lost(plat_self()));
	need(!identity_lost(parents_id));
	need(sync_mutex_lock(&mutex) == 0);
	need(sync_mutex_held(&mutex));
	need(sync_mutex_lock(&mutex) == EDEADLK);
	need(sync_mutex_unlock(&mutex) == 0);
	parents_id = plat_self();
	in_fork(use_fresh_objects); /* a grandchild */
	need(plat_self() == parents_id);
}

START_TEST(child_has_a_thread_id_of_its_own)
{
	fork_begin();
	parents_id = plat_self();
	parents_generation = plat_generation(); /* Check has forked too */
	in_fork(id_is_new);
	ck_assert_uint_eq(plat_self(), parents_id);
	ck_assert_uint_eq(plat_generation(), parents_generation);
}
END_TEST

/* A callback that forks, and a started thread that forks. */

static void
is_nobody(void)
{
	need(sync_timer_cancel(&timer) == ENOTRECOVERABLE);
	need(sync_timer_thread_stop(&timers) == ENOTRECOVERABLE);
	use_fresh_objects();
}

static void
forks(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	in_fork(is_nobody);
	ok(sync_event_set(&event));
}

START_TEST(callback_may_fork)
{
	fork_begin();
	ok(sync_timer_thread_init(&timers, NULL));
	ok(sync_timer_init(&timer, &timers, forks, NULL));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_event_wait(&event));
	ok(sync_timer_thread_destroy(&timers));
}
END_TEST

static void
leave_at_once(void)
{
	_exit(0); /* memory that Check allocated is no leak of ours */
}

static void *
forks_and_returns(void *arg)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		(void)atexit(leave_at_once);
		return arg; /* the last thread: ends the child */
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
	return arg;
}

START_TEST(started_thread_may_fork_and_end_in_the_child)
{
	(void)finish(spawn(forks_and_returns, NULL));
}
END_TEST

/* Fork at any moment. */

static unsigned stop; /* atomic */

static void *
hammers(void *arg)
{
	int i = 3;

	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		(void)sync_mutex_lock(&mutex);
		(void)sync_cond_broadcast(&cond);
		(void)sync_cond_wait_until(&cond, &mutex, sync_after(30000));
		(void)sync_mutex_unlock(&mutex);
		(void)sync_rmutex_lock(&rmutex);
		(void)sync_rmutex_unlock(&rmutex);
		(void)sync_kmutex_lock(&kmutex);
		(void)sync_kmutex_unlock(&kmutex);
		(void)sync_rwlock_rdlock(&rwlock);
		(void)sync_rwlock_unlock(&rwlock);
		(void)sync_rwlock_wrlock(&rwlock);
		(void)sync_rwlock_unlock(&rwlock);
		(void)sync_queue_tryput(&queue, &i);
		(void)sync_queue_tryget(&queue, &i);
		(void)sync_barrier_wait_until(
		    &barrier, NULL, sync_after(10000));
		(void)sync_barrier_reset(&barrier);
		(void)sync_sem_post(&sem);
		(void)sync_sem_wait(&sem);
		(void)sync_event_set(&event);
		(void)sync_event_wait_until(&event, sync_after(10000));
		(void)sync_event_clear(&event);
		(void)sync_timer_arm(&timer, sync_after(10000));
		(void)sync_timer_cancel(&timer);
	}
	return arg;
}

static void
does_nothing(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
}

static bool
free_or_lost(int err)
{
	return err == 0 || err == ENOTRECOVERABLE;
}

static void
anything_ends(void)
{
	int i, err;

	err = sync_mutex_lock(&mutex);
	need(free_or_lost(err));
	if (err == 0) {
		need(sync_cond_wait_until(&cond, &mutex, sync_after(1000))
		    == ETIMEDOUT);
		need(sync_mutex_unlock(&mutex) == 0);
	}
	need(sync_cond_signal(&cond) == 0);
	need(free_or_lost(sync_rmutex_lock(&rmutex)));
	err = sync_kmutex_lock(&kmutex);
	need(err == ENOTRECOVERABLE);
	need(sync_rwlock_rdlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	need(sync_rwlock_wrlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	need(sync_barrier_waiting(&barrier) == 0);
	need(sync_barrier_wait_until(&barrier, NULL, sync_after(1000))
	    == ETIMEDOUT);
	need(sync_queue_tryput(&queue, &i) == ENOTRECOVERABLE);
	need(sync_timer_arm(&timer, 0) == ENOTRECOVERABLE);
	need(sync_sem_post(&sem) == 0);
	need(sync_sem_wait(&sem) == 0);
	need(sync_event_set(&event) == 0);
	need(sync_event_wait(&event) == 0);
	use_fresh_objects();
}

#define FORKS 200

START_TEST(child_of_a_busy_parent_always_finishes)
{
	unsigned i, n = FORKS * stress_factor();
	struct spawned *s[2];

	fork_begin();
	ok(sync_timer_thread_init(&timers, NULL));
	ok(sync_timer_init(&timer, &timers, does_nothing, NULL));
	for (i = 0; i < 2; i++)
		s[i] = spawn(hammers, NULL);
	for (i = 0; i < n; i++)
		in_fork(anything_ends);
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < 2; i++)
		(void)finish(s[i]);
	ok(sync_timer_thread_destroy(&timers));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fork");
	TCase *tc = add_case(s, "child");

	tcase_add_test(tc, child_can_use_fresh_objects);
	tcase_add_test(tc, child_has_a_thread_id_of_its_own);
	if (fork_is_safe) {
		tcase_add_test(tc, callback_may_fork);
		tcase_add_test(
		    tc, started_thread_may_fork_and_end_in_the_child);
	}
	tc = add_case(s, "any moment");
	if (fork_is_safe)
		tcase_add_test(tc, child_of_a_busy_parent_always_finishes);
	return run_fork_suite(s);
}
