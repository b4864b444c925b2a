/* SPDX-License-Identifier: MIT */
/*
 * Programs of POSIX threads and of C11 in the explorer.  For each object there
 * is a correct program, all of whose schedules pass, and there are wrong ones,
 * whose mistake is found.  A call that the explorer does not simulate is
 * refused by name.
 */
#include "config.h"

#include <libsync/explore.h>

#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t m, other;
static pthread_cond_t c;
static pthread_rwlock_t l, l2;
static pthread_spinlock_t spin, spin2;
static pthread_barrier_t barrier;
static pthread_once_t once;
static pthread_key_t key;
static sem_t s;
static mtx_t mtx;
static cnd_t cnd;
static int n, cleaned, destroyed;

static void
reset(void)
{
	pthread_once_t fresh = PTHREAD_ONCE_INIT;

	n = cleaned = destroyed = 0;
	once = fresh;
	SYNC_OK(pthread_mutex_init(&m, NULL));
	SYNC_OK(pthread_cond_init(&c, NULL));
}

/* A thread that runs fn, in addition to the test's own. */
static void *
beside(void *(*fn)(void *), void (*own)(void))
{
	pthread_t t;
	void *value;

	SYNC_OK(pthread_create(&t, NULL, fn, &n));
	own();
	SYNC_OK(pthread_join(t, &value));
	return value;
}

static void
nothing(void)
{
}

static struct timespec
in_a_second(clockid_t clock)
{
	struct timespec ts;

	SYNC_OK(clock_gettime(clock, &ts));
	ts.tv_sec++;
	return ts;
}

/* Mutexes. */

static void
mutex_of_type(int type, int robust)
{
	pthread_mutexattr_t a;

	reset();
	SYNC_OK(pthread_mutexattr_init(&a));
	SYNC_OK(pthread_mutexattr_settype(&a, type));
	SYNC_OK(pthread_mutexattr_setrobust(&a, robust));
	SYNC_OK(pthread_mutex_destroy(&m));
	SYNC_OK(pthread_mutex_init(&m, &a));
	SYNC_OK(pthread_mutexattr_destroy(&a));
}

static void *
adds_twice_locked(void *arg)
{
	SYNC_OK(pthread_mutex_lock(&m));
	SYNC_OK(pthread_mutex_lock(&m));
	n++;
	SYNC_OK(pthread_mutex_trylock(&m));
	SYNC_OK(pthread_mutex_unlock(&m));
	SYNC_OK(pthread_mutex_unlock(&m));
	SYNC_ASSERT(arg == NULL || n > 0);
	SYNC_OK(pthread_mutex_unlock(&m));
	return arg;
}

static void
adds_too(void)
{
	(void)adds_twice_locked(NULL);
}

static void
recursive_mutex(void *arg)
{
	(void)arg;
	mutex_of_type(PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_STALLED);
	(void)beside(adds_twice_locked, adds_too);
	SYNC_ASSERT(n == 2);
}

static void
recursive_mutex_by_initialiser(void *arg)
{
	static const pthread_mutex_t fresh =
	    PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

	(void)arg;
	reset();
	m = fresh;
	(void)beside(adds_twice_locked, adds_too);
	SYNC_ASSERT(n == 2);
}

static void
plain_mutex_locked_twice(void *arg)
{
	(void)arg;
	reset();
	adds_too();
}

static void *
misuses_a_checked_mutex(void *arg)
{
	SYNC_ASSERT(pthread_mutex_unlock(&m) == EPERM);
	SYNC_OK(pthread_mutex_lock(&m));
	SYNC_ASSERT(pthread_mutex_lock(&m) == EDEADLK);
	SYNC_ASSERT(pthread_mutex_trylock(&m) == EBUSY);
	SYNC_OK(pthread_mutex_unlock(&m));
	SYNC_ASSERT(pthread_cond_wait(&c, &m) == EPERM);
	return arg;
}

static void
checked_mutex(void *arg)
{
	(void)arg;
	mutex_of_type(PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_STALLED);
	(void)beside(misuses_a_checked_mutex, nothing);
	m = (pthread_mutex_t)PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP;
	(void)misuses_a_checked_mutex(NULL);
}

