/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "support.h"

#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* All of these limits are for hangs; a slow machine must not come near them. */
#define TEST_SECONDS  180
#define CHILD_SECONDS 60
#define SUITE_SECONDS 600

#define LOOKS 20 /* asleep at this many checks in a row */
#define OTHERS_LOOKS 1000 /* at most; a thread may be meant not to sleep */

unsigned
stress_factor(void)
{
	const char *s = getenv("SYNC_STRESS");
	long n = s != NULL ? strtol(s, NULL, 10) : 1;

	return n < 1 ? 1 : n > 1000 ? 1000 : (unsigned)n;
}

static struct spawned spawned[SPAWN_MAX];
static unsigned char used[SPAWN_MAX];

static void *
spawned_main(void *arg)
{
	struct spawned *s = arg;

	__atomic_store_n(
	    &s->tid, (int)syscall(SYS_gettid), __ATOMIC_RELEASE);
	return s->fn(s->arg);
}

struct spawned *
spawn(void *(*fn)(void *), void *arg)
{
	int i = 0;

	while (i < SPAWN_MAX
	    && __atomic_test_and_set(&used[i], __ATOMIC_ACQUIRE))
		i++;
	ck_assert_msg(i < SPAWN_MAX, "too many threads in one test");
	spawned[i].fn = fn;
	spawned[i].arg = arg;
	spawned[i].tid = 0;
	ok(sync_thread_start(&spawned[i].thread, spawned_main, &spawned[i],
	    NULL));
	return &spawned[i];
}

void *
finish(struct spawned *s)
{
	void *result;

	ok(sync_thread_join(&s->thread, &result));
	__atomic_clear(&used[s - spawned], __ATOMIC_RELEASE);
	return result;
}

static bool
sleeps(int tid)
{
	char path[64], line[256], *p;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "r");
	if (f == NULL)
		return false;
	p = fgets(line, sizeof(line), f);
	(void)fclose(f);
	if (p == NULL)
		return false;
	p = strrchr(line, ')');
	return p != NULL && p[1] == ' ' && p[2] == 'S';
}

bool
is_asleep(struct spawned *s)
{
	int tid = __atomic_load_n(&s->tid, __ATOMIC_ACQUIRE);

	return tid != 0 && sleeps(tid);
}

/* Time passes between checks, so that a yield is not taken for sleep. */
void
until_asleep(struct spawned *s)
{
	const struct timespec instant = { 0, 100000 };
	int looks = 0;

	while (looks < LOOKS) {
		looks = is_asleep(s) ? looks + 1 : 0;
		(void)nanosleep(&instant, NULL);
	}
}

static bool
others_sleep(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *d;
	bool all = tasks != NULL;

	while (all && (d = readdir(tasks)) != NULL) {
		int tid = atoi(d->d_name); /* 0: no task */

		all = tid == 0 || tid == (int)syscall(SYS_gettid) || sleeps(tid);
	}
	if (tasks != NULL)
		(void)closedir(tasks);
	return all;
}

void
until_others_sleep(void)
{
	const struct timespec instant = { 0, 100000 };
	int looks = 0, all;

	for (all = 0; looks < LOOKS && all < OTHERS_LOOKS; all++) {
		looks = others_sleep() ? looks + 1 : 0;
		(void)nanosleep(&instant, NULL);
	}
}

void
gate_pass(struct gate *g)
{
	(void)__atomic_fetch_add(&g->arrived, 1, __ATOMIC_ACQ_REL);
	while (__atomic_load_n(&g->arrived, __ATOMIC_ACQUIRE) < g->n)
		(void)sched_yield();
}

int
child_status(void (*fn)(void *), void *arg)
{
	int status;
	pid_t pid;

	(void)fflush(NULL);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)signal(SIGALRM, SIG_DFL);
		(void)alarm(CHILD_SECONDS);
		fn(arg); /* an assertion that fails exits with 1 */
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

