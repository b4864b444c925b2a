/* SPDX-License-Identifier: MIT */
/* C++: every object is used once, through every header. */
#include <libsync.h>

#include <cstdio>

#define CHECK(x) ((x) ? (void)0 : fail(__LINE__, #x))

static int failures;

static void
fail(int line, const char *what)
{
	std::fprintf(stderr, "line %d: %s\n", line, what);
	failures++;
}

struct account {
	struct sync_mutex lock;
	long balance SYNC_GUARDED_BY(lock);
};

static struct account account = { SYNC_MUTEX_INIT, 0 };
static struct sync_rmutex rmutex = SYNC_RMUTEX_INIT;
static struct sync_kmutex kmutex;
static struct sync_cond cond = SYNC_COND_INIT;
static struct sync_sem sem = SYNC_SEM_INIT(0, 5);
static struct sync_event event = SYNC_EVENT_INIT;
static struct sync_latch latch = SYNC_LATCH_INIT(1);
static struct sync_rwlock rwlock = SYNC_RWLOCK_INIT;
static struct sync_queue queue;
static struct sync_mutex mutex = SYNC_MUTEX_INIT;
static bool ready;

static void *
work(void *arg)
{
	int i = 41;

	SYNC_WITH (&mutex) {
		ready = true;
		CHECK(sync_cond_signal(&cond) == 0);
	}
	CHECK(sync_queue_put(&queue, &i) == 0);
	CHECK(sync_latch_count_down(&latch) == 0);
	return arg;
}

static void
tick(struct sync_timer *, const struct sync_tick *, void *)
{
	CHECK(sync_event_set(&event) == 0);
}

static void
use_cond() SYNC_NO_ANALYSIS
{
	const sync_time past = 0;

	CHECK(sync_mutex_lock(&mutex) == 0);
	while (!ready)
		CHECK(sync_cond_wait(&cond, &mutex) == 0);
	CHECK(sync_cond_wait_until(&cond, &mutex, past) == ETIMEDOUT);
	CHECK(sync_mutex_unlock(&mutex) == 0);
	CHECK(sync_rmutex_lock(&rmutex) == 0);
	CHECK(sync_cond_wait_until(&cond, &rmutex, past) == ETIMEDOUT);
	CHECK(sync_rmutex_unlock(&rmutex) == 0);
	CHECK(sync_cond_wait(&cond, &rmutex) == EPERM);
	if (sync_kmutex_init(&kmutex, SYNC_ROBUST) != 0) // not on every system
		CHECK(sync_kmutex_init(&kmutex, 0) == 0);
	CHECK(sync_cond_wait(&cond, &kmutex) == EPERM);
	CHECK(sync_kmutex_lock(&kmutex) == 0);
	CHECK(sync_cond_wait_until(&cond, &kmutex, past) == ETIMEDOUT);
	CHECK(sync_kmutex_unlock(&kmutex) == 0);
}

static void
use_with() SYNC_NO_ANALYSIS
{
	SYNC_WITH (&account.lock)
		account.balance++;
	SYNC_WITH (&rmutex)
		SYNC_WITH (&rmutex)
			CHECK(sync_rmutex_depth(&rmutex) == 2);
	SYNC_WITH (&kmutex) {
		int err;

		SYNC_WITH (&kmutex, err)
			CHECK(false);
		else
			CHECK(err == EDEADLK && sync_kmutex_held(&kmutex));
	}
	CHECK(!sync_mutex_held(&account.lock));
	CHECK(!sync_rmutex_held(&rmutex));
	CHECK(!sync_kmutex_held(&kmutex));
}

static void
use_rwlock() SYNC_NO_ANALYSIS
{
	CHECK(sync_rwlock_rdlock(&rwlock) == 0);
	CHECK(sync_rwlock_trywrlock(&rwlock) == EBUSY);
	CHECK(sync_rwlock_unlock(&rwlock) == 0);
}

int
main()
{
	struct sync_barrier barrier;
	struct sync_timer_thread timers;
	struct sync_timer timer;
	struct sync_thread thread;
	void *result = nullptr;
	int i = 0;

	CHECK(sync_queue_init(&queue, SYNC_LIFO, sizeof(i), 2) == 0);
	CHECK(sync_thread_start(&thread, work, &thread, nullptr) == 0);
	use_cond();
	CHECK(sync_queue_get(&queue, &i) == 0 && i == 41);
	CHECK(sync_latch_wait(&latch) == 0);
	CHECK(sync_thread_join(&thread, &result) == 0 && result == &thread);
	use_with();
	use_rwlock();
	CHECK(sync_sem_post(&sem) == 0 && sync_sem_wait(&sem) == 0);
	CHECK(sync_barrier_init(&barrier, 1, nullptr, nullptr, 0) == 0);
	CHECK(sync_barrier_wait(&barrier, nullptr) == 0);
	CHECK(sync_timer_thread_init(&timers, "c++") == 0);
	CHECK(sync_timer_init(&timer, &timers, tick, nullptr) == 0);
	CHECK(sync_timer_arm(&timer, sync_after_ms(1)) == 0);
	CHECK(sync_event_wait(&event) == 0);
	CHECK(sync_timer_thread_destroy(&timers) == 0);
	CHECK(sync_queue_destroy(&queue) == 0);
	return failures == 0 ? 0 : 1;
}
