/* SPDX-License-Identifier: MIT */
/*
 * No wait is a cancellation point.  A thread that is cancelled in a wait stays
 * there until it is released, gives back what it got, and ends at a
 * cancellation point of its own.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include "plat.h"
#include "waits.h"

static const struct wait_kind *kind;

static pthread_t victim; /* set before waits */
static unsigned waits;   /* atomic; it is about to wait */
static unsigned waited;  /* atomic; the wait returned 0 */
static unsigned cancelled; /* atomic */
static unsigned outlived; /* atomic; it reached its own cancellation point */

static void
set(unsigned *flag)
{
	__atomic_store_n(flag, 1, __ATOMIC_RELEASE);
}

static bool
is_set(const unsigned *flag)
{
	return __atomic_load_n(flag, __ATOMIC_ACQUIRE) != 0;
}

static void *
waits_and_dies(void *arg)
{
	victim = pthread_self();
	set(&waits);
	if (kind->wait(arg != NULL ? *(sync_time *)arg : SYNC_NEVER) == 0)
		set(&waited);
	while (!is_set(&cancelled))
		(void)sched_yield(); /* is none */
	pthread_testcancel();
	set(&outlived);
	return NULL;
}

static struct spawned *
start(sync_time *deadline)
{
	struct spawned *s;

	waits = 0;
	waited = 0;
	cancelled = 0;
	outlived = 0;
	s = spawn(waits_and_dies, deadline);
	while (!is_set(&waits))
		(void)sched_yield();
	return s;
}

static void
cancel(void)
{
	ck_assert_int_eq(pthread_cancel(victim), 0);
	set(&cancelled);
}

START_TEST(cancelled_waiter_stays_until_it_is_let_go)
{
	struct spawned *s;

	kind = &wait_kinds[_i];
	if (kind->release == NULL)
		return;
	kind->begin();
	s = start(NULL);
	until_asleep(s);
	cancel();
	until_asleep(s);
	ck_assert_msg(!is_set(&waited), "%s", kind->name);
	kind->release();
	ck_assert_ptr_null(finish(s));
	ck_assert_msg(is_set(&waited), "%s: cancelled inside", kind->name);
	ck_assert(!is_set(&outlived));
	kind->end();
}
END_TEST

START_TEST(cancelled_waiter_stays_until_its_deadline)
{
	sync_time deadline = sync_after_ms(20);
	struct spawned *s;

	kind = &wait_kinds[_i];
	kind->begin();
	s = start(&deadline);
	cancel();
	ck_assert_ptr_null(finish(s));
	ck_assert_int_ge(sync_time_now(), deadline);
	ck_assert(!is_set(&waited) && !is_set(&outlived));
	/* The object also serves the next thread. */
	if (kind->release != NULL) {
		s = start(NULL);
		set(&cancelled);
		kind->release();
		(void)finish(s);
		ck_assert(is_set(&waited));
	}
	kind->end();
}
END_TEST

START_TEST(cancelling_at_any_moment_leaves_no_lock_behind)
{
	int i;

	kind = &wait_kinds[_i];
	if (kind->release == NULL)
		return;
	for (i = 0; i < 40; i++) {
		struct spawned *s;
		sync_time until;

		kind->begin();
		s = start(NULL);
		until = sync_after((int64_t)i * 5000);
		while (sync_time_now() < until)
			continue;
		cancel();
		kind->release();
		ck_assert_ptr_null(finish(s));
		ck_assert(is_set(&waited));
		kind->end();
	}
}
END_TEST

/*
 * A signal does not make a wait a cancellation point, however a sanitizer
 * treats signals.
 */
