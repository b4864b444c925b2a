/* SPDX-License-Identifier: MIT */
/*
 * POSIX threads on the simulated machine: for programs that are linked with
 * --wrap, and for plat/posix, whose parking lot runs in the explorer like this.
 *
 * An object keeps its state in the storage of the real one, which is all zero
 * when it is new.  Each function is one step, and as harsh as POSIX allows: any
 * sleeper may be the one that is woken, and a mutex goes to whoever comes.
 *
 * Mutexes are plain ones (no recursion, robustness or priorities).  Times are
 * the machine's, whatever the clock.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <string.h>
#include <time.h>

#include "machine.h"
#include "pthreads.h"

#define m sim_machine

_Static_assert(sizeof(pthread_t) <= sizeof(uintptr_t), "it holds a number");

static uint32_t *
word_of(void *object)
{
	return object;
}

/* The step of a function here; with the grain of calls its door is one. */
static void
point(enum sim_kind kind, const void *object, const void *site)
{
	struct sim_op op = { (uint8_t)kind, false, 0, object, site };

	if (m.limits.atomics) {
		sim_point(kind, object, site);
		sim_trace(m.current, &op, 0);
	}
	memory_check(object);
	sim_touch(object, true);
}

#define POINT(kind, object) point(kind, object, __builtin_return_address(0))

/* ETIMEDOUT, or 0: woken, for whatever reason. */
static int
sleep_on(const uint32_t *word, sync_time deadline)
{
	struct sim_thread *t = sim_me();

	if (deadline <= m.now)
		return ETIMEDOUT;
	t->word = word;
	t->channel = PLAT_ALL;
	t->deadline = deadline;
	sim_block(t);
	return t->result;
}

static sync_time
time_of(const struct timespec *ts)
{
	if (ts->tv_sec >= INT64_MAX / 1000000000)
		return SYNC_NEVER;
	return (sync_time)ts->tv_sec * 1000000000 + ts->tv_nsec;
}

int
inner_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *a)
{
	int type = PTHREAD_MUTEX_DEFAULT;

	if (a != NULL && (pthread_mutexattr_gettype(a, &type) != 0
		|| (type != PTHREAD_MUTEX_DEFAULT
		    && type != PTHREAD_MUTEX_NORMAL)))
		return ENOTSUP;
	memset(mutex, 0, sizeof(*mutex));
	return 0;
}

int
inner_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
	return *word_of(mutex) == 0 ? 0 : EBUSY;
}

static int
lock(pthread_mutex_t *mutex, sync_time deadline)
{
	uint32_t *word = word_of(mutex);

	while (*word != 0)
		if (sleep_on(word, deadline) == ETIMEDOUT && *word != 0)
			return ETIMEDOUT;
	*word = m.current + 1;
	memory_acquire(word);
	announce_lock(mutex, ANNOUNCE_WRITE);
	return 0;
}

static int
unlock(pthread_mutex_t *mutex)
{
	uint32_t *word = word_of(mutex);

	if (*word != m.current + 1)
		return EPERM;
	announce_unlock(mutex, ANNOUNCE_WRITE);
	memory_release(word);
	*word = 0;
	sim_wake(word, 1, PLAT_ALL);
	return 0;
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
	POINT(SIM_MODIFY, mutex);
	return *word_of(mutex) != 0 ? EBUSY : lock(mutex, SYNC_NEVER);
}

int
inner_pthread_mutex_timedlock(
    pthread_mutex_t *mutex, const struct timespec *deadline)
{
	POINT(SIM_MODIFY, mutex);
	return lock(mutex, time_of(deadline));
}

int
inner_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	POINT(SIM_MODIFY, mutex);
	return unlock(mutex);
}

int
inner_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a)
{
	(void)a;
	memset(c, 0, sizeof(*c));
	return 0;
}

#define DESTROYED 0xdeadc0deu /* in the word of a condition */

int
inner_pthread_cond_destroy(pthread_cond_t *c)
{
	*word_of(c) = DESTROYED;
	POINT(SIM_MODIFY, c); /* others may find out now, while it is there */
	return 0;
}

/* As far as can be told: its memory may be something else by now. */
static void
check_condition(pthread_cond_t *c)
{
	if (*word_of(c) == DESTROYED)
		sim_fail(SIM_GONE, "a condition is used after it was"
		    " destroyed");
}

