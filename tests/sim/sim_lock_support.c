/* SPDX-License-Identifier: MIT */
#include "sim_lock_support.h"

union any_lock l;
const struct subject *subject;

static unsigned count;   /* under l */
static unsigned entered; /* how often, in all */

static unsigned
section(void)
{
	unsigned before = SYNC_READ(count);

	SYNC_WRITE(count) = before + 1;
	return ++entered;
}

void
lock(void)
{
	SYNC_OK(subject->kind->lock(&l));
}

void
unlock(void)
{
	SYNC_OK(subject->kind->unlock(&l));
}

unsigned
section_and_unlock(enum how how)
{
	unsigned nth = section();

	(void)how;
	unlock();
	return nth;
}

/* The mutex. */
static bool
mutex_taken(void)
{
	return l.mutex.word != 0;
}

static bool
mutex_untouched(void)
{
	return l.mutex.word == 0;
}

/* The recursive mutex: the holder locks it once more. */
static unsigned
deeper(void)
{
	unsigned nth;

	SYNC_ASSERT(sync_rmutex_depth(&l.rmutex) == 1);
	lock();
	SYNC_ASSERT(sync_rmutex_depth(&l.rmutex) == 2);
	nth = section_and_unlock(LOCK);
	SYNC_ASSERT(sync_rmutex_held(&l.rmutex));
	section_and_unlock(LOCK); /* still alone */
	SYNC_ASSERT(!sync_rmutex_held(&l.rmutex));
	return nth;
}

static unsigned
rmutex_uses(enum how how)
{
	unsigned nth;

	if (how == HELD || how == LOCK)
		return deeper();
	SYNC_OK(how == TRY ? sync_rmutex_trylock(&l.rmutex)
		: how == UNTIL ? sync_rmutex_lock_until(&l.rmutex, 0)
			       : sync_rmutex_lock(&l.rmutex));
	SYNC_ASSERT(how != TRY || sync_rmutex_depth(&l.rmutex) == 2);
	nth = section_and_unlock(how);
	unlock();
	return nth;
}

static bool
rmutex_taken(void)
{
	return l.rmutex.word != 0;
}

static bool
rmutex_untouched(void)
{
	return l.rmutex.word == 0 && l.rmutex.depth == 0;
}

/* The kernel-owned mutex. */
static unsigned
kmutex_uses(enum how how)
{
	unsigned nth;

	SYNC_ASSERT((how != LOCK && how != UNTIL) || subject->kind->held(&l));
	SYNC_ASSERT(how != UNTIL
	    || sync_kmutex_lock_until(&l.kmutex, sim_soon(0)) == EDEADLK);
	nth = section_and_unlock(how);
	SYNC_ASSERT(how != LOCK || !subject->kind->held(&l));
	return nth;
}

/* The read-write lock: all write. */
static bool
writer_taken(void)
{
	return l.rwlock.writer != 0;
}

static bool
writer_untouched(void)
{
	return l.rwlock.writer == 0 && l.rwlock.readers == 0
	    && l.rwlock.waiters.tail == NULL && l.rwlock.waiters.lock == 0;
}

/* A semaphore of one unit. */
static bool
sem_untouched(void)
{
	return l.sem.word == 1;
}

const struct subject a_mutex = { &lock_kinds[KIND_MUTEX],
	section_and_unlock, mutex_taken, mutex_untouched, &l.mutex.waiters,
	sizeof(l.mutex) };
const struct subject an_rmutex = { &lock_kinds[KIND_RMUTEX], rmutex_uses,
	rmutex_taken, rmutex_untouched, &l.rmutex.waiters, sizeof(l.rmutex) };
const struct subject a_kmutex = { &lock_kinds[KIND_KMUTEX], kmutex_uses,
	NULL, NULL, NULL, sizeof(l.kmutex) };
const struct subject a_robust_kmutex = { &lock_kinds[KIND_ROBUST], kmutex_uses,
	NULL, NULL, NULL, sizeof(l.kmutex) };
const struct subject an_inheriting_kmutex = { &lock_kinds[KIND_INHERITING],
	kmutex_uses, NULL, NULL, NULL, sizeof(l.kmutex) };
const struct subject a_writer = { &lock_kinds[KIND_WRITER],
	section_and_unlock, writer_taken, writer_untouched,
	&l.rwlock.waiters.generation, sizeof(l.rwlock) };
const struct subject a_sem = { &lock_kinds[KIND_SEM], section_and_unlock,
	NULL, sem_untouched, NULL, sizeof(l.sem) };

void
is_free(const void *kind)
{
	subject = kind;
	SYNC_OK(subject->kind->init(&l));
	count = entered = 0;
}

void
is_held(const void *kind)
{
	is_free(kind);
	lock();
}

void
all_counted(void)
{
	SYNC_ASSERT(count == entered);
	SYNC_ASSERT(subject->untouched == NULL || subject->untouched());
}

void
unlocks(unsigned me)
{
	(void)me;
	subject->uses(HELD);
}

void
locks(unsigned me)
{
	(void)me;
	lock();
	subject->uses(LOCK);
}
