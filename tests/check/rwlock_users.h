/* SPDX-License-Identifier: MIT */
/* The read-write lock of a test, and threads that use it. */
#ifndef TESTS_RWLOCK_USERS_H
#define TESTS_RWLOCK_USERS_H

#include "primitives.h"

static struct sync_rwlock l; /* all zero: valid */
static unsigned go;          /* atomic; lets the holders unlock */
static unsigned reading;     /* atomic */
static unsigned written;     /* under l */

static inline void
hold(void)
{
	while (counted(&go) == 0)
		sync_thread_sleep_until(sync_after(200000));
}

static inline void *
reads(void *arg)
{
	ok(sync_rwlock_rdlock(&l));
	count(&reading);
	hold();
	ok(sync_rwlock_unlock(&l));
	return arg;
}

static inline void *
writes(void *arg)
{
	ok(sync_rwlock_wrlock(&l));
	written++;
	ok(sync_rwlock_unlock(&l));
	return arg;
}

static inline void *
may_do_nothing(void *arg)
{
	fails(sync_rwlock_tryrdlock(&l), EBUSY);
	fails(sync_rwlock_rdlock_until(&l, 0), ETIMEDOUT);
	fails(sync_rwlock_trywrlock(&l), EBUSY);
	fails(sync_rwlock_wrlock_until(&l, 0), ETIMEDOUT);
	fails(sync_rwlock_unlock(&l), EPERM);
	return arg;
}

static inline void *
may_do_all(void *arg)
{
	ok(sync_rwlock_tryrdlock(&l));
	ok(sync_rwlock_unlock(&l));
	ok(sync_rwlock_trywrlock(&l));
	ok(sync_rwlock_unlock(&l));
	return arg;
}

/* Looks inside. */
static inline bool
anybody_waits(void)
{
	return __atomic_load_n(&l.waiters.tail, __ATOMIC_ACQUIRE) != NULL;
}

#endif /* TESTS_RWLOCK_USERS_H */
