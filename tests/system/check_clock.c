/* SPDX-License-Identifier: MIT */
/*
 * Waits do not depend on the wall clock.  The linker replaces the functions
 * that the library calls with those below: a wall clock that jumps by thousands
 * of seconds at each reading, and a count of every call that involves it.
 *
 * Without pthread_condattr_setclock, waits on POSIX threads alone must ask the
 * wall clock.  Then it jumps by up to 50 ms, waits must not end early, and none
 * may depend on that clock for longer than a slice.
 */
#include <config.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "waits.h"

#define CLOCK_REALTIME_FLAG 256 /* of a futex operation */

static unsigned wall_looks;      /* atomic; the wall clock was read */
static unsigned monotonic_looks; /* atomic */

/* NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c): the linker's names */
int __real_clock_gettime(clockid_t, struct timespec *);
int __wrap_clock_gettime(clockid_t, struct timespec *);
time_t __wrap_time(time_t *);
int __wrap_gettimeofday(struct timeval *, void *);
int __real_pthread_cond_init(pthread_cond_t *, const pthread_condattr_t *);
int __wrap_pthread_cond_init(pthread_cond_t *, const pthread_condattr_t *);
int __real_pthread_cond_timedwait(
    pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
int __wrap_pthread_cond_timedwait(
    pthread_cond_t *, pthread_mutex_t *, const struct timespec *);
int __wrap_pthread_mutex_timedlock(pthread_mutex_t *, const struct timespec *);
int __wrap_sem_timedwait(sem_t *, const struct timespec *);
long __real_syscall(long, ...);
long __wrap_syscall(long, ...);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c) */

static void
count(unsigned *n)
{
	(void)__atomic_fetch_add(n, 1, __ATOMIC_RELAXED);
}

#define JUMP  (HAVE_PTHREAD_CONDATTR_SETCLOCK ? 8192000000000 : 50000000)
#define SLICE 100000000 /* as in plat/posix/wait.c */

/* Nanoseconds. */
static int64_t
jump(void)
{
	static unsigned state;
	unsigned n = __atomic_add_fetch(&state, 2654435761u, __ATOMIC_RELAXED);

	return JUMP / 8192 * ((int64_t)(n >> 18) - 8192);
}

static sync_time
time_of(const struct timespec *ts)
{
	return (sync_time)ts->tv_sec * 1000000000 + ts->tv_nsec;
}

int
__wrap_clock_gettime(clockid_t clock, struct timespec *ts)
{
	int r = __real_clock_gettime(clock, ts);
	sync_time t;

	if (clock == CLOCK_MONOTONIC) {
		count(&monotonic_looks);
		return r;
	}
	count(&wall_looks);
	t = time_of(ts) + jump();
	ts->tv_sec = (time_t)(t / 1000000000);
	ts->tv_nsec = (long)(t % 1000000000);
	return r;
}

time_t
__wrap_time(time_t *t)
{
	struct timespec ts;

	(void)__wrap_clock_gettime(CLOCK_REALTIME, &ts);
	if (t != NULL)
		*t = ts.tv_sec;
	return ts.tv_sec;
}

int
__wrap_gettimeofday(struct timeval *tv, void *zone)
{
	(void)zone;
	tv->tv_sec = __wrap_time(NULL);
	tv->tv_usec = 0;
	return 0;
}

int
__wrap_pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *attr)
{
	clockid_t clock = CLOCK_REALTIME;

	if (attr != NULL)
		(void)pthread_condattr_getclock(attr, &clock);
	if (clock != CLOCK_MONOTONIC)
		count(&wall_looks);
	return __real_pthread_cond_init(c, attr);
}

static unsigned slices; /* atomic */

int
__wrap_pthread_cond_timedwait(
    pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *ts)
{
	struct timespec now;

	if (!HAVE_PTHREAD_CONDATTR_SETCLOCK) {
		(void)__real_clock_gettime(CLOCK_REALTIME, &now);
		if (time_of(ts) - time_of(&now) > SLICE + JUMP)
			ck_abort_msg("sleeps too long on the wall clock");
		count(&slices);
	}
	return __real_pthread_cond_timedwait(c, m, ts);
}

/* These functions know only the wall clock. */
int
__wrap_pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *ts)
{
	(void)ts;
	count(&wall_looks);
	return pthread_mutex_lock(m);
}

int
__wrap_sem_timedwait(sem_t *s, const struct timespec *ts)
{
	(void)ts;
	count(&wall_looks);
	return sem_wait(s);
}

