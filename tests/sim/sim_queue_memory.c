/* SPDX-License-Identifier: MIT */
/*
 * The memory order of the queue's calls: what a thread wrote before a put, a
 * task_done or a close is visible after the get, the join or the EPIPE.  An
 * element comes whole, and lengths are those of some moment.
 */
#include "sim_queue_support.h"

static void
peek_and_look(unsigned me)
{
	int *p;

	(void)me;
	if (sync_queue_peek(&q, &p) == 0)
		SYNC_ASSERT(SYNC_READ(*p) == 1);
}

static void
peek_at_either(unsigned me)
{
	int *p;

	(void)me;
	if (sync_queue_peek(&q, &p) == 0)
		SYNC_ASSERT(p == &payload[0] || p == &payload[1]);
}

/* Everything written before task_done is visible after the join. */
static void
put_and_join(unsigned me)
{
	(void)me;
	put(0, 1);
	SYNC_OK(sync_queue_join(&q));
	SYNC_ASSERT(SYNC_READ(answer) == 2);
}

static void
join_and_look(unsigned me)
{
	(void)me;
	SYNC_OK(sync_queue_join(&q));
	SYNC_ASSERT(SYNC_READ(answer) == 2);
}

/* However late the put, and the task that was done, become visible. */
static int finished[2];

static void
put_and_finish(unsigned me)
{
	put(0, 1);
	finished[me] = sync_queue_task_done(&q);
}

static void
finish_what_may_be(unsigned me)
{
	finished[me] = sync_queue_task_done(&q);
}

static void
one_was_right(void)
{
	SYNC_ASSERT(finished[0] == (finished[1] == 0 ? EINVAL : 0));
	SYNC_ASSERT(finished[1] == (finished[0] == 0 ? EINVAL : 0));
}

/* However late a put and a get become visible, there is at most one element. */
static void
put_and_get(unsigned me)
{
	(void)me;
	put(0, 1);
	(void)got();
}

static void
put_get_and_put(unsigned me)
{
	put_and_get(me);
	put(0, 2);
}

static void
put_get_and_put_n(unsigned me)
{
	int *p = &payload[0];

	put_and_get(me);
	SYNC_OK(sync_queue_put_n(&q, &p, 1, NULL));
}

static void
count(unsigned me)
{
	(void)me;
	SYNC_ASSERT(sync_queue_len(&q) <= 1);
}

/* Everything written before a close is visible after each EPIPE. */
static void
write_and_close(unsigned me)
{
	(void)me;
	SYNC_WRITE(answer) = 2;
	SYNC_OK(sync_queue_close(&q));
}

static void
get_to_the_end(unsigned me)
{
	int *p;

	(void)me;
	SYNC_ASSERT(sync_queue_get(&q, &p) == EPIPE);
	SYNC_ASSERT(SYNC_READ(answer) == 2);
}

static void
see_the_end(unsigned me)
{
	int *p = NULL;

	(void)me;
	if (sync_queue_is_closed(&q))
		SYNC_ASSERT(SYNC_READ(answer) == 2);
	if (sync_queue_peek(&q, &p) == EPIPE)
		SYNC_ASSERT(SYNC_READ(answer) == 2);
	if (sync_queue_tryput(&q, &p) == EPIPE)
		SYNC_ASSERT(SYNC_READ(answer) == 2);
}

/* A slot is not filled while a thread copies its old element. */
static void
get_and_put(unsigned me)
{
	(void)me;
	SYNC_ASSERT(got() == &payload[0]);
	put(1, 2);
}

static void
nothing_is_left(void)
{
	int *p;

	SYNC_ASSERT(sync_queue_tryget(&q, &p) == EPIPE);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "elements come whole", FIFO(2, 0),
	    .roles = { put_both, get_one, get_one }, .weak = 1, .cut = true },
	{ .name = "room for one orders the putters too", FIFO(1, 0),
	    .roles = { get_both, put_first, put_second }, .large = true,
	    .cut = true },
	{ .name = "an element at the deadline comes whole", FIFO(1, 0),
	    .roles = { put_first, get_and_take }, .weak = 2 },
	{ .name = "a peek sees all of it", FIFO(1, 0),
	    .roles = { put_first, peek_and_look }, .weak = 2 },
	{ .name = "a join sees the work", FIFO(1, 0),
	    .roles = { put_and_join, work }, .weak = 1 },
	{ .name = "a join sees what was dropped", FIFO(1, 1),
	    .roles = { close_now, join_and_look }, .weak = 2 },
	{ .name = "one task is done once", FIFO(1, 0),
	    .roles = { put_and_finish, finish_what_may_be },
	    .end = one_was_right, .weak = 2 },
	{ .name = "len is what may be", FIFO(2, 0),
	    .roles = { put_and_get, count }, .weak = 2 },
	{ .name = "len is what was at one moment", FIFO(2, 0),
	    .roles = { put_get_and_put, count }, .weak = 2 },
	{ .name = "the same with put_n", FIFO(2, 0),
	    .roles = { put_get_and_put_n, count }, .weak = 2 },
	{ .name = "a getter sees what was before the end", FIFO(1, 0),
	    .roles = { write_and_close, get_to_the_end }, .weak = 2 },
	{ .name = "others see what was before the end", FIFO(1, 0),
	    .roles = { write_and_close, see_the_end }, .weak = 2 },
	{ .name = "others see what was before the end of a stack", LIFO(1, 0),
	    .roles = { write_and_close, see_the_end }, .weak = 2 },
	{ .name = "a peek copies one element", FIFO(1, 1),
	    .roles = { get_and_put, peek_at_either }, .weak = 2 },
	{ .name = "two peek", FIFO(1, 1),
	    .roles = { get_and_put, peek_at_either, peek_at_either } },
	{ .name = "close_now beside a peek", FIFO(1, 1),
	    .roles = { close_now, peek_at_either }, .end = nothing_is_left },
};

int
main(void)
{
	return sim_main("queue_memory", scenarios, SIM_COUNT(scenarios));
}
