/* SPDX-License-Identifier: MIT */
/*
 * Locks in the child of a fork, with marks that threads of the parent left in
 * them: sleepers, and a turn that is reserved for a thread that is lost.
 */
#include "wait/ownlock.h"
#include "plat.h"

#include "fork_support.h"

#define STARVED (OWN_WAITERS | OWN_STARVED)

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

/*
 * Threads that slept for a lock are not in the child.  The word is as a fork
 * copies it between an unlock and the turn of the thread that it woke.
 */
static void *
locks_rmutex_once(void *arg)
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
	s[0] = spawn(locks_once, NULL);
	s[1] = spawn(locks_rmutex_once, NULL);
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
	Suite *s = suite_create("fork marks");
	TCase *tc = add_case(s, "marks");

	tcase_add_test(tc, child_does_not_count_the_sleepers_of_the_parent);
	tcase_add_test(
	    tc, unlock_in_the_child_reserves_nothing_for_a_lost_thread);
	tcase_add_test(
	    tc, lock_reserved_for_a_lost_thread_can_be_had_in_the_child);
	tcase_add_test(
	    tc, holder_that_unlocked_and_ended_is_not_taken_for_lost);
	return run_fork_suite(s);
}