static void *
dies_with_the_lock(void *arg)
{
	SYNC_ASSERT(pthread_mutex_lock(&m) == 0);
	return arg;
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

static void *
takes_over_too(void *arg)
{
	takes_over();
	return arg;
}

static void
robust_mutex(void *arg)
{
	pthread_t t;

	(void)arg;
	mutex_of_type(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
	SYNC_OK(pthread_create(&t, NULL, takes_over_too, NULL));
	(void)beside(takes_over_too, takes_over);
	SYNC_OK(pthread_join(t, NULL));
	(void)beside(dies_with_the_lock, nothing);
	takes_over();
	SYNC_ASSERT(n == EOWNERDEAD);
}

static void
robust_mutex_not_made_consistent(void *arg)
{
	(void)arg;
	mutex_of_type(PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
	(void)beside(dies_with_the_lock, nothing);
	SYNC_ASSERT(pthread_mutex_lock(&m) == EOWNERDEAD);
	SYNC_OK(pthread_mutex_unlock(&m));
	SYNC_ASSERT(pthread_mutex_lock(&m) == ENOTRECOVERABLE);
}

static void
plain_mutex_of_the_dead(void *arg)
{
	(void)arg;
	reset();
	(void)beside(dies_with_the_lock, nothing);
	takes_over();
}

static void *
holds_for_a_while(void *arg)
{
	SYNC_OK(pthread_mutex_lock(&m));
	n++;
	SYNC_OK(usleep(5000000));
	SYNC_OK(pthread_mutex_unlock(&m));
	return arg;
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
mutex_with_deadline(void *arg)
{
	(void)arg;
	reset();
	(void)beside(holds_for_a_while, locks_in_time);
}

static void
locks_without_a_timeout(void)
{
	struct timespec day = in_a_second(CLOCK_REALTIME);

	SYNC_OK(pthread_mutex_timedlock(&m, &day));
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
mutex_whose_deadline_passes(void *arg)
{
	(void)arg;
	reset();
	(void)beside(holds_for_a_while, locks_without_a_timeout);
}

static void *
unlocks(void *arg)
{
	(void)pthread_mutex_unlock(&m);
	return arg;
}

static void
holds(void)
{
	SYNC_OK(pthread_mutex_lock(&m));
	sched_yield();
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void
unlock_of_anothers(void *arg)
{
	(void)arg;
	reset();
	(void)beside(unlocks, holds);
}

static void *
destroys_mutex(void *arg)
{
	(void)pthread_mutex_destroy(&m);
	return arg;
}

static void
mutex_destroyed_in_use(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_mutex_lock(&m));
	(void)beside(destroys_mutex, nothing);
}

static void
mutex_used_when_destroyed(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_mutex_destroy(&m));
	(void)pthread_mutex_lock(&m);
}

/* Whatever the memory has become since. */
static void
mutex_used_when_overwritten(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_mutex_destroy(&m));
	memset(&m, 1, sizeof(m));
	(void)pthread_mutex_lock(&m);
}

static void
rwlock_used_when_overwritten(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_rwlock_destroy(&l));
	memset(&l, 1, sizeof(l));
	(void)pthread_rwlock_rdlock(&l);
}

static void
barrier_used_when_overwritten(void *arg)
{
	pthread_barrier_t b;

	(void)arg;
	SYNC_OK(pthread_barrier_init(&b, NULL, 1));
	SYNC_OK(pthread_barrier_destroy(&b));
	memset(&b, 1, sizeof(b));
	(void)pthread_barrier_wait(&b);
}

static void
spin_lock_used_when_overwritten(void *arg)
{
	pthread_spinlock_t lock;

	(void)arg;
	SYNC_OK(pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE));
	SYNC_OK(pthread_spin_destroy(&lock));
	memset((void *)(uintptr_t)&lock, 1, sizeof(lock));
	(void)pthread_spin_lock(&lock);
}

static void
semaphore_used_when_overwritten(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(sem_init(&s, 0, 1));
	SYNC_OK(sem_destroy(&s));
	memset(&s, 1, sizeof(s));
	(void)sem_post(&s);
}

/* An object of another kind may be made there. */
static void
objects_made_in_one_place(void *arg)
{
	static union {
		sem_t s;
		pthread_mutex_t m;
		pthread_rwlock_t l;
	} place;
	const pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;
	const pthread_rwlock_t unlocked = PTHREAD_RWLOCK_INITIALIZER;

	(void)arg;
	SYNC_OK(sem_init(&place.s, 0, 1));
	SYNC_OK(sem_destroy(&place.s));
	place.m = fresh;
	SYNC_OK(pthread_mutex_lock(&place.m));
	SYNC_OK(pthread_mutex_unlock(&place.m));
	SYNC_OK(pthread_mutex_destroy(&place.m));
	place.l = unlocked;
	SYNC_OK(pthread_rwlock_wrlock(&place.l));
	SYNC_OK(pthread_rwlock_unlock(&place.l));
	SYNC_OK(pthread_rwlock_destroy(&place.l));
}

static void
mutex_made_twice(void *arg)
{
	(void)arg;
	reset();
	(void)pthread_mutex_init(&m, NULL);
}

/* On the stack it may be another one: the previous one is out of scope. */
static void
uses_its_own(void)
{
	pthread_mutex_t own;

	SYNC_OK(pthread_mutex_init(&own, NULL));
	SYNC_OK(pthread_mutex_lock(&own));
	SYNC_OK(pthread_mutex_unlock(&own));
}

static void
mutexes_on_the_stack(void *arg)
{
	(void)arg;
	reset();
	uses_its_own();
	uses_its_own();
	SYNC_OK(pthread_mutex_destroy(&m));
	SYNC_OK(pthread_mutex_init(&m, NULL));
}

/* Conditions. */

static void *
sets(void *arg)
{
	SYNC_OK(pthread_mutex_lock(&m));
	n = 1;
	SYNC_OK(pthread_cond_signal(&c));
	SYNC_OK(pthread_mutex_unlock(&m));
	return arg;
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
cond_wait(void *arg)
{
	(void)arg;
	reset();
	(void)beside(sets, awaits);
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
cond_made_by_an_initialiser_again(void *arg)
{
	pthread_cond_t fresh = PTHREAD_COND_INITIALIZER;

	(void)arg;
	reset();
	SYNC_OK(pthread_cond_destroy(&c));
	c = fresh;
	(void)beside(sets, awaits);
	SYNC_OK(pthread_cond_destroy(&c));
}

static void
cond_wait_with_deadline(void *arg)
{
	(void)arg;
	reset();
	(void)beside(sets, awaits_in_time);
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
cond_wait_by_the_wrong_clock(void *arg)
{
	(void)arg;
	reset();
	(void)beside(sets, awaits_by_the_wrong_clock);
}

static void
cond_wait_by_the_right_clock(void *arg)
{
	pthread_condattr_t a;

	(void)arg;
	reset();
	SYNC_OK(pthread_condattr_init(&a));
	SYNC_OK(pthread_condattr_setclock(&a, CLOCK_MONOTONIC));
	SYNC_OK(pthread_cond_destroy(&c));
	SYNC_OK(pthread_cond_init(&c, &a));
	(void)beside(sets, awaits_by_the_wrong_clock);
}

static void
cond_wait_without_the_mutex(void *arg)
{
	(void)arg;
	reset();
	(void)pthread_cond_wait(&c, &m);
}

static void *
waits_with_another(void *arg)
{
	SYNC_OK(pthread_mutex_lock(&other));
	SYNC_OK(pthread_cond_wait(&c, &other));
	SYNC_OK(pthread_mutex_unlock(&other));
	return arg;
}

static void
cond_wait_with_two_mutexes(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_mutex_init(&other, NULL));
	(void)beside(waits_with_another, awaits);
}

static void *
destroys_cond(void *arg)
{
	(void)pthread_cond_destroy(&c);
	return arg;
}

static void
cond_destroyed_in_use(void *arg)
{
	(void)arg;
	reset();
	(void)beside(destroys_cond, awaits);
}

/* Read-write locks. */

static void *
writes(void *arg)
{
	SYNC_OK(pthread_rwlock_wrlock(&l));
	SYNC_WRITE(n) = SYNC_READ(n) + 1;
	SYNC_OK(pthread_rwlock_unlock(&l));
	return arg;
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
rwlock(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_rwlock_init(&l, NULL));
	(void)beside(writes, reads);
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

static void *
writes_as_a_reader_too(void *arg)
{
	writes_as_a_reader();
	return arg;
}

static void
rwlock_held_for_reading_is_written(void *arg)
{
	(void)arg;
	reset();
	l = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
	(void)beside(writes_as_a_reader_too, writes_as_a_reader);
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

static void *
never_lets_go(void *arg)
{
	SYNC_OK(pthread_rwlock_wrlock(&l));
	return arg;
}

static void
rwlock_with_deadline(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_rwlock_init(&l, NULL));
	(void)beside(never_lets_go, tries_rwlock_in_time);
}

static void
upgrades(void)
{
	SYNC_OK(pthread_rwlock_rdlock(&l));
	SYNC_OK(pthread_rwlock_wrlock(&l));
}

static void
rwlock_upgraded(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_rwlock_init(&l, NULL));
	upgrades();
}

/*
 * With writers preferred, a second read waits for a writer that waits for it.
 */
static void
rwlock_read_twice_beside_a_writer(void *arg)
{
	static const pthread_rwlock_t fresh =
	    PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;
	pthread_t t;

	(void)arg;
	reset();
	l = fresh;
	SYNC_OK(pthread_create(&t, NULL, writes, NULL));
	SYNC_OK(pthread_rwlock_rdlock(&l));
	SYNC_OK(pthread_rwlock_rdlock(&l));
	SYNC_OK(pthread_rwlock_unlock(&l));
	SYNC_OK(pthread_rwlock_unlock(&l));
	SYNC_OK(pthread_join(t, NULL));
}

static void *
takes_l2_first(void *arg)
{
	SYNC_OK(pthread_rwlock_wrlock(&l2));
	SYNC_OK(pthread_rwlock_rdlock(&l));
	SYNC_OK(pthread_rwlock_unlock(&l));
	SYNC_OK(pthread_rwlock_unlock(&l2));
	return arg;
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
rwlocks_in_two_orders(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_rwlock_init(&l, NULL));
	SYNC_OK(pthread_rwlock_init(&l2, NULL));
	(void)beside(takes_l2_first, takes_l_first);
}

static void
rwlock_unlocked_by_another(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_rwlock_init(&l, NULL));
	(void)beside(never_lets_go, nothing);
	(void)pthread_rwlock_unlock(&l);
}

/* Spin locks. */

static void *
spins(void *arg)
{
	SYNC_OK(pthread_spin_lock(&spin));
	SYNC_WRITE(n) = SYNC_READ(n) + 1;
	SYNC_OK(pthread_spin_unlock(&spin));
	return arg;
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
spin_lock(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE));
	(void)beside(spins, spins_too);
	SYNC_ASSERT(n == 2);
	SYNC_OK(pthread_spin_destroy(&spin));
}

static void *
spins_other_way(void *arg)
{
	SYNC_OK(pthread_spin_lock(&spin2));
	SYNC_OK(pthread_spin_lock(&spin));
	SYNC_OK(pthread_spin_unlock(&spin));
	SYNC_OK(pthread_spin_unlock(&spin2));
	return arg;
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
spin_locks_in_two_orders(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_spin_init(&spin, 0));
	SYNC_OK(pthread_spin_init(&spin2, 0));
	(void)beside(spins_other_way, spins_one_way);
}

static void
spin_lock_unlocked_when_free(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_spin_init(&spin, 0));
	(void)pthread_spin_unlock(&spin);
}

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

