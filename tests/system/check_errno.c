/* SPDX-License-Identifier: MIT */
/*
 * Every function leaves errno alone, whether it succeeds or fails, even if a C
 * library function changes errno although it succeeds: waits, and the objects
 * that need no thread of their own.
 *
 * Every function of the headers must be tried in one of check_errno*.c;
 * borrowed.py checks that.
 */
#include "config.h"

#include <stdlib.h>

#include "spoilt_errno.h"
#include "waits.h"

static int at_start;

/* Before the library's: a sanitizer's runtime may have set it. */
__attribute__((constructor(101))) static void
before_the_library(void)
{
	errno = 0;
}

START_TEST(errno_is_0_when_main_begins)
{
	ck_assert_int_eq(at_start, 0);
}
END_TEST

START_TEST(the_linker_spoils_errno)
{
	void *(*volatile allocate)(size_t) = malloc; /* compilers know these */
	void (*volatile give_back)(void *) = free;
	void *p = allocate(1);
	int after_malloc = errno, after_free;

	errno = 0;
	give_back(p);
	after_free = errno;
	ck_assert_int_eq(after_malloc, SPOILT);
	ck_assert_int_eq(after_free, SPOILT);
}
END_TEST

static unsigned timeouts;

static void *
waits_as(void *arg)
{
	const struct wait_kind *kind = arg;

	fails(kind->wait(0), ETIMEDOUT);
	fails(kind->wait(sync_after(1000000)), ETIMEDOUT);
	count(&timeouts);
	if (kind->release != NULL)
		ok(kind->wait(SYNC_NEVER));
	return NULL;
}

START_TEST(a_wait_and_what_ends_it_leave_errno_alone)
{
	const struct wait_kind *kind = &wait_kinds[_i];
	struct spawned *s;

	kind->begin();
	s = spawn(waits_as, (void *)(uintptr_t)kind);
	while (counted(&timeouts) == 0)
		sync_thread_sleep_until(sync_after(100000));
	if (kind->release != NULL) {
		until_asleep(s);
		kind->release();
	}
	(void)finish(s);
	kind->end();
}
END_TEST

/*
 * All other functions, and the tries: first when nothing is there, then when
 * something is.
 */

START_TEST(mutexes_leave_errno_alone)
{
	struct sync_mutex m;
	struct sync_rmutex r;

	fails(sync_mutex_init(NULL, 0), EINVAL);
	fails(sync_mutex_lock(NULL), EINVAL);
	fails(sync_mutex_destroy(NULL), EINVAL);
	ok(sync_mutex_init(&m, 0));
	ok(sync_mutex_trylock(&m));
	fails(sync_mutex_trylock(&m), EBUSY);
	fails(sync_mutex_lock(&m), EDEADLK);
	fails(sync_mutex_lock_until(&m, FAR), EDEADLK);
	ck_assert(keeps(sync_mutex_held(&m)));
	fails(sync_mutex_destroy(&m), EBUSY);
	ok(sync_mutex_unlock(&m));
	fails(sync_mutex_unlock(&m), EPERM);
	ok(sync_mutex_destroy(&m));
	fails(sync_mutex_lock_until(&m, FAR), EINVAL);
	fails(sync_rmutex_init(NULL, 0), EINVAL);
	ok(sync_rmutex_init(&r, 0));
	ok(sync_rmutex_trylock(&r));
	ok(sync_rmutex_lock(&r));
	ok(sync_rmutex_lock_until(&r, FAR));
	ck_assert(keeps(sync_rmutex_held(&r)));
	ck_assert(keeps(sync_rmutex_depth(&r)));
	fails(sync_rmutex_destroy(&r), EBUSY);
	ok(sync_rmutex_unlock(&r));
	ok(sync_rmutex_unlock(&r));
	ok(sync_rmutex_unlock(&r));
	fails(sync_rmutex_unlock(&r), EPERM);
	ok(sync_rmutex_destroy(&r));
}
END_TEST

static void *
keeps_a_kmutex(void *m)
{
	ok(sync_kmutex_lock(m));
	return NULL; /* and ends with it */
}

START_TEST(kmutexes_leave_errno_alone)
{
	unsigned flags = (unsigned)_i;
	struct sync_kmutex m;
	int err;

	fails(sync_kmutex_init(NULL, 0), EINVAL);
	fails(sync_kmutex_init(&m, 1u << 9), EINVAL);
	flags = kmutex_flags(flags);
	ok(sync_kmutex_init(&m, flags));
	ok(sync_kmutex_trylock(&m));
	fails(sync_kmutex_trylock(&m), EBUSY);
	fails(sync_kmutex_lock(&m), EDEADLK);
	fails(sync_kmutex_consistent(&m), EINVAL);
	ck_assert(keeps(sync_kmutex_held(&m)));
	fails(sync_kmutex_destroy(&m), EBUSY);
	ok(sync_kmutex_unlock(&m));
	fails(sync_kmutex_unlock(&m), EPERM);
	(void)finish(spawn(keeps_a_kmutex, &m));
	err = flags & SYNC_ROBUST ? EOWNERDEAD
	    : flags != 0 && kmutex_flags(SYNC_ROBUST) != 0
	    ? ENOTRECOVERABLE : ETIMEDOUT;
	fails(sync_kmutex_lock_until(&m, sync_after(1000000)), err);
	if (err == EOWNERDEAD) {
		ok(sync_kmutex_consistent(&m));
		ok(sync_kmutex_unlock(&m));
	}
	fails(sync_kmutex_destroy(&m), err == ETIMEDOUT ? EBUSY : 0);
}
END_TEST

