/* SPDX-License-Identifier: MIT */
/* Owners that die, and priorities; the rest is in check_lock. */
#include <config.h>

#include <pthread.h>
#include <sched.h>
#include <time.h>

#include "primitives.h"

#include "plat.h"

#define BOTH (SYNC_ROBUST | SYNC_PRIO_INHERIT)
static const unsigned robust_kinds[] = { SYNC_ROBUST, BOTH };

static struct sync_kmutex m;

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

static void *
dies_with_it(void *arg)
{
	ok(sync_kmutex_lock(&m));
	return arg;
}

static int
lock_somehow(int how)
{
	return how == 0 ? sync_kmutex_lock(&m)
	    : how == 1  ? sync_kmutex_trylock(&m)
	    : how == 2  ? sync_kmutex_lock_until(&m, SYNC_NEVER)
	    : how == 3  ? sync_kmutex_lock_until(&m, sync_after_ms(60000))
			: sync_kmutex_lock_until(&m, -1);
}
#define HOWS 5
#define ROBUST_LOOPS (2 * HOWS)

START_TEST(lock_after_the_holder_died_returns_eownerdead_and_is_held)
{
	int how = _i % HOWS;

	ok(sync_kmutex_init(&m, robust_kinds[_i / HOWS]));
	elsewhere(dies_with_it);
	ck_assert(!sync_kmutex_held(&m));
	fails(sync_kmutex_unlock(&m), EPERM);
	fails(sync_kmutex_consistent(&m), EPERM);
	fails(lock_somehow(how), EOWNERDEAD);
	ck_assert(sync_kmutex_held(&m));
	ok(sync_kmutex_consistent(&m));
	fails(sync_kmutex_consistent(&m), EINVAL);
	ok(sync_kmutex_unlock(&m));
	ok(lock_somehow(how));
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}
END_TEST

START_TEST(unlock_without_consistent_makes_it_unrecoverable)
{
	int how = _i % HOWS;

	ok(sync_kmutex_init(&m, robust_kinds[_i / HOWS]));
	elsewhere(dies_with_it);
	fails(lock_somehow(how), EOWNERDEAD);
	ok(sync_kmutex_unlock(&m));
	for (how = 0; how < HOWS; how++) {
		fails(lock_somehow(how), ENOTRECOVERABLE);
		ck_assert(!sync_kmutex_held(&m));
	}
	fails(sync_kmutex_unlock(&m), EPERM);
	fails(sync_kmutex_consistent(&m), EPERM);
	ok(sync_kmutex_destroy(&m));
	fails(sync_kmutex_destroy(&m), EINVAL);
	ok(sync_kmutex_init(&m, robust_kinds[_i / HOWS]));
	ok(sync_kmutex_lock(&m));
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}
END_TEST

static unsigned go;

static void *
dies_when_told(void *arg)
{
	ok(sync_kmutex_lock(&m));
	count(&go);
	while (counted(&go) < 2)
		(void)sched_yield();
	return arg;
}

static void *
inherits_and_repairs(void *arg)
{
	fails(lock_somehow(*(int *)arg), EOWNERDEAD);
	ok(sync_kmutex_consistent(&m));
	ok(sync_kmutex_unlock(&m));
	return arg;
}

START_TEST(waiter_gets_eownerdead_when_the_holder_dies)
{
	int how = _i % HOWS;
	struct spawned *holder, *waiter;

	if (how == 1 || how == 4)
		return; /* those do not wait */
	ok(sync_kmutex_init(&m, robust_kinds[_i / HOWS]));
	holder = spawn(dies_when_told, NULL);
	while (counted(&go) < 1)
		(void)sched_yield();
	waiter = spawn(inherits_and_repairs, &how);
	until_asleep(waiter);
	count(&go);
	(void)finish(holder);
	(void)finish(waiter);
	ok(sync_kmutex_lock(&m));
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}
END_TEST

START_TEST(holder_may_die_again_and_again)
{
	int i;

	ok(sync_kmutex_init(&m, robust_kinds[_i]));
	for (i = 0; i < 100; i++) {
		if (i == 0) {
			elsewhere(dies_with_it);
		} else {
			fails(sync_kmutex_lock(&m), EOWNERDEAD);
			ok(sync_kmutex_consistent(&m));
			ok(sync_kmutex_unlock(&m));
			elsewhere(dies_with_it);
		}
	}
	fails(sync_kmutex_lock(&m), EOWNERDEAD);
	ok(sync_kmutex_consistent(&m));
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}
END_TEST

