/* SPDX-License-Identifier: MIT */
/*
 * Mutexes and conditions of POSIX threads in the explorer.  There are correct
 * programs, all of whose schedules pass, and wrong ones, whose mistake is found.
 */
#include "config.h"

#include "explore_posix.h"

#include <unistd.h>

static pthread_mutex_t other;

/* Mutexes. */

static void
mutex_of_type(int type, int robust)
{
	pthread_mutexattr_t a;

	SYNC_OK(pthread_mutexattr_init(&a));
	SYNC_OK(pthread_mutexattr_settype(&a, type));
	SYNC_OK(pthread_mutexattr_setrobust(&a, robust));
	SYNC_OK(pthread_mutex_destroy(&m));
	SYNC_OK(pthread_mutex_init(&m, &a));
	SYNC_OK(pthread_mutexattr_destroy(&a));
}

static void
adds_twice_locked(void)
{
	SYNC_OK(pthread_mutex_lock(&m));
	SYNC_OK(pthread_mutex_lock(&m));
	n++;
	SYNC_OK(pthread_mutex_trylock(&m));
	SYNC_OK(pthread_mutex_unlock(&m));
	SYNC_OK(pthread_mutex_unlock(&m));
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
recursive_mutex(void)
{
	mutex_of_type(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED);
	beside(adds_twice_locked, adds_twice_locked);
	SYNC_ASSERT(n == 2);
}

static void
recursive_mutex_by_initialiser(void)
{
	static const pthread_mutex_t fresh =
	    PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

	m = fresh;
	beside(adds_twice_locked, adds_twice_locked);
	SYNC_ASSERT(n == 2);
}

static void
plain_mutex_locked_twice(void)
{
	adds_twice_locked();
}

static void
misuses_a_checked_mutex(void)
{
	SYNC_ASSERT(pthread_mutex_unlock(&m) == EPERM);
	SYNC_OK(pthread_mutex_lock(&m));
	SYNC_ASSERT(pthread_mutex_lock(&m) == EDEADLK);
	SYNC_ASSERT(pthread_mutex_trylock(&m) == EBUSY);
	SYNC_OK(pthread_mutex_unlock(&m));
	SYNC_ASSERT(pthread_cond_wait(&c, &m) == EPERM);
}

static void
checked_mutex(void)
{
	mutex_of_type(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED);
	beside(misuses_a_checked_mutex, nothing);
	m = (pthread_mutex_t)PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
	misuses_a_checked_mutex();
}

static void
dies_with_the_lock(void)
{
	SYNC_ASSERT(pthread_mutex_lock(&m) == 0);
}

static void
takes_over(void)
{
	int err = pthread_mutex_lock(&m);

	SYNC_ASSERT(err == 0 || err == EOWNERDEAD);
	n = err;
	if (err == EOWNERDEAD)
		SYNC_OK(pthread_mutex_consistent(&m));
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
robust_mutex(void)
{
	pthread_t t;

	mutex_of_type(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
	start(&t, takes_over);
	beside(takes_over, takes_over);
	SYNC_OK(pthread_join(t, NULL));
	beside(dies_with_the_lock, nothing);
	takes_over();
	SYNC_ASSERT(n == EOWNERDEAD);
}

static void
robust_mutex_not_made_consistent(void)
{
	mutex_of_type(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
	beside(dies_with_the_lock, nothing);
	SYNC_ASSERT(pthread_mutex_lock(&m) == EOWNERDEAD);
	SYNC_OK(pthread_mutex_unlock(&m));
	SYNC_ASSERT(pthread_mutex_lock(&m) == ENOTRECOVERABLE);
}

static void
plain_mutex_of_the_dead(void)
{
	beside(dies_with_the_lock, nothing);
	takes_over();
}

static void
holds_for_a_while(void)
{
	SYNC_OK(pthread_mutex_lock(&m));
	n++;
	SYNC_OK(usleep(5000000));
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
locks_in_time(void)
{
	struct timespec day = in_a_second(CLOCK_REALTIME);
	struct timespec up = in_a_second(CLOCK_MONOTONIC);
	int err = pthread_mutex_timedlock(&m, &day);

	if (err == 0)
		SYNC_OK(pthread_mutex_unlock(&m));
	else
		SYNC_ASSERT(err == ETIMEDOUT);
	err = pthread_mutex_clocklock(&m, CLOCK_MONOTONIC, &up);
	if (err == 0)
		SYNC_OK(pthread_mutex_unlock(&m));
	else
		SYNC_ASSERT(err == ETIMEDOUT);
}

static void
mutex_with_deadline(void)
{
	beside(holds_for_a_while, locks_in_time);
}

static void
locks_without_a_timeout(void)
{
	struct timespec day = in_a_second(CLOCK_REALTIME);

	SYNC_OK(pthread_mutex_timedlock(&m, &day));
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
mutex_whose_deadline_passes(void)
{
	beside(holds_for_a_while, locks_without_a_timeout);
}

static void
unlocks(void)
{
	(void)pthread_mutex_unlock(&m);
}

static void
unlock_of_anothers(void)
{
	beside(unlocks, holds);
}

/* Conditions. */

static void
sets(void)
{
	SYNC_OK(pthread_mutex_lock(&m));
	n = 1;
	SYNC_OK(pthread_cond_signal(&c));
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
awaits(void)
{
	SYNC_OK(pthread_mutex_lock(&m));
	while (n == 0)
		SYNC_OK(pthread_cond_wait(&c, &m));
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
cond_wait(void)
{
	beside(sets, awaits);
	SYNC_OK(pthread_cond_destroy(&c));
}

static void
awaits_in_time(void)
{
	struct timespec day = in_a_second(CLOCK_REALTIME);
	struct timespec up = in_a_second(CLOCK_MONOTONIC);
	int err = 0;

	SYNC_OK(pthread_mutex_lock(&m));
	while (n == 0 && err == 0)
		err = pthread_cond_timedwait(&c, &m, &day);
	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	err = 0;
	while (n == 0 && err == 0)
		err = pthread_cond_clockwait(&c, &m, CLOCK_MONOTONIC, &up);
	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
cond_made_by_an_initialiser_again(void)
{
	pthread_cond_t fresh = PTHREAD_COND_INITIALIZER;

	SYNC_OK(pthread_cond_destroy(&c));
	c = fresh;
	beside(sets, awaits);
	SYNC_OK(pthread_cond_destroy(&c));
}

static void
cond_wait_with_deadline(void)
{
	beside(sets, awaits_in_time);
}

static void
awaits_by_the_wrong_clock(void)
{
	struct timespec up = in_a_second(CLOCK_MONOTONIC);
	int err = 0;

	SYNC_OK(pthread_mutex_lock(&m));
	while (n == 0 && err == 0)
		err = pthread_cond_timedwait(&c, &m, &up);
	SYNC_OK(pthread_mutex_unlock(&m));
	/* A second has passed, or it was signalled. */
	SYNC_ASSERT(err == 0
	    || in_a_second(CLOCK_MONOTONIC).tv_sec > up.tv_sec);
}

static void
cond_wait_by_the_wrong_clock(void)
{
	beside(sets, awaits_by_the_wrong_clock);
}

static void
cond_wait_by_the_right_clock(void)
{
	pthread_condattr_t a;

	SYNC_OK(pthread_condattr_init(&a));
	SYNC_OK(pthread_condattr_setclock(&a, CLOCK_MONOTONIC));
	SYNC_OK(pthread_cond_destroy(&c));
	SYNC_OK(pthread_cond_init(&c, &a));
	beside(sets, awaits_by_the_wrong_clock);
}

static void
cond_wait_without_the_mutex(void)
{
	(void)pthread_cond_wait(&c, &m);
}

static void
waits_with_another(void)
{
	SYNC_OK(pthread_mutex_lock(&other));
	SYNC_OK(pthread_cond_wait(&c, &other));
	SYNC_OK(pthread_mutex_unlock(&other));
}

static void
cond_wait_with_two_mutexes(void)
{
	SYNC_OK(pthread_mutex_init(&other, NULL));
	beside(waits_with_another, awaits);
}

static void
destroys_cond(void)
{
	(void)pthread_cond_destroy(&c);
}

static void
cond_destroyed_in_use(void)
{
	beside(destroys_cond, awaits);
}

static const struct posix_program programs[] = {
	P(recursive_mutex, FINE, ""),
	P(recursive_mutex_by_initialiser, FINE, ""),
	P(plain_mutex_locked_twice, DEADLOCK, ""),
	P(checked_mutex, FINE, ""),
	P(robust_mutex, FINE, ""),
	P(robust_mutex_not_made_consistent, FINE, ""),
	P(plain_mutex_of_the_dead, DEADLOCK, ""),
	P(mutex_with_deadline, FINE, ""),
	P(mutex_whose_deadline_passes, FALSE, "pthread_mutex_timedlock"),
	P(unlock_of_anothers, MISUSE, "a mutex is unlocked that"),
	P(cond_wait, FINE, ""),
	P(cond_made_by_an_initialiser_again, FINE, ""),
	P(cond_wait_with_deadline, FINE, ""),
	P(cond_wait_by_the_wrong_clock, FALSE, "tv_sec"),
	P(cond_wait_by_the_right_clock, FINE, ""),
	P(cond_wait_without_the_mutex, MISUSE, "does not hold"),
	P(cond_wait_with_two_mutexes, MISUSE, "several mutexes"),
	P(cond_destroyed_in_use, MISUSE, "a thread waits for it"),
};

int
main(void)
{
	return run_suite(
	    posix_suite("explore posix", programs, COUNT(programs)));
}
