/* SPDX-License-Identifier: MIT */
/*
 * Every object, with threads, using only the headers and the C library: for
 * machines that have no Check.  The argument "norobust" leaves out what an
 * emulator of user programs cannot do.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libsync.h>

#define THREADS 4
#define ROUNDS  400

#define must(x)                                                                \
	do {                                                                   \
		if (!(x)) {                                                    \
			(void)printf("line %d: %s\n", __LINE__, #x);           \
			exit(1);                                               \
		}                                                              \
	} while (0)

static struct sync_mutex m = SYNC_MUTEX_INIT;
static struct sync_rmutex rm = SYNC_RMUTEX_INIT;
static struct sync_kmutex km;
static struct sync_cond c = SYNC_COND_INIT;
static struct sync_sem s = SYNC_SEM_INIT(1, 1);
static struct sync_rwlock rw = SYNC_RWLOCK_INIT;
static struct sync_barrier b;
static struct sync_latch l = SYNC_LATCH_INIT(THREADS);
static struct sync_event e = SYNC_EVENT_INIT;
static struct sync_queue q;
static long n[6];
static int turn;

/* Takes every lock, each guarding a count. */
static void *
counts(void *arg)
{
	int i, me = *(int *)arg;

	must(sync_event_wait(&e) == 0);
	for (i = 0; i < ROUNDS; i++) {
		must(sync_mutex_lock(&m) == 0);
		n[0]++;
		must(sync_mutex_unlock(&m) == 0);
		must(sync_rmutex_lock(&rm) == 0 && sync_rmutex_lock(&rm) == 0);
		n[1]++;
		must(sync_rmutex_unlock(&rm) == 0);
		must(sync_rmutex_unlock(&rm) == 0);
		must(sync_kmutex_lock(&km) == 0);
		n[2]++;
		must(sync_kmutex_unlock(&km) == 0);
		must(sync_sem_wait(&s) == 0);
		n[3]++;
		must(sync_sem_post(&s) == 0);
		must(sync_rwlock_wrlock(&rw) == 0);
		n[4]++;
		must(sync_rwlock_unlock(&rw) == 0);
		must(sync_rwlock_rdlock(&rw) == 0);
		must(n[4] > i);
		must(sync_rwlock_unlock(&rw) == 0);
	}
	for (i = 0; i < 20; i++) {
		must(sync_barrier_wait(&b, NULL) == 0);
		must(sync_mutex_lock(&m) == 0);
		while (turn % THREADS != me)
			must(sync_cond_wait(&c, &m) == 0);
		turn++;
		must(sync_cond_broadcast(&c) == 0);
		must(sync_mutex_unlock(&m) == 0);
	}
	must(sync_latch_count_down(&l) == 0);
	return arg;
}

static void
locks(void)
{
	struct sync_thread t[THREADS];
	int i, id[THREADS];
	void *result;

	must(sync_kmutex_init(&km, 0) == 0);
	must(sync_barrier_init(&b, THREADS, NULL, NULL, 0) == 0);
	for (i = 0; i < THREADS; i++) {
		id[i] = i;
		must(sync_thread_start(&t[i], counts, &id[i], NULL) == 0);
	}
	must(sync_event_set(&e) == 0);
	must(sync_latch_wait(&l) == 0);
	for (i = 0; i < THREADS; i++)
		must(sync_thread_join(&t[i], &result) == 0 && result == &id[i]);
	for (i = 0; i < 5; i++)
		must(n[i] == THREADS * ROUNDS);
	must(turn == 20 * THREADS);
}

struct item {
	int64_t priority;
	int32_t value;
};

static void *
puts_items(void *arg)
{
	struct item item;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		item.priority = -i;
		item.value = i;
		must(sync_queue_put(&q, &item) == 0);
	}
	return arg;
}

static void
queues(void)
{
	const enum sync_queue_order orders[]
	    = { SYNC_FIFO, SYNC_LIFO, SYNC_PRIORITY };
	struct sync_thread t[2];
	struct item item;
	unsigned o;

	for (o = 0; o < 3; o++) {
		long sum = 0;
		int i;

		must(sync_queue_init(&q, orders[o], sizeof(item), 3) == 0);
		for (i = 0; i < 2; i++)
			must(sync_thread_start(&t[i], puts_items, NULL, NULL)
			    == 0);
		for (i = 0; i < 2 * ROUNDS; i++) {
			must(sync_queue_get(&q, &item) == 0);
			must(item.priority == -item.value);
			sum += item.value;
			must(sync_queue_task_done(&q) == 0);
		}
		must(sum == (long)ROUNDS * (ROUNDS - 1));
		must(sync_queue_join(&q) == 0);
		for (i = 0; i < 2; i++)
			must(sync_thread_join(&t[i], NULL) == 0);
		must(sync_queue_destroy(&q) == 0);
	}
}

