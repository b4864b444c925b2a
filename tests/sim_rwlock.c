/* SPDX-License-Identifier: MIT */
/*
 * The read-write lock: readers together, a writer alone, each in the order of
 * arrival.  A waiter that gives up lets those behind it pass.
 */
#include "sim_support.h"

static struct sync_rwlock l;
static struct sync_event inside; /* set by a reader */
static unsigned count;           /* written under l */
static unsigned written;         /* how often, in all */
static unsigned readers;         /* inside now */
static uint32_t written_once;    /* atomic: by the writer that waits */

static void
fresh(void)
{
	SYNC_OK(sync_rwlock_init(&l, 0));
	SYNC_OK(sync_event_init(&inside, 0));
	count = written = readers = 0;
	written_once = 0;
}

static void
unlock(void)
{
	SYNC_OK(sync_rwlock_unlock(&l));
}

static void
is_free(void)
{
	SYNC_ASSERT(count == written && readers == 0);
	SYNC_ASSERT(l.readers == 0 && l.writer == 0);
	SYNC_ASSERT(l.waiters.tail == NULL && l.waiters.lock == 0);
}

static void
write_section(void)
{
	unsigned before;

	SYNC_ASSERT(readers == 0);
	before = SYNC_READ(count);
	SYNC_WRITE(count) = before + 1;
	SYNC_ASSERT(readers == 0);
	written++;
}

static void
read_section(void)
{
	readers++;
	if (readers == 2)
		sim_saw(0); /* together */
	SYNC_ASSERT(SYNC_READ(count) == written);
	readers--;
}

static void
writes(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rwlock_wrlock(&l));
	write_section();
	unlock();
}

static void
reads(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rwlock_rdlock(&l));
	read_section();
	unlock();
}

static void
two_write(void *arg)
{
	(void)arg;
	fresh();
	sim_play(is_free, writes, writes);
}

static void
three_write(void *arg)
{
	(void)arg;
	fresh();
	sim_play(is_free, writes, writes, writes);
}

static void
read_and_write(void *arg)
{
	(void)arg;
	fresh();
	sim_play(is_free, reads, writes);
}

static void
two_read_and_one_writes(void *arg)
{
	(void)arg;
	fresh();
	sim_play(is_free, reads, writes, reads);
}

static void
one_reads_and_two_write(void *arg)
{
	(void)arg;
	fresh();
	sim_play(is_free, writes, reads, writes);
}

/* Each waits for the other before it unlocks, so they must hold it together. */
static struct sync_latch both;

static void
reads_with_the_other(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rwlock_rdlock(&l));
	SYNC_OK(sync_latch_count_down(&both));
	SYNC_OK(sync_latch_wait(&both));
	unlock();
}

/* The caller holds it for writing. */
static void
write_unlocks(unsigned me)
{
	(void)me;
	write_section();
	unlock();
}

static void
readers_go_together(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_latch_init(&both, 2, 0));
	SYNC_OK(sync_rwlock_wrlock(&l));
	sim_play(is_free, write_unlocks, reads_with_the_other,
	    reads_with_the_other);
}

static void
tries_to_read(unsigned me)
{
	int err = sync_rwlock_tryrdlock(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err == 0);
	if (err != 0)
		return;
	SYNC_ASSERT(SYNC_READ(count) == written);
	unlock();
}

static void
tries_to_write(unsigned me)
{
	int err = sync_rwlock_trywrlock(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err == 0);
	if (err != 0)
		return;
	write_section();
	unlock();
}

static void
try_to_read(void *arg)
{
	(void)arg;
	fresh();
	sim_play(is_free, writes, tries_to_read);
}

static void
try_to_write(void *arg)
{
	(void)arg;
	fresh();
	sim_play(is_free, reads, tries_to_write, reads);
}

static void
writes_until(unsigned me)
{
	int err = sync_rwlock_wrlock_until(&l, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	SYNC_ASSERT(err == 0 || !sim_whole() || l.writer + l.readers != 0);
	sim_saw(err != 0);
	if (err != 0)
		return;
	write_section();
	unlock();
}

static void
reads_until(unsigned me)
{
	int err = sync_rwlock_rdlock_until(&l, sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	SYNC_ASSERT(err == 0 || !sim_whole() || l.writer + l.readers != 0);
	sim_saw(err != 0);
	if (err != 0)
		return;
	SYNC_ASSERT(SYNC_READ(count) == written);
	unlock();
}

static void
write_timeout_races_unlock(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rwlock_wrlock(&l));
	sim_play(is_free, write_unlocks, writes_until);
}

static void
read_timeout_races_unlock(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rwlock_wrlock(&l));
	sim_play(is_free, write_unlocks, reads_until);
}

