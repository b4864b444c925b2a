/* SPDX-License-Identifier: MIT */
/*
 * What every kind of lock promises: threads exclude each other, a timeout takes
 * no wake, the last to hold it may free it, destroy notices a thread that waits.
 * What only one kind has is in sim_mutex.c, sim_kmutex.c and sim_rwlock.c.
 */
#include "lock_kinds.h"
#include "sim_support.h"

/* How a thread got the lock. */
enum how {
	HELD, /* it held it when the others started */
	LOCK,
	TRY,
	UNTIL,
	LAST /* and once it is unlocked, the memory may be freed */
};

struct subject {
	const struct lock_kind *kind;
	/* Enters the section, unlocks, and returns how many had entered. */
	unsigned (*uses)(enum how);
	bool (*taken)(void);     /* by some thread; null: cannot be seen */
	bool (*untouched)(void); /* has neither holder nor waiter */
	uint32_t *spare;         /* see sim_may_be_late */
	size_t size;
};

static union any_lock l;
static const struct subject *s;
static unsigned count;   /* under l */
static unsigned entered; /* how often, in all */

static unsigned
section(void)
{
	unsigned before = SYNC_READ(count);

	SYNC_WRITE(count) = before + 1;
	return ++entered;
}

static void
lock(void)
{
	SYNC_OK(s->kind->lock(&l));
}

static void
unlock(void)
{
	SYNC_OK(s->kind->unlock(&l));
}

static unsigned
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

	SYNC_ASSERT((how != LOCK && how != UNTIL) || s->kind->held(&l));
	SYNC_ASSERT(how != UNTIL
	    || sync_kmutex_lock_until(&l.kmutex, sim_soon(0)) == EDEADLK);
	nth = section_and_unlock(how);
	SYNC_ASSERT(how != LOCK || !s->kind->held(&l));
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

static const struct subject mutex = { &lock_kinds[KIND_MUTEX],
	section_and_unlock, mutex_taken, mutex_untouched, &l.mutex.waiters,
	sizeof(l.mutex) };
static const struct subject rmutex = { &lock_kinds[KIND_RMUTEX], rmutex_uses,
	rmutex_taken, rmutex_untouched, &l.rmutex.waiters, sizeof(l.rmutex) };
static const struct subject kmutex = { &lock_kinds[KIND_KMUTEX], kmutex_uses,
	NULL, NULL, NULL, sizeof(l.kmutex) };
static const struct subject robust = { &lock_kinds[KIND_ROBUST], kmutex_uses,
	NULL, NULL, NULL, sizeof(l.kmutex) };
static const struct subject inheriting = { &lock_kinds[KIND_INHERITING],
	kmutex_uses, NULL, NULL, NULL, sizeof(l.kmutex) };
static const struct subject writer = { &lock_kinds[KIND_WRITER],
	section_and_unlock, writer_taken, writer_untouched,
	&l.rwlock.waiters.generation, sizeof(l.rwlock) };
static const struct subject sem = { &lock_kinds[KIND_SEM], section_and_unlock,
	NULL, sem_untouched, NULL, sizeof(l.sem) };

/* Begin: the lock is free, or role 0 holds it.  End: each entry counted. */
static void
is_free(const void *subject)
{
	s = subject;
	SYNC_OK(s->kind->init(&l));
	count = entered = 0;
}

static void
is_held(const void *subject)
{
	is_free(subject);
	lock();
}

static void
all_counted(void)
{
	SYNC_ASSERT(count == entered);
	SYNC_ASSERT(s->untouched == NULL || s->untouched());
}

/* The roles. */
static void
locks(unsigned me)
{
	(void)me;
	lock();
	s->uses(LOCK);
}

static void
locks_twice(unsigned me)
{
	locks(me);
	locks(me);
}

/* An rmutex: one level only. */
static void
locks_once(unsigned me)
{
	(void)me;
	lock();
	section_and_unlock(LOCK);
}

