/* SPDX-License-Identifier: MIT */
/*
 * The child of a fork: what it may use works, what it may not use says so, and
 * nothing hangs, whatever the other threads of the parent were doing.
 *
 * A child must not use Check: it says what went wrong by its exit status, and
 * an alarm ends it if it hangs.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plat.h"
#include "support.h"

#define SKIP 77

/* In a child: which line was wrong. */
#define need(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			(void)fprintf(stderr, "child: line %d: %s\n",          \
			    __LINE__, #condition);                             \
			_exit(1);                                              \
		}                                                              \
	} while (0)

static void
call(void *fn)
{
	(*(void (**)(void))fn)();
}

static void
in_fork(void (*fn)(void))
{
	in_child(call, &fn);
}

/* Objects of the parent. */
static struct sync_mutex mutex;
static struct sync_rmutex rmutex;
static struct sync_kmutex kmutex;
static struct sync_cond cond;
static struct sync_sem sem;
static struct sync_event event;
static struct sync_latch latch;
static struct sync_barrier barrier;
static struct sync_rwlock rwlock;
static struct sync_queue queue;
static struct sync_timer_thread timers;
static struct sync_timer timer;
static struct sync_thread thread;
static struct sync_event let_go;

static void
begin(void)
{
	ok(sync_mutex_init(&mutex, 0));
	ok(sync_rmutex_init(&rmutex, 0));
	ok(sync_kmutex_init(&kmutex, SYNC_ROBUST));
	ok(sync_cond_init(&cond, 0));
	ok(sync_sem_init(&sem, 0, 1000000, 0));
	ok(sync_event_init(&event, 0));
	ok(sync_event_init(&let_go, 0));
	ok(sync_latch_init(&latch, 1, 0));
	ok(sync_barrier_init(&barrier, 2, NULL, NULL, 0));
	ok(sync_rwlock_init(&rwlock, 0));
	ok(sync_queue_init(&queue, SYNC_FIFO, sizeof(int), 4));
}

/* Fresh objects, of every kind, and threads. */

static struct sync_mutex fresh_mutex;
static struct sync_cond fresh_cond;
static struct sync_queue fresh_queue;
static int fresh_count;
static struct sync_sem fresh_sem;

static void *
fresh_main(void *arg)
{
	int i = 5;

	need(sync_mutex_lock(&fresh_mutex) == 0);
	fresh_count++;
	need(sync_cond_signal(&fresh_cond) == 0);
	need(sync_mutex_unlock(&fresh_mutex) == 0);
	need(sync_queue_put(&fresh_queue, &i) == 0);
	return arg;
}

static void
fresh_tick(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	need(sync_sem_post(&fresh_sem) == 0);
}

static void
fresh_threads(void)
{
	struct sync_timer_thread tt;
	struct sync_timer t;
	struct sync_thread th;
	void *result;
	int i;

	need(sync_thread_start(&th, fresh_main, &th, NULL) == 0);
	need(sync_mutex_lock(&fresh_mutex) == 0);
	while (fresh_count == 0)
		need(sync_cond_wait(&fresh_cond, &fresh_mutex) == 0);
	need(sync_mutex_unlock(&fresh_mutex) == 0);
	need(sync_queue_get(&fresh_queue, &i) == 0 && i == 5);
	need(sync_thread_join(&th, &result) == 0 && result == &th);
	need(sync_timer_thread_init(&tt, NULL) == 0);
	need(sync_timer_init(&t, &tt, fresh_tick, NULL) == 0);
	need(sync_timer_arm(&t, sync_after_ms(1)) == 0);
	need(sync_sem_wait(&fresh_sem) == 0);
	need(sync_timer_thread_destroy(&tt) == 0);
}

