/* SPDX-License-Identifier: MIT */
#include "sim_wait_support.h"

#define SET   0x1u                 /* in the word of an event */
#define VALUE UINT64_C(0xffffffff) /* in the word of a semaphore */

union any_object o;
const struct start *start;
const struct subject *subject;
uint32_t released, passed;

static int told[RELEASES];

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
	static void object##_reuse(uint32_t word)                              \
	{                                                                      \
		SYNC_WRITE(o.object.word) = word;                              \
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

const struct subject an_event = { event_init, event_destroy, event_release,
	NULL, event_wait, event_trywait, event_wait_until, event_open,
	event_waited_for, event_settled, event_reuse, &o.event.waiters,
	sizeof(o.event), 0 };
const struct subject a_latch = { latch_init, latch_destroy, latch_release,
	latch_release_two, latch_wait, latch_trywait, latch_wait_until,
	latch_open, latch_waited_for, latch_settled, latch_reuse,
	&o.latch.waiters, sizeof(o.latch), EINVAL };
const struct subject a_sem = { sem_init, sem_destroy, sem_release,
	sem_release_two, sem_wait, sem_trywait, sem_wait_until, sem_open,
	sem_waited_for, sem_settled, sem_reuse, &o.sem.inside, sizeof(o.sem),
	EOVERFLOW };

void
fresh(const void *arg)
{
	start = arg;
	subject = start->subject;
	SYNC_OK(subject->init(start->n));
	memset(told, 0, sizeof(told));
	released = passed = 0;
}

void
settled(void)
{
	subject->settled();
}

void
tells(unsigned i)
{
	if (i < start->told)
		SYNC_WRITE(told[i]) = 1;
}

void
passes(void)
{
	unsigned i;

	for (i = 0; i < start->told; i++)
		SYNC_ASSERT(SYNC_READ(told[i]) == 1);
	passed++;
}

void
releases_nth(unsigned i)
{
	tells(i);
	released++;
	SYNC_OK(subject->release());
}

void
releases(unsigned me)
{
	(void)me;
	releases_nth(0);
}

void
waits(unsigned me)
{
	(void)me;
	SYNC_OK(subject->wait());
	passes();
}
