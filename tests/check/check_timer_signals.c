/* SPDX-License-Identifier: MIT */
/*
 * The mask of signals of a timer thread, and what a callback's threads and
 * processes inherit of it; faults are in check_timer_faults.
 */
#include "signal_masks.h"

#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

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
	return run_suite(s);
}
