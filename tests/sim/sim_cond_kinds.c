/* SPDX-License-Identifier: MIT */
/*
 * A condition variable with the mutexes that have more to them than owner and
 * waiters: all levels of a recursive mutex are released and taken again, and a
 * wait notices that a holder of a robust kernel's mutex has died.
 *
 * The first thread holds the mutex when the roles start, so that it waits before
 * the other can do anything.
 */
#include "sim_support.h"

static struct sync_cond c;
static struct sync_rmutex rm;
static struct sync_kmutex km;
static int told;       /* written under the mutex before a signal */
static bool signalled; /* under the mutex */

static void
fresh(void)
{
	SYNC_OK(sync_cond_init(&c, 0));
	told = 0;
	signalled = false;
}

static void
rmutex_is_held_twice(const void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rmutex_init(&rm, 0));
	SYNC_OK(sync_rmutex_lock(&rm));
	SYNC_OK(sync_rmutex_lock(&rm));
}

static void
kmutex_is_held(const void *flags)
{
	fresh();
	SYNC_OK(sync_kmutex_init(&km, *(const unsigned *)flags));
	SYNC_OK(sync_kmutex_lock(&km));
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
	SYNC_ASSERT(SYNC_READ(told) == 1);
	SYNC_OK(sync_rmutex_unlock(&rm));
}

static void
signals_deep(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rmutex_lock(&rm));
	SYNC_ASSERT(sync_rmutex_depth(&rm) == 1);
	signalled = true;
	SYNC_WRITE(told) = 1;
	SYNC_OK(sync_cond_signal(&c));
	SYNC_OK(sync_rmutex_unlock(&rm));
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
waits_kernel(unsigned me)
{
	int err = sync_cond_wait_kmutex(&c, &km);

	(void)me;
	SYNC_ASSERT(err == 0 && signalled);
	SYNC_ASSERT(SYNC_READ(told) == 1);
	SYNC_OK(sync_kmutex_unlock(&km));
}

static void
signals_kernel(unsigned me)
{
	(void)me;
	SYNC_OK(sync_kmutex_lock(&km));
	signalled = true;
	SYNC_WRITE(told) = 1;
	SYNC_OK(sync_cond_signal(&c));
	SYNC_OK(sync_kmutex_unlock(&km));
}

static void
signals_and_dies(unsigned me)
{
	(void)me;
	SYNC_OK(sync_kmutex_lock(&km));
	SYNC_WRITE(told) = 1;
	SYNC_OK(sync_cond_signal(&c));
}

static void
waits_for_the_dead(unsigned me)
{
	int err = sync_cond_wait_kmutex(&c, &km);

	(void)me;
	SYNC_ASSERT(err == EOWNERDEAD && sync_kmutex_held(&km));
	SYNC_OK(sync_kmutex_consistent(&km));
	SYNC_ASSERT(SYNC_READ(told) == 1);
	SYNC_OK(sync_kmutex_unlock(&km));
}

static const unsigned plain, robust = SYNC_ROBUST;

static const struct sim_scenario scenarios[] = {
	{ .name = "with a recursive mutex", .begin = rmutex_is_held_twice,
	    .roles = { waits_deep, signals_deep }, .weak = 2 },
	{ .name = "with a recursive mutex and a deadline",
	    .begin = rmutex_is_held_twice,
	    .roles = { waits_deep_until, signals_deep }, .sees = 2 },
	{ .name = "with a kernel's mutex", .begin = kmutex_is_held,
	    .arg = &plain, .roles = { waits_kernel, signals_kernel },
	    .weak = 2 },
	{ .name = "the signaller dies", .begin = kmutex_is_held, .arg = &robust,
	    .roles = { waits_for_the_dead, signals_and_dies } },
};

int
main(void)
{
	return sim_main("cond_kinds", scenarios, SIM_COUNT(scenarios));
}
