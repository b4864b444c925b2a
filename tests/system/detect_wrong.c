/* SPDX-License-Identifier: MIT */
/* Each of these cases has a bug. */
#include <sched.h>

#include "detect.h"

static struct sync_mutex m = SYNC_MUTEX_INIT, m2 = SYNC_MUTEX_INIT;
static struct sync_rwlock rw = SYNC_RWLOCK_INIT;
static struct sync_event e = SYNC_EVENT_INIT;

/*
 * The two threads begin and end together.  Otherwise the end of one, where the
 * platform may lock something, would come before the beginning of the other.
 * Relaxed, so that ThreadSanitizer does not take it for ordering; valgrind's
 * tools would take it for a bug.
 */
static void
together(int *there)
{
#if defined(__SANITIZE_THREAD__) || defined(GATE)
	(void)__atomic_fetch_add(there, 1, __ATOMIC_RELAXED);
	while (__atomic_load_n(there, __ATOMIC_RELAXED) < 2)
		(void)sched_yield();
#else
	(void)there;
#endif
}

static int began, ended;
static void *(*first_fn)(void *), *(*second_fn)(void *);

static void *
gated(void *arg)
{
	together(&began);
	(void)(arg == &data[0] ? first_fn : second_fn)(arg);
	together(&ended);
	return arg;
}

static void
buggy(void *(*f)(void *), void *(*g)(void *))
{
	first_fn = f;
	second_fn = g;
	pair(gated, gated);
}

static void *
no_lock(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (arg == &data[0])
			must(sync_mutex_lock(&m));
		data[2]++;
		if (arg == &data[0])
			must(sync_mutex_unlock(&m));
	}
	return arg;
}

void
wrong_no_lock(void)
{
	buggy(no_lock, no_lock);
}

static void *
other_lock(void *arg)
{
	struct sync_mutex *mine = arg == &data[0] ? &m : &m2;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_mutex_lock(mine));
		data[2]++;
		must(sync_mutex_unlock(mine));
	}
	return arg;
}

void
wrong_other_lock(void)
{
	buggy(other_lock, other_lock);
}

static void *
read_lock(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_rwlock_rdlock(&rw));
		data[2]++;
		must(sync_rwlock_unlock(&rw));
	}
	return arg;
}

void
wrong_read_lock(void)
{
	buggy(read_lock, read_lock);
}

static void *
late_write(void *arg)
{
	must(sync_event_set(&e));
	data[2]++;
	return arg;
}

static void *
early_read(void *arg)
{
	must(sync_event_wait(&e));
	data[2]++;
	return arg;
}

/* The data are written after the event that should announce them. */
void
wrong_event(void)
{
	buggy(late_write, early_read);
}

static void *
one_order(void *arg)
{
	must(sync_mutex_lock(&m));
	must(sync_mutex_lock(&m2));
	data[2]++;
	must(sync_mutex_unlock(&m2));
	must(sync_mutex_unlock(&m));
	must(sync_event_set(&e));
	return arg;
}

static void *
other_order(void *arg)
{
	must(sync_event_wait(&e)); /* so it does not deadlock in this run */
	must(sync_mutex_lock(&m2));
	must(sync_mutex_lock(&m));
	data[2]++;
	must(sync_mutex_unlock(&m));
	must(sync_mutex_unlock(&m2));
	return arg;
}

void
wrong_order(void)
{
	buggy(one_order, other_order);
}