/* The holder. */
static void
unlocks(unsigned me)
{
	(void)me;
	s->uses(HELD);
}

static void
may_fail(enum how how, int err, int expected)
{
	SYNC_ASSERT(err == 0 || err == expected);
	SYNC_ASSERT(
	    err == 0 || !sim_whole() || s->taken == NULL || s->taken());
	sim_saw(err != 0);
	if (err == 0)
		s->uses(how);
}

static void
tries(unsigned me)
{
	(void)me;
	may_fail(TRY, s->kind->trylock(&l), s->kind->busy);
}

/* A free lock is taken even if the deadline has passed. */
static void
locks_until(unsigned me)
{
	may_fail(UNTIL, s->kind->lock_until(&l, sim_soon(me)), ETIMEDOUT);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	(void)me;
	SYNC_OK(s->kind->lock_until(&l, sim_soon(0)));
	s->uses(HELD);
}

/* The last thread to hold it may free it, while others are still unlocking. */
static void
frees_if_last(unsigned me)
{
	(void)me;
	lock();
	if (s->uses(LAST) == 2)
		sim_free(&l, s->size);
}

static void
destroys(unsigned me)
{
	int err = s->kind->destroy(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0 && s->spare != NULL)
		sim_may_be_late(s->spare);
}

static void
locks_late(unsigned me)
{
	int err = s->kind->lock(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINVAL);
	sim_saw(err == 0 ? 2 : 3);
	if (err == 0)
		s->uses(LOCK);
}

/* The unlock has woken one of the sleepers; destroy must wake the rest. */
static void
lets_sleep_and_destroys(unsigned me)
{
	sync_explore_yield();
	unlock();
	destroys(me);
}

/*
 * A thread waits, and the lock is released.  It is busy until that thread has
 * had it, also between the unlock and its turn.
 */
static void
waits_for_it(unsigned me)
{
	(void)me;
	lock();
	SYNC_WRITE(entered) = 1;
	unlock();
}

static void
destroys_beside_a_waiter(unsigned me)
{
	int err;

	(void)me;
	sim_until_asleep();
	unlock();
	err = s->kind->destroy(&l);
	SYNC_ASSERT(err == EBUSY || (err == 0 && SYNC_READ(entered) == 1));
	sim_saw(err != 0);
}

static void
misuses_a_mutex(unsigned me)
{
	struct sync_mutex *m = &l.mutex;

	(void)me;
	SYNC_ASSERT(sync_mutex_unlock(m) == EPERM);
	SYNC_ASSERT(!sync_mutex_held(m));
	SYNC_OK(sync_mutex_lock(m));
	SYNC_ASSERT(sync_mutex_held(m));
	SYNC_ASSERT(sync_mutex_lock(m) == EDEADLK);
	SYNC_ASSERT(sync_mutex_trylock(m) == EBUSY);
	section_and_unlock(LOCK);
}

static void
misuses_an_rmutex(unsigned me)
{
	struct sync_rmutex *m = &l.rmutex;

	SYNC_ASSERT(sync_rmutex_unlock(m) == EPERM);
	SYNC_ASSERT(sync_rmutex_depth(m) == 0);
	locks_once(me);
	SYNC_ASSERT(sync_rmutex_unlock(m) == EPERM);
}

static void
misuses_a_kmutex(unsigned me)
{
	struct sync_kmutex *m = &l.kmutex;

	(void)me;
	SYNC_ASSERT(sync_kmutex_unlock(m) == EPERM);
	SYNC_ASSERT(sync_kmutex_consistent(m) == EPERM);
	SYNC_ASSERT(!sync_kmutex_held(m));
	SYNC_OK(sync_kmutex_lock(m));
	SYNC_ASSERT(sync_kmutex_lock(m) == EDEADLK);
	SYNC_ASSERT(sync_kmutex_trylock(m) == EBUSY);
	SYNC_ASSERT(sync_kmutex_destroy(m) == EBUSY);
	section_and_unlock(LOCK);
}

