/* SPDX-License-Identifier: MIT */
/*
 * The thread's record, and what fork does to it: in the child the one thread
 * there is has another id, and the generation says that whatever refers to
 * threads of the parent is void.
 */
#include "config.h"

#include <pthread.h>
#include <string.h>

#include "fork.h"
#include "plat.h"

_Thread_local struct plat_local plat_local_
    __attribute__((tls_model("initial-exec")));

uint32_t plat_generation_; /* written in a child that has one thread */

static void
after_fork(void)
{
	plat_generation_++;
	plat_local_.id = plat_local_.quick = 0;
	/* What it read-locked, the parent's thread did, not this one. */
	memset(plat_local_.reads, 0, sizeof(plat_local_.reads));
	plat_fork_child();
}

uint32_t
plat_self_is(uint32_t id)
{
	plat_local_.id = id;
	plat_local_.quick = announce_on ? 0 : id;
	return id;
}

__attribute__((constructor)) static void
local_begin(void)
{
	/* Fails only without memory before main; then fork is not noticed. */
	(void)pthread_atfork(NULL, NULL, after_fork);
}
