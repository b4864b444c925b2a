/* SPDX-License-Identifier: MIT */
/*
 * A broadcast to many waiters of one mutex: how often each of them goes to
 * sleep on the way, as counted by the system.  Each keeps the mutex until the
 * others sleep: once in the condition variable, once for the mutex.  If each
 * unlock woke all of them, each would sleep 32 times on average.
 */
#include "config.h"

#include "support.h"

#include <stdio.h>
#include <sys/resource.h>

#define WAITERS 64
#define LIMIT   8 /* on average: the wait, the lock, and chance */

static struct sync_mutex m;
static struct sync_cond c;
static bool go;         /* under m */
static unsigned sleeps; /* under m */

static unsigned
sleeps_so_far(void)
{
	struct rusage u;

	ck_assert_int_eq(getrusage(RUSAGE_THREAD, &u), 0);
	return (unsigned)u.ru_nvcsw;
}

static void *
waits(void *arg)
{
	unsigned before;

	ok(sync_mutex_lock(&m));
	before = sleeps_so_far();
	while (!go)
		ok(sync_cond_wait(&c, &m));
	sleeps += sleeps_so_far() - before;
	until_others_sleep();
	ok(sync_mutex_unlock(&m));
	return arg;
}

START_TEST(broadcast_does_not_make_a_herd)
{
	struct spawned *s[WAITERS];
	int i;

	for (i = 0; i < WAITERS; i++)
		s[i] = spawn(waits, NULL);
	for (i = 0; i < WAITERS; i++)
		until_asleep(s[i]);
	ok(sync_mutex_lock(&m));
	go = true;
	ok(sync_cond_broadcast(&c));
	ok(sync_mutex_unlock(&m));
	for (i = 0; i < WAITERS; i++)
		(void)finish(s[i]);
	printf("%u sleeps of %d waiters\n", sleeps, WAITERS);
	ck_assert_uint_ge(sleeps, WAITERS);
	ck_assert_uint_lt(sleeps, LIMIT * WAITERS);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("herd");
	TCase *tc = add_case(s, "cond");

	tcase_add_test(tc, broadcast_does_not_make_a_herd);
	return run_suite(s);
}