void
in_child(void (*fn)(void *), void *arg)
{
	int status = child_status(fn, arg);

	ck_assert_msg(!WIFSIGNALED(status), "child ended by signal %d",
	    WTERMSIG(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}

static unsigned signals; /* atomic */

void
count_signal(int signal_number)
{
	(void)signal_number;
	(void)__atomic_fetch_add(&signals, 1, __ATOMIC_ACQ_REL);
}

unsigned
signals_counted(void)
{
	return __atomic_load_n(&signals, __ATOMIC_ACQUIRE);
}

void
on_signal(int signal_number, void (*handler)(int))
{
	struct sigaction sa = { .sa_handler = handler };

	ck_assert_int_eq(sigemptyset(&sa.sa_mask), 0);
	ck_assert_int_eq(sigaction(signal_number, &sa, NULL), 0);
}

bool
use_one_processor(void)
{
	cpu_set_t all, one;
	size_t cpu = 0;

	if (sched_getaffinity(0, sizeof(all), &all) != 0)
		return false;
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(0, sizeof(one), &one) == 0;
}

int
thread_count(void)
{
	DIR *d = opendir("/proc/self/task");
	struct dirent *e;
	int n = 0;

	ck_assert_ptr_nonnull(d);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

void
until_thread_count(int n)
{
	while (thread_count() != n)
		(void)sched_yield();
}

static void *
rests(void *let_go)
{
	ok(sync_event_wait(let_go));
	return NULL;
}

int
threads_at_rest(void)
{
	struct sync_event let_go = SYNC_EVENT_INIT;
	struct spawned *s = spawn(rests, &let_go);
	int n;

	until_asleep(s);
	n = thread_count() - 1; /* no other thread can be on its way out */
	ok(sync_event_set(&let_go));
	(void)finish(s);
	until_thread_count(n);
	return n;
}

bool
threads_after_fork(void)
{
	return !WITH_SHADOW;
}

unsigned
kmutex_flags(unsigned wanted)
{
	static const unsigned flags[] = { SYNC_ROBUST, SYNC_PRIO_INHERIT };
	struct sync_kmutex m;
	unsigned i, here = 0;

	for (i = 0; i < 2; i++) {
		int err = wanted & flags[i] ? sync_kmutex_init(&m, flags[i])
					    : ENOTSUP;

		if (err == ENOTSUP)
			continue;
		/* Not ok(): this may be no test. */
		if (err != 0 || sync_kmutex_destroy(&m) != 0)
			abort();
		here |= flags[i];
	}
	return here;
}

bool
have_kmutex(unsigned flags)
{
	bool have = kmutex_flags(flags) == flags;

	if (!have)
		(void)printf("skipped: this system has no kmutex with flags "
			     "%#x\n", flags);
	return have;
}

void
until_named(uint64_t handle, const char *name)
{
	char now[32] = "";

	for (;;) {
		ck_assert_int_eq(pthread_getname_np(
				     (pthread_t)handle, now, sizeof(now)), 0);
		if (strcmp(now, name) == 0)
			return;
		(void)sched_yield();
	}
}

uint32_t
random_next(uint32_t *state)
{
	uint32_t x = *state;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	return *state = x;
}

uint32_t
random_seed(void)
{
	const char *s = getenv("SYNC_SEED");
	uint32_t seed = s != NULL ? (uint32_t)strtoul(s, NULL, 0) : 0;

	return seed != 0 ? seed : 2463534242u;
}

TCase *
add_case(Suite *s, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, (double)TEST_SECONDS * stress_factor());
	suite_add_tcase(s, tc);
	return tc;
}

static int
run(Suite *s, enum fork_status fork)
{
	SRunner *r = srunner_create(s);
	int failed;

	srunner_set_fork_status(r, fork);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

int
run_suite(Suite *s)
{
	return run(s, CK_FORK_GETENV);
}

int
run_suite_here(Suite *s)
{
	(void)alarm(SUITE_SECONDS * stress_factor());
	return run(s, CK_NOFORK);
}