static void
use_fresh_objects(void)
{
	struct sync_rmutex r;
	struct sync_kmutex k;
	struct sync_event e;
	struct sync_latch l;
	struct sync_barrier b;
	struct sync_rwlock rw;

	need(sync_mutex_init(&fresh_mutex, 0) == 0);
	need(sync_cond_init(&fresh_cond, 0) == 0);
	need(sync_sem_init(&fresh_sem, 0, 9, 0) == 0);
	need(sync_queue_init(&fresh_queue, SYNC_FIFO, sizeof(int), 2) == 0);
	need(sync_rmutex_init(&r, 0) == 0 && sync_rmutex_lock(&r) == 0);
	need(sync_rmutex_unlock(&r) == 0 && sync_rmutex_destroy(&r) == 0);
	need(sync_kmutex_init(&k, SYNC_ROBUST) == 0);
	need(sync_kmutex_lock(&k) == 0);
	need(sync_kmutex_unlock(&k) == 0 && sync_kmutex_destroy(&k) == 0);
	need(sync_event_init(&e, 0) == 0 && sync_event_set(&e) == 0);
	need(sync_event_wait(&e) == 0 && sync_event_destroy(&e) == 0);
	need(sync_latch_init(&l, 1, 0) == 0 && sync_latch_count_down(&l) == 0);
	need(sync_latch_wait(&l) == 0 && sync_latch_destroy(&l) == 0);
	need(sync_barrier_init(&b, 1, NULL, NULL, 0) == 0);
	need(sync_barrier_wait(&b, NULL) == 0 && sync_barrier_destroy(&b) == 0);
	need(sync_rwlock_init(&rw, 0) == 0 && sync_rwlock_rdlock(&rw) == 0);
	need(sync_rwlock_unlock(&rw) == 0 && sync_rwlock_destroy(&rw) == 0);
	fresh_threads();
	need(sync_queue_destroy(&fresh_queue) == 0);
	need(sync_mutex_destroy(&fresh_mutex) == 0);
	need(sync_cond_destroy(&fresh_cond) == 0);
}

START_TEST(child_can_use_fresh_objects)
{
	in_fork(use_fresh_objects);
}
END_TEST

/* Locks that were held when the fork came. */

static void *
holds_locks(void *arg)
{
	ok(sync_mutex_lock(&mutex));
	ok(sync_rmutex_lock(&rmutex));
	ok(sync_kmutex_lock(&kmutex));
	ok(sync_event_set(&event));
	ok(sync_event_wait(&let_go));
	ok(sync_mutex_unlock(&mutex));
	ok(sync_rmutex_unlock(&rmutex));
	ok(sync_kmutex_unlock(&kmutex));
	return arg;
}

static void
locks_cannot_be_had(void)
{
	need(sync_mutex_lock(&mutex) == ENOTRECOVERABLE);
	need(sync_mutex_lock_until(&mutex, 0) == ENOTRECOVERABLE);
	need(sync_mutex_lock_until(&mutex, sync_after_ms(9999999))
	    == ENOTRECOVERABLE);
	need(sync_mutex_trylock(&mutex) == EBUSY);
	need(sync_mutex_unlock(&mutex) == EPERM);
	need(!sync_mutex_held(&mutex));
	need(sync_rmutex_lock(&rmutex) == ENOTRECOVERABLE);
	need(sync_rmutex_unlock(&rmutex) == EPERM);
	need(sync_cond_wait(&cond, &mutex) == EPERM);
	need(sync_mutex_init(&mutex, 0) == 0);
	need(sync_mutex_lock(&mutex) == 0);
	need(sync_mutex_unlock(&mutex) == 0);
	need(sync_rmutex_init(&rmutex, 0) == 0);
	need(sync_rmutex_lock(&rmutex) == 0);
	need(sync_rmutex_unlock(&rmutex) == 0);
}

static void
kmutex_cannot_be_had(void)
{
	need(sync_kmutex_trylock(&kmutex) == ENOTRECOVERABLE);
	need(sync_kmutex_lock_until(&kmutex, sync_after_ms(1))
	    == ENOTRECOVERABLE);
	need(sync_kmutex_lock(&kmutex) == ENOTRECOVERABLE);
	need(sync_kmutex_unlock(&kmutex) == ENOTRECOVERABLE);
	need(sync_kmutex_consistent(&kmutex) == ENOTRECOVERABLE);
	need(sync_kmutex_destroy(&kmutex) == ENOTRECOVERABLE);
	need(!sync_kmutex_held(&kmutex));
	need(sync_kmutex_init(&kmutex, SYNC_ROBUST) == 0);
	need(sync_kmutex_lock(&kmutex) == 0);
	need(sync_kmutex_unlock(&kmutex) == 0);
}

static void
held_by_another(void (*child)(void))
{
	struct spawned *s;

	begin();
	s = spawn(holds_locks, NULL);
	ok(sync_event_wait(&event));
	in_fork(child);
	ok(sync_event_set(&let_go));
	(void)finish(s);
	ok(sync_mutex_lock(&mutex)); /* the parent's is untouched */
	ok(sync_mutex_unlock(&mutex));
}

START_TEST(lock_held_by_another_thread_cannot_be_had_in_the_child)
{
	held_by_another(locks_cannot_be_had);
}
END_TEST

START_TEST(kmutex_held_by_another_thread_cannot_be_had_in_the_child)
{
	held_by_another(kmutex_cannot_be_had);
}
END_TEST

