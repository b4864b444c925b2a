/* SPDX-License-Identifier: MIT */
/*
 * Read-write locks of POSIX threads.
 *
 *	word	0; the writer's number plus one; or POSIX_GONE
 *	reads	for each thread, how many times it holds the lock for reading
 *	kind	POSIX_MADE, plus 1 if readers wait for waiting writers
 *
 * A reader does not wait for waiting writers, unless the lock is of the kind
 * that prefers writers.  POSIX allows both, and the C library does the same.
 * When no reader is left, or the writer unlocks, all sleepers are woken and
 * check again.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "machine/posix/posix.h"

#define m sim_machine

#define READERS 1u /* channels */
#define WRITERS 2u

struct rwlock {
	uint32_t word, kind;
	uint8_t reads[SIM_THREADS];
};
_Static_assert(sizeof(struct rwlock) <= sizeof(pthread_rwlock_t), "no room");

static struct rwlock *
of(pthread_rwlock_t *l)
{
	return (struct rwlock *)(void *)l;
}

static bool
by_init(const struct rwlock *x)
{
	return (x->kind & ~UINT32_C(0xff)) == POSIX_MADE;
}

static struct rwlock *
check(pthread_rwlock_t *l)
{
	struct rwlock *x = of(l);

	posix_check(l, x->word, x->word == 0 && !by_init(x), "rwlock");
	if (x->word > m.nthreads)
		posix_misuse("a rwlock is used that was never initialised");
	return x;
}

static bool
prefers_writers(const struct rwlock *x)
{
#ifdef PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP
	static const pthread_rwlock_t initialiser =
	    PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

	if (!by_init(x))
		return memcmp(x + 1,
			   (const struct rwlock *)(const void *)&initialiser + 1,
			   sizeof(initialiser) - sizeof(*x)) == 0;
#endif
	return (x->kind & 0xff) != 0;
}

static bool
is_read(const struct rwlock *x)
{
	unsigned t;

	for (t = 0; t < m.nthreads; t++)
		if (x->reads[t] != 0)
			return true;
	return false;
}

static bool
writer_waits(const struct rwlock *x)
{
	unsigned t;

	for (t = 0; t < m.nthreads; t++)
		if ((m.asleep & SIM_BIT(t)) && m.threads[t].word == &x->word
		    && m.threads[t].channel == WRITERS)
			return true;
	return false;
}

int
inner_pthread_rwlock_init(
    pthread_rwlock_t *l, const pthread_rwlockattr_t *a)
{
	struct rwlock *x = of(l);
	int kind = 0;

	POINT(SIM_MODIFY, l);
	posix_made(l, by_init(x) && x->word <= m.nthreads, "rwlock");
#ifdef PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP
	if (a != NULL && pthread_rwlockattr_getkind_np(a, &kind) == 0)
		kind = kind == PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP;
#else
	(void)a;
#endif
	memset(l, 0, sizeof(*l));
	x->kind = POSIX_MADE | (uint32_t)kind;
	return 0;
}

int
inner_pthread_rwlock_destroy(pthread_rwlock_t *l)
{
	struct rwlock *x;

	POINT(SIM_MODIFY, l);
	x = check(l);
	if (x->word != 0 || is_read(x))
		posix_misuse("a rwlock is destroyed while a thread holds it");
	posix_gone(l);
	x->word = POSIX_GONE;
	return 0;
}

/* Whether the running thread may lock it now. */
static bool
is_open(const struct rwlock *x, bool writes)
{
	if (x->word != 0)
		return false;
	if (writes)
		return !is_read(x);
	return !prefers_writers(x) || !writer_waits(x);
}

static int
take(struct rwlock *x, bool writes)
{
	if (!writes && x->reads[m.current] == UINT8_MAX)
		return EAGAIN;
	if (writes)
		x->word = m.current + 1;
	else
		x->reads[m.current]++;
	memory_acquire(x);
	announce_lock(x, writes ? ANNOUNCE_WRITE : ANNOUNCE_READ);
	return 0;
}

static int
lock(pthread_rwlock_t *l, bool writes, sync_time deadline)
{
	struct rwlock *x;
	int err = 0;

	x = check(l);
	if (x->word == m.current + 1)
		return EDEADLK;
	while (!is_open(x, writes)) {
		if (err == ETIMEDOUT)
			return err;
		err = posix_sleep(&x->word, writes ? WRITERS : READERS,
		    deadline, false);
		(void)check(l);
	}
	return take(x, writes);
}

static int
clocklock(pthread_rwlock_t *l, bool writes, clockid_t clock,
    const struct timespec *deadline)
{
	sync_time until;
	int err = posix_deadline(clock, deadline, &until);

	if (err != 0)
		return is_open(check(l), writes) ? take(of(l), writes) : err;
	return lock(l, writes, until);
}

static int
trylock(pthread_rwlock_t *l, bool writes)
{
	struct rwlock *x = check(l);

	return is_open(x, writes) ? take(x, writes) : EBUSY;
}

int
inner_pthread_rwlock_rdlock(pthread_rwlock_t *l)
{
	POINT(SIM_MODIFY, l);
	return lock(l, false, SYNC_NEVER);
}

int
inner_pthread_rwlock_wrlock(pthread_rwlock_t *l)
{
	POINT(SIM_MODIFY, l);
	return lock(l, true, SYNC_NEVER);
}

int
inner_pthread_rwlock_tryrdlock(pthread_rwlock_t *l)
{
	POINT(SIM_MODIFY, l);
	return trylock(l, false);
}

int
inner_pthread_rwlock_trywrlock(pthread_rwlock_t *l)
{
	POINT(SIM_MODIFY, l);
	return trylock(l, true);
}

int
inner_pthread_rwlock_clockrdlock(pthread_rwlock_t *restrict l,
    clockid_t clock, const struct timespec *restrict deadline)
{
	POINT(SIM_MODIFY, l);
	return clocklock(l, false, clock, deadline);
}

int
inner_pthread_rwlock_clockwrlock(pthread_rwlock_t *restrict l,
    clockid_t clock, const struct timespec *restrict deadline)
{
	POINT(SIM_MODIFY, l);
	return clocklock(l, true, clock, deadline);
}

int
inner_pthread_rwlock_timedrdlock(
    pthread_rwlock_t *restrict l, const struct timespec *restrict deadline)
{
	POINT(SIM_MODIFY, l);
	return clocklock(l, false, CLOCK_REALTIME, deadline);
}

int
inner_pthread_rwlock_timedwrlock(
    pthread_rwlock_t *restrict l, const struct timespec *restrict deadline)
{
	POINT(SIM_MODIFY, l);
	return clocklock(l, true, CLOCK_REALTIME, deadline);
}

int
inner_pthread_rwlock_unlock(pthread_rwlock_t *l)
{
	struct rwlock *x;

	POINT(SIM_MODIFY, l);
	x = check(l);
	if (x->word == m.current + 1) {
		announce_unlock(x, ANNOUNCE_WRITE);
		memory_release(x);
		x->word = 0;
	} else if (x->reads[m.current] != 0) {
		announce_unlock(x, ANNOUNCE_READ);
		memory_release(x);
		x->reads[m.current]--;
	} else {
		posix_misuse("a rwlock is unlocked that the thread does not"
		    " hold");
	}
	if (!is_read(x))
		sim_wake(&x->word, PLAT_ALL, PLAT_ALL);
	return 0;
}
