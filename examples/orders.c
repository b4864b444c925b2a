/* SPDX-License-Identifier: MIT */
/*
 * Lesson: three orders, one set of functions.  Each queue has room for three
 * elements.  A fourth put would block, and a fourth tryput fails.
 *
 *	for q in Queue(3), LifoQueue(3), PriorityQueue(3):
 *	    for item in (20, "gold"), (30, "copper"), (10, "diamond"):
 *	        q.put(item)
 *	    while not q.empty():
 *	        print(q.get())
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>

#define ROOM 3
#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

struct item {
	int64_t priority; /* looked for at the start; smaller is first */
	const char *name;
};

static void
show(const char *title, enum sync_queue_order order)
{
	static const struct item items[ROOM] = { { 20, "gold" },
		{ 30, "copper" }, { 10, "diamond" } };
	struct sync_queue q;
	struct item item;

	check(sync_queue_init(&q, order, sizeof(struct item), ROOM) == 0);
	for (int i = 0; i < ROOM; i++)
		check(sync_queue_put(&q, &items[i]) == 0);
	check(sync_queue_len(&q) == ROOM);
	check(sync_queue_tryput(&q, &items[0]) == EAGAIN);

	printf("%s:", title);
	while (sync_queue_tryget(&q, &item) == 0)
		printf(" %s", item.name);
	printf("\n");
	check(sync_queue_destroy(&q) == 0);
}

int
main(void)
{
	show("fifo", SYNC_FIFO);
	show("lifo", SYNC_LIFO);
	show("priority", SYNC_PRIORITY);
	return 0;
}
