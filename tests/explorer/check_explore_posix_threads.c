/* SPDX-License-Identifier: MIT */
/*
 * Threads of POSIX and of C11 in the explorer: their data, their end by return,
 * exit and cancellation, joins, sleeps and polls.
 */
#include "config.h"

#include "explore_posix.h"

#include <sched.h>
#include <semaphore.h>
#include <sys/time.h>
#include <threads.h>
#include <unistd.h>

static pthread_key_t key;
static sem_t s;
static int cleaned, destroyed;

/* Thread-specific data. */

static void
destroys(void *value)
{
	SYNC_ASSERT(value == &n);
	destroyed++;
}

static void
has_its_own(void)
{
	SYNC_ASSERT(pthread_getspecific(key) == NULL);
	SYNC_OK(pthread_setspecific(key, &n));
	sched_yield();
	SYNC_ASSERT(pthread_getspecific(key) == &n);
}

static void
has_its_own_too(void)
{
	has_its_own();
	SYNC_OK(pthread_setspecific(key, NULL));
}

static void
data_of_threads(void)
{
	cleaned = destroyed = 0;
	SYNC_OK(pthread_key_create(&key, destroys));
	beside(has_its_own, has_its_own_too);
	SYNC_ASSERT(destroyed == 1);
	SYNC_OK(pthread_key_delete(key));
}

static void
data_of_a_deleted_key(void)
{
	SYNC_OK(pthread_key_create(&key, NULL));
	SYNC_OK(pthread_key_delete(key));
	(void)pthread_getspecific(key);
}

/* The end of threads. */

static void
cleans(void *mutex)
{
	cleaned++;
	SYNC_OK(pthread_mutex_unlock(mutex));
}

static void
waits_and_cleans(void)
{
	SYNC_OK(pthread_setspecific(key, &n));
	SYNC_OK(pthread_mutex_lock(&m));
	pthread_cleanup_push(cleans, &m);
	while (n == 0)
		SYNC_OK(pthread_cond_wait(&c, &m));
	pthread_cleanup_pop(1);
}

static void
cancelled_and_cleaned(void)
{
	pthread_t t;
	void *value;

	cleaned = destroyed = 0;
	SYNC_OK(pthread_key_create(&key, destroys));
	start(&t, waits_and_cleans);
	SYNC_OK(pthread_cancel(t));
	SYNC_OK(pthread_join(t, &value));
	SYNC_ASSERT(value == PTHREAD_CANCELED);
	SYNC_ASSERT(cleaned == 1 && destroyed == 1);
	SYNC_OK(pthread_mutex_lock(&m));
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
waits_and_does_not_clean(void)
{
	SYNC_OK(pthread_mutex_lock(&m));
	while (n == 0)
		SYNC_OK(pthread_cond_wait(&c, &m));
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
cancelled_with_the_lock(void)
{
	pthread_t t;

	start(&t, waits_and_does_not_clean);
	SYNC_OK(pthread_cancel(t));
	SYNC_OK(pthread_join(t, NULL));
	SYNC_OK(pthread_mutex_lock(&m));
}

static void
is_not_to_be_cancelled(void)
{
	int old;

	SYNC_OK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old));
	SYNC_ASSERT(old == PTHREAD_CANCEL_ENABLE);
	SYNC_OK(usleep(1000));
	pthread_testcancel();
	SYNC_OK(sem_wait(&s));
	SYNC_ATOMIC_STORE(&n, 1, __ATOMIC_RELEASE);
	SYNC_OK(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL));
	pthread_testcancel();
	SYNC_ASSERT(false);
}

static void
cancellation_put_off(void)
{
	pthread_t t;
	void *value;

	SYNC_OK(sem_init(&s, 0, 0));
	start(&t, is_not_to_be_cancelled);
	SYNC_OK(pthread_cancel(t));
	SYNC_OK(sem_post(&s));
	SYNC_OK(pthread_join(t, &value));
	SYNC_ASSERT(value == PTHREAD_CANCELED);
	SYNC_ASSERT(SYNC_ATOMIC_LOAD(&n, __ATOMIC_ACQUIRE) == 1);
}

static void
exits_with_a_value(void)
{
	SYNC_OK(pthread_mutex_lock(&m));
	pthread_cleanup_push(cleans, &m);
	pthread_exit(&m);
	pthread_cleanup_pop(0);
}

static void
exit_of_a_thread(void)
{
	pthread_t t;
	void *value;

	cleaned = 0;
	start(&t, exits_with_a_value);
	holds();
	SYNC_OK(pthread_join(t, &value));
	SYNC_ASSERT(value == &m);
	SYNC_ASSERT(cleaned == 1);
}

static void
sleeps_and_ends(void)
{
	struct timespec length = { 0, 1000 };

	SYNC_OK(nanosleep(&length, NULL));
	SYNC_OK(clock_nanosleep(CLOCK_MONOTONIC, 0, &length, NULL));
	SYNC_ASSERT(sleep(1) == 0);
}

