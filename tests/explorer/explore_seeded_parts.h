/* SPDX-License-Identifier: MIT */
/* For the files of seeded mistakes: what their tests share. */
#ifndef EXPLORE_SEEDED_PARTS_H
#define EXPLORE_SEEDED_PARTS_H

#include <pthread.h>

#include "explore_seeded.h"

extern struct sync_mutex forks[SEEDED_WORKERS];
extern struct sync_cond c;
extern struct sync_sem s;
extern struct sync_queue q;
extern uint32_t x, y, flag, data, ready, got[SEEDED_WORKERS];
extern int plain;
extern pthread_mutex_t posix_mutex;
extern pthread_cond_t posix_cond;
extern const struct seeded *now; /* what is run */
extern unsigned nworkers;        /* of it */

void seeded_reset(void);
void seeded_run_workers(void);
void *posts_once(void *arg); /* s */

#define LOAD(p)     SYNC_ATOMIC_LOAD(p, __ATOMIC_SEQ_CST)
#define STORE(p, v) SYNC_ATOMIC_STORE(p, v, __ATOMIC_SEQ_CST)

#define DEAD           SYNC_EXPLORE_DEADLOCK
#define FALSE_         SYNC_EXPLORE_ASSERTION
#define WEAK           SYNC_EXPLORE_WEAK
#define USUAL          .timeouts = 2, .spurious = 1, .stale = 2
#define CALM           .stale = 2

struct seeded_table {
	const struct seeded *rows;
	unsigned n;
};
extern const struct seeded_table seeded_waits, seeded_memory, seeded_life,
    seeded_loops;

#endif /* EXPLORE_SEEDED_PARTS_H */
