/* SPDX-License-Identifier: MIT */
/*
 * A queue and the memory of its users: what was written before the put is seen
 * after the get, and nothing is accessed after the last get or join.
 */
#include "queue_support.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* The data that an element points to is handed over with the pointer. */
static struct sync_queue pointers;

static void *
sends_boxes(void *unused)
{
	int i, *box;

	for (i = 0; i < 500; i++) {
		box = malloc(sizeof(*box));
		*box = i;
		ok(sync_queue_put(&pointers, &box));
	}
	return unused;
}

START_TEST(what_was_written_before_the_put_is_seen_after_the_get)
{
	struct spawned *s;
	int i, *box;

	ok(sync_queue_init(&pointers, SYNC_FIFO, sizeof(int *), 3));
	s = spawn(sends_boxes, NULL);
	for (i = 0; i < 500; i++) {
		ok(sync_queue_get(&pointers, &box));
		ck_assert_int_eq(*box, i);
		free(box);
	}
	(void)finish(s);
	ok(sync_queue_destroy(&pointers));
}
END_TEST

/* Queues that are destroyed as soon as their last element was taken. */
#define BRIEF    2000
#define BRIEF_MS 5000 /* fewer of them on a busy machine */
static struct sync_queue *brief;  /* atomic; null: taken */
static struct sync_queue no_more; /* marks the end */
static bool map_pages;
static size_t page;

/* The next one, or null at the end. */
static struct sync_queue *
take_brief(void)
{
	struct sync_queue *b;

	while ((b = __atomic_exchange_n(&brief, NULL, __ATOMIC_ACQUIRE))
	    == NULL)
		(void)sched_yield();
	return b == &no_more ? NULL : b;
}

static void
give_brief(struct sync_queue *b)
{
	__atomic_store_n(&brief, b, __ATOMIC_RELEASE);
}

static struct sync_queue *
make_brief(void)
{
	struct sync_queue *b;

	if (map_pages) {
		b = mmap(NULL, page, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		ck_assert(b != MAP_FAILED);
	} else {
		b = malloc(sizeof(*b));
		ck_assert_ptr_nonnull(b);
	}
	ok(sync_queue_init(b, SYNC_FIFO, sizeof(int), 1));
	return b;
}

static void
end_brief(struct sync_queue *b)
{
	ok(sync_queue_destroy(b));
	if (map_pages)
		(void)munmap(b, page);
	else
		free(b);
}

static void *
puts_once_in_each(void *unused)
{
	struct sync_queue *b;
	int i;

	for (i = 0; (b = take_brief()) != NULL; i++)
		ok(sync_queue_put(b, &i));
	return unused;
}

static bool
goes_on(unsigned i, sync_time end)
{
	return i < BRIEF * stress_factor() && sync_time_now() < end;
}

/*
 * It polls, so that it is there at once; on one processor let the producer run.
 */
static void
get_awake(struct sync_queue *b, int *element)
{
	unsigned tries = 0;

	while (sync_queue_tryget(b, element) != 0)
		if (++tries % 1000 == 0)
			(void)sched_yield();
}

START_TEST(the_getter_of_the_last_element_may_free_the_queue)
{
	sync_time end = sync_after_ms((int64_t)BRIEF_MS * stress_factor());
	struct spawned *s;
	unsigned i;
	int element;

	map_pages = _i % 2 == 1;
	page = (size_t)sysconf(_SC_PAGESIZE);
	s = spawn(puts_once_in_each, NULL);
	for (i = 0; goes_on(i, end); i++) {
		struct sync_queue *b = make_brief();

		give_brief(b);
		if (_i < 2)
			ok(sync_queue_get(b, &element));
		else
			get_awake(b, &element);
		ck_assert_int_eq(element, (int)i);
		end_brief(b);
	}
	give_brief(&no_more);
	(void)finish(s);
}
END_TEST

static void *
finishes_once_in_each(void *unused)
{
	struct sync_queue *b;

	while ((b = take_brief()) != NULL)
		ok(sync_queue_task_done(b));
	return unused;
}

START_TEST(the_joiner_of_the_last_task_may_free_the_queue)
{
	sync_time end = sync_after_ms((int64_t)BRIEF_MS * stress_factor());
	struct spawned *s;
	int element = 0;
	unsigned i;

	page = (size_t)sysconf(_SC_PAGESIZE);
	s = spawn(finishes_once_in_each, NULL);
	for (i = 0; goes_on(i, end); i++) {
		struct sync_queue *b = make_brief();

		ok(sync_queue_put(b, &element));
		give_brief(b);
		ok(sync_queue_join(b));
		end_brief(b);
	}
	give_brief(&no_more);
	(void)finish(s);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("queue_memory");
	TCase *tc = add_case(s, "memory");

	tcase_add_test(
	    tc, what_was_written_before_the_put_is_seen_after_the_get);
	tcase_add_loop_test(
	    tc, the_getter_of_the_last_element_may_free_the_queue, 0, 4);
	tcase_add_test(tc, the_joiner_of_the_last_task_may_free_the_queue);
	return run_suite(s);
}
