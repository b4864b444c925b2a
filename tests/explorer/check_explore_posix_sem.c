/* SPDX-License-Identifier: MIT */
/*
 * Semaphores, barriers and pthread_once in the explorer; also how many schedules
 * there are, where the number can be worked out by hand.
 */
#include "config.h"

#include "explore_posix.h"

#include <semaphore.h>

static pthread_barrier_t barrier;
static pthread_once_t once;
static const pthread_once_t fresh = PTHREAD_ONCE_INIT;
static sem_t s;

/* Barriers. */

static int serials;

static void
meets(void)
{
	int i, err;

	for (i = 0; i < 2; i++) {
		err = pthread_barrier_wait(&barrier);
		SYNC_ASSERT(err == 0 || err == PTHREAD_BARRIER_SERIAL_THREAD);
		serials += err == PTHREAD_BARRIER_SERIAL_THREAD;
	}
}

static void
writes_and_meets(void)
{
	SYNC_WRITE(n) = 1;
	meets();
}

static void
meets_and_reads(void)
{
	meets();
	SYNC_ASSERT(SYNC_READ(n) == 1);
}

static void
barrier_of_two(void)
{
	serials = 0;
	SYNC_ASSERT(pthread_barrier_init(&barrier, NULL, 0) == EINVAL);
	SYNC_OK(pthread_barrier_init(&barrier, NULL, 2));
	beside(writes_and_meets, meets_and_reads);
	SYNC_ASSERT(serials == 2);
	SYNC_OK(pthread_barrier_destroy(&barrier));
}

static void
barrier_of_three_for_two(void)
{
	SYNC_OK(pthread_barrier_init(&barrier, NULL, 3));
	beside(writes_and_meets, meets_and_reads);
}

static void
destroys_barrier(void)
{
	(void)pthread_barrier_destroy(&barrier);
}

static void
barrier_destroyed_in_use(void)
{
	SYNC_OK(pthread_barrier_init(&barrier, NULL, 2));
	beside(destroys_barrier, meets);
}

/* Once. */