START_TEST(lock_held_by_the_forking_thread_cannot_be_had_in_the_child)
{
	begin();
	ok(sync_mutex_lock(&mutex));
	ok(sync_rmutex_lock(&rmutex));
	ok(sync_rmutex_lock(&rmutex));
	in_fork(locks_cannot_be_had);
	ck_assert(sync_mutex_held(&mutex));
	ok(sync_mutex_unlock(&mutex));
	ck_assert_uint_eq(sync_rmutex_depth(&rmutex), 2);
}
END_TEST

START_TEST(kmutex_held_by_the_forking_thread_cannot_be_had_in_the_child)
{
	begin();
	ok(sync_kmutex_lock(&kmutex));
	in_fork(kmutex_cannot_be_had);
	ck_assert(sync_kmutex_held(&kmutex));
	ok(sync_kmutex_unlock(&kmutex));
}
END_TEST

static void
locks_can_be_had(void)
{
	need(sync_mutex_lock(&mutex) == 0);
	need(sync_mutex_unlock(&mutex) == 0);
	need(sync_rmutex_lock(&rmutex) == 0);
	need(sync_rmutex_unlock(&rmutex) == 0);
}

START_TEST(lock_that_nobody_held_can_be_had_in_the_child)
{
	begin();
	in_fork(locks_can_be_had);
	in_fork(kmutex_cannot_be_had); /* no kmutex of the parent can */
}
END_TEST

static void *
locks_once(void *arg)
{
	ok(sync_mutex_lock(&mutex));
	ok(sync_mutex_unlock(&mutex));
	return arg;
}

/* It may be gone when a waiter asks whether the holder it saw is alive. */
static void
holders_end(void)
{
	struct sync_thread t[3];
	int i, k;

	for (i = 0; i < 300; i++) {
		for (k = 0; k < 3; k++)
			need(sync_thread_start(&t[k], locks_once, NULL, NULL)
			    == 0);
		for (k = 0; k < 200; k++) {
			need(sync_mutex_lock(&mutex) == 0);
			need(sync_mutex_unlock(&mutex) == 0);
		}
		for (k = 0; k < 3; k++)
			need(sync_thread_join(&t[k], NULL) == 0);
	}
}

START_TEST(holder_that_unlocked_and_ended_is_not_taken_for_lost)
{
	begin();
	in_fork(holders_end);
}
END_TEST

/* What a fork copies between an unlock and the starved sleeper's turn. */
#define RESERVED 0xc0000000u

static void
reserved_locks_can_be_had(void)
{
	struct sync_rwlock l = SYNC_RWLOCK_INIT;
	struct sync_thread t[3];
	int k;

	mutex.word = RESERVED;
	rmutex.word = RESERVED;
	l.waiters.lock = RESERVED;
	need(sync_mutex_trylock(&mutex) == EBUSY);
	need(sync_mutex_lock_until(&mutex, 0) == ETIMEDOUT);
	for (k = 0; k < 3; k++)
		need(sync_thread_start(&t[k], locks_once, NULL, NULL) == 0);
	need(sync_mutex_lock(&mutex) == 0);
	need(sync_mutex_unlock(&mutex) == 0);
	for (k = 0; k < 3; k++)
		need(sync_thread_join(&t[k], NULL) == 0);
	need(sync_mutex_destroy(&mutex) == 0);
	need(sync_rmutex_lock(&rmutex) == 0);
	need(sync_rmutex_unlock(&rmutex) == 0);
	need(sync_rwlock_wrlock(&l) == 0);
	need(sync_rwlock_unlock(&l) == 0);
}