static void *
writes_and_meets(void *arg)
{
	SYNC_WRITE(n) = 1;
	meets();
	return arg;
}

static void
meets_and_reads(void)
{
	meets();
	SYNC_ASSERT(SYNC_READ(n) == 1);
}

static void
barrier_of_two(void *arg)
{
	(void)arg;
	reset();
	serials = 0;
	SYNC_ASSERT(pthread_barrier_init(&barrier, NULL, 0) == EINVAL);
	SYNC_OK(pthread_barrier_init(&barrier, NULL, 2));
	(void)beside(writes_and_meets, meets_and_reads);
	SYNC_ASSERT(serials == 2);
	SYNC_OK(pthread_barrier_destroy(&barrier));
}

static void
barrier_of_three_for_two(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_barrier_init(&barrier, NULL, 3));
	(void)beside(writes_and_meets, meets_and_reads);
}

static void *
destroys_barrier(void *arg)
{
	(void)pthread_barrier_destroy(&barrier);
	return arg;
}

static void
barrier_destroyed_in_use(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_barrier_init(&barrier, NULL, 2));
	(void)beside(destroys_barrier, meets);
}

/* Once. */

static void
initialises(void)
{
	SYNC_OK(pthread_mutex_lock(&m));
	SYNC_WRITE(n) = SYNC_READ(n) + 1;
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void *
does_once(void *arg)
{
	SYNC_OK(pthread_once(&once, initialises));
	SYNC_ASSERT(SYNC_READ(n) == 1);
	return arg;
}

static void
does_once_too(void)
{
	(void)does_once(NULL);
}

static void
once_by_two(void *arg)
{
	(void)arg;
	reset();
	(void)beside(does_once, does_once_too);
}

static void
initialises_in_itself(void)
{
	SYNC_OK(pthread_once(&once, initialises_in_itself));
}

static void
once_in_itself(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_once(&once, initialises_in_itself));
}

