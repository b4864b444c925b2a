/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files of machine/: detection of threads that the machine does
 * not run (outside.c), and of calls that really block (watchdog.c).
 */
#ifndef SIM_OUTSIDE_H
#define SIM_OUTSIDE_H

#include <pthread.h>

#include "machine/sim.h"

/* outside.c: around an exploration, on the thread that explores. */
void outside_begin(void);
void outside_end(void);
/* End this execution as a failure if an outside thread has made a call. */
void outside_check(void);
/* Likewise after the execution: replaces any other outcome. */
void outside_verdict(struct sim_outcome *outcome);
/* A call that starts a real thread: a failure on a thread of the machine. */
void outside_refuse(const char *call);
/*
 * The place in the program from which the current function was called, or
 * null.  Stores the name of the function that the program called there, if it
 * is found.
 */
const void *outside_place(const char **call);
/*
 * Create a thread of the machine's own.  That thread calls outside_belongs
 * before anything else.
 */
int outside_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg);
void outside_belongs(void);

/* watchdog.c: checks that an execution makes steps. */
void watchdog_begin(void);
void watchdog_end(void);
/* The calling thread of the system is now the one that makes steps. */
void watchdog_follow(void);
extern volatile unsigned long watchdog_steps; /* the number of steps */
extern volatile bool watchdog_runs; /* an execution is running */

#endif /* SIM_OUTSIDE_H */
