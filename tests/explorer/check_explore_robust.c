/* SPDX-License-Identifier: MIT */
/* The explorer against tests that misbehave, and what it leaves behind. */
#include <libsync.h>
#include <libsync/explore.h>

#include <assert.h>
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#endif

static struct sync_mutex m, two[2];
static struct sync_sem s;
static uint32_t x;
static unsigned runs;

static void *
locks(void *arg)
{
	(void)arg;
	SYNC_OK(sync_mutex_lock(&m));
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void
start_and_join(void *(*fn)(void *), unsigned n)
{
	struct sync_thread t[15];
	unsigned i;

	for (i = 0; i < n; i++)
		SYNC_OK(sync_thread_start(&t[i], fn, NULL, NULL));
	for (i = 0; i < n; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
}

static void
fine(void *arg)
{
	(void)arg;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	start_and_join(locks, 2);
}

static struct sync_explore_options
options(enum sync_explore_search search, unsigned flags)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;

	o.search = search;
	o.flags = flags | SYNC_EXPLORE_QUIET;
	o.schedules = 3000;
	return o;
}

/* Each case with both sorts of threads. */
static const unsigned carriers[] = { 0, SYNC_EXPLORE_OS_THREADS };
#define CARRIERS ((int)(sizeof(carriers) / sizeof(carriers[0])))

static void
expect(void (*test)(void *), unsigned flags, size_t stack,
    enum sync_explore_failure failure, const char *what)
{
	struct sync_explore_options o;
	struct sync_explore_report r;
	unsigned search;

	for (search = 0; search <= SYNC_EXPLORE_PCT; search++) {
		o = options((enum sync_explore_search)search, flags);
		o.stack_size = stack;
		ck_assert_int_eq(sync_explore(test, NULL, &o, &r), EPROTO);
		ck_assert_int_eq((int)r.failure, (int)failure);
		ck_assert_msg(strstr(r.what, what) != NULL, "%s", r.what);
		ck_assert_ptr_nonnull(r.replay);
		/* and the explorer still works */
		ck_assert_int_eq(sync_explore(fine, NULL, &o, &r), 0);
	}
}

static volatile int zero;
static int *volatile nowhere;

static void
writes_nowhere(void *arg)
{
	fine(arg);
	*nowhere = 1;
}

static void
aborts(void *arg)
{
	fine(arg);
	abort();
}

static void
asserts(void *arg)
{
	fine(arg);
	assert(zero != 0);
}

static void
divides(void *arg)
{
	fine(arg);
	zero = 7 / zero;
}

static void *
thread_writes_nowhere(void *arg)
{
	SYNC_OK(sync_mutex_lock(&m));
	*nowhere = 1;
	return arg;
}

static void
thread_crashes(void *arg)
{
	(void)arg;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	start_and_join(thread_writes_nowhere, 2);
}

static int descend(int n);
static int (*volatile deeper)(int) = descend; /* so that it is no loop */

static int
descend(int n)
{
	volatile char frame[500];

	frame[n % 500] = (char)n; /* all of it is needed */
	return n == 0 ? 0 : deeper(n - 1) + frame[n % 500];
}

static void *
descends(void *arg)
{
	(void)locks(arg);
	(void)descend(1000000);
	return NULL;
}

static void
thread_overflows(void *arg)
{
	(void)arg;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	start_and_join(descends, 1);
}

static void
test_overflows(void *arg)
{
	fine(arg);
	(void)descend(1000000);
}

static void *
descends_a_little(void *arg)
{
	(void)locks(arg);
	(void)descend(1000);
	return NULL;
}

static void
needs_stack(void *arg)
{
	(void)arg;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	start_and_join(descends_a_little, 2);
}

#ifndef SANITIZED /* whose runtimes have handlers of their own */
START_TEST(a_crash_is_a_failure)
{
	unsigned c = carriers[_i];

	expect(writes_nowhere, c, 0, SYNC_EXPLORE_CRASH, "SIGSEGV");
	expect(thread_crashes, c, 0, SYNC_EXPLORE_CRASH, "SIGSEGV");
	expect(aborts, c, 0, SYNC_EXPLORE_CRASH, "SIGABRT");
	expect(divides, c, 0, SYNC_EXPLORE_CRASH, "SIGFPE");
}
END_TEST

START_TEST(a_failed_assert_is_a_failure)
{
	expect(asserts, carriers[_i], 0, SYNC_EXPLORE_ASSERTION,
	    "zero != 0 does not hold");
}
END_TEST

START_TEST(a_stack_overflow_says_so)
{
	unsigned c = carriers[_i];

	expect(thread_overflows, c, 0, SYNC_EXPLORE_CRASH,
	    "stack of thread 1 overflows");
	expect(test_overflows, c, 0, SYNC_EXPLORE_CRASH,
	    "stack of thread 0 overflows");
	expect(thread_overflows, c, 1, SYNC_EXPLORE_CRASH, "overflows");
	expect(needs_stack, c, 65536, SYNC_EXPLORE_CRASH, "overflows");
}
END_TEST
#endif

START_TEST(a_larger_stack_is_enough)
{
	struct sync_explore_options o =
	    options(SYNC_EXPLORE_BOUNDED, carriers[_i]);

	o.stack_size = 16 << 20;
	ck_assert_int_eq(sync_explore(needs_stack, NULL, &o, NULL), 0);
}
END_TEST

static void
exits_well(void *arg)
{
	fine(arg);
	exit(0);
}

static void
exits_badly(void *arg)
{
	fine(arg);
	exit(3);
}

/* The exit status of a child that explores it. */
static int
status_of(void (*test)(void *), unsigned flags)
{
	struct sync_explore_options o = options(SYNC_EXPLORE_BOUNDED, flags);
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)alarm(30);
		(void)sync_explore(test, NULL, &o, NULL);
		_exit(77);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

START_TEST(exit_in_a_test_does_not_pass)
{
	int status = status_of(exits_well, carriers[_i]);

	ck_assert(!WIFEXITED(status) || (WEXITSTATUS(status) != 0
	    && WEXITSTATUS(status) != 77));
	status = status_of(exits_badly, carriers[_i]);
	ck_assert(!WIFEXITED(status) || (WEXITSTATUS(status) != 0
	    && WEXITSTATUS(status) != 77));
}
END_TEST

static void
starts_too_many(void *arg)
{
	struct sync_thread t[20];
	int n, err = 0;

	(void)arg;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	for (n = 0; n < 20 && err == 0; n++)
		err = sync_thread_start(&t[n], locks, NULL, NULL);
	SYNC_ASSERT(err == EAGAIN);
	SYNC_ASSERT(n == 16); /* 15, and the one that failed */
	while (--n > 0)
		SYNC_OK(sync_thread_join(&t[n - 1], NULL));
}

START_TEST(too_many_threads_are_refused)
{
	struct sync_explore_options o =
	    options(SYNC_EXPLORE_RANDOM, carriers[_i]);
	struct sync_explore_report r;

	o.schedules = 200;
	ck_assert_int_eq(sync_explore(starts_too_many, NULL, &o, &r), 0);
	ck_assert_uint_eq(r.threads, 16);
}
END_TEST

static void
nests(void *arg)
{
	fine(arg);
	SYNC_ASSERT(sync_explore(fine, NULL, NULL, NULL) == EBUSY);
}

START_TEST(an_exploration_inside_is_refused)
{
	struct sync_explore_options o =
	    options(SYNC_EXPLORE_BOUNDED, carriers[_i]);

	ck_assert_int_eq(sync_explore(nests, NULL, &o, NULL), 0);
	ck_assert_int_eq(sync_explore(fine, NULL, &o, NULL), 0);
}
END_TEST

START_TEST(bad_options_are_refused)
{
	struct sync_explore_options good = options(SYNC_EXPLORE_BOUNDED, 0);
	struct sync_explore_options o = good;

	ck_assert_int_eq(sync_explore(NULL, NULL, &o, NULL), EINVAL);
	o.search = (enum sync_explore_search)(SYNC_EXPLORE_PCT + 1);
	ck_assert_int_eq(sync_explore(fine, NULL, &o, NULL), EINVAL);
	o = good;
	o.grain = (enum sync_explore_grain)(SYNC_EXPLORE_ATOMICS + 1);
	ck_assert_int_eq(sync_explore(fine, NULL, &o, NULL), EINVAL);
	o = good;
	o.flags |= 0x80000000u;
	ck_assert_int_eq(sync_explore(fine, NULL, &o, NULL), EINVAL);
	o = good;
	o.steps = 0;
	ck_assert_int_eq(sync_explore(fine, NULL, &o, NULL), EINVAL);
	o = good;
	o.nanoseconds = -1;
	ck_assert_int_eq(sync_explore(fine, NULL, &o, NULL), EINVAL);
	o = good;
	o.search = SYNC_EXPLORE_PCT;
	o.depth = 0;
	ck_assert_int_eq(sync_explore(fine, NULL, &o, NULL), EINVAL);
}
END_TEST

START_TEST(a_stack_that_cannot_be_is_an_error)
{
	struct sync_explore_options o =
	    options(SYNC_EXPLORE_BOUNDED, carriers[_i]);
	int err;

	o.stack_size = SIZE_MAX;
	err = sync_explore(fine, NULL, &o, NULL);
	ck_assert(err == EINVAL || err == ENOMEM);
	o.stack_size = SIZE_MAX / 2;
	err = sync_explore(fine, NULL, &o, NULL);
	ck_assert(err == EINVAL || err == ENOMEM);
	ck_assert_int_eq(sync_explore(fine, NULL, NULL, NULL), 0);
}
END_TEST

static void
does_nothing(void *arg)
{
	(void)arg;
}

START_TEST(an_empty_test_fails)
{
	struct sync_explore_options o = options(SYNC_EXPLORE_PORTFOLIO, 0);
	struct sync_explore_report r;

	(void)sync_explore(does_nothing, NULL, &o, &r);
	ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_EMPTY);
	ck_assert_int_eq(sync_explore(does_nothing, NULL, &o, NULL), EPROTO);
}
END_TEST

