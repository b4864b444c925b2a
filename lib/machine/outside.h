/* SPDX-License-Identifier: MIT */
/*
 * Inside machine/: threads that the machine does not run, and calls that block
 * for real.
 */
#ifndef SIM_OUTSIDE_H
#define SIM_OUTSIDE_H

#include <pthread.h>

#include "machine/sim.h"

/* outside.c: between these the calling thread explores, and no other. */
void outside_begin(void);
void outside_end(void);
/* Ends this execution if a thread outside has made a call. */
void outside_check(void);
/* Says so, if one has; whatever else the outcome was. */
void outside_verdict(struct sim_outcome *outcome);
/* A call that starts a thread: a failure, on a thread of the machine. */
void outside_refuse(const char *call);
/*
 * Where the program has called what the caller is in: the call that it made, if
 * that is found, and the place, or null.
 */
const void *outside_place(const char **call);
/* A thread of the machine's own; on it, before all else. */
int outside_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg);
void outside_belongs(void);

/* watchdog.c: looks whether steps are made while an execution runs. */
void watchdog_begin(void);
void watchdog_end(void);
/* From now on this thread of the system is the one that makes steps. */
void watchdog_follow(void);
extern volatile unsigned long watchdog_steps; /* counted up with each */
extern volatile bool watchdog_runs; /* an execution is under way */

#endif /* SIM_OUTSIDE_H */
