/* SPDX-License-Identifier: MIT */
/* The owner lock of a test, and threads that sleep for it. */
#ifndef TESTS_OWNLOCK_SLEEPERS_H
#define TESTS_OWNLOCK_SLEEPERS_H

#include "primitives.h"

#include "wait/ownlock.h"

#define PLAIN 0x1u /* the channel of sleepers that do not starve */

extern uint32_t word;
extern unsigned go; /* atomic; lets the holder unlock */

uint32_t seen(void);
void lock_here(void);
void unlock_here(void);

struct sleeper {
	struct spawned *thread;
	sync_time deadline;
	uint32_t id;      /* atomic */
	unsigned holds;   /* atomic; 1 while it holds the lock */
	unsigned is_over; /* atomic */
	int err;
};

/* A thread that waits for the lock; if without a deadline, it sleeps. */
void start(struct sleeper *s, sync_time deadline);
void until_holds(struct sleeper *s);
/* Wait for its end; its wait must return this. */
void ends(struct sleeper *s, int err);
/*
 * Wake it futilely until it starves; false if its deadline came first.  Call
 * with the lock held.
 */
bool starve(struct sleeper *s);

#endif /* TESTS_OWNLOCK_SLEEPERS_H */
