/* SPDX-License-Identifier: MIT */
/*
 * The bell of the parking lot (posix/bell.h) on the simulated machine, which
 * has no pipes: a semaphore.
 */
#include "posix/bell.h"

#include "machine/posix/pthreads.h"

static sem_t rings;

bool
bell_make(void)
{
	return inner_sem_init(&rings, 0, 0) == 0;
}

void
bell_ring(void)
{
	(void)inner_sem_post(&rings); /* full: it is enough */
}

bool
bell_await(void)
{
	while (inner_sem_wait(&rings) != 0)
		continue;
	return true;
}

void
bell_fork_child(void)
{
}
