/* SPDX-License-Identifier: MIT */
/*
 * The condition variable: a signal releases the thread that has waited longest,
 * and no other.  No signal is lost, not even to a deadline.  sim_cond_life.c has
 * the end of a condition, sim_cond_kinds.c the other mutexes.
 *
 * In most scenarios the first thread holds the mutex when the roles start, so
 * that it waits before the others can do anything.
 */
#include "sim_support.h"

static struct sync_cond c;
static struct sync_mutex m;
static unsigned ready; /* under m: units to be taken */
static unsigned taken;
static bool signalled; /* under m */

static void
is_free(const void *arg)
{
	(void)arg;
	SYNC_OK(sync_cond_init(&c, 0));
	SYNC_OK(sync_mutex_init(&m, 0));
	ready = taken = 0;
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

/* Holds the mutex.  No loop: a wait that returns 0 was signalled. */
static void
waits(unsigned me)
{
	(void)me;
	SYNC_OK(sync_cond_wait(&c, &m));
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
	unlock();
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

static const struct sim_scenario scenarios[] = {
	{ .name = "one taken", .begin = is_free, .roles = { takes, adds_one },
	    .end = none_waits, .weak = 2 },
	{ .name = "one taken, signalled inside", .begin = is_free,
	    .roles = { takes, adds_one_inside }, .end = none_waits, .weak = 2 },
	{ .name = "two taken", .begin = is_free,
	    .roles = { takes, takes, adds_one_twice }, .end = none_waits },
	{ .name = "two taken after a broadcast", .begin = is_free,
	    .roles = { takes, takes, adds_two }, .end = none_waits },
	{ .name = "a timeout races a signal", .begin = is_free,
	    .roles = { takes_until, adds_one }, .end = at_most_one_left,
	    .sees = 2, .weak = 2 },
	{ .name = "the longest waiter is signalled", .begin = is_held,
	    .roles = { waits, signals, waits_later_until }, .end = none_waits,
	    .large = true, .sees = 2, .cut = true },
	{ .name = "two signals", .begin = is_held,
	    .roles = { waits, signals_unlocked, waits_later },
	    .end = none_waits, .sees = 2, .calm = true, .timeouts = 1 },
	{ .name = "a timeout takes no signal", .begin = is_held,
	    .roles = { waits_until_and_passes_on, signals,
		waits_unless_signalled },
	    .end = none_waits, .large = true, .sees = 2, .cut = true },
	{ .name = "a broadcast and a latecomer", .begin = is_held,
	    .roles = { waits, broadcasts, comes_late }, .end = none_waits,
	    .sees = 3, .calm = true, .timeouts = 1 },
	{ .name = "a broadcast to two", .begin = is_held,
	    .roles = { waits, broadcasts, waits_unless_signalled },
	    .end = none_waits },
	{ .name = "a deadline far away", .begin = is_free,
	    .roles = { in_time, in_time, adds_two }, .end = none_waits,
	    .calm = true, .spurious = 1 },
};

int
main(void)
{
	return sim_main("cond", scenarios, SIM_COUNT(scenarios));
}
