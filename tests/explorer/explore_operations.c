/* SPDX-License-Identifier: MIT */
/*
 * What the operations of a program do: each returns a number, and notes in which
 * order it reached its object, where other threads can see that order.
 */
#include <libsync/explore.h>

#include "explore_world.h"

static uint32_t
do_atomic(const struct op *op, uint32_t id, unsigned *held)
{
	uint32_t *x = &world->x[op->which], e = 0;

	(void)held;
	switch (op->kind) {
	case OP_LOAD:
		return SYNC_ATOMIC_LOAD(x, op->order);
	case OP_STORE:
		SYNC_ATOMIC_STORE(x, id, op->order);
		break;
	case OP_ADD:
		id = SYNC_ATOMIC_ADD(x, 0x1000, op->order);
		break;
	case OP_EXCHANGE:
		id = SYNC_ATOMIC_EXCHANGE(x, id, op->order);
		break;
	case OP_CAS:
		if (!SYNC_ATOMIC_CAS(x, &e, id, op->order))
			return e;
		break;
	default:
		SYNC_ATOMIC_FENCE();
		return 0;
	}
	note(&orders[OF_X][op->which], id);
	return id;
}

static uint32_t
do_sem(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_sem *s = &world->sem[op->which];
	int err;

	(void)held;
	switch (op->kind) {
	case OP_POST:
		err = sync_sem_post(s);
		break;
	case OP_WAIT:
		err = sync_sem_wait(s);
		break;
	case OP_WAIT_UNTIL:
		err = sync_sem_wait_until(s, deadline_of(op));
		break;
	case OP_TRYWAIT:
		err = sync_sem_trywait(s);
		break;
	default:
		return sync_sem_value(s);
	}
	if (err == 0 && program_calls)
		note(&orders[OF_SEM][op->which], id);
	return (uint32_t)err;
}

static uint32_t
do_event(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_event *e = &world->event[op->which];

	(void)id;
	(void)held;
	switch (op->kind) {
	case OP_SET:
		return (uint32_t)sync_event_set(e);
	case OP_CLEAR:
		return (uint32_t)sync_event_clear(e);
	case OP_IS_SET:
		return sync_event_is_set(e);
	case OP_EVENT_WAIT:
		return (uint32_t)sync_event_wait(e);
	default:
		return (uint32_t)sync_event_wait_until(e, deadline_of(op));
	}
}

static uint32_t
do_time(const struct op *op, uint32_t id, unsigned *held)
{
	(void)id;
	(void)held;
	switch (op->kind) {
	case OP_SLEEP:
		sync_thread_sleep_until(deadline_of(op));
		return 0;
	case OP_NOW:
		return (uint32_t)(sync_time_now() - world->begin);
	case OP_YIELD:
		sync_explore_yield();
		return 0;
	default:
		return sync_explore_choose(2 + op->which);
	}
}

static uint32_t
do_queue(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_queue *q = &world->queue[op->which];
	uint64_t v = id;
	int err;

	(void)held;
	switch (op->kind) {
	case OP_PUT:
		return (uint32_t)sync_queue_put(q, &v);
	case OP_TRYPUT:
		return (uint32_t)sync_queue_tryput(q, &v);
	case OP_GET:
		err = sync_queue_get(q, &v);
		break;
	case OP_TRYGET:
		err = sync_queue_tryget(q, &v);
		break;
	case OP_GET_UNTIL:
		err = sync_queue_get_until(q, &v, deadline_of(op));
		break;
	case OP_CLOSE:
		return (uint32_t)sync_queue_close(q);
	default:
		return (uint32_t)sync_queue_len(q);
	}
	return (uint32_t)err * 1000 + (err == 0 ? (uint32_t)v : 0);
}

static uint32_t
do_life(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_sem *s = &world->sem[op->which];
	struct sync_event *e = &world->event[op->which];

	(void)id;
	(void)held;
	switch (op->kind) {
	case OP_DESTROY_SEM:
		return (uint32_t)sync_sem_destroy(s);
	case OP_DESTROY_EVENT:
		return (uint32_t)sync_event_destroy(e);
	case OP_DESTROY_MUTEX:
		return (uint32_t)sync_mutex_destroy(&world->mutex[op->which]);
	case OP_DESTROY_RWLOCK:
		return (uint32_t)sync_rwlock_destroy(&world->rwlock[op->which]);
	case OP_DESTROY_LATCH:
		return (uint32_t)sync_latch_destroy(&world->latch[op->which]);
	case OP_INIT_SEM:
		return (uint32_t)sync_sem_init(s, 1, 100, 0);
	default:
		return (uint32_t)sync_event_init(e, 0);
	}
}

static bool
poll(const struct op *op)
{
	struct sync_mutex *m = &world->mutex[op->which];
	bool good;

	if (op->kind == OP_POLL_SEM || op->kind == OP_AWAIT_SEM)
		return sync_sem_trywait(&world->sem[op->which]) == 0;
	if (op->kind == OP_POLL_X || op->kind == OP_AWAIT_X)
		return SYNC_ATOMIC_LOAD(&world->x[op->which], op->order) != 0;
	SYNC_OK(sync_mutex_lock(m));
	good = SYNC_READ(world->guarded[op->which]) != 0;
	SYNC_OK(sync_mutex_unlock(m));
	return good;
}

/* Three tries, and it reports how many failed; or as many tries as it takes. */
static uint32_t
do_poll(const struct op *op, uint32_t id, unsigned *held)
{
	uint32_t i;

	(void)id;
	(void)held;
	if (op->kind < OP_AWAIT_SEM) {
		for (i = 0; i < 3 && !poll(op); i++)
			continue;
		return i;
	}
	while (!poll(op))
		continue;
	return 0;
}

static uint32_t
do_latch(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_latch *l = &world->latch[op->which];

	(void)id;
	(void)held;
	switch (op->kind) {
	case OP_COUNT_DOWN:
		return (uint32_t)sync_latch_count_down(l);
	case OP_LATCH_WAIT:
		return (uint32_t)sync_latch_wait(l);
	default:
		return (uint32_t)sync_latch_trywait(l);
	}
}

static uint32_t
do_barrier(const struct op *op, uint32_t id, unsigned *held)
{
	uint32_t index = 0;
	int err = sync_barrier_wait(&world->barrier[op->which], &index);

	(void)id;
	(void)held;
	return (uint32_t)err * 1000 + index;
}

/* Each function has the operations after the row before, up to this one. */
static const struct {
	enum op_kind last;
	uint32_t (*perform)(const struct op *op, uint32_t id, unsigned *held);
} ranges[] = {
	{ OP_FENCE, do_atomic },
	{ OP_WRITE, do_lock },
	{ OP_VALUE, do_sem },
	{ OP_BROADCAST, do_cond },
	{ OP_EVENT_WAIT_UNTIL, do_event },
	{ OP_CHOOSE, do_time },
	{ OP_RW_UNLOCK, do_rwlock },
	{ OP_LATCH_TRYWAIT, do_latch },
	{ OP_LEN, do_queue },
	{ OP_BARRIER, do_barrier },
	{ OP_KUNLOCK, do_owned },
	{ OP_P_WAIT, do_posix },
	{ OP_INIT_EVENT, do_life },
	{ OP_AWAIT_M, do_poll },
};

uint32_t
do_operation(const struct op *op, uint32_t id, unsigned *held)
{
	unsigned i = 0;

	while (op->kind > ranges[i].last)
		i++;
	return ranges[i].perform(op, id, held);
}
