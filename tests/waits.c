/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "waits.h"

static struct sync_mutex mutex;
static struct sync_rmutex rmutex;
static struct sync_kmutex kmutex;
static struct sync_cond cond;
static bool flag; /* under whichever mutex */
static struct sync_sem sem;
static struct sync_event event;
static struct sync_latch latch;
static struct sync_barrier barrier;
static struct sync_rwlock rwlock;
static struct sync_queue queue;
static struct sync_timer_thread timers;
static struct sync_timer timer;
static struct sync_thread thread;

/* The caller of begin holds the lock until release. */

static void
mutex_begin(void)
{
	ok(sync_mutex_init(&mutex, 0));
	ok(sync_mutex_lock(&mutex));
}

static int
mutex_wait(sync_time deadline)
{
	int err = sync_mutex_lock_until(&mutex, deadline);

	if (err == 0)
		ok(sync_mutex_unlock(&mutex));
	return err;
}

static void
mutex_release(void)
{
	ok(sync_mutex_unlock(&mutex));
}

static void
mutex_end(void)
{
	ok(sync_mutex_lock(&mutex)); /* nothing was left behind */
	ok(sync_mutex_unlock(&mutex));
	ok(sync_mutex_destroy(&mutex));
}

static void
rmutex_begin(void)
{
	ok(sync_rmutex_init(&rmutex, 0));
	ok(sync_rmutex_lock(&rmutex));
}

static int
rmutex_wait(sync_time deadline)
{
	int err = sync_rmutex_lock_until(&rmutex, deadline);

	if (err == 0)
		ok(sync_rmutex_unlock(&rmutex));
	return err;
}

static void
rmutex_release(void)
{
	ok(sync_rmutex_unlock(&rmutex));
}

static void
rmutex_end(void)
{
	ok(sync_rmutex_lock(&rmutex));
	ok(sync_rmutex_unlock(&rmutex));
	ok(sync_rmutex_destroy(&rmutex));
}

static void
kmutex_begin_as(unsigned flags)
{
	ok(sync_kmutex_init(&kmutex, flags));
	ok(sync_kmutex_lock(&kmutex));
}

static void
kmutex_begin(void)
{
	kmutex_begin_as(0);
}

static void
kmutex_begin_robust(void)
{
	kmutex_begin_as(kmutex_flags(SYNC_ROBUST));
}

/* Emulators of user programs cannot do it, and report that in odd ways. */
static void
kmutex_begin_inheriting(void)
{
	bool can = getenv("SYNC_EMULATED") == NULL;

	kmutex_begin_as(can ? kmutex_flags(SYNC_PRIO_INHERIT) : 0);
}

static int
kmutex_wait(sync_time deadline)
{
	int err = sync_kmutex_lock_until(&kmutex, deadline);

	if (err == 0)
		ok(sync_kmutex_unlock(&kmutex));
	return err;
}

static void
kmutex_release(void)
{
	ok(sync_kmutex_unlock(&kmutex));
}

static void
kmutex_end(void)
{
	ok(sync_kmutex_lock(&kmutex));
	ok(sync_kmutex_unlock(&kmutex));
	ok(sync_kmutex_destroy(&kmutex));
}

/* A cond with each kind of mutex. */

static void
cond_begin(void)
{
	ok(sync_mutex_init(&mutex, 0));
	ok(sync_cond_init(&cond, 0));
	flag = false;
}

static int
cond_wait(sync_time deadline)
{
	int err = 0;

	ok(sync_mutex_lock(&mutex));
	while (!flag && err == 0)
		err = sync_cond_wait_until(&cond, &mutex, deadline);
	ok(sync_mutex_unlock(&mutex));
	return err;
}

static void
cond_release(void)
{
	ok(sync_mutex_lock(&mutex));
	flag = true;
	ok(sync_cond_signal(&cond));
	ok(sync_mutex_unlock(&mutex));
}

static void
cond_end(void)
{
	ok(sync_cond_destroy(&cond));
	mutex_end();
}

static void
rcond_begin(void)
{
	ok(sync_rmutex_init(&rmutex, 0));
	ok(sync_cond_init(&cond, 0));
	flag = false;
}

