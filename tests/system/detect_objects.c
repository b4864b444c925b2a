/* SPDX-License-Identifier: MIT */
/* Correct cases: objects that hand data over without a lock. */
#include <errno.h>
#include <stdlib.h>

#include "detect.h"

static struct sync_sem full = SYNC_SEM_INIT(0, 1), room = SYNC_SEM_INIT(1, 1);
static struct sync_event e = SYNC_EVENT_INIT, e2 = SYNC_EVENT_INIT;
static struct sync_latch l = SYNC_LATCH_INIT(2);
static struct sync_barrier b;
static struct sync_queue q;
static struct sync_timer_thread tt;
static struct sync_timer t;
static struct sync_thread joinable;

static void *
sem_puts(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		must(sync_sem_wait(&room));
		data[2] = i;
		must(sync_sem_post(&full));
	}
	return arg;
}

static void *
sem_gets(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (i % 2 == 0)
			must(sync_sem_wait(&full));
		else
			must(sync_sem_wait_until(&full, sync_after_ms(99999)));
		data[2]++;
		must(sync_sem_post_n(&room, 1));
	}
	return arg;
}

void
right_sem(void)
{
	pair(sem_puts, sem_gets);
}

static void *
event_sets(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		data[2]++;
		must(sync_event_set(&e));
		must(sync_event_wait(&e2));
		must(sync_event_clear(&e2));
	}
	return arg;
}

static void *
event_waits(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		if (i % 2 == 0)
			must(sync_event_wait(&e));
		else
			while (!sync_event_is_set(&e))
				sync_thread_sleep_until(sync_after(20000));
		must(sync_event_clear(&e));
		data[2]++;
		must(sync_event_set(&e2));
	}
	return arg;
}

void
right_event(void)
{
	pair(event_sets, event_waits);
}

static void *
latch_downs(void *arg)
{
	*(long *)arg = 1;
	must(sync_latch_count_down(&l));
	must(sync_latch_wait(&l));
	if (data[0] + data[1] != 2)
		exit(4);
	return arg;
}

void
right_latch(void)
{
	pair(latch_downs, latch_downs);
}

static void
barrier_action(void *arg)
{
	*(long *)arg = data[0] + data[1];
}

static void *
barrier_meets(void *arg)
{
	int i;

	for (i = 1; i <= ROUNDS; i++) {
		*(long *)arg = i;
		must(sync_barrier_wait(&b, NULL));
		if (data[2] != 2 * i || data[0] != data[1])
			exit(4);
		must(sync_barrier_wait_until(&b, NULL, sync_after_ms(99999)));
	}
	return arg;
}

void
right_barrier(void)
{
	must(sync_barrier_init(&b, 2, barrier_action, &data[2], 0));
	pair(barrier_meets, barrier_meets);
	must(sync_barrier_destroy(&b));
}

static void *
queue_puts(void *arg)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		long *p = malloc(sizeof(*p));

		if (p == NULL)
			exit(5);
		*p = i;
		must(sync_queue_put(&q, &p));
	}
	must(sync_queue_join(&q));
	data[2]++;
	must(sync_queue_close(&q));
	return arg;
}

static void *
queue_gets(void *arg)
{
	long *p;

	while (sync_queue_get(&q, &p) == 0) {
		*p += 1;
		free(p);
		data[2]++;
		must(sync_queue_task_done(&q));
	}
	return arg;
}

void
right_queue(void)
{
	must(sync_queue_init(&q, SYNC_FIFO, sizeof(long *), 3));
	pair(queue_puts, queue_gets);
	must(sync_queue_destroy(&q));
}

static void
ticks(struct sync_timer *timer, const struct sync_tick *tick, void *arg)
{
	(void)tick;
	++*(long *)arg;
	if (*(long *)arg < 5)
		must(sync_timer_arm(timer, sync_after(100000)));
	else
		must(sync_event_set(&e));
}

void
right_timer(void)
{
	must(sync_timer_thread_init(&tt, NULL));
	must(sync_timer_init(&t, &tt, ticks, &data[2]));
	data[2] = 0;
	must(sync_timer_arm(&t, 0));
	must(sync_event_wait(&e));
	if (data[2] != 5)
		exit(4);
	must(sync_timer_join(&t));
	data[2] = 4;
	must(sync_timer_arm(&t, 0));
	must(sync_event_clear(&e));
	while (sync_timer_cancel(&t) != ENOENT)
		(void)sync_timer_join(&t);
	data[2]++;
	must(sync_timer_thread_destroy(&tt));
}

static void *
thread_writes(void *arg)
{
	data[3]++;
	return arg;
}

static void *
thread_joins(void *arg)
{
	must(sync_thread_join(&joinable, NULL));
	*(long *)arg = data[3];
	return arg;
}

void
right_thread(void)
{
	data[3] = 1;
	must(sync_thread_start(&joinable, thread_writes, NULL, NULL));
	pair(thread_joins, thread_joins); /* both may do so, and both see it */
	while (sync_thread_tryjoin(&joinable, NULL) != 0)
		continue;
	data[3]++;
}
