/* SPDX-License-Identifier: MIT */
/*
 * Signal masks.
 *
 * Signals of faults are never blocked on the library's own threads: otherwise a
 * fault there would end the process without the program's handler and without
 * the report of a sanitizer.
 */
#include "config.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "plat.h"

_Static_assert(sizeof(sigset_t) <= sizeof(struct plat_signals), "it fits");

static void
leave_faults(sigset_t *set)
{
	static const int faults[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP,
		SIGABRT, SIGSYS };
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		(void)sigdelset(set, faults[i]);
}

void
plat_signals_block(struct plat_signals *before)
{
	sigset_t all, old;

	(void)sigfillset(&all);
	leave_faults(&all);
	(void)sigemptyset(&old);
	(void)pthread_sigmask(SIG_SETMASK, &all, &old);
	if (before == NULL)
		return;
	leave_faults(&old);
	memcpy(before, &old, sizeof(old));
}

void
plat_signals_set(const struct plat_signals *set)
{
	sigset_t mask;

	memcpy(&mask, set, sizeof(mask));
	(void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
}
