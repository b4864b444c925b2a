/* SPDX-License-Identifier: MIT */
/*
 * The cost of two threads' mutexes in one cache line: each thread locks and
 * unlocks its own mutex, with the mutexes side by side and 128 bytes apart.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

#include <libsync.h>

#define ROUNDS 2000000
#define RUNS   9
#define APART  128

static _Alignas(APART) unsigned char room[2 * APART];
static struct sync_barrier start;

static void *
work(void *mutex)
{
	struct sync_mutex *m = mutex;
	int i;

	(void)sync_barrier_wait(&start, NULL);
	for (i = 0; i < ROUNDS; i++) {
		(void)sync_mutex_lock(m);
		(void)sync_mutex_unlock(m);
	}
	return NULL;
}

/* Nanoseconds for one lock and unlock of mutexes at this distance in bytes. */
static double
measure(size_t apart)
{
	struct sync_thread t[2];
	sync_time began;
	int i;

	memset(room, 0, sizeof(room)); /* two valid mutexes, at any address */
	for (i = 0; i < 2; i++)
		if (sync_thread_start(&t[i], work, room + (size_t)i * apart,
			NULL) != 0) {
			(void)fputs("neighbours: cannot start a thread\n", stderr);
			exit(2);
		}
	(void)sync_barrier_wait(&start, NULL);
	began = sync_time_now();
	for (i = 0; i < 2; i++)
		(void)sync_thread_join(&t[i], NULL);
	return (double)(sync_time_now() - began) / ROUNDS;
}

static double
median(double *v)
{
	gsl_sort(v, 1, RUNS);
	return gsl_stats_median_from_sorted_data(v, 1, RUNS);
}

int
main(void)
{
	double beside[RUNS], apart[RUNS], near, far;
	int i;

	if (sync_barrier_init(&start, 3, NULL, NULL, 0) != 0)
		return 2;
	for (i = 0; i < RUNS; i++) {
		beside[i] = measure(sizeof(struct sync_mutex));
		apart[i] = measure(APART);
	}
	near = median(beside);
	far = median(apart);
	printf("two mutexes side by side %.1f ns, %d bytes apart %.1f ns: "
	       "%.1f times\n",
	    near, APART, far, near / far);
	return 0;
}
