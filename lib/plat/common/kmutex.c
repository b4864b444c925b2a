/* SPDX-License-Identifier: MIT */
/*
 * Kernel-owned locks: a pthread mutex with error checking, and what was asked
 * for besides.
 *
 * A deadline needs pthread_mutex_clocklock.  Where that is missing, or the
 * kernel has no such wait for a priority-inheriting mutex, the lock is tried
 * at growing intervals up to 2 ms: pthread_mutex_timedlock runs on the wall
 * clock, which may jump.
 *
 * ThreadSanitizer does not know clocklock, hence the announcement.
 *
 * glibc's trylock of a robust mutex that is not recoverable says so, and holds
 * it nevertheless: the next lock would wait for ever, or find another owner
 * dead.  Its timed lock does not, so a moment long past serves as the try.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "plat.h"

struct kmutex {
	pthread_mutex_t mutex;
	unsigned flags; /* set at init */
};

_Static_assert(sizeof(struct kmutex) <= sizeof(struct sync_plat_kmutex),
    "sync_plat_kmutex has room for the platform's mutex");
_Static_assert(_Alignof(struct sync_plat_kmutex) >= _Alignof(struct kmutex),
    "sync_plat_kmutex is aligned for the platform's mutex");

static struct kmutex *
kmutex_of(struct sync_plat_kmutex *m)
{
	return (struct kmutex *)(void *)m->u.bytes;
}

static pthread_mutex_t *
mutex_of(struct sync_plat_kmutex *m)
{
	return &kmutex_of(m)->mutex;
}

static int
set_kind(pthread_mutexattr_t *attr, unsigned flags)
{
	int err = pthread_mutexattr_settype(attr, PTHREAD_MUTEX_ERRORCHECK);

	if (err == 0 && (flags & SYNC_ROBUST))
		err = pthread_mutexattr_setrobust(attr, PTHREAD_MUTEX_ROBUST);
	if (err == 0 && (flags & SYNC_PRIO_INHERIT))
		err = pthread_mutexattr_setprotocol(attr, PTHREAD_PRIO_INHERIT);
	return err;
}

int
plat_kmutex_init(struct sync_plat_kmutex *m, unsigned flags)
{
	pthread_mutexattr_t attr;
	int err;

	err = pthread_mutexattr_init(&attr);
	if (err != 0)
		return err;
	err = set_kind(&attr, flags);
	if (err == 0)
		err = pthread_mutex_init(mutex_of(m), &attr);
	if (err == 0)
		kmutex_of(m)->flags = flags;
	(void)pthread_mutexattr_destroy(&attr);
	return err;
}

void
plat_kmutex_destroy(struct sync_plat_kmutex *m)
{
	(void)pthread_mutex_destroy(mutex_of(m)); /* the caller made sure */
}

int
plat_kmutex_unlock(struct sync_plat_kmutex *m)
{
	return pthread_mutex_unlock(mutex_of(m));
}

int
plat_kmutex_consistent(struct sync_plat_kmutex *m)
{
	return pthread_mutex_consistent(mutex_of(m));
}

#if HAVE_PTHREAD_MUTEX_CLOCKLOCK
/* ThreadSanitizer's own wrapper of it, in versions that have one. */
int __interceptor_pthread_mutex_clocklock(pthread_mutex_t *, clockid_t,
    const struct timespec *) __attribute__((weak));

static bool
clocklock_is_known(void)
{
	return __interceptor_pthread_mutex_clocklock != NULL;
}

static int
lock_by_clock(pthread_mutex_t *m, sync_time deadline)
{
	struct timespec ts;
	int err;

	ts.tv_sec = (time_t)(deadline / 1000000000);
	ts.tv_nsec = (long)(deadline % 1000000000);
	if (deadline / 1000000000 != (int64_t)ts.tv_sec)
		return pthread_mutex_lock(m); /* beyond the machine's life */
	err = pthread_mutex_clocklock(m, CLOCK_MONOTONIC, &ts);
	if ((err == 0 || err == EOWNERDEAD) && !clocklock_is_known())
		announce_lock(m, ANNOUNCE_TRY);
	return err;
}

static int
try_robust(pthread_mutex_t *m)
{
	int err = lock_by_clock(m, 0);

	return err == ETIMEDOUT ? EBUSY : err;
}
#else
static int
try_robust(pthread_mutex_t *m)
{
	return pthread_mutex_trylock(m);
}

static int
lock_by_clock(pthread_mutex_t *m, sync_time deadline)
{
	(void)m;
	(void)deadline;
	return EINVAL;
}
#endif

int
plat_kmutex_trylock(struct sync_plat_kmutex *m)
{
	const unsigned kind = SYNC_ROBUST | SYNC_PRIO_INHERIT;

	if ((kmutex_of(m)->flags & kind) == SYNC_ROBUST)
		return try_robust(mutex_of(m));
	return pthread_mutex_trylock(mutex_of(m));
}

static int
lock_by_polling(struct sync_plat_kmutex *m, sync_time deadline)
{
	static const uint32_t nothing;
	sync_time pause = 20000;

	for (;;) {
		int err = plat_kmutex_trylock(m);
		sync_time now = plat_now();

		if (err != EBUSY)
			return err;
		if (now >= deadline)
			return ETIMEDOUT;
		if (pause > deadline - now)
			pause = deadline - now;
		(void)plat_wait(&nothing, 0, PLAT_ALL, now + pause);
		if (pause < 2000000)
			pause *= 2;
	}
}

static int
lock_until(struct sync_plat_kmutex *m, sync_time deadline)
{
	int err = plat_kmutex_trylock(m);

	if (err != EBUSY)
		return err;
	if (deadline <= plat_now())
		return ETIMEDOUT;
	err = lock_by_clock(mutex_of(m), deadline);
	/* EINVAL: no such clock for this kind of mutex. */
	return err == EINVAL ? lock_by_polling(m, deadline) : err;
}

int
plat_kmutex_lock(struct sync_plat_kmutex *m, sync_time deadline)
{
	if (deadline == SYNC_NEVER)
		return pthread_mutex_lock(mutex_of(m));
	return lock_until(m, deadline);
}
