/* SPDX-License-Identifier: MIT */
/*
 * The store against an array: for every order, element size and sequence of
 * operations, the next element is the one that the model says, byte for byte.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "queue/elements.h"

#define MOST     400
#define MOST_LEN 100 /* bytes of an element */

static const size_t sizes[] = { 1, 3, 7, 8, 24, 100 };
#define SIZES (int)(sizeof(sizes) / sizeof(sizes[0]))
/* Loop variable: order and element size. */
#define KINDS (3 * SIZES)

/* In the order of the puts; LIFO and FIFO take from an end. */
struct model {
	unsigned char bytes[MOST][MOST_LEN];
	size_t len;
};

static struct model model;
static struct sync_store store;
static uint32_t rnd;

static int64_t
priority(const unsigned char *element)
{
	int64_t p;

	memcpy(&p, element + store.priority_offset, sizeof(p));
	return p;
}

/* The position of the next element in the model. */
static size_t
model_front(void)
{
	size_t i, best = 0;

	if (store.order == SYNC_FIFO)
		return 0;
	if (store.order == SYNC_LIFO)
		return model.len - 1;
	for (i = 1; i < model.len; i++)
		if (priority(model.bytes[i]) < priority(model.bytes[best]))
			best = i;
	return best;
}

static void
begin(int kind, size_t room)
{
	size_t size = sizes[kind / 3];

	store = (struct sync_store) {
		.element_size = size,
		.order = (uint32_t)(kind % 3),
		.stride = store_stride((uint32_t)(kind % 3), size),
		.room = room,
	};
	if (store.order == SYNC_PRIORITY && size > sizeof(int64_t))
		store.priority_offset = size - sizeof(int64_t) - 1;
	store.bytes = malloc(room * store.stride);
	ck_assert_ptr_nonnull(store.bytes);
	model.len = 0;
	rnd = random_seed() + (uint32_t)kind;
}

static bool
has_no_priority(int kind)
{
	return kind % 3 == SYNC_PRIORITY && sizes[kind / 3] < sizeof(int64_t);
}

static void
check(void)
{
	ck_assert(store_check_invariants_(&store));
	ck_assert_uint_eq(store.len, model.len);
	if (model.len > 0)
		ck_assert_mem_eq(store_front(&store),
		    model.bytes[model_front()], store.element_size);
}

static void
put(void)
{
	unsigned char *e = model.bytes[model.len];
	int64_t p = (int64_t)(random_next(&rnd) % 16) - 8; /* many ties */
	size_t i;

	for (i = 0; i < store.element_size; i++)
		e[i] = (unsigned char)random_next(&rnd);
	if (random_next(&rnd) % 16 == 0)
		p = random_next(&rnd) % 2 == 0 ? INT64_MIN : INT64_MAX;
	if (store.order == SYNC_PRIORITY)
		memcpy(e + store.priority_offset, &p, sizeof(p));
	model.len++;
	store_put(&store, e);
	check();
}

static void
get(void)
{
	unsigned char got[MOST_LEN];
	size_t i = model_front();

	store_get(&store, got);
	ck_assert_mem_eq(got, model.bytes[i], store.element_size);
	memmove(model.bytes[i], model.bytes[i + 1],
	    (model.len - i - 1) * MOST_LEN);
	model.len--;
	check();
}

static void
grow(size_t room)
{
	unsigned char *bytes = malloc(room * store.stride);

	/*
	 * As realloc, but it always moves the memory and fills the rest with
	 * rubbish.
	 */
	ck_assert_ptr_nonnull(bytes);
	memset(bytes, 0xdb, room * store.stride);
	memcpy(bytes, store.bytes, store.room * store.stride);
	free(store.bytes);
	store.bytes = bytes;
	store_grown(&store, room);
	check();
}

static void
end(void)
{
	while (store.len > 0)
		get();
	free(store.bytes);
}

START_TEST(random_puts_and_drops_agree_with_an_array)
{
	uint32_t step;

	if (has_no_priority(_i))
		return;
	begin(_i, 7);
	for (step = 0; step < 3000 * stress_factor(); step++)
		if (store.len < store.room
		    && (store.len == 0 || random_next(&rnd) % 2 == 0))
			put();
		else
			get();
	end();
}
END_TEST

