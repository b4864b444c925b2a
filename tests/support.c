/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "support.h"

#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TIMEOUT_SECONDS 60
#define LOOKS           20 /* asleep at so many looks in a row */

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

	while (i < SPAWN_MAX && __atomic_test_and_set(&used[i], __ATOMIC_ACQUIRE))
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

bool
is_asleep(struct spawned *s)
{
	int tid = __atomic_load_n(&s->tid, __ATOMIC_ACQUIRE);
	char path[64], line[256], *p;
	FILE *f;

	if (tid == 0)
		return false;
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

void
until_asleep(struct spawned *s)
{
	const struct timespec instant = { 0, 100000 };
	int looks = 0;

	/* Time passes between looks so that a yield is not taken for sleep. */
	while (looks < LOOKS) {
		looks = is_asleep(s) ? looks + 1 : 0;
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

void
in_child(void (*fn)(void *), void *arg)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		fn(arg); /* an assertion that fails exits with 1 */
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
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

bool
threads_after_fork(void)
{
#ifdef __has_feature
#if __has_feature(thread_sanitizer)
	return false;
#endif
#endif
#ifdef __SANITIZE_THREAD__
	return false;
#else
	return true;
#endif
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

	tcase_set_timeout(tc, TIMEOUT_SECONDS);
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
	(void)alarm(10 * TIMEOUT_SECONDS * stress_factor());
	return run(s, CK_NOFORK);
}
