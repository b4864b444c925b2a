/* SPDX-License-Identifier: MIT */
/*
 * The objects of a random program that runs, and what its threads note: between
 * the files that run it.
 */
#ifndef EXPLORE_WORLD_H
#define EXPLORE_WORLD_H

#include <libsync.h>

#include <pthread.h>
#include <semaphore.h>

#include "explore_programs.h"

#define LOG 64

struct world {
	uint32_t x[OBJECTS];
	uint32_t guarded[OBJECTS];
	struct sync_mutex mutex[OBJECTS];
	struct sync_cond cond[OBJECTS];
	struct sync_sem sem[OBJECTS];
	struct sync_event event[OBJECTS];
	struct sync_rwlock rwlock[OBJECTS];
	uint32_t rw_guarded[OBJECTS];
	struct sync_latch latch[OBJECTS];
	struct sync_queue queue[OBJECTS]; /* one of each kind */
	uint64_t room[OBJECTS][8];
	struct sync_barrier barrier[OBJECTS];
	struct sync_rmutex rmutex[OBJECTS];
	struct sync_kmutex kmutex[OBJECTS];
	pthread_mutex_t p_mutex[OBJECTS];
	pthread_cond_t p_cond[OBJECTS];
	sem_t p_sem[OBJECTS];
	sync_time begin;
};
extern struct world *world;

/* What operations returned, or the operations that reached an object. */
struct log {
	uint32_t at[LOG];
	unsigned n;
};
void note(struct log *l, uint64_t v);

/* Kinds of objects that threads reach in an order. */
enum ordered {
	OF_X,
	OF_MUTEX,
	OF_SEM,
	OF_RWLOCK,
	OF_RMUTEX,
	OF_KMUTEX,
	OF_P_MUTEX,
	ORDERS
};
extern struct log orders[ORDERS][OBJECTS];

/*
 * Perform an operation, which is this one of the program, in a thread that holds
 * these locks; returns its result.
 */
uint32_t do_operation(const struct op *op, uint32_t id, unsigned *held);
/* The same for some kinds. */
uint32_t do_lock(const struct op *op, uint32_t id, unsigned *held);
uint32_t do_cond(const struct op *op, uint32_t id, unsigned *held);
uint32_t do_rwlock(const struct op *op, uint32_t id, unsigned *held);
uint32_t do_owned(const struct op *op, uint32_t id, unsigned *held);
uint32_t do_posix(const struct op *op, uint32_t id, unsigned *held);
sync_time deadline_of(const struct op *op);

#endif /* EXPLORE_WORLD_H */
