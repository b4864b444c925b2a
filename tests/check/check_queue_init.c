/* SPDX-License-Identifier: MIT */
/*
 * What init accepts and rejects, and the storage; the end of a queue is in
 * check_queue_destroy.
 */
#include "queue_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct sync_queue untouched;

/* Init fails, and *q is unchanged. */
static void
refused(const struct sync_queue_options *o, int err)
{
	memset(&q, 0x5a, sizeof(q));
	fails(sync_queue_init_with(&q, o), err);
	ck_assert_mem_eq(&q, &untouched, sizeof(q));
}

static void
remember_untouched(void)
{
	memset(&untouched, 0x5a, sizeof(untouched));
}

START_TEST(init_refuses_null)
{
	struct sync_queue_options o = { SYNC_FIFO, 8, 1, 0, NULL, 0, 0 };

	fails(sync_queue_init(NULL, SYNC_FIFO, 8, 1), EINVAL);
	fails(sync_queue_init_with(NULL, &o), EINVAL);
	refused(NULL, EINVAL);
}
END_TEST

START_TEST(init_refuses_what_makes_no_sense)
{
	static unsigned char storage[64];
	const struct sync_queue_options wrong[] = {
		{ SYNC_FIFO, 8, 0, 0, NULL, 0, 0 },
		{ SYNC_LIFO, 0, 8, 0, NULL, 0, 0 },
		{ SYNC_FIFO, 0, SYNC_UNBOUNDED, 0, NULL, 0, 0 },
		{ (enum sync_queue_order)3, 8, 1, 0, NULL, 0, 0 },
		{ (enum sync_queue_order)-1, 8, 1, 0, NULL, 0, 0 },
		{ SYNC_FIFO, 8, 1, 0, NULL, 0, 1 },
		{ SYNC_FIFO, 8, 1, 0, NULL, 0, 0x80000000u },
		{ SYNC_PRIORITY, 7, 1, 0, NULL, 0, 0 },
		{ SYNC_PRIORITY, 8, 1, 1, NULL, 0, 0 },
		{ SYNC_PRIORITY, 24, 1, 17, NULL, 0, 0 },
		{ SYNC_PRIORITY, 24, 1, SIZE_MAX, NULL, 0, 0 },
		{ SYNC_PRIORITY, 24, 1, SIZE_MAX - 7, NULL, 0, 0 },
		{ SYNC_LIFO, 8, 4, 0, storage, 31, 0 },
		{ SYNC_FIFO, 8, 3, 0, storage, 54, 0 },
		{ SYNC_FIFO, 8, 3, 0, storage, 0, 0 },
		{ SYNC_PRIORITY, 8, 4, 0, storage, 63, 0 },
		{ SYNC_FIFO, 8, SYNC_UNBOUNDED, 0, storage, 64, 0 },
	};
	size_t i;

	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		refused(&wrong[i], EINVAL);
}
END_TEST

START_TEST(the_plain_init_refuses_the_same)
{
	memset(&q, 0x5a, sizeof(q));
	fails(sync_queue_init(&q, SYNC_FIFO, 8, 0), EINVAL);
	fails(sync_queue_init(&q, SYNC_FIFO, 0, 8), EINVAL);
	fails(sync_queue_init(&q, (enum sync_queue_order)3, 8, 8), EINVAL);
	fails(sync_queue_init(&q, SYNC_PRIORITY, 7, 8), EINVAL);
	fails(sync_queue_init(&q, SYNC_FIFO, 8, SIZE_MAX / 8), EOVERFLOW);
	ck_assert_mem_eq(&q, &untouched, sizeof(q));
}
END_TEST

static const size_t absurd[][2] = { /* element size, capacity */
	{ 1, SIZE_MAX - 1 },
	{ SIZE_MAX, 1 },
	{ SIZE_MAX - 1, 1 },
	{ SIZE_MAX - 8, 1 },
	{ SIZE_MAX - 16, 1 },
	{ SIZE_MAX, SIZE_MAX - 1 },
	{ (size_t)PTRDIFF_MAX + 1, 1 },
	{ 1, (size_t)PTRDIFF_MAX + 1 },
	{ PTRDIFF_MAX, 2 },
	{ 2, PTRDIFF_MAX },
	{ 3, SIZE_MAX / 3 },
	{ 3, SIZE_MAX / 3 + 1 },
	{ 8, SIZE_MAX / 8 },
	{ 8, SIZE_MAX / 8 + 1 }, /* the product wraps to 0 */
	{ 24, SIZE_MAX / 24 + 1 },
	{ SIZE_MAX / 16 + 1, 16 },
	{ 100, (size_t)PTRDIFF_MAX / 100 + 1 },
	{ SIZE_MAX / 2, SYNC_UNBOUNDED },
	{ SIZE_MAX / 16 + 1, SYNC_UNBOUNDED },
};
#define ABSURD (int)(sizeof(absurd) / sizeof(absurd[0]))

