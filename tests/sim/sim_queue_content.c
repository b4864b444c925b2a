/* SPDX-License-Identifier: MIT */
/*
 * The content of a queue, in calls of one thread: when the ring wraps around,
 * when it or a stack grows, when a heap is deep, and when there is no memory.
 */
#include "sim_support.h"

static struct sync_queue q;
static int payload;

struct element {
	int64_t priority;
	int64_t number;
};

static void
put_numbers(int64_t first, int64_t n)
{
	struct element x = { 0, first };

	for (; x.number < first + n; x.number++)
		SYNC_OK(sync_queue_put(&q, &x));
}

static void
get_numbers(int64_t first, int64_t n)
{
	struct element x;

	for (; n > 0; n--) {
		SYNC_OK(sync_queue_get(&q, &x));
		SYNC_ASSERT(x.number == first);
		first++;
	}
}

static void
ring_goes_around(void *arg)
{
	int64_t i;

	(void)arg;
	SYNC_OK(sync_queue_init(&q, SYNC_FIFO, sizeof(struct element), 3));
	put_numbers(0, 2);
	for (i = 0; i < 7; i++) {
		put_numbers(i + 2, 1);
		get_numbers(i, 1);
	}
	get_numbers(7, 2);
	SYNC_OK(sync_queue_destroy(&q));
}

/* It starts with room for 16. */
static void
ring_grows(void *arg)
{
	(void)arg;
	SYNC_OK(sync_queue_init(
	    &q, SYNC_FIFO, sizeof(struct element), SYNC_UNBOUNDED));
	put_numbers(0, 16);
	get_numbers(0, 5);
	put_numbers(16, 12);
	get_numbers(5, 23);
	SYNC_OK(sync_queue_destroy(&q));
}

static void
stack_grows(void *arg)
{
	struct element x;
	int64_t i;

	(void)arg;
	SYNC_OK(sync_queue_init(
	    &q, SYNC_LIFO, sizeof(struct element), SYNC_UNBOUNDED));
	put_numbers(0, 18);
	for (i = 18; i-- > 0;) {
		SYNC_OK(sync_queue_get(&q, &x));
		SYNC_ASSERT(x.number == i);
	}
	SYNC_OK(sync_queue_destroy(&q));
}

static void
heap_is_deep(void *arg)
{
	static const int64_t priorities[] = { 0, 50, 10, 90, 91, 92, 93, 94,
		20, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 5, 9, 3, 3, 12, 0, 7 };
	struct element x, before = { -1, 0 };
	int64_t i, n = (int64_t)SIM_COUNT(priorities);

	(void)arg;
	SYNC_OK(sync_queue_init(&q, SYNC_PRIORITY, sizeof(x), (size_t)n));
	for (i = 0; i < n; i++) {
		x = (struct element) { priorities[i], i };
		SYNC_OK(sync_queue_put(&q, &x));
	}
	for (i = 0; i < n; i++) {
		SYNC_OK(sync_queue_get(&q, &x));
		SYNC_ASSERT(x.priority == priorities[x.number]);
		SYNC_ASSERT(x.priority > before.priority
		    || (x.priority == before.priority
			&& x.number > before.number));
		before = x;
	}
	SYNC_OK(sync_queue_destroy(&q));
}

/* Without memory an unbounded queue returns ENOMEM, and keeps its elements. */
static void
memory_for_growth_is_refused(void *arg)
{
	int *p = &payload, *r, err, i;

	(void)arg;
	err = sync_queue_init(&q, SYNC_FIFO, sizeof(p), SYNC_UNBOUNDED);
	SYNC_ASSERT(err == 0 || err == ENOMEM);
	if (err == ENOMEM)
		SYNC_OK(sync_queue_init(&q, SYNC_FIFO, sizeof(p), 20));
	for (i = 0; i < 17; i++) {
		err = sync_queue_put(&q, &p);
		SYNC_ASSERT(err == 0 || (err == ENOMEM && i == 16));
	}
	SYNC_ASSERT(sync_queue_len(&q) == (err == 0 ? 17 : 16));
	for (i = 0; i < (err == 0 ? 17 : 16); i++) {
		SYNC_OK(sync_queue_get(&q, &r));
		SYNC_ASSERT(r == p);
	}
	SYNC_OK(sync_queue_task_done_n(&q, (size_t)i));
	SYNC_OK(sync_queue_join(&q));
	SYNC_OK(sync_queue_destroy(&q));
}

static const struct sim_scenario scenarios[] = {
	{ .name = "a ring goes around", .test = ring_goes_around },
	{ .name = "a ring grows", .test = ring_grows },
	{ .name = "a stack grows", .test = stack_grows },
	{ .name = "a heap is deep", .test = heap_is_deep },
	{ .name = "memory for growth is refused", .calls = true,
	    .test = memory_for_growth_is_refused, .failures = 1 },
};

int
main(void)
{
	return sim_main("queue_content", scenarios, SIM_COUNT(scenarios));
}
