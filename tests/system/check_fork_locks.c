/* SPDX-License-Identifier: MIT */
/*
 * Locks in the child of a fork: a lock that another thread held cannot be
 * taken, a lock that the forking thread held is still its own, and a free lock
 * is free.  The read-write lock is in check_fork_rwlock.
 */
#include "fork_support.h"

/* Held by another thread at the fork, so lost. */

static void *
holds_locks(void *arg)
{
	ok(sync_mutex_lock(&mutex));
	ok(sync_rmutex_lock(&rmutex));
	ok(sync_kmutex_lock(&kmutex));
	ok(sync_event_set(&event));
	ok(sync_event_wait(&let_go));
	ok(sync_mutex_unlock(&mutex));
	ok(sync_rmutex_unlock(&rmutex));
	ok(sync_kmutex_unlock(&kmutex));
	return arg;
}

static void
mutex_is_lost(void)
{
	need(sync_mutex_lock(&mutex) == ENOTRECOVERABLE);
	need(sync_mutex_lock_until(&mutex, 0) == ENOTRECOVERABLE);
	need(sync_mutex_lock_until(&mutex, -1) == ENOTRECOVERABLE);
	need(sync_mutex_lock_until(&mutex, sync_after_ms(9999999))
	    == ENOTRECOVERABLE);
	need(sync_mutex_trylock(&mutex) == ENOTRECOVERABLE);
	need(sync_mutex_unlock(&mutex) == EPERM);
	need(!sync_mutex_held(&mutex));
	need(sync_cond_wait(&cond, &mutex) == EPERM);
}

static void
rmutex_is_lost(void)
{
	need(sync_rmutex_lock(&rmutex) == ENOTRECOVERABLE);
	need(sync_rmutex_lock_until(&rmutex, -1) == ENOTRECOVERABLE);
	need(sync_rmutex_lock_until(&rmutex, sync_after_ms(9999999))
	    == ENOTRECOVERABLE);
	need(sync_rmutex_trylock(&rmutex) == ENOTRECOVERABLE);
	need(sync_rmutex_unlock(&rmutex) == EPERM);
	need(!sync_rmutex_held(&rmutex));
	need(sync_rmutex_depth(&rmutex) == 0);
	need(sync_cond_wait_rmutex(&cond, &rmutex) == EPERM);
}

static void
locks_are_lost(void)
{
	mutex_is_lost();
	rmutex_is_lost();
}

static void
locks_can_be_had(void)
{
	need(sync_mutex_lock(&mutex) == 0);
	need(sync_mutex_unlock(&mutex) == 0);
	need(sync_mutex_trylock(&mutex) == 0);
	need(sync_mutex_unlock(&mutex) == 0);
	need(sync_rmutex_lock(&rmutex) == 0);
	need(sync_rmutex_unlock(&rmutex) == 0);
	need(sync_rmutex_trylock(&rmutex) == 0);
	need(sync_rmutex_unlock(&rmutex) == 0);
}

static void
locks_can_be_made_again(void)
{
	need(sync_mutex_init(&mutex, 0) == 0);
	need(sync_rmutex_init(&rmutex, 0) == 0);
	locks_can_be_had();
	in_new_thread(locks_can_be_had);
	need(sync_mutex_destroy(&mutex) == 0);
	need(sync_rmutex_destroy(&rmutex) == 0);
}

/* For each thread of the child, and for those of its children. */
static void
locks_are_lost_for_ever(void)
{
	locks_are_lost();
	in_new_thread(locks_are_lost);
	in_fork(locks_are_lost);
	locks_can_be_made_again();
}

static void
locks_can_be_destroyed(void)
{
	need(sync_mutex_destroy(&mutex) == 0);
	need(sync_mutex_lock(&mutex) == EINVAL);
	need(sync_rmutex_destroy(&rmutex) == 0);
	need(sync_rmutex_lock(&rmutex) == EINVAL);
	locks_can_be_made_again();
}

static void
kmutex_cannot_be_had(void)
{
	need(sync_kmutex_trylock(&kmutex) == ENOTRECOVERABLE);
	need(sync_kmutex_lock_until(&kmutex, sync_after_ms(1))
	    == ENOTRECOVERABLE);
	need(sync_kmutex_lock(&kmutex) == ENOTRECOVERABLE);
	need(sync_kmutex_unlock(&kmutex) == ENOTRECOVERABLE);
	need(sync_kmutex_consistent(&kmutex) == ENOTRECOVERABLE);
	need(!sync_kmutex_held(&kmutex));
	need(sync_kmutex_destroy(&kmutex) == 0);
	need(sync_kmutex_lock(&kmutex) == EINVAL);
	need(sync_kmutex_init(&kmutex, kmutex_flags(SYNC_ROBUST)) == 0);
	need(sync_kmutex_lock(&kmutex) == 0);
	need(sync_kmutex_unlock(&kmutex) == 0);
}

static void
held_by_another(void (*child)(void))
{
	struct spawned *s;

	fork_begin();
	s = spawn(holds_locks, NULL);
	ok(sync_event_wait(&event));
	in_fork(child);
	ok(sync_event_set(&let_go));
	(void)finish(s);
	ok(sync_mutex_lock(&mutex)); /* the parent's lock is unchanged */
	ok(sync_mutex_unlock(&mutex));
}

START_TEST(lock_held_by_another_thread_cannot_be_had_in_the_child)
{
	held_by_another(locks_are_lost_for_ever);
}
END_TEST

START_TEST(lock_held_by_another_thread_can_be_destroyed_in_the_child)
{
	held_by_another(locks_can_be_destroyed);
}
END_TEST

