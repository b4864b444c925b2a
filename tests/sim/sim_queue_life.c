/* SPDX-License-Identifier: MIT */
/*
 * When a queue may be destroyed and freed: a thread that got the last element,
 * that has joined, or that has seen the end may destroy it at once, although the
 * call that released this thread has not returned.
 */
#include "sim_queue_support.h"

/* No thread uses the queue any more. */
static void
end_and_free(void)
{
	SYNC_OK(sync_queue_destroy(&q));
	sim_free(&q, sizeof(q));
}

static void
get_and_free(unsigned me)
{
	(void)me;
	(void)got();
	end_and_free();
}

static void
get_both_and_free(unsigned me)
{
	get_both(me);
	end_and_free();
}

static void
get_and_free_the_last(unsigned me)
{
	(void)me;
	if (got() == &payload[1])
		end_and_free();
}

/* A consumer that has seen the end frees. */
static void
wait_for_the_end_and_free(unsigned me)
{
	int *p = NULL;

	(void)me;
	SYNC_ASSERT(sync_queue_get(&q, &p) == EPIPE && p == NULL);
	end_and_free();
}

/*
 * An element that comes at the deadline is taken, and the put that brought it
 * is late.
 */
static void
get_at_the_deadline_and_free(unsigned me)
{
	int *p = NULL;

	(void)me;
	if (sync_queue_get_until(&q, &p, sim_soon(0)) == 0)
		end_and_free();
}

static void
join_at_the_deadline_and_free(unsigned me)
{
	(void)me;
	if (sync_queue_join_until(&q, sim_soon(0)) == 0)
		end_and_free();
}

/* A thread that may free it may reuse the memory. */
static void
begin_again(void)
{
	SYNC_OK(sync_queue_destroy(&q));
	SYNC_OK(sync_queue_init(&q, SYNC_FIFO, sizeof(int *), 1));
	SYNC_OK(sync_queue_destroy(&q));
}

static void
get_and_begin_again(unsigned me)
{
	(void)me;
	(void)got();
	begin_again();
}

static void
join_and_begin_again(unsigned me)
{
	(void)me;
	SYNC_OK(sync_queue_join(&q));
	begin_again();
}

/*
 * A thread that has seen that there is an element may end the queue, although
 * no thread has got it.  (Destroy waits for a producer that is about to count
 * itself; to see that takes three preemptions.)
 */
static void
put_one(unsigned me)
{
	int *p = &payload[0];

	(void)me;
	SYNC_OK(sync_queue_put(&q, &p));
}

static void
end_when_there(unsigned me)
{
	(void)me;
	if (sync_queue_unfinished(&q) == 0 || sync_queue_len(&q) == 0)
		return;
	SYNC_OK(sync_queue_destroy(&q));
	sim_saw(0);
	sim_free(&q, sizeof(q));
}

static void
end_when_counted(unsigned me)
{
	(void)me;
	if (sync_queue_unfinished(&q) == 0)
		return;
	SYNC_OK(sync_queue_destroy(&q));
	sim_saw(0);
	sim_free(&q, sizeof(q));
}

/* Leaves a mark, so that the put owes a wake. */
static void
has_a_mark(const void *start)
{
	int *p;

	queue_begin(start);
	SYNC_ASSERT(sync_queue_get_until(&q, &p, sim_soon(1)) == ETIMEDOUT);
}

static const struct queue_start fifo = { SYNC_FIFO, 2, 0 };
static const struct queue_start lifo = { SYNC_LIFO, 2, 0 };

static const struct sim_scenario scenarios[] = {
	{ .name = "the getter frees the queue", FIFO(1, 0),
	    .roles = { put_first, get_and_free }, .weak = 2 },
	{ .name = "the last getter frees the queue", FIFO(1, 0),
	    .roles = { put_both, get_both_and_free }, .weak = 1 },
	{ .name = "the getter frees the queue of two putters", FIFO(1, 0),
	    .roles = { get_both_and_free, put_first, put_second },
	    .cut = true },
	{ .name = "who gets the last frees the queue", FIFO(2, 2),
	    .roles = { get_and_free_the_last, get_and_free_the_last },
	    .weak = 2 },
	{ .name = "who was told of the end frees the queue", FIFO(1, 0),
	    .roles = { close_queue, wait_for_the_end_and_free } },
	{ .name = "a getter at its deadline frees the queue", FIFO(1, 0),
	    .roles = { put_first, get_at_the_deadline_and_free }, .weak = 2 },
	{ .name = "a joiner at its deadline frees the queue", FIFO(1, 1),
	    .roles = { work, join_at_the_deadline_and_free }, .weak = 1 },
	{ .name = "the getter makes the queue again", FIFO(1, 0),
	    .roles = { put_first, get_and_begin_again }, .weak = 2 },
	{ .name = "the joiner makes the queue again", FIFO(1, 1),
	    .roles = { work, join_and_begin_again }, .weak = 1 },
	{ .name = "a joiner of what was dropped makes it again", FIFO(1, 1),
	    .roles = { close_now, join_and_begin_again } },
	{ .name = "a queue is ended under a putter", .begin = has_a_mark,
	    .arg = &fifo, .roles = { put_one, end_when_there }, .sees = 1 },
	{ .name = "a stack is ended under a putter", .begin = has_a_mark,
	    .arg = &lifo, .roles = { put_one, end_when_there }, .sees = 1 },
	{ .name = "a queue is ended when a put is counted", FIFO(2, 0),
	    .roles = { put_one, end_when_counted }, .sees = 1 },
	{ .name = "a stack is ended when a put is counted", LIFO(2, 0),
	    .roles = { put_one, end_when_counted }, .sees = 1 },
};

int
main(void)
{
	return sim_main("queue_life", scenarios, SIM_COUNT(scenarios));
}
