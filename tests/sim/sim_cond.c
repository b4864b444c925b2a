/* SPDX-License-Identifier: MIT */
/*
 * The condition variable: a signal releases the thread that has waited longest,
 * and no other.  No signal is lost, not even to a deadline.
 *
 * In most scenarios the caller holds the mutex when the roles start, so that it
 * waits before the others can do anything.
 */
#include "sim_support.h"

static struct sync_cond c;
static struct sync_mutex m;
static struct sync_rmutex rm;
static struct sync_kmutex km;
static unsigned ready;     /* under m: units to be taken */
static unsigned taken;
static bool signalled;     /* under m */
static unsigned waiting;   /* under m: threads that have started to wait */
static unsigned returned;  /* of those */

static void
fresh(void)
{
	SYNC_OK(sync_cond_init(&c, 0));
	SYNC_OK(sync_mutex_init(&m, 0));
	ready = taken = waiting = returned = 0;
	signalled = false;
}

static void
lock(void)
{
	SYNC_OK(sync_mutex_lock(&m));
}

static void
unlock(void)
{
	SYNC_OK(sync_mutex_unlock(&m));
}

static void
none_waits(void)
{
	SYNC_ASSERT(c.waiters.tail == NULL);
	SYNC_ASSERT(c.waiters.lock == 0 && m.word == 0);
	SYNC_ASSERT(ready == 0);
}

/* As it should be used. */
static void
takes(unsigned me)
{
	unsigned before;

	(void)me;
	lock();
	while (SYNC_READ(ready) == 0)
		SYNC_OK(sync_cond_wait(&c, &m));
	SYNC_ASSERT(sync_mutex_held(&m));
	before = ready;
	SYNC_WRITE(ready) = before - 1;
	taken++;
	unlock();
}

static void
adds(unsigned n)
{
	lock();
	SYNC_WRITE(ready) = ready + n;
	unlock();
}

static void
adds_one(unsigned me)
{
	(void)me;
	adds(1);
	SYNC_OK(sync_cond_signal(&c));
}

static void
adds_one_inside(unsigned me)
{
	(void)me;
	lock();
	SYNC_WRITE(ready) = ready + 1;
	SYNC_OK(sync_cond_signal(&c));
	unlock();
}

static void
adds_one_twice(unsigned me)
{
	adds_one(me);
	adds_one(me);
}

static void
adds_two(unsigned me)
{
	(void)me;
	adds(2);
	SYNC_OK(sync_cond_broadcast(&c));
}

static void
one_taken(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, takes, adds_one);
}

static void
one_taken_inside(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, takes, adds_one_inside);
}

static void
two_taken(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, takes, takes, adds_one_twice);
}

static void
two_taken_by_broadcast(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, takes, takes, adds_two);
}

static void
takes_until(unsigned me)
{
	int err = 0;

	lock();
	while (ready == 0 && err == 0)
		err = sync_cond_wait_until(&c, &m, sim_soon(me));
	SYNC_ASSERT(sync_mutex_held(&m));
	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	sim_saw(err != 0);
	if (ready > 0) {
		ready--;
		taken++;
	}
	unlock();
}

static void
at_most_one_left(void)
{
	SYNC_ASSERT(taken + ready == 1);
	ready = 0;
	none_waits();
}

static void
timeout_races_signal(void *arg)
{
	(void)arg;
	fresh();
	sim_play(at_most_one_left, takes_until, adds_one);
}

/* Holds the mutex.  No loop: a wait that returns 0 was signalled. */
static void
waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_cond_wait(&c, &m));
	returned++;
	SYNC_ASSERT(signalled);
	unlock();
}

static void
signals(unsigned me)
{
	(void)me;
	lock();
	signalled = true;
	SYNC_OK(sync_cond_signal(&c));
	unlock();
}

static void
waits_later_until(unsigned me)
{
	int err;

	lock();
	err = sync_cond_wait_until(&c, &m, sim_soon(me));
	/* The caller was there first: the signal is not for us. */
	SYNC_ASSERT(err == ETIMEDOUT);
	sim_saw(signalled);
	unlock();
}

static void
longest_is_signalled(void *arg)
{
	(void)arg;
	fresh();
	lock();
	sim_play(none_waits, waits, signals, waits_later_until);
}

static void
signals_unlocked(unsigned me)
{
	(void)me;
	signals(me);
	SYNC_OK(sync_cond_signal(&c));
}

