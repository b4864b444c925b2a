/* SPDX-License-Identifier: MIT */
/* An object of each kind, and short workers that use them. */
#include "explore_objects.h"

struct sync_cond c;
struct sync_sem s;
struct sync_event e;
struct sync_latch l;
struct sync_barrier b;
struct sync_rwlock rw;
struct sync_queue q[QUEUES];
uint32_t x[THREADS], ready, plain;
unsigned seen;
static uint64_t room[QUEUES][16];

void
make_objects(void)
{
	struct sync_queue_options o = { .element_size = 8, .capacity = 1,
		.storage_size = sizeof(room[0]) };
	unsigned i;

	the_mutex = (struct sync_mutex)SYNC_MUTEX_INIT;
	c = (struct sync_cond)SYNC_COND_INIT;
	s = (struct sync_sem)SYNC_SEM_INIT(0, 10);
	e = (struct sync_event)SYNC_EVENT_INIT;
	l = (struct sync_latch)SYNC_LATCH_INIT(2);
	SYNC_OK(sync_barrier_init(&b, 3, NULL, NULL, 0));
	SYNC_OK(sync_rwlock_init(&rw, 0));
	for (i = 0; i < QUEUES; i++) {
		o.storage = room[i];
		SYNC_OK(sync_queue_init_with(&q[i], &o));
	}
	memset(x, 0, sizeof(x));
	ready = plain = 0;
}

void
run_fresh(const worker *workers, unsigned n)
{
	make_objects();
	run_workers(workers, n);
}

void *
reads(void *arg)
{
	(void)SYNC_ATOMIC_LOAD(&x[0], SC);
	return arg;
}

void *
writes(void *arg)
{
	SYNC_ATOMIC_STORE(&x[0], 1, SC);
	return arg;
}

void *
posts(void *arg)
{
	SYNC_OK(sync_sem_post(&s));
	return arg;
}

void *
sets(void *arg)
{
	SYNC_OK(sync_event_set(&e));
	return arg;
}

void *
puts_one(void *arg)
{
	uint64_t v = 1;

	SYNC_OK(sync_queue_put(&q[0], &v));
	return arg;
}

void *
makes_ready(void *arg)
{
	SYNC_OK(sync_mutex_lock(&the_mutex));
	plain = 1;
	SYNC_OK(sync_cond_broadcast(&c));
	SYNC_OK(sync_mutex_unlock(&the_mutex));
	return arg;
}
