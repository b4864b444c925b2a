/* SPDX-License-Identifier: MIT */
/*
 * The queue in the schedule explorer: the memory order of its calls, and when
 * it may be destroyed and freed.
 */
#include "sim_support.h"

static struct sync_queue q;
static int payload[2];
static int answer;

static void
init(size_t capacity)
{
	SYNC_OK(sync_queue_init(&q, SYNC_FIFO, sizeof(int *), capacity));
}

/* Write, and hand over. */
static void
put(unsigned i, int value)
{
	int *p = &payload[i];

	SYNC_WRITE(payload[i]) = value;
	SYNC_OK(sync_queue_put(&q, &p));
}

static int *
got(void)
{
	int *p;

	SYNC_OK(sync_queue_get(&q, &p));
	SYNC_ASSERT(SYNC_READ(*p) == 1 + (p == &payload[1]));
	return p;
}

static void
put_first(unsigned me)
{
	(void)me;
	put(0, 1);
}

static void
put_second(unsigned me)
{
	(void)me;
	put(1, 2);
}

static void
put_both(unsigned me)
{
	(void)me;
	put(0, 1);
	put(1, 2);
}

static void
get_one(unsigned me)
{
	int *p = got();

	(void)me;
	SYNC_WRITE(*p) = 9; /* it belongs to the consumer now */
}

static void
get_both(unsigned me)
{
	int *p = got();

	(void)me;
	SYNC_ASSERT(p != got());
}

static void
elements_come_whole(void *arg)
{
	(void)arg;
	init(2);
	sim_play(NULL, put_both, get_one, get_one);
}

static void
room_for_one_orders_the_putters_too(void *arg)
{
	(void)arg;
	init(1);
	sim_play(NULL, get_both, put_first, put_second);
}

static void
get_and_take(unsigned me)
{
	int *p = NULL;

	(void)me;
	if (sync_queue_get_until(&q, &p, sim_soon(0)) == 0)
		SYNC_ASSERT(SYNC_READ(*p) == 1);
	else
		SYNC_ASSERT(p == NULL);
}

static void
an_element_at_the_deadline_comes_whole(void *arg)
{
	(void)arg;
	init(1);
	sim_play(NULL, put_first, get_and_take);
}

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

static void
a_peek_sees_all_of_it(void *arg)
{
	(void)arg;
	init(1);
	sim_play(NULL, put_first, peek_and_look);
}

/* Everything written before task_done is visible after the join. */
static void
work(unsigned me)
{
	int *p;

	(void)me;
	SYNC_OK(sync_queue_get(&q, &p));
	SYNC_WRITE(answer) = SYNC_READ(*p) + 1;
	SYNC_OK(sync_queue_task_done(&q));
}

static void
put_and_join(unsigned me)
{
	(void)me;
	put(0, 1);
	SYNC_OK(sync_queue_join(&q));
	SYNC_ASSERT(SYNC_READ(answer) == 2);
}

static void
a_join_sees_the_work(void *arg)
{
	(void)arg;
	answer = 0;
	init(1);
	sim_play(NULL, put_and_join, work);
}

static void
drop(void *element, void *arg)
{
	int *p;

	memcpy(&p, element, sizeof(p));
	(void)arg;
	SYNC_WRITE(answer) = SYNC_READ(*p) + 1;
}

static void
close_now(unsigned me)
{
	(void)me;
	SYNC_OK(sync_queue_close_now(&q, drop, NULL));
}

static void
join_and_look(unsigned me)
{
	(void)me;
	SYNC_OK(sync_queue_join(&q));
	SYNC_ASSERT(SYNC_READ(answer) == 2);
}

static void
a_join_sees_what_was_dropped(void *arg)
{
	(void)arg;
	answer = 0;
	init(1);
	put(0, 1);
	sim_play(NULL, close_now, join_and_look);
}

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
the_getter_frees_the_queue(void *arg)
{
	(void)arg;
	init(1);
	sim_play(NULL, put_first, get_and_free);
}

static void
the_last_getter_frees_the_queue(void *arg)
{
	(void)arg;
	init(1);
	sim_play(NULL, put_both, get_both_and_free);
}

static void
the_getter_frees_the_queue_of_two_putters(void *arg)
{
	(void)arg;
	init(1);
	sim_play(NULL, get_both_and_free, put_first, put_second);
}