START_TEST(consistent_with_nothing_to_repair_returns_einval)
{
	ok(sync_kmutex_init(&m, kmutex_flags((unsigned)_i)));
	fails(sync_kmutex_consistent(&m), EPERM);
	ok(sync_kmutex_lock(&m));
	fails(sync_kmutex_consistent(&m), EINVAL);
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
	fails(sync_kmutex_consistent(&m), EINVAL);
	fails(sync_kmutex_consistent(NULL), EINVAL);
}
END_TEST

START_TEST(kmutex_that_was_never_initialised_returns_einval)
{
	static struct sync_kmutex zero;

	fails(sync_kmutex_lock(&zero), EINVAL);
	fails(sync_kmutex_trylock(&zero), EINVAL);
	fails(sync_kmutex_lock_until(&zero, SYNC_NEVER), EINVAL);
	fails(sync_kmutex_unlock(&zero), EINVAL);
	fails(sync_kmutex_consistent(&zero), EINVAL);
	fails(sync_kmutex_destroy(&zero), EINVAL);
	ck_assert(!sync_kmutex_held(&zero));
}
END_TEST

START_TEST(kmutex_init_refuses_unknown_flags)
{
	int bit;

	for (bit = 2; bit < 32; bit++)
		fails(sync_kmutex_init(&m, 1u << bit), EINVAL);
}
END_TEST

/* What configure found; the flags that are there work as ever. */
START_TEST(flag_that_the_system_lacks_returns_enotsup)
{
	unsigned flags = (unsigned)_i, lacking = 0;

	if (!HAVE_PTHREAD_MUTEXATTR_SETROBUST)
		lacking |= SYNC_ROBUST;
	if (!HAVE_PTHREAD_MUTEXATTR_SETPROTOCOL)
		lacking |= SYNC_PRIO_INHERIT;
	memset(&m, 0, sizeof(m));
	if (flags & lacking) {
		fails(sync_kmutex_init(&m, flags), ENOTSUP);
		fails(sync_kmutex_lock(&m), EINVAL); /* nothing was made */
		return;
	}
	ok(sync_kmutex_init(&m, flags));
	ok(sync_kmutex_lock(&m));
	fails(sync_kmutex_lock(&m), EDEADLK);
	fails(sync_kmutex_trylock(&m), EBUSY);
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}
END_TEST

/*
 * A holder ends while it holds a mutex that is not robust.  With priority
 * inheritance the kernel notices, and the mutex is lost.
 */
static void *
finds_it_lost(void *arg)
{
	fails(lock_somehow(*(int *)arg), ENOTRECOVERABLE);
	ck_assert(!sync_kmutex_held(&m));
	return arg;
}

static void
is_lost(void)
{
	int how;

	for (how = 0; how < HOWS; how++)
		(void)finds_it_lost(&how);
	fails(sync_kmutex_unlock(&m), EPERM);
	fails(sync_kmutex_consistent(&m), EPERM);
	ok(sync_kmutex_destroy(&m));
	ok(sync_kmutex_init(&m, SYNC_PRIO_INHERIT));
	ok(sync_kmutex_lock(&m));
	ok(sync_kmutex_unlock(&m));
	ok(sync_kmutex_destroy(&m));
}

START_TEST(inheriting_kmutex_is_lost_when_its_holder_dies)
{
	ok(sync_kmutex_init(&m, SYNC_PRIO_INHERIT));
	elsewhere(dies_with_it);
	(void)finds_it_lost(&_i);
	is_lost();
}
END_TEST

START_TEST(waiter_is_told_that_the_holder_of_an_inheriting_kmutex_died)
{
	struct spawned *holder, *waiter[2];
	int how = _i, i;

	if (how == 1 || how == 4)
		return; /* those do not wait */
	ok(sync_kmutex_init(&m, SYNC_PRIO_INHERIT));
	holder = spawn(dies_when_told, NULL);
	while (counted(&go) < 1)
		(void)sched_yield();
	for (i = 0; i < 2; i++) {
		waiter[i] = spawn(finds_it_lost, &how);
		until_asleep(waiter[i]);
	}
	count(&go);
	(void)finish(holder);
	for (i = 0; i < 2; i++)
		(void)finish(waiter[i]);
	is_lost();
}
END_TEST

/*
 * A circle: each of several threads holds one mutex and waits for the next
 * one's.
 */
#define RING_MAX 3
static const unsigned inheriting_kinds[] = { SYNC_PRIO_INHERIT, BOTH };
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

/*
 * The classic inversion, on one processor: low holds the mutex, high waits for
 * it, and medium would run for long.  Real-time priorities determine who runs:
 * main has the highest, and sleeps only when it asks to.
 */
enum { LOW = 10, MEDIUM = 20, HIGH = 30, ABOVE = 40 };
static unsigned low_has_it, low_may_go, medium_is_done, high_was_first;

