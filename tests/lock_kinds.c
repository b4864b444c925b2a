/* SPDX-License-Identifier: MIT */
#include "lock_kinds.h"

#define BAD_FLAG 0x40000000u
#define PART(member) (l != NULL ? &l->member : NULL)

#define VERBS(member, type, lock, trylock, lock_until, unlock)                 \
	static int member##_destroy(union any_lock *l)                         \
	{                                                                      \
		return type##_destroy(PART(member));                           \
	}                                                                      \
	static int member##_lock(union any_lock *l)                            \
	{                                                                      \
		return type##_##lock(PART(member));                            \
	}                                                                      \
	static int member##_trylock(union any_lock *l)                         \
	{                                                                      \
		return type##_##trylock(PART(member));                         \
	}                                                                      \
	static int member##_lock_until(union any_lock *l, sync_time t)         \
	{                                                                      \
		return type##_##lock_until(PART(member), t);                   \
	}                                                                      \
	static int member##_unlock(union any_lock *l)                          \
	{                                                                      \
		return type##_##unlock(PART(member));                          \
	}

#define HELD(member, type)                                                     \
	static bool member##_held(const union any_lock *l)                     \
	{                                                                      \
		return type##_held(PART(member));                              \
	}

/* On a system that lacks one of the flags: without it. */
static int
init_as_possible(struct sync_kmutex *m, unsigned flags)
{
	int err = sync_kmutex_init(m, flags);

	if (err == ENOTSUP)
		err = sync_kmutex_init(m, flags & ~SYNC_ROBUST);
	if (err == ENOTSUP)
		err = sync_kmutex_init(m, flags & ~SYNC_PRIO_INHERIT);
	if (err == ENOTSUP)
		err = sync_kmutex_init(
		    m, flags & ~(SYNC_ROBUST | SYNC_PRIO_INHERIT));
	return err;
}

#define INIT(name, member, init, flags)                                        \
	static int name##_init(union any_lock *l)                              \
	{                                                                      \
		return init(PART(member), flags);                              \
	}                                                                      \
	static int name##_init_wrongly(union any_lock *l)                      \
	{                                                                      \
		return init(PART(member), (flags) | BAD_FLAG);                 \
	}

VERBS(mutex, sync_mutex, lock, trylock, lock_until, unlock)
VERBS(rmutex, sync_rmutex, lock, trylock, lock_until, unlock)
VERBS(kmutex, sync_kmutex, lock, trylock, lock_until, unlock)
VERBS(rwlock, sync_rwlock, wrlock, trywrlock, wrlock_until, unlock)
VERBS(sem, sync_sem, wait, trywait, wait_until, post)

HELD(mutex, sync_mutex)
HELD(rmutex, sync_rmutex)
HELD(kmutex, sync_kmutex)

INIT(mutex, mutex, sync_mutex_init, 0u)
INIT(rmutex, rmutex, sync_rmutex_init, 0u)
INIT(kmutex, kmutex, sync_kmutex_init, 0u)
INIT(robust, kmutex, init_as_possible, SYNC_ROBUST)
INIT(inheriting, kmutex, init_as_possible, SYNC_PRIO_INHERIT)
INIT(both, kmutex, init_as_possible, SYNC_ROBUST | SYNC_PRIO_INHERIT)
INIT(rwlock, rwlock, sync_rwlock_init, 0u)

static int
sem_init(union any_lock *l)
{
	return sync_sem_init(PART(sem), 1, 1, 0);
}

static int
sem_init_wrongly(union any_lock *l)
{
	return sync_sem_init(PART(sem), 1, 1, BAD_FLAG);
}

#define OPERATIONS(name, member)                                               \
	name##_init, name##_init_wrongly, member##_destroy, member##_lock,     \
	    member##_trylock, member##_lock_until, member##_unlock

const struct lock_kind lock_kinds[LOCK_KINDS] = {
	[KIND_MUTEX] = { "mutex", OPERATIONS(mutex, mutex), mutex_held,
	    EDEADLK, EBUSY, EBUSY, EPERM, true, true },
	[KIND_RMUTEX] = { "rmutex", OPERATIONS(rmutex, rmutex), rmutex_held, 0,
	    EBUSY, 0, EPERM, true, true },
	[KIND_KMUTEX] = { "kmutex", OPERATIONS(kmutex, kmutex), kmutex_held,
	    EDEADLK, EBUSY, EBUSY, EPERM, true, false },
	[KIND_ROBUST] = { "robust kmutex", OPERATIONS(robust, kmutex),
	    kmutex_held, EDEADLK, EBUSY, EBUSY, EPERM, true, false },
	[KIND_INHERITING] = { "priority-inheriting kmutex",
	    OPERATIONS(inheriting, kmutex), kmutex_held, EDEADLK, EBUSY, EBUSY,
	    EPERM, true, false },
	[KIND_ROBUST_INHERITING] = { "robust, priority-inheriting kmutex",
	    OPERATIONS(both, kmutex), kmutex_held, EDEADLK, EBUSY, EBUSY,
	    EPERM, true, false },
	[KIND_WRITER] = { "rwlock as writer", OPERATIONS(rwlock, rwlock), NULL,
	    EDEADLK, EBUSY, EBUSY, EPERM, true, true },
	[KIND_SEM] = { "semaphore of one", OPERATIONS(sem, sem), NULL,
	    ETIMEDOUT, EAGAIN, EAGAIN, EOVERFLOW, false, false },
};
