/* SPDX-License-Identifier: MIT */
/*
 * Objects whose waiters other threads release: the event by a set, the latch by
 * the last count_down, the semaphore by a post.  A wait that passes sees
 * everything written before its release, and the waiter may free the object.
 * What only one kind has is in sim_event.c and sim_sem.c.
 */
#include "sim_support.h"

#define RELEASES 2                    /* at most, in a scenario */
#define SET      0x1u                 /* in the word of an event */
#define VALUE    UINT64_C(0xffffffff) /* in the word of a semaphore */

static union {
	struct sync_event event;
	struct sync_latch latch;
	struct sync_sem sem;
} o;

struct subject {
	int (*init)(unsigned n); /* the latch's count, the sem's maximum */
	int (*destroy)(void);
	int (*release)(void);
	int (*release_two)(void);
	int (*wait)(void);
	int (*trywait)(void);
	int (*wait_until)(sync_time);
	bool (*open)(void);       /* a wait would pass */
	bool (*waited_for)(void); /* atomic */
	void (*settled)(void);    /* check the final state */
	void (*reuse)(void);      /* its memory */
	uint32_t *spare;          /* see sim_may_be_late */
	size_t size;
	int surplus; /* the result of one release too many */
};

struct start {
	const struct subject *subject;
	unsigned n;
	unsigned told; /* releases before which something is written */
};

static const struct start *start;
static const struct subject *s;
static int told[RELEASES];
static unsigned released, passed; /* how often */
static uint32_t through;          /* atomic: waits that returned 0 */
static bool ended;                /* destroy has returned 0 */
static int late;                  /* the result of a wait beside it */

#define VERBS(object, release)                                                 \
	static int object##_destroy(void)                                      \
	{                                                                      \
		return sync_##object##_destroy(&o.object);                     \
	}                                                                      \
	static int object##_release(void)                                      \
	{                                                                      \
		return sync_##object##_##release(&o.object);                   \
	}                                                                      \
	static int object##_wait(void)                                         \
	{                                                                      \
		return sync_##object##_wait(&o.object);                        \
	}                                                                      \
	static int object##_trywait(void)                                      \
	{                                                                      \
		return sync_##object##_trywait(&o.object);                     \
	}                                                                      \
	static int object##_wait_until(sync_time t)                            \
	{                                                                      \
		return sync_##object##_wait_until(&o.object, t);               \
	}                                                                      \
	static void object##_reuse(void)                                       \
	{                                                                      \
		SYNC_WRITE(o.object.word) = 0;                                 \
	}

VERBS(event, set)
VERBS(latch, count_down)
VERBS(sem, post)

static int
event_init(unsigned n)
{
	(void)n;
	return sync_event_init(&o.event, 0);
}

static bool
event_open(void)
{
	return o.event.word & SET;
}

static bool
event_waited_for(void)
{
	return SYNC_ATOMIC_LOAD(&o.event.waiters, __ATOMIC_RELAXED) != 0;
}

static void
event_settled(void)
{
	SYNC_ASSERT(o.event.waiters == 0);
}

static int
latch_init(unsigned n)
{
	return sync_latch_init(&o.latch, n, 0);
}

static int
latch_release_two(void)
{
	return sync_latch_count_down_n(&o.latch, 2);
}

static bool
latch_open(void)
{
	return o.latch.word == 0;
}

static bool
latch_waited_for(void)
{
	return SYNC_ATOMIC_LOAD(&o.latch.waiters, __ATOMIC_RELAXED) != 0;
}

static void
latch_settled(void)
{
	SYNC_ASSERT(o.latch.waiters == 0 && o.latch.word == 0);
}

static int
sem_init(unsigned n)
{
	return sync_sem_init(&o.sem, 0, n, 0);
}

static int
sem_release_two(void)
{
	return sync_sem_post_n(&o.sem, 2);
}

static bool
sem_open(void)
{
	return (o.sem.word & VALUE) != 0;
}

static bool
sem_waited_for(void)
{
	return SYNC_ATOMIC_LOAD(&o.sem.word, __ATOMIC_RELAXED) & ~VALUE;
}

/* Not by sync_sem_value: with weak memory it may return an old value. */
static void
sem_settled(void)
{
	SYNC_ASSERT(o.sem.word == released - passed); /* and nobody waits */
}

static const struct subject event = { event_init, event_destroy, event_release,
	NULL, event_wait, event_trywait, event_wait_until, event_open,
	event_waited_for, event_settled, event_reuse, &o.event.waiters,
	sizeof(o.event), 0 };
static const struct subject latch = { latch_init, latch_destroy, latch_release,
	latch_release_two, latch_wait, latch_trywait, latch_wait_until,
	latch_open, latch_waited_for, latch_settled, latch_reuse,
	&o.latch.waiters, sizeof(o.latch), EINVAL };