static void
exits(void)
{
	if (n++ == 0)
		pthread_exit(NULL);
}

static void *
exits_in_once(void *arg)
{
	SYNC_OK(pthread_once(&once, exits));
	return arg;
}

static void
once_whose_thread_exits(void *arg)
{
	(void)arg;
	reset();
	(void)beside(exits_in_once, nothing);
	SYNC_OK(pthread_once(&once, exits));
	SYNC_ASSERT(n == 2);
}

/* Semaphores. */

static void *
posts(void *arg)
{
	SYNC_OK(sem_post(&s));
	return arg;
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
semaphore(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(sem_init(&s, 0, 0));
	(void)beside(posts, waits_for_post);
	SYNC_OK(sem_destroy(&s));
}

static void
waits_in_time_only(void)
{
	struct timespec day = in_a_second(CLOCK_REALTIME);

	SYNC_OK(sem_timedwait(&s, &day));
}

static void
semaphore_whose_deadline_passes(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(sem_init(&s, 0, 0));
	(void)beside(posts, waits_in_time_only);
}

static void
destroys_semaphore(void)
{
	SYNC_OK(sem_wait(&s));
	SYNC_OK(sem_destroy(&s));
}

static void *
posts_twice(void *arg)
{
	(void)sem_post(&s);
	(void)sem_post(&s);
	return arg;
}

static void
semaphore_posted_when_destroyed(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(sem_init(&s, 0, 0));
	(void)beside(posts_twice, destroys_semaphore);
}

/* Thread-specific data. */

static void
destroys(void *value)
{
	SYNC_ASSERT(value == &n);
	destroyed++;
}

static void *
has_its_own(void *arg)
{
	SYNC_ASSERT(pthread_getspecific(key) == NULL);
	SYNC_OK(pthread_setspecific(key, arg));
	sched_yield();
	SYNC_ASSERT(pthread_getspecific(key) == arg);
	return arg;
}

static void
has_its_own_too(void)
{
	(void)has_its_own(&m);
	SYNC_OK(pthread_setspecific(key, NULL));
}

static void
data_of_threads(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_key_create(&key, destroys));
	(void)beside(has_its_own, has_its_own_too);
	SYNC_ASSERT(destroyed == 1);
	SYNC_OK(pthread_key_delete(key));
}