static int
rcond_wait(sync_time deadline)
{
	int err = 0;

	ok(sync_rmutex_lock(&rmutex));
	ok(sync_rmutex_lock(&rmutex));
	while (!flag && err == 0)
		err = sync_cond_wait_rmutex_until(&cond, &rmutex, deadline);
	ok(sync_rmutex_unlock(&rmutex));
	ok(sync_rmutex_unlock(&rmutex));
	return err;
}

static void
rcond_release(void)
{
	ok(sync_rmutex_lock(&rmutex));
	flag = true;
	ok(sync_cond_signal(&cond));
	ok(sync_rmutex_unlock(&rmutex));
}

static void
rcond_end(void)
{
	ok(sync_cond_destroy(&cond));
	rmutex_end();
}

static void
kcond_begin(void)
{
	ok(sync_kmutex_init(&kmutex, kmutex_flags(SYNC_ROBUST)));
	ok(sync_cond_init(&cond, 0));
	flag = false;
}

static int
kcond_wait(sync_time deadline)
{
	int err = 0;

	ok(sync_kmutex_lock(&kmutex));
	while (!flag && err == 0)
		err = sync_cond_wait_kmutex_until(&cond, &kmutex, deadline);
	ok(sync_kmutex_unlock(&kmutex));
	return err;
}

static void
kcond_release(void)
{
	ok(sync_kmutex_lock(&kmutex));
	flag = true;
	ok(sync_cond_signal(&cond));
	ok(sync_kmutex_unlock(&kmutex));
}

static void
kcond_end(void)
{
	ok(sync_cond_destroy(&cond));
	kmutex_end();
}

static void
sem_begin(void)
{
	ok(sync_sem_init(&sem, 0, 9, 0));
}

static int
sem_wait_(sync_time deadline)
{
	return sync_sem_wait_until(&sem, deadline);
}

static void
sem_release(void)
{
	ok(sync_sem_post(&sem));
}

static void
sem_end(void)
{
	ck_assert_uint_eq(sync_sem_value(&sem), 0);
	ok(sync_sem_destroy(&sem));
}

static void
event_begin(void)
{
	ok(sync_event_init(&event, 0));
}

static int
event_wait(sync_time deadline)
{
	return sync_event_wait_until(&event, deadline);
}

static void
event_release(void)
{
	ok(sync_event_set(&event));
}

static void
event_end(void)
{
	ok(sync_event_destroy(&event));
}

static void
latch_begin(void)
{
	ok(sync_latch_init(&latch, 1, 0));
}

static int
latch_wait(sync_time deadline)
{
	return sync_latch_wait_until(&latch, deadline);
}

static void
latch_release(void)
{
	ok(sync_latch_count_down(&latch));
}

static void
latch_end(void)
{
	ok(sync_latch_destroy(&latch));
}

static void
barrier_begin(void)
{
	ok(sync_barrier_init(&barrier, 2, NULL, NULL, 0));
}

static int
barrier_wait(sync_time deadline)
{
	int err = sync_barrier_wait_until(&barrier, NULL, deadline);

	if (err == ETIMEDOUT)
		ok(sync_barrier_reset(&barrier));
	return err;
}

static void
barrier_release(void)
{
	ok(sync_barrier_wait(&barrier, NULL));
}

static void
barrier_end(void)
{
	ok(sync_barrier_destroy(&barrier));
}

static void
read_begin(void)
{
	ok(sync_rwlock_init(&rwlock, 0));
	ok(sync_rwlock_wrlock(&rwlock));
}

static int
read_wait(sync_time deadline)
{
	int err = sync_rwlock_rdlock_until(&rwlock, deadline);

	if (err == 0)
		ok(sync_rwlock_unlock(&rwlock));
	return err;
}

static void
write_begin(void)
{
	ok(sync_rwlock_init(&rwlock, 0));
	ok(sync_rwlock_rdlock(&rwlock));
}

static int
write_wait(sync_time deadline)
{
	int err = sync_rwlock_wrlock_until(&rwlock, deadline);

	if (err == 0)
		ok(sync_rwlock_unlock(&rwlock));
	return err;
}

static void
rwlock_release(void)
{
	ok(sync_rwlock_unlock(&rwlock));
}

static void
rwlock_end(void)
{
	ok(sync_rwlock_trywrlock(&rwlock));
	ok(sync_rwlock_unlock(&rwlock));
	ok(sync_rwlock_destroy(&rwlock));
}