static void
initialises(void)
{
	SYNC_OK(pthread_mutex_lock(&m));
	SYNC_WRITE(n) = SYNC_READ(n) + 1;
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
does_once(void)
{
	SYNC_OK(pthread_once(&once, initialises));
	SYNC_ASSERT(SYNC_READ(n) == 1);
}

static void
once_by_two(void)
{
	once = fresh;
	beside(does_once, does_once);
}

static void
initialises_in_itself(void)
{
	SYNC_OK(pthread_once(&once, initialises_in_itself));
}

static void
once_in_itself(void)
{
	once = fresh;
	SYNC_OK(pthread_once(&once, initialises_in_itself));
}

static void
exits(void)
{
	if (n++ == 0)
		pthread_exit(NULL);
}

static void
exits_in_once(void)
{
	SYNC_OK(pthread_once(&once, exits));
}

static void
once_whose_thread_exits(void)
{
	once = fresh;
	beside(exits_in_once, nothing);
	SYNC_OK(pthread_once(&once, exits));
	SYNC_ASSERT(n == 2);
}

/* Semaphores. */

static void
posts(void)
{
	SYNC_OK(sem_post(&s));
}

static void
waits_for_post(void)
{
	struct timespec day = in_a_second(CLOCK_REALTIME);
	struct timespec up = in_a_second(CLOCK_MONOTONIC);
	int value;

	if (sem_timedwait(&s, &day) != 0) {
		SYNC_ASSERT(errno == ETIMEDOUT);
		if (sem_clockwait(&s, CLOCK_MONOTONIC, &up) != 0) {
			SYNC_ASSERT(errno == ETIMEDOUT);
			SYNC_OK(sem_wait(&s));
		}
	}
	SYNC_OK(sem_getvalue(&s, &value));
	SYNC_ASSERT(value == 0);
	SYNC_ASSERT(sem_trywait(&s) == -1 && errno == EAGAIN);
}

static void
semaphore(void)
{
	SYNC_OK(sem_init(&s, 0, 0));
	beside(posts, waits_for_post);
	SYNC_OK(sem_destroy(&s));
}

static void
waits_in_time_only(void)
{
	struct timespec day = in_a_second(CLOCK_REALTIME);

	SYNC_OK(sem_timedwait(&s, &day));
}

static void
semaphore_whose_deadline_passes(void)
{
	SYNC_OK(sem_init(&s, 0, 0));
	beside(posts, waits_in_time_only);
}

static void
destroys_semaphore(void)
{
	SYNC_OK(sem_wait(&s));
	SYNC_OK(sem_destroy(&s));
}

static void
posts_twice(void)
{
	(void)sem_post(&s);
	(void)sem_post(&s);
}

static void
semaphore_posted_when_destroyed(void)
{
	SYNC_OK(sem_init(&s, 0, 0));
	beside(posts_twice, destroys_semaphore);
}

static const struct posix_program programs[] = {
	P(barrier_of_two, FINE, ""),
	P(barrier_of_three_for_two, DEADLOCK, ""),
	P(barrier_destroyed_in_use, MISUSE, "a barrier is destroyed"),
	P(once_by_two, FINE, ""),
	P(once_in_itself, DEADLOCK, ""),
	P(once_whose_thread_exits, FINE, ""),
	P(semaphore, FINE, ""),
	P(semaphore_whose_deadline_passes, FALSE, "sem_timedwait"),
	P(semaphore_posted_when_destroyed, GONE, "destroyed"),
};

/* How many schedules there are. */
#define WORKERS 4
static uint32_t own[WORKERS];

static void *
shares_nothing(void *arg)
{
	(void)SYNC_ATOMIC_ADD((uint32_t *)arg, 1, __ATOMIC_SEQ_CST);
	return arg;
}

static void *
locks_once(void *arg)
{
	SYNC_OK(pthread_mutex_lock(&m));
	SYNC_OK(pthread_mutex_unlock(&m));
	return arg;
}

static void *
waits_once(void *arg)
{
	SYNC_OK(sem_wait(&s));
	return arg;
}

static void *
posts_once(void *arg)
{
	SYNC_OK(sem_post(&s));
	return arg;
}

static const struct counted {
	const char *why;
	uint64_t schedules;
	worker workers[WORKERS];
} counts[] = {
	{ "nothing is shared", 1, { shares_nothing, shares_nothing,
	    shares_nothing, shares_nothing } },
	{ "orders of four", 24,
	    { locks_once, locks_once, locks_once, locks_once } },
	{ "a wait comes after the post", 1, { waits_once, posts_once } },
	{ "orders of two waits and two posts that pair up", 8,
	    { waits_once, waits_once, posts_once, posts_once } },
};

static void
counted(void *arg)
{
	const struct counted *which = arg;
	unsigned i, count = workers_in(which->workers, WORKERS);
	pthread_t t[WORKERS];

	SYNC_OK(pthread_mutex_init(&m, NULL));
	SYNC_OK(sem_init(&s, 0, 0));
	for (i = 0; i < count; i++)
		SYNC_OK(pthread_create(
		    &t[i], NULL, which->workers[i], &own[i]));
	for (i = 0; i < count; i++)
		SYNC_OK(pthread_join(t[i], NULL));
}

START_TEST(what_only_sleeps_costs_no_schedules)
{
	struct counted which = counts[_i];

	check_count(counted, &which, which.why, which.schedules);
}
END_TEST

int
main(void)
{
	Suite *su = posix_suite("explore posix sem", programs, COUNT(programs));

	tcase_add_loop_test(add_case(su, "counts", 120),
	    what_only_sleeps_costs_no_schedules, 0, COUNT(counts));
	return run_suite(su);
}
