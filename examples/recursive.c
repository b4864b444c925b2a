/* SPDX-License-Identifier: MIT */
/*
 * Lesson: a function that holds a lock and calls another that takes the same
 * lock waits for itself.  A plain mutex returns an error (Python's Lock hangs).
 * A holder can lock a recursive mutex again, and the mutex counts the levels.
 *
 *	lock = RLock()              # with Lock() interest() never returns
 *	def deposit(n):
 *	    global balance
 *	    with lock:
 *	        balance += n
 *	def interest():
 *	    with lock:
 *	        deposit(balance // 10)
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>

#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

static struct sync_mutex plain = SYNC_MUTEX_INIT;
static struct sync_rmutex lock = SYNC_RMUTEX_INIT;
static long balance = 1000; /* under lock */
static uint32_t deepest;    /* under lock */

static void
deposit(long n)
{
	sync_rmutex_lock(&lock);
	balance += n;
	deepest = sync_rmutex_depth(&lock);
	sync_rmutex_unlock(&lock);
}

static void *
interest(void *unused)
{
	sync_rmutex_lock(&lock);
	deposit(balance / 10);
	sync_rmutex_unlock(&lock);
	return unused;
}

/* No analysis: Clang's -Wthread-safety sees the mistake without running it. */
static SYNC_NO_ANALYSIS void
mistake(void)
{
	sync_mutex_lock(&plain);
	check(sync_mutex_lock(&plain) == EDEADLK);
	check(sync_mutex_unlock(&plain) == 0);
	printf("plain mutex, locked twice: EDEADLK\n");
}

int
main(void)
{
	struct sync_thread t[2];

	mistake();
	for (int i = 0; i < 2; i++)
		check(sync_thread_start(&t[i], interest, NULL, NULL) == 0);
	for (int i = 0; i < 2; i++)
		check(sync_thread_join(&t[i], NULL) == 0);
	check(balance == 1210 && deepest == 2);
	printf("recursive mutex, %u levels: balance %ld\n", deepest, balance);
	return sync_rmutex_held(&lock);
}
