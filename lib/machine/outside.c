/* SPDX-License-Identifier: MIT */
/*
 * Threads that the machine does not run (outside threads).
 *
 * The explorer does not schedule such a thread, so it could claim nothing
 * about a program in which one takes part.  There are two cases.
 *
 * The test starts one: pthread_create leads to outside_refuse, see
 * interpose.c.  On a thread of the machine that is a failure; on other threads
 * the call is made.
 *
 * A thread that existed before calls the library during an exploration: the
 * exploration fails at its next step, and the thread waits in sim_outside
 * until the exploration has ended.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "machine/machine.h"
#include "machine/outside.h"

static bool exploring;       /* atomic */
static const char *met;      /* atomic: the call that an outside thread made */
static _Thread_local bool explores; /* this thread belongs to the explorer */
static _Thread_local bool creating; /* it creates a thread of the machine */

void
outside_begin(void)
{
	explores = true;
	__atomic_store_n(&met, NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&exploring, true, __ATOMIC_SEQ_CST);
}

void
outside_end(void)
{
	explores = false;
	__atomic_store_n(&exploring, false, __ATOMIC_SEQ_CST);
}

void
sim_outside(const char *call)
{
	const struct timespec moment = { 0, 1000000 };
	const char *none = NULL;

	if (explores || !__atomic_load_n(&exploring, __ATOMIC_RELAXED))
		return;
	(void)__atomic_compare_exchange_n(
	    &met, &none, call, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	explores = true; /* nanosleep may be redirected here, too */
	while (__atomic_load_n(&exploring, __ATOMIC_RELAXED))
		(void)nanosleep(&moment, NULL);
	explores = false;
}

#define MET                                                                    \
	"%s is called by a thread that the explorer does not run; let the test" \
	" start its threads by sync_thread_start, or by pthread_create linked" \
	" with libsync-sim-pthread"

void
outside_check(void)
{
	const char *call = __atomic_load_n(&met, __ATOMIC_RELAXED);

	if (call != NULL)
		sim_fail(SIM_OUTSIDE, MET, call);
}

void
outside_verdict(struct sim_outcome *outcome)
{
	const char *call = __atomic_load_n(&met, __ATOMIC_RELAXED);

	if (call == NULL)
		return;
	outcome->ending = SIM_OUTSIDE;
	outcome->site = NULL;
	(void)snprintf(outcome->what, sizeof(outcome->what), MET, call);
}

void
outside_belongs(void)
{
	explores = true;
}

void
sim_refuse(const char *call, const void *site)
{
	sim_fail_at(SIM_OUTSIDE, site, "%s is not led by the explorer, see"
	    " libsync-explore(7); it is called at ", call);
}

int
outside_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg)
{
	int err;

	creating = true;
	err = pthread_create(thread, attr, fn, arg);
	creating = false;
	return err;
}

#define FRAMES 24
int backtrace(void **frames, int n) __attribute__((weak));

/* Whether a frame belongs to a library or wrapper that the program called. */
static bool
is_called(const Dl_info *info)
{
	static const char *const libraries[] = { "/libc.so", "/libc-",
		"/libpthread", "/libstdc++", "/libc++", "/libsync-sim",
		"/libasan", "/libtsan", "/libubsan" };
	const char *symbol = info->dli_sname;
	size_t i;

	for (i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++)
		if (strstr(info->dli_fname, libraries[i]) != NULL)
			return true;
	return symbol != NULL && (strncmp(symbol, "__wrap_", 7) == 0
	    || strcmp(symbol, "pthread_create") == 0);
}

const void *
outside_place(const char **call)
{
	void *frames[FRAMES];
	int i, n = backtrace != NULL ? backtrace(frames, FRAMES) : 0;
	unsigned called = 0;
	bool inside = false;
	Dl_info info;

	for (i = 0; i < n; i++) {
		if (dladdr(frames[i], &info) == 0)
			continue;
		if (!is_called(&info)) {
			/*
			 * The frame next to a signal handler's is no return
			 * address.
			 */
			if (inside)
				return (const char *)frames[i] + (called == 1);
			continue;
		}
		inside = true;
		called += strstr(info.dli_fname, "/libsync-sim") == NULL;
		if (info.dli_sname != NULL && info.dli_sname[0] != '_')
			*call = info.dli_sname;
	}
	return NULL;
}

void
outside_refuse(const char *call)
{
	const char *within = call;
	const void *site;

	if (!sim_on || creating)
		return;
	site = outside_place(&within);
	sim_fail_at(SIM_OUTSIDE, site, "%s starts a thread that the explorer"
	    " does not run; take sync_thread_start, or pthread_create linked"
	    " with libsync-sim-pthread%s", call,
	    site != NULL ? "; it is called at " : "");
}