/* To release the mutex and to fall asleep are one step. */
static int
cond_wait(pthread_cond_t *c, pthread_mutex_t *mutex, sync_time deadline)
{
	int err = 0;

	if (deadline <= m.now)
		return ETIMEDOUT;
	if (unlock(mutex) != 0)
		return EPERM;
	sim_me()->restless = true;
	err = sleep_on(word_of(c), deadline);
	sim_me()->restless = false;
	sim_touch(mutex, true);
	(void)lock(mutex, SYNC_NEVER);
	return err;
}

int
inner_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *mutex)
{
	POINT(SIM_SLEEP, c);
	sim_touch(mutex, true);
	return cond_wait(c, mutex, SYNC_NEVER);
}

int
inner_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *mutex,
    const struct timespec *deadline)
{
	POINT(SIM_SLEEP, c);
	sim_touch(mutex, true);
	sim_touch(&m.now, false);
	return cond_wait(c, mutex, time_of(deadline));
}

int
inner_pthread_cond_signal(pthread_cond_t *c)
{
	POINT(SIM_WAKE, c);
	check_condition(c);
	sim_wake(word_of(c), 1, PLAT_ALL);
	return 0;
}

int
inner_pthread_cond_broadcast(pthread_cond_t *c)
{
	POINT(SIM_WAKE, c);
	check_condition(c);
	sim_wake(word_of(c), PLAT_ALL, PLAT_ALL);
	return 0;
}

int
inner_sem_init(sem_t *s, int shared, unsigned value)
{
	(void)shared;
	memset(s, 0, sizeof(*s));
	*word_of(s) = value;
	return 0;
}

int
inner_sem_destroy(sem_t *s)
{
	(void)s;
	return 0;
}

int
inner_sem_wait(sem_t *s)
{
	uint32_t *word = word_of(s);

	POINT(SIM_MODIFY, s);
	while (*word == 0)
		(void)sleep_on(word, SYNC_NEVER);
	--*word;
	memory_acquire(word);
	return 0;
}

int
inner_sem_trywait(sem_t *s)
{
	POINT(SIM_MODIFY, s);
	if (*word_of(s) > 0)
		return inner_sem_wait(s);
	errno = EAGAIN;
	return -1;
}

int
inner_sem_post(sem_t *s)
{
	uint32_t *word = word_of(s);

	POINT(SIM_MODIFY, s);
	memory_release(word);
	++*word;
	sim_wake(word, 1, PLAT_ALL);
	return 0;
}

int
inner_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg)
{
	struct plat_thread_options o = { "", 0, false };
	uint64_t handle;
	int err = plat_thread_start(&handle, fn, arg, &o);
	int detached = PTHREAD_CREATE_JOINABLE;

	if (err != 0)
		return err;
	*thread = (pthread_t)handle;
	if (attr != NULL)
		(void)pthread_attr_getdetachstate(attr, &detached);
	if (detached == PTHREAD_CREATE_DETACHED)
		return inner_pthread_detach(*thread);
	return 0;
}

static struct sim_thread *
thread_of(pthread_t thread)
{
	uintptr_t handle = (uintptr_t)thread;

	return handle == 0 || handle > m.nthreads ? NULL
						  : &m.threads[handle - 1];
}

int
inner_pthread_join(pthread_t thread, void **value)
{
	struct sim_thread *t = thread_of(thread);

	if (t == NULL)
		return ESRCH;
	if (t->detached)
		return EINVAL;
	if (t == sim_me())
		return EDEADLK;
	plat_thread_join((uint64_t)thread);
	if (value != NULL)
		*value = t->value;
	return 0;
}

int
inner_pthread_detach(pthread_t thread)
{
	struct sim_thread *t = thread_of(thread);

	if (t == NULL)
		return ESRCH;
	t->detached = true;
	return 0;
}

pthread_t
inner_pthread_self(void)
{
	return (pthread_t)(m.current + 1);
}

int
inner_clock_gettime(clockid_t clock, struct timespec *ts)
{
	sync_time now = plat_now();

	(void)clock;
	ts->tv_sec = (time_t)(now / 1000000000);
	ts->tv_nsec = (long)(now % 1000000000);
	return 0;
}

int
inner_nanosleep(const struct timespec *length, struct timespec *left)
{
	static const uint32_t nobody;
	sync_time until = m.now + time_of(length);

	(void)left;
	while (plat_wait(&nobody, 0, PLAT_ALL, until) != ETIMEDOUT)
		continue;
	return 0;
}

int
inner_sched_yield(void)
{
	sim_yield(__builtin_return_address(0));
	return 0;
}
