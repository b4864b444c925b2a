/* SPDX-License-Identifier: MIT */
/*
 * Lesson: three ways to meet.  A latch counts down once: main waits until all
 * runners are at the line.  A latch of one is a starting gun.  A barrier is
 * used again and again: no runner begins a lap before all have ended the lap
 * before it.  The last to arrive runs the action while the others wait.
 *
 *	laps = Barrier(4, action=call_lap)
 *	def run():
 *	    at_line.release()               # Python has no latch
 *	    gun.wait()
 *	    for lap in range(3):
 *	        distance[me] += 400
 *	        laps.wait()
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>

#define RUNNERS 4
#define LAPS    3
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

static struct sync_latch at_line = SYNC_LATCH_INIT(RUNNERS);
static struct sync_latch gun = SYNC_LATCH_INIT(1);
static struct sync_barrier laps;
static int distance[RUNNERS]; /* by its runner, read by the action */

static void
call_lap(void *arg)
{
	int *lap = arg;

	++*lap;
	for (int i = 0; i < RUNNERS; i++)
		check(distance[i] == *lap * 400);
	printf("all have run %d m\n", *lap * 400);
}

static void *
run(void *arg)
{
	int *mine = arg;

	sync_latch_count_down(&at_line);
	sync_latch_wait(&gun);
	for (int lap = 0; lap < LAPS; lap++) {
		*mine += 400;
		check(sync_barrier_wait(&laps, NULL) == 0);
	}
	return NULL;
}

int
main(void)
{
	struct sync_thread t[RUNNERS];
	int lap = 0;

	check(sync_barrier_init(&laps, RUNNERS, call_lap, &lap, 0) == 0);
	for (int i = 0; i < RUNNERS; i++)
		check(sync_thread_start(&t[i], run, &distance[i], NULL) == 0);
	sync_latch_wait(&at_line);
	for (int i = 0; i < RUNNERS; i++)
		check(distance[i] == 0); /* no false start */
	printf("%d runners at the line; go\n", RUNNERS);
	sync_latch_count_down(&gun);
	for (int i = 0; i < RUNNERS; i++)
		check(sync_thread_join(&t[i], NULL) == 0);
	check(lap == LAPS);
	return sync_barrier_destroy(&laps) != 0;
}
