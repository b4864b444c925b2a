/* SPDX-License-Identifier: MIT */
/*
 * Lesson: two locks taken in opposite order deadlock: each thread holds what
 * the other waits for.  A deadline detects this; one order for all threads
 * prevents it.
 *
 *	def left():                         def right():
 *	    with noodles, chopsticks:           with chopsticks, noodles:
 *	        eat()                               eat()
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>

#define MEALS 1000
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

static struct sync_mutex noodles = SYNC_MUTEX_INIT;
static struct sync_mutex chopsticks = SYNC_MUTEX_INIT;
static struct sync_barrier both;
static int meals; /* under noodles and chopsticks */

/* Two mutexes in the order in which a diner takes them. */
struct diner {
	struct sync_mutex *first, *second;
	int err; /* of the second */
};

static void *
grab(void *arg)
{
	struct diner *d = arg;
	int err;

	sync_mutex_lock(d->first);
	sync_barrier_wait(&both, NULL); /* the unlucky moment, every time */
	err = sync_mutex_lock_until(d->second, sync_after_ms(50));
	if (err == 0)
		sync_mutex_unlock(d->second);
	sync_barrier_wait(&both, NULL); /* neither lets go of the first */
	sync_mutex_unlock(d->first);
	d->err = err;
	return NULL;
}

static void *
eat(void *arg)
{
	struct diner *d = arg;

	for (int i = 0; i < MEALS; i++) {
		sync_mutex_lock(d->first);
		sync_mutex_lock(d->second);
		meals++;
		sync_mutex_unlock(d->second);
		sync_mutex_unlock(d->first);
	}
	return NULL;
}

static void
dine(void *(*how)(void *), struct diner *left, struct diner *right)
{
	struct sync_thread l, r;

	check(sync_thread_start(&l, how, left, NULL) == 0);
	check(sync_thread_start(&r, how, right, NULL) == 0);
	check(sync_thread_join(&l, NULL) == 0);
	check(sync_thread_join(&r, NULL) == 0);
}

int
main(void)
{
	struct diner a = { &noodles, &chopsticks, 0 };
	struct diner b = { &chopsticks, &noodles, 0 };

	check(sync_barrier_init(&both, 2, NULL, NULL, 0) == 0);
	dine(grab, &a, &b);
	check(a.err == ETIMEDOUT && b.err == ETIMEDOUT);
	printf("opposite order: both have one and wait for the other\n");

	b = a; /* noodles before chopsticks, for all */
	dine(eat, &a, &b);
	check(meals == 2 * MEALS);
	printf("one order: %d meals\n", meals);
	return sync_barrier_destroy(&both) != 0;
}
