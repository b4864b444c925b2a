/* SPDX-License-Identifier: MIT */
/*
 * Lesson: SYNC_WITH is Python's with.  The lock is released on every way out of
 * the block, even by an early return, so nobody can forget to release it.
 *
 *	def withdraw(n):
 *	    global balance
 *	    with lock:
 *	        if n > balance:
 *	            return False
 *	        balance -= n
 *	        return True
 */
#include <libsync.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#define PEOPLE 3
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

static struct sync_mutex lock = SYNC_MUTEX_INIT;
static int balance = 100; /* under lock */

static bool
withdraw(int n)
{
	SYNC_WITH(&lock) {
		if (n > balance)
			return false;
		balance -= n;
		return true;
	}
}

static void *
spend(void *arg)
{
	int *spent = arg;

	while (withdraw(7)) {
		check(!sync_mutex_held(&lock));
		*spent += 7;
	}
	check(!sync_mutex_held(&lock));
	return NULL;
}

int
main(void)
{
	struct sync_thread t[PEOPLE];
	int spent[PEOPLE] = { 0 }, total = 0;

	for (int i = 0; i < PEOPLE; i++)
		check(sync_thread_start(&t[i], spend, &spent[i], NULL) == 0);
	for (int i = 0; i < PEOPLE; i++) {
		check(sync_thread_join(&t[i], NULL) == 0);
		total += spent[i];
	}
	printf("spent %d, left %d\n", total, balance);
	return total + balance != 100;
}
