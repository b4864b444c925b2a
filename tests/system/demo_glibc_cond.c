/* SPDX-License-Identifier: MIT */
/*
 * The reasons why libsync has a condition variable of its own: two failures of
 * the C library's.  The program tries both for a while, and the second one on
 * sync_cond as well.
 *
 * 1.  Processes that wait on a process-shared pthread_cond_t are killed.  It is
 *    then broken for all other processes: a broadcast may never return.
 * 2.  glibc bug 25847: with several waiters and signals a wakeup may be lost,
 *    and a thread sleeps on although it was signalled.
 *
 * It takes at most 40 seconds.  It exits with 1 if sync_cond failed; otherwise
 * with 0, whatever happened to pthread_cond_t.
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include <libsync.h>

#define PROCESSES     4
#define KILL_SECONDS  6  /* for the first, in all */
#define STUCK_SECONDS 3  /* a broadcast that takes longer hangs */
#define LOST_SECONDS  9  /* for the second, for each kind */
#define THREADS       3

/* 1: processes that are killed. */

struct shared {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	int waiting; /* under mutex */
};

static struct shared *shared;

static void
make_shared(void)
{
	pthread_mutexattr_t ma;
	pthread_condattr_t ca;

	(void)pthread_mutexattr_init(&ma);
	(void)pthread_mutexattr_setpshared(&ma, PTHREAD_PROCESS_SHARED);
	(void)pthread_mutexattr_setrobust(&ma, PTHREAD_MUTEX_ROBUST);
	(void)pthread_condattr_init(&ca);
	(void)pthread_condattr_setpshared(&ca, PTHREAD_PROCESS_SHARED);
	memset(shared, 0, sizeof(*shared));
	(void)pthread_mutex_init(&shared->mutex, &ma);
	(void)pthread_cond_init(&shared->cond, &ca);
}

static void
lock_shared(void)
{
	if (pthread_mutex_lock(&shared->mutex) == EOWNERDEAD)
		(void)pthread_mutex_consistent(&shared->mutex);
}

static void
waits_for_ever(void)
{
	lock_shared();
	shared->waiting++;
	for (;;)
		(void)pthread_cond_wait(&shared->cond, &shared->mutex);
}

static void
wait_for_waiters(int n)
{
	int waiting;

	do {
		lock_shared();
		waiting = shared->waiting;
		(void)pthread_mutex_unlock(&shared->mutex);
	} while (waiting < n);
}

static void
kill_all(const pid_t *pid, int n)
{
	int i;

	for (i = 0; i < n; i++) {
		(void)kill(pid[i], SIGKILL);
		(void)waitpid(pid[i], NULL, 0);
	}
}

static pid_t
start_waiter(void)
{
	pid_t pid = fork();

	if (pid == 0)
		waits_for_ever();
	return pid;
}

/* In a process of its own, ended by an alarm if it hangs. */
static bool
broadcast_returns(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		(void)alarm(STUCK_SECONDS);
		(void)pthread_cond_broadcast(&shared->cond);
		_exit(0);
	}
	(void)waitpid(pid, &status, 0);
	return !WIFSIGNALED(status);
}

/* Once the first ones have been killed, one more comes for each broadcast. */
static bool
survives_kill(void)
{
	pid_t first[PROCESSES], later[3];
	bool returns = true;
	int i, n;

	make_shared();
	for (i = 0; i < PROCESSES; i++)
		first[i] = start_waiter();
	wait_for_waiters(PROCESSES);
	kill_all(first, PROCESSES);
	for (n = 0; n < 3 && returns; n++) {
		later[n] = start_waiter();
		wait_for_waiters(PROCESSES + n + 1);
		returns = broadcast_returns();
	}
	kill_all(later, n);
	return returns;
}

