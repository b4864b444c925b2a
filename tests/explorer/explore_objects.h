/* SPDX-License-Identifier: MIT */
/*
 * An object of each kind, and short workers that use them: for programs that
 * compare what an exploration has seen with what there is to see.
 */
#ifndef EXPLORE_OBJECTS_H
#define EXPLORE_OBJECTS_H

#include "explore_support.h"

#define THREADS 4
#define QUEUES  3
#define SC      __ATOMIC_SEQ_CST

/* Under the_mutex, or for the test itself, where nothing else is said. */
extern struct sync_cond c;
extern struct sync_sem s;
extern struct sync_event e;
extern struct sync_latch l; /* 2 */
extern struct sync_barrier b; /* 3 */
extern struct sync_rwlock rw;
extern struct sync_queue q[QUEUES]; /* for one element of 8 bytes */
extern uint32_t x[THREADS], ready;  /* atomic */
extern uint32_t plain;
extern unsigned seen; /* in all schedules; run_fresh leaves it */

/* Make all objects again, then run_workers. */
void make_objects(void);
void run_fresh(const worker *workers, unsigned n);

#define WORKER(name, ...)                                                      \
	static void *name(void *arg)                                           \
	{                                                                      \
		__VA_ARGS__                                                    \
		return arg;                                                    \
	}
void *reads(void *arg); /* x[0] */
void *writes(void *arg);
void *posts(void *arg);
void *sets(void *arg);
void *puts_one(void *arg);    /* into q[0] */
void *makes_ready(void *arg); /* plain, and signals c */

#endif /* EXPLORE_OBJECTS_H */