static void
data_of_a_deleted_key(void *arg)
{
	(void)arg;
	reset();
	SYNC_OK(pthread_key_create(&key, NULL));
	SYNC_OK(pthread_key_delete(key));
	(void)pthread_getspecific(key);
}

/* The end of threads. */

static void
cleans(void *mutex)
{
	cleaned++;
	SYNC_OK(pthread_mutex_unlock(mutex));
}

static void *
waits_and_cleans(void *arg)
{
	SYNC_OK(pthread_setspecific(key, &n));
	SYNC_OK(pthread_mutex_lock(&m));
	pthread_cleanup_push(cleans, &m);
	while (n == 0)
		SYNC_OK(pthread_cond_wait(&c, &m));
	pthread_cleanup_pop(1);
	return arg;
}

static void
cancelled_and_cleaned(void *arg)
{
	pthread_t t;
	void *value;

	(void)arg;
	reset();
	SYNC_OK(pthread_key_create(&key, destroys));
	SYNC_OK(pthread_create(&t, NULL, waits_and_cleans, NULL));
	SYNC_OK(pthread_cancel(t));
	SYNC_OK(pthread_join(t, &value));
	SYNC_ASSERT(value == PTHREAD_CANCELED);
	SYNC_ASSERT(cleaned == 1 && destroyed == 1);
	SYNC_OK(pthread_mutex_lock(&m));
	SYNC_OK(pthread_mutex_unlock(&m));
}

static void *
waits_and_does_not_clean(void *arg)
{
	SYNC_OK(pthread_mutex_lock(&m));
	while (n == 0)
		SYNC_OK(pthread_cond_wait(&c, &m));
	SYNC_OK(pthread_mutex_unlock(&m));
	return arg;
}

static void
cancelled_with_the_lock(void *arg)
{
	pthread_t t;

	(void)arg;
	reset();
	SYNC_OK(pthread_create(&t, NULL, waits_and_does_not_clean, NULL));
	SYNC_OK(pthread_cancel(t));
	SYNC_OK(pthread_join(t, NULL));
	SYNC_OK(pthread_mutex_lock(&m));
}

static void *
is_not_to_be_cancelled(void *arg)
{
	int old;

	SYNC_OK(pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old));
	SYNC_ASSERT(old == PTHREAD_CANCEL_ENABLE);
	SYNC_OK(usleep(1000));
	pthread_testcancel();
	SYNC_OK(sem_wait(&s));
	SYNC_ATOMIC_STORE(&n, 1, __ATOMIC_RELEASE);
	SYNC_OK(pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL));
	pthread_testcancel();
	SYNC_ASSERT(false);
	return arg;
}

static void
cancellation_put_off(void *arg)
{
	pthread_t t;
	void *value;

	(void)arg;
	reset();
	SYNC_OK(sem_init(&s, 0, 0));
	SYNC_OK(pthread_create(&t, NULL, is_not_to_be_cancelled, NULL));
	SYNC_OK(pthread_cancel(t));
	SYNC_OK(sem_post(&s));
	SYNC_OK(pthread_join(t, &value));
	SYNC_ASSERT(value == PTHREAD_CANCELED);
	SYNC_ASSERT(SYNC_ATOMIC_LOAD(&n, __ATOMIC_ACQUIRE) == 1);
}