static void
joins_of_all_kinds(void)
{
	struct timespec ts;
	pthread_t t;
	void *value;
	int err;

	start(&t, sleeps_and_ends);
	ts = in_a_second(CLOCK_REALTIME);
	err = pthread_timedjoin_np(t, &value, &ts);
	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	ts = in_a_second(CLOCK_MONOTONIC);
	if (err == ETIMEDOUT)
		err = pthread_clockjoin_np(t, &value, CLOCK_MONOTONIC, &ts);
	while (err == EBUSY || err == ETIMEDOUT) {
		SYNC_OK(usleep(100));
		err = pthread_tryjoin_np(t, &value);
	}
	SYNC_OK(err);
	SYNC_ASSERT(value == &n);
}

static void
joined_twice(void)
{
	pthread_t t;

	start(&t, sleeps_and_ends);
	SYNC_OK(pthread_join(t, NULL));
	(void)pthread_join(t, NULL);
}

static void
joined_when_detached(void)
{
	pthread_t t;

	start(&t, sleeps_and_ends);
	SYNC_OK(pthread_detach(t));
	(void)pthread_join(t, NULL);
}

static void
sets_late(void)
{
	SYNC_OK(usleep(1000));
	SYNC_ATOMIC_STORE(&n, 1, __ATOMIC_RELEASE);
}

static void
polls(void)
{
	while (SYNC_ATOMIC_LOAD(&n, __ATOMIC_ACQUIRE) == 0)
		SYNC_OK(usleep(100));
}

static void
polling_by_sleep(void)
{
	beside(sets_late, polls);
}

static void
polls_until_the_day_is_over(void)
{
	struct timeval now, begun;

	SYNC_OK(gettimeofday(&begun, NULL));
	do
		SYNC_OK(gettimeofday(&now, NULL));
	while (now.tv_sec < begun.tv_sec + 1);
	SYNC_ASSERT(time(NULL) >= begun.tv_sec + 1);
}

static void
polling_the_clock(void)
{
	beside(sleeps_and_ends, polls_until_the_day_is_over);
}

/* C11. */

static mtx_t mtx;
static cnd_t cnd;
static once_flag flag;
static tss_t tss;

static void
initialises(void)
{
	SYNC_OK(mtx_lock(&mtx));
	n++;
	SYNC_OK(mtx_unlock(&mtx));
}

static int
adds_in_c11(void *arg)
{
	(void)arg;
	call_once(&flag, initialises);
	SYNC_OK(mtx_lock(&mtx));
	n++;
	SYNC_OK(cnd_signal(&cnd));
	SYNC_OK(mtx_unlock(&mtx));
	SYNC_OK(tss_set(tss, &n));
	thrd_yield();
	SYNC_ASSERT(tss_get(tss) == &n);
	thrd_exit(7);
}

static void
reset_c11(void)
{
	once_flag fresh = ONCE_FLAG_INIT;

	flag = fresh;
	destroyed = 0;
	SYNC_OK(mtx_init(&mtx, mtx_timed | mtx_recursive));
	SYNC_OK(cnd_init(&cnd));
	SYNC_OK(tss_create(&tss, destroys));
}

static void
threads_of_c11(void)
{
	struct timespec ts;
	thrd_t t;
	int result, err = 0;

	reset_c11();
	SYNC_OK(thrd_create(&t, adds_in_c11, NULL));
	SYNC_OK(mtx_lock(&mtx));
	SYNC_OK(timespec_get(&ts, TIME_UTC) == TIME_UTC ? 0 : EINVAL);
	ts.tv_sec++;
	while (n < 2 && err == 0)
		err = cnd_timedwait(&cnd, &mtx, &ts);
	SYNC_ASSERT(err == 0 || err == thrd_timedout);
	SYNC_OK(mtx_unlock(&mtx));
	SYNC_OK(thrd_join(t, &result));
	SYNC_ASSERT(result == 7 && n == 2 && destroyed == 1);
	mtx_destroy(&mtx);
	cnd_destroy(&cnd);
	tss_delete(tss);
}

static void
c11_lost_wakeup(void)
{
	thrd_t t;

	reset_c11();
	SYNC_OK(thrd_create(&t, adds_in_c11, NULL));
	SYNC_OK(mtx_lock(&mtx));
	SYNC_OK(cnd_wait(&cnd, &mtx));
	SYNC_OK(mtx_unlock(&mtx));
	SYNC_OK(thrd_join(t, NULL));
}

static const struct posix_program programs[] = {
	P(data_of_threads, FINE, ""),
	P(data_of_a_deleted_key, MISUSE, "a key is used"),
	P(cancelled_and_cleaned, FINE, ""),
	P(cancelled_with_the_lock, DEADLOCK, ""),
	P(cancellation_put_off, FINE, ""),
	P(exit_of_a_thread, FINE, ""),
	P(joins_of_all_kinds, FINE, ""),
	P(joined_twice, MISUSE, "was joined before"),
	P(joined_when_detached, MISUSE, "was detached before"),
	P(polling_by_sleep, FINE, ""),
	P(polling_the_clock, FINE, ""),
	P(threads_of_c11, FINE, ""),
	P(c11_lost_wakeup, DEADLOCK, ""),
};

int
main(void)
{
	return run_suite(
	    posix_suite("explore posix threads", programs, COUNT(programs)));
}
