/* SPDX-License-Identifier: MIT */
/*
 * For programs that explore what every kind of lock promises: the kinds, and
 * what a thread does with a lock that it has.
 */
#ifndef SIM_LOCK_SUPPORT_H
#define SIM_LOCK_SUPPORT_H

#include "lock_kinds.h"
#include "sim_support.h"

/* How a thread got the lock. */
enum how {
	HELD, /* it held it when the others started */
	LOCK,
	TRY,
	UNTIL,
	LAST /* and once it is unlocked, the memory may be freed */
};

struct subject {
	const struct lock_kind *kind;
	/* Enters the section, unlocks, and returns how many had entered. */
	unsigned (*uses)(enum how);
	bool (*taken)(void);     /* by some thread; null: cannot be seen */
	bool (*untouched)(void); /* has neither holder nor waiter */
	uint32_t *spare;         /* see sim_may_be_late */
	size_t size;
};

extern const struct subject a_mutex, an_rmutex;
extern const struct subject a_kmutex, a_robust_kmutex, an_inheriting_kmutex;
extern const struct subject a_writer; /* the read-write lock: all write */
extern const struct subject a_sem;    /* of one unit */

extern union any_lock l;
extern const struct subject *subject;

/* How a scenario begins: the lock is free, or role 0 holds it. */
void is_free(const void *subject);
void is_held(const void *subject);

#define FREE(subject)  .begin = is_free, .arg = &(subject)
#define TAKEN(subject) .begin = is_held, .arg = &(subject)

void lock(void);
void unlock(void);

/* A holder writes, unlocks, and returns how many have held it so far. */
unsigned section_and_unlock(enum how how);

/* End: each entry is counted, and nothing is left in the lock. */
void all_counted(void);

/* Roles. */
sim_role locks;
sim_role unlocks; /* the holder */

#endif /* SIM_LOCK_SUPPORT_H */
