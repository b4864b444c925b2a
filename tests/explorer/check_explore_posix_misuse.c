/* SPDX-License-Identifier: MIT */
/*
 * Objects of POSIX threads that are used when they are gone, and calls that the
 * explorer does not simulate, which it refuses by name.
 */
#include "config.h"

#include "explore_posix.h"

#include <semaphore.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_rwlock_t l;
static sem_t s;

static void
destroys_mutex(void)
{
	(void)pthread_mutex_destroy(&m);
}

static void
mutex_destroyed_in_use(void)
{
	SYNC_OK(pthread_mutex_lock(&m));
	beside(destroys_mutex, nothing);
}

static void
mutex_used_when_destroyed(void)
{
	SYNC_OK(pthread_mutex_destroy(&m));
	(void)pthread_mutex_lock(&m);
}

/* Whatever the memory has become since. */
static void
mutex_used_when_overwritten(void)
{
	SYNC_OK(pthread_mutex_destroy(&m));
	memset(&m, 1, sizeof(m));
	(void)pthread_mutex_lock(&m);
}

static void
rwlock_used_when_overwritten(void)
{
	SYNC_OK(pthread_rwlock_destroy(&l));
	memset(&l, 1, sizeof(l));
	(void)pthread_rwlock_rdlock(&l);
}

static void
barrier_used_when_overwritten(void)
{
	pthread_barrier_t b;

	SYNC_OK(pthread_barrier_init(&b, NULL, 1));
	SYNC_OK(pthread_barrier_destroy(&b));
	memset(&b, 1, sizeof(b));
	(void)pthread_barrier_wait(&b);
}

static void
spin_lock_used_when_overwritten(void)
{
	pthread_spinlock_t lock;

	SYNC_OK(pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE));
	SYNC_OK(pthread_spin_destroy(&lock));
	memset((void *)(uintptr_t)&lock, 1, sizeof(lock));
	(void)pthread_spin_lock(&lock);
}

static void
semaphore_used_when_overwritten(void)
{
	SYNC_OK(sem_init(&s, 0, 1));
	SYNC_OK(sem_destroy(&s));
	memset(&s, 1, sizeof(s));
	(void)sem_post(&s);
}

/* An object of another kind may be made there. */
static void
objects_made_in_one_place(void)
{
	static union {
		sem_t s;
		pthread_mutex_t m;
		pthread_rwlock_t l;
	} place;
	const pthread_mutex_t fresh = PTHREAD_MUTEX_INITIALIZER;
	const pthread_rwlock_t unlocked = PTHREAD_RWLOCK_INITIALIZER;

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
mutex_made_twice(void)
{
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
mutexes_on_the_stack(void)
{
	uses_its_own();
	uses_its_own();
	SYNC_OK(pthread_mutex_destroy(&m));
	SYNC_OK(pthread_mutex_init(&m, NULL));
}

/* Not simulated. */

static void
calls_kill(void)
{
	(void)pthread_kill(pthread_self(), 0);
}

static void
calls_sem_open(void)
{
	(void)sem_open("/none", 0);
}

static void
calls_futex(void)
{
	(void)syscall(SYS_futex, &n, 0, 0, NULL, NULL, 0);
}

static void
calls_fork(void)
{
	if (fork() == 0)
		_exit(0);
}

static void
calls_setcanceltype(void)
{
	/* NOLINTNEXTLINE(cert-pos47-c,concurrency-thread-*): it is refused */
	(void)pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
}

static void
calls_exit_in_the_test(void)
{
	pthread_exit(NULL);
}

static const struct posix_program programs[] = {
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
	P(calls_kill, OUTSIDE, "pthread_kill is not led"),
	P(calls_sem_open, OUTSIDE, "sem_open is not led"),
	P(calls_futex, OUTSIDE, "SYS_futex"),
	P(calls_fork, OUTSIDE, "fork is not led"),
	P(calls_setcanceltype, OUTSIDE, "pthread_setcanceltype"),
	P(calls_exit_in_the_test, OUTSIDE, "pthread_exit"),
};

int
main(void)
{
	return run_suite(
	    posix_suite("explore posix misuse", programs, COUNT(programs)));
}