static void
read_timeout_beside_writer(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rwlock_wrlock(&l));
	sim_play(is_free, write_unlocks, reads_until, writes);
}

/* The caller holds it for reading, until another reader is inside. */
static void
reads_until_joined(unsigned me)
{
	(void)me;
	SYNC_OK(sync_event_wait(&inside));
	unlock();
}

static void
joins(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rwlock_rdlock(&l));
	SYNC_OK(sync_event_set(&inside));
	unlock();
}

/* A writer that is queued before the reader gives up. */
static void
timeout_lets_reader_pass(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rwlock_rdlock(&l));
	sim_play(is_free, reads_until_joined, writes_until, joins);
}

/* The caller reads. */
static void
read_unlocks(unsigned me)
{
	(void)me;
	SYNC_ASSERT(SYNC_READ(count) == 0);
	unlock();
}

static bool
somebody_waits(void)
{
	return SYNC_ATOMIC_LOAD(&l.waiters.tail, __ATOMIC_ACQUIRE) != NULL;
}

static bool
has_written(void)
{
	return SYNC_ATOMIC_LOAD(&written_once, __ATOMIC_RELAXED) != 0;
}

static void
writes_and_says_so(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rwlock_wrlock(&l));
	SYNC_ATOMIC_STORE(&written_once, 1, __ATOMIC_RELAXED);
	unlock();
}

/* A writer that is in the queue goes first. */
static void
reads_behind(unsigned me)
{
	bool behind = somebody_waits();
	int err;

	(void)me;
	err = sync_rwlock_tryrdlock(&l);
	SYNC_ASSERT(err == 0 || err == EBUSY);
	SYNC_ASSERT(err != 0 || !behind || has_written());
	if (err == 0)
		unlock();
	behind = somebody_waits();
	SYNC_OK(sync_rwlock_rdlock(&l));
	SYNC_ASSERT(!behind || has_written());
	sim_saw(behind);
	unlock();
}

static void
writer_does_not_starve(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rwlock_rdlock(&l));
	sim_play(is_free, read_unlocks, writes_and_says_so, reads_behind);
}

/* The caller reads; it may do so again, even if a writer waits. */
static void
reads_again(unsigned me)
{
	(void)me;
	SYNC_OK(sync_rwlock_rdlock(&l));
	SYNC_ASSERT(SYNC_READ(count) == 0);
	unlock();
	SYNC_ASSERT(SYNC_READ(count) == 0);
	SYNC_ASSERT(sync_rwlock_trywrlock(&l) == EBUSY);
	SYNC_ASSERT(sync_rwlock_wrlock(&l) == EDEADLK);
	unlock();
	SYNC_ASSERT(sync_rwlock_unlock(&l) == EPERM);
}

static void
nested_reads(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rwlock_rdlock(&l));
	sim_play(is_free, reads_again, writes);
}

static void
writes_oddly(unsigned me)
{
	(void)me;
	SYNC_ASSERT(sync_rwlock_unlock(&l) == EPERM);
	SYNC_OK(sync_rwlock_wrlock(&l));
	SYNC_ASSERT(sync_rwlock_wrlock(&l) == EDEADLK);
	SYNC_ASSERT(sync_rwlock_rdlock(&l) == EDEADLK);
	SYNC_ASSERT(sync_rwlock_tryrdlock(&l) == EBUSY);
	write_section();
	unlock();
	SYNC_ASSERT(sync_rwlock_unlock(&l) == EPERM);
}

static void
misuse_changes_nothing(void *arg)
{
	(void)arg;
	fresh();
	sim_play(is_free, writes_oddly, reads);
}

static void
write_frees_if_last(unsigned me)
{
	bool last;

	(void)me;
	SYNC_OK(sync_rwlock_wrlock(&l));
	last = ++written == 2;
	unlock();
	if (last)
		sim_free(&l, sizeof(l));
}

static void
last_writer_frees(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, write_frees_if_last, write_frees_if_last);
}

/*
 * A thread that holds it or waits prevents destroy, and nothing changes for it.
 */
static void
destroys_then_unlocks(unsigned me)
{
	(void)me;
	SYNC_ASSERT(sync_rwlock_destroy(&l) == EBUSY);
	unlock();
}

static void
destroy_while_held(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rwlock_rdlock(&l));
	sim_play(is_free, destroys_then_unlocks, writes);
}

