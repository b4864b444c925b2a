/* SPDX-License-Identifier: MIT */
/* The records of threads, inside lib/plat; see record.c. */
#ifndef PLAT_RECORD_H
#define PLAT_RECORD_H

#include <limits.h>
#include <stddef.h>

#include "plat.h"

/* The number of rounds of destructors in which ours may keep the record. */
#ifdef PTHREAD_DESTRUCTOR_ITERATIONS
#define ROUNDS (PTHREAD_DESTRUCTOR_ITERATIONS - 1)
#else
#define ROUNDS (_POSIX_THREAD_DESTRUCTOR_ITERATIONS - 1)
#endif

struct record {
	_Alignas(max_align_t) char room[PLAT_RECORD_SIZE]; /* first */
	void *asleep;     /* plat/posix: see plat_asleep */
	uint32_t *owner;  /* its place in the table; null: it was mapped */
	unsigned rounds;  /* of destructors, so far */
	void *(*fn)(void *); /* what a thread that is started runs */
	void *arg;
#if HAVE_SETNAME_OF_SELF
	char name[16]; /* that it then gives itself; may be empty */
#endif
};

/* Called when this copy of the library is loaded. */
void record_begin(void);

/* In the child of a fork: the calling thread has this new id. */
void record_survives(uint32_t id);

/*
 * Make a record for a thread that is about to be started; null: no memory.
 * Then the new thread takes it as its own, or the starter frees it.
 */
struct record *record_new(void);
void record_take(struct record *r);
void record_free(struct record *r);

#endif /* PLAT_RECORD_H */
