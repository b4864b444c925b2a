/* SPDX-License-Identifier: MIT */
/*
 * Mutexes of POSIX threads.
 *
 *	word	0: free; the holder's number plus one; or POSIX_GONE
 *	depth	the number of locks by the holder beyond the first
 *	kind	POSIX_MADE and the type; or 0 if it was made without init: then
 *		the rest of the object is that of a static initialiser
 *	robust	ROBUST if it is robust, with INCONSISTENT or LOST
 *
 * An unlock wakes one sleeper, which checks the word again.  A sleeper on a
 * robust mutex is also woken by the end of the holder's thread (robust_sleep).
 * The unlock that makes a mutex LOST wakes all sleepers, as each must fail.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "machine/posix/posix.h"

#define m sim_machine

#define ROBUST       1u
#define INCONSISTENT 2u /* the holder got it after its owner died */
#define LOST         4u /* and unlocked it without making it consistent */

enum type { NORMAL, RECURSIVE, CHECKING };

struct mutex {
	uint32_t word, depth, kind, robust;
};
_Static_assert(sizeof(struct mutex) <= sizeof(pthread_mutex_t), "no room");

static struct mutex *
of(pthread_mutex_t *mutex)
{
	return (struct mutex *)(void *)mutex;
}

static bool
is_like(const struct mutex *x, const pthread_mutex_t *initialiser)
{
	return memcmp(x + 1, (const struct mutex *)(const void *)initialiser + 1,
	    sizeof(*initialiser) - sizeof(*x)) == 0;
}

static bool
by_init(const struct mutex *x)
{
	return (x->kind & ~UINT32_C(0xff)) == POSIX_MADE;
}

static enum type
type_of(const struct mutex *x)
{
#ifdef PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP
	static const pthread_mutex_t recursive =
	    PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
	static const pthread_mutex_t checking =
	    PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
#endif

	if (by_init(x))
		return (enum type)(x->kind & 0xff);
#ifdef PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP
	if (is_like(x, &recursive))
		return RECURSIVE;
	if (is_like(x, &checking))
		return CHECKING;
#endif
	return NORMAL;
}

static struct mutex *
check(pthread_mutex_t *mutex)
{
	struct mutex *x = of(mutex);

	posix_check(mutex, x->word, x->word == 0 && !by_init(x), "mutex");
	if (x->word > m.nthreads)
		posix_misuse("a mutex is used that was never initialised");
	return x;
}

static bool
is_mine(const struct mutex *x)
{
	return x->word == m.current + 1;
}

/* Whether it is robust and its holder's thread has ended. */
static bool
is_abandoned(const struct mutex *x)
{
	if (!(x->robust & ROBUST) || x->word == 0)
		return false;
	sim_touch(&m.threads[x->word - 1], false);
	return m.threads[x->word - 1].state == SIM_DONE;
}

static enum type
type_of_attributes(const pthread_mutexattr_t *a, uint32_t *robust)
{
	int type = PTHREAD_MUTEX_DEFAULT, stalled = PTHREAD_MUTEX_STALLED;

	*robust = 0;
	if (a == NULL)
		return NORMAL;
	(void)pthread_mutexattr_gettype(a, &type);
	(void)pthread_mutexattr_getrobust(a, &stalled);
	if (stalled == PTHREAD_MUTEX_ROBUST)
		*robust = ROBUST;
	return type == PTHREAD_MUTEX_RECURSIVE ? RECURSIVE
	    : type == PTHREAD_MUTEX_ERRORCHECK ? CHECKING : NORMAL;
}

int
inner_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *a)
{
	struct mutex *x = of(mutex);
	bool intact = by_init(x) && x->word <= m.nthreads;

	POINT(SIM_MODIFY, mutex);
	posix_made(mutex, intact, "mutex");
	memset(mutex, 0, sizeof(*mutex));
	x->kind = POSIX_MADE | type_of_attributes(a, &x->robust);
	return 0;
}

int
inner_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
	struct mutex *x;

	POINT(SIM_MODIFY, mutex);
	x = check(mutex);
	if (x->word != 0 && !is_abandoned(x))
		posix_misuse("a mutex is destroyed while thread %u holds it",
		    x->word - 1);
	posix_gone(mutex);
	x->word = POSIX_GONE;
	return 0;
}

