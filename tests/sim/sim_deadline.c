/* SPDX-License-Identifier: MIT */
/*
 * What comes before the deadline is there for a thread that checks at the
 * deadline: a unit, a set, zero, a free lock, an element, the end of a thread.
 * One thread gives it, notes when, and lets the deadline pass; the other waits.
 */
#include "sim_support.h"

#define DEADLINE sim_soon(1)

struct subject {
	void (*begin)(void);
	void (*give)(void);
	int (*take)(void);
};

static struct sync_sem sem;
static struct sync_event event;
static struct sync_latch latch;
static struct sync_mutex mutex;
static struct sync_queue queue;
static struct sync_thread thread;

static const struct subject *s;
static sync_time given; /* 0: not yet */

static void
begin(const void *subject)
{
	s = subject;
	given = 0;
	s->begin();
}

static void
gives(unsigned me)
{
	(void)me;
	s->give();
	given = sync_time_now();
	sync_thread_sleep_until(DEADLINE);
}

static void
takes(unsigned me)
{
	int err = s->take();

	(void)me;
	SYNC_ASSERT(err == 0 || err == ETIMEDOUT);
	/* With weak memory nothing but the wait orders the two threads. */
	if (err == ETIMEDOUT && !sim_weak())
		SYNC_ASSERT(given == 0 || given >= DEADLINE);
}

static void
sem_begin(void)
{
	SYNC_OK(sync_sem_init(&sem, 0, 1, 0));
}

static void
sem_give(void)
{
	SYNC_OK(sync_sem_post(&sem));
}

static int
sem_take(void)
{
	return sync_sem_wait_until(&sem, DEADLINE);
}

static void
event_begin(void)
{
	SYNC_OK(sync_event_init(&event, 0));
}

static void
event_give(void)
{
	SYNC_OK(sync_event_set(&event));
}

static int
event_take(void)
{
	return sync_event_wait_until(&event, DEADLINE);
}

static void
latch_begin(void)
{
	SYNC_OK(sync_latch_init(&latch, 1, 0));
}

static void
latch_give(void)
{
	SYNC_OK(sync_latch_count_down(&latch));
}

static int
latch_take(void)
{
	return sync_latch_wait_until(&latch, DEADLINE);
}

/* The giver holds it. */
static void
mutex_begin(void)
{
	SYNC_OK(sync_mutex_init(&mutex, 0));
	SYNC_OK(sync_mutex_lock(&mutex));
}

static void
mutex_give(void)
{
	SYNC_OK(sync_mutex_unlock(&mutex));
}

static int
mutex_take(void)
{
	return sync_mutex_lock_until(&mutex, DEADLINE);
}

static void
queue_begin(void)
{
	SYNC_OK(sync_queue_init(&queue, SYNC_FIFO, sizeof(int), 2));
}

static void
queue_give(void)
{
	int element = 0;

	SYNC_OK(sync_queue_put(&queue, &element));
	SYNC_OK(sync_queue_put(&queue, &element));
}

static int
queue_take(void)
{
	int element;

	return sync_queue_get_until(&queue, &element, DEADLINE);
}

static void
queue_ends(void)
{
	SYNC_OK(sync_queue_destroy(&queue));
}

static void *
nothing(void *arg)
{
	return arg;
}

static void
thread_begin(void)
{
	SYNC_OK(sync_thread_start(&thread, nothing, NULL, NULL));
}

static void
thread_give(void)
{
	SYNC_OK(sync_thread_join(&thread, NULL));
}

static int
thread_take(void)
{
	return sync_thread_join_until(&thread, NULL, DEADLINE);
}

static const struct subject a_unit = { sem_begin, sem_give, sem_take };
static const struct subject a_set = { event_begin, event_give, event_take };
static const struct subject zero = { latch_begin, latch_give, latch_take };
static const struct subject a_lock = { mutex_begin, mutex_give, mutex_take };
static const struct subject elements = { queue_begin, queue_give, queue_take };
static const struct subject an_end = { thread_begin, thread_give, thread_take };

#define OF(subject) .begin = begin, .arg = &(subject)

static const struct sim_scenario scenarios[] = {
	{ .name = "a unit beats the deadline", OF(a_unit),
	    .roles = { takes, gives } },
	{ .name = "a set beats the deadline", OF(a_set),
	    .roles = { takes, gives } },
	{ .name = "zero beats the deadline", OF(zero),
	    .roles = { takes, gives } },
	{ .name = "a free lock beats the deadline", OF(a_lock),
	    .roles = { gives, takes } },
	/* One wake is on its way to the first, and must not go to the second. */
	{ .name = "elements beat the deadline", OF(elements),
	    .roles = { takes, takes, gives }, .end = queue_ends, .calm = true },
	{ .name = "an end beats the deadline", OF(an_end),
	    .roles = { takes, gives } },
};

int
main(void)
{
	return sim_main("deadline", scenarios, SIM_COUNT(scenarios));
}