#define FREE(subject) .begin = is_free, .arg = &subject
#define TAKEN(subject) .begin = is_held, .arg = &subject

static const struct sim_scenario scenarios[] = {
	/* Exclusion. */
	{ .name = "two threads lock a mutex once", FREE(mutex),
	    .roles = { locks, locks }, .end = all_counted, .weak = 2 },
	{ .name = "two threads lock an rmutex once", FREE(rmutex),
	    .roles = { locks, locks }, .end = all_counted, .weak = 2 },
	{ .name = "two threads lock a kmutex once", FREE(kmutex),
	    .roles = { locks, locks }, .end = all_counted, .weak = 2 },
	{ .name = "two threads lock an rwlock once", FREE(writer),
	    .roles = { locks, locks }, .end = all_counted, .weak = 2 },
	{ .name = "two threads lock a semaphore once", FREE(sem),
	    .roles = { locks, locks }, .end = all_counted, .weak = 2 },
	{ .name = "two threads lock a mutex twice", FREE(mutex),
	    .roles = { locks_twice, locks_twice }, .end = all_counted,
	    .weak = 2 },
	{ .name = "three threads lock a mutex once", FREE(mutex),
	    .roles = { locks, locks, locks }, .end = all_counted, .weak = 1 },
	{ .name = "three threads lock an inheriting kmutex once",
	    FREE(inheriting), .roles = { locks, locks, locks },
	    .end = all_counted },
	{ .name = "three threads lock an rwlock once", FREE(writer),
	    .roles = { locks, locks, locks }, .end = all_counted },
	{ .name = "three threads lock a semaphore once", FREE(sem),
	    .roles = { locks, locks, locks }, .end = all_counted },
	{ .name = "four threads lock a mutex once", FREE(mutex),
	    .roles = { locks, locks, locks, locks }, .end = all_counted,
	    .large = true },
	{ .name = "two levels of an rmutex beside one", FREE(rmutex),
	    .roles = { locks, locks_once }, .end = all_counted, .weak = 2 },
	{ .name = "two levels of an rmutex beside two threads", FREE(rmutex),
	    .roles = { locks, locks_once, locks_once }, .end = all_counted },
	{ .name = "two threads spin for a mutex", FREE(mutex),
	    .roles = { locks_twice, locks_twice }, .end = all_counted,
	    .spins = 2 },
	{ .name = "three threads spin for a mutex", FREE(mutex),
	    .roles = { locks_twice, locks, locks }, .end = all_counted,
	    .spins = 2 },
	{ .name = "three threads spin for a semaphore", FREE(sem),
	    .roles = { locks, locks, locks }, .end = all_counted, .spins = 2 },
	/* Tries and deadlines. */
	{ .name = "a try of a mutex beside locks", FREE(mutex),
	    .roles = { locks, tries, locks }, .end = all_counted, .sees = 2 },
	{ .name = "a try of an rmutex races an unlock", TAKEN(rmutex),
	    .roles = { unlocks, tries }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	{ .name = "a try of a kmutex beside a lock", FREE(kmutex),
	    .roles = { locks, tries }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races an unlock of a mutex", TAKEN(mutex),
	    .roles = { unlocks, locks_until }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races an unlock of an rmutex", TAKEN(rmutex),
	    .roles = { unlocks, locks_until }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races an unlock of a kmutex", TAKEN(kmutex),
	    .roles = { unlocks, locks_until }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races an unlock of an rwlock", TAKEN(writer),
	    .roles = { unlocks, locks_until }, .end = all_counted, .sees = 2,
	    .weak = 2 },
	/* The wake of the unlock may go to a thread that has just given up. */
	{ .name = "a timeout takes no wake from a mutex", TAKEN(mutex),
	    .roles = { unlocks, locks_until, locks }, .end = all_counted,
	    .sees = 2 },
	{ .name = "two timeouts race an unlock of a mutex", TAKEN(mutex),
	    .roles = { unlocks, locks_until, locks_until },
	    .end = all_counted, .sees = 2 },
	{ .name = "a deadline far away for a mutex", TAKEN(mutex),
	    .roles = { unlocks, in_time, in_time }, .end = all_counted,
	    .calm = true, .spurious = 1 },
	{ .name = "a deadline far away for an rmutex", TAKEN(rmutex),
	    .roles = { unlocks, in_time }, .end = all_counted, .calm = true,
	    .spurious = 1 },
	{ .name = "a deadline far away for a kmutex", TAKEN(kmutex),
	    .roles = { unlocks, in_time, in_time }, .end = all_counted,
	    .calm = true, .spurious = 1 },
	/* The end of the lock. */
	{ .name = "the last to hold a mutex frees it", FREE(mutex),
	    .roles = { frees_if_last, frees_if_last }, .weak = 2 },
	{ .name = "the last to hold an rmutex frees it", FREE(rmutex),
	    .roles = { frees_if_last, frees_if_last }, .weak = 2 },
	{ .name = "the last to hold a kmutex frees it", FREE(robust),
	    .roles = { frees_if_last, frees_if_last }, .weak = 2 },
	{ .name = "the last to hold an rwlock frees it", FREE(writer),
	    .roles = { frees_if_last, frees_if_last }, .weak = 2 },
	{ .name = "destroy races a lock of a mutex", FREE(mutex),
	    .roles = { destroys, locks_late }, .sees = 4 },
	{ .name = "destroy races a lock of an rmutex", FREE(rmutex),
	    .roles = { destroys, locks_late }, .sees = 4 },
	{ .name = "destroy races a lock of an rwlock", FREE(writer),
	    .roles = { destroys, locks_late }, .sees = 4 },
	{ .name = "destroy races two locks of an rwlock", FREE(writer),
	    .roles = { destroys, locks_late, locks_late }, .sees = 4 },
	{ .name = "destroy races an unlock of a kmutex", TAKEN(kmutex),
	    .roles = { unlocks, destroys }, .sees = 2 },
	/* All threads that slept when it was destroyed find out. */
	{ .name = "destroy of a mutex frees sleepers", TAKEN(mutex),
	    .roles = { unlocks, destroys, locks_late, locks_late },
	    .sees = 4 },
	{ .name = "destroy of a mutex frees many sleepers", TAKEN(mutex),
	    .roles = { lets_sleep_and_destroys, locks_late, locks_late,
		locks_late }, .sees = 4, .calm = true },
	{ .name = "destroy beside a waiter for a mutex", TAKEN(mutex),
	    .roles = { destroys_beside_a_waiter, waits_for_it }, .sees = 2,
	    .calm = true },
	{ .name = "destroy beside a waiter for an rmutex", TAKEN(rmutex),
	    .roles = { destroys_beside_a_waiter, waits_for_it }, .sees = 2,
	    .calm = true },
	{ .name = "destroy beside a waiter for a kmutex", TAKEN(robust),
	    .roles = { destroys_beside_a_waiter, waits_for_it }, .sees = 2,
	    .calm = true },
	/* Misuse. */
	{ .name = "misuse changes nothing in a mutex", FREE(mutex),
	    .roles = { misuses_a_mutex, locks }, .end = all_counted },
	{ .name = "misuse changes nothing in an rmutex", FREE(rmutex),
	    .roles = { misuses_an_rmutex, locks }, .end = all_counted },
	{ .name = "misuse changes nothing in a kmutex", FREE(kmutex),
	    .roles = { misuses_a_kmutex, locks }, .end = all_counted },
};

int
main(void)
{
	return sim_main("lock", scenarios, SIM_COUNT(scenarios));
}
