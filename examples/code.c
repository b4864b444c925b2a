/* SPDX-License-Identifier: MIT */
/*
 * Lesson: a timer repeats a task while the program does other work.  Here it
 * renews a verification code while main reads what the user types.  Only the
 * newest code is right.
 *
 *	def renew():
 *	    global code
 *	    with lock:
 *	        code = "%04x" % randrange(65536)
 *	        print("code", code)
 *	    Timer(5, renew).start()         # drifts; ours does not
 *	renew()
 *	while (typed := input()) != code:
 *	    print(typed, "is wrong")
 *	print(typed, "is right")
 *
 * The argument is the time between codes in milliseconds; the default is 5000.
 */
#include <libsync.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define check(ok)                                                              \
	((ok) ? (void)0 : (fprintf(stderr, "failed: %s\n", #ok), abort()))

static struct sync_mutex lock = SYNC_MUTEX_INIT;
static char code[5]; /* under lock, as is the next */
static unsigned number = 1;

static void
renew(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)t, (void)tick, (void)arg;
	sync_mutex_lock(&lock);
	/* Goes through all 65536 numbers; do not guard a bank with it. */
	number = (number * 25173 + 13849) % 65536;
	(void)snprintf(code, sizeof(code), "%04x", number);
	printf("code %s\n", code);
	(void)fflush(stdout);
	sync_mutex_unlock(&lock);
}

static int
try(const char *typed)
{
	int right;

	sync_mutex_lock(&lock);
	right = strcmp(typed, code) == 0;
	printf("%s is %s\n", typed, right ? "right" : "wrong");
	(void)fflush(stdout);
	sync_mutex_unlock(&lock);
	return right;
}

int
main(int argc, char **argv)
{
	struct sync_timer_thread timers;
	struct sync_timer timer;
	long ms = argc > 1 ? strtol(argv[1], NULL, 10) : 5000;
	char typed[80];
	int right = 0;

	check(ms > 0 && ms < 1000000);
	check(sync_timer_thread_init(&timers, "timers") == 0);
	check(sync_timer_init(&timer, &timers, renew, NULL) == 0);
	check(sync_timer_arm_every(&timer, sync_time_now(),
	    (int64_t)ms * 1000000, SYNC_TIMER_SKIP) == 0);
	while (!right && fgets(typed, sizeof(typed), stdin) != NULL) {
		typed[strcspn(typed, "\n")] = '\0';
		right = try(typed);
	}
	/* 0, or EINPROGRESS: it runs, and destroy waits for its end. */
	check(sync_timer_cancel(&timer) != ENOENT);
	check(sync_timer_thread_destroy(&timers) == 0);
	return !right;
}
