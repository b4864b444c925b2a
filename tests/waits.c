/* SPDX-License-Identifier: MIT */
/* The waits of locks and conditions, then those of the other objects. */
#include <stdlib.h>

#include "lock_kinds.h"
#include "waits.h"

/* Functions of a wait that are a call. */
#define DOES(name, call)                                                       \
	static void name(void)                                                 \
	{                                                                      \
		ok(call);                                                      \
	}
#define WAITS(name, call)                                                      \
	static int name(sync_time deadline)                                    \
	{                                                                      \
		return call;                                                   \
	}

static union any_lock lock;
static struct sync_cond cond;
static bool flag; /* under whichever mutex */
static struct sync_sem sem;
static struct sync_event event;
static struct sync_latch latch;
static struct sync_barrier barrier;
static struct sync_queue queue;
static struct sync_timer_thread timers;
static struct sync_timer timer;
static struct sync_thread thread;

/*
 * Locks.  The caller of begin holds the lock until release; in the end nothing
 * is left behind.
 */
#define LOCK(name, KIND)                                                       \
	static void name##_begin(void)                                         \
	{                                                                      \
		ok(kind_of(KIND)->init(&lock));                                \
		ok(kind_of(KIND)->lock(&lock));                                \
	}                                                                      \
	static int name##_wait(sync_time deadline)                             \
	{                                                                      \
		int err = kind_of(KIND)->lock_until(&lock, deadline);          \
                                                                               \
		if (err == 0)                                                  \
			ok(kind_of(KIND)->unlock(&lock));                      \
		return err;                                                    \
	}                                                                      \
	DOES(name##_release, kind_of(KIND)->unlock(&lock))                     \
	static void name##_end(void)                                           \
	{                                                                      \
		ok(kind_of(KIND)->lock(&lock));                                \
		ok(kind_of(KIND)->unlock(&lock));                              \
		ok(kind_of(KIND)->destroy(&lock));                             \
	}

/*
 * Emulators of user programs cannot inherit priorities, and report that in odd
 * ways.
 */
static const struct lock_kind *
kind_of(int kind)
{
	bool inherits = kind == KIND_INHERITING
	    || kind == KIND_ROBUST_INHERITING;

	if (inherits && getenv("SYNC_EMULATED") != NULL)
		kind = KIND_KMUTEX;
	return &lock_kinds[kind];
}

LOCK(mutex, KIND_MUTEX)
LOCK(rmutex, KIND_RMUTEX)
LOCK(kmutex, KIND_KMUTEX)
LOCK(robust, KIND_ROBUST)
LOCK(inheriting, KIND_INHERITING)
LOCK(both, KIND_ROBUST_INHERITING)
LOCK(writer, KIND_WRITER)

/* Wait to read while it is written, and to write while it is read. */

static int
reader_wait(sync_time deadline)
{
	int err = sync_rwlock_rdlock_until(&lock.rwlock, deadline);

	if (err == 0)
		ok(sync_rwlock_unlock(&lock.rwlock));
	return err;
}

static void
read_begin(void)
{
	ok(sync_rwlock_init(&lock.rwlock, 0));
	ok(sync_rwlock_rdlock(&lock.rwlock));
}

/*
 * A cond with each kind of mutex; a recursive one is locked twice.  A wait ends
 * with a signal and not otherwise, so it is not repeated.
 */
#define COND(name, KIND, levels, wait_until, member)                           \
	static void name##_begin(void)                                         \
	{                                                                      \
		ok(kind_of(KIND)->init(&lock));                                \
		ok(sync_cond_init(&cond, 0));                                  \
		flag = false;                                                  \
	}                                                                      \
	static int name##_wait(sync_time deadline)                             \
	{                                                                      \
		int i, err = 0;                                                \
                                                                               \
		for (i = 0; i < (levels); i++)                                 \
			ok(kind_of(KIND)->lock(&lock));                        \
		if (!flag)                                                     \
			err = wait_until(&cond, &lock.member, deadline);       \
		if (err == 0 && !flag)                                         \
			ck_abort_msg("woken without a signal");                \
		for (i = 0; i < (levels); i++)                                 \
			ok(kind_of(KIND)->unlock(&lock));                      \
		return err;                                                    \
	}                                                                      \
	static void name##_release(void)                                       \
	{                                                                      \
		ok(kind_of(KIND)->lock(&lock));                                \
		flag = true;                                                   \
		ok(sync_cond_signal(&cond));                                   \
		ok(kind_of(KIND)->unlock(&lock));                              \
	}                                                                      \
	static void name##_end(void)                                           \
	{                                                                      \
		ok(sync_cond_destroy(&cond));                                  \
		ok(kind_of(KIND)->destroy(&lock));                             \
	}

COND(cond, KIND_MUTEX, 1, sync_cond_wait_until, mutex)
COND(rcond, KIND_RMUTEX, 2, sync_cond_wait_rmutex_until, rmutex)
COND(kcond, KIND_ROBUST_INHERITING, 1, sync_cond_wait_kmutex_until, kmutex)

DOES(sem_begin, sync_sem_init(&sem, 0, 9, 0))
WAITS(sem_wait_, sync_sem_wait_until(&sem, deadline))
DOES(sem_release, sync_sem_post(&sem))

static void
sem_end(void)
{
	ck_assert_uint_eq(sync_sem_value(&sem), 0);
	ok(sync_sem_destroy(&sem));
}

DOES(event_begin, sync_event_init(&event, 0))
WAITS(event_wait, sync_event_wait_until(&event, deadline))
DOES(event_release, sync_event_set(&event))
DOES(event_end, sync_event_destroy(&event))

DOES(latch_begin, sync_latch_init(&latch, 1, 0))
WAITS(latch_wait, sync_latch_wait_until(&latch, deadline))
DOES(latch_release, sync_latch_count_down(&latch))
DOES(latch_end, sync_latch_destroy(&latch))

DOES(barrier_begin, sync_barrier_init(&barrier, 2, NULL, NULL, 0))
DOES(barrier_release, sync_barrier_wait(&barrier, NULL))
DOES(barrier_end, sync_barrier_destroy(&barrier))

#define NO_INDEX 77u

static int
barrier_wait(sync_time deadline)
{
	uint32_t index = NO_INDEX;
	int err = sync_barrier_wait_until(&barrier, &index, deadline);

	if ((index == NO_INDEX) != (err != 0))
		ck_abort_msg("returns %d with index %u", err, index);
	if (err == ETIMEDOUT)
		ok(sync_barrier_reset(&barrier)); /* it broke */
	return err;
}

/* A queue for one element: wait for one, for room, and for the last task. */
DOES(queue_begin, sync_queue_init(&queue, SYNC_FIFO, sizeof(int), 1))
DOES(queue_end, sync_queue_destroy(&queue))
WAITS(done_wait, sync_queue_join_until(&queue, deadline))
DOES(done_release, sync_queue_task_done(&queue))

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

/* A timer whose callback runs until release. */

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

WAITS(timer_wait, sync_timer_join_until(&timer, deadline))

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

WAITS(thread_wait, sync_thread_join_until(&thread, NULL, deadline))
DOES(thread_end, sync_thread_join(&thread, NULL))

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

#define KIND(name, x, keeps)                                                   \
	{ name, x##_begin, x##_wait, x##_release, x##_end, keeps }
const struct wait_kind wait_kinds[] = {
	KIND("mutex", mutex, true),
	KIND("rmutex", rmutex, true),
	KIND("kmutex", kmutex, true),
	KIND("kmutex robust", robust, true),
	KIND("kmutex inheriting", inheriting, true),
	KIND("kmutex robust inheriting", both, true),
	KIND("cond", cond, true),
	KIND("cond rmutex", rcond, true),
	KIND("cond kmutex", kcond, true),
	{ "sem", sem_begin, sem_wait_, sem_release, sem_end, true },
	KIND("event", event, true),
	KIND("latch", latch, true),
	KIND("barrier", barrier, false),
	{ "rdlock", writer_begin, reader_wait, writer_release, writer_end,
	    true },
	{ "wrlock", read_begin, writer_wait, writer_release, writer_end,
	    true },
	KIND("wrlock of a written one", writer, true),
	{ "get", queue_begin, get_wait, get_release, queue_end, true },
	{ "put", full_queue_begin, put_wait, put_release, queue_end, true },
	{ "queue join", full_queue_begin, done_wait, done_release, queue_end,
	    true },
	{ "timer join", timer_begin, timer_wait, event_release, timer_end,
	    false },
	{ "thread join", thread_begin, thread_wait, event_release, thread_end,
	    false },
	{ "sleep", sleep_begin, sleep_wait, NULL, sleep_begin, false },
};
const size_t wait_kinds_count = sizeof(wait_kinds) / sizeof(wait_kinds[0]);
