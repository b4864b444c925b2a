/* SPDX-License-Identifier: MIT */
/*
 * A program may end while the library's threads run: with pending timers, a
 * consumer that waits, and threads that use everything.  The test runs this
 * program again and again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

#define RUNS 200

static struct sync_mutex mutex = SYNC_MUTEX_INIT;
static struct sync_cond cond = SYNC_COND_INIT;
static struct sync_sem sem = SYNC_SEM_INIT(1, 8);
static struct sync_rwlock rwlock = SYNC_RWLOCK_INIT;
static struct sync_event running = SYNC_EVENT_INIT;
static struct sync_queue empty, busy;
static struct sync_timer_thread timers;
static struct sync_timer pending, often;
static struct sync_thread threads[4];

static void *
gets(void *arg)
{
	int i;

	(void)sync_queue_get(&empty, &i);
	return arg;
}

static void *
works(void *arg)
{
	int64_t i = 0;

	for (;;) {
		(void)sync_queue_tryput(&busy, &i);
		(void)sync_queue_tryget(&busy, &i);
		(void)sync_mutex_lock(&mutex);
		(void)sync_cond_wait_until(&cond, &mutex, sync_after(1000));
		(void)sync_mutex_unlock(&mutex);
		(void)sync_rwlock_wrlock(&rwlock);
		(void)sync_rwlock_unlock(&rwlock);
		(void)sync_sem_wait(&sem);
		(void)sync_sem_post(&sem);
		(void)sync_event_set(&running);
	}
	return arg;
}

static void
ticks(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	(void)sync_cond_broadcast(&cond);
}

static void
at_exit(void)
{
	int i = 1;

	/* Exit handlers may use the library. */
	if (sync_mutex_lock(&mutex) != 0 || sync_mutex_unlock(&mutex) != 0
	    || sync_queue_put(&empty, &i) != 0)
		_exit(8);
}

static void
end_while_all_runs(int how)
{
	int i;

	if (sync_queue_init(&empty, SYNC_FIFO, sizeof(int), SYNC_UNBOUNDED)
	    || sync_queue_init(&busy, SYNC_PRIORITY, sizeof(int64_t), 4)
	    || sync_timer_thread_init(&timers, NULL)
	    || sync_timer_init(&pending, &timers, ticks, NULL)
	    || sync_timer_init(&often, &timers, ticks, NULL)
	    || sync_timer_arm(&pending, sync_after_ms(3600000))
	    || sync_timer_arm_every(&often, 0, 50000, SYNC_TIMER_SKIP))
		_exit(7);
	for (i = 0; i < 4; i++)
		if (sync_thread_start(&threads[i], i == 0 ? gets : works, NULL,
			NULL))
			_exit(6);
	(void)sync_event_wait(&running);
	sync_thread_sleep_until(sync_after((int64_t)how * 10000));
	if (how % 2 == 0 && atexit(at_exit) != 0)
		_exit(5);
	exit(0);
}

static void
run_again(void *argument)
{
	/* This is the case under test. */
	(void)setenv("TSAN_OPTIONS",
	    "report_thread_leaks=0:atexit_sleep_ms=0", 1);
	(void)execl("/proc/self/exe", "check_exit", argument, (char *)NULL);
	_exit(99);
}

START_TEST(exit_while_everything_runs_is_clean)
{
	char argument[16];

	(void)snprintf(argument, sizeof(argument), "%d", _i);
	in_child(run_again, argument);
}
END_TEST

static void *
exits(void *arg)
{
	exit(0);
	return arg;
}

static void
thread_exits(void *unused)
{
	(void)unused;
	(void)sync_thread_start(&threads[0], exits, NULL, NULL);
	(void)sync_thread_join(&threads[0], NULL);
	_exit(9);
}

START_TEST(started_thread_may_exit_the_program)
{
	in_child(thread_exits, NULL);
}
END_TEST

int
main(int argc, char *argv[])
{
	Suite *s;
	TCase *tc;

	if (argc > 1)
		end_while_all_runs((int)strtol(argv[1], NULL, 10));
	s = suite_create("exit");
	tc = add_case(s, "exit");
	tcase_add_loop_test(tc, exit_while_everything_runs_is_clean, 0, RUNS);
	tcase_add_test(tc, started_thread_may_exit_the_program);
	return run_suite(s);
}
