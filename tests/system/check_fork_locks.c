/* SPDX-License-Identifier: MIT */
/*
 * Locks in the child of a fork: a lock that another thread held cannot be
 * taken, a lock that the forking thread held is still its own, and a free lock
 * is free.
 */
#include <pthread.h>

#include "wait/ownlock.h"
#include "plat.h"

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

/* A thread that waited in the parent left its marks in the word. */

static void *
locks_once(void *arg)
{
	ok(sync_mutex_lock(&mutex));
	ok(sync_mutex_unlock(&mutex));
	return arg;
}

static void
lock_passes_through_many(void)
{
	struct sync_thread t[4];
	int k;

	for (k = 0; k < 4; k++)
		need(sync_thread_start(&t[k], locks_once, NULL, NULL) == 0);
	need(sync_mutex_lock(&mutex) == 0);
	need(sync_mutex_unlock(&mutex) == 0);
	for (k = 0; k < 4; k++)
		need(sync_thread_join(&t[k], NULL) == 0);
	need(mutex.word == 0);
}

#define STARVED (OWN_WAITERS | OWN_STARVED)

static void
mine_with_marks_passes_on(void)
{
	struct sync_thread t;

	mutex.word |= STARVED; /* as a fork at another moment would copy it */
	need(sync_mutex_held(&mutex));
	need(sync_thread_start(&t, locks_once, NULL, NULL) == 0);
	need(sync_thread_join_until(&t, NULL, sync_after_ms(5)) == ETIMEDOUT);
	need(sync_mutex_unlock(&mutex) == 0);
	need(sync_thread_join(&t, NULL) == 0);
	lock_passes_through_many();
}

START_TEST(unlock_in_the_child_reserves_nothing_for_a_lost_thread)
{
	fork_begin();
	ok(sync_mutex_lock(&mutex));
	in_fork(mine_with_marks_passes_on);
}
END_TEST

/* What a fork copies between an unlock and the starved sleeper's turn. */
static void
reserved_locks_can_be_had(void)
{
	uint32_t reserved = STARVED | (identity.bits - (1u << ID_SHIFT));
	struct sync_rwlock l = SYNC_RWLOCK_INIT;

	mutex.word = reserved;
	need(sync_mutex_trylock(&mutex) == 0);
	need(sync_mutex_unlock(&mutex) == 0);
	mutex.word = reserved;
	need(sync_mutex_lock_until(&mutex, -1) == 0);
	need(sync_mutex_unlock(&mutex) == 0);
	mutex.word = reserved;
	lock_passes_through_many();
	mutex.word = reserved;
	need(sync_mutex_destroy(&mutex) == 0);
	rmutex.word = reserved;
	need(sync_rmutex_trylock(&rmutex) == 0);
	need(sync_rmutex_unlock(&rmutex) == 0);
	l.waiters.lock = reserved;
	need(sync_rwlock_trywrlock(&l) == 0);
	need(sync_rwlock_unlock(&l) == 0);
}

START_TEST(lock_reserved_for_a_lost_thread_can_be_had_in_the_child)
{
	fork_begin();
	in_fork(reserved_locks_can_be_had);
}
END_TEST

START_TEST(lock_that_nobody_held_can_be_had_in_the_child)
{
	fork_begin();
	in_fork(locks_can_be_had);
	in_fork(kmutex_cannot_be_had); /* no kmutex of the parent can be used */
}
END_TEST

/* A holder that has ended is not lost: the test does not apply to it. */
static void
holders_end(void)
{
	int i;

	for (i = 0; i < 200; i++)
		lock_passes_through_many();
}

START_TEST(holder_that_unlocked_and_ended_is_not_taken_for_lost)
{
	fork_begin();
	in_fork(holders_end);
}
END_TEST

/* pthread_atfork(lock, unlock, unlock), with locks of every kind. */

static struct sync_rwlock read_locked, write_locked;

static void
lock_all(void)
{
	ok(sync_mutex_lock(&mutex));
	ok(sync_rmutex_lock(&rmutex));
	ok(sync_rmutex_lock(&rmutex));
	ok(sync_rwlock_rdlock(&read_locked));
	ok(sync_rwlock_rdlock(&read_locked));
	ok(sync_rwlock_wrlock(&write_locked));
}

static void
unlock_all(void)
{
	ok(sync_rwlock_unlock(&write_locked));
	ok(sync_rwlock_unlock(&read_locked));
	ok(sync_rwlock_unlock(&read_locked));
	ok(sync_rmutex_unlock(&rmutex));
	ok(sync_rmutex_unlock(&rmutex));
	ok(sync_mutex_unlock(&mutex));
}

static unsigned stop; /* atomic */

static void *
hammers(void *arg)
{
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		lock_all();
		unlock_all();
	}
	return arg;
}

static void
all_is_free(void)
{
	need(sync_mutex_trylock(&mutex) == 0);
	need(sync_mutex_unlock(&mutex) == 0);
	need(sync_rmutex_trylock(&rmutex) == 0);
	need(sync_rmutex_depth(&rmutex) == 1);
	need(sync_rmutex_unlock(&rmutex) == 0);
	need(sync_rwlock_trywrlock(&read_locked) == 0);
	need(sync_rwlock_unlock(&read_locked) == 0);
	need(sync_rwlock_trywrlock(&write_locked) == 0);
	need(sync_rwlock_unlock(&write_locked) == 0);
}