/* One more signal may be for either of them, or for none. */
static void
waits_later(unsigned me)
{
	int err;

	lock();
	err = sync_cond_wait_until(&c, &m, sim_soon(me));
	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	SYNC_ASSERT(err == ETIMEDOUT || signalled);
	sim_saw(err != 0);
	returned += err == 0;
	unlock();
}

static void
two_signals(void *arg)
{
	(void)arg;
	fresh();
	lock();
	sim_play(none_waits, waits, signals_unlocked, waits_later);
}

/* It is first.  A signal that it has not taken is for the one behind it. */
static void
waits_until_and_passes_on(unsigned me)
{
	int err = sync_cond_wait_until(&c, &m, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	SYNC_ASSERT(err == ETIMEDOUT || signalled);
	sim_saw(err != 0);
	if (err == 0)
		SYNC_OK(sync_cond_signal(&c));
	unlock();
}

static void
waits_unless_signalled(unsigned me)
{
	lock();
	if (signalled) {
		unlock();
		return;
	}
	waits(me);
}

static void
timeout_takes_no_signal(void *arg)
{
	(void)arg;
	fresh();
	lock();
	sim_play(none_waits, waits_until_and_passes_on, signals,
	    waits_unless_signalled);
}

static void
broadcasts(unsigned me)
{
	(void)me;
	lock();
	signalled = true;
	SYNC_OK(sync_cond_broadcast(&c));
	unlock();
}

static void
comes_late(unsigned me)
{
	bool too_late;
	int err;

	lock();
	too_late = signalled;
	err = sync_cond_wait_until(&c, &m, sim_soon(me));
	SYNC_ASSERT(err == ETIMEDOUT || (err == 0 && !too_late));
	sim_saw(too_late ? 2 : err != 0);
	unlock();
}

static void
broadcast_and_latecomer(void *arg)
{
	(void)arg;
	fresh();
	lock();
	sim_play(none_waits, waits, broadcasts, comes_late);
}

static void
broadcast_to_two(void *arg)
{
	(void)arg;
	fresh();
	lock();
	sim_play(none_waits, waits, broadcasts, waits_unless_signalled);
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
waiter_frees(void *arg)
{
	(void)arg;
	fresh();
	lock();
	sim_play(NULL, waits_and_frees, signals_only);
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
waiter_with_deadline_frees(void *arg)
{
	(void)arg;
	fresh();
	lock();
	sim_play(NULL, waits_until_and_frees, signals_only);
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

static void
last_of_broadcast_frees(void *arg)
{
	(void)arg;
	fresh();
	lock();
	sim_play(NULL, last_frees, broadcasts_only,
	    last_frees_unless_signalled);
}

/* All its levels are released, and taken again. */
static void
waits_deep(unsigned me)
{
	(void)me;
	SYNC_OK(sync_cond_wait_rmutex(&c, &rm));
	SYNC_ASSERT(signalled);
	SYNC_ASSERT(sync_rmutex_depth(&rm) == 2);
	SYNC_OK(sync_rmutex_unlock(&rm));
	SYNC_ASSERT(SYNC_READ(ready) == 1);
	SYNC_OK(sync_rmutex_unlock(&rm));
}

static void
signals_deep(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rmutex_lock(&rm));
	SYNC_ASSERT(sync_rmutex_depth(&rm) == 1);
	signalled = true;
	SYNC_WRITE(ready) = 1;
	SYNC_OK(sync_cond_signal(&c));
	SYNC_OK(sync_rmutex_unlock(&rm));
}

static void
with_rmutex(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rmutex_init(&rm, 0));
	SYNC_OK(sync_rmutex_lock(&rm));
	SYNC_OK(sync_rmutex_lock(&rm));
	sim_play(NULL, waits_deep, signals_deep);
}

static void
waits_deep_until(unsigned me)
{
	int err = sync_cond_wait_rmutex_until(&c, &rm, sim_soon(me));

	SYNC_ASSERT(err == ETIMEDOUT || (err == 0 && signalled));
	sim_saw(err != 0);
	SYNC_ASSERT(sync_rmutex_depth(&rm) == 2);
	SYNC_OK(sync_rmutex_unlock(&rm));
	SYNC_OK(sync_rmutex_unlock(&rm));
}

static void
with_rmutex_until(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rmutex_init(&rm, 0));
	SYNC_OK(sync_rmutex_lock(&rm));
	SYNC_OK(sync_rmutex_lock(&rm));
	sim_play(NULL, waits_deep_until, signals_deep);
}

static void
waits_kernel(unsigned me)
{
	int err = sync_cond_wait_kmutex(&c, &km);

	(void)me;
	SYNC_ASSERT(err == 0 && signalled);
	SYNC_ASSERT(SYNC_READ(ready) == 1);
	SYNC_OK(sync_kmutex_unlock(&km));
}

static void
signals_kernel(unsigned me)
{
	(void)me;
	SYNC_OK(sync_kmutex_lock(&km));
	signalled = true;
	SYNC_WRITE(ready) = 1;
	SYNC_OK(sync_cond_signal(&c));
	SYNC_OK(sync_kmutex_unlock(&km));
}

static void
with_kmutex(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_kmutex_init(&km, 0));
	SYNC_OK(sync_kmutex_lock(&km));
	sim_play(NULL, waits_kernel, signals_kernel);
}

