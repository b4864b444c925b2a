/* SPDX-License-Identifier: MIT */
#include "fork_support.h"

#include <stdio.h>

static void
call(void *fn)
{
	(*(void (**)(void))fn)();
}

void
in_fork(void (*fn)(void))
{
	until_others_sleep();
	in_child(call, &fn);
}

static void *
calls(void *fn)
{
	call(fn);
	return fn;
}

void
in_new_thread(void (*fn)(void))
{
	struct sync_thread t;

	need(sync_thread_start(&t, calls, &fn, NULL) == 0);
	need(sync_thread_join(&t, NULL) == 0);
}

/* AddressSanitizer's own locks may be held in the child. */
const bool fork_is_safe = !WITH_ASAN;

/*
 * ThreadSanitizer does not support children of threaded parents: it believes
 * the parent's locks to be held in them.
 */
int
fork_skips(void)
{
	if (WITH_TSAN)
		(void)puts("no children of processes with threads with"
			   " ThreadSanitizer");
	return WITH_TSAN ? SKIP : 0;
}

int
run_fork_suite(Suite *s)
{
	int skip = fork_skips();

	return skip != 0 ? skip : run_suite(s);
}

struct sync_mutex mutex;
struct sync_rmutex rmutex;
struct sync_kmutex kmutex;
struct sync_cond cond;
struct sync_sem sem;
struct sync_event event;
struct sync_latch latch;
struct sync_barrier barrier;
struct sync_rwlock rwlock;
struct sync_queue queue;
struct sync_timer_thread timers;
struct sync_timer timer;
struct sync_thread thread;
struct sync_event let_go;

void
fork_begin(void)
{
	ok(sync_mutex_init(&mutex, 0));
	ok(sync_rmutex_init(&rmutex, 0));
	ok(sync_kmutex_init(&kmutex, kmutex_flags(SYNC_ROBUST)));
	ok(sync_cond_init(&cond, 0));
	ok(sync_sem_init(&sem, 0, 1000000, 0));
	ok(sync_event_init(&event, 0));
	ok(sync_event_init(&let_go, 0));
	ok(sync_latch_init(&latch, 1, 0));
	ok(sync_barrier_init(&barrier, 2, NULL, NULL, 0));
	ok(sync_rwlock_init(&rwlock, 0));
	(void)sync_queue_destroy(&queue); /* of the time before, if any */
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

void
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
	need(sync_kmutex_init(&k, kmutex_flags(SYNC_ROBUST)) == 0);
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