static int
descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	while (d != NULL && readdir(d) != NULL)
		n++;
	(void)closedir(d);
	return n;
}

/* The number of pages; 0 if it cannot be determined. */
static long
resident(void)
{
	long all, now = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f == NULL)
		return 0;
	if (fscanf(f, "%ld %ld", &all, &now) != 2)
		now = 0;
	(void)fclose(f);
	return now;
}

static void
fails(void *arg)
{
	fine(arg);
	SYNC_ASSERT(false);
}

static void
sleeps_for_ever(void *arg)
{
	(void)arg;
	s = (struct sync_sem)SYNC_SEM_INIT(0, 1);
	(void)sync_sem_wait(&s);
}

START_TEST(explorations_leave_nothing)
{
	void (*const tests[])(void *) = { fine, fails, sleeps_for_ever };
	struct sync_explore_options o =
	    options(SYNC_EXPLORE_PORTFOLIO, carriers[_i]);
	int i, files = 0;
	long before = 0;

	o.schedules = 100;
	for (i = 0; i < 130; i++) {
		(void)sync_explore(tests[i % 3], NULL, &o, NULL);
		if (i == 30) {
			before = resident();
			files = descriptors();
		}
	}
	ck_assert_int_eq(descriptors(), files);
	ck_assert_int_lt(resident(), before + 256); /* a MiB */
}
END_TEST