static void
all_is_usable(void)
{
	struct sync_thread t[2];
	int i;

	all_is_free();
	in_new_thread(all_is_free);
	for (i = 0; i < 2; i++)
		need(sync_thread_start(&t[i], hammers, NULL, NULL) == 0);
	in_fork(all_is_free); /* a grandchild, while threads hammer */
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < 2; i++)
		need(sync_thread_join(&t[i], NULL) == 0);
	all_is_free();
	need(sync_rwlock_destroy(&read_locked) == 0);
	need(sync_rwlock_destroy(&write_locked) == 0);
	need(sync_mutex_destroy(&mutex) == 0);
	need(sync_rmutex_destroy(&rmutex) == 0);
}

#define FORKS 50

START_TEST(atfork_lock_and_unlock_leaves_usable_locks_in_the_child)
{
	struct spawned *s[2];
	unsigned i;

	fork_begin();
	ok(sync_rwlock_init(&read_locked, 0));
	ok(sync_rwlock_init(&write_locked, 0));
	ck_assert_int_eq(pthread_atfork(lock_all, unlock_all, unlock_all), 0);
	for (i = 0; i < 2; i++)
		s[i] = spawn(hammers, NULL);
	for (i = 0; i < FORKS; i++)
		in_fork(all_is_usable);
	__atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
	for (i = 0; i < 2; i++)
		(void)finish(s[i]);
	all_is_free();
}
END_TEST

/* The read-write lock. */