START_TEST(kmutex_held_by_another_thread_cannot_be_had_in_the_child)
{
	held_by_another(kmutex_cannot_be_had);
}
END_TEST

START_TEST(kmutex_held_by_the_forking_thread_cannot_be_had_in_the_child)
{
	fork_begin();
	ok(sync_kmutex_lock(&kmutex));
	in_fork(kmutex_cannot_be_had);
	ck_assert(sync_kmutex_held(&kmutex));
	ok(sync_kmutex_unlock(&kmutex));
}
END_TEST

/* Held by the thread that forked, so its own. */

static void
locks_are_anothers(void)
{
	need(!sync_mutex_held(&mutex) && !sync_rmutex_held(&rmutex));
	need(sync_mutex_trylock(&mutex) == EBUSY);
	need(sync_mutex_unlock(&mutex) == EPERM);
	need(sync_mutex_lock_until(&mutex, sync_after(100)) == ETIMEDOUT);
	need(sync_rmutex_trylock(&rmutex) == EBUSY);
	need(sync_rmutex_unlock(&rmutex) == EPERM);
	need(sync_rmutex_lock_until(&rmutex, sync_after(100)) == ETIMEDOUT);
}

static void
locks_are_mine(void)
{
	need(sync_mutex_held(&mutex));
	need(sync_mutex_lock(&mutex) == EDEADLK);
	need(sync_mutex_trylock(&mutex) == EBUSY);
	need(sync_mutex_destroy(&mutex) == EBUSY);
	need(sync_rmutex_depth(&rmutex) == 2);
	need(sync_rmutex_trylock(&rmutex) == 0);
	need(sync_rmutex_lock(&rmutex) == 0);
	need(sync_rmutex_unlock(&rmutex) == 0);
	need(sync_rmutex_unlock(&rmutex) == 0);
	need(sync_rmutex_destroy(&rmutex) == EBUSY);
	in_new_thread(locks_are_anothers);
}

static void
my_locks_can_be_unlocked(void)
{
	locks_are_mine();
	need(sync_cond_wait_until(&cond, &mutex, sync_after(1000))
	    == ETIMEDOUT);
	need(sync_cond_wait_rmutex_until(&cond, &rmutex, sync_after(1000))
	    == ETIMEDOUT);
	need(sync_mutex_held(&mutex) && sync_rmutex_depth(&rmutex) == 2);
	need(sync_mutex_unlock(&mutex) == 0);
	need(sync_mutex_unlock(&mutex) == EPERM);
	need(sync_rmutex_unlock(&rmutex) == 0);
	need(sync_rmutex_unlock(&rmutex) == 0);
	need(sync_rmutex_unlock(&rmutex) == EPERM);
	locks_can_be_had();
	in_new_thread(locks_can_be_had);
	need(sync_mutex_destroy(&mutex) == 0);
	need(sync_rmutex_destroy(&rmutex) == 0);
}

/* Some of its holds are from here, and some are from before the fork. */
static void
my_childs_as_well(void)
{
	struct sync_mutex another = SYNC_MUTEX_INIT;

	locks_are_mine();
	need(sync_mutex_lock(&another) == 0);
	in_fork(my_locks_can_be_unlocked);
	need(sync_mutex_unlock(&another) == 0);
	my_locks_can_be_unlocked();
}

START_TEST(lock_held_by_the_forking_thread_is_its_own_in_the_child)
{
	fork_begin();
	ok(sync_mutex_lock(&mutex));
	ok(sync_rmutex_lock(&rmutex));
	ok(sync_rmutex_lock(&rmutex));
	in_fork(my_childs_as_well);
	ck_assert(sync_mutex_held(&mutex));
	ok(sync_mutex_unlock(&mutex));
	ck_assert_uint_eq(sync_rmutex_depth(&rmutex), 2);
}
END_TEST

static void
forks_again(void)
{
	in_fork(locks_are_lost);
}

/*
 * A lock that the first thread held is lost to a child that another thread
 * forks.
 */
static void
another_forks(void)
{
	locks_are_mine();
	in_new_thread(forks_again);
}

START_TEST(lock_of_an_earlier_survivor_is_lost)
{
	fork_begin();
	ok(sync_mutex_lock(&mutex));
	ok(sync_rmutex_lock(&rmutex));
	ok(sync_rmutex_lock(&rmutex));
	in_fork(another_forks);
}
END_TEST

START_TEST(lock_that_nobody_held_can_be_had_in_the_child)
{
	fork_begin();
	in_fork(locks_can_be_had);
	in_fork(kmutex_cannot_be_had); /* no kmutex of the parent can be used */
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fork locks");
	TCase *tc = add_case(s, "another thread's");

	tcase_add_test(
	    tc, lock_held_by_another_thread_cannot_be_had_in_the_child);
	tcase_add_test(
	    tc, lock_held_by_another_thread_can_be_destroyed_in_the_child);
	tcase_add_test(
	    tc, kmutex_held_by_another_thread_cannot_be_had_in_the_child);
	tcase_add_test(tc, lock_of_an_earlier_survivor_is_lost);
	tc = add_case(s, "its own");
	tcase_add_test(
	    tc, lock_held_by_the_forking_thread_is_its_own_in_the_child);
	tcase_add_test(
	    tc, kmutex_held_by_the_forking_thread_cannot_be_had_in_the_child);
	tc = add_case(s, "nobody's");
	tcase_add_test(tc, lock_that_nobody_held_can_be_had_in_the_child);
	return run_fork_suite(s);
}
