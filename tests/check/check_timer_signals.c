/* SPDX-License-Identifier: MIT */
/*
 * Signals and the threads of the library: which signals these accept, and what
 * a callback's threads and processes inherit.
 */
#include "timer_support.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

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

static uint64_t
bit(int signal_number)
{
	return UINT64_C(1) << (signal_number - 1);
}

static uint64_t
as_bits(const sigset_t *set)
{
	uint64_t bits = 0;
	int i;

	for (i = 1; i <= 64; i++)
		if (sigismember(set, i) == 1)
			bits |= bit(i);
	return bits;
}

static uint64_t
mine(void)
{
	sigset_t set;

	ck_assert_int_eq(sigemptyset(&set), 0);
	ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &set), 0);
	return as_bits(&set);
}

static void
block(int signal_number)
{
	sigset_t set;

	ck_assert_int_eq(sigemptyset(&set), 0);
	ck_assert_int_eq(sigaddset(&set, signal_number), 0);
	ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, &set, NULL), 0);
}

/* A timer thread whose creator blocks only SIGUSR2 and SIGRTMIN. */
static uint64_t creators;

static void
begin_with_mask(void)
{
	sigset_t set;

	ck_assert_int_eq(sigemptyset(&set), 0);
	ck_assert_int_eq(sigaddset(&set, SIGUSR2), 0);
	ck_assert_int_eq(sigaddset(&set, SIGRTMIN), 0);
	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, &set, NULL), 0);
	creators = as_bits(&set);
	begin_timers();
	ck_assert_uint_eq(mine(), creators);
	block(SIGUSR1); /* blocked later: that does not affect the timer thread */
}

static uint64_t seen; /* by a callback, before note */

static void
call(void (*fn)(struct sync_timer *, const struct sync_tick *, void *))
{
	int before = calls_made();

	ok(sync_timer_init(&timer, &tt, fn, NULL));
	ok(sync_timer_arm(&timer, 0));
	await_calls(before + 1);
	ok(sync_timer_join(&timer));
}

static void
looks(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	seen = mine();
	note(t, tick, arg);
}

START_TEST(callbacks_have_the_mask_of_the_creator)
{
	int i;

	for (i = 0; i < 3; i++) {
		seen = 0;
		call(looks);
		ck_assert_uint_eq(seen, creators);
		until_asleep(timer_thread());
	}
	ck_assert_uint_eq(mine(), creators | bit(SIGUSR1));
}
END_TEST

static void
blocks_all(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	sigset_t all;

	ck_assert_int_eq(sigfillset(&all), 0);
	ck_assert_int_eq(pthread_sigmask(SIG_SETMASK, &all, NULL), 0);
	note(t, tick, arg);
}

static void
exits(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	blocks_all(t, tick, arg);
	pthread_exit(NULL);
}

START_TEST(a_callback_that_changes_the_mask_does_not_do_so_for_good)
{
	call(_i == 0 ? blocks_all : exits);
	(void)timer_thread();
	ok(sync_timer_arm(&other, sync_after(HOUR)));
	/* It has slept for long, or is another thread. */
	until_asleep(timer_thread());
	ok(sync_timer_cancel(&other));
	call(looks);
	ck_assert_uint_eq(seen, creators);
}
END_TEST

/* Threads and processes that a callback starts. */

static void *
looks_too(void *unused)
{
	seen = mine();
	return unused;
}

static void
starts_thread(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	struct sync_thread s;

	ok(sync_thread_start(&s, looks_too, NULL, NULL));
	ok(sync_thread_join(&s, NULL));
	note(t, tick, arg);
}

static void
creates_thread(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	pthread_t s;

	ck_assert_int_eq(pthread_create(&s, NULL, looks_too, NULL), 0);
	ck_assert_int_eq(pthread_join(s, NULL), 0);
	note(t, tick, arg);
}

static void
forks(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	uint64_t told;
	int ends[2], status;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		told = mine();
		_exit(write(ends[1], &told, sizeof(told)) != sizeof(told));
	}
	ck_assert_int_eq(read(ends[0], &seen, sizeof(seen)), sizeof(seen));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	note(t, tick, arg);
}

/* From grep, which shows its own mask.  (A shell might have changed it.) */
static void
reads_from(FILE *f)
{
	unsigned long long mask = 0;
	char line[256];

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(line, sizeof(line), f));
	ck_assert_int_eq(sscanf(line, "SigBlk: %llx", &mask), 1);
	seen = mask;
}

static void
spawns(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	char name[] = "grep", what[] = "SigBlk", file[] = "/proc/self/status";
	char *argv[] = { name, what, file, NULL };
	posix_spawn_file_actions_t fa;
	int ends[2], status;
	pid_t pid;
	FILE *f;

	ck_assert_int_eq(pipe(ends), 0);
	ck_assert_int_eq(posix_spawn_file_actions_init(&fa), 0);
	ck_assert_int_eq(
	    posix_spawn_file_actions_adddup2(&fa, ends[1], 1), 0);
	ck_assert_int_eq(posix_spawnp(&pid, name, &fa, NULL, argv, environ), 0);
	f = fdopen(ends[0], "r");
	reads_from(f);
	(void)fclose(f);
	(void)close(ends[1]);
	ck_assert_int_eq(posix_spawn_file_actions_destroy(&fa), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	note(t, tick, arg);
}

static void (*const starters[])(
    struct sync_timer *, const struct sync_tick *, void *)
    = { starts_thread, creates_thread, forks, spawns };
#define STARTERS (int)(sizeof(starters) / sizeof(starters[0]))

START_TEST(what_a_callback_starts_has_the_mask_of_the_creator)
{
	call(starters[_i]);
	ck_assert_uint_eq(seen, creators);
}
END_TEST

/* Faults. */

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
	Suite *s = suite_create("timer_signals");
	TCase *tc = add_case(s, "mask");

	tcase_add_checked_fixture(tc, begin_with_mask, end_timers);
	tcase_add_test(tc, callbacks_have_the_mask_of_the_creator);
	tcase_add_loop_test(tc,
	    a_callback_that_changes_the_mask_does_not_do_so_for_good, 0, 2);
	tcase_add_loop_test(tc,
	    what_a_callback_starts_has_the_mask_of_the_creator, 0, STARTERS);
	tc = add_case(s, "faults");
	tcase_add_loop_test(
	    tc, handlers_of_faults_run_on_the_timer_thread, 0, 2);
	tcase_add_test(tc, a_crash_in_a_callback_runs_the_programs_handler);
	tcase_add_test(tc, no_thread_of_the_library_blocks_faults);
	tcase_add_test(tc, a_timer_thread_that_sleeps_takes_no_signals);
	return run_suite(s);
}