START_TEST(cancelled_waiter_that_is_interrupted_stays)
{
	struct spawned *s;
	unsigned i;

	kind = &wait_kinds[_i];
	if (kind->release == NULL)
		return;
	on_signal(SIGUSR1, count_signal);
	kind->begin();
	s = start(NULL);
	until_asleep(s);
	cancel();
	for (i = 0; i < 3; i++) {
		unsigned before = signals_counted();

		ck_assert_int_eq(pthread_kill(victim, SIGUSR1), 0);
		/* ThreadSanitizer may delay it until the wait has ended. */
		while (!WITH_TSAN && signals_counted() == before)
			(void)sched_yield();
		until_asleep(s);
	}
	ck_assert_msg(!is_set(&waited), "%s", kind->name);
	kind->release();
	ck_assert_ptr_null(finish(s));
	ck_assert_msg(is_set(&waited), "%s: cancelled inside", kind->name);
	ck_assert(!is_set(&outlived));
	kind->end();
}
END_TEST

static void
dies_cancelled(void *unused)
{
	(void)unused;
	(void)pthread_cancel(pthread_self());
	plat_die("as it should\n");
}

START_TEST(cancelled_thread_that_misuses_the_library_aborts)
{
	int status = child_status(dies_cancelled, NULL);

	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}
END_TEST

static struct sync_event go;
static unsigned joined; /* atomic */

static void *
sleeps(void *arg)
{
	(void)sync_event_wait(&go);
	return arg;
}

static void *
joins_once(void *arg)
{
	void *result = NULL;

	if (sync_thread_join(arg, &result) == 0 && result == arg)
		(void)__atomic_fetch_add(&joined, 1, __ATOMIC_RELAXED);
	return NULL;
}

static void *
joins_cancelled(void *arg)
{
	(void)pthread_cancel(pthread_self());
	(void)joins_once(arg);
	pthread_testcancel();
	return arg;
}

/* The first joiner to see the end may or may not be a cancelled one. */
START_TEST(cancelled_joiner_does_not_keep_the_others_from_joining)
{
	int i;

	for (i = 0; i < 50; i++) {
		struct spawned *a, *b;
		struct sync_thread t;

		joined = 0;
		ok(sync_event_init(&go, 0));
		ok(sync_thread_start(&t, sleeps, &t, NULL));
		a = spawn(joins_cancelled, &t);
		b = spawn(joins_once, &t);
		if (i % 2 == 0) {
			until_asleep(a);
			until_asleep(b);
		}
		ok(sync_event_set(&go));
		ck_assert_ptr_null(finish(a));
		(void)finish(b);
		ck_assert_uint_eq(joined, 2);
	}
}
END_TEST

static void *
cancels_itself(void *arg)
{
	(void)pthread_cancel(pthread_self());
	pthread_testcancel();
	return arg;
}

static void *
exits(void *arg)
{
	pthread_exit(arg);
}

START_TEST(thread_that_was_cancelled_or_exited_can_be_joined)
{
	struct sync_thread t;
	void *result = &t;

	ok(sync_thread_start(&t, cancels_itself, &t, NULL));
	ok(sync_thread_join(&t, &result));
	ck_assert_ptr_null(result);
	ok(sync_thread_start(&t, exits, &t, NULL));
	ok(sync_thread_join(&t, NULL));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("cancel");
	TCase *tc = add_case(s, "waits");
	int n = (int)wait_kinds_count;

	tcase_add_loop_test(
	    tc, cancelled_waiter_stays_until_it_is_let_go, 0, n);
	tcase_add_loop_test(
	    tc, cancelled_waiter_stays_until_its_deadline, 0, n);
	tcase_add_loop_test(
	    tc, cancelling_at_any_moment_leaves_no_lock_behind, 0, n);
	tcase_add_loop_test(
	    tc, cancelled_waiter_that_is_interrupted_stays, 0, n);
	tc = add_case(s, "threads");
	tcase_add_test(
	    tc, cancelled_joiner_does_not_keep_the_others_from_joining);
	tcase_add_test(tc, thread_that_was_cancelled_or_exited_can_be_joined);
	tcase_add_test(tc, cancelled_thread_that_misuses_the_library_aborts);
	return run_suite(s);
}