static void *
exits_with(void *arg)
{
	SYNC_OK(pthread_mutex_lock(&m));
	pthread_cleanup_push(cleans, &m);
	pthread_exit(arg);
	pthread_cleanup_pop(0);
	return NULL;
}

static void
exit_of_a_thread(void *arg)
{
	(void)arg;
	reset();
	SYNC_ASSERT(beside(exits_with, holds) == &n);
	SYNC_ASSERT(cleaned == 1);
}

static void *
sleeps_and_ends(void *arg)
{
	struct timespec length = { 0, 1000 };

	SYNC_OK(nanosleep(&length, NULL));
	SYNC_OK(clock_nanosleep(CLOCK_MONOTONIC, 0, &length, NULL));
	SYNC_ASSERT(sleep(1) == 0);
	return arg;
}

static void
joins_of_all_kinds(void *arg)
{
	struct timespec ts;
	pthread_t t;
	void *value;
	int err;

	(void)arg;
	reset();
	SYNC_OK(pthread_create(&t, NULL, sleeps_and_ends, &n));
	ts = in_a_second(CLOCK_REALTIME);
	err = pthread_timedjoin_np(t, &value, &ts);
	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	ts = in_a_second(CLOCK_MONOTONIC);
	if (err == ETIMEDOUT)
		err = pthread_clockjoin_np(t, &value, CLOCK_MONOTONIC, &ts);
	while (err == EBUSY || err == ETIMEDOUT) {
		SYNC_OK(usleep(100));
		err = pthread_tryjoin_np(t, &value);
	}
	SYNC_OK(err);
	SYNC_ASSERT(value == &n);
}

static void
joined_twice(void *arg)
{
	pthread_t t;

	(void)arg;
	reset();
	SYNC_OK(pthread_create(&t, NULL, sleeps_and_ends, &n));
	SYNC_OK(pthread_join(t, NULL));
	(void)pthread_join(t, NULL);
}

static void
joined_when_detached(void *arg)
{
	pthread_t t;

	(void)arg;
	reset();
	SYNC_OK(pthread_create(&t, NULL, sleeps_and_ends, &n));
	SYNC_OK(pthread_detach(t));
	(void)pthread_join(t, NULL);
}

static void *
sets_late(void *arg)
{
	SYNC_OK(usleep(1000));
	SYNC_ATOMIC_STORE(&n, 1, __ATOMIC_RELEASE);
	return arg;
}

static void
polls(void)
{
	while (SYNC_ATOMIC_LOAD(&n, __ATOMIC_ACQUIRE) == 0)
		SYNC_OK(usleep(100));
}

static void
polling_by_sleep(void *arg)
{
	(void)arg;
	reset();
	(void)beside(sets_late, polls);
}

static void
polls_until_the_day_is_over(void)
{
	struct timeval now, begun;

	SYNC_OK(gettimeofday(&begun, NULL));
	do
		SYNC_OK(gettimeofday(&now, NULL));
	while (now.tv_sec < begun.tv_sec + 1);
	SYNC_ASSERT(time(NULL) >= begun.tv_sec + 1);
}

static void
polling_the_clock(void *arg)
{
	(void)arg;
	reset();
	(void)beside(sleeps_and_ends, polls_until_the_day_is_over);
}

/* C11. */

static once_flag flag;
static tss_t tss;

static int
adds_in_c11(void *arg)
{
	(void)arg;
	call_once(&flag, initialises);
	SYNC_OK(mtx_lock(&mtx));
	n++;
	SYNC_OK(cnd_signal(&cnd));
	SYNC_OK(mtx_unlock(&mtx));
	SYNC_OK(tss_set(tss, &n));
	thrd_yield();
	SYNC_ASSERT(tss_get(tss) == &n);
	thrd_exit(7);
}

static void
reset_c11(void)
{
	once_flag fresh = ONCE_FLAG_INIT;

	reset();
	flag = fresh;
	SYNC_OK(mtx_init(&mtx, mtx_timed | mtx_recursive));
	SYNC_OK(cnd_init(&cnd));
	SYNC_OK(tss_create(&tss, destroys));
}

static void
threads_of_c11(void *arg)
{
	struct timespec ts;
	thrd_t t;
	int result, err = 0;

	(void)arg;
	reset_c11();
	SYNC_OK(thrd_create(&t, adds_in_c11, NULL));
	SYNC_OK(mtx_lock(&mtx));
	SYNC_OK(timespec_get(&ts, TIME_UTC) == TIME_UTC ? 0 : EINVAL);
	ts.tv_sec++;
	while (n < 2 && err == 0)
		err = cnd_timedwait(&cnd, &mtx, &ts);
	SYNC_ASSERT(err == 0 || err == thrd_timedout);
	SYNC_OK(mtx_unlock(&mtx));
	SYNC_OK(thrd_join(t, &result));
	SYNC_ASSERT(result == 7 && n == 2 && destroyed == 1);
	mtx_destroy(&mtx);
	cnd_destroy(&cnd);
	tss_delete(tss);
}

