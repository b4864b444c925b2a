/* SPDX-License-Identifier: MIT */
/*
 * Threads that wait in a circle for kernel-owned mutexes: each holds one and
 * waits for the next one's.  If the mutexes inherit priorities, the kernel
 * refuses the wait that closes the circle.
 */
#include <config.h>

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "primitives.h"

#include "plat.h"

#define BOTH (SYNC_ROBUST | SYNC_PRIO_INHERIT)
static const unsigned inheriting_kinds[] = { SYNC_PRIO_INHERIT, BOTH };

/*
 * Circles are made on purpose here, so ThreadSanitizer need not report them.
 * NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c): its name
 */
const char *__tsan_default_options(void);

const char *
__tsan_default_options(void)
{
	return "detect_deadlocks=0";
}
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c) */

static unsigned go; /* atomic; mutexes that were taken */

/* The threads, and how each waits. */
#define RING_MAX 3
static struct sync_kmutex ring[RING_MAX];
static int ring_size, ring_how;
static struct gate all_hold;
static unsigned refused;

static int
lock_in_ring(int i)
{
	struct sync_kmutex *next = &ring[i % ring_size];

	return ring_how == 0 ? sync_kmutex_lock(next)
	    : ring_how == 1  ? sync_kmutex_lock_until(next, SYNC_NEVER)
	    : sync_kmutex_lock_until(next, sync_after_ms(60000));
}
#define RING_HOWS 3

static void *
waits_for_the_next(void *arg)
{
	int err, me = (int)((struct sync_kmutex *)arg - ring);

	ok(sync_kmutex_lock(&ring[me]));
	gate_pass(&all_hold);
	err = lock_in_ring(me + 1);
	if (err == 0) {
		ok(sync_kmutex_unlock(&ring[(me + 1) % ring_size]));
	} else {
		ck_assert_int_eq(err, EDEADLK);
		ck_assert(!sync_kmutex_held(&ring[(me + 1) % ring_size]));
		ck_assert(sync_kmutex_held(&ring[me]));
		count(&refused);
	}
	ok(sync_kmutex_unlock(&ring[me]));
	return arg;
}

/*
 * All mutexes are of the first kind, or every second one is of the other kind.
 */
static void
ring_begin(int size, unsigned kind, unsigned other)
{
	int i;

	ring_size = size;
	all_hold.n = (unsigned)size;
	for (i = 0; i < size; i++)
		ok(sync_kmutex_init(
		    &ring[i], kmutex_flags(i % 2 == 0 ? kind : other)));
}

static void
ring_end(void)
{
	int i;

	for (i = 0; i < ring_size; i++)
		ok(sync_kmutex_destroy(&ring[i]));
}

