/* SPDX-License-Identifier: MIT */
/*
 * The thread's id, and its change by fork.
 *
 * Each copy of the library in the process has its own fork handlers.  All
 * copies come to the same numbers: before the fork, the forking thread
 * determines its id in every copy, also in copies that it has never called.
 */
#include "config.h"

#include <errno.h>
#include <pthread.h>

#include "fork.h"
#include "linkage.h"
#include "plat.h"
#include "record.h"

_Thread_local uint32_t plat_self_ PLAT_TLS;

static void
before_fork(void)
{
	(void)plat_self();
}

static void
after_fork(void)
{
	uint32_t id = plat_self_ & ~PLAT_WATCHED;

	record_fork(id);
	id = plat_fork_child(id & ID_NUMBER) | identity.bits;
	identity_survives(plat_self_is(id));
	record_survives(id);
}

uint32_t
plat_self_is(uint32_t id)
{
	plat_self_ = announce_on ? id | PLAT_WATCHED : id;
	return id;
}

CONSTRUCTOR(101) static void
local_begin(void)
{
	int saved = errno; /* which main may expect to be 0 */

	record_begin();
	/* Fails only without memory before main; then fork is not noticed. */
	(void)pthread_atfork(before_fork, NULL, after_fork);
	errno = saved;
}
