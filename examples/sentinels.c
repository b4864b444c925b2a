/* SPDX-License-Identifier: MIT */
/*
 * Lesson: sentinels end the consumers of a queue.  After the last item, main
 * puts one sentinel for each consumer, here a null pointer.
 *
 *	q = Queue(10)
 *	def produce(buns):
 *	    for bun in buns:
 *	        q.put(bun)
 *	def consume():
 *	    while (bun := q.get()) is not None:
 *	        bun.eaten += 1
 *	...
 *	for p in producers: p.join()
 *	for c in consumers: q.put(None)
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>

#define PRODUCERS 2
#define CONSUMERS 3
#define BUNS      100 /* from each producer */
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

struct bun {
	int number, eaten;
};

static struct sync_queue q; /* of struct bun * */

static void *
produce(void *arg)
{
	struct bun *buns = arg;

	for (int i = 0; i < BUNS; i++) {
		struct bun *bun = &buns[i];

		bun->number = i;
		check(sync_queue_put(&q, &bun) == 0);
	}
	return NULL;
}

static void *
consume(void *unused)
{
	struct bun *bun;

	/* The queue hands over what it points to as well: no lock here. */
	while (sync_queue_get(&q, &bun) == 0 && bun != NULL)
		bun->eaten++;
	return unused;
}

static void
work(struct bun buns[PRODUCERS][BUNS])
{
	struct sync_thread p[PRODUCERS], c[CONSUMERS];

	for (int i = 0; i < CONSUMERS; i++)
		check(sync_thread_start(&c[i], consume, NULL, NULL) == 0);
	for (int i = 0; i < PRODUCERS; i++)
		check(sync_thread_start(&p[i], produce, buns[i], NULL) == 0);

	for (int i = 0; i < PRODUCERS; i++)
		check(sync_thread_join(&p[i], NULL) == 0);
	for (int i = 0; i < CONSUMERS; i++)
		check(sync_queue_put(&q, &(struct bun *){ NULL }) == 0);
	for (int i = 0; i < CONSUMERS; i++)
		check(sync_thread_join(&c[i], NULL) == 0);
}

int
main(void)
{
	static struct bun buns[PRODUCERS][BUNS];

	check(sync_queue_init(&q, SYNC_FIFO, sizeof(struct bun *), 10) == 0);
	work(buns);
	for (int i = 0; i < PRODUCERS; i++)
		for (int k = 0; k < BUNS; k++)
			check(buns[i][k].number == k && buns[i][k].eaten == 1);
	printf("%d buns, each eaten once\n", PRODUCERS * BUNS);
	return sync_queue_destroy(&q) != 0;
}
