/* SPDX-License-Identifier: MIT */
/*
 * The functions that signal handlers may call stay exact whatever the handler
 * interrupted.  Signals during waits are in check_signal_waits.
 */
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/time.h>

#include "primitives.h"

static unsigned handled; /* atomic; runs of a handler */
static pthread_t target; /* main, while a thread signals it */

static struct sync_sem sem;
static struct sync_event event;
static struct sync_latch latch;
static unsigned refused; /* atomic; calls from a handler that failed */

static void
expect(int err)
{
	if (err != 0)
		count(&refused);
}

static void
posts(int signal_number)
{
	(void)signal_number;
	expect(sync_sem_post(&sem));
	count(&handled);
}

static void
sets(int signal_number)
{
	(void)signal_number;
	expect(sync_event_set(&event));
	count(&handled);
}

static void
counts_down(int signal_number)
{
	(void)signal_number;
	expect(sync_latch_count_down(&latch));
	count(&handled);
}

/*
 * A thread signals main again and again, and continues once main has taken what
 * the handler gave.  Each signal finds main somewhere on its way through a
 * wait.  One lost wake stops everything, because nothing else ever wakes main.
 */
#define ROUNDS 4000u

static unsigned rounds; /* atomic; waits of main that returned */

static void *
signals_main(void *arg)
{
	unsigned i, n = ROUNDS * stress_factor(), spin;
	uint32_t seed = random_seed();

	for (i = 0; i < n; i++) {
		for (spin = random_next(&seed) % 2000; spin > 0; spin--)
			__asm__ __volatile__("");
		if (pthread_kill(target, SIGUSR1) != 0)
			count(&refused);
		while (counted(&rounds) <= i)
			(void)sched_yield();
	}
	return arg;
}

static void
begin_rounds(void (*handler)(int))
{
	on_signal(SIGUSR1, handler);
	target = pthread_self();
	rounds = 0;
	ok(sync_event_init(&event, 0));
	ok(sync_sem_init(&sem, 0, SYNC_SEM_MAX, 0));
	ok(sync_latch_init(&latch, 1, 0));
}

START_TEST(waiter_is_woken_by_a_post_of_its_own_handler)
{
	unsigned n = ROUNDS * stress_factor();
	struct spawned *s;

	begin_rounds(posts);
	s = spawn(signals_main, NULL);
	while (counted(&rounds) < n) {
		if (sync_sem_wait(&sem) != 0)
			ck_abort();
		count(&rounds);
	}
	(void)finish(s);
	ck_assert_uint_eq(counted(&handled), n);
	ck_assert_uint_eq(counted(&refused), 0);
	ck_assert_uint_eq(sync_sem_value(&sem), 0);
	ok(sync_sem_destroy(&sem));
}
END_TEST

START_TEST(waiter_is_woken_by_a_set_of_its_own_handler)
{
	unsigned n = ROUNDS * stress_factor();
	struct spawned *s;

	begin_rounds(sets);
	s = spawn(signals_main, NULL);
	while (counted(&rounds) < n) {
		if (sync_event_wait(&event) != 0
		    || sync_event_clear(&event) != 0)
			ck_abort();
		count(&rounds);
	}
	(void)finish(s);
	ck_assert_uint_eq(counted(&refused), 0);
}
END_TEST

START_TEST(waiter_is_woken_by_a_count_down_of_its_own_handler)
{
	unsigned n = ROUNDS * stress_factor();
	struct spawned *s;

	begin_rounds(counts_down);
	s = spawn(signals_main, NULL);
	while (counted(&rounds) < n) {
		if (sync_latch_wait(&latch) != 0
		    || sync_latch_destroy(&latch) != 0
		    || sync_latch_init(&latch, 1, 0) != 0)
			ck_abort();
		count(&rounds);
	}
	(void)finish(s);
	ck_assert_uint_eq(counted(&refused), 0);
}
END_TEST

/*
 * A timer's signal, a thousand times a second, hits any of the threads below in
 * the middle of any call; each handler posts once.
 */
#define TICKS 1000u

static unsigned stop;             /* atomic */
static unsigned posted, taken;    /* atomic; by the threads */
static struct sync_mutex mutex;
static struct sync_cond cond;

static void *
posts_and_takes(void *arg)
{
	while (counted(&stop) == 0) {
		if (sync_sem_post(&sem) == 0)
			count(&posted);
		if (sync_sem_wait(&sem) == 0)
			count(&taken);
		if (sync_sem_wait_until(&sem, sync_after(50000)) == 0)
			count(&taken);
	}
	return arg;
}

