/* SPDX-License-Identifier: MIT */
/*
 * Semaphores of POSIX.  The word is the value, or POSIX_GONE, which is greater
 * than any value.  A post wakes one sleeper, which checks the value again.
 */
#include "config.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "machine/posix/posix.h"

#define m sim_machine

#ifndef SEM_VALUE_MAX
#define SEM_VALUE_MAX INT_MAX
#endif

struct sem {
	uint32_t word, kind;
};
_Static_assert(sizeof(struct sem) <= sizeof(sem_t), "no room");

static struct sem *
of(sem_t *s)
{
	return (struct sem *)(void *)s;
}

static struct sem *
check(sem_t *s)
{
	posix_check(s, of(s)->word, false, "semaphore");
	return of(s);
}

static int
failed(int err)
{
	errno = err;
	return -1;
}

unsigned
sim_sem_shut(const void *s)
{
	return ((const struct sem *)s)->word == 0;
}

int
inner_sem_init(sem_t *s, int shared, unsigned value)
{
	struct sem *x = of(s);

	(void)shared;
	if (value > SEM_VALUE_MAX)
		return failed(EINVAL);
	POINT(SIM_MODIFY, s);
	posix_made(s, x->kind == POSIX_MADE && x->word != POSIX_GONE,
	    "semaphore");
	memset(s, 0, sizeof(*s));
	x->word = value;
	x->kind = POSIX_MADE;
	return 0;
}

int
inner_sem_destroy(sem_t *s)
{
	struct sem *x;

	POINT(SIM_MODIFY, s);
	x = check(s);
	if (posix_sleepers(&x->word) > 0)
		posix_misuse("a semaphore is destroyed while a thread waits for"
		    " it");
	posix_gone(s);
	x->word = POSIX_GONE;
	return 0;
}

/* Returns 0 or an error number. */
static int
wait(sem_t *s, sync_time deadline)
{
	struct sem *x;
	int err = 0;

	POINT(SIM_MODIFY, s);
	x = check(s);
	posix_test();
	while (x->word == 0) {
		if (err == ETIMEDOUT)
			return err;
		err = posix_sleep(&x->word, PLAT_ALL, deadline, POSIX_LISTENS);
		if (err == ECANCELED)
			posix_test();
		(void)check(s);
	}
	x->word--;
	posix_acquire(x);
	return 0;
}

int
inner_sem_wait(sem_t *s)
{
	int err = wait(s, SYNC_NEVER);

	return err == 0 ? 0 : failed(err);
}

int
inner_sem_clockwait(
    sem_t *s, clockid_t clock, const struct timespec *deadline)
{
	sync_time until;
	int err = posix_deadline(clock, deadline, &until);

	if (err == 0)
		err = wait(s, until);
	return err == 0 ? 0 : failed(err);
}

int
inner_sem_timedwait(sem_t *s, const struct timespec *deadline)
{
	return inner_sem_clockwait(s, CLOCK_REALTIME, deadline);
}

int
inner_sem_trywait(sem_t *s)
{
	struct sem *x;

	POINT(SIM_MODIFY, s);
	x = check(s);
	if (x->word == 0)
		return failed(EAGAIN);
	x->word--;
	posix_acquire(x);
	return 0;
}

int
inner_sem_post(sem_t *s)
{
	struct sem *x;

	POINT(SIM_MODIFY, s);
	x = check(s);
	if (x->word == SEM_VALUE_MAX)
		return failed(EOVERFLOW);
	posix_release(x);
	x->word++;
	sim_wake(&x->word, 1, PLAT_ALL);
	return 0;
}

int
inner_sem_getvalue(sem_t *restrict s, int *restrict value)
{
	POINT(SIM_LOAD, s);
	*value = (int)check(s)->word;
	return 0;
}