/* Lock it: it is free, or its holder's thread has ended. */
static int
take(struct mutex *x)
{
	bool abandoned = x->word != 0;

	if (x->robust & LOST)
		return ENOTRECOVERABLE;
	x->word = m.current + 1;
	x->depth = 0;
	if (x->robust & ROBUST) {
		posix_acquire(x); /* detectors know no robust locks */
		sim_changed(x, 0, m.current + 1);
	} else {
		memory_acquire(x);
		announce_lock(x, ANNOUNCE_WRITE);
	}
	if (!abandoned)
		return 0;
	x->robust |= INCONSISTENT;
	return EOWNERDEAD;
}

static int
lock_again(struct mutex *x, enum type type)
{
	if (type == CHECKING)
		return EDEADLK;
	if (x->depth == UINT32_MAX)
		return EAGAIN;
	sim_changed(&x->depth, x->depth, x->depth + 1);
	x->depth++;
	return 0;
}

static int
lock(pthread_mutex_t *mutex, sync_time deadline)
{
	struct mutex *x = check(mutex);
	enum type type = type_of(x);
	int err = 0;

	if (is_mine(x) && type != NORMAL)
		return lock_again(x, type);
	while (x->word != 0 && !is_abandoned(x)) {
		if (err == ETIMEDOUT)
			return err;
		sim_me()->robust_sleep = x->robust & ROBUST;
		err = posix_sleep(&x->word, PLAT_ALL, deadline, false);
		sim_me()->robust_sleep = false;
		(void)check(mutex);
	}
	return take(x);
}

static int
refuse_unlock(const struct mutex *x)
{
	if (type_of(x) != NORMAL || (x->robust & ROBUST))
		return EPERM;
	if (x->word == 0)
		posix_misuse("a mutex is unlocked that nobody holds");
	posix_misuse("a mutex is unlocked that thread %u holds", x->word - 1);
}

static void
release(struct mutex *x)
{
	if (x->robust & ROBUST) {
		posix_release(x);
		sim_changed(x, 0, m.current + 1);
	} else {
		announce_unlock(x, ANNOUNCE_WRITE);
		memory_release(x);
	}
	x->word = 0;
	if (x->robust & INCONSISTENT)
		x->robust = ROBUST | LOST;
	sim_wake(&x->word, x->robust & LOST ? PLAT_ALL : 1, PLAT_ALL);
}

int
inner_pthread_mutex_lock(pthread_mutex_t *mutex)
{
	POINT(SIM_MODIFY, mutex);
	return lock(mutex, SYNC_NEVER);
}

int
inner_pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	struct mutex *x;

	POINT(SIM_MODIFY, mutex);
	x = check(mutex);
	if (is_mine(x) && type_of(x) == RECURSIVE)
		return lock_again(x, RECURSIVE);
	return x->word != 0 && !is_abandoned(x) ? EBUSY : take(x);
}

int
inner_pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock,
    const struct timespec *deadline)
{
	sync_time until;
	int err = posix_deadline(clock, deadline, &until);

	POINT(SIM_MODIFY, mutex);
	/* A deadline that is not valid is an error only if we must wait. */
	if (err != 0)
		return check(mutex)->word != 0 ? err
					       : lock(mutex, SYNC_NEVER);
	return lock(mutex, until);
}

int
inner_pthread_mutex_timedlock(
    pthread_mutex_t *mutex, const struct timespec *deadline)
{
	return inner_pthread_mutex_clocklock(mutex, CLOCK_REALTIME, deadline);
}

int
inner_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	struct mutex *x;

	POINT(SIM_MODIFY, mutex);
	x = check(mutex);
	if (!is_mine(x))
		return refuse_unlock(x);
	if (x->depth == 0) {
		release(x);
		return 0;
	}
	sim_changed(&x->depth, x->depth, x->depth - 1);
	x->depth--;
	return 0;
}

int
inner_pthread_mutex_consistent(pthread_mutex_t *mutex)
{
	struct mutex *x;

	POINT(SIM_MODIFY, mutex);
	x = check(mutex);
	if (!is_mine(x) || !(x->robust & INCONSISTENT))
		return EINVAL;
	x->robust &= ~INCONSISTENT;
	return 0;
}

int
posix_mutex_release(pthread_mutex_t *mutex)
{
	struct mutex *x = check(mutex);

	if (!is_mine(x)) {
		if (type_of(x) != NORMAL || (x->robust & ROBUST))
			return EPERM;
		posix_misuse("a thread waits for a condition with a mutex that"
		    " it does not hold");
	}
	if (x->depth > 0)
		posix_misuse("a thread waits for a condition with a mutex that"
		    " it has locked %u times", x->depth + 1);
	release(x);
	return 0;
}

int
posix_mutex_retake(pthread_mutex_t *mutex)
{
	sim_touch(mutex, true);
	return lock(mutex, SYNC_NEVER);
}
