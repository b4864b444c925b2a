/* SPDX-License-Identifier: MIT */
/*
 * Lesson: consumers need not end.  join waits until all items that were put are
 * done.  Then main returns.  The consumers still wait for more items, and end
 * with the program, as Python's daemon threads do.
 *
 *	def consume():
 *	    while True:
 *	        bun = q.get()
 *	        eat(bun)
 *	        q.task_done()
 *	for i in range(3): Thread(target=consume, daemon=True).start()
 *	for bun in range(30): q.put(bun)
 *	q.join()
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>

#define CONSUMERS 3
#define BUNS      30
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

/* Never joined, never destroyed: static, so that they outlive main. */
static struct sync_thread consumers[CONSUMERS];
static struct sync_queue q; /* of int */
static int eaten[BUNS];     /* by whoever got the bun */

static void *
consume(void *unused)
{
	int bun;

	while (sync_queue_get(&q, &bun) == 0) {
		sync_thread_sleep_until(sync_after_ms(1));
		eaten[bun]++;
		check(sync_queue_task_done(&q) == 0);
	}
	return unused;
}

int
main(void)
{
	check(sync_queue_init(&q, SYNC_FIFO, sizeof(int), 5) == 0);
	for (int i = 0; i < CONSUMERS; i++)
		check(sync_thread_start(&consumers[i], consume, NULL, NULL)
		    == 0);
	for (int bun = 0; bun < BUNS; bun++)
		check(sync_queue_put(&q, &bun) == 0);
	check(sync_queue_join(&q) == 0);

	for (int bun = 0; bun < BUNS; bun++)
		check(eaten[bun] == 1);
	for (int i = 0; i < CONSUMERS; i++)
		check(sync_thread_tryjoin(&consumers[i], NULL) == EBUSY);
	printf("%d buns eaten; the consumers wait for more\n", BUNS);
	return 0;
}
