/* SPDX-License-Identifier: MIT */
/*
 * Which signals the threads of the library accept: those of faults, so that the
 * program's handlers run, and no other.
 */
#include "signal_masks.h"

#include <dirent.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
	SIGABRT, SIGSYS };
#define FAULTS (int)(sizeof(faults) / sizeof(faults[0]))

static bool
is_fault(int signal_number)
{
	int i;

	for (i = 0; i < FAULTS; i++)
		if (faults[i] == signal_number)
			return true;
	return false;
}

/*
 * The signals that a thread of the system blocks, one bit a signal; if it is
 * null, those that this process blocks.
 */
static uint64_t
blocked_by(const char *task)
{
	unsigned long long mask = 0;
	char path[300], line[256];
	FILE *f;

	(void)snprintf(path, sizeof(path), task != NULL
		? "/proc/self/task/%s/status" : "/proc/self/status", task);
	f = fopen(path, "r");
	if (f == NULL)
		return 0; /* it has ended */
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "SigBlk: %llx", &mask) == 1)
			break;
	(void)fclose(f);
	return mask;
}

static void
raises_all(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	int i;

	for (i = 0; i < FAULTS; i++)
		(void)raise(faults[i]);
	note(t, tick, arg);
}

/* Also if the creator has blocked everything. */
START_TEST(handlers_of_faults_run_on_the_timer_thread)
{
	sigset_t all;
	int i;

	for (i = 0; i < FAULTS; i++)
		on_signal(faults[i], count_signal);
	ck_assert_int_eq(sigfillset(&all), 0);
	if (_i == 1)
		ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, &all, NULL), 0);
	begin_timers();
	call(raises_all);
	ck_assert_uint_eq(signals_counted(), (unsigned)FAULTS);
	call(looks);
	for (i = 1; i < 32; i++)
		if (i != SIGKILL && i != SIGSTOP)
			ck_assert_int_eq((seen & bit(i)) != 0,
			    _i == 1 && !is_fault(i));
	end_timers();
}
END_TEST

/* Writes to memory that must not be written. */
static void
crashes(void *unused)
{
	volatile int *page = mmap(NULL, 4096, PROT_NONE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)unused;
	*page = 1;
}

static void
crashes_in_callback(
    struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick;
	crashes(arg);
}

static void
leaves(int signal_number)
{
	_exit(signal_number == SIGSEGV ? 42 : 1);
}

static void
crashes_on_the_timer_thread(void *unused)
{
	(void)unused;
	on_signal(SIGSEGV, leaves);
	begin_timers();
	ok(sync_timer_init(&timer, &tt, crashes_in_callback, NULL));
	ok(sync_timer_arm(&timer, 0));
	await_calls(1); /* a time that never comes */
}

START_TEST(a_crash_in_a_callback_runs_the_programs_handler)
{
	int status;

	if (!threads_after_fork())
		return;
	status = child_status(crashes_on_the_timer_thread, NULL);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 42);
}
END_TEST

/*
 * Every thread that exists, also those that the platform starts.
 * ThreadSanitizer has one of its own that blocks all signals.
 */
START_TEST(no_thread_of_the_library_blocks_faults)
{
	struct dirent *e;
	DIR *d;
	int i;

	if (WITH_TSAN)
		return;
	begin_timers();
	until_asleep(timer_thread());
	d = opendir("/proc/self/task");
	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)) != NULL) {
		uint64_t mask = blocked_by(e->d_name);

		for (i = 0; e->d_name[0] != '.' && i < FAULTS; i++)
			ck_assert_msg((mask & bit(faults[i])) == 0,
			    "thread %s blocks signal %d", e->d_name,
			    faults[i]);
	}
	(void)closedir(d);
	end_timers();
}
END_TEST

START_TEST(a_timer_thread_that_sleeps_takes_no_signals)
{
	char task[32];
	uint64_t mask;
	int i;

	begin_timers();
	until_asleep(timer_thread());
	(void)snprintf(task, sizeof(task), "%d", timer_thread()->tid);
	mask = blocked_by(task);
	for (i = 1; i <= 31; i++)
		if (i != SIGKILL && i != SIGSTOP)
			ck_assert_msg(((mask & bit(i)) != 0) != is_fault(i),
			    "signal %d", i);
	ck_assert((mask & bit(SIGRTMIN)) && (mask & bit(SIGRTMAX)));
	ck_assert_uint_eq(blocked_by(NULL), mine());
	end_timers();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("timer_faults");
	TCase *tc = add_case(s, "faults");

	tcase_add_loop_test(
	    tc, handlers_of_faults_run_on_the_timer_thread, 0, 2);
	tcase_add_test(tc, a_crash_in_a_callback_runs_the_programs_handler);
	tcase_add_test(tc, no_thread_of_the_library_blocks_faults);
	tcase_add_test(tc, a_timer_thread_that_sleeps_takes_no_signals);
	return run_suite(s);
}
