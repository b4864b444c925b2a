/* SPDX-License-Identifier: MIT */
/*
 * Lesson: a semaphore counts places.  Twelve people want to use a karaoke box
 * that has four places.  If it is full, they wait until somebody leaves.
 *
 *	places = BoundedSemaphore(4)
 *	def sing():
 *	    with places:
 *	        time.sleep(0.02)
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>

#define PEOPLE 12
#define PLACES 4
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

static struct sync_sem places = SYNC_SEM_INIT(PLACES, PLACES);
static struct sync_mutex lock = SYNC_MUTEX_INIT;
static int inside; /* under lock */

static void
door(const char *verb, int change)
{
	sync_mutex_lock(&lock);
	inside += change;
	check(inside >= 0 && inside <= PLACES);
	printf("somebody %s: %d inside\n", verb, inside);
	sync_mutex_unlock(&lock);
}

static void *
sing(void *unused)
{
	sync_sem_wait(&places);
	door("enters", 1);
	sync_thread_sleep_until(sync_after_ms(20));
	door("leaves", -1);
	sync_sem_post(&places);
	return unused;
}

int
main(void)
{
	struct sync_thread t[PEOPLE];

	for (int i = 0; i < PEOPLE; i++)
		check(sync_thread_start(&t[i], sing, NULL, NULL) == 0);
	for (int i = 0; i < PEOPLE; i++)
		check(sync_thread_join(&t[i], NULL) == 0);
	/* The maximum finds a post too many, as with BoundedSemaphore. */
	check(sync_sem_value(&places) == PLACES);
	check(sync_sem_post(&places) == EOVERFLOW);
	return 0;
}
