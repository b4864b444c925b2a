/* SPDX-License-Identifier: MIT */
/*
 * Stacks, in a program with much thread-local storage, which some C libraries
 * place inside the stacks.
 */
#include <config.h>

#include "timer_support.h"

#include <pthread.h>

/* Without dl_iterate_phdr the library only leaves some room for storage. */
#define MUCH    (HAVE_DL_ITERATE_PHDR ? 200 * 1024 : 1024)
#define DEFAULT (1024 * 1024)

static _Thread_local volatile char storage[MUCH];
static _Thread_local volatile char aligned[64]
    __attribute__((aligned(HAVE_DL_ITERATE_PHDR ? 4096 : 64)));

/* Use the stack down to this many bytes below the frame of the caller. */
static void
touch(size_t size)
{
	volatile char room[4096];
	size_t i;

	for (i = 0; i < sizeof(room); i += 512)
		room[i] = 1;
	/* The frame is larger than room; that is our slack. */
	if (size > sizeof(room))
		touch(size - sizeof(room));
	room[0] = 2; /* not the last call: otherwise it would be no recursion */
}

/*
 * A frame is more than its array; so this many arrays fit in this many bytes.
 */
static size_t
in_frames(size_t size)
{
	return size / (4096 + 512) * 4096;
}

static void *
touches(void *size)
{
	storage[0] = storage[MUCH - 1] = aligned[0] = 1;
	if (!WITH_SHADOW)
		touch(in_frames(*(const size_t *)size));
	storage[MUCH / 2] = 1;
	return size;
}

/* One frame of exactly the size that was asked for. */
#define ASKED (256 * 1024)

static void *
fills_it(void *arg)
{
	volatile char all[ASKED];
	size_t i;

	for (i = 0; i < sizeof(all); i += 512)
		all[i] = 1;
	storage[0] = all[512];
	return arg;
}

static const size_t sizes[] = { 1, 4096, 16384, 65536, 65537, 256 * 1024,
	1024 * 1024 + 1, 9 * 1024 * 1024 };
#define SIZES (int)(sizeof(sizes) / sizeof(sizes[0]))

START_TEST(all_of_the_stack_asked_for_can_be_used)
{
	const struct sync_thread_options o = { .stack_size = sizes[_i] };
	size_t size = sizes[_i];
	struct sync_thread t;

	ok(sync_thread_start(&t, touches, &size, &o));
	ok(sync_thread_join(&t, NULL));
}
END_TEST

START_TEST(a_frame_as_large_as_the_stack_asked_for_fits)
{
	const struct sync_thread_options o = { .stack_size = ASKED };
	struct sync_thread t;

	ok(sync_thread_start(&t, fills_it, NULL, &o));
	ok(sync_thread_join(&t, NULL));
}
END_TEST

START_TEST(the_default_stack_is_a_mebibyte_at_least)
{
	const struct sync_thread_options o = { .name = "default" };
	size_t size = DEFAULT;
	struct sync_thread t;

	ok(sync_thread_start(&t, touches, &size, _i == 0 ? NULL : &o));
	ok(sync_thread_join(&t, NULL));
}
END_TEST

static void
touches_too(struct sync_timer *t, const struct sync_tick *tick, void *size)
{
	(void)touches(size);
	note(t, tick, size);
}

static void
call_with(struct sync_timer_thread *thread, size_t size)
{
	struct sync_timer t;

	ok(sync_timer_init(&t, thread, touches_too, &size));
	ok(sync_timer_arm(&t, 0));
	await_calls(1);
	ok(sync_timer_join(&t));
	ok(sync_timer_destroy(&t));
}

START_TEST(a_timer_thread_has_the_stack_asked_for)
{
	const struct sync_thread_options o = { "small", sizes[_i] };

	begin_timers_with(&o);
	ck_assert_str_eq(sync_thread_name(&tt.thread), "small");
	call_with(&tt, sizes[_i]);
	end_timers();
}
END_TEST

START_TEST(a_timer_thread_has_a_mebibyte_by_default)
{
	const struct sync_thread_options o = { .name = NULL };

	begin_timers_with(_i == 0 ? NULL : &o);
	ck_assert_str_eq(sync_thread_name(&tt.thread), "sync-timer");
	call_with(&tt, DEFAULT);
	end_timers();
}
END_TEST

static void
exits(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	note(t, tick, arg);
	pthread_exit(NULL);
}

START_TEST(a_timer_thread_that_was_replaced_has_it_too)
{
	const struct sync_thread_options o = { "large", 9 * DEFAULT };
	struct sync_timer t;
	size_t size = 9 * DEFAULT;

	begin_timers_with(&o);
	ok(sync_timer_init(&timer, &tt, exits, NULL));
	ok(sync_timer_init(&t, &tt, touches_too, &size));
	ok(sync_timer_arm(&timer, 0));
	await_calls(1);
	ok(sync_timer_arm(&t, 0));
	await_calls(2);
	ok(sync_timer_join(&t));
	end_timers();
}
END_TEST

START_TEST(an_absurd_stack_of_a_timer_thread_is_refused)
{
	const struct sync_thread_options o = { "absurd",
		SIZE_MAX - (size_t)_i };
	struct sync_timer_thread before;

	memset(&tt, 0x5a, sizeof(tt));
	before = tt;
	fails(sync_timer_thread_init_with(&tt, &o), EINVAL);
	ck_assert_mem_eq(&tt, &before, sizeof(tt));
	fails(sync_timer_thread_init_with(NULL, &o), EINVAL);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stack");
	TCase *tc = add_case(s, "threads");

	tcase_add_loop_test(
	    tc, all_of_the_stack_asked_for_can_be_used, 0, SIZES);
	tcase_add_test(tc, a_frame_as_large_as_the_stack_asked_for_fits);
	tcase_add_loop_test(
	    tc, the_default_stack_is_a_mebibyte_at_least, 0, 2);
	tc = add_case(s, "timers");
	tcase_add_loop_test(
	    tc, a_timer_thread_has_the_stack_asked_for, 0, SIZES);
	tcase_add_loop_test(
	    tc, a_timer_thread_has_a_mebibyte_by_default, 0, 2);
	tcase_add_test(tc, a_timer_thread_that_was_replaced_has_it_too);
	tcase_add_loop_test(
	    tc, an_absurd_stack_of_a_timer_thread_is_refused, 0, 2);
	return run_suite(s);
}