START_TEST(schedules_take_no_memory)
{
	struct sync_explore_options o =
	    options(SYNC_EXPLORE_RANDOM, carriers[_i]);
	struct sync_explore_report r;
	long before;

	o.schedules = 1000;
	ck_assert_int_eq(sync_explore(fine, NULL, &o, NULL), 0);
	before = resident();
	o.schedules = carriers[_i] == 0 ? 200000 : 20000;
	o.nanoseconds = 0;
	ck_assert_int_eq(sync_explore(fine, NULL, &o, &r), 0);
	ck_assert_uint_eq(r.schedules, o.schedules);
	ck_assert_int_lt(resident(), before + 256);
}
END_TEST

static void *
frees(void *arg)
{
	struct sync_mutex *mine = arg;

	SYNC_OK(sync_mutex_lock(mine));
	SYNC_OK(sync_mutex_unlock(mine));
	free(mine);
	return NULL;
}

/* Freed in the order of the schedule, so its address differs the next time. */
static void
allocates(void *arg)
{
	struct sync_thread t[3];
	struct sync_mutex *a[3];
	int i;

	(void)arg;
	for (i = 0; i < 3; i++) {
		a[i] = calloc(1, sizeof(**a) * 4);
		SYNC_ASSERT(a[i] != NULL);
		SYNC_OK(sync_thread_start(&t[i], frees, a[i], NULL));
	}
	for (i = 0; i < 3; i++)
		SYNC_OK(sync_thread_join(&t[i], NULL));
}