static void *
waits_for_events(void *arg)
{
	while (counted(&stop) == 0) {
		if (sync_event_wait(&event) != 0
		    || sync_event_clear(&event) != 0)
			count(&refused);
		(void)sync_mutex_lock(&mutex);
		(void)sync_cond_wait_until(&cond, &mutex, sync_after(20000));
		(void)sync_cond_broadcast(&cond);
		(void)sync_mutex_unlock(&mutex);
	}
	return arg;
}

static void
posts_and_sets(int signal_number)
{
	sets(signal_number);
	expect(sync_sem_post(&sem));
}

START_TEST(handler_at_a_thousand_a_second_loses_nothing)
{
	const struct itimerval every = { { 0, 1000 }, { 0, 1000 } };
	const struct itimerval never = { { 0, 0 }, { 0, 0 } };
	struct spawned *s[4];
	int i;

	begin_rounds(NULL);
	ok(sync_mutex_init(&mutex, 0));
	ok(sync_cond_init(&cond, 0));
	on_signal(SIGALRM, posts_and_sets);
	for (i = 0; i < 4; i++)
		s[i] = spawn(i < 2 ? posts_and_takes : waits_for_events, NULL);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &every, NULL), 0);
	while (counted(&handled) < TICKS) {
		if (sync_sem_post(&sem) == 0)
			count(&posted);
		(void)sched_yield();
	}
	count(&stop);
	ok(sync_sem_wait(&sem)); /* ticks still come, so this returns */
	count(&taken);
	/*
	 * One event may release only one waiter, because each waiter clears it.
	 */
	for (i = 0; i < 4; i++)
		while (sync_thread_tryjoin(&s[i]->thread, NULL) == EBUSY) {
			ok(sync_event_set(&event));
			(void)sched_yield();
		}
	ck_assert_int_eq(setitimer(ITIMER_REAL, &never, NULL), 0);
	for (i = 0; i < 4; i++)
		(void)finish(s[i]);
	ck_assert_uint_eq(counted(&refused), 0);
	ck_assert_uint_eq(counted(&taken) + sync_sem_value(&sem),
	    counted(&posted) + counted(&handled));
	ok(sync_sem_destroy(&sem));
	ok(sync_event_destroy(&event));
}
END_TEST

/* One handler interrupts another that is inside a post. */

static void
posts_and_raises(int signal_number)
{
	(void)signal_number;
	expect(sync_sem_post(&sem));
	(void)raise(SIGUSR2);
	expect(sync_sem_post(&sem));
	count(&handled);
}

static void *
takes_three(void *arg)
{
	unsigned i;

	for (i = 0; i < 3 * ROUNDS; i++)
		if (sync_sem_wait(&sem) == 0)
			count(&taken);
	return arg;
}

START_TEST(handlers_within_handlers_lose_nothing)
{
	struct spawned *s;
	unsigned i;

	begin_rounds(posts_and_raises);
	on_signal(SIGUSR2, posts);
	s = spawn(takes_three, NULL);
	for (i = 0; i < ROUNDS; i++)
		(void)raise(SIGUSR1);
	(void)finish(s);
	ck_assert_uint_eq(counted(&taken), 3 * ROUNDS);
	ck_assert_uint_eq(counted(&refused), 0);
	ck_assert_uint_eq(sync_sem_value(&sem), 0);
}
END_TEST

START_TEST(handler_finds_errno_as_it_was)
{
	begin_rounds(posts_and_raises);
	on_signal(SIGUSR2, posts);
	errno = 1234;
	(void)sync_sem_post(&sem);
	(void)sync_event_set(&event);
	fails(sync_sem_wait_until(&sem, 0), 0);
	fails(sync_sem_wait_until(&sem, 0), ETIMEDOUT);
	errno = 1234;
	(void)sync_sem_wait_until(&sem, sync_after_ms(1));
	(void)sync_sem_trywait(&sem);
	(void)sync_sem_post(&sem);
	(void)sync_latch_count_down(&latch);
	ck_assert_int_eq(errno, 1234);
}
END_TEST

/*
 * ThreadSanitizer may run a handler only after the wait that it should end has
 * begun.
 */
static const bool handlers_are_prompt = !WITH_TSAN;

int
main(void)
{
	Suite *s = suite_create("signal");
	TCase *tc = add_case(s, "handlers");

	if (handlers_are_prompt) {
		tcase_add_test(
		    tc, waiter_is_woken_by_a_post_of_its_own_handler);
		tcase_add_test(
		    tc, waiter_is_woken_by_a_set_of_its_own_handler);
		tcase_add_test(
		    tc, waiter_is_woken_by_a_count_down_of_its_own_handler);
	}
	tcase_add_test(tc, handler_at_a_thousand_a_second_loses_nothing);
	tcase_add_test(tc, handlers_within_handlers_lose_nothing);
	tcase_add_test(tc, handler_finds_errno_as_it_was);
	return run_suite(s);
}