static void
destroys(unsigned me)
{
	int err = sync_rwlock_destroy(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	if (err == 0)
		sim_may_be_late(&l.waiters.generation);
}

static void
locks_late(unsigned me)
{
	int err = sync_rwlock_wrlock(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EINVAL);
	sim_saw(err == 0 ? 2 : 3);
	if (err == 0)
		unlock();
}

static void
destroy_races_lock(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, destroys, locks_late);
}

static void
destroy_races_locks(void *arg)
{
	(void)arg;
	fresh();
	sim_play(NULL, destroys, locks_late, locks_late);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	SYNC_OK(me == 1 ? sync_rwlock_wrlock_until(&l, sim_soon(0))
			: sync_rwlock_rdlock_until(&l, sim_soon(0)));
	if (me == 1)
		write_section();
	else
		SYNC_ASSERT(SYNC_READ(count) == written);
	unlock();
}

static void
deadline_far_away(void *arg)
{
	(void)arg;
	fresh();
	SYNC_OK(sync_rwlock_wrlock(&l));
	sim_play(is_free, write_unlocks, in_time, in_time);
}

/*
 * Two readers wait behind a writer, which gives up.  Only one more hold can be
 * counted, so the other reader gets an error.  The caller reads, with its count
 * set near the limit.
 */
static unsigned refused, passed; /* atomic */

static void
reads_or_is_refused(unsigned me)
{
	int err = sync_rwlock_rdlock(&l);

	(void)me;
	SYNC_ASSERT(err == 0 || err == EAGAIN);
	(void)SYNC_ATOMIC_ADD(err == 0 ? &passed : &refused, 1,
	    __ATOMIC_RELAXED);
}

static void
gives_up(unsigned me)
{
	(void)me;
	SYNC_ASSERT(sync_rwlock_wrlock_until(&l, sim_soon(0)) == ETIMEDOUT);
}

static void
one_more_was_counted(void)
{
	SYNC_ASSERT(passed == 1 && refused == 1);
	SYNC_ASSERT(l.readers == UINT32_MAX && l.writer == 0);
}

static void
does_nothing(unsigned me)
{
	(void)me;
}

static void
one_hold_is_left(void *arg)
{
	(void)arg;
	fresh();
	passed = refused = 0;
	SYNC_OK(sync_rwlock_rdlock(&l));
	l.readers = UINT32_MAX - 1;
	sim_play(one_more_was_counted, does_nothing, gives_up,
	    reads_or_is_refused, reads_or_is_refused);
}

static const struct sim_scenario scenarios[] = {
	{ .name = "two write", .test = two_write, .weak = 2 },
	{ .name = "three write", .test = three_write },
	{ .name = "one reads and one writes", .test = read_and_write,
	    .weak = 2 },
	{ .name = "two read and one writes", .test = two_read_and_one_writes,
	    .sees = 1 },
	{ .name = "one reads and two write", .test = one_reads_and_two_write },
	{ .name = "readers go together", .test = readers_go_together },
	{ .name = "a try to read", .test = try_to_read, .sees = 2, .weak = 2 },
	{ .name = "a try to write", .test = try_to_write, .sees = 2 },
	{ .name = "a writer's timeout races an unlock",
	    .test = write_timeout_races_unlock, .sees = 2, .weak = 2 },
	{ .name = "a reader's timeout races an unlock",
	    .test = read_timeout_races_unlock, .sees = 2, .weak = 2 },
	{ .name = "a reader's timeout beside a writer",
	    .test = read_timeout_beside_writer, .sees = 2 },
	{ .name = "a timeout lets those behind pass",
	    .test = timeout_lets_reader_pass, .sees = 2 },
	{ .name = "a writer does not starve", .test = writer_does_not_starve,
	    .sees = 2 },
	{ .name = "reading again", .test = nested_reads, .weak = 2 },
	{ .name = "misuse changes nothing", .test = misuse_changes_nothing },
	{ .name = "the last to hold it frees it", .test = last_writer_frees,
	    .weak = 2 },
	{ .name = "destroy while it is held", .test = destroy_while_held },
	{ .name = "destroy races a lock", .test = destroy_races_lock,
	    .sees = 4 },
	{ .name = "destroy races two locks", .test = destroy_races_locks,
	    .sees = 4 },
	{ .name = "a deadline far away", .test = deadline_far_away,
	    .calm = true, .spurious = 1 },
	{ .name = "one more read hold can be counted",
	    .test = one_hold_is_left, .large = true },
};

int
main(void)
{
	return sim_main("rwlock", scenarios, SIM_COUNT(scenarios));
}