START_TEST(memory_may_be_anywhere)
{
	struct sync_explore_options o =
	    options(SYNC_EXPLORE_BOUNDED, carriers[_i]);

	o.schedules = 20000;
	ck_assert_int_eq(sync_explore(allocates, NULL, &o, NULL), 0);
	o.search = SYNC_EXPLORE_ALL;
	ck_assert_int_eq(sync_explore(allocates, NULL, &o, NULL), 0);
}
END_TEST

/* Tests that do not repeat the same steps each time. */
static void
locks_once_more_at_times(void *arg)
{
	(void)arg;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	if (++runs % 3 == 0)
		(void)locks(NULL);
	start_and_join(locks, 2);
}

static void *
locks_more_at_times(void *arg)
{
	unsigned n;

	SYNC_OK(sync_mutex_lock(&m));
	n = ++runs;
	SYNC_OK(sync_mutex_unlock(&m));
	if (n % 7 == 0)
		(void)locks(arg);
	return NULL;
}

static void
threads_differ(void *arg)
{
	(void)arg;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	start_and_join(locks_more_at_times, 2);
}

static void
locks_either(void *arg)
{
	struct sync_thread t;
	int i = rand() % 2;

	(void)arg;
	m = two[0] = two[1] = (struct sync_mutex)SYNC_MUTEX_INIT;
	/*
	 * An object that was never used has no name by which to tell it apart.
	 */
	SYNC_ASSERT(!sync_mutex_held(&two[0]) && !sync_mutex_held(&two[1]));
	SYNC_OK(sync_thread_start(&t, locks, NULL, NULL));
	SYNC_OK(sync_mutex_lock(&two[i]));
	SYNC_OK(sync_mutex_unlock(&two[i]));
	SYNC_OK(sync_thread_join(&t, NULL));
}

static void
chooses_otherwise(void *arg)
{
	(void)arg;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	if (sync_explore_choose(2 + ++runs % 2) == 1)
		(void)locks(NULL);
	start_and_join(locks, 2);
}

static void
starts_more_at_times(void *arg)
{
	(void)arg;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	start_and_join(locks, 1 + ++runs % 2);
}

START_TEST(what_changes_is_reported)
{
	void (*const tests[])(void *) = { locks_once_more_at_times,
		threads_differ, locks_either, chooses_otherwise,
		starts_more_at_times };
	static const enum sync_explore_search searches[] = {
		SYNC_EXPLORE_BOUNDED, SYNC_EXPLORE_ALL, SYNC_EXPLORE_PORTFOLIO
	};
	struct sync_explore_options o;
	struct sync_explore_report r;
	unsigned i;

	for (i = 0; i < 3; i++) {
		runs = 0;
		srand(1);
		o = options(searches[i], 0);
		ck_assert_msg(sync_explore(tests[_i], NULL, &o, &r) == EPROTO,
		    "test %d, search %u: not seen", _i, i);
		ck_assert_int_eq((int)r.failure, SYNC_EXPLORE_CHANGED);
		ck_assert_ptr_nonnull(r.what);
	}
}
END_TEST

static const char *const environment[][2] = {
	{ "SYNC_BOUND", "two" },
	{ "SYNC_BOUND", "1.5" },
	{ "SYNC_BOUND", "1001" },
	{ "SYNC_SECONDS", "inf" },
	{ "SYNC_SECONDS", "-1" },
	{ "SYNC_SECONDS", "" },
	{ "SYNC_SEED", "-1" },
	{ "SYNC_SEED", "18446744073709551616" },
	{ "SYNC_SCHEDULES", "10 " },
};
#define VARIABLES (int)(sizeof(environment) / sizeof(environment[0]))

