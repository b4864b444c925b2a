/* SPDX-License-Identifier: MIT */
/* What the seam (lib/plat/plat.h) promises and no object uses yet. */
#include "primitives.h"

#include <sys/mman.h>

#include "plat.h"

static uint32_t *shared; /* atomic; memory that a child shares */

static void *
sleeps(void *arg)
{
	sync_time deadline = sync_after(INT64_C(60000000000));
	int err = 0;

	while (__atomic_load_n(shared, __ATOMIC_ACQUIRE) == 0 && err == 0)
		err = plat_wait(PLAT_SHARED, shared, 0, PLAT_ALL, deadline);
	ck_assert_int_eq(err, 0);
	return arg;
}

static void
wakes(void *arg)
{
	__atomic_store_n(shared, 1, __ATOMIC_RELEASE);
	plat_wake(PLAT_SHARED, shared, PLAT_ALL, PLAT_ALL);
	(void)arg;
}

START_TEST(a_wake_reaches_another_process)
{
	struct spawned *s;

	if (!plat_shares())
		return;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ck_assert_ptr_ne(shared, MAP_FAILED);
	s = spawn(sleeps, NULL);
	until_asleep(s);
	in_child(wakes, NULL);
	(void)finish(s);
	(void)munmap(shared, sizeof(*shared));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("seam");

	tcase_add_test(add_case(s, "scopes"), a_wake_reaches_another_process);
	return run_suite(s);
}
