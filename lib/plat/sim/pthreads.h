/* SPDX-License-Identifier: MIT */
/*
 * POSIX threads of the simulated machine, each under the name inner_NAME; the
 * doors __wrap_NAME are made in explore/calls.c.
 */
#ifndef SIM_PTHREADS_H
#define SIM_PTHREADS_H

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <time.h>

#define CALL(kind, type, name, parameters, arguments, object)                  \
	type inner_##name parameters;
#include "pthreads.def"
#undef CALL

#endif /* SIM_PTHREADS_H */
