/* SPDX-License-Identifier: MIT */
/*
 * The readers of a read-write lock: together, but not beside a writer, and in
 * the order of arrival.  A waiter that gives up lets those behind it pass.
 * sim_lock.c has writers alone.
 */
#include "sim_support.h"

static struct sync_rwlock l;
static struct sync_event inside; /* set by a reader */
static struct sync_latch both;   /* counted down by two readers */
static unsigned count;           /* written under l */
static unsigned written;         /* how often, in all */
static unsigned readers;         /* inside now */
static uint32_t written_once;    /* atomic: by the writer that waits */

static unsigned refused, passed; /* atomic */

static void
fresh(const void *arg)
{
	(void)arg;
	SYNC_OK(sync_rwlock_init(&l, 0));
	SYNC_OK(sync_event_init(&inside, 0));
	count = written = readers = refused = passed = 0;
	written_once = 0;
}

static void
is_written(const void *arg)
{
	fresh(arg);
	SYNC_OK(sync_rwlock_wrlock(&l));
}

static void
is_written_before_both(const void *arg)
{
	fresh(arg);
	SYNC_OK(sync_latch_init(&both, 2, 0));
	SYNC_OK(sync_rwlock_wrlock(&l));
}

static void
is_read(const void *arg)
{
	fresh(arg);
	SYNC_OK(sync_rwlock_rdlock(&l));
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

/* Each waits for the other before it unlocks, so they must hold it together. */
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

/*
 * Two readers wait behind a writer, which gives up.  Only one more hold can be
 * counted, so the other reader gets an error.  The caller reads, with its count
 * set near the limit.
 */
static void
is_read_nearly_too_often(const void *arg)
{
	is_read(arg);
	l.readers = UINT32_MAX - 1;
}

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

static const struct sim_scenario scenarios[] = {
	{ .name = "one reads and one writes", .begin = fresh,
	    .roles = { reads, writes }, .end = is_free, .weak = 2 },
	{ .name = "two read and one writes", .begin = fresh,
	    .roles = { reads, writes, reads }, .end = is_free, .sees = 1 },
	{ .name = "one reads and two write", .begin = fresh,
	    .roles = { writes, reads, writes }, .end = is_free },
	{ .name = "readers go together",
	    .begin = is_written_before_both,
	    .roles = { write_unlocks, reads_with_the_other,
		reads_with_the_other }, .end = is_free },
	{ .name = "a try to read", .begin = fresh,
	    .roles = { writes, tries_to_read }, .end = is_free, .sees = 2,
	    .weak = 2 },
	{ .name = "a try to write", .begin = fresh,
	    .roles = { reads, tries_to_write, reads }, .end = is_free,
	    .sees = 2 },
	{ .name = "a reader's timeout races an unlock", .begin = is_written,
	    .roles = { write_unlocks, reads_until }, .end = is_free, .sees = 2,
	    .weak = 2 },
	{ .name = "a reader's timeout beside a writer", .begin = is_written,
	    .roles = { write_unlocks, reads_until, writes }, .end = is_free,
	    .sees = 2 },
	/* A writer that is queued before the reader gives up. */
	{ .name = "a timeout lets those behind pass", .begin = is_read,
	    .roles = { reads_until_joined, writes_until, joins },
	    .end = is_free, .sees = 2 },
	{ .name = "a writer does not starve", .begin = is_read,
	    .roles = { read_unlocks, writes_and_says_so, reads_behind },
	    .end = is_free, .sees = 2 },
	{ .name = "reading again", .begin = is_read,
	    .roles = { reads_again, writes }, .end = is_free, .weak = 2 },
	{ .name = "misuse changes nothing", .begin = fresh,
	    .roles = { writes_oddly, reads }, .end = is_free },
	{ .name = "destroy while it is held", .begin = is_read,
	    .roles = { destroys_then_unlocks, writes }, .end = is_free },
	{ .name = "a deadline far away", .begin = is_written,
	    .roles = { write_unlocks, in_time, in_time }, .end = is_free,
	    .calm = true, .spurious = 1 },
	{ .name = "one more read hold can be counted",
	    .begin = is_read_nearly_too_often,
	    .roles = { does_nothing, gives_up, reads_or_is_refused,
		reads_or_is_refused }, .end = one_more_was_counted,
	    .large = true, .cut = true },
};

int
main(void)
{
	return sim_main("rwlock", scenarios, SIM_COUNT(scenarios));
}
