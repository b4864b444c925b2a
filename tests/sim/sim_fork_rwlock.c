/* SPDX-License-Identifier: MIT */
/*
 * The child of a fork: a read-write lock as fork copies it at some moment, and
 * threads of the child that use it.  The holds of lost readers, and the list of
 * waiters, are void.
 *
 * The machine does not fork.  The library's bookkeeping is told that the first
 * thread did, and words are set as the parent's threads may have left them.
 */
#include "sim_support.h"

#include "plat.h"

#define WAITERS 0x80000000u /* in the word of an owner lock */
#define LOST    2u          /* the id of a thread of the parent */

static struct sync_rwlock l;
static unsigned count;   /* written under l */
static unsigned entered; /* how often, in all */

/* In the parent. */
static void
fresh(void)
{
	memset(&identity, 0, sizeof(identity));
	SYNC_OK(sync_rwlock_init(&l, 0));
	count = entered = 0;
}

static void
forks(const struct identity_reads *reads)
{
	identity_fork(plat_self(), reads);
	identity_survives(plat_self());
}

static void
section(void)
{
	unsigned before = SYNC_READ(count);

	SYNC_WRITE(count) = before + 1;
	entered++;
}

static void
is_free(void)
{
	SYNC_ASSERT(count == entered);
	SYNC_ASSERT(l.readers == 0 && l.writer == 0);
	SYNC_ASSERT(l.waiters.tail == NULL && l.waiters.lock == 0);
	SYNC_OK(sync_rwlock_destroy(&l));
}

static void
writes(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rwlock_wrlock(&l));
	section();
	SYNC_OK(sync_rwlock_unlock(&l));
}

static void
unlocks_both_holds(unsigned me)
{
	unsigned before = SYNC_READ(count);

	(void)me;
	SYNC_OK(sync_rwlock_unlock(&l));
	SYNC_ASSERT(SYNC_READ(count) == before);
	SYNC_OK(sync_rwlock_unlock(&l));
}

static void
leave_to_the_lost(void)
{
	l.waiters.lock = LOST | WAITERS;
	l.waiters.tail = (struct sync_list_node *)(void *)&count;
}

static void
survivor_reads(void *arg)
{
	struct identity_reads reads = { 1, { { &l, 2 } } };

	(void)arg;
	fresh();
	SYNC_OK(sync_rwlock_rdlock(&l));
	SYNC_OK(sync_rwlock_rdlock(&l));
	l.readers += 5;
	leave_to_the_lost();
	forks(&reads);
	sim_play(is_free, unlocks_both_holds, writes, writes);
}

static void
unlocks_what_it_wrote(unsigned me)
{
	(void)me;
	section();
	SYNC_OK(sync_rwlock_unlock(&l));
}

static void
survivor_writes(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rwlock_wrlock(&l));
	leave_to_the_lost();
	forks(NULL);
	sim_play(is_free, unlocks_what_it_wrote, writes, writes);
}

static void
lost_writer(void *arg)
{
	(void)arg;
	fresh();
	l.writer = LOST;
	leave_to_the_lost();
	forks(NULL);
	sim_play(is_free, writes, writes);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "the survivor reads", .test = survivor_reads, .large = true },
	{ .name = "the survivor writes", .test = survivor_writes,
	    .large = true },
	{ .name = "a lost thread wrote", .test = lost_writer },
};

int
main(void)
{
	return sim_main("fork_rwlock", scenarios, SIM_COUNT(scenarios));
}
