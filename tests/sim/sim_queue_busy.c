/* SPDX-License-Identifier: MIT */
/*
 * What keeps a queue in use: a thread that waits in get, put or join, one that
 * runs close_now, and a getter that has claimed an element.  Destroy returns
 * EBUSY, and changes nothing.
 */
#include "sim_queue_support.h"

static bool is_back; /* the thread that waited */
static bool dropped; /* by close_now */

static void
begin(const void *start)
{
	is_back = dropped = false;
	queue_begin(start);
}

#define BUSY(capacity, held)                                                   \
	.begin = begin,                                                        \
	.arg = &(const struct queue_start) { SYNC_FIFO, (capacity), (held) }

/*
 * Whether a thread certainly waits; a step, so that the explorer sees the
 * check.
 */
static bool
one_waits(void)
{
	(void)sync_queue_len(&q);
	return q.getters.tail != NULL || q.putters.tail != NULL
	    || q.joiners.tail != NULL;
}

static void
destroy_early(unsigned me)
{
	int err;

	(void)me;
	if (one_waits()) {
		err = sync_queue_destroy(&q);
		SYNC_ASSERT(err == EBUSY || (err == 0 && is_back));
		if (err == 0)
			return;
	}
	SYNC_OK(sync_queue_close(&q));
}

static void
wait_in_get(unsigned me)
{
	int *p;

	(void)me;
	SYNC_ASSERT(sync_queue_get(&q, &p) == EPIPE);
	is_back = true;
}

static void
wait_in_put(unsigned me)
{
	int *p = NULL;

	(void)me;
	SYNC_ASSERT(sync_queue_put(&q, &p) == EPIPE);
	is_back = true;
}

static void
wait_in_get_until(unsigned me)
{
	int *p, err;

	(void)me;
	err = sync_queue_get_until(&q, &p, sim_soon(0));
	SYNC_ASSERT(err == ETIMEDOUT || err == EPIPE);
	is_back = true;
}

static void
wait_in_join_until(unsigned me)
{
	(void)me;
	SYNC_ASSERT(sync_queue_join_until(&q, sim_soon(0)) == ETIMEDOUT);
	is_back = true;
}

static _Alignas(8) unsigned char room[16 + 7];

static void
init_in_room(void)
{
	const struct sync_queue_options o = { .order = SYNC_FIFO,
		.element_size = sizeof(int *), .capacity = 1,
		.storage = room, .storage_size = sizeof(room) };

	SYNC_OK(sync_queue_init_with(&q, &o));
}

static void
in_room(const void *arg)
{
	(void)arg;
	init_in_room();
}

/* The getter slept, and has perhaps claimed the element already. */
static void
put_and_destroy(unsigned me)
{
	bool waits = one_waits();
	int err;

	(void)me;
	put(0, 1);
	if (!waits)
		return;
	err = sync_queue_destroy(&q);
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err == EBUSY);
	if (err != 0)
		return;
	sim_free(&q, sizeof(q));
	sim_free(room, sizeof(room));
}

/* One thread times out; a thread that finds it gone reuses the memory. */
static void
begin_again_early(unsigned me)
{
	(void)me;
	if (one_waits() && sync_queue_destroy(&q) == 0)
		init_in_room();
}

static void
wait_in_get_until_alone(unsigned me)
{
	int *p;

	(void)me;
	SYNC_ASSERT(sync_queue_get_until(&q, &p, sim_soon(0)) == ETIMEDOUT);
}

static void
destroy_at_last(void)
{
	SYNC_OK(sync_queue_destroy(&q));
}

/* drop runs inside close_now. */
static void
try_to_destroy(void *element, void *arg)
{
	(void)element;
	(void)arg;
	SYNC_ASSERT(sync_queue_destroy(&q) == EBUSY);
}

static void
close_now_and_destroy(unsigned me)
{
	(void)me;
	SYNC_OK(sync_queue_close_now(&q, try_to_destroy, NULL));
}

/* Once close_now has released it, it does not come back. */
static void
note_the_drop(void *element, void *arg)
{
	(void)element;
	(void)arg;
	dropped = true;
}

static void
close_now_with_note(unsigned me)
{
	(void)me;
	SYNC_OK(sync_queue_close_now(&q, note_the_drop, NULL));
}

static void
destroy_what_was_dropped(unsigned me)
{
	(void)me;
	(void)sync_queue_len(&q);
	if (!dropped)
		return;
	if (sync_queue_destroy(&q) == 0)
		sim_free(&q, sizeof(q));
}

static const struct sim_scenario scenarios[] = {
	{ .name = "destroy sees what a getter claimed", .begin = in_room,
	    .roles = { get_one, put_and_destroy }, .weak = 2, .sees = 2 },
	{ .name = "destroy is busy while a getter sleeps", BUSY(1, 0),
	    .roles = { destroy_early, wait_in_get }, .weak = 2 },
	{ .name = "destroy is busy while a putter sleeps", BUSY(1, 1),
	    .roles = { destroy_early, wait_in_put }, .weak = 2 },
	{ .name = "destroy is busy while a time is up", BUSY(1, 0),
	    .roles = { destroy_early, wait_in_get_until } },
	{ .name = "destroy is busy while a joiner sleeps", BUSY(1, 1),
	    .roles = { destroy_early, wait_in_join_until } },
	{ .name = "destroy is busy while elements are dropped", BUSY(1, 1),
	    .roles = { close_now_and_destroy, get_and_take },
	    .end = destroy_at_last },
	{ .name = "destroy is busy until close_now is over", BUSY(1, 1),
	    .roles = { close_now_with_note, destroy_what_was_dropped } },
	{ .name = "a queue is made again after a timeout", .begin = in_room,
	    .roles = { begin_again_early, wait_in_get_until_alone },
	    .end = destroy_at_last },
};

int
main(void)
{
	return sim_main("queue_busy", scenarios, SIM_COUNT(scenarios));
}
