/* SPDX-License-Identifier: MIT */
/*
 * The watchdog: a thread of the system that checks, every TICK, whether the
 * current execution makes steps.
 *
 * Suppose that no step is made for BLOCKED ticks, and that the thread of the
 * system that makes the steps sleeps at each check.  Then the test has made a
 * call that really blocks.  No thread can end that wait, because all other
 * threads of the test wait for the next step.  The watchdog sends the thread a
 * signal; its handler ends the execution from within the call, and names the
 * call.  If that has no effect, the program ends.
 *
 * A thread that runs all that time is not stopped, because it may compute.  A
 * line reports it, once per exploration.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "machine/machine.h"
#include "machine/outside.h"

#define m sim_machine

#define SIGNAL  SIGURG /* ignored by default */
#define TICK    250000000L /* ns between two checks */
#define BLOCKED 12         /* ticks asleep: it is blocked */
#define BUSY    40         /* ticks without a step: report it */

volatile unsigned long watchdog_steps;
volatile bool watchdog_runs;

static pthread_t thread;
static bool there;
static struct sigaction before;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t stopped;
static bool stop; /* under lock */
static volatile unsigned long stuck_at; /* the step, if it is blocked */

/* The thread of the system that makes the steps. */
static struct {
	volatile pid_t tid;
	pthread_t thread;
} runner;

void
watchdog_follow(void)
{
	static _Thread_local pid_t tid;

	if (tid == 0)
		tid = (pid_t)syscall(SYS_gettid);
	runner.thread = pthread_self();
	runner.tid = tid;
}

static void
handle(int number)
{
	const char *call = "a call";
	const void *site;

	(void)number;
	if (!sim_on || !watchdog_runs || stuck_at != watchdog_steps)
		return;
	outside_check();
	site = outside_place(&call);
	sim_fail_at(SIM_OUTSIDE, site, "thread %u does not come back from %s,"
	    " which blocks for real: the explorer does not lead that call%s",
	    m.current, call, site != NULL ? "; it is called at " : "");
}

/* Whether the system reports the thread as asleep; false if not known. */
static bool
sleeps(pid_t tid)
{
	char path[64], text[256];
	const char *end;
	ssize_t n;
	int fd;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)tid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	(void)close(fd);
	text[n > 0 ? n : 0] = '\0';
	end = strrchr(text, ')'); /* of the name, which may have blanks */
	return end != NULL && end[1] == ' ' && end[2] == 'S';
}

/* The signal had no effect: it is blocked, or a sanitizer holds it back. */
static void
give_up(void)
{
	(void)fprintf(stderr, "libsync-sim: thread %u does not come back from a"
	    " call that blocks for real and that the explorer does not lead;"
	    " the program ends\n", m.current);
	(void)fflush(NULL);
	_exit(EXIT_FAILURE);
}

/* The results of the checks since the last step. */
struct looks {
	unsigned long steps;
	unsigned ticks, asleep;
	bool said;
};

static void
look(struct looks *l)
{
	unsigned long steps = watchdog_steps;

	if (!watchdog_runs || steps != l->steps) {
		l->steps = steps;
		l->ticks = l->asleep = 0;
		return;
	}
	l->ticks++;
	l->asleep = sleeps(runner.tid) ? l->asleep + 1 : 0;
	if (l->asleep == BLOCKED) {
		stuck_at = steps;
		(void)pthread_kill(runner.thread, SIGNAL);
	} else if (l->asleep == 2 * BLOCKED) {
		give_up();
	} else if (l->ticks == BUSY && l->asleep == 0 && !l->said) {
		l->said = true;
		(void)fprintf(stderr, "libsync-sim: thread %u has run for"
		    " %u s without a step; if it waits in a loop for another"
		    " thread, let it call sync_explore_yield() there\n",
		    m.current, (unsigned)(BUSY * TICK / 1000000000));
	}
}

static void *
watch(void *unused)
{
	struct looks looks = { 0, 0, 0, false };
	struct timespec until;

	outside_belongs();
	(void)pthread_mutex_lock(&lock);
	while (!stop) {
		(void)clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += TICK;
		until.tv_sec += until.tv_nsec / 1000000000;
		until.tv_nsec %= 1000000000;
		(void)pthread_cond_timedwait(&stopped, &lock, &until);
		look(&looks);
	}
	(void)pthread_mutex_unlock(&lock);
	return unused;
}

static void
start(void)
{
	pthread_condattr_t monotonic;
	sigset_t all, old;

	(void)pthread_condattr_init(&monotonic);
	(void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	(void)pthread_cond_init(&stopped, &monotonic);
	(void)pthread_condattr_destroy(&monotonic);
	stop = false;
	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	/* Without a watchdog, a test that really blocks is not detected. */
	there = outside_create(&thread, NULL, watch, NULL) == 0;
	(void)pthread_sigmask(SIG_SETMASK, &old, NULL);
}

void
watchdog_begin(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = handle;
	sa.sa_flags = SA_ONSTACK | SA_NODEFER; /* it need not return */
	(void)sigemptyset(&sa.sa_mask);
	(void)sigaction(SIGNAL, &sa, &before);
	watchdog_runs = false;
	watchdog_follow();
	start();
}

void
watchdog_end(void)
{
	if (there) {
		(void)pthread_mutex_lock(&lock);
		stop = true;
		(void)pthread_cond_signal(&stopped);
		(void)pthread_mutex_unlock(&lock);
		(void)pthread_join(thread, NULL);
	}
	there = false;
	(void)pthread_cond_destroy(&stopped);
	(void)sigaction(SIGNAL, &before, NULL);
}