static const struct subject sem = { sem_init, sem_destroy, sem_release,
	sem_release_two, sem_wait, sem_trywait, sem_wait_until, sem_open,
	sem_waited_for, sem_settled, sem_reuse, &o.sem.inside, sizeof(o.sem),
	EOVERFLOW };

static void
fresh(const void *arg)
{
	start = arg;
	s = start->subject;
	SYNC_OK(s->init(start->n));
	memset(told, 0, sizeof(told));
	released = passed = through = 0;
}

/* End. */
static void
settled(void)
{
	s->settled();
}

static void
one_release_counted(void)
{
	SYNC_ASSERT(released == 1 && s->open());
}

/* The roles. */
static void
tells(unsigned i)
{
	if (i < start->told)
		SYNC_WRITE(told[i]) = 1;
}

static void
releases_nth(unsigned i)
{
	tells(i);
	released++;
	SYNC_OK(s->release());
}

static void
releases(unsigned me)
{
	(void)me;
	releases_nth(0);
}

static void
releases_second(unsigned me)
{
	(void)me;
	releases_nth(1);
}

static void
releases_both(unsigned me)
{
	(void)me;
	releases_nth(0);
	releases_nth(1);
}

static void
releases_two_at_once(unsigned me)
{
	(void)me;
	tells(0);
	tells(1);
	released += 2;
	SYNC_OK(s->release_two());
}

static void
releases_too_often(unsigned me)
{
	int err = s->release();

	(void)me;
	SYNC_ASSERT(err == 0 || err == s->surplus);
	sim_saw(err != 0);
	released += err == 0;
}

static void
passes(void)
{
	unsigned i;

	for (i = 0; i < start->told; i++)
		SYNC_ASSERT(SYNC_READ(told[i]) == 1);
	passed++;
}

static void
waits(unsigned me)
{
	(void)me;
	SYNC_OK(s->wait());
	passes();
}

/* Each waits for the others, as at a barrier. */
static void
releases_and_waits(unsigned me)
{
	releases_nth(me);
	waits(me);
}

static void
may_fail(int err, int expected)
{
	SYNC_ASSERT(err == 0 || err == expected);
	SYNC_ASSERT(err == 0 || !sim_whole() || !s->open());
	sim_saw(err != 0);
	if (err == 0)
		passes();
}

static void
waits_until(unsigned me)
{
	may_fail(s->wait_until(sim_soon(me)), ETIMEDOUT);
}

static void
tries(unsigned me)
{
	(void)me;
	may_fail(s->trywait(), EAGAIN);
}

