/* SPDX-License-Identifier: MIT */
/*
 * For programs that run POSIX threads in the explorer: a table of small tests,
 * each of which is correct, or has a mistake that the explorer must find.
 */
#ifndef EXPLORE_POSIX_H
#define EXPLORE_POSIX_H

#include <pthread.h>
#include <time.h>

#include "explore_support.h"

#define FINE     SYNC_EXPLORE_NOTHING
#define MISUSE   SYNC_EXPLORE_MISUSE
#define DEADLOCK SYNC_EXPLORE_DEADLOCK
#define FALSE    SYNC_EXPLORE_ASSERTION
#define RACE     SYNC_EXPLORE_RACE
#define GONE     SYNC_EXPLORE_GONE
#define OUTSIDE  SYNC_EXPLORE_OUTSIDE
#define P(test, failure, what)                                                 \
	{ #test, test, failure, what }

struct posix_program {
	const char *name;
	void (*test)(void);
	enum sync_explore_failure failure;
	const char *what; /* among other words */
};

/* As the test begins: a plain mutex, a condition, and 0. */
extern pthread_mutex_t m;
extern pthread_cond_t c;
extern int n;

/* A thread that calls fn; its value is &n.  At most 4 in a test. */
void start(pthread_t *t, void (*fn)(void));
/* A thread that runs fn, in addition to the test's own, which runs this. */
void beside(void (*fn)(void), void (*own)(void));
/* Parts of tests. */
void nothing(void);
void holds(void); /* m, for a step */
struct timespec in_a_second(clockid_t clock);

/* A suite that runs each row of the table in several searches. */
Suite *posix_suite(
    const char *name, const struct posix_program *table, int rows);

#endif /* EXPLORE_POSIX_H */
