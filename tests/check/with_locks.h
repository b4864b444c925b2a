/* SPDX-License-Identifier: MIT */
/* A lock of each kind, for the tests of blocks and scopes. */
#ifndef TESTS_WITH_LOCKS_H
#define TESTS_WITH_LOCKS_H

#include "primitives.h"

static struct sync_mutex m;
static struct sync_rmutex rm;
static struct sync_kmutex km;
static struct sync_rwlock rw;

static bool
free_for_writing(void)
{
	return sync_rwlock_trywrlock(&rw) == 0 && sync_rwlock_unlock(&rw) == 0;
}

static bool
all_free(void)
{
	return !sync_mutex_held(&m) && !sync_rmutex_held(&rm)
	    && !sync_kmutex_held(&km) && free_for_writing();
}

#endif /* TESTS_WITH_LOCKS_H */
