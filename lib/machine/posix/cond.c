/* SPDX-License-Identifier: MIT */
/*
 * Condition variables of POSIX threads.
 *
 *	word	0, or POSIX_GONE
 *	clock	the clock of its deadlines, plus one; 0 means CLOCK_REALTIME
 *	kind	POSIX_MADE, or 0 if it was made without init
 *	mutex	the mutex that its sleepers have released
 *
 * A wait releases the mutex and falls asleep in one step, so no wakeup is lost
 * between the two.  A signal may wake any of the sleepers, and each sleeper
 * may wake spuriously (restless).
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "machine/posix/posix.h"

#define m sim_machine

struct cond {
	uint32_t word, clock, kind;
	const pthread_mutex_t *mutex;
};
_Static_assert(sizeof(struct cond) <= sizeof(pthread_cond_t), "no room");

static struct cond *
of(pthread_cond_t *c)
{
	return (struct cond *)(void *)c;
}

static struct cond *
check(pthread_cond_t *c)
{
	struct cond *x = of(c);

	posix_check(c, x->word,
	    x->word == 0 && x->kind == 0 && x->mutex == NULL, "condition");
	return x;
}

static clockid_t
clock_of(const struct cond *x)
{
	return x->clock == 0 ? CLOCK_REALTIME : (clockid_t)(x->clock - 1);
}

int
inner_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a)
{
	struct cond *x = of(c);
	clockid_t clock = CLOCK_REALTIME;

	POINT(SIM_MODIFY, c);
	posix_made(c, x->kind == POSIX_MADE && x->word == 0, "condition");
	if (a != NULL)
		(void)pthread_condattr_getclock(a, &clock);
	memset(c, 0, sizeof(*c));
	x->kind = POSIX_MADE;
	x->clock = (uint32_t)clock + 1;
	return 0;
}

int
inner_pthread_cond_destroy(pthread_cond_t *c)
{
	struct cond *x;

	POINT(SIM_MODIFY, c);
	x = check(c);
	if (posix_sleepers(&x->word) > 0)
		posix_misuse("a condition is destroyed while a thread waits for"
		    " it");
	posix_gone(c);
	x->word = POSIX_GONE;
	return 0;
}

/* All threads that wait at one time must have released the same mutex. */
static void
note_mutex(struct cond *x, const pthread_mutex_t *mutex)
{
	if (posix_sleepers(&x->word) > 0 && x->mutex != mutex)
		posix_misuse("threads wait for one condition with several"
		    " mutexes");
	x->mutex = mutex;
}

static int
wait(pthread_cond_t *c, pthread_mutex_t *mutex, sync_time deadline)
{
	struct cond *x;
	int err, lost;

	POINT(SIM_SLEEP, c);
	sim_touch(mutex, true);
	x = check(c);
	posix_test();
	err = posix_mutex_release(mutex);
	if (err != 0)
		return err;
	note_mutex(x, mutex);
	sim_me()->restless = true;
	err = posix_sleep(&x->word, PLAT_ALL, deadline, POSIX_LISTENS);
	sim_me()->restless = false;
	lost = posix_mutex_retake(mutex);
	if (err == ECANCELED)
		posix_test();
	return lost != 0 ? lost : err;
}

int
inner_pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *mutex)
{
	return wait(c, mutex, SYNC_NEVER);
}

int
inner_pthread_cond_clockwait(pthread_cond_t *c, pthread_mutex_t *mutex,
    clockid_t clock, const struct timespec *deadline)
{
	sync_time until;
	int err = posix_deadline(clock, deadline, &until);

	return err != 0 ? err : wait(c, mutex, until);
}

int
inner_pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *mutex,
    const struct timespec *deadline)
{
	return inner_pthread_cond_clockwait(
	    c, mutex, clock_of(check(c)), deadline);
}

int
inner_pthread_cond_signal(pthread_cond_t *c)
{
	POINT(SIM_WAKE, c);
	sim_wake(&check(c)->word, 1, PLAT_ALL);
	return 0;
}

int
inner_pthread_cond_broadcast(pthread_cond_t *c)
{
	POINT(SIM_WAKE, c);
	sim_wake(&check(c)->word, PLAT_ALL, PLAT_ALL);
	return 0;
}