/* If it gets the unit, it posts it again, for the one that has no deadline. */
static void
waits_until_and_passes_on(unsigned me)
{
	int err = s->wait_until(sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	sim_saw(err != 0);
	if (err != 0)
		return;
	passed++;
	releases_nth(1);
}

/* The deadline does not pass, so the wait must end without it. */
static void
in_time(unsigned me)
{
	(void)me;
	SYNC_OK(s->wait_until(sim_soon(0)));
	passes();
}

static void
waits_and_frees(unsigned me)
{
	(void)me;
	SYNC_OK(s->wait());
	sim_free(&o, s->size);
}

static void
waits_until_and_frees(unsigned me)
{
	int err = s->wait_until(sim_soon(me));

	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	if (err == 0)
		sim_free(&o, s->size);
}

static void
last_of_two_frees(unsigned me)
{
	(void)me;
	SYNC_OK(s->wait());
	if (SYNC_ATOMIC_ADD(&through, 1, __ATOMIC_ACQ_REL) == 1)
		sim_free(&o, s->size);
}

/* A thread that waits prevents destroy, and nothing changes for it. */
static void
destroys_then_releases(unsigned me)
{
	if (s->waited_for())
		SYNC_ASSERT(s->destroy() == EBUSY);
	releases(me);
}

static void
destroys(unsigned me)
{
	int err = s->destroy();

	(void)me;
	SYNC_ASSERT(err == 0 || err == EBUSY);
	sim_saw(err != 0);
	ended = err == 0;
	if (ended)
		sim_may_be_late(s->spare);
	else
		SYNC_OK(s->release());
}

static void
waits_late(unsigned me)
{
	(void)me;
	late = s->wait();
	SYNC_ASSERT(late == 0 || late == EINVAL);
	sim_saw(late == 0 ? 2 : 3);
}

static void
waits_late_until(unsigned me)
{
	late = s->wait_until(sim_soon(me));
	SYNC_ASSERT(late == 0 || late == EINVAL || late == ETIMEDOUT);
	sim_saw(late == 0 ? 2 : late == EINVAL ? 3 : 4);
}

/* Nobody passes an object that was destroyed without a release. */
static void
only_a_release_lets_pass(void)
{
	SYNC_ASSERT(!ended || late != 0);
}

/*
 * When destroy returns 0, the waiter has left for good: its memory may be
 * reused, and no message from the waiter is needed.
 */
static void
destroys_and_reuses(unsigned me)
{
	bool came = s->waited_for();

	(void)me;
	SYNC_OK(s->release());
	if (!came || s->destroy() != 0)
		return;
	s->reuse();
	sim_saw(0);
}

#define START(subject, n, told)                                                \
	.begin = fresh, .arg = &(const struct start) { &(subject), (n), (told) }
#define EVENT(told)        START(event, 0, told)
#define LATCH(count, told) START(latch, count, told)
#define SEM(maximum, told) START(sem, maximum, told)

static const struct sim_scenario scenarios[] = {
	/* Waits. */
	{ .name = "one waits for an event", EVENT(1),
	    .roles = { releases, waits }, .end = settled, .weak = 2 },
	{ .name = "one waits for a latch", LATCH(1, 1),
	    .roles = { releases, waits }, .end = settled, .weak = 2 },
	{ .name = "one waits for a semaphore", SEM(1, 1),
	    .roles = { waits, releases }, .end = settled, .weak = 2 },
	{ .name = "two wait for an event", EVENT(1),
	    .roles = { releases, waits, waits }, .end = settled, .weak = 1 },
	{ .name = "two wait for two parts of a latch", LATCH(2, 2),
	    .roles = { releases_both, waits, waits }, .end = settled,
	    .weak = 1 },
	{ .name = "two wait for two posts of a semaphore", SEM(2, 1),
	    .roles = { releases_both, waits, waits }, .end = settled,
	    .weak = 1 },
	{ .name = "two wait for two parts of a latch at once", LATCH(2, 2),
	    .roles = { releases_two_at_once, waits, waits }, .end = settled },
	{ .name = "two wait for a post of two units of a semaphore", SEM(2, 1),
	    .roles = { releases_two_at_once, waits, waits }, .end = settled,
	    .weak = 1 },
	{ .name = "one waits for an event that two threads set", EVENT(0),
	    .roles = { releases, releases, waits }, .end = settled },
	{ .name = "one waits for a latch of two threads", LATCH(2, 2),
	    .roles = { releases, releases_second, waits }, .end = settled,
	    .weak = 1 },
	{ .name = "two wait for a semaphore that two threads post", SEM(2, 0),
	    .roles = { releases, releases, waits, waits }, .end = settled },
	{ .name = "each waits for the other at a latch", LATCH(2, 2),
	    .roles = { releases_and_waits, releases_and_waits },
	    .end = settled, .weak = 2 },
	/* Tries and deadlines. */
	{ .name = "a try races zero of a latch", LATCH(2, 2),
	    .roles = { releases_both, tries }, .end = settled, .sees = 2,
	    .weak = 2 },
	{ .name = "a try races a post of a semaphore", SEM(1, 1),
	    .roles = { releases, tries }, .end = settled, .sees = 2,
	    .weak = 2 },
	/* The taker, which has not slept, must not hide the sleeper. */
	{ .name = "a try beside a sleeper at a semaphore", SEM(2, 1),
	    .roles = { releases_both, waits, tries }, .end = settled,
	    .sees = 2 },
	{ .name = "a timeout races a set of an event", EVENT(1),
	    .roles = { releases, waits_until }, .end = settled, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races zero of a latch", LATCH(1, 1),
	    .roles = { releases, waits_until }, .end = settled, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout races a post of a semaphore", SEM(1, 1),
	    .roles = { releases, waits_until }, .end = settled, .sees = 2,
	    .weak = 2 },
	{ .name = "a timeout beside a wait for an event", EVENT(1),
	    .roles = { releases, waits_until, waits }, .end = settled,
	    .sees = 2 },
	{ .name = "a timeout beside a wait for a latch", LATCH(2, 2),
	    .roles = { releases_both, waits_until, waits }, .end = settled,
	    .sees = 2 },
	{ .name = "a timeout takes no wake from a semaphore", SEM(2, 1),
	    .roles = { releases, waits_until_and_passes_on, waits },
	    .end = settled, .sees = 2 },
	{ .name = "two timeouts race a post of a semaphore", SEM(2, 1),
	    .roles = { releases, waits_until, waits_until }, .end = settled,
	    .sees = 2 },
	/* Two units for three: the one without a deadline gets one. */
	{ .name = "a timeout beside two posts of a semaphore", SEM(4, 1),
	    .roles = { releases_both, waits_until_and_passes_on, waits },
	    .end = settled, .sees = 2 },
	{ .name = "a deadline far away for an event", EVENT(1),
	    .roles = { releases, in_time, in_time }, .end = settled,
	    .calm = true, .spurious = 1 },
	{ .name = "a deadline far away for a latch", LATCH(2, 2),
	    .roles = { releases_both, in_time, in_time }, .end = settled,
	    .calm = true, .spurious = 1 },
	{ .name = "a deadline far away for a semaphore", SEM(2, 1),
	    .roles = { releases_both, in_time, in_time }, .end = settled,
	    .calm = true, .spurious = 1 },
	/* One release too many. */
	{ .name = "a part too many of a latch", LATCH(1, 0),
	    .roles = { releases_too_often, releases_too_often },
	    .end = one_release_counted, .sees = 2, .weak = 2 },
	{ .name = "a post too many of a semaphore", SEM(1, 0),
	    .roles = { releases_too_often, releases_too_often },
	    .end = one_release_counted, .sees = 2, .weak = 2 },
	/* The end of the object. */
	{ .name = "the waiter frees an event", EVENT(0),
	    .roles = { releases, waits_and_frees }, .weak = 2 },
	{ .name = "the waiter frees a latch", LATCH(1, 0),
	    .roles = { releases, waits_and_frees }, .weak = 2 },
	{ .name = "the waiter frees a latch of two threads", LATCH(2, 0),
	    .roles = { releases, releases, waits_and_frees } },
	{ .name = "the waiter frees a semaphore", SEM(1, 0),
	    .roles = { releases, waits_and_frees }, .weak = 2 },
	{ .name = "the waiter spins and frees a semaphore", SEM(1, 0),
	    .roles = { releases, waits_and_frees }, .weak = 2, .spins = 2 },
	{ .name = "the waiter with a deadline frees an event", EVENT(0),
	    .roles = { releases, waits_until_and_frees }, .weak = 2 },
	{ .name = "the waiter with a deadline frees a latch", LATCH(1, 0),
	    .roles = { releases, waits_until_and_frees }, .weak = 2 },
	{ .name = "the waiter with a deadline frees a semaphore", SEM(1, 0),
	    .roles = { releases, waits_until_and_frees }, .weak = 2 },
	{ .name = "the last of two waiters frees an event", EVENT(0),
	    .roles = { releases, last_of_two_frees, last_of_two_frees } },
	{ .name = "the last of two waiters frees a latch", LATCH(1, 0),
	    .roles = { releases, last_of_two_frees, last_of_two_frees } },
	{ .name = "destroy of an event with a waiter", EVENT(0),
	    .roles = { destroys_then_releases, waits }, .end = settled },
	{ .name = "destroy of a latch with a waiter", LATCH(1, 1),
	    .roles = { destroys_then_releases, waits }, .end = settled },
	{ .name = "destroy of a semaphore with a waiter", SEM(1, 0),
	    .roles = { destroys_then_releases, waits }, .end = settled },
	{ .name = "destroy of an event races a wait", EVENT(0),
	    .roles = { destroys, waits_late }, .sees = 4,
	    .end = only_a_release_lets_pass },
	{ .name = "destroy of a latch races a wait", LATCH(1, 0),
	    .roles = { destroys, waits_late }, .sees = 4,
	    .end = only_a_release_lets_pass },
	{ .name = "destroy of a semaphore races a wait", SEM(1, 0),
	    .roles = { destroys, waits_late }, .sees = 4,
	    .end = only_a_release_lets_pass },
	{ .name = "destroy of an event races a deadline", EVENT(0),
	    .roles = { destroys, waits_late_until }, .sees = 5,
	    .end = only_a_release_lets_pass },
	{ .name = "destroy of a latch races a deadline", LATCH(1, 0),
	    .roles = { destroys, waits_late_until }, .sees = 5,
	    .end = only_a_release_lets_pass },
	{ .name = "destroy of a semaphore races a deadline", SEM(1, 0),
	    .roles = { destroys, waits_late_until }, .sees = 5,
	    .end = only_a_release_lets_pass },
	{ .name = "an event is destroyed and used again", EVENT(0),
	    .roles = { destroys_and_reuses, waits }, .sees = 1, .weak = 2 },
	{ .name = "a latch is destroyed and used again", LATCH(1, 0),
	    .roles = { destroys_and_reuses, waits }, .sees = 1, .weak = 2 },
	{ .name = "a semaphore is destroyed and used again", SEM(1, 0),
	    .roles = { destroys_and_reuses, waits }, .sees = 1, .weak = 2 },
};

int
main(void)
{
	return sim_main("wait", scenarios, SIM_COUNT(scenarios));
}