START_TEST(one_of_a_circle_of_inheriting_kmutexes_gets_edeadlk)
{
	struct spawned *s[RING_MAX] = { NULL };
	int i;

	ring_how = _i % RING_HOWS;
	ring_begin(2 + _i / RING_HOWS % 2,
	    inheriting_kinds[_i / RING_HOWS / 2 % 2],
	    inheriting_kinds[_i / RING_HOWS / 4]);
	for (i = 0; i < ring_size; i++)
		s[i] = spawn(waits_for_the_next, &ring[i]);
	for (i = 0; i < ring_size; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(refused, 1);
	ring_end();
}
END_TEST
#define RINGS (RING_HOWS * 2 * 2 * 2)

static void *
waits_for_ring_1(void *arg)
{
	ok(sync_kmutex_lock(&ring[0]));
	count(&go);
	ok(sync_kmutex_lock(&ring[1]));
	ok(sync_kmutex_unlock(&ring[1]));
	ok(sync_kmutex_unlock(&ring[0]));
	return arg;
}

START_TEST(to_try_in_a_circle_is_only_to_try)
{
	struct spawned *s;

	ring_begin(2, inheriting_kinds[_i], inheriting_kinds[_i]);
	ok(sync_kmutex_lock(&ring[1]));
	s = spawn(waits_for_ring_1, NULL);
	while (counted(&go) < 1)
		(void)sched_yield();
	until_asleep(s);
	fails(sync_kmutex_trylock(&ring[0]), EBUSY);
	fails(sync_kmutex_lock_until(&ring[0], 0), ETIMEDOUT);
	fails(sync_kmutex_lock_until(&ring[0], sync_after_ms(60000)), EDEADLK);
	fails(sync_kmutex_lock(&ring[0]), EDEADLK);
	ok(sync_kmutex_unlock(&ring[1]));
	(void)finish(s);
	ring_end();
}
END_TEST

static struct sync_cond in_ring;

static void *
signals_when_asleep(void *other)
{
	while (counted(&go) < 1)
		(void)sched_yield();
	until_asleep(other);
	ok(sync_cond_signal(&in_ring));
	return other;
}

/* A wait on a condition ends with a lock, which may close a circle. */
START_TEST(condition_whose_mutex_closes_a_circle_ends_without_it)
{
	struct spawned *s, *signaller;

	ring_begin(2, inheriting_kinds[_i], inheriting_kinds[_i]);
	ok(sync_cond_init(&in_ring, 0));
	ok(sync_kmutex_lock(&ring[1]));
	ok(sync_kmutex_lock(&ring[0]));
	s = spawn(waits_for_ring_1, NULL);
	signaller = spawn(signals_when_asleep, s);
	fails(sync_cond_wait_kmutex(&in_ring, &ring[0]), EDEADLK);
	ck_assert(!sync_kmutex_held(&ring[0]));
	ok(sync_kmutex_unlock(&ring[1]));
	(void)finish(s);
	(void)finish(signaller);
	ok(sync_cond_destroy(&in_ring));
	ring_end();
}
END_TEST

/*
 * Two threads that wait for each other only until a deadline form a circle as
 * well.
 */
static void *
waits_for_ring_1_until(void *arg)
{
	ok(sync_kmutex_lock(&ring[0]));
	count(&go);
	fails(sync_kmutex_lock_until(&ring[1], sync_after_ms(*(int *)arg)),
	    ETIMEDOUT);
	ok(sync_kmutex_unlock(&ring[0]));
	return arg;
}

START_TEST(circle_without_inheritance_ends_at_the_deadline)
{
	static const unsigned kinds[] = { 0, SYNC_ROBUST };
	int ms = 50;
	struct spawned *s;

	ring_begin(2, kinds[_i / 2], _i % 2 ? BOTH : kinds[_i / 2]);
	ok(sync_kmutex_lock(&ring[1]));
	s = spawn(waits_for_ring_1_until, &ms);
	while (counted(&go) < 1)
		(void)sched_yield();
	ok(sync_kmutex_lock(&ring[0])); /* after its deadline */
	ok(sync_kmutex_unlock(&ring[0]));
	ok(sync_kmutex_unlock(&ring[1]));
	(void)finish(s);
	ring_end();
}
END_TEST

/*
 * A circle through a lock that is not ours: the C library may put the thread to
 * sleep forever, and yet it gets the mutex once that is free.
 */
static pthread_mutex_t foreign;

static struct sync_kmutex m;

static void
foreign_init(void)
{
	pthread_mutexattr_t attr;

	ck_assert_int_eq(pthread_mutexattr_init(&attr), 0);
	ck_assert_int_eq(
	    pthread_mutexattr_setprotocol(&attr, PTHREAD_PRIO_INHERIT), 0);
	ck_assert_int_eq(pthread_mutex_init(&foreign, &attr), 0);
	ck_assert_int_eq(pthread_mutexattr_destroy(&attr), 0);
}

static unsigned main_waits;

/* Gives up only after main has started to wait for what it holds. */
static void *
waits_for_the_foreign_one(void *arg)
{
	struct timespec end;
	bool again;

	ok(sync_kmutex_lock(&m));
	count(&go);
	do {
		again = counted(&main_waits) == 0;
		ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &end), 0);
		end.tv_nsec += 100000000;
		if (end.tv_nsec >= 1000000000) {
			end.tv_sec++;
			end.tv_nsec -= 1000000000;
		}
		ck_assert_int_eq(
		    pthread_mutex_timedlock(&foreign, &end), ETIMEDOUT);
	} while (again);
	ok(sync_kmutex_unlock(&m));
	return arg;
}

START_TEST(circle_through_a_foreign_lock_is_survived_when_it_breaks)
{
	struct spawned *s;

	if (_i < 2 && (announce_on || !HAVE_PTHREAD_MUTEX_CLOCKLOCK))
		return; /* then the C library waits without slices */
	foreign_init();
	ok(sync_kmutex_init(&m, kmutex_flags(inheriting_kinds[_i % 2])));
	ck_assert_int_eq(pthread_mutex_lock(&foreign), 0);
	s = spawn(waits_for_the_foreign_one, NULL);
	while (counted(&go) < 1)
		(void)sched_yield();
	until_asleep(s);
	count(&main_waits);
	ok(_i < 2 ? sync_kmutex_lock(&m)
		  : sync_kmutex_lock_until(&m, sync_after_ms(60000)));
	ok(sync_kmutex_unlock(&m));
	(void)finish(s);
	ck_assert_int_eq(pthread_mutex_unlock(&foreign), 0);
	ok(sync_kmutex_destroy(&m));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("kmutex_circle");
	TCase *tc = add_case(s, "circle");

	if (!have_kmutex(SYNC_PRIO_INHERIT))
		return run_suite(s);
	tcase_add_loop_test(tc,
	    one_of_a_circle_of_inheriting_kmutexes_gets_edeadlk, 0, RINGS);
	tcase_add_loop_test(tc, to_try_in_a_circle_is_only_to_try, 0, 2);
	tcase_add_loop_test(tc,
	    condition_whose_mutex_closes_a_circle_ends_without_it, 0, 2);
	tcase_add_loop_test(
	    tc, circle_without_inheritance_ends_at_the_deadline, 0, 4);
	tcase_add_loop_test(tc,
	    circle_through_a_foreign_lock_is_survived_when_it_breaks, 0, 4);
	return run_suite(s);
}