START_TEST(deep_and_shallow_stores_agree_with_an_array)
{
	uint32_t step;
	bool fill = true;

	if (has_no_priority(_i))
		return;
	begin(_i, MOST - 1);
	for (step = 0; step < 3000 * stress_factor(); step++) {
		if (store.len == store.room || store.len == 0)
			fill = store.len == 0;
		if (fill && (random_next(&rnd) % 8 != 0 || store.len == 0))
			put();
		else
			get();
	}
	end();
}
END_TEST

static void
grow_from(size_t head, size_t len)
{
	while (head-- > 0) {
		put();
		get();
	}
	while (len-- > 0)
		put();
	grow(store.room * 2);
	while (store.len < store.room)
		put();
	grow(store.room + 1);
	put();
}

/* From each capacity, with the ring's head in each slot. */
START_TEST(growth_keeps_all_wherever_the_head_is)
{
	size_t room, head, len;

	if (has_no_priority(_i))
		return;
	for (room = 1; room <= 6; room++)
		for (head = 0; head < room; head++)
			for (len = 0; len <= room; len++) {
				begin(_i, room);
				grow_from(head, len);
				end();
			}
}
END_TEST

START_TEST(random_growth_agrees_with_an_array)
{
	if (has_no_priority(_i))
		return;
	begin(_i, 1);
	while (store.room < MOST - 1) {
		if (store.len == store.room)
			grow(store.room + 1 + random_next(&rnd) % store.room);
		if (store.room >= MOST)
			break;
		if (random_next(&rnd) % 5 < 3 || store.len == 0)
			put();
		else
			get();
	}
	end();
}
END_TEST

START_TEST(the_stride_is_as_documented)
{
	ck_assert_uint_eq(store_stride(SYNC_FIFO, 1), 1);
	ck_assert_uint_eq(store_stride(SYNC_LIFO, 7), 7);
	ck_assert_uint_eq(store_stride(SYNC_FIFO, 100), 100);
	ck_assert_uint_eq(store_stride(SYNC_PRIORITY, 8), 16);
	ck_assert_uint_eq(store_stride(SYNC_PRIORITY, 9), 24);
	ck_assert_uint_eq(store_stride(SYNC_PRIORITY, 16), 24);
}
END_TEST

START_TEST(a_stride_that_overflows_is_0)
{
	size_t i;

	ck_assert_uint_eq(store_stride(SYNC_FIFO, SIZE_MAX), 0);
	ck_assert_uint_eq(store_stride(SYNC_LIFO, SIZE_MAX - 1), SIZE_MAX - 1);
	for (i = 0; i < 16; i++)
		ck_assert_uint_eq(store_stride(SYNC_PRIORITY, SIZE_MAX - i), 0);
	ck_assert_uint_gt(
	    store_stride(SYNC_PRIORITY, SIZE_MAX - 64), SIZE_MAX - 64);
}
END_TEST

/* The function that the other tests rely on can fail. */
START_TEST(broken_stores_are_noticed)
{
	const int64_t smallest = INT64_MIN, largest = INT64_MAX;

	begin(SYNC_PRIORITY + 3 * 3, 4); /* of 8 bytes: priorities alone */
	put();
	put();
	put();
	store.len = 5;
	ck_assert(!store_check_invariants_(&store));
	store.len = 3;
	store.head = 4;
	ck_assert(!store_check_invariants_(&store));
	store.head = 0;
	ck_assert(store_check_invariants_(&store));
	memcpy(store.bytes + sizeof(uint64_t), &largest, sizeof(largest));
	memcpy(store.bytes + store.stride + sizeof(uint64_t), &smallest,
	    sizeof(smallest));
	ck_assert(!store_check_invariants_(&store));
	free(store.bytes);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("store");
	TCase *tc = add_case(s, "model");

	tcase_add_loop_test(
	    tc, random_puts_and_drops_agree_with_an_array, 0, KINDS);
	tcase_add_loop_test(
	    tc, deep_and_shallow_stores_agree_with_an_array, 0, KINDS);
	tcase_add_loop_test(
	    tc, growth_keeps_all_wherever_the_head_is, 0, KINDS);
	tcase_add_loop_test(tc, random_growth_agrees_with_an_array, 0, KINDS);
	tc = add_case(s, "bytes");
	tcase_add_test(tc, the_stride_is_as_documented);
	tcase_add_test(tc, a_stride_that_overflows_is_0);
	tcase_add_test(tc, broken_stores_are_noticed);
	return run_suite(s);
}