static void
try_kill(void)
{
	sync_time end = sync_after_ms(KILL_SECONDS * 1000);
	unsigned runs = 0;
	bool stuck = false;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return;
	while (!stuck && sync_time_now() < end) {
		runs++;
		stuck = !survives_kill();
	}
	(void)printf(
	    "pthread_cond_t, %d waiting processes killed: ", PROCESSES);
	if (stuck)
		(void)printf("broadcast HANGS (run %u; watchdog of %d s)\n",
		    runs, STUCK_SECONDS);
	else
		(void)printf("broadcast returned, %u runs\n", runs);
	(void)munmap(shared, sizeof(*shared));
}

/*
 * 2: lost wakeups.  Threads take a token and give it back, with one signal to a
 * condition variable that all share.  If all sleep while the token is there, a
 * signal has woken none of them.
 */
struct kind {
	const char *name;
	void (*lock)(void);
	void (*unlock)(void);
	void (*wait)(void);
	void (*signal)(void);
};

static pthread_mutex_t pmutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t pcond = PTHREAD_COND_INITIALIZER;
static struct sync_mutex smutex = SYNC_MUTEX_INIT;
static struct sync_cond scond = SYNC_COND_INIT;

static void
plock(void)
{
	(void)pthread_mutex_lock(&pmutex);
}

static void
punlock(void)
{
	(void)pthread_mutex_unlock(&pmutex);
}

static void
pwait(void)
{
	(void)pthread_cond_wait(&pcond, &pmutex);
}

static void
pwake(void)
{
	(void)pthread_cond_signal(&pcond);
}

static void
slock(void) SYNC_NO_ANALYSIS
{
	(void)sync_mutex_lock(&smutex);
}

static void
sunlock(void) SYNC_NO_ANALYSIS
{
	(void)sync_mutex_unlock(&smutex);
}

static void
swait(void) SYNC_NO_ANALYSIS
{
	(void)sync_cond_wait(&scond, &smutex);
}

static void
swake(void)
{
	(void)sync_cond_signal(&scond);
}

static const struct kind kinds[2] = {
	{ "pthread_cond_t", plock, punlock, pwait, pwake },
	{ "sync_cond", slock, sunlock, swait, swake },
};

/* A pool of tokens, like those of a semaphore, made with a cond. */
static const struct kind *kind;
static long tokens; /* under the lock */
static unsigned long moves; /* atomic */
static int ended;           /* atomic */

static void *
takes_and_gives(void *arg)
{
	while (!__atomic_load_n(&ended, __ATOMIC_RELAXED)) {
		kind->lock();
		while (tokens == 0)
			kind->wait();
		tokens--;
		kind->unlock();
		(void)__atomic_fetch_add(&moves, 1, __ATOMIC_RELAXED);
		kind->lock();
		tokens++;
		kind->signal(); /* one token, one waiter */
		kind->unlock();
	}
	return arg;
}

/* In a process of its own, because threads that sleep on cannot be ended. */
static void
loses(void)
{
	sync_time end = sync_after_ms(LOST_SECONDS * 1000);
	unsigned long before = 0, now = 1;
	pthread_t t;
	int i;

	tokens = 1;
	for (i = 0; i < THREADS * 2; i++)
		(void)pthread_create(&t, NULL, takes_and_gives, NULL);
	while (now != before && sync_time_now() < end) {
		before = now;
		sync_thread_sleep_until(sync_after_ms(2000));
		now = __atomic_load_n(&moves, __ATOMIC_RELAXED);
	}
	(void)printf("%s, %d threads, one token: ", kind->name, THREADS * 2);
	if (now == before)
		(void)printf("a wakeup was LOST after %lu moves\n", now);
	else
		(void)printf("no wakeup lost in %lu moves\n", now);
	(void)fflush(stdout);
	_exit(now == before);
}

int
main(void)
{
	int i, status = 0;

#ifdef __GLIBC__
	(void)printf("glibc %s\n", gnu_get_libc_version());
#endif
	try_kill();
	for (i = 0; i < 2; i++) {
		pid_t pid;

		(void)fflush(stdout);
		kind = &kinds[i];
		pid = fork();
		if (pid == 0)
			loses();
		(void)waitpid(pid, &status, 0);
	}
	return status == 0 ? 0 : 1; /* of the last: sync_cond */
}
