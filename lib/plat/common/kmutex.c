/* SPDX-License-Identifier: MIT */
/*
 * Kernel-owned locks: a pthread mutex of the requested kind.
 *
 * With a mutex that inherits priorities, a program can make glibc abort in two
 * ways.  If the mutex checks errors: the kernel detects a circle of threads
 * that wait for each other.  If the mutex is not robust: the holder ends while
 * another thread waits.  So a pthread mutex that inherits priorities is always
 * robust and never checks errors.  The caller knows the holder, and circle.c
 * detects the circles.  On a system without robust mutexes SYNC_ROBUST is not
 * supported.  There the death of the holder of a mutex that inherits priorities
 * is not noticed, and it stays locked.
 *
 * circle.c does not know circles through mutexes of the program itself.  In
 * such a circle glibc puts the thread to sleep for ever, even if the circle is
 * broken later.  So a thread waits for a SLICE at a time, and then calls again.
 *
 * A deadline needs pthread_mutex_clocklock.  pthread_mutex_timedlock is no
 * replacement: it uses the wall clock, which may jump.  If clocklock is
 * missing, or the kernel has no such wait for a priority-inheriting mutex, the
 * lock is tried at growing intervals of up to 2 ms.
 *
 * If a robust mutex is not recoverable, glibc's trylock returns that error but
 * holds the mutex: the next lock would wait for ever, or return EOWNERDEAD.
 * The timed lock does not hold it; so a timed lock with a deadline long past is
 * used as the try.
 *
 * ThreadSanitizer and helgrind may not know clocklock; therefore it is
 * announced.  ThreadSanitizer accepts a lock whose owner died only from
 * pthread_mutex_lock and trylock.  So when it is active, robust mutexes are
 * tried with trylock, locks with a deadline are tried at intervals, and locks
 * without one use no slices.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "base/atomic.h"
#include "circle.h"
#include "linkage.h"
#include "plat.h"

#define SLICE 1000000000 /* nanoseconds; see above */

enum { SOUND, ORPHANED, LOST };

struct kmutex {
	pthread_mutex_t mutex;
	unsigned flags; /* set at init */
	uint32_t state; /* atomic; set by the holder: ORPHANED after it got
			   EOWNERDEAD, LOST if it unlocks in that state */
};

_Static_assert(sizeof(struct kmutex) <= sizeof(struct sync_plat_kmutex),
    "sync_plat_kmutex has room for the platform's mutex");
_Static_assert(_Alignof(struct sync_plat_kmutex) >= _Alignof(struct kmutex),
    "sync_plat_kmutex is aligned for the platform's mutex");

static struct kmutex *
kmutex_of(struct sync_plat_kmutex *m)
{
	return (struct kmutex *)(void *)m->room.bytes;
}

static pthread_mutex_t *
mutex_of(struct sync_plat_kmutex *m)
{
	return &kmutex_of(m)->mutex;
}

static bool
inherits(const struct kmutex *m)
{
	return (m->flags & SYNC_PRIO_INHERIT) != 0;
}

#if HAVE_PTHREAD_MUTEXATTR_SETROBUST
static int
set_robust(pthread_mutexattr_t *attr, unsigned flags)
{
	return flags == 0 ? 0
	    : pthread_mutexattr_setrobust(attr, PTHREAD_MUTEX_ROBUST);
}

static int
make_consistent(pthread_mutex_t *m)
{
	return pthread_mutex_consistent(m);
}
#else
static int
set_robust(pthread_mutexattr_t *attr, unsigned flags)
{
	(void)attr;
	return flags & SYNC_ROBUST ? ENOTSUP : 0;
}

static int
make_consistent(pthread_mutex_t *m)
{
	(void)m;
	return EINVAL; /* no holder's death is noticed */
}
#endif

#if HAVE_PTHREAD_MUTEXATTR_SETPROTOCOL
static int
set_inherit(pthread_mutexattr_t *attr)
{
	return pthread_mutexattr_setprotocol(attr, PTHREAD_PRIO_INHERIT);
}
#else
static int
set_inherit(pthread_mutexattr_t *attr)
{
	(void)attr;
	return ENOTSUP;
}
#endif

static int
set_kind(pthread_mutexattr_t *attr, unsigned flags)
{
	bool inherit = (flags & SYNC_PRIO_INHERIT) != 0;
	int err = pthread_mutexattr_settype(attr,
	    inherit ? PTHREAD_MUTEX_NORMAL : PTHREAD_MUTEX_ERRORCHECK);

	if (err == 0)
		err = set_robust(attr, flags);
	if (err == 0 && inherit)
		err = set_inherit(attr);
	return err;
}

static int
make(pthread_mutex_t *m, unsigned flags)
{
	pthread_mutexattr_t attr;
	int err = pthread_mutexattr_init(&attr);

	if (err != 0)
		return err;
	err = set_kind(&attr, flags);
	if (err == 0)
		err = pthread_mutex_init(m, &attr);
	(void)pthread_mutexattr_destroy(&attr);
	return err;
}