START_TEST(more_bytes_than_there_are_addresses_is_eoverflow)
{
	struct sync_queue_options o = { 0 };
	size_t size = 4711;
	int order;

	o.element_size = absurd[_i][0];
	o.capacity = absurd[_i][1];
	for (order = 0; order < ORDERS; order++) {
		o.order = (enum sync_queue_order)order;
		if (o.order == SYNC_PRIORITY && o.element_size < 8)
			continue;
		o.storage = NULL;
		refused(&o, EOVERFLOW);
		if (o.capacity == SYNC_UNBOUNDED)
			continue;
		fails(sync_queue_storage_size(
		    o.order, o.element_size, o.capacity, &size), EOVERFLOW);
		ck_assert_uint_eq(size, 4711);
		o.storage = &size; /* whatever size the caller states */
		o.storage_size = SIZE_MAX;
		refused(&o, EOVERFLOW);
	}
}
END_TEST

START_TEST(more_bytes_than_can_be_had_is_enomem)
{
	struct sync_queue_options o = { SYNC_LIFO, 1, PTRDIFF_MAX, 0, NULL, 0,
		0 };

	refused(&o, ENOMEM);
	o.element_size = PTRDIFF_MAX;
	o.capacity = 1;
	refused(&o, ENOMEM);
	o.order = SYNC_FIFO;
	o.element_size = 8;
	o.capacity = (size_t)PTRDIFF_MAX / 16 - 1;
	refused(&o, ENOMEM);
	o.order = SYNC_PRIORITY;
	o.element_size = 16;
	o.capacity = (size_t)PTRDIFF_MAX / 24;
	refused(&o, ENOMEM);
}
END_TEST

START_TEST(storage_size_is_the_documented_sum)
{
	size_t size = 0;

	ok(sync_queue_storage_size(SYNC_FIFO, 3, 5, &size));
	ck_assert_uint_eq(size, 5 * 8 + 7);
	ok(sync_queue_storage_size(SYNC_FIFO, 8, 4, &size));
	ck_assert_uint_eq(size, 4 * 16 + 7);
	ok(sync_queue_storage_size(SYNC_FIFO, 12, 4, &size));
	ck_assert_uint_eq(size, 4 * 16 + 7);
	ok(sync_queue_storage_size(SYNC_FIFO, 13, 4, &size));
	ck_assert_uint_eq(size, 4 * 20 + 7);
	ok(sync_queue_storage_size(SYNC_LIFO, 100, 7, &size));
	ck_assert_uint_eq(size, 700);
	ok(sync_queue_storage_size(SYNC_PRIORITY, 8, 5, &size));
	ck_assert_uint_eq(size, 80);
	ok(sync_queue_storage_size(SYNC_PRIORITY, 9, 1, &size));
	ck_assert_uint_eq(size, 24);
	ok(sync_queue_storage_size(SYNC_LIFO, 1, PTRDIFF_MAX, &size));
	ck_assert_uint_eq(size, PTRDIFF_MAX);
}
END_TEST

START_TEST(storage_size_refuses_what_makes_no_sense)
{
	size_t size = 4711;

	fails(sync_queue_storage_size(SYNC_FIFO, 1, 1, NULL), EINVAL);
	fails(sync_queue_storage_size(SYNC_FIFO, 0, 1, &size), EINVAL);
	fails(sync_queue_storage_size(SYNC_FIFO, 1, 0, &size), EINVAL);
	fails(sync_queue_storage_size(
	    SYNC_FIFO, 1, SYNC_UNBOUNDED, &size), EINVAL);
	fails(sync_queue_storage_size(SYNC_PRIORITY, 7, 1, &size), EINVAL);
	fails(sync_queue_storage_size(
	    (enum sync_queue_order)3, 1, 1, &size), EINVAL);
	ck_assert_uint_eq(size, 4711);
}
END_TEST

