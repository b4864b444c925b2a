/* SPDX-License-Identifier: MIT */
/*
 * The ids of threads, across forks.
 *
 * An id has 30 bits: a number that no other living thread of the process has,
 * and above it 8 bits of the process's generation, which counts forks.  An id
 * of another generation is one of two kinds:
 *
 *	former	an id that the thread that forked had in an older process; in
 *		this process that thread is called the survivor
 *	lost	an id of a thread that fork did not copy
 *
 * No system call is needed to distinguish them.  A lost id never becomes valid
 * again.  The survivor has one id in each process: a lock that it takes in the
 * child contains its new id, and only a lock that it held when it forked
 * contains a former one.  The owner lock depends on this (ownlock.h): waiters
 * of the parent may have left marks in a word with a former id, and only there.
 *
 * Generations in ids run from 0 to 254 and then wrap.  So an object that stays
 * unchanged through 255 forks in a row may be misjudged.  No id has generation
 * 255: words use all ones as a mark.  Objects also store a counter of 32 bits
 * and compare it with plat_generation(); it does not wrap in practice.
 *
 * The fields change in two cases only: in the child of a fork, before fork
 * returns, while the child has one thread; and when this copy of the library is
 * loaded, before it is used.  So plain loads are enough.
 */
#ifndef PLAT_IDENTITY_H
#define PLAT_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>

#include <libsync/rwlock.h>

#define ID_NUMBER     0x003fffffu
#define ID_GENERATION 0x3fc00000u
#define ID_MASK       (ID_NUMBER | ID_GENERATION)
#define ID_SHIFT      22
#define ID_WRAP       255 /* generations in ids */

/* The rwlocks that a thread holds for reading; the first n are in use. */
struct identity_reads {
	uint32_t n;
	struct identity_read {
		const void *lock;
		uint32_t count;
	} of[SYNC_RWLOCK_READS_MAX];
};

struct identity {
	uint32_t generation;  /* the number of forks before this process */
	uint32_t bits;        /* the generation as it is in ids */
	uint32_t survivor;    /* its id in this process; 0: there is none */
	uint32_t former[256]; /* its ids by generation; 0: it had none */
	struct identity_reads reads; /* its read holds when it forked */
};

extern struct identity identity __attribute__((visibility("hidden")));

/* In the child: the thread with this id and these read holds has forked. */
void identity_fork(uint32_t id, const struct identity_reads *reads);
/* After that: the survivor's id in this process. */
void identity_survives(uint32_t id);

/* The number of read holds that the survivor had when it forked. */
uint32_t identity_read_holds(const void *lock);

/* Whether it has another generation; may be true of words without a thread. */
static inline bool
identity_old(uint32_t id)
{
	return ((id ^ identity.bits) & ID_GENERATION) != 0;
}

/* Whether the id names the survivor in an older process. */
static inline bool
identity_former(uint32_t id)
{
	return identity_old(id) && (id & ID_NUMBER) != 0
	    && identity.former[(id & ID_MASK) >> ID_SHIFT] == (id & ID_MASK);
}

/* Whether the id names a thread that fork did not copy.  Not for all ones. */
static inline bool
identity_lost(uint32_t id)
{
	return identity_old(id) && (id & ID_NUMBER) != 0
	    && !identity_former(id);
}

/* Whether id names the thread whose id is self. */
static inline bool
identity_same(uint32_t id, uint32_t self)
{
	return id == self
	    || (identity_old(id) && self == identity.survivor
		&& identity_former(id));
}

#endif /* PLAT_IDENTITY_H */
