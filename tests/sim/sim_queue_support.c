/* SPDX-License-Identifier: MIT */
#include "sim_queue_support.h"

struct sync_queue q;
int payload[2];
int answer;

void
queue_begin(const void *arg)
{
	const struct queue_start *start = arg;
	unsigned i;

	answer = 0;
	SYNC_OK(sync_queue_init(
	    &q, start->order, sizeof(int *), start->capacity));
	for (i = 0; i < start->held; i++)
		put(i, (int)i + 1);
}

void
put(unsigned i, int value)
{
	int *p = &payload[i];

	SYNC_WRITE(payload[i]) = value;
	SYNC_OK(sync_queue_put(&q, &p));
}

int *
got(void)
{
	int *p;

	SYNC_OK(sync_queue_get(&q, &p));
	SYNC_ASSERT(SYNC_READ(*p) == 1 + (p == &payload[1]));
	return p;
}

void
put_first(unsigned me)
{
	(void)me;
	put(0, 1);
}

void
put_second(unsigned me)
{
	(void)me;
	put(1, 2);
}

void
put_both(unsigned me)
{
	(void)me;
	put(0, 1);
	put(1, 2);
}

void
get_one(unsigned me)
{
	int *p = got();

	(void)me;
	SYNC_WRITE(*p) = 9; /* it belongs to the consumer now */
}

void
get_both(unsigned me)
{
	int *p = got();

	(void)me;
	SYNC_ASSERT(p != got());
}

void
get_and_take(unsigned me)
{
	int *p = NULL;

	(void)me;
	if (sync_queue_get_until(&q, &p, sim_soon(0)) == 0)
		SYNC_ASSERT(SYNC_READ(*p) == 1);
	else
		SYNC_ASSERT(p == NULL);
}

void
work(unsigned me)
{
	int *p;

	(void)me;
	SYNC_OK(sync_queue_get(&q, &p));
	SYNC_WRITE(answer) = SYNC_READ(*p) + 1;
	SYNC_OK(sync_queue_task_done(&q));
}

void
close_queue(unsigned me)
{
	(void)me;
	SYNC_OK(sync_queue_close(&q));
}

static void
drop(void *element, void *arg)
{
	int *p;

	memcpy(&p, element, sizeof(p));
	(void)arg;
	SYNC_WRITE(answer) = SYNC_READ(*p) + 1;
}

void
close_now(unsigned me)
{
	(void)me;
	SYNC_OK(sync_queue_close_now(&q, drop, NULL));
}