START_TEST(what_is_no_number_in_the_environment_is_refused)
{
	const char *const *variable = environment[_i];

	ck_assert_int_eq(setenv(variable[0], variable[1], 1), 0);
	ck_assert_int_eq(sync_explore(fine, NULL, NULL, NULL), EINVAL);
	ck_assert_int_eq(unsetenv(variable[0]), 0);
}
END_TEST

static const char *const meaningless[][2] = {
	{ "SYNC_EXPLOR", "1" },
	{ "SYNC_REPLAYS", "1c.2.1.2.0.ffk" },
	{ "SYNC_EXPLORE_VERBOSE", "1" },
	{ "SYNC_BOUNDS", "" },
	{ "SYNC_VERBOSE", "yes" },
	{ "SYNC_VERBOSE", "" },
	{ "SYNC_OS_THREADS", "2" },
};
#define MEANINGLESS (int)(sizeof(meaningless) / sizeof(meaningless[0]))

START_TEST(what_means_nothing_in_the_environment_is_refused)
{
	const char *const *variable = meaningless[_i];

	ck_assert_int_eq(setenv(variable[0], variable[1], 1), 0);
	ck_assert_int_eq(sync_explore(fine, NULL, NULL, NULL), EINVAL);
	ck_assert_int_eq(unsetenv(variable[0]), 0);
	ck_assert_int_eq(setenv("SYNC_VERBOSE", "0", 1), 0);
	ck_assert_int_eq(setenv("SYNC_MISUSE", "abort", 1), 0);
	ck_assert_int_eq(sync_explore(fine, NULL, NULL, NULL), 0);
}
END_TEST

START_TEST(numbers_in_the_environment_are_heeded)
{
	struct sync_explore_report r;

	ck_assert_int_eq(setenv("SYNC_SEED", "18446744073709551615", 1), 0);
	ck_assert_int_eq(setenv("SYNC_SECONDS", "0.5", 1), 0);
	ck_assert_int_eq(setenv("SYNC_BOUND", "1", 1), 0);
	ck_assert_int_eq(sync_explore(fine, NULL, NULL, &r), 0);
	ck_assert_int_eq((int)r.bound, 1);
	ck_assert(!r.cut);
	ck_assert_int_eq(unsetenv("SYNC_BOUND"), 0);
	ck_assert_int_eq(setenv("SYNC_SCHEDULES", "3", 1), 0);
	ck_assert_int_eq(sync_explore(fine, NULL, NULL, &r), 0);
	ck_assert_uint_eq(r.schedules, 3);
}
END_TEST

static void
passes_the_breakpoint(void *arg)
{
	sync_explore_failing(); /* the explorer's own calls are for debuggers */
	start_and_join(locks, 1);
	(void)arg;
}

START_TEST(the_place_for_a_breakpoint_does_nothing)
{
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	sync_explore_failing();
	ck_assert_int_eq(
	    sync_explore(passes_the_breakpoint, NULL, NULL, NULL), 0);
}
END_TEST

/* Both sorts of threads run the same schedules. */
static _Thread_local int of_thread;
static int *seen[16];
static unsigned nseen;

static void *
uses_its_own(void *arg)
{
	(void)arg;
	(void)SYNC_ATOMIC_ADD(&x, 1, __ATOMIC_SEQ_CST);
	(void)locks(NULL);
	(void)SYNC_ATOMIC_ADD(&x, 2, __ATOMIC_SEQ_CST);
	return NULL;
}

static void
three_threads(void *arg)
{
	(void)arg;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	x = 0;
	start_and_join(uses_its_own, 3);
}

START_TEST(threads_of_the_system_walk_the_same_way)
{
	struct sync_explore_report a, b;
	struct sync_explore_options o;
	unsigned search;

	for (search = 0; search <= SYNC_EXPLORE_PCT; search++) {
		o = options((enum sync_explore_search)search, 0);
		o.nanoseconds = 0;
		o.schedules = 4000;
		ck_assert_int_eq(sync_explore(three_threads, NULL, &o, &a), 0);
		o.flags |= SYNC_EXPLORE_OS_THREADS;
		ck_assert_int_eq(sync_explore(three_threads, NULL, &o, &b), 0);
		ck_assert_uint_eq(a.schedules, b.schedules);
		ck_assert_uint_eq(a.steps, b.steps);
		ck_assert_uint_eq(a.longest, b.longest);
		ck_assert_int_eq(a.bound, b.bound);
		ck_assert_uint_eq(a.bound_schedules, b.bound_schedules);
	}
}
END_TEST