START_TEST(conditions_leave_errno_alone)
{
	struct sync_mutex m = SYNC_MUTEX_INIT;
	struct sync_rmutex r = SYNC_RMUTEX_INIT;
	struct sync_kmutex k;
	struct sync_cond c;

	ok(sync_kmutex_init(&k, 0));
	fails(sync_cond_init(NULL, 0), EINVAL);
	ok(sync_cond_init(&c, 0));
	fails(sync_cond_wait(&c, &m), EPERM);
	fails(sync_cond_wait_until(&c, &m, 0), EPERM);
	fails(sync_cond_wait_rmutex(&c, &r), EPERM);
	fails(sync_cond_wait_rmutex_until(&c, &r, 0), EPERM);
	fails(sync_cond_wait_kmutex(&c, &k), EPERM);
	fails(sync_cond_wait_kmutex_until(&c, &k, 0), EPERM);
	ok(sync_cond_signal(&c));
	ok(sync_cond_broadcast(&c));
	ok(sync_cond_destroy(&c));
	fails(sync_cond_signal(&c), EINVAL);
	ok(sync_kmutex_destroy(&k));
}
END_TEST

START_TEST(semaphores_events_and_latches_leave_errno_alone)
{
	struct sync_sem s;
	struct sync_event e;
	struct sync_latch l;

	fails(sync_sem_init(&s, 2, 1, 0), EINVAL);
	ok(sync_sem_init(&s, 0, 3, 0));
	fails(sync_sem_trywait(&s), EAGAIN);
	fails(sync_sem_post_n(&s, 4), EOVERFLOW);
	ok(sync_sem_post_n(&s, 2));
	ok(sync_sem_post(&s));
	fails(sync_sem_post(&s), EOVERFLOW);
	ok(sync_sem_trywait(&s));
	ok(sync_sem_wait(&s));
	ok(sync_sem_wait_until(&s, 0));
	ck_assert(keeps(sync_sem_value(&s)));
	ok(sync_sem_destroy(&s));
	fails(sync_sem_wait(&s), EINVAL);
	fails(sync_event_init(NULL, 0), EINVAL);
	ok(sync_event_init(&e, 0));
	fails(sync_event_trywait(&e), EAGAIN);
	ok(sync_event_set(&e));
	ok(sync_event_wait(&e));
	ok(sync_event_wait_until(&e, 0));
	ok(sync_event_trywait(&e));
	ck_assert(keeps(sync_event_is_set(&e)));
	ok(sync_event_clear(&e));
	ok(sync_event_destroy(&e));
	fails(sync_event_set(&e), EINVAL);
	fails(sync_latch_init(NULL, 1, 0), EINVAL);
	ok(sync_latch_init(&l, 3, 0));
	fails(sync_latch_trywait(&l), EAGAIN);
	ok(sync_latch_count_down_n(&l, 2));
	ck_assert(keeps(sync_latch_count(&l)));
	ok(sync_latch_count_down(&l));
	fails(sync_latch_count_down(&l), EINVAL);
	ok(sync_latch_wait(&l));
	ok(sync_latch_wait_until(&l, 0));
	ok(sync_latch_trywait(&l));
	ok(sync_latch_destroy(&l));
	fails(sync_latch_wait(&l), EINVAL);
}
END_TEST

START_TEST(barriers_and_rwlocks_leave_errno_alone)
{
	struct sync_barrier b;
	struct sync_rwlock l;

	fails(sync_barrier_init(&b, 0, NULL, NULL, 0), EINVAL);
	ok(sync_barrier_init(&b, 1, NULL, NULL, 0));
	ok(sync_barrier_wait(&b, NULL));
	ok(sync_barrier_trywait(&b, NULL));
	ok(sync_barrier_wait_until(&b, NULL, FAR));
	ck_assert(keeps(sync_barrier_parties(&b)));
	ck_assert(keeps(sync_barrier_waiting(&b)));
	ok(sync_barrier_abort(&b));
	ck_assert(keeps(sync_barrier_is_broken(&b)));
	fails(sync_barrier_wait(&b, NULL), ECANCELED);
	ok(sync_barrier_reset(&b));
	ok(sync_barrier_destroy(&b));
	fails(sync_barrier_wait(&b, NULL), EINVAL);
	fails(sync_rwlock_init(NULL, 0), EINVAL);
	ok(sync_rwlock_init(&l, 0));
	ok(sync_rwlock_rdlock(&l));
	ok(sync_rwlock_tryrdlock(&l));
	ok(sync_rwlock_rdlock_until(&l, FAR));
	fails(sync_rwlock_trywrlock(&l), EBUSY);
	fails(sync_rwlock_wrlock(&l), EDEADLK);
	fails(sync_rwlock_destroy(&l), EBUSY);
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_unlock(&l));
	fails(sync_rwlock_unlock(&l), EPERM);
	ok(sync_rwlock_wrlock(&l));
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_wrlock_until(&l, FAR));
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_destroy(&l));
}
END_TEST

int
main(void)
{
	Suite *s;
	TCase *tc;

	at_start = errno;
	s = suite_create("errno");
	tc = add_case(s, "errno");
	tcase_add_test(tc, errno_is_0_when_main_begins);
	tcase_add_test(tc, the_linker_spoils_errno);
	tcase_add_loop_test(tc, a_wait_and_what_ends_it_leave_errno_alone, 0,
	    (int)wait_kinds_count);
	tcase_add_test(tc, mutexes_leave_errno_alone);
	tcase_add_loop_test(tc, kmutexes_leave_errno_alone, 0, 4);
	tcase_add_test(tc, conditions_leave_errno_alone);
	tcase_add_test(tc, semaphores_events_and_latches_leave_errno_alone);
	tcase_add_test(tc, barriers_and_rwlocks_leave_errno_alone);
	return run_suite(s);
}