/* Fill and empty a queue of this element size, three times. */
static void
use(size_t element_size, size_t capacity)
{
	unsigned char *e = calloc(2, element_size), *got = e + element_size;
	size_t i, round;

	for (round = 0; round < 3; round++) {
		for (i = 0; i < capacity; i++) {
			memset(e, (int)i, element_size);
			ok(sync_queue_tryput(&q, e));
		}
		fails(sync_queue_tryput(&q, e), EAGAIN);
		for (i = 0; i < capacity; i++) {
			ok(sync_queue_tryget(&q, got));
			ck_assert_uint_eq(got[0], got[element_size - 1]);
		}
		fails(sync_queue_tryget(&q, got), EAGAIN);
	}
	free(e);
}

/* At each of eight alignments; no byte next to it is written. */
START_TEST(storage_of_the_very_size_will_do_at_any_address)
{
	static const size_t sizes[] = { 8, 9, 24, 100 };
	static unsigned char room[4096];
	struct sync_queue_options o = { .capacity = 5 };
	size_t at, i, k;

	o.order = (enum sync_queue_order)_i;
	for (at = 0; at < 8; at++)
		for (k = 0; k < 4; k++) {
			o.element_size = sizes[k];
			ok(sync_queue_storage_size(o.order, sizes[k], 5,
			    &o.storage_size));
			memset(room, 0xa5, sizeof(room));
			o.storage = room + 8 + at;
			ok(sync_queue_init_with(&q, &o));
			use(sizes[k], 5);
			ok(sync_queue_destroy(&q));
			for (i = 0; i < 8 + at; i++)
				ck_assert_uint_eq(room[i], 0xa5);
			for (i += o.storage_size; i < sizeof(room); i++)
				ck_assert_uint_eq(room[i], 0xa5);
		}
}
END_TEST

START_TEST(elements_may_have_any_size)
{
	static const size_t sizes[] = { 1, 2, 3, 7, 8, 24, 100, 4096 };
	size_t k;

	for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		if (order_of(_i) == SYNC_PRIORITY && sizes[k] < 8)
			continue;
		begin_with(_i, 5, sizes[k]);
		use(sizes[k], 5);
		end();
	}
}
END_TEST

START_TEST(a_new_queue_is_open_and_empty)
{
	begin(_i, 3);
	ck_assert_uint_eq(sync_queue_len(&q), 0);
	ck_assert_uint_eq(
	    sync_queue_capacity(&q), _i < BOUNDED_KINDS ? 3 : SYNC_UNBOUNDED);
	ck_assert(!sync_queue_is_closed(&q));
	ok(sync_queue_tryjoin(&q));
	end();
}
END_TEST

/* In KiB; -1: not known. */
static long
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long all, pages = -1;

	if (f != NULL && fscanf(f, "%ld %ld", &all, &pages) != 2)
		pages = -1;
	if (f != NULL)
		(void)fclose(f);
	return pages < 0 ? -1 : pages * (sysconf(_SC_PAGESIZE) / 1024);
}

START_TEST(a_large_empty_queue_takes_no_memory)
{
	long before = resident(), after;

	if (before < 0 || WITH_SHADOW)
		return;
	ok(sync_queue_init(&q, order_of(_i), 4096, 65536));
	after = resident();
	ck_assert_int_lt(after - before, 8 * 1024);
	ok(sync_queue_destroy(&q));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("queue_init");
	TCase *tc = add_case(s, "init");

	tcase_add_unchecked_fixture(tc, remember_untouched, NULL);
	tcase_add_test(tc, init_refuses_null);
	tcase_add_test(tc, init_refuses_what_makes_no_sense);
	tcase_add_test(tc, the_plain_init_refuses_the_same);
	tcase_add_loop_test(tc,
	    more_bytes_than_there_are_addresses_is_eoverflow, 0, ABSURD);
	tcase_add_test(tc, more_bytes_than_can_be_had_is_enomem);
	tcase_add_loop_test(tc, a_new_queue_is_open_and_empty, 0, QUEUE_KINDS);
	tc = add_case(s, "storage");
	tcase_add_test(tc, storage_size_is_the_documented_sum);
	tcase_add_test(tc, storage_size_refuses_what_makes_no_sense);
	tcase_add_loop_test(tc,
	    storage_of_the_very_size_will_do_at_any_address, 0, ORDERS);
	tcase_add_loop_test(tc, elements_may_have_any_size, 0, BOUNDED_KINDS);
	tcase_add_loop_test(
	    tc, a_large_empty_queue_takes_no_memory, 0, ORDERS);
	return run_suite(s);
}
