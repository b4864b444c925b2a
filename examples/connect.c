/* SPDX-License-Identifier: MIT */
/*
 * Lesson: wait in short intervals, so that the program can report each failed
 * try, and give up after a number of them.  The event tells all workers at once
 * that the server is up.
 *
 *	def connect(tries):
 *	    for n in range(1, tries + 1):
 *	        if up.wait(0.02):
 *	            return print("connected")
 *	        print("try", n, "failed")
 *	    print("gives up")
 */
#include <libsync.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define WORKERS 4
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

static struct sync_event up = SYNC_EVENT_INIT;

struct worker {
	struct sync_thread thread;
	const char *name;
	int tries;     /* at most */
	int connected; /* the outcome, after join */
};

static void *
connect_to_server(void *arg)
{
	struct worker *w = arg;

	for (int n = 1; n <= w->tries; n++) {
		if (sync_event_wait_until(&up, sync_after_ms(20)) == 0) {
			printf("%s is connected\n", w->name);
			w->connected = 1;
			return NULL;
		}
		printf("%s: try %d failed\n", w->name, n);
	}
	printf("%s gives up\n", w->name);
	return NULL;
}

int
main(void)
{
	struct worker w[WORKERS] = {
		{ .name = "hasty", .tries = 3 },
		{ .name = "patient 1", .tries = INT_MAX },
		{ .name = "patient 2", .tries = INT_MAX },
		{ .name = "patient 3", .tries = INT_MAX },
	};

	for (int i = 0; i < WORKERS; i++)
		check(sync_thread_start(&w[i].thread, connect_to_server, &w[i],
		    NULL) == 0);
	check(sync_thread_join(&w[0].thread, NULL) == 0);
	printf("the server is up\n");
	sync_event_set(&up);
	for (int i = 1; i < WORKERS; i++)
		check(sync_thread_join(&w[i].thread, NULL) == 0);
	for (int i = 0; i < WORKERS; i++)
		check(w[i].connected == (i > 0));
	return 0;
}
