/* SPDX-License-Identifier: MIT */
/*
 * Lesson: check and act under one lock.  If another thread runs between "is
 * there one left?" and "it is mine", the last ticket may be sold twice.
 *
 *	def buy():
 *	    global left
 *	    while True:
 *	        with lock:
 *	            if left == 0:
 *	                return
 *	            time.sleep(0.001)
 *	            print(current_thread().name, "buys ticket", left)
 *	            left -= 1
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>

#define BUYERS  4
#define TICKETS 40
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

static struct sync_mutex lock = SYNC_MUTEX_INIT;
static int left = TICKETS;    /* under lock */
static int sold[TICKETS + 1]; /* under lock; how often each was sold */

static void *
buy(void *unused)
{
	const char *me = sync_thread_name(sync_thread_current());

	for (;;) {
		sync_mutex_lock(&lock);
		if (left == 0) {
			sync_mutex_unlock(&lock);
			return unused;
		}
		sync_thread_sleep_until(sync_after_ms(1)); /* print it */
		printf("%s buys ticket %d\n", me, left);
		sold[left--]++;
		sync_mutex_unlock(&lock);
	}
}

int
main(void)
{
	static const char *const names[BUYERS] = { "Ann", "Bob", "Cem", "Dai" };
	struct sync_thread t[BUYERS];

	for (int i = 0; i < BUYERS; i++)
		check(sync_thread_start(&t[i], buy, NULL,
		    &(struct sync_thread_options){ .name = names[i] }) == 0);
	for (int i = 0; i < BUYERS; i++)
		check(sync_thread_join(&t[i], NULL) == 0);
	for (int i = 1; i <= TICKETS; i++)
		check(sold[i] == 1);
	printf("%d sold, %d left\n", TICKETS, left);
	return left != 0;
}
