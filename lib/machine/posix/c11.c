/* SPDX-License-Identifier: MIT */
/*
 * Mutexes, condition variables and call_once of C11.  Each object is the POSIX
 * one, stored in the storage of the C11 type.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "machine/posix/posix.h"

_Static_assert(sizeof(mtx_t) >= sizeof(pthread_mutex_t), "no room");
_Static_assert(sizeof(cnd_t) >= sizeof(pthread_cond_t), "no room");
_Static_assert(sizeof(once_flag) >= sizeof(pthread_once_t), "no room");

static pthread_mutex_t *
mutex_of(mtx_t *mutex)
{
	return (pthread_mutex_t *)(void *)mutex;
}

static pthread_cond_t *
cond_of(cnd_t *cond)
{
	return (pthread_cond_t *)(void *)cond;
}

/* The result of C11 for an error number. */
static int
result(int err)
{
	return err == 0 ? thrd_success
	    : err == EBUSY ? thrd_busy
	    : err == ETIMEDOUT ? thrd_timedout
	    : err == ENOMEM ? thrd_nomem : thrd_error;
}

int
inner_mtx_init(mtx_t *mutex, int type)
{
	pthread_mutexattr_t a;
	int err;

	(void)pthread_mutexattr_init(&a);
	if (type & mtx_recursive)
		(void)pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE);
	err = inner_pthread_mutex_init(mutex_of(mutex), &a);
	(void)pthread_mutexattr_destroy(&a);
	return result(err);
}

void
inner_mtx_destroy(mtx_t *mutex)
{
	(void)inner_pthread_mutex_destroy(mutex_of(mutex));
}

int
inner_mtx_lock(mtx_t *mutex)
{
	return result(inner_pthread_mutex_lock(mutex_of(mutex)));
}

int
inner_mtx_trylock(mtx_t *mutex)
{
	return result(inner_pthread_mutex_trylock(mutex_of(mutex)));
}

int
inner_mtx_timedlock(
    mtx_t *restrict mutex, const struct timespec *restrict deadline)
{
	return result(
	    inner_pthread_mutex_timedlock(mutex_of(mutex), deadline));
}

int
inner_mtx_unlock(mtx_t *mutex)
{
	return result(inner_pthread_mutex_unlock(mutex_of(mutex)));
}

int
inner_cnd_init(cnd_t *cond)
{
	return result(inner_pthread_cond_init(cond_of(cond), NULL));
}

void
inner_cnd_destroy(cnd_t *cond)
{
	(void)inner_pthread_cond_destroy(cond_of(cond));
}

int
inner_cnd_wait(cnd_t *cond, mtx_t *mutex)
{
	return result(
	    inner_pthread_cond_wait(cond_of(cond), mutex_of(mutex)));
}

int
inner_cnd_timedwait(cnd_t *restrict cond, mtx_t *restrict mutex,
    const struct timespec *restrict deadline)
{
	return result(inner_pthread_cond_clockwait(
	    cond_of(cond), mutex_of(mutex), CLOCK_REALTIME, deadline));
}

int
inner_cnd_signal(cnd_t *cond)
{
	return result(inner_pthread_cond_signal(cond_of(cond)));
}

int
inner_cnd_broadcast(cnd_t *cond)
{
	return result(inner_pthread_cond_broadcast(cond_of(cond)));
}

void
inner_call_once(once_flag *once, void (*fn)(void))
{
	(void)inner_pthread_once((pthread_once_t *)(void *)once, fn);
}

void
inner_thrd_yield(void)
{
	(void)inner_sched_yield();
}

int
inner_thrd_sleep(const struct timespec *length, struct timespec *left)
{
	return inner_nanosleep(length, left);
}
