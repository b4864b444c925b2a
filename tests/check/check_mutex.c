/* SPDX-License-Identifier: MIT */
/* What mutex and the small objects promise in addition to check_lock. */
#include "primitives.h"

static struct sync_mutex zero; /* never initialised */
static const struct sync_mutex initialised = SYNC_MUTEX_INIT;

static void *
finds_zero_held(void *arg)
{
	fails(sync_mutex_trylock(&zero), EBUSY);
	fails(sync_mutex_unlock(&zero), EPERM);
	return arg;
}

START_TEST(mutex_of_all_zero_bytes_is_unlocked)
{
	struct sync_mutex m;

	memset(&m, 0, sizeof(m));
	ck_assert_mem_eq(&m, &initialised, sizeof(m));
	ok(sync_mutex_lock(&zero));
	elsewhere(finds_zero_held);
	ok(sync_mutex_unlock(&zero));
	ok(sync_mutex_destroy(&zero));
	ok(sync_mutex_trylock(&m));
	ok(sync_mutex_unlock(&m));
	fails(sync_mutex_unlock(&m), EPERM);
	ok(sync_mutex_destroy(&m));
	ok(sync_mutex_init(&m, 0));
	ck_assert_mem_eq(&m, &initialised, sizeof(m));
}
END_TEST

START_TEST(mutex_rmutex_cond_sem_event_take_16_bytes_at_most)
{
	ck_assert_uint_eq(sizeof(struct sync_mutex), 8);
	ck_assert_uint_le(sizeof(struct sync_rmutex), 16);
	ck_assert_uint_le(sizeof(struct sync_cond), 16);
	ck_assert_uint_le(sizeof(struct sync_sem), 16);
	ck_assert_uint_le(sizeof(struct sync_event), 16);
	ck_assert_uint_le(sizeof(struct sync_latch), 16);
}
END_TEST

START_TEST(mutex_init_refuses_every_flag)
{
	struct sync_mutex m = SYNC_MUTEX_INIT;
	int bit;

	for (bit = 0; bit < 32; bit++)
		fails(sync_mutex_init(&m, 1u << bit), EINVAL);
	ck_assert_mem_eq(&m, &initialised, sizeof(m));
}
END_TEST

#define NEIGHBOURS 8
static struct sync_mutex row[NEIGHBOURS];
static unsigned sums[NEIGHBOURS];

static void *
uses_its_own(void *arg)
{
	size_t i = (size_t)((unsigned *)arg - sums);
	int n;

	for (n = 0; n < 2000; n++) {
		ok(sync_mutex_lock(&row[i]));
		sums[i]++;
		ok(sync_mutex_unlock(&row[i]));
		ok(sync_mutex_lock(&row[(i + 1) % NEIGHBOURS]));
		sums[(i + 1) % NEIGHBOURS]++;
		ok(sync_mutex_unlock(&row[(i + 1) % NEIGHBOURS]));
	}
	return arg;
}

START_TEST(mutexes_side_by_side_do_not_disturb_each_other)
{
	struct spawned *s[NEIGHBOURS];
	int i;

	for (i = 0; i < NEIGHBOURS; i++)
		s[i] = spawn(uses_its_own, &sums[i]);
	for (i = 0; i < NEIGHBOURS; i++)
		(void)finish(s[i]);
	for (i = 0; i < NEIGHBOURS; i++) {
		ck_assert_uint_eq(sums[i], 4000);
		ok(sync_mutex_destroy(&row[i]));
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("mutex");
	TCase *tc = add_case(s, "mutex");

	tcase_add_test(tc, mutex_of_all_zero_bytes_is_unlocked);
	tcase_add_test(tc, mutex_rmutex_cond_sem_event_take_16_bytes_at_most);
	tcase_add_test(tc, mutex_init_refuses_every_flag);
	tcase_add_test(tc, mutexes_side_by_side_do_not_disturb_each_other);
	return run_suite(s);
}