int
plat_kmutex_init(struct sync_plat_kmutex *m, unsigned flags)
{
	int saved = errno;
	int err = make(mutex_of(m), flags);

	errno = saved;
	if (err == 0) {
		kmutex_of(m)->flags = flags;
		at_store_relaxed(&kmutex_of(m)->state, SOUND);
	}
	return err;
}

void
plat_kmutex_destroy(struct sync_plat_kmutex *m)
{
	int saved = errno;

	(void)pthread_mutex_destroy(mutex_of(m)); /* the caller made sure */
	errno = saved;
}

/*
 * Translate the C library's result of a lock.  The holder of a mutex without
 * SYNC_ROBUST may have died too.  No thread repairs such a mutex: it is lost.
 */
static int
locked(struct kmutex *m, int err)
{
	if (err != EOWNERDEAD)
		return err;
	if ((m->flags & SYNC_ROBUST) != 0) {
		at_store_relaxed(&m->state, ORPHANED);
		return err;
	}
	at_store_relaxed(&m->state, LOST);
	(void)pthread_mutex_unlock(&m->mutex);
	return ENOTRECOVERABLE;
}

#if HAVE_PTHREAD_MUTEX_CLOCKLOCK
/* ThreadSanitizer's wrapper of clocklock, in versions that have one. */
MAYBE(int, __interceptor_pthread_mutex_clocklock,
    (pthread_mutex_t *, clockid_t, const struct timespec *));

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

/* Only if no race detector is active. */
static int
try_robust(pthread_mutex_t *m)
{
	static const struct timespec past = { 0, 0 };
	int err = pthread_mutex_clocklock(m, CLOCK_MONOTONIC, &past);

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

/* Whether trylock may hold a mutex that is not recoverable: see above. */
static bool
delicate(const struct kmutex *m)
{
	return (m->flags & (SYNC_ROBUST | SYNC_PRIO_INHERIT)) == SYNC_ROBUST;
}

static int
try(struct kmutex *m)
{
	int err;

	if (at_load_relaxed(&m->state) == LOST)
		return ENOTRECOVERABLE;
	err = delicate(m) && !announce_on ? try_robust(&m->mutex)
					  : pthread_mutex_trylock(&m->mutex);
	if (__builtin_expect(err == 0, 1))
		return 0;
	return err == EDEADLK ? EBUSY : locked(m, err);
}

int
plat_kmutex_trylock(struct sync_plat_kmutex *m)
{
	return try(kmutex_of(m));
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
	int err = make_consistent(mutex_of(m));

	if (err == 0)
		at_store_relaxed(&kmutex_of(m)->state, SOUND);
	return err;
}

static int
lock_by_polling(struct kmutex *m, sync_time deadline)
{
	static const uint32_t nothing;
	sync_time pause = 20000;

	for (;;) {
		int err = try(m);
		sync_time now = plat_now();

		if (err != EBUSY)
			return err;
		if (now >= deadline)
			return ETIMEDOUT;
		if (pause > deadline - now)
			pause = deadline - now;
		(void)plat_wait(PLAT_PRIVATE, &nothing, 0, PLAT_ALL, now + pause);
		if (pause < 2000000)
			pause *= 2;
	}
}

static int
lock_by_slices(pthread_mutex_t *m, sync_time deadline)
{
	sync_time end;
	int err;

	do {
		end = plat_now() + SLICE;
		if (end > deadline)
			end = deadline;
		err = lock_by_clock(m, end);
	} while (err == ETIMEDOUT && end < deadline);
	if (err != ETIMEDOUT)
		return err;
	/* It may have slept for ever in glibc, and the mutex be free now. */
	err = pthread_mutex_trylock(m);
	return err == EBUSY ? ETIMEDOUT : err;
}

/* The C library's result; EINVAL: it has no such clock for this kind. */
static int
lock_by_kind(struct kmutex *m, sync_time deadline)
{
	if (announce_on && m->flags != 0)
		return EINVAL;
	if (inherits(m))
		return lock_by_slices(&m->mutex, deadline);
	return deadline == SYNC_NEVER ? EINVAL
				      : lock_by_clock(&m->mutex, deadline);
}

static int
wait_for(struct kmutex *m, sync_time deadline)
{
	int err = lock_by_kind(m, deadline);

	if (err == EINVAL && deadline != SYNC_NEVER)
		return lock_by_polling(m, deadline);
	if (err == EINVAL)
		err = pthread_mutex_lock(&m->mutex);
	return locked(m, err);
}

int
plat_kmutex_lock(
    struct sync_plat_kmutex *m, const uint32_t *owner, sync_time deadline)
{
	struct kmutex *k = kmutex_of(m);
	struct circle_wait w;
	int err;

	if (deadline <= plat_now())
		return ETIMEDOUT;
	if (!inherits(k))
		return wait_for(k, deadline);
	if (!circle_enter(&w, owner))
		return EDEADLK;
	err = wait_for(k, deadline);
	circle_leave(&w);
	return err;
}