START_TEST(lock_reserved_for_a_lost_thread_can_be_had_in_the_child)
{
	begin();
	in_fork(reserved_locks_can_be_had);
}
END_TEST

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
	need(sync_rwlock_unlock(&rwlock) == EPERM);
	need(sync_rwlock_trywrlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	need(sync_rwlock_tryrdlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	need(sync_rwlock_destroy(&rwlock) == 0);
}

START_TEST(child_forgets_the_waiters_of_the_parent)
{
	struct spawned *s[3];
	int i;

	begin();
	ok(sync_rwlock_rdlock(&rwlock));
	s[0] = spawn(waits_on_cond, NULL);
	s[1] = spawn(waits_at_barrier, NULL);
	s[2] = spawn(waits_to_write, NULL);
	for (i = 0; i < 3; i++)
		until_asleep(s[i]);
	in_fork(waiters_are_forgotten);
	/* The parent's are all there. */
	ck_assert_uint_eq(sync_barrier_waiting(&barrier), 1);
	ok(sync_cond_signal(&cond));
	ok(sync_barrier_wait(&barrier, NULL));
	ok(sync_rwlock_unlock(&rwlock));
	for (i = 0; i < 3; i++)
		(void)finish(s[i]);
}
END_TEST

/* A barrier that was broken, and a rwlock that was written to. */
static void
broken_is_whole(void)
{
	need(!sync_barrier_is_broken(&barrier));
	need(sync_rwlock_tryrdlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
}

START_TEST(child_has_a_whole_barrier_and_a_free_rwlock)
{
	begin();
	ok(sync_barrier_abort(&barrier));
	ok(sync_rwlock_wrlock(&rwlock));
	in_fork(broken_is_whole);
	ck_assert(sync_barrier_is_broken(&barrier));
	ok(sync_rwlock_unlock(&rwlock));
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
	need(sync_timer_destroy(&timer) == ENOTRECOVERABLE);
	need(sync_timer_thread_armed(&timers) == 0);
	need(sync_timer_thread_stop(&timers) == ENOTRECOVERABLE);
	need(sync_timer_thread_destroy(&timers) == ENOTRECOVERABLE);

	need(sync_thread_join(&thread, NULL) == ENOTRECOVERABLE);
	need(sync_thread_tryjoin(&thread, NULL) == ENOTRECOVERABLE);
	need(sync_thread_join_until(&thread, NULL, SYNC_NEVER)
	    == ENOTRECOVERABLE);
}

START_TEST(queue_timer_and_thread_are_not_recoverable_in_the_child)
{
	int i = 42;

	begin();
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

START_TEST(sem_event_and_latch_go_on_in_the_child)
{
	struct spawned *s;

	begin();
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

/* Ids. */

static uint32_t parents_id, parents_generation;

static void
id_is_new(void)
{
	need(plat_self() != parents_id);
	need(plat_generation() == parents_generation + 1);
	need(plat_lives(plat_self()));
	need(!plat_lives(parents_id));
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
	begin();
	parents_id = plat_self();
	parents_generation = plat_generation(); /* Check has forked too */
	in_fork(id_is_new);
	ck_assert_uint_eq(plat_self(), parents_id);
	ck_assert_uint_eq(plat_generation(), parents_generation);
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
	begin();
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

/* A callback, and a started thread, that fork. */

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
	begin();
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
	_exit(0); /* what Check allocated is no leak of ours */
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

	begin();
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

/* AddressSanitizer's own locks may be held in the child. */
static const bool fork_is_safe = !WITH_ASAN;

int
main(void)
{
	Suite *s = suite_create("fork");
	TCase *tc = add_case(s, "locks");

	/*
	 * ThreadSanitizer does not support children of threaded parents: it
	 * believes the parent's locks to be held in them.
	 */
	if (WITH_TSAN)
		return SKIP;
	tcase_add_test(
	    tc, lock_held_by_another_thread_cannot_be_had_in_the_child);
	tcase_add_test(
	    tc, kmutex_held_by_another_thread_cannot_be_had_in_the_child);
	tcase_add_test(
	    tc, lock_held_by_the_forking_thread_cannot_be_had_in_the_child);
	tcase_add_test(
	    tc, kmutex_held_by_the_forking_thread_cannot_be_had_in_the_child);
	tcase_add_test(tc, lock_that_nobody_held_can_be_had_in_the_child);
	tcase_add_test(
	    tc, holder_that_unlocked_and_ended_is_not_taken_for_lost);
	tcase_add_test(
	    tc, lock_reserved_for_a_lost_thread_can_be_had_in_the_child);
	tc = add_case(s, "other objects");
	tcase_add_test(tc, child_can_use_fresh_objects);
	tcase_add_test(tc, child_forgets_the_waiters_of_the_parent);
	tcase_add_test(tc, child_has_a_whole_barrier_and_a_free_rwlock);
	tcase_add_test(
	    tc, queue_timer_and_thread_are_not_recoverable_in_the_child);
	tcase_add_test(tc, sem_event_and_latch_go_on_in_the_child);
	tcase_add_test(tc, child_has_a_thread_id_of_its_own);
	tcase_add_test(tc, pending_timer_fires_in_the_parent_only);
	tcase_add_test(tc, callback_may_fork);
	if (fork_is_safe)
		tcase_add_test(
		    tc, started_thread_may_fork_and_end_in_the_child);
	tc = add_case(s, "any moment");
	if (fork_is_safe)
		tcase_add_test(tc, child_of_a_busy_parent_always_finishes);
	return run_suite(s);
}
