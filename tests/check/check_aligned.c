/* SPDX-License-Identifier: MIT */
/* Init fails for memory that is not aligned for the object's type. */
#include "support.h"

#include <string.h>

static union {
	int64_t align;
	void *align_pointer;
	unsigned char bytes[1024];
} room;

static void *
nothing(void *arg)
{
	return arg;
}

static void
ticks(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t;
	(void)tick;
	(void)arg;
}

/* _i: the distance in bytes from an aligned address. */
START_TEST(init_of_memory_that_is_not_aligned_returns_einval)
{
	void *p = room.bytes + _i;
	struct sync_timer_thread tt;
	unsigned char before[sizeof(room)];

	memset(&room, 0x5a, sizeof(room));
	memcpy(before, room.bytes, sizeof(before));
	ok(sync_timer_thread_init(&tt, NULL));
	fails(sync_mutex_init(p, 0), EINVAL);
	fails(sync_rmutex_init(p, 0), EINVAL);
	fails(sync_kmutex_init(p, 0), EINVAL);
	fails(sync_cond_init(p, 0), EINVAL);
	fails(sync_sem_init(p, 1, 1, 0), EINVAL);
	fails(sync_event_init(p, 0), EINVAL);
	fails(sync_latch_init(p, 1, 0), EINVAL);
	fails(sync_barrier_init(p, 1, NULL, NULL, 0), EINVAL);
	fails(sync_rwlock_init(p, 0), EINVAL);
	fails(sync_queue_init(p, SYNC_FIFO, 1, 1), EINVAL);
	fails(sync_thread_start(p, nothing, NULL, NULL), EINVAL);
	fails(sync_timer_thread_init(p, NULL), EINVAL);
	fails(sync_timer_init(p, &tt, ticks, NULL), EINVAL);
	ck_assert_mem_eq(room.bytes, before, sizeof(before));
	ok(sync_timer_thread_destroy(&tt));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("aligned");
	TCase *tc = add_case(s, "init");

	tcase_add_loop_test(
	    tc, init_of_memory_that_is_not_aligned_returns_einval, 1, 4);
	return run_suite(s);
}