static void
priorities(void)
{
	struct item item;
	int64_t i;

	must(sync_queue_init(&q, SYNC_PRIORITY, sizeof(item), SYNC_UNBOUNDED)
	    == 0);
	for (i = 0; i < 300; i++) {
		item.priority = (i * 7919) % 301 - 150;
		item.value = (int32_t)i;
		must(sync_queue_put(&q, &item) == 0);
	}
	for (i = INT64_MIN; sync_queue_tryget(&q, &item) == 0;
	     i = item.priority)
		must(item.priority >= i);
	must(sync_queue_destroy(&q) == 0);
}

static int ticks;

static void
tick(struct sync_timer *t, const struct sync_tick *k, void *arg)
{
	must(k->late >= 0);
	if (++ticks == 3) {
		must(sync_timer_cancel(t) == EINPROGRESS);
		must(sync_event_set(arg) == 0);
	}
}

static void
timers(void)
{
	struct sync_timer_thread tt;
	struct sync_timer t;

	must(sync_event_clear(&e) == 0);
	must(sync_timer_thread_init(&tt, NULL) == 0);
	must(sync_timer_init(&t, &tt, tick, &e) == 0);
	must(sync_timer_arm_every(&t, sync_after_ms(1), 1000000, SYNC_TIMER_ALL)
	    == 0);
	must(sync_event_wait(&e) == 0);
	must(sync_timer_thread_destroy(&tt) == 0);
}

static void *
holds(void *arg)
{
	struct sync_kmutex *k = arg;

	must(sync_kmutex_lock(k) == 0);
	must(sync_event_set(&e) == 0);
	sync_thread_sleep_until(sync_after_ms(30));
	must(sync_kmutex_unlock(k) == 0);
	return arg;
}

/*
 * Deadlines that are near, past, and so far that a 32-bit time_t cannot hold
 * them.
 */
static void
deadlines(void)
{
	const sync_time far[] = { (sync_time)3000000000 * 1000000000,
		(sync_time)INT32_MAX * 1000000000 + 999999999,
		((sync_time)INT32_MAX + 1) * 1000000000, SYNC_NEVER - 1,
		SYNC_NEVER };
	sync_time at = sync_after_ms(5);
	unsigned i;

	must(sync_sem_wait(&s) == 0);
	must(sync_sem_wait_until(&s, at) == ETIMEDOUT);
	must(sync_time_now() >= at);
	must(sync_sem_wait_until(&s, -1) == ETIMEDOUT);
	must(sync_sem_wait_until(&s, INT64_MIN) == ETIMEDOUT);
	must(sync_after_ms(INT64_MAX) == SYNC_NEVER);
	for (i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		struct sync_thread t;

		must(sync_event_clear(&e) == 0);
		must(sync_thread_start(&t, holds, &km, NULL) == 0);
		must(sync_event_wait_until(&e, far[i]) == 0);
		must(sync_kmutex_lock_until(&km, far[i]) == 0);
		must(sync_kmutex_unlock(&km) == 0);
		must(sync_thread_join_until(&t, NULL, far[i]) == 0);
	}
}

static void *
dies_holding(void *arg)
{
	must(sync_kmutex_lock(arg) == 0);
	return arg;
}

static void
robust(void)
{
	struct sync_kmutex k;
	struct sync_thread t;
	int err;

	err = sync_kmutex_init(&k, SYNC_ROBUST);
	if (err == ENOTSUP)
		return;
	must(err == 0);
	must(sync_thread_start(&t, dies_holding, &k, NULL) == 0);
	must(sync_thread_join(&t, NULL) == 0);
	must(sync_kmutex_lock(&k) == EOWNERDEAD);
	must(sync_kmutex_consistent(&k) == 0);
	must(sync_kmutex_unlock(&k) == 0);
	must(sync_kmutex_destroy(&k) == 0);
}

int
main(int argc, char *argv[])
{
	locks();
	queues();
	priorities();
	timers();
	deadlines();
	if (argc < 2 || strcmp(argv[1], "norobust") != 0)
		robust();
	return 0;
}
