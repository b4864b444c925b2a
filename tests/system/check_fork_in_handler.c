/* SPDX-License-Identifier: MIT */
/*
 * A signal handler that interrupts a wait forks.  In the child it returns to
 * that wait, which ends there as it does in the parent.
 */
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "fork_support.h"
#include "wait/waitq.h"

static int child_of_handler; /* how it ended */
static bool in_child_of_handler;

/* A thread that waits like this is interrupted by a handler that forks. */
static void
interrupt(void *(*waits)(void *), void *arg, void (*handler)(int))
{
	struct spawned *s;

	on_signal(SIGUSR1, handler);
	s = spawn(waits, arg);
	until_asleep(s);
	(void)syscall(SYS_tgkill, getpid(), s->tid, SIGUSR1);
	(void)finish(s);
	ck_assert_int_eq(child_of_handler, 0);
}

static void
lets_both_go(void)
{
	(void)sync_event_set(&event);
	(void)sync_latch_count_down(&latch);
}

static void
handler_forks(int unused)
{
	pid_t pid = fork();

	(void)unused;
	if (pid == 0) {
		(void)alarm(60);
		in_child_of_handler = true;
	} else if (waitpid(pid, &child_of_handler, 0) != pid) {
		child_of_handler = -1;
	}
	lets_both_go();
}

static void *
is_interrupted(void *wait)
{
	int err = (*(int (**)(void))wait)();

	if (in_child_of_handler) {
		need(err == 0);
		need(event.waiters << 8 == 0 && latch.waiters << 8 == 0);
		need(sync_event_destroy(&event) == 0);
		need(sync_latch_destroy(&latch) == 0);
		_exit(0);
	}
	ok(err);
	return wait;
}

static void
fork_inside(int (*wait)(void))
{
	fork_begin();
	interrupt(is_interrupted, &wait, handler_forks);
	ok(sync_event_destroy(&event));
	ok(sync_latch_destroy(&latch));
}

static int
event_wait(void)
{
	return sync_event_wait(&event);
}

static int
latch_wait(void)
{
	return sync_latch_wait(&latch);
}

START_TEST(wait_goes_on_in_the_child_of_a_handler_that_interrupted_it)
{
	fork_inside(event_wait);
	fork_inside(latch_wait);
}
END_TEST

/*
 * The list that the interrupted thread waits in is not that of the child, in
 * which another thread waits when it ends.
 */
static struct sync_thread other;

static void *
waits_on_cond(void *arg)
{
	ok(sync_mutex_lock(&mutex));
	ok(sync_cond_wait(&cond, &mutex));
	ok(sync_mutex_unlock(&mutex));
	return arg;
}

static void
handler_forks_and_lets_another_wait(int unused)
{
	uint32_t before = cond.waiters.generation;
	pid_t pid = fork();

	(void)unused;
	if (pid != 0) {
		if (waitpid(pid, &child_of_handler, 0) != pid)
			child_of_handler = -1;
		return;
	}
	(void)alarm(60);
	in_child_of_handler = true;
	need(sync_thread_start(&other, waits_on_cond, NULL, NULL) == 0);
	while (cond.waiters.generation == before || waitq_empty(&cond.waiters))
		(void)sched_yield();
}

static void *
is_interrupted_in_time(void *arg)
{
	int err;

	ok(sync_mutex_lock(&mutex));
	err = sync_cond_wait_until(&cond, &mutex, sync_after_ms(300));
	ok(sync_mutex_unlock(&mutex));
	if (in_child_of_handler) {
		need(err == ETIMEDOUT);
		need(sync_cond_signal(&cond) == 0);
		need(sync_thread_join(&other, NULL) == 0);
		need(sync_cond_destroy(&cond) == 0);
		_exit(0);
	}
	fails(err, ETIMEDOUT);
	return arg;
}

START_TEST(wait_that_ends_in_the_child_leaves_others_on_the_list)
{
	fork_begin();
	interrupt(is_interrupted_in_time, NULL,
	    handler_forks_and_lets_another_wait);
	ok(sync_cond_destroy(&cond));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fork in a handler");
	TCase *tc = add_case(s, "handler");

	if (fork_is_safe) {
		tcase_add_test(tc,
		    wait_goes_on_in_the_child_of_a_handler_that_interrupted_it);
		tcase_add_test(tc,
		    wait_that_ends_in_the_child_leaves_others_on_the_list);
	}
	return run_fork_suite(s);
}
