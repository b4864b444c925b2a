/* SPDX-License-Identifier: MIT */
/*
 * What the programs of this room share: options, threads that run the parts of a
 * test, a correct test, captured output and the runner of a suite.
 */
#ifndef EXPLORE_SUPPORT_H
#define EXPLORE_SUPPORT_H

#include <libsync.h>
#include <libsync/explore.h>

#include <check.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))
/* The searches are 0 to SEARCHES - 1. */
#define SEARCHES (SYNC_EXPLORE_PCT + 1)

/* Without output, and without a limit of time. */
struct sync_explore_options quiet_options(
    enum sync_explore_search search, unsigned flags);
/* With neither early timeouts nor spurious wakeups, too. */
struct sync_explore_options calm_options(enum sync_explore_search search);
/* At most 3000 schedules, and a limit of time. */
struct sync_explore_options brief_options(
    enum sync_explore_search search, unsigned flags);

/* Both sorts of threads, as flags. */
extern const unsigned carriers[2];
#define CARRIERS COUNT(carriers)

/* Run each in a thread; number i gets i. */
typedef void *(*worker)(void *);
void run_workers(const worker *workers, unsigned n);
/* How many there are, up to a null pointer or most. */
unsigned workers_in(const worker *workers, unsigned most);

/* A correct test: each of two threads locks and unlocks this mutex. */
extern struct sync_mutex the_mutex;
void *locks(void *arg);
void two_lock(void *arg);
/* The same with n threads that run fn, which may use the mutex. */
void run_alike(worker fn, unsigned n);

/* Explores all schedules, without early timeouts, and counts them. */
void check_count(void (*test)(void *), void *arg, const char *why,
    uint64_t schedules);

/*
 * What an exploration that returns `expected' writes to standard error: valid
 * until the next call.
 */
const char *printed(void (*test)(void *), const struct sync_explore_options *o,
    int expected, struct sync_explore_report *r);

/* Whether SYNC_SIM=deep. */
bool is_deep(void);

/* A test case of a suite.  Run the suite; returns main's exit status. */
TCase *add_case(Suite *s, const char *name, int seconds);
int run_suite(Suite *s);

#endif /* EXPLORE_SUPPORT_H */
