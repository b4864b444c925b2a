/* SPDX-License-Identifier: MIT */
#include "sim_timer_support.h"

struct sync_timer_thread tt;
struct sync_timer timer, second, third;
struct sync_sem called;
struct sync_mutex lock;
struct sync_event go;
int input, output;
struct timer_call calls[CALLS];
unsigned ncalls;
bool inside;

void
enter(struct sync_timer *t, const struct sync_tick *tick)
{
	SYNC_ASSERT(!inside);
	SYNC_ASSERT(ncalls < CALLS);
	SYNC_ASSERT(tick->late >= 0);
	SYNC_ASSERT(tick->due + tick->late <= sync_time_now());
	inside = true;
	calls[ncalls].timer = t;
	calls[ncalls++].tick = *tick;
}

void
leave(void)
{
	inside = false;
	SYNC_OK(sync_sem_post(&called));
}

void
count(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	leave();
}

void
waits_and_arms(struct sync_timer *t, const struct sync_tick *tick, void *arg)
{
	(void)arg;
	enter(t, tick);
	if (ncalls == 1) {
		SYNC_OK(sync_sem_post(&called)); /* I am in */
		SYNC_OK(sync_event_wait(&go));
		SYNC_ASSERT(sync_timer_arm(t, SYNC_NEVER) == ECANCELED);
		SYNC_ASSERT(sync_timer_arm_every(
		    t, SYNC_NEVER, 1, SYNC_TIMER_ALL) == ECANCELED);
	}
	leave();
}

void
init(void (*fn)(struct sync_timer *, const struct sync_tick *, void *))
{
	ncalls = 0;
	inside = false;
	input = output = 0;
	memset(&lock, 0, sizeof(lock));
	SYNC_OK(sync_sem_init(&called, 0, SYNC_SEM_MAX, 0));
	SYNC_OK(sync_event_init(&go, 0));
	SYNC_OK(sync_timer_thread_init(&tt, NULL));
	SYNC_OK(sync_timer_init(&timer, &tt, fn, &input));
}

void
end(unsigned expected)
{
	SYNC_OK(sync_timer_thread_destroy(&tt));
	sim_free(&tt, sizeof(tt));
	SYNC_ASSERT(ncalls == expected && !inside);
}

void
wait_for_call(void)
{
	SYNC_OK(sync_sem_wait(&called));
}

void
untouched(const void *p, size_t size)
{
	const unsigned char *bytes = p;
	size_t i;

	for (i = 0; i < size; i++)
		SYNC_ASSERT(bytes[i] == 0xa5);
}
