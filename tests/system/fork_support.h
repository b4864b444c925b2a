/* SPDX-License-Identifier: MIT */
/*
 * What the tests of fork share: objects of the parent, and children that report
 * an error by their exit status, because a child must not use Check.
 */
#ifndef TESTS_FORK_SUPPORT_H
#define TESTS_FORK_SUPPORT_H

#include <stdio.h>
#include <unistd.h>

#include "support.h"

#define SKIP 77

/* In a child: the line that failed. */
#define need(condition)                                                        \
	do {                                                                   \
		if (!(condition)) {                                            \
			(void)fprintf(stderr, "child: %s:%d: %s\n", __FILE__,  \
			    __LINE__, #condition);                             \
			_exit(1);                                              \
		}                                                              \
	} while (0)

/* Call it in a child, and check that it returns. */
void in_fork(void (*fn)(void));

/* Objects of the parent; fork_begin initialises those that need no thread. */
extern struct sync_mutex mutex;
extern struct sync_rmutex rmutex;
extern struct sync_kmutex kmutex;
extern struct sync_cond cond;
extern struct sync_sem sem;
extern struct sync_event event;
extern struct sync_latch latch;
extern struct sync_barrier barrier;
extern struct sync_rwlock rwlock;
extern struct sync_queue queue;
extern struct sync_timer_thread timers;
extern struct sync_timer timer;
extern struct sync_thread thread;
extern struct sync_event let_go;
void fork_begin(void);

/*
 * In a child: objects of every kind, and threads, initialised and used there.
 */
void use_fresh_objects(void);

/*
 * In a child: another thread of the child calls fn, and ends before this
 * returns.  So fn is called by a thread that did not exist at the fork.
 */
void in_new_thread(void (*fn)(void));

/* What main returns if the tools allow no tests of fork; otherwise 0. */
int fork_skips(void);

/* As run_suite, but skips the suite where the tools allow no tests of fork. */
int run_fork_suite(Suite *s);

/* Threads of a parent may be started and ended in its child as well. */
extern const bool fork_is_safe;

#endif /* TESTS_FORK_SUPPORT_H */