static void *
counts_of_its_own(void *arg)
{
	int i;

	of_thread = 0;
	SYNC_OK(sync_mutex_lock(&m));
	seen[nseen++ % 16] = &of_thread;
	SYNC_OK(sync_mutex_unlock(&m));
	for (i = 0; i < 2; i++) {
		of_thread++;
		(void)locks(arg);
	}
	SYNC_ASSERT(of_thread == 2);
	return NULL;
}

static void
threads_have_their_own(void *arg)
{
	(void)arg;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	nseen = 0;
	start_and_join(counts_of_its_own, 2);
	SYNC_ASSERT(seen[0] != seen[1]);
}

START_TEST(threads_of_the_system_have_variables_of_their_own)
{
	struct sync_explore_options o =
	    options(SYNC_EXPLORE_BOUNDED, SYNC_EXPLORE_OS_THREADS);

	ck_assert_int_eq(
	    sync_explore(threads_have_their_own, NULL, &o, NULL), 0);
}
END_TEST

/* Virtual time. */
#define HOUR (INT64_C(3600) * 1000000000)

static void *
sleeps_an_hour(void *arg)
{
	sync_time before = sync_time_now();

	(void)arg;
	sync_thread_sleep_until(before + HOUR);
	SYNC_ASSERT(sync_time_now() >= before + HOUR);
	return NULL;
}

static void
two_sleep(void *arg)
{
	sync_time before = sync_time_now();

	(void)arg;
	start_and_join(sleeps_an_hour, 2);
	SYNC_ASSERT(sync_time_now() >= before + HOUR);
}

START_TEST(an_hour_takes_no_time)
{
	struct sync_explore_options o =
	    options(SYNC_EXPLORE_BOUNDED, carriers[_i]);
	struct sync_explore_report r;

	o.schedules = 0;
	ck_assert_int_eq(sync_explore(two_sleep, NULL, &o, &r), 0);
	ck_assert_int_eq(r.bound, 2);
	o.search = SYNC_EXPLORE_ALL;
	ck_assert_int_eq(sync_explore(two_sleep, NULL, &o, &r), 0);
	ck_assert_int_eq(r.bound, SYNC_EXPLORE_UNBOUNDED);
}
END_TEST

static sync_time last_time;

static void *
looks_at_the_clock(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < 2; i++) {
		sync_time now;

		SYNC_OK(sync_mutex_lock(&m));
		now = sync_time_now();
		SYNC_ASSERT(now >= last_time);
		last_time = now;
		SYNC_OK(sync_mutex_unlock(&m));
		(void)sync_sem_wait_until(&s, now + 1000000);
	}
	return NULL;
}

static void
clocks(void *arg)
{
	(void)arg;
	s = (struct sync_sem)SYNC_SEM_INIT(0, 9);
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	last_time = sync_time_now();
	start_and_join(looks_at_the_clock, 2);
}

START_TEST(the_clock_does_not_go_back)
{
	struct sync_explore_options o =
	    options(SYNC_EXPLORE_BOUNDED, carriers[_i]);

	o.schedules = 5000;
	ck_assert_int_eq(sync_explore(clocks, NULL, &o, NULL), 0);
	o.search = SYNC_EXPLORE_ALL;
	ck_assert_int_eq(sync_explore(clocks, NULL, &o, NULL), 0);
}
END_TEST

/* Which of two sleepers woke first, as a bit. */
static unsigned orders, first;