static void
c11_lost_wakeup(void *arg)
{
	thrd_t t;

	(void)arg;
	reset_c11();
	SYNC_OK(thrd_create(&t, adds_in_c11, NULL));
	SYNC_OK(mtx_lock(&mtx));
	SYNC_OK(cnd_wait(&cnd, &mtx));
	SYNC_OK(mtx_unlock(&mtx));
	SYNC_OK(thrd_join(t, NULL));
}

/* Not simulated. */

static void
calls_kill(void *arg)
{
	(void)arg;
	reset();
	(void)pthread_kill(pthread_self(), 0);
}

static void
calls_sem_open(void *arg)
{
	(void)arg;
	reset();
	(void)sem_open("/none", 0);
}

static void
calls_futex(void *arg)
{
	(void)arg;
	reset();
	(void)syscall(SYS_futex, &n, 0, 0, NULL, NULL, 0);
}

static void
calls_fork(void *arg)
{
	(void)arg;
	reset();
	if (fork() == 0)
		_exit(0);
}

static void
calls_setcanceltype(void *arg)
{
	(void)arg;
	reset();
	/* NOLINTNEXTLINE(cert-pos47-c,concurrency-thread-*): it is refused */
	(void)pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
}

static void
calls_exit_in_the_test(void *arg)
{
	(void)arg;
	reset();
	pthread_exit(NULL);
}

#define FINE     SYNC_EXPLORE_NOTHING
#define MISUSE   SYNC_EXPLORE_MISUSE
#define DEADLOCK SYNC_EXPLORE_DEADLOCK
#define FALSE    SYNC_EXPLORE_ASSERTION
#define RACE     SYNC_EXPLORE_RACE
#define GONE     SYNC_EXPLORE_GONE
#define OUTSIDE  SYNC_EXPLORE_OUTSIDE
#define P(test, failure, what)                                                 \
	{ #test, test, failure, what }

static const struct {
	const char *name;
	void (*test)(void *);
	enum sync_explore_failure failure;
	const char *what; /* among other words */
} programs[] = {
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
	P(mutex_destroyed_in_use, MISUSE, "destroyed while thread 0 holds it"),
	P(mutex_used_when_destroyed, GONE, "destroyed"),
	P(mutex_used_when_overwritten, GONE, "destroyed"),
	P(rwlock_used_when_overwritten, GONE, "destroyed"),
	P(barrier_used_when_overwritten, GONE, "destroyed"),
	P(spin_lock_used_when_overwritten, GONE, "destroyed"),
	P(semaphore_used_when_overwritten, GONE, "destroyed"),
	P(objects_made_in_one_place, FINE, ""),
	P(mutex_made_twice, MISUSE, "initialised again"),
	P(mutexes_on_the_stack, FINE, ""),
	P(cond_wait, FINE, ""),
	P(cond_made_by_an_initialiser_again, FINE, ""),
	P(cond_wait_with_deadline, FINE, ""),
	P(cond_wait_by_the_wrong_clock, FALSE, "tv_sec"),
	P(cond_wait_by_the_right_clock, FINE, ""),
	P(cond_wait_without_the_mutex, MISUSE, "does not hold"),
	P(cond_wait_with_two_mutexes, MISUSE, "several mutexes"),
	P(cond_destroyed_in_use, MISUSE, "a thread waits for it"),
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
	P(barrier_of_two, FINE, ""),
	P(barrier_of_three_for_two, DEADLOCK, ""),
	P(barrier_destroyed_in_use, MISUSE, "a barrier is destroyed"),
	P(once_by_two, FINE, ""),
	P(once_in_itself, DEADLOCK, ""),
	P(once_whose_thread_exits, FINE, ""),
	P(semaphore, FINE, ""),
	P(semaphore_whose_deadline_passes, FALSE, "sem_timedwait"),
	P(semaphore_posted_when_destroyed, GONE, "destroyed"),
	P(data_of_threads, FINE, ""),
	P(data_of_a_deleted_key, MISUSE, "a key is used"),
	P(cancelled_and_cleaned, FINE, ""),
	P(cancelled_with_the_lock, DEADLOCK, ""),
	P(cancellation_put_off, FINE, ""),
	P(exit_of_a_thread, FINE, ""),
	P(joins_of_all_kinds, FINE, ""),
	P(joined_twice, MISUSE, "was joined before"),
	P(joined_when_detached, MISUSE, "was detached before"),
	P(polling_by_sleep, FINE, ""),
	P(polling_the_clock, FINE, ""),
	P(threads_of_c11, FINE, ""),
	P(c11_lost_wakeup, DEADLOCK, ""),
	P(calls_kill, OUTSIDE, "pthread_kill is not led"),
	P(calls_sem_open, OUTSIDE, "sem_open is not led"),
	P(calls_futex, OUTSIDE, "SYS_futex"),
	P(calls_fork, OUTSIDE, "fork is not led"),
	P(calls_setcanceltype, OUTSIDE, "pthread_setcanceltype"),
	P(calls_exit_in_the_test, OUTSIDE, "pthread_exit"),
};
#define PROGRAMS ((int)(sizeof(programs) / sizeof(programs[0])))

static void
explore(int i, enum sync_explore_search search, unsigned flags)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report r;
	int err;

	o.name = programs[i].name;
	o.search = search;
	o.flags = flags | SYNC_EXPLORE_QUIET;
	o.nanoseconds = 0;
	o.schedules = 200000;
	err = sync_explore(programs[i].test, NULL, &o, &r);
	ck_assert_msg(err == 0 || err == EPROTO, "%s: %d", o.name, err);
	ck_assert_msg(r.failure == programs[i].failure, "%s: %d: %s", o.name,
	    (int)r.failure, r.what != NULL ? r.what : "");
	if (r.failure == SYNC_EXPLORE_NOTHING)
		ck_assert_msg(r.bound >= 2, "%s: %d", o.name, (int)r.bound);
	else
		ck_assert_msg(strstr(r.what, programs[i].what) != NULL,
		    "%s: %s", o.name, r.what);
}

