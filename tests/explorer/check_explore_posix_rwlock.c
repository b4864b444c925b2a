/* SPDX-License-Identifier: MIT */
/* Read-write locks and spin locks of POSIX threads in the explorer. */
#include "config.h"

#include "explore_posix.h"

#include <sched.h>

static pthread_rwlock_t l, l2;
static pthread_spinlock_t spin, spin2;

/* Read-write locks. */

static void
writes(void)
{
	SYNC_OK(pthread_rwlock_wrlock(&l));
	SYNC_WRITE(n) = SYNC_READ(n) + 1;
	SYNC_OK(pthread_rwlock_unlock(&l));
}

static void
reads(void)
{
	int seen;

	SYNC_OK(pthread_rwlock_rdlock(&l));
	SYNC_OK(pthread_rwlock_tryrdlock(&l));
	seen = SYNC_READ(n);
	SYNC_OK(pthread_rwlock_unlock(&l));
	SYNC_ASSERT(SYNC_READ(n) == seen);
	SYNC_OK(pthread_rwlock_unlock(&l));
}

static void
rwlock(void)
{
	SYNC_OK(pthread_rwlock_init(&l, NULL));
	beside(writes, reads);
	SYNC_ASSERT(n == 1);
	SYNC_OK(pthread_rwlock_destroy(&l));
}

static void
writes_as_a_reader(void)
{
	SYNC_OK(pthread_rwlock_rdlock(&l));
	SYNC_WRITE(n) = SYNC_READ(n) + 1;
	SYNC_OK(pthread_rwlock_unlock(&l));
}

static void
rwlock_held_for_reading_is_written(void)
{
	l = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
	beside(writes_as_a_reader, writes_as_a_reader);
}

static void
tries_rwlock_in_time(void)
{
	struct timespec day = in_a_second(CLOCK_REALTIME);
	struct timespec up = in_a_second(CLOCK_MONOTONIC);

	if (pthread_rwlock_timedrdlock(&l, &day) == 0)
		SYNC_OK(pthread_rwlock_unlock(&l));
	if (pthread_rwlock_clockrdlock(&l, CLOCK_MONOTONIC, &up) == 0)
		SYNC_OK(pthread_rwlock_unlock(&l));
	if (pthread_rwlock_timedwrlock(&l, &day) == 0)
		SYNC_OK(pthread_rwlock_unlock(&l));
	if (pthread_rwlock_clockwrlock(&l, CLOCK_MONOTONIC, &up) == 0)
		SYNC_OK(pthread_rwlock_unlock(&l));
	if (pthread_rwlock_trywrlock(&l) == 0)
		SYNC_OK(pthread_rwlock_unlock(&l));
}

static void
never_lets_go(void)
{
	SYNC_OK(pthread_rwlock_wrlock(&l));
}

static void
rwlock_with_deadline(void)
{
	SYNC_OK(pthread_rwlock_init(&l, NULL));
	beside(never_lets_go, tries_rwlock_in_time);
}

static void
upgrades(void)
{
	SYNC_OK(pthread_rwlock_rdlock(&l));
	SYNC_OK(pthread_rwlock_wrlock(&l));
}

static void
rwlock_upgraded(void)
{
	SYNC_OK(pthread_rwlock_init(&l, NULL));
	upgrades();
}

/*
 * With writers preferred, a second read waits for a writer that waits for it.
 */
static void
rwlock_read_twice_beside_a_writer(void)
{
	static const pthread_rwlock_t fresh =
	    PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
	pthread_t t;

	l = fresh;
	start(&t, writes);
	SYNC_OK(pthread_rwlock_rdlock(&l));
	SYNC_OK(pthread_rwlock_rdlock(&l));
	SYNC_OK(pthread_rwlock_unlock(&l));
	SYNC_OK(pthread_rwlock_unlock(&l));
	SYNC_OK(pthread_join(t, NULL));
}

static void
takes_l2_first(void)
{
	SYNC_OK(pthread_rwlock_wrlock(&l2));
	SYNC_OK(pthread_rwlock_rdlock(&l));
	SYNC_OK(pthread_rwlock_unlock(&l));
	SYNC_OK(pthread_rwlock_unlock(&l2));
}

static void
takes_l_first(void)
{
	SYNC_OK(pthread_rwlock_wrlock(&l));
	SYNC_OK(pthread_rwlock_rdlock(&l2));
	SYNC_OK(pthread_rwlock_unlock(&l2));
	SYNC_OK(pthread_rwlock_unlock(&l));
}

static void
rwlocks_in_two_orders(void)
{
	SYNC_OK(pthread_rwlock_init(&l, NULL));
	SYNC_OK(pthread_rwlock_init(&l2, NULL));
	beside(takes_l2_first, takes_l_first);
}

static void
rwlock_unlocked_by_another(void)
{
	SYNC_OK(pthread_rwlock_init(&l, NULL));
	beside(never_lets_go, nothing);
	(void)pthread_rwlock_unlock(&l);
}

/* Spin locks. */

static void
spins(void)
{
	SYNC_OK(pthread_spin_lock(&spin));
	SYNC_WRITE(n) = SYNC_READ(n) + 1;
	SYNC_OK(pthread_spin_unlock(&spin));
}

static void
spins_too(void)
{
	while (pthread_spin_trylock(&spin) != 0)
		sched_yield();
	SYNC_WRITE(n) = SYNC_READ(n) + 1;
	SYNC_OK(pthread_spin_unlock(&spin));
}

static void
spin_lock(void)
{
	SYNC_OK(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE));
	beside(spins, spins_too);
	SYNC_ASSERT(n == 2);
	SYNC_OK(pthread_spin_destroy(&spin));
}

static void
spins_other_way(void)
{
	SYNC_OK(pthread_spin_lock(&spin2));
	SYNC_OK(pthread_spin_lock(&spin));
	SYNC_OK(pthread_spin_unlock(&spin));
	SYNC_OK(pthread_spin_unlock(&spin2));
}

static void
spins_one_way(void)
{
	SYNC_OK(pthread_spin_lock(&spin));
	SYNC_OK(pthread_spin_lock(&spin2));
	SYNC_OK(pthread_spin_unlock(&spin2));
	SYNC_OK(pthread_spin_unlock(&spin));
}

static void
spin_locks_in_two_orders(void)
{
	SYNC_OK(pthread_spin_init(&spin, 0));
	SYNC_OK(pthread_spin_init(&spin2, 0));
	beside(spins_other_way, spins_one_way);
}

static void
spin_lock_unlocked_when_free(void)
{
	SYNC_OK(pthread_spin_init(&spin, 0));
	(void)pthread_spin_unlock(&spin);
}

static const struct posix_program programs[] = {
	P(rwlock, FINE, ""),
	P(rwlock_held_for_reading_is_written, RACE, "races"),
	P(rwlock_with_deadline, FINE, ""),
	P(rwlock_upgraded, DEADLOCK, ""),
	P(rwlock_read_twice_beside_a_writer, DEADLOCK, ""),
	P(rwlocks_in_two_orders, DEADLOCK, ""),
	P(rwlock_unlocked_by_another, MISUSE, "a rwlock is unlocked"),
	P(spin_lock, FINE, ""),
	P(spin_locks_in_two_orders, DEADLOCK, ""),
	P(spin_lock_unlocked_when_free, MISUSE, "a spin lock is unlocked"),
};

int
main(void)
{
	return run_suite(
	    posix_suite("explore posix rwlock", programs, COUNT(programs)));
}
