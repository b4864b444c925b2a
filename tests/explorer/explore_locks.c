/* SPDX-License-Identifier: MIT */
/* The operations of a program that take locks, use what they guard, and unlock. */
#include <libsync/explore.h>

#include "explore_world.h"

/*
 * As the linker leads them there.
 * NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c): its names
 */
int __wrap_pthread_mutex_lock(pthread_mutex_t *);
int __wrap_pthread_mutex_trylock(pthread_mutex_t *);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *);
int __wrap_pthread_cond_wait(pthread_cond_t *, pthread_mutex_t *);
int __wrap_pthread_cond_signal(pthread_cond_t *);
int __wrap_pthread_cond_broadcast(pthread_cond_t *);
int __wrap_sem_post(sem_t *);
int __wrap_sem_wait(sem_t *);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c) */

/* Locks that are held: a bit each. */
#define HELD(kind, i) (1u << (OBJECTS * (kind) + (i)))

/* A lock was taken, unless there is an error. */
static uint32_t
took(int err, enum ordered kind, const struct op *op, uint32_t id,
    unsigned *held)
{
	if (err == 0) {
		*held |= HELD(kind, op->which);
		note(&orders[kind][op->which], id);
	}
	return (uint32_t)err;
}

uint32_t
do_lock(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_mutex *m = &world->mutex[op->which];
	unsigned bit = HELD(OF_MUTEX, op->which);

	if (op->kind >= OP_UNLOCK && !(*held & bit))
		return 0;
	switch (op->kind) {
	case OP_LOCK:
		return took(sync_mutex_lock(m), OF_MUTEX, op, id, held);
	case OP_LOCK_UNTIL:
		return took(sync_mutex_lock_until(m, deadline_of(op)), OF_MUTEX,
		    op, id, held);
	case OP_TRYLOCK:
		return took(sync_mutex_trylock(m), OF_MUTEX, op, id, held);
	case OP_UNLOCK:
		*held &= ~bit;
		return (uint32_t)sync_mutex_unlock(m);
	case OP_READ:
		return SYNC_READ(world->guarded[op->which]);
	default:
		SYNC_WRITE(world->guarded[op->which]) = id;
		return id;
	}
}

uint32_t
do_cond(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_mutex *m = &world->mutex[op->which];
	struct sync_cond *c = &world->cond[op->which];
	bool holds = *held & HELD(OF_MUTEX, op->which);
	int err;

	switch (op->kind) {
	case OP_COND_WAIT:
		return holds ? took(sync_cond_wait(c, m), OF_MUTEX, op, id, held)
			     : 0;
	case OP_COND_WAIT_UNTIL:
		if (!holds)
			return 0;
		err = sync_cond_wait_until(c, m, deadline_of(op));
		note(&orders[OF_MUTEX][op->which], id);
		return (uint32_t)err;
	case OP_SIGNAL:
		return (uint32_t)sync_cond_signal(c);
	default:
		return (uint32_t)sync_cond_broadcast(c);
	}
}

uint32_t
do_rwlock(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_rwlock *l = &world->rwlock[op->which];
	unsigned bit = HELD(OF_RWLOCK, op->which);

	if (op->kind >= OP_RW_READ && !(*held & bit))
		return 0;
	switch (op->kind) {
	case OP_RDLOCK: /* readers do not see each other's order */
	case OP_TRYRDLOCK:
		id = 0;
		return took(op->kind == OP_RDLOCK ? sync_rwlock_rdlock(l)
						  : sync_rwlock_tryrdlock(l),
		    OF_RWLOCK, op, id, held);
	case OP_WRLOCK:
		return took(sync_rwlock_wrlock(l), OF_RWLOCK, op, id, held);
	case OP_TRYWRLOCK:
		return took(sync_rwlock_trywrlock(l), OF_RWLOCK, op, id, held);
	case OP_WRLOCK_UNTIL:
		return took(sync_rwlock_wrlock_until(l, deadline_of(op)),
		    OF_RWLOCK, op, id, held);
	case OP_RW_READ:
		return SYNC_READ(world->rw_guarded[op->which]);
	case OP_RW_WRITE:
		SYNC_WRITE(world->rw_guarded[op->which]) = id;
		return id;
	default:
		*held &= ~bit;
		return (uint32_t)sync_rwlock_unlock(l);
	}
}

uint32_t
do_owned(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_rmutex *rm = &world->rmutex[op->which];
	struct sync_kmutex *km = &world->kmutex[op->which];
	unsigned rbit = HELD(OF_RMUTEX, op->which);
	unsigned kbit = HELD(OF_KMUTEX, op->which);

	switch (op->kind) {
	case OP_RLOCK:
		return took(sync_rmutex_lock(rm), OF_RMUTEX, op, id, held);
	case OP_RTRYLOCK:
		return took(sync_rmutex_trylock(rm), OF_RMUTEX, op, id, held);
	case OP_RUNLOCK:
		return *held & rbit ? (uint32_t)sync_rmutex_unlock(rm) : 0;
	case OP_KLOCK:
		return took(sync_kmutex_lock(km), OF_KMUTEX, op, id, held);
	case OP_KTRYLOCK:
		return took(sync_kmutex_trylock(km), OF_KMUTEX, op, id, held);
	default:
		if (!(*held & kbit))
			return 0;
		*held &= ~kbit;
		return (uint32_t)sync_kmutex_unlock(km);
	}
}

uint32_t
do_posix(const struct op *op, uint32_t id, unsigned *held)
{
	pthread_mutex_t *m = &world->p_mutex[op->which];
	pthread_cond_t *c = &world->p_cond[op->which];
	unsigned bit = HELD(OF_P_MUTEX, op->which);

	if ((op->kind == OP_P_UNLOCK || op->kind == OP_P_COND_WAIT)
	    && !(*held & bit))
		return 0;
	switch (op->kind) {
	case OP_P_LOCK:
		return took(__wrap_pthread_mutex_lock(m),
		    OF_P_MUTEX, op, id, held);
	case OP_P_TRYLOCK:
		return took(__wrap_pthread_mutex_trylock(m),
		    OF_P_MUTEX, op, id, held);
	case OP_P_UNLOCK:
		*held &= ~bit;
		return (uint32_t)__wrap_pthread_mutex_unlock(m);
	case OP_P_COND_WAIT:
		return took(__wrap_pthread_cond_wait(c, m),
		    OF_P_MUTEX, op, id, held);
	case OP_P_SIGNAL:
		return (uint32_t)__wrap_pthread_cond_signal(c);
	case OP_P_BROADCAST:
		return (uint32_t)__wrap_pthread_cond_broadcast(c);
	case OP_P_POST:
		return (uint32_t)__wrap_sem_post(&world->p_sem[op->which]);
	default:
		return (uint32_t)__wrap_sem_wait(&world->p_sem[op->which]);
	}
}