static void
signals_and_dies(unsigned me)
{
	(void)me;
	SYNC_OK(sync_kmutex_lock(&km));
	SYNC_WRITE(ready) = 1;
	SYNC_OK(sync_cond_signal(&c));
}

static void
waits_for_the_dead(unsigned me)
{
	int err = sync_cond_wait_kmutex(&c, &km);

	(void)me;
	SYNC_ASSERT(err == EOWNERDEAD && sync_kmutex_held(&km));
	SYNC_OK(sync_kmutex_consistent(&km));
	SYNC_ASSERT(SYNC_READ(ready) == 1);
	SYNC_OK(sync_kmutex_unlock(&km));
}

static void
signaller_dies(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_kmutex_init(&km, SYNC_ROBUST));
	SYNC_OK(sync_kmutex_lock(&km));
	sim_play(NULL, waits_for_the_dead, signals_and_dies);
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
destroy_with_waiter(void *arg)
{
	(void)arg;
	fresh();
	lock();
	sim_play(NULL, waits, destroys_and_signals);
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

static void
destroy_races_wait(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, destroys, waits_late);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	(void)me;
	lock();
	while (ready == 0)
		SYNC_OK(sync_cond_wait_until(&c, &m, sim_soon(0)));
	ready--;
	taken++;
	unlock();
}

static void
deadline_far_away(void *arg)
{
	(void)arg;
	fresh();
	sim_play(none_waits, in_time, in_time, adds_two);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "one taken", .test = one_taken, .weak = 2 },
	{ .name = "one taken, signalled inside", .test = one_taken_inside,
	    .weak = 2 },
	{ .name = "two taken", .test = two_taken },
	{ .name = "two taken after a broadcast",
	    .test = two_taken_by_broadcast },
	{ .name = "a timeout races a signal", .test = timeout_races_signal,
	    .sees = 2, .weak = 2 },
	{ .name = "the longest waiter is signalled", .large = true,
	    .test = longest_is_signalled, .sees = 2 },
	{ .name = "two signals", .test = two_signals, .sees = 2,
	    .calm = true, .timeouts = 1 },
	{ .name = "a timeout takes no signal", .large = true,
	    .test = timeout_takes_no_signal, .sees = 2 },
	{ .name = "a broadcast and a latecomer",
	    .test = broadcast_and_latecomer, .sees = 3, .calm = true,
	    .timeouts = 1 },
	{ .name = "a broadcast to two", .test = broadcast_to_two },
	{ .name = "the waiter frees it", .test = waiter_frees, .weak = 2 },
	{ .name = "the waiter with a deadline frees it",
	    .test = waiter_with_deadline_frees, .sees = 1 },
	{ .name = "the last after a broadcast frees it",
	    .test = last_of_broadcast_frees },
	{ .name = "with a recursive mutex", .test = with_rmutex, .weak = 2 },
	{ .name = "with a recursive mutex and a deadline",
	    .test = with_rmutex_until, .sees = 2 },
	{ .name = "with a kernel's mutex", .test = with_kmutex, .weak = 2 },
	{ .name = "the signaller dies", .test = signaller_dies },
	{ .name = "destroy with a waiter", .test = destroy_with_waiter },
	{ .name = "destroy races a wait", .test = destroy_races_wait,
	    .sees = 4 },
	{ .name = "a deadline far away", .test = deadline_far_away,
	    .calm = true, .spurious = 1 },
};

int
main(void)
{
	return sim_main("cond", scenarios, SIM_COUNT(scenarios));
}