static void
rwlock_is_free(void)
{
	need(sync_rwlock_unlock(&rwlock) == EPERM);
	need(sync_rwlock_trywrlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	need(sync_rwlock_tryrdlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
}

static void
rwlock_is_free_for_all(void)
{
	in_new_thread(rwlock_is_free);
	rwlock_is_free();
	in_fork(rwlock_is_free);
	need(sync_rwlock_destroy(&rwlock) == 0);
}

static void *
reads_and_waits(void *arg)
{
	ok(sync_rwlock_rdlock(&rwlock));
	ok(sync_event_set(&event));
	ok(sync_event_wait(&let_go));
	ok(sync_rwlock_unlock(&rwlock));
	return arg;
}

static void *
writes_and_waits(void *arg)
{
	ok(sync_rwlock_wrlock(&rwlock));
	ok(sync_event_set(&event));
	ok(sync_event_wait(&let_go));
	ok(sync_rwlock_unlock(&rwlock));
	return arg;
}

static void
held_by_a_thread(void *(*holds)(void *), void (*child)(void))
{
	struct spawned *s;

	fork_begin();
	s = spawn(holds, NULL);
	ok(sync_event_wait(&event));
	in_fork(child);
	ok(sync_event_set(&let_go));
	(void)finish(s);
	ok(sync_rwlock_trywrlock(&rwlock));
	ok(sync_rwlock_unlock(&rwlock));
}

START_TEST(rwlock_that_another_thread_held_is_free_in_the_child)
{
	held_by_a_thread(reads_and_waits, rwlock_is_free_for_all);
	held_by_a_thread(writes_and_waits, rwlock_is_free_for_all);
}
END_TEST

static void
others_can_read(void)
{
	need(sync_rwlock_trywrlock(&rwlock) == EBUSY);
	need(sync_rwlock_unlock(&rwlock) == EPERM);
	need(sync_rwlock_tryrdlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
}

/* Twice; the other readers of the parent are gone. */
static void
i_read(void)
{
	need(sync_rwlock_wrlock(&rwlock) == EDEADLK);
	need(sync_rwlock_destroy(&rwlock) == EBUSY);
	need(sync_rwlock_tryrdlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	need(sync_rwlock_unlock(&rwlock) == 0);
	in_new_thread(others_can_read);
	need(sync_rwlock_unlock(&rwlock) == 0);
	rwlock_is_free_for_all();
}

/* The first thread that uses it here did not hold it for reading. */
static void
another_comes_first(void)
{
	in_new_thread(others_can_read);
	in_fork(i_read);
	i_read();
}

START_TEST(rwlock_that_the_forking_thread_reads_is_still_read_in_the_child)
{
	fork_begin();
	ok(sync_rwlock_rdlock(&rwlock));
	ok(sync_rwlock_rdlock(&rwlock));
	in_fork(i_read);
	in_fork(another_comes_first);
	ok(sync_rwlock_unlock(&rwlock));
	ok(sync_rwlock_unlock(&rwlock));
	held_by_a_thread(reads_and_waits, rwlock_is_free_for_all);
}
END_TEST

static void
others_are_kept_out(void)
{
	need(sync_rwlock_tryrdlock(&rwlock) == EBUSY);
	need(sync_rwlock_trywrlock(&rwlock) == EBUSY);
	need(sync_rwlock_unlock(&rwlock) == EPERM);
}

static void
i_write(void)
{
	in_new_thread(others_are_kept_out);
	need(sync_rwlock_rdlock(&rwlock) == EDEADLK);
	need(sync_rwlock_wrlock(&rwlock) == EDEADLK);
	need(sync_rwlock_destroy(&rwlock) == EBUSY);
	need(sync_rwlock_unlock(&rwlock) == 0);
	rwlock_is_free_for_all();
}

static void
i_write_for_long(void)
{
	in_fork(i_write);
	i_write();
}

START_TEST(rwlock_that_the_forking_thread_writes_is_still_written_in_the_child)
{
	fork_begin();
	ok(sync_rwlock_wrlock(&rwlock));
	in_fork(i_write_for_long);
	ok(sync_rwlock_unlock(&rwlock));
}
END_TEST

static void
makes_it_again(void)
{
	need(sync_rwlock_init(&rwlock, 0) == 0);
	rwlock_is_free_for_all();
}

START_TEST(rwlock_that_was_held_can_be_made_again_in_the_child)
{
	fork_begin();
	ok(sync_rwlock_rdlock(&rwlock));
	in_fork(makes_it_again);
	ok(sync_rwlock_unlock(&rwlock));
	ok(sync_rwlock_wrlock(&rwlock));
	in_fork(makes_it_again);
	ok(sync_rwlock_unlock(&rwlock));
}
END_TEST

/*
 * Threads that slept for a lock are not in the child.  The word is as a fork
 * copies it between an unlock and the turn of the thread that it woke.
 */
static void *
sleeps_for_mutex(void *arg)
{
	ok(sync_mutex_lock(&mutex));
	ok(sync_mutex_unlock(&mutex));
	return arg;
}

static void *
sleeps_for_rmutex(void *arg)
{
	ok(sync_rmutex_lock(&rmutex));
	ok(sync_rmutex_unlock(&rmutex));
	return arg;
}

static void
sleepers_are_not_counted(void)
{
	need(mutex.waiters != 0 && rmutex.waiters != 0);
	mutex.word = 0;
	rmutex.word = 0;
	need(sync_mutex_destroy(&mutex) == 0);
	need(sync_rmutex_destroy(&rmutex) == 0);
	need(sync_kmutex_destroy(&kmutex) == 0);
}

START_TEST(child_does_not_count_the_sleepers_of_the_parent)
{
	struct spawned *s[2];

	fork_begin();
	ok(sync_mutex_lock(&mutex));
	ok(sync_rmutex_lock(&rmutex));
	s[0] = spawn(sleeps_for_mutex, NULL);
	s[1] = spawn(sleeps_for_rmutex, NULL);
	until_asleep(s[0]);
	until_asleep(s[1]);
	in_fork(sleepers_are_not_counted);
	ok(sync_mutex_unlock(&mutex));
	ok(sync_rmutex_unlock(&rmutex));
	(void)finish(s[0]);
	(void)finish(s[1]);
	ok(sync_mutex_destroy(&mutex));
	ok(sync_rmutex_destroy(&rmutex));
}
END_TEST

int
main(void)
{
	Suite *s;
	TCase *tc;

	if (fork_skips() != 0)
		return fork_skips();
	s = suite_create("fork locks");
	tc = add_case(s, "another thread's");
	tcase_add_test(
	    tc, lock_held_by_another_thread_cannot_be_had_in_the_child);
	tcase_add_test(
	    tc, lock_held_by_another_thread_can_be_destroyed_in_the_child);
	tcase_add_test(
	    tc, kmutex_held_by_another_thread_cannot_be_had_in_the_child);
	tcase_add_test(tc, lock_of_an_earlier_survivor_is_lost);
	tcase_add_test(tc, rwlock_that_another_thread_held_is_free_in_the_child);
	tc = add_case(s, "its own");
	tcase_add_test(
	    tc, lock_held_by_the_forking_thread_is_its_own_in_the_child);
	tcase_add_test(
	    tc, kmutex_held_by_the_forking_thread_cannot_be_had_in_the_child);
	tcase_add_test(
	    tc, rwlock_that_the_forking_thread_reads_is_still_read_in_the_child);
	tcase_add_test(tc,
	    rwlock_that_the_forking_thread_writes_is_still_written_in_the_child);
	tcase_add_test(
	    tc, rwlock_that_was_held_can_be_made_again_in_the_child);
	tc = add_case(s, "nobody's");
	tcase_add_test(tc, child_does_not_count_the_sleepers_of_the_parent);
	tcase_add_test(tc, lock_that_nobody_held_can_be_had_in_the_child);
	tcase_add_test(
	    tc, unlock_in_the_child_reserves_nothing_for_a_lost_thread);
	tcase_add_test(
	    tc, lock_reserved_for_a_lost_thread_can_be_had_in_the_child);
	tcase_add_test(
	    tc, holder_that_unlocked_and_ended_is_not_taken_for_lost);
	tc = add_case(s, "atfork");
	if (fork_is_safe)
		tcase_add_test(tc,
		    atfork_lock_and_unlock_leaves_usable_locks_in_the_child);
	return run_suite(s);
}
