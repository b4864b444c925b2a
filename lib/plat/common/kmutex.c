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
 * glibc's trylock of a robust mutex that is not recoverable says so, and holds
 * it nevertheless: the next lock would wait for ever, or find another owner
 * dead.  Its timed lock does not, so a moment long past serves as the try.
 *
 * ThreadSanitizer and helgrind may not know clocklock, hence the announcement.
 * And the former accepts a lock whose owner died from pthread_mutex_lock and
 * trylock alone: so when it watches, robust mutexes are tried with trylock, and
 * locks with a deadline are tried at intervals.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/atomic.h"
#include "plat.h"

enum { SOUND, ORPHANED, LOST };

struct kmutex {
	pthread_mutex_t mutex;
	unsigned flags; /* set at init */
	uint32_t state; /* atomic; set by the holder: ORPHANED after it was told
			   EOWNERDEAD, LOST if it unlocks like that */
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
	if (err == 0) {
		kmutex_of(m)->flags = flags;
		at_store_relaxed(&kmutex_of(m)->state, SOUND);
	}
	(void)pthread_mutexattr_destroy(&attr);
	return err;
}

void
plat_kmutex_destroy(struct sync_plat_kmutex *m)
{
	(void)pthread_mutex_destroy(mutex_of(m)); /* the caller made sure */
}

/* After a lock by any door. */
static int
locked(struct sync_plat_kmutex *m, int err)
{
	if (err == EOWNERDEAD)
		at_store_relaxed(&kmutex_of(m)->state, ORPHANED);
	return err;
}

#if HAVE_PTHREAD_MUTEX_CLOCKLOCK
/* ThreadSanitizer's own wrapper of it, in versions that have one. */
int __interceptor_pthread_mutex_clocklock(pthread_mutex_t *, clockid_t,
    const struct timespec *) __attribute__((weak));

static int
lock_by_clock(pthread_mutex_t *m, sync_time deadline)
{
	struct timespec ts;
	int err;

	ts.tv_sec = (time_t)(deadline / 1000000000);
	ts.tv_nsec = (long)(deadline % 1000000000);
	if (ts.tv_sec != deadline / 1000000000)
		return pthread_mutex_lock(m); /* beyond the machine's life */
	err = pthread_mutex_clocklock(m, CLOCK_MONOTONIC, &ts);
	if (err == 0 && __interceptor_pthread_mutex_clocklock == NULL)
		announce_lock(m, ANNOUNCE_TRY | ANNOUNCE_PTHREAD);
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
lock_by_clock(pthread_mutex_t *m, sync_time deadline)
{
	(void)m;
	(void)deadline;
	return EINVAL;
}

static int
try_robust(pthread_mutex_t *m)
{
	return pthread_mutex_trylock(m);
}
#endif

/* Whether trylock has the trap described above. */
static bool
delicate(struct sync_plat_kmutex *m)
{
	return (kmutex_of(m)->flags & (SYNC_ROBUST | SYNC_PRIO_INHERIT))
	    == SYNC_ROBUST;
}

int
plat_kmutex_trylock(struct sync_plat_kmutex *m)
{
	if (at_load_relaxed(&kmutex_of(m)->state) == LOST)
		return ENOTRECOVERABLE;
	if (delicate(m) && !announce_on)
		return locked(m, try_robust(mutex_of(m)));
	return locked(m, pthread_mutex_trylock(mutex_of(m)));
}

int
plat_kmutex_unlock(struct sync_plat_kmutex *m)
{
	if (at_load_relaxed(&kmutex_of(m)->state) == ORPHANED)
		at_store_relaxed(&kmutex_of(m)->state, LOST);
	return pthread_mutex_unlock(mutex_of(m));
}

int
plat_kmutex_consistent(struct sync_plat_kmutex *m)
{
	int err = pthread_mutex_consistent(mutex_of(m));

	if (err == 0)
		at_store_relaxed(&kmutex_of(m)->state, SOUND);
	return err;
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
	bool poll = announce_on && (kmutex_of(m)->flags & SYNC_ROBUST) != 0;
	int err = plat_kmutex_trylock(m);

	if (err != EBUSY)
		return err;
	if (deadline <= plat_now())
		return ETIMEDOUT;
	err = poll ? EINVAL : lock_by_clock(mutex_of(m), deadline);
	/* EINVAL: no such clock for this kind of mutex. */
	return err == EINVAL ? lock_by_polling(m, deadline) : locked(m, err);
}

int
plat_kmutex_lock(struct sync_plat_kmutex *m, sync_time deadline)
{
	if (deadline == SYNC_NEVER)
		return locked(m, pthread_mutex_lock(mutex_of(m)));
	return lock_until(m, deadline);
}