/* How many schedules there are, where the number can be worked out by hand. */
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

typedef void *(*worker)(void *);

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
#define COUNTS ((int)(sizeof(counts) / sizeof(counts[0])))

static void
runs_workers(void *arg)
{
	const struct counted *which = arg;
	pthread_t t[WORKERS];
	unsigned i, count;

	reset();
	SYNC_OK(sem_init(&s, 0, 0));
	for (i = 0; i < WORKERS && which->workers[i] != NULL; i++)
		SYNC_OK(pthread_create(
		    &t[i], NULL, which->workers[i], &own[i]));
	count = i;
	for (i = 0; i < count; i++)
		SYNC_OK(pthread_join(t[i], NULL));
}

START_TEST(what_only_sleeps_costs_no_schedules)
{
	struct counted which = counts[_i];
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	struct sync_explore_report r;

	o.search = SYNC_EXPLORE_ALL;
	o.flags = SYNC_EXPLORE_QUIET;
	o.nanoseconds = 0;
	o.timeouts = o.spurious = 0;
	ck_assert_int_eq(sync_explore(runs_workers, &which, &o, &r), 0);
	ck_assert_int_eq(r.bound, SYNC_EXPLORE_UNBOUNDED);
	ck_assert_msg(r.bound_schedules == which.schedules, "%s: %llu, not %llu",
	    which.why, (unsigned long long)r.bound_schedules,
	    (unsigned long long)which.schedules);
}
END_TEST

START_TEST(the_default_search_is_right_about_it)
{
	explore(_i, SYNC_EXPLORE_PORTFOLIO, 0);
}
END_TEST

START_TEST(the_search_of_all_is_right_about_it)
{
	explore(_i, SYNC_EXPLORE_ALL, 0);
}
END_TEST

START_TEST(the_bounds_are_right_about_it)
{
	explore(_i, SYNC_EXPLORE_BOUNDED, 0);
}
END_TEST

START_TEST(on_threads_of_the_system_it_is_the_same)
{
	explore(_i, SYNC_EXPLORE_BOUNDED, SYNC_EXPLORE_OS_THREADS);
}
END_TEST

static void
add(Suite *suite, const char *name, const TTest *test, int times)
{
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, 120);
	tcase_add_loop_test(tc, test, 0, times);
	suite_add_tcase(suite, tc);
}

int
main(void)
{
	Suite *suite = suite_create("explore posix");
	SRunner *sr;
	int failed;

	add(suite, "default", the_default_search_is_right_about_it, PROGRAMS);
	add(suite, "all", the_search_of_all_is_right_about_it, PROGRAMS);
	add(suite, "bounds", the_bounds_are_right_about_it, PROGRAMS);
	add(suite, "threads", on_threads_of_the_system_it_is_the_same,
	    PROGRAMS);
	add(suite, "counts", what_only_sleeps_costs_no_schedules, COUNTS);
	sr = srunner_create(suite);
	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
