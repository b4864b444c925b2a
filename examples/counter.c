/* SPDX-License-Identifier: MIT */
/*
 * Lesson: num -= 1 is three steps: read, subtract, write.  A hundred threads
 * each take one from 100.  They reach 0 only if the steps of different threads
 * do not overlap.  (The pause has the effect of a badly timed thread switch.)
 *
 *	def take_one():
 *	    global num
 *	    with lock:
 *	        seen = num
 *	        time.sleep(0.001)
 *	        num = seen - 1
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>

#define THREADS 100
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

static struct sync_mutex lock = SYNC_MUTEX_INIT;
static int num = THREADS; /* under lock */

static void *
take_one(void *unused)
{
	int seen;

	sync_mutex_lock(&lock);
	seen = num;
	sync_thread_sleep_until(sync_after_ms(1));
	num = seen - 1;
	sync_mutex_unlock(&lock);
	return unused;
}

int
main(void)
{
	struct sync_thread t[THREADS];

	for (int i = 0; i < THREADS; i++)
		check(sync_thread_start(&t[i], take_one, NULL, NULL) == 0);
	for (int i = 0; i < THREADS; i++)
		check(sync_thread_join(&t[i], NULL) == 0);
	/* What a thread wrote is seen after its join, so no lock here. */
	printf("num is %d\n", num);
	return num != 0;
}