static void *
sleeps_short(void *arg)
{
	(void)arg;
	sync_thread_sleep_until(last_time + 1000000);
	SYNC_OK(sync_mutex_lock(&m));
	if (first == 0)
		first = 1;
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void *
sleeps_long(void *arg)
{
	(void)arg;
	sync_thread_sleep_until(last_time + 2000000);
	SYNC_OK(sync_mutex_lock(&m));
	if (first == 0)
		first = 2;
	SYNC_OK(sync_mutex_unlock(&m));
	return NULL;
}

static void
short_and_long(void *arg)
{
	struct sync_thread a, b;

	(void)arg;
	first = 0;
	m = (struct sync_mutex)SYNC_MUTEX_INIT;
	last_time = sync_time_now();
	SYNC_OK(sync_thread_start(&a, sleeps_short, NULL, NULL));
	SYNC_OK(sync_thread_start(&b, sleeps_long, NULL, NULL));
	SYNC_OK(sync_thread_join(&a, NULL));
	SYNC_OK(sync_thread_join(&b, NULL));
	orders |= 1u << first;
}

/*
 * A sleeper wakes later each time another thread runs first.  Either sleeper
 * may be first if the one with the later deadline runs before the other one,
 * which could run.
 */
START_TEST(deadlines_pass_in_order_unless_early)
{
	struct sync_explore_options o = options(SYNC_EXPLORE_BOUNDED, 0);

	o.timeouts = 0;
	o.preemptions = 0;
	orders = 0;
	ck_assert_int_eq(sync_explore(short_and_long, NULL, &o, NULL), 0);
	ck_assert_uint_eq(orders & 2u, 2u);
	o.timeouts = 2;
	o.preemptions = 2;
	ck_assert_int_eq(sync_explore(short_and_long, NULL, &o, NULL), 0);
	ck_assert_uint_eq(orders, 6u); /* both orders */
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("explore robust");
	TCase *tc = tcase_create("crashes");

	tcase_set_timeout(tc, 60);
#ifndef SANITIZED
	tcase_add_loop_test(tc, a_crash_is_a_failure, 0, CARRIERS);
	tcase_add_loop_test(tc, a_failed_assert_is_a_failure, 0, CARRIERS);
	tcase_add_loop_test(tc, a_stack_overflow_says_so, 0, CARRIERS);
#endif
	tcase_add_loop_test(tc, a_larger_stack_is_enough, 0, CARRIERS);
	tcase_add_loop_test(tc, exit_in_a_test_does_not_pass, 0, CARRIERS);
	suite_add_tcase(suite, tc);
	tc = tcase_create("limits");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, too_many_threads_are_refused, 0, CARRIERS);
	tcase_add_loop_test(tc, an_exploration_inside_is_refused, 0, CARRIERS);
	tcase_add_test(tc, bad_options_are_refused);
	tcase_add_loop_test(
	    tc, a_stack_that_cannot_be_is_an_error, 0, CARRIERS);
	tcase_add_test(tc, an_empty_test_fails);
	suite_add_tcase(suite, tc);
	tc = tcase_create("memory");
	tcase_set_timeout(tc, 60);
#ifndef SANITIZED /* whose shadows and quarantines grow */
	tcase_add_loop_test(tc, explorations_leave_nothing, 0, CARRIERS);
	tcase_add_loop_test(tc, schedules_take_no_memory, 0, CARRIERS);
#endif
	tcase_add_loop_test(tc, memory_may_be_anywhere, 0, CARRIERS);
	suite_add_tcase(suite, tc);
	tc = tcase_create("changes");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_changes_is_reported, 0, 5);
	tcase_add_test(tc, the_place_for_a_breakpoint_does_nothing);
	suite_add_tcase(suite, tc);
	tc = tcase_create("environment");
	tcase_add_loop_test(tc,
	    what_is_no_number_in_the_environment_is_refused, 0, VARIABLES);
	tcase_add_loop_test(tc,
	    what_means_nothing_in_the_environment_is_refused, 0, MEANINGLESS);
	tcase_add_test(tc, numbers_in_the_environment_are_heeded);
	suite_add_tcase(suite, tc);
	tc = tcase_create("threads");
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, threads_of_the_system_walk_the_same_way);
	tcase_add_test(tc, threads_of_the_system_have_variables_of_their_own);
	suite_add_tcase(suite, tc);
	tc = tcase_create("time");
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, an_hour_takes_no_time, 0, CARRIERS);
	tcase_add_loop_test(tc, the_clock_does_not_go_back, 0, CARRIERS);
	tcase_add_test(tc, deadlines_pass_in_order_unless_early);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_NORMAL);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