long
__wrap_syscall(long number, ...)
{
	long a[6];
	va_list ap;
	int i;

	va_start(ap, number);
	for (i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_futex && (a[1] & CLOCK_REALTIME_FLAG))
		count(&wall_looks);
	return __real_syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static sync_time
real_now(void)
{
	struct timespec ts;

	(void)__real_clock_gettime(CLOCK_MONOTONIC, &ts);
	return time_of(&ts);
}

static const struct wait_kind *kind;

static void *
times_out(void *arg)
{
	int i;

	for (i = 0; i < 3; i++) {
		sync_time deadline = sync_after_ms(7);

		fails(kind->wait(deadline), ETIMEDOUT);
		ck_assert_msg(real_now() >= deadline, "%s: too early",
		    kind->name);
	}
	return arg;
}

static void *
takes(void *arg)
{
	ok(kind->wait(sync_after_ms(3600000)));
	return arg;
}

static void
wall_clock_is_not_asked(void)
{
	unsigned n = __atomic_load_n(&wall_looks, __ATOMIC_RELAXED);

	if (HAVE_PTHREAD_CONDATTR_SETCLOCK)
		ck_assert_msg(n == 0, "%s: asked %u times", kind->name, n);
}

/* Check's own readings, to time the tests, are ignored. */
static void
forget_looks(void)
{
	__atomic_store_n(&wall_looks, 0, __ATOMIC_RELAXED);
}

/*
 * Its deadline ends it three times; then, with a deadline an hour ahead, a
 * release.
 */
START_TEST(wait_ends_at_its_deadline_whatever_the_wall_clock_says)
{
	struct spawned *s;

	kind = &wait_kinds[_i];
	kind->begin();
	(void)finish(spawn(times_out, NULL));
	if (kind->release != NULL) {
		s = spawn(takes, NULL);
		until_asleep(s);
		kind->release();
		(void)finish(s);
	}
	kind->end();
	wall_clock_is_not_asked();
}
END_TEST

static sync_time ticked; /* under the semaphore */
static struct sync_sem ticks;

static void
tick(struct sync_timer *t, const struct sync_tick *k, void *arg)
{
	(void)t, (void)arg;
	ck_assert_int_ge(k->late, 0);
	ticked = real_now();
	ok(sync_sem_post(&ticks));
}

START_TEST(timer_is_never_early)
{
	struct sync_timer_thread tt;
	struct sync_timer t;
	int i;

	kind = &wait_kinds[0];
	ok(sync_sem_init(&ticks, 0, 1, 0));
	ok(sync_timer_thread_init(&tt, NULL));
	ok(sync_timer_init(&t, &tt, tick, NULL));
	for (i = 0; i < 5; i++) {
		sync_time due = sync_after_ms(i);

		ok(sync_timer_arm(&t, due));
		ok(sync_sem_wait(&ticks));
		ck_assert_int_ge(ticked, due);
	}
	ok(sync_timer_thread_destroy(&tt));
	wall_clock_is_not_asked();
}
END_TEST

START_TEST(clock_is_the_systems_monotonic_one)
{
	sync_time before = real_now(), now = sync_time_now();

	ck_assert_int_ge(now, before);
	ck_assert_int_ge(real_now(), now);
	ck_assert_uint_gt(monotonic_looks, 0);
}
END_TEST

/* A deadline beyond one slice takes several, and is not early. */
START_TEST(wait_on_the_wall_clock_goes_on_to_its_deadline)
{
	struct sync_event never = SYNC_EVENT_INIT;
	sync_time deadline = sync_after(5 * (sync_time)SLICE / 2);

	fails(sync_event_wait_until(&never, deadline), ETIMEDOUT);
	ck_assert_int_ge(real_now(), deadline);
	ck_assert_uint_ge(slices, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("clock");
	TCase *tc = add_case(s, "jumping wall clock");
	int n = (int)wait_kinds_count;

	tcase_add_checked_fixture(tc, forget_looks, NULL);
	tcase_add_loop_test(tc,
	    wait_ends_at_its_deadline_whatever_the_wall_clock_says, 0, n);
	tcase_add_test(tc, timer_is_never_early);
	tcase_add_test(tc, clock_is_the_systems_monotonic_one);
	if (!HAVE_PTHREAD_CONDATTR_SETCLOCK)
		tcase_add_test(
		    tc, wait_on_the_wall_clock_goes_on_to_its_deadline);
	return run_suite(s);
}
