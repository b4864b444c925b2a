/* SPDX-License-Identifier: MIT */
/* Correct cases: the locks, and conditions with each of them. */
#include <errno.h>

#include "detect.h"

static struct sync_mutex m = SYNC_MUTEX_INIT;
static struct sync_rmutex rm = SYNC_RMUTEX_INIT;
static struct sync_kmutex km;
static struct sync_cond c = SYNC_COND_INIT;
static struct sync_rwlock rw = SYNC_RWLOCK_INIT;
static int flag;

static void *
by_mutex(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (i % 3 == 0) {
			while (sync_mutex_trylock(&m) != 0)
				sync_thread_sleep_until(sync_after(20000));
		} else if (i % 3 == 1) {
			must(sync_mutex_lock_until(&m, SYNC_NEVER - 1));
		} else {
			must(sync_mutex_lock(&m));
		}
		data[2]++;
		must(sync_mutex_unlock(&m));
	}
	return arg;
}

void
right_mutex(void)
{
	pair(by_mutex, by_mutex);
	must(sync_mutex_destroy(&m));
}

static void *
by_rmutex(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_rmutex_lock(&rm));
		must(sync_rmutex_lock(&rm));
		data[2]++;
		must(sync_rmutex_unlock(&rm));
		data[3]++;
		must(sync_rmutex_unlock(&rm));
	}
	return arg;
}

void
right_rmutex(void)
{
	pair(by_rmutex, by_rmutex);
}

static void *
by_kmutex(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(i % 2 ? sync_kmutex_lock(&km)
			   : sync_kmutex_lock_until(&km, sync_after_ms(99999)));
		data[2]++;
		if (i % 5 == 0)
			sync_thread_sleep_until(sync_after(50000));
		must(sync_kmutex_unlock(&km));
	}
	return arg;
}

/* Without flags that this system lacks. */
static void
make_kmutex(unsigned flags)
{
	int err = sync_kmutex_init(&km, flags);

	must(err == ENOTSUP ? sync_kmutex_init(&km, 0) : err);
}

void
right_kmutex(void)
{
	make_kmutex(SYNC_ROBUST);
	pair(by_kmutex, by_kmutex);
	must(sync_kmutex_destroy(&km));
	make_kmutex(SYNC_PRIO_INHERIT);
	pair(by_kmutex, by_kmutex);
	must(sync_kmutex_destroy(&km));
}

static void *
cond_puts(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_mutex_lock(&m));
		while (flag)
			must(sync_cond_wait(&c, &m));
		data[2] = i;
		flag = 1;
		must(sync_cond_broadcast(&c));
		must(sync_mutex_unlock(&m));
	}
	return arg;
}

static void *
cond_gets(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_mutex_lock(&m));
		while (!flag)
			(void)sync_cond_wait_until(&c, &m, sync_after(300000));
		data[3] += data[2];
		flag = 0;
		must(sync_mutex_unlock(&m));
		must(sync_cond_signal(&c)); /* without the lock */
	}
	return arg;
}

void
right_cond(void)
{
	pair(cond_puts, cond_gets);
}

static void *
rcond_waits(void *arg)
{
	must(sync_rmutex_lock(&rm));
	must(sync_rmutex_lock(&rm));
	while (!flag)
		must(sync_cond_wait_rmutex(&c, &rm));
	data[2]++;
	must(sync_rmutex_unlock(&rm));
	must(sync_rmutex_unlock(&rm));
	return arg;
}

static void *
rcond_signals(void *arg)
{
	must(sync_rmutex_lock(&rm));
	data[2]++;
	flag = 1;
	must(sync_cond_signal(&c));
	must(sync_rmutex_unlock(&rm));
	return arg;
}

void
right_cond_rmutex(void)
{
	pair(rcond_waits, rcond_signals);
}

static void *
kcond_waits(void *arg)
{
	must(sync_kmutex_lock(&km));
	while (!flag)
		must(sync_cond_wait_kmutex(&c, &km));
	data[2]++;
	must(sync_kmutex_unlock(&km));
	return arg;
}

static void *
kcond_signals(void *arg)
{
	must(sync_kmutex_lock(&km));
	data[2]++;
	flag = 1;
	must(sync_cond_signal(&c));
	must(sync_kmutex_unlock(&km));
	return arg;
}

void
right_cond_kmutex(void)
{
	must(sync_kmutex_init(&km, 0));
	pair(kcond_waits, kcond_signals);
}

static void *
rw_uses(void *arg)
{
	long sum = 0;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_rwlock_rdlock(&rw));
		must(sync_rwlock_rdlock(&rw));
		sum += data[2];
		must(sync_rwlock_unlock(&rw));
		must(sync_rwlock_unlock(&rw));
		if (i % 2 == 0)
			must(sync_rwlock_wrlock(&rw));
		else
			must(sync_rwlock_wrlock_until(
			    &rw, sync_after_ms(99999)));
		data[2]++;
		must(sync_rwlock_unlock(&rw));
		if (sync_rwlock_tryrdlock(&rw) == 0) {
			sum += data[2];
			must(sync_rwlock_unlock(&rw));
		}
	}
	return sum >= 0 ? arg : NULL;
}

void
right_rwlock(void)
{
	pair(rw_uses, rw_uses);
	must(sync_rwlock_destroy(&rw));
}
