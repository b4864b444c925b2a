/* SPDX-License-Identifier: MIT */
/*
 * Declarations of the POSIX functions of the simulated machine, each under the
 * name inner_NAME.  explore/wrappers/calls.c defines the wrappers __wrap_NAME.
 */
#ifndef SIM_PTHREADS_H
#define SIM_PTHREADS_H

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/time.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

/* pthreads.gen is made from pthreads.tab. */
#define CALL(kind, type, name, parameters, arguments, object)                  \
	type inner_##name parameters;
#define CALL_VOID(kind, name, parameters, arguments, object)                   \
	void inner_##name parameters;
#define REFUSED(type, name, parameters, arguments)
#include "machine/posix/pthreads.gen"
#undef CALL
#undef CALL_VOID
#undef REFUSED

#endif /* SIM_PTHREADS_H */