static void
get_and_free_the_last(unsigned me)
{
	(void)me;
	if (got() == &payload[1])
		end_and_free();
}

static void
who_gets_the_last_frees_the_queue(void *arg)
{
	(void)arg;
	init(2);
	put(0, 1);
	put(1, 2);
	sim_play(NULL, get_and_free_the_last, get_and_free_the_last);
}

/* A consumer that has seen the end frees. */
static void
close_queue(unsigned me)
{
	(void)me;
	SYNC_OK(sync_queue_close(&q));
}

static void
wait_for_the_end_and_free(unsigned me)
{
	int *p = NULL;

	(void)me;
	SYNC_ASSERT(sync_queue_get(&q, &p) == EPIPE && p == NULL);
	end_and_free();
}

static void
who_was_told_of_the_end_frees_the_queue(void *arg)
{
	(void)arg;
	init(1);
	sim_play(NULL, close_queue, wait_for_the_end_and_free);
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
a_getter_at_its_deadline_frees_the_queue(void *arg)
{
	(void)arg;
	init(1);
	sim_play(NULL, put_first, get_at_the_deadline_and_free);
}

static void
join_at_the_deadline_and_free(unsigned me)
{
	(void)me;
	if (sync_queue_join_until(&q, sim_soon(0)) == 0)
		end_and_free();
}

static void
a_joiner_at_its_deadline_frees_the_queue(void *arg)
{
	(void)arg;
	init(1);
	put(0, 1);
	sim_play(NULL, work, join_at_the_deadline_and_free);
}

/* A thread that may free it may reuse the memory. */
static void
get_and_begin_anew(unsigned me)
{
	(void)me;
	(void)got();
	SYNC_OK(sync_queue_destroy(&q));
	init(1);
	SYNC_OK(sync_queue_destroy(&q));
}

static void
the_getter_makes_the_queue_anew(void *arg)
{
	(void)arg;
	init(1);
	sim_play(NULL, put_first, get_and_begin_anew);
}

static void
join_and_begin_anew(unsigned me)
{
	(void)me;
	SYNC_OK(sync_queue_join(&q));
	SYNC_OK(sync_queue_destroy(&q));
	init(1);
	SYNC_OK(sync_queue_destroy(&q));
}

static void
the_joiner_makes_the_queue_anew(void *arg)
{
	(void)arg;
	init(1);
	put(0, 1);
	sim_play(NULL, work, join_and_begin_anew);
}

static void
a_joiner_of_what_was_dropped_makes_it_anew(void *arg)
{
	(void)arg;
	init(1);
	put(0, 1);
	sim_play(NULL, close_now, join_and_begin_anew);
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

static void
one_task_is_done_once(void *arg)
{
	(void)arg;
	init(1);
	sim_play(one_was_right, put_and_finish, finish_what_may_be);
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
count(unsigned me)
{
	(void)me;
	SYNC_ASSERT(sync_queue_len(&q) <= 1);
}

static void
len_is_what_may_be(void *arg)
{
	(void)arg;
	init(2);
	sim_play(NULL, put_and_get, count);
}

static void
len_is_what_was_at_one_moment(void *arg)
{
	(void)arg;
	init(2);
	sim_play(NULL, put_get_and_put, count);
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

static void
a_getter_sees_what_was_before_the_end(void *arg)
{
	(void)arg;
	answer = 0;
	init(1);
	sim_play(NULL, write_and_close, get_to_the_end);
}

static void
others_see_what_was_before_the_end(void *arg)
{
	(void)arg;
	answer = 0;
	init(1);
	sim_play(NULL, write_and_close, see_the_end);
}

static void
others_see_what_was_before_the_end_of_a_stack(void *arg)
{
	(void)arg;
	answer = 0;
	SYNC_OK(sync_queue_init(&q, SYNC_LIFO, sizeof(int *), 1));
	sim_play(NULL, write_and_close, see_the_end);
}

static const enum sync_queue_order fifo = SYNC_FIFO, lifo = SYNC_LIFO;

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
ended_under_a_putter(void *arg)
{
	int *p;

	SYNC_OK(sync_queue_init(&q, *(const enum sync_queue_order *)arg,
	    sizeof(int *), 2));
	/* Leaves a mark, so that the put owes a wake. */
	SYNC_ASSERT(sync_queue_get_until(&q, &p, sim_soon(1)) == ETIMEDOUT);
	sim_play(NULL, put_one, end_when_there);
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

static void
ended_when_counted(void *arg)
{
	SYNC_OK(sync_queue_init(&q, *(const enum sync_queue_order *)arg,
	    sizeof(int *), 2));
	sim_play(NULL, put_one, end_when_counted);
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
a_peek_copies_one_element(void *arg)
{
	(void)arg;
	init(1);
	put(0, 1);
	sim_play(NULL, get_and_put, peek_at_either);
}

static void
two_peek(void *arg)
{
	(void)arg;
	init(1);
	put(0, 1);
	sim_play(NULL, get_and_put, peek_at_either, peek_at_either);
}

static void
nothing_is_left(void)
{
	int *p;

	SYNC_ASSERT(sync_queue_tryget(&q, &p) == EPIPE);
}

static void
close_now_beside_a_peek(void *arg)
{
	(void)arg;
	init(1);
	put(0, 1);
	sim_play(nothing_is_left, close_now, peek_at_either);
}

/* Each waiter keeps it in use: destroy returns EBUSY, and changes nothing. */
static bool is_back;

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

static void
destroy_sees_what_a_getter_claimed(void *arg)
{
	(void)arg;
	init_in_room();
	sim_play(NULL, get_one, put_and_destroy);
}

static void
destroy_is_busy_while_a_getter_sleeps(void *arg)
{
	(void)arg;
	is_back = false;
	init(1);
	sim_play(NULL, destroy_early, wait_in_get);
}

static void
destroy_is_busy_while_a_putter_sleeps(void *arg)
{
	int *p = NULL;

	(void)arg;
	is_back = false;
	init(1);
	SYNC_OK(sync_queue_put(&q, &p));
	sim_play(NULL, destroy_early, wait_in_put);
}

static void
destroy_is_busy_while_a_time_is_up(void *arg)
{
	(void)arg;
	is_back = false;
	init(1);
	sim_play(NULL, destroy_early, wait_in_get_until);
}

/* One thread times out; a thread that finds it gone reuses the memory. */
static void
begin_anew_early(unsigned me)
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
destroy_at_last_in_room(void)
{
	SYNC_OK(sync_queue_destroy(&q));
}

static void
a_queue_is_made_anew_after_a_timeout(void *arg)
{
	(void)arg;
	init_in_room();
	sim_play(destroy_at_last_in_room, begin_anew_early,
	    wait_in_get_until_alone);
}

static void
destroy_is_busy_while_a_joiner_sleeps(void *arg)
{
	int *p = NULL;

	(void)arg;
	is_back = false;
	init(1);
	SYNC_OK(sync_queue_put(&q, &p));
	sim_play(NULL, destroy_early, wait_in_join_until);
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

static void
destroy_at_last(void)
{
	SYNC_OK(sync_queue_destroy(&q));
}

static void
destroy_is_busy_while_elements_are_dropped(void *arg)
{
	(void)arg;
	init(1);
	put(0, 1);
	sim_play(destroy_at_last, close_now_and_destroy, get_and_take);
}

/* Once close_now has released it, it does not come back. */
static bool dropped;

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

static void
destroy_is_busy_until_close_now_is_over(void *arg)
{
	(void)arg;
	dropped = false;
	init(1);
	put(0, 1);
	sim_play(NULL, close_now_with_note, destroy_what_was_dropped);
}

/* Without memory an unbounded queue returns ENOMEM, and keeps its elements. */
static void
memory_for_growth_is_refused(void *arg)
{
	int *p = payload, *r, err, i;

	(void)arg;
	err = sync_queue_init(&q, SYNC_FIFO, sizeof(p), SYNC_UNBOUNDED);
	SYNC_ASSERT(err == 0 || err == ENOMEM);
	if (err == ENOMEM)
		init(20);
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
	{ .name = "elements come whole", .test = elements_come_whole,
		.weak = 1 },
	{ .name = "room for one orders the putters too",
		.test = room_for_one_orders_the_putters_too, .large = true,
		.cut = true },
	{ .name = "an element at the deadline comes whole",
		.test = an_element_at_the_deadline_comes_whole, .weak = 2 },
	{ .name = "a peek sees all of it", .test = a_peek_sees_all_of_it,
		.weak = 2 },
	{ .name = "a join sees the work", .test = a_join_sees_the_work,
		.weak = 1 },
	{ .name = "a join sees what was dropped",
		.test = a_join_sees_what_was_dropped, .weak = 2 },
	{ .name = "the getter frees the queue",
		.test = the_getter_frees_the_queue, .weak = 2 },
	{ .name = "the last getter frees the queue",
		.test = the_last_getter_frees_the_queue, .weak = 1 },
	{ .name = "the getter frees the queue of two putters",
		.test = the_getter_frees_the_queue_of_two_putters, .cut = true },
	{ .name = "who gets the last frees the queue",
		.test = who_gets_the_last_frees_the_queue, .weak = 2 },
	{ .name = "who was told of the end frees the queue",
		.test = who_was_told_of_the_end_frees_the_queue },
	{ .name = "a getter at its deadline frees the queue",
		.test = a_getter_at_its_deadline_frees_the_queue, .weak = 2 },
	{ .name = "a joiner at its deadline frees the queue",
		.test = a_joiner_at_its_deadline_frees_the_queue, .weak = 1 },
	{ .name = "the getter makes the queue anew",
		.test = the_getter_makes_the_queue_anew, .weak = 2 },
	{ .name = "the joiner makes the queue anew",
		.test = the_joiner_makes_the_queue_anew, .weak = 1 },
	{ .name = "a joiner of what was dropped makes it anew",
		.test = a_joiner_of_what_was_dropped_makes_it_anew },
	{ .name = "one task is done once", .test = one_task_is_done_once,
		.weak = 2 },
	{ .name = "len is what may be", .test = len_is_what_may_be, .weak = 2 },
	{ .name = "len is what was at one moment",
		.test = len_is_what_was_at_one_moment },
	{ .name = "a getter sees what was before the end",
		.test = a_getter_sees_what_was_before_the_end, .weak = 2 },
	{ .name = "others see what was before the end",
		.test = others_see_what_was_before_the_end, .weak = 2 },
	{ .name = "others see what was before the end of a stack",
		.test = others_see_what_was_before_the_end_of_a_stack,
		.weak = 2 },
	{ .name = "a queue is ended under a putter", .arg = &fifo, .sees = 1,
		.test = ended_under_a_putter },
	{ .name = "a stack is ended under a putter", .arg = &lifo, .sees = 1,
		.test = ended_under_a_putter },
	{ .name = "a queue is ended when a put is counted", .arg = &fifo,
		.sees = 1, .test = ended_when_counted },
	{ .name = "a stack is ended when a put is counted", .arg = &lifo,
		.sees = 1, .test = ended_when_counted },
	{ .name = "a peek copies one element",
		.test = a_peek_copies_one_element, .weak = 2 },
	{ .name = "two peek", .test = two_peek },
	{ .name = "close_now beside a peek", .test = close_now_beside_a_peek },
	{ .name = "destroy sees what a getter claimed", .weak = 2, .sees = 2,
		.test = destroy_sees_what_a_getter_claimed },
	{ .name = "destroy is busy while a getter sleeps",
		.test = destroy_is_busy_while_a_getter_sleeps },
	{ .name = "destroy is busy while a putter sleeps",
		.test = destroy_is_busy_while_a_putter_sleeps },
	{ .name = "destroy is busy while a time is up",
		.test = destroy_is_busy_while_a_time_is_up },
	{ .name = "a queue is made anew after a timeout",
		.test = a_queue_is_made_anew_after_a_timeout },
	{ .name = "destroy is busy while a joiner sleeps",
		.test = destroy_is_busy_while_a_joiner_sleeps },
	{ .name = "destroy is busy while elements are dropped",
		.test = destroy_is_busy_while_elements_are_dropped },
	{ .name = "destroy is busy until close_now is over",
		.test = destroy_is_busy_until_close_now_is_over },
	{ .name = "memory for growth is refused", .calls = true,
		.test = memory_for_growth_is_refused, .failures = 1 },
};

int
main(void)
{
	return sim_main("queue_life", scenarios, SIM_COUNT(scenarios));
}
