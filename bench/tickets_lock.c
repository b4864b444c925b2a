/* SPDX-License-Identifier: MIT */
/* The kinds of lock behind one table, so that each pays for the same call. */
#include <config.h>

#include <string.h>

#include "tickets.h"

#define DEFINE_LOCK(kind, member, type, lock_fn, unlock_fn)                    \
	static int kind##_lock(union any_lock *l) SYNC_NO_ANALYSIS;            \
	static int kind##_lock(union any_lock *l)                              \
	{                                                                      \
		return lock_fn(&l->member);                                    \
	}                                                                      \
	static int kind##_unlock(union any_lock *l) SYNC_NO_ANALYSIS;          \
	static int kind##_unlock(union any_lock *l)                            \
	{                                                                      \
		return unlock_fn(&l->member);                                  \
	}                                                                      \
	static int kind##_destroy(union any_lock *l)                           \
	{                                                                      \
		return type##_destroy(&l->member);                             \
	}
#define DEFINE_SYNC_LOCK(kind)                                                 \
	DEFINE_LOCK(kind, kind, sync_##kind, sync_##kind##_lock,               \
	    sync_##kind##_unlock)

DEFINE_SYNC_LOCK(mutex)
DEFINE_SYNC_LOCK(rmutex)
DEFINE_SYNC_LOCK(kmutex)
DEFINE_LOCK(sem, sem, sync_sem, sync_sem_wait, sync_sem_post)
DEFINE_LOCK(rwlock, rwlock, sync_rwlock, sync_rwlock_wrlock,
    sync_rwlock_unlock)
DEFINE_LOCK(pthread, pthread, pthread_mutex, pthread_mutex_lock,
    pthread_mutex_unlock)

static int
mutex_init(union any_lock *l)
{
	return sync_mutex_init(&l->mutex, 0);
}

static int
rmutex_init(union any_lock *l)
{
	return sync_rmutex_init(&l->rmutex, 0);
}

static int
robust_init(union any_lock *l)
{
	return sync_kmutex_init(&l->kmutex, SYNC_ROBUST);
}

static int
pi_init(union any_lock *l)
{
	return sync_kmutex_init(&l->kmutex, SYNC_PRIO_INHERIT);
}

static int
sem_init(union any_lock *l)
{
	return sync_sem_init(&l->sem, 1, 1, 0);
}

static int
rwlock_init(union any_lock *l)
{
	return sync_rwlock_init(&l->rwlock, 0);
}

static int
pthread_init(union any_lock *l)
{
	return pthread_mutex_init(&l->pthread, NULL);
}

static int
nothing(union any_lock *l)
{
	(void)l;
	return 0;
}

static const struct lock_kind kinds[] = {
	{ "mutex", true, mutex_init, mutex_lock, mutex_unlock, mutex_destroy },
	{ "rmutex", true, rmutex_init, rmutex_lock, rmutex_unlock,
	    rmutex_destroy },
	{ "robust", true, robust_init, kmutex_lock, kmutex_unlock,
	    kmutex_destroy },
	{ "pi", true, pi_init, kmutex_lock, kmutex_unlock, kmutex_destroy },
	{ "sem", true, sem_init, sem_lock, sem_unlock, sem_destroy },
	{ "rwlock", true, rwlock_init, rwlock_lock, rwlock_unlock,
	    rwlock_destroy },
	{ "pthread", true, pthread_init, pthread_lock, pthread_unlock,
	    pthread_destroy },
	{ "none", false, nothing, nothing, nothing, nothing },
};

const struct lock_kind *
lock_kind_named(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}
