/* SPDX-License-Identifier: MIT */
/*
 * Fork handlers that lock before the fork and unlock after it, in the parent and
 * in the child: pthread_atfork(lock, unlock, unlock), with locks of every kind.
 */
#include <pthread.h>

#include "fork_support.h"

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

int
main(void)
{
	Suite *s = suite_create("fork handlers");
	TCase *tc = add_case(s, "atfork");

	if (fork_is_safe)
		tcase_add_test(tc,
		    atfork_lock_and_unlock_leaves_usable_locks_in_the_child);
	return run_fork_suite(s);
}
