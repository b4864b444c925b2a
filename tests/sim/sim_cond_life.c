/* SPDX-License-Identifier: MIT */
/*
 * The end of a condition variable: a thread that has been signalled may free it,
 * and so may the thread that signalled.  Destroy notices a thread that waits.
 *
 * In most scenarios the first thread holds the mutex when the roles start, so
 * that it waits before the others can do anything.
 */
#include "sim_support.h"

static struct sync_cond c;
static struct sync_mutex m;
static bool signalled;   /* under m */
static unsigned waiting; /* under m: threads that have started to wait */
static unsigned returned; /* of those */

static void
is_free(const void *arg)
{
	(void)arg;
	SYNC_OK(sync_cond_init(&c, 0));
	SYNC_OK(sync_mutex_init(&m, 0));
	waiting = returned = 0;
	signalled = false;
}

static void
lock(void)
{
	SYNC_OK(sync_mutex_lock(&m));
}

static void
is_held(const void *arg)
{
	is_free(arg);
	lock();
}

static void
unlock(void)
{
	SYNC_OK(sync_mutex_unlock(&m));
}

/*
 * When this thread has the mutex, the caller waits: nothing is accessed after a
 * signal.
 */
static void
signals_only(unsigned me)
{
	(void)me;
	lock();
	signalled = true;
	unlock();
	SYNC_OK(sync_cond_signal(&c));
}

static void
waits_and_frees(unsigned me)
{
	(void)me;
	SYNC_OK(sync_cond_wait(&c, &m));
	sim_free(&c, sizeof(c));
	unlock();
}

static void
waits_until_and_frees(unsigned me)
{
	int err = sync_cond_wait_until(&c, &m, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	sim_saw(err != 0);
	if (err == 0)
		sim_free(&c, sizeof(c));
	unlock();
}

static void
broadcasts_only(unsigned me)
{
	(void)me;
	lock();
	signalled = true;
	unlock();
	SYNC_OK(sync_cond_broadcast(&c));
}

static void
last_of_two(void)
{
	SYNC_OK(sync_cond_wait(&c, &m));
	if (++returned == waiting)
		sim_free(&c, sizeof(c));
	unlock();
}

static void
last_frees(unsigned me)
{
	(void)me;
	waiting++;
	last_of_two();
}

static void
last_frees_unless_signalled(unsigned me)
{
	(void)me;
	lock();
	if (signalled) {
		unlock();
		return;
	}
	waiting++;
	last_of_two();
}

/* The signaller does not need the waiter any more either. */
static void
waits_until_signalled(unsigned me)
{
	(void)me;
	lock();
	while (!signalled)
		SYNC_OK(sync_cond_wait(&c, &m));
	unlock();
}

static void
signals_and_frees(unsigned me)
{
	(void)me;
	sim_until_asleep();
	signals_only(me);
	SYNC_OK(sync_cond_destroy(&c));
	sim_free(&c, sizeof(c));
}

/* Holds the mutex.  No loop: a wait that returns 0 was signalled. */
static void
waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_cond_wait(&c, &m));
	SYNC_ASSERT(signalled);
	unlock();
}

/* A thread that waits prevents destroy; one that was signalled does not. */
static void
destroys_and_signals(unsigned me)
{
	(void)me;
	lock();
	SYNC_ASSERT(sync_cond_destroy(&c) == EBUSY);
	signalled = true;
	SYNC_OK(sync_cond_signal(&c));
	SYNC_OK(sync_cond_destroy(&c));
	unlock();
}

static void
destroys(unsigned me)
{
	int err = sync_cond_destroy(&c);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0)
		sim_may_be_late(&c.waiters.generation);
}

static void
waits_late(unsigned me)
{
	int err;

	lock();
	err = sync_cond_wait_until(&c, &m, sim_soon(me));
	SYNC_ASSERT(err == ETIMEDOUT || err == EINVAL);
	SYNC_ASSERT(sync_mutex_held(&m));
	sim_saw(err == ETIMEDOUT ? 2 : 3);
	unlock();
}

static const struct sim_scenario scenarios[] = {
	{ .name = "the waiter frees it", .begin = is_held,
	    .roles = { waits_and_frees, signals_only }, .weak = 2 },
	{ .name = "the waiter with a deadline frees it", .begin = is_held,
	    .roles = { waits_until_and_frees, signals_only }, .sees = 1 },
	{ .name = "the last after a broadcast frees it", .begin = is_held,
	    .roles = { last_frees, broadcasts_only,
		last_frees_unless_signalled } },
	{ .name = "destroy with a waiter", .begin = is_held,
	    .roles = { waits, destroys_and_signals } },
	{ .name = "destroy races a wait", .begin = is_free,
	    .roles = { destroys, waits_late }, .sees = 4 },
	{ .name = "the signaller frees it", .begin = is_free,
	    .roles = { waits_until_signalled, signals_and_frees },
	    .calm = true },
};

int
main(void)
{
	return sim_main("cond_life", scenarios, SIM_COUNT(scenarios));
}