static void
queue_begin(void)
{
	ok(sync_queue_init(&queue, SYNC_FIFO, sizeof(int), 1));
}

static void
full_queue_begin(void)
{
	int i = 1;

	queue_begin();
	ok(sync_queue_put(&queue, &i));
}

static int
get_wait(sync_time deadline)
{
	int i;

	return sync_queue_get_until(&queue, &i, deadline);
}

static void
get_release(void)
{
	int i = 7;

	ok(sync_queue_put(&queue, &i));
}

static int
put_wait(sync_time deadline)
{
	int i = 8;

	return sync_queue_put_until(&queue, &i, deadline);
}

static void
put_release(void)
{
	int i;

	ok(sync_queue_get(&queue, &i));
}

static int
done_wait(sync_time deadline)
{
	return sync_queue_join_until(&queue, deadline);
}

static void
done_release(void)
{
	ok(sync_queue_task_done(&queue));
}

static void
queue_end(void)
{
	ok(sync_queue_destroy(&queue));
}

static void
callback(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	ok(sync_sem_post(&sem));
	ok(sync_event_wait(&event));
}

static void
timer_begin(void)
{
	ok(sync_event_init(&event, 0));
	ok(sync_sem_init(&sem, 0, 9, 0));
	ok(sync_timer_thread_init(&timers, NULL));
	ok(sync_timer_init(&timer, &timers, callback, NULL));
	ok(sync_timer_arm(&timer, 0));
	ok(sync_sem_wait(&sem)); /* it runs */
}

static int
timer_wait(sync_time deadline)
{
	return sync_timer_join_until(&timer, deadline);
}

static void
timer_end(void)
{
	ok(sync_timer_destroy(&timer));
	ok(sync_timer_thread_destroy(&timers));
}

static void *
thread_main(void *arg)
{
	ok(sync_event_wait(&event));
	return arg;
}

static void
thread_begin(void)
{
	ok(sync_event_init(&event, 0));
	ok(sync_thread_start(&thread, thread_main, NULL, NULL));
}

static int
thread_wait(sync_time deadline)
{
	return sync_thread_join_until(&thread, NULL, deadline);
}

static void
thread_end(void)
{
	ok(sync_thread_join(&thread, NULL));
}

static void
sleep_begin(void)
{
}

static int
sleep_wait(sync_time deadline)
{
	sync_thread_sleep_until(deadline);
	return ETIMEDOUT;
}

const struct wait_kind wait_kinds[] = {
	{ "mutex", mutex_begin, mutex_wait, mutex_release, mutex_end },
	{ "rmutex", rmutex_begin, rmutex_wait, rmutex_release, rmutex_end },
	{ "kmutex", kmutex_begin, kmutex_wait, kmutex_release, kmutex_end },
	{ "kmutex robust", kmutex_begin_robust, kmutex_wait, kmutex_release,
	    kmutex_end },
	{ "kmutex inheriting", kmutex_begin_inheriting, kmutex_wait,
	    kmutex_release, kmutex_end },
	{ "cond", cond_begin, cond_wait, cond_release, cond_end },
	{ "cond rmutex", rcond_begin, rcond_wait, rcond_release, rcond_end },
	{ "cond kmutex", kcond_begin, kcond_wait, kcond_release, kcond_end },
	{ "sem", sem_begin, sem_wait_, sem_release, sem_end },
	{ "event", event_begin, event_wait, event_release, event_end },
	{ "latch", latch_begin, latch_wait, latch_release, latch_end },
	{ "barrier", barrier_begin, barrier_wait, barrier_release,
	    barrier_end },
	{ "rdlock", read_begin, read_wait, rwlock_release, rwlock_end },
	{ "wrlock", write_begin, write_wait, rwlock_release, rwlock_end },
	{ "get", queue_begin, get_wait, get_release, queue_end },
	{ "put", full_queue_begin, put_wait, put_release, queue_end },
	{ "queue join", full_queue_begin, done_wait, done_release, queue_end },
	{ "timer join", timer_begin, timer_wait, event_release, timer_end },
	{ "thread join", thread_begin, thread_wait, event_release,
	    thread_end },
	{ "sleep", sleep_begin, sleep_wait, NULL, sleep_begin },
};
const size_t wait_kinds_count = sizeof(wait_kinds) / sizeof(wait_kinds[0]);