static bool
set_priority(int priority)
{
	const struct sched_param p = { .sched_priority = priority };

	/* 0 is the calling thread */
	return sched_setscheduler(0, SCHED_FIFO, &p) == 0;
}

static void *
low_main(void *arg)
{
	ok(sync_kmutex_lock(&m));
	count(&low_has_it);
	(void)set_priority(LOW);
	while (counted(&low_may_go) == 0)
		continue;
	ok(sync_kmutex_unlock(&m));
	return arg;
}

static void *
medium_main(void *arg)
{
	sync_time end;

	(void)set_priority(MEDIUM);
	end = sync_after_ms(200);
	while (sync_time_now() < end)
		continue;
	count(&medium_is_done);
	return arg;
}

static void *
high_main(void *arg)
{
	(void)set_priority(HIGH);
	ok(arg == NULL ? sync_kmutex_lock(&m)
		       : sync_kmutex_lock_until(&m, INT64_MAX - 1));
	if (counted(&medium_is_done) == 0)
		count(&high_was_first);
	ok(sync_kmutex_unlock(&m));
	return arg;
}

START_TEST(holder_inherits_the_priority_of_its_waiter)
{
	unsigned flags = kmutex_flags(_i & 1 ? BOTH : SYNC_PRIO_INHERIT);
	struct spawned *low, *medium, *high;

	if (_i >= 2 && (announce_on || !HAVE_PTHREAD_MUTEX_CLOCKLOCK))
		return; /* then a lock with a deadline polls */
	if (!use_one_processor() || !set_priority(ABOVE))
		return; /* not allowed here: nothing to test */
	ok(sync_kmutex_init(&m, flags));
	low = spawn(low_main, NULL);
	while (counted(&low_has_it) == 0)
		sync_thread_sleep_until(sync_after(100000));
	high = spawn(high_main, _i & 2 ? &flags : NULL);
	until_asleep(high);
	medium = spawn(medium_main, NULL);
	count(&low_may_go); /* medium has not run yet: we are above it */
	(void)finish(high);
	(void)finish(medium);
	(void)finish(low);
	ck_assert_uint_eq(high_was_first, 1);
	ok(sync_kmutex_destroy(&m));
}
END_TEST

static void
add_robust(Suite *s)
{
	TCase *tc = add_case(s, "robust");

	tcase_add_loop_test(tc,
	    lock_after_the_holder_died_returns_eownerdead_and_is_held, 0,
	    ROBUST_LOOPS);
	tcase_add_loop_test(tc,
	    unlock_without_consistent_makes_it_unrecoverable, 0, ROBUST_LOOPS);
	tcase_add_loop_test(tc, waiter_gets_eownerdead_when_the_holder_dies, 0,
	    ROBUST_LOOPS);
	tcase_add_loop_test(tc, holder_may_die_again_and_again, 0, 2);
	tc = add_case(s, "lost");
	tcase_add_loop_test(
	    tc, inheriting_kmutex_is_lost_when_its_holder_dies, 0, HOWS);
	tcase_add_loop_test(tc,
	    waiter_is_told_that_the_holder_of_an_inheriting_kmutex_died, 0,
	    HOWS);
}

static void
add_inheriting(Suite *s)
{
	TCase *tc = add_case(s, "circle");

	tcase_add_loop_test(tc,
	    one_of_a_circle_of_inheriting_kmutexes_gets_edeadlk, 0, RINGS);
	tcase_add_loop_test(tc, to_try_in_a_circle_is_only_to_try, 0, 2);
	tcase_add_loop_test(tc,
	    condition_whose_mutex_closes_a_circle_ends_without_it, 0, 2);
	tcase_add_loop_test(
	    tc, circle_without_inheritance_ends_at_the_deadline, 0, 4);
	tcase_add_loop_test(tc,
	    circle_through_a_foreign_lock_is_survived_when_it_breaks, 0, 4);
	tc = add_case(s, "priority");
	tcase_add_loop_test(
	    tc, holder_inherits_the_priority_of_its_waiter, 0, 4);
}

int
main(void)
{
	Suite *s = suite_create("kmutex");
	TCase *tc = add_case(s, "misuse");

	tcase_add_loop_test(tc,
	    consistent_with_nothing_to_repair_returns_einval, 0, 4);
	tcase_add_test(tc, kmutex_that_was_never_initialised_returns_einval);
	tcase_add_test(tc, kmutex_init_refuses_unknown_flags);
	tcase_add_loop_test(
	    tc, flag_that_the_system_lacks_returns_enotsup, 0, 4);
	if (have_kmutex(SYNC_ROBUST) && have_kmutex(BOTH))
		add_robust(s);
	if (have_kmutex(SYNC_PRIO_INHERIT))
		add_inheriting(s);
	return run_suite(s);
}
