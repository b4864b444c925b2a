/* SPDX-License-Identifier: MIT */
/*
 * Lesson: an event is a traffic light.  While it is red, all cars wait.  When it
 * turns green, they all go at once, and later cars do not stop.  A wait can have
 * a deadline: the police car waits half a second at most.
 *
 *	def car():
 *	    green.wait()
 *	def police():
 *	    if not green.wait(0.5):
 *	        print("police car goes through the red light")
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>

#define CARS 3
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

static struct sync_event green = SYNC_EVENT_INIT; /* clear: red */

static void *
car(void *unused)
{
	check(sync_event_wait(&green) == 0);
	printf("car goes at green\n");
	return unused;
}

static void *
police(void *unused)
{
	sync_time deadline = sync_after_ms(500);

	if (sync_event_wait_until(&green, deadline) == 0) {
		printf("police car goes at green\n");
		return unused;
	}
	check(sync_time_now() >= deadline);
	printf("police car goes through the red light\n");
	return unused;
}

static void
drive(struct sync_thread *t, void *(*who)(void *))
{
	check(sync_thread_start(t, who, NULL, NULL) == 0);
}

int
main(void)
{
	struct sync_thread cars[CARS], cop;

	for (int i = 0; i < CARS; i++)
		drive(&cars[i], car);
	drive(&cop, police);
	check(sync_thread_join(&cop, NULL) == 0);

	printf("the light turns green\n");
	sync_event_set(&green);
	for (int i = 0; i < CARS; i++)
		check(sync_thread_join(&cars[i], NULL) == 0);
	drive(&cop, police);
	check(sync_thread_join(&cop, NULL) == 0);

	sync_event_clear(&green);
	check(sync_event_trywait(&green) == EAGAIN);
	printf("the light turns red\n");
	return 0;
}
