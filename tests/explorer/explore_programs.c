/* SPDX-License-Identifier: MIT */
#include <libsync.h>
#include <libsync/explore.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "explore_programs.h"
#include "explorer.h"

/*
 * As the linker leads them there.
 * NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c): its names
 */
int __wrap_pthread_mutex_lock(pthread_mutex_t *);
int __wrap_pthread_mutex_trylock(pthread_mutex_t *);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *);
int __wrap_pthread_cond_wait(pthread_cond_t *, pthread_mutex_t *);
int __wrap_pthread_cond_signal(pthread_cond_t *);
int __wrap_pthread_cond_broadcast(pthread_cond_t *);
int __wrap_sem_post(sem_t *);
int __wrap_sem_wait(sem_t *);
/* NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c) */

#define OBJECTS 2 /* of each kind */
#define LOG     64

/* The operations that reached an object, and their results. */
struct log {
	uint32_t at[LOG];
	unsigned n;
};

struct world {
	uint32_t x[OBJECTS];
	uint32_t guarded[OBJECTS];
	struct sync_mutex mutex[OBJECTS];
	struct sync_cond cond[OBJECTS];
	struct sync_sem sem[OBJECTS];
	struct sync_event event[OBJECTS];
	struct sync_rwlock rwlock[OBJECTS];
	uint32_t rw_guarded[OBJECTS];
	struct sync_latch latch[OBJECTS];
	struct sync_queue queue[OBJECTS]; /* one of each kind */
	uint64_t room[OBJECTS][8];
	struct sync_barrier barrier[OBJECTS];
	struct sync_rmutex rmutex[OBJECTS];
	struct sync_kmutex kmutex[OBJECTS];
	pthread_mutex_t p_mutex[OBJECTS];
	pthread_cond_t p_cond[OBJECTS];
	sem_t p_sem[OBJECTS];
	sync_time begin;
};
static struct world worlds[PROGRAM_PLACES], *world = worlds;
static uint64_t runs;
unsigned program_places = 1;
bool program_calls = true;

static struct log returned[MAX_THREADS];
/* Of variables, mutexes, semaphores, guarded; rwlocks and other mutexes. */
#define ORDERS 8
static struct log orders[ORDERS][OBJECTS];
static const struct program *running;

uint64_t
random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned
below(uint64_t *state, unsigned n)
{
	return (unsigned)((random_next(state) >> 11) % n);
}

static const struct {
	const char *name;
	unsigned use;
	unsigned weight;
} kinds[OP_KINDS] = {
	[OP_LOAD] = { "load x", USE_ATOMICS, 4 },
	[OP_STORE] = { "store x", USE_ATOMICS, 4 },
	[OP_ADD] = { "add x", USE_ATOMICS, 2 },
	[OP_EXCHANGE] = { "exchange x", USE_ATOMICS, 1 },
	[OP_CAS] = { "cas x", USE_ATOMICS, 2 },
	[OP_FENCE] = { "fence", USE_ATOMICS | USE_ORDERS, 2 },
	[OP_LOCK] = { "lock m", USE_LOCKS, 4 },
	[OP_LOCK_UNTIL] = { "lock_until m", USE_LOCKS | USE_TIME, 2 },
	[OP_TRYLOCK] = { "trylock m", USE_LOCKS | USE_TRIES, 3 },
	[OP_UNLOCK] = { "unlock m", USE_LOCKS, 0 },
	[OP_READ] = { "read g", USE_LOCKS, 0 },
	[OP_WRITE] = { "write g", USE_LOCKS, 0 },
	[OP_POST] = { "post s", USE_SEMS, 4 },
	[OP_WAIT] = { "wait s", USE_SEMS | USE_FOREVER, 2 },
	[OP_WAIT_UNTIL] = { "wait_until s", USE_SEMS | USE_TIME, 2 },
	[OP_TRYWAIT] = { "trywait s", USE_SEMS | USE_TRIES, 3 },
	[OP_VALUE] = { "value s", USE_SEMS | USE_TRIES, 1 },
	[OP_COND_WAIT] = { "cond_wait c", USE_CONDS | USE_FOREVER, 0 },
	[OP_COND_WAIT_UNTIL] = { "cond_wait_until c", USE_CONDS | USE_TIME, 0 },
	[OP_SIGNAL] = { "signal c", USE_CONDS, 3 },
	[OP_BROADCAST] = { "broadcast c", USE_CONDS, 1 },
	[OP_SET] = { "set e", USE_EVENTS, 3 },
	[OP_CLEAR] = { "clear e", USE_EVENTS, 2 },
	[OP_IS_SET] = { "is_set e", USE_EVENTS, 2 },
	[OP_EVENT_WAIT] = { "event_wait e", USE_EVENTS | USE_FOREVER, 1 },
	[OP_EVENT_WAIT_UNTIL] = { "event_wait_until e",
		USE_EVENTS | USE_TIME, 2 },
	[OP_SLEEP] = { "sleep", USE_TIME, 2 },
	[OP_NOW] = { "now", USE_TIME, 2 },
	[OP_YIELD] = { "yield", USE_YIELDS, 2 },
	[OP_CHOOSE] = { "choose", USE_CHOICES, 2 },
	[OP_RDLOCK] = { "rdlock r", USE_RWLOCKS, 4 },
	[OP_WRLOCK] = { "wrlock r", USE_RWLOCKS, 3 },
	[OP_TRYRDLOCK] = { "tryrdlock r", USE_RWLOCKS | USE_TRIES, 1 },
	[OP_TRYWRLOCK] = { "trywrlock r", USE_RWLOCKS | USE_TRIES, 1 },
	[OP_WRLOCK_UNTIL] = { "wrlock_until r", USE_RWLOCKS | USE_TIME, 2 },
	[OP_RW_READ] = { "read r", USE_RWLOCKS, 0 },
	[OP_RW_WRITE] = { "write r", USE_RWLOCKS, 0 },
	[OP_RW_UNLOCK] = { "unlock r", USE_RWLOCKS, 0 },
	[OP_COUNT_DOWN] = { "count_down l", USE_LATCHES, 3 },
	[OP_LATCH_WAIT] = { "wait l", USE_LATCHES | USE_FOREVER, 2 },
	[OP_LATCH_TRYWAIT] = { "trywait l", USE_LATCHES | USE_TRIES, 1 },
	[OP_PUT] = { "put q", USE_QUEUES, 4 },
	[OP_TRYPUT] = { "tryput q", USE_QUEUES | USE_TRIES, 1 },
	[OP_GET] = { "get q", USE_QUEUES | USE_FOREVER, 3 },
	[OP_TRYGET] = { "tryget q", USE_QUEUES | USE_TRIES, 2 },
	[OP_GET_UNTIL] = { "get_until q", USE_QUEUES | USE_TIME, 2 },
	[OP_CLOSE] = { "close q", USE_QUEUES, 1 },
	[OP_LEN] = { "len q", USE_QUEUES | USE_TRIES, 1 },
	[OP_BARRIER] = { "wait b", USE_BARRIERS | USE_FOREVER, 2 },
	[OP_RLOCK] = { "lock rm", USE_RMUTEXES, 3 },
	[OP_RTRYLOCK] = { "trylock rm", USE_RMUTEXES | USE_TRIES, 1 },
	[OP_RUNLOCK] = { "unlock rm", USE_RMUTEXES, 0 },
	[OP_KLOCK] = { "lock km", USE_KMUTEXES, 3 },
	[OP_KTRYLOCK] = { "trylock km", USE_KMUTEXES | USE_TRIES, 1 },
	[OP_KUNLOCK] = { "unlock km", USE_KMUTEXES, 0 },
	[OP_P_LOCK] = { "lock pm", USE_POSIX, 4 },
	[OP_P_TRYLOCK] = { "trylock pm", USE_POSIX | USE_TRIES, 1 },
	[OP_P_UNLOCK] = { "unlock pm", USE_POSIX, 0 },
	[OP_P_COND_WAIT] = { "cond_wait pc", USE_POSIX | USE_FOREVER, 0 },
	[OP_P_SIGNAL] = { "signal pc", USE_POSIX, 2 },
	[OP_P_BROADCAST] = { "broadcast pc", USE_POSIX, 1 },
	[OP_P_POST] = { "post ps", USE_POSIX, 2 },
	[OP_P_WAIT] = { "wait ps", USE_POSIX | USE_FOREVER, 1 },
	[OP_DESTROY_SEM] = { "destroy s", USE_SEMS | USE_DESTROY, 2 },
	[OP_DESTROY_EVENT] = { "destroy e", USE_EVENTS | USE_DESTROY, 2 },
	[OP_DESTROY_MUTEX] = { "destroy m", USE_LOCKS | USE_DESTROY, 2 },
	[OP_DESTROY_RWLOCK] = { "destroy r", USE_RWLOCKS | USE_DESTROY, 1 },
	[OP_DESTROY_LATCH] = { "destroy l", USE_LATCHES | USE_DESTROY, 1 },
	[OP_INIT_SEM] = { "init s", USE_SEMS | USE_DESTROY, 1 },
	[OP_INIT_EVENT] = { "init e", USE_EVENTS | USE_DESTROY, 1 },
	[OP_POLL_SEM] = { "poll s", USE_SEMS | USE_POLLS, 2 },
	[OP_POLL_X] = { "poll x", USE_ATOMICS | USE_POLLS, 2 },
	[OP_POLL_M] = { "poll m", USE_LOCKS | USE_POLLS, 2 },
	[OP_AWAIT_SEM] = { "await s", USE_SEMS | USE_AWAITS, 2 },
	[OP_AWAIT_X] = { "await x", USE_ATOMICS | USE_AWAITS, 2 },
	[OP_AWAIT_M] = { "await m", USE_LOCKS | USE_AWAITS, 2 },
};

static bool
usable(unsigned kind, unsigned use)
{
	return (kinds[kind].use & ~use) == 0;
}

static struct op
any_op(uint64_t *r, unsigned use)
{
	static const uint8_t loads[] = { __ATOMIC_RELAXED, __ATOMIC_ACQUIRE,
		__ATOMIC_SEQ_CST };
	static const uint8_t stores[] = { __ATOMIC_RELAXED, __ATOMIC_RELEASE,
		__ATOMIC_SEQ_CST };
	static const uint8_t changes[] = { __ATOMIC_RELAXED, __ATOMIC_ACQUIRE,
		__ATOMIC_RELEASE, __ATOMIC_ACQ_REL, __ATOMIC_SEQ_CST };
	unsigned total = 0, k, at;
	struct op op = { 0 };

	for (k = 0; k < OP_KINDS; k++)
		total += usable(k, use) ? kinds[k].weight : 0;
	at = below(r, total);
	for (k = 0; !usable(k, use) || at >= kinds[k].weight; k++)
		at -= usable(k, use) ? kinds[k].weight : 0;
	op.kind = (uint8_t)k;
	op.which = (uint8_t)below(r, OBJECTS);
	op.when = (uint8_t)(1 + below(r, 3));
	op.order = __ATOMIC_SEQ_CST;
	if ((use & USE_ORDERS) && k == OP_LOAD)
		op.order = loads[below(r, 3)];
	else if ((use & USE_ORDERS) && k == OP_STORE)
		op.order = stores[below(r, 3)];
	else if ((use & USE_ORDERS) && k < OP_FENCE)
		op.order = changes[below(r, 5)];
	return op;
}

static void
append(struct program *p, unsigned t, struct op op)
{
	if (p->nops[t] < MAX_OPS)
		p->ops[t][p->nops[t]++] = op;
}

/* A lock, something under it, and its unlock. */
static void
append_section(struct program *p, unsigned t, struct op op, uint64_t *r,
    unsigned use)
{
	unsigned what = below(r, 4);

	append(p, t, op);
	if ((use & USE_CONDS) && what < 2)
		op.kind = (use & USE_TIME)
		    && (!(use & USE_FOREVER) || below(r, 2))
		    ? OP_COND_WAIT_UNTIL : OP_COND_WAIT;
	else
		op.kind = what == 3 ? OP_READ : OP_WRITE;
	if (usable(op.kind, use) && what != 0)
		append(p, t, op);
	op.kind = OP_UNLOCK;
	append(p, t, op);
}

/* Likewise with a lock of another kind. */
static void
append_other_section(struct program *p, unsigned t, struct op op, uint64_t *r,
    unsigned use)
{
	unsigned what = below(r, 3);

	append(p, t, op);
	if (op.kind >= OP_P_LOCK) {
		if ((use & USE_FOREVER) && what == 0) {
			op.kind = OP_P_COND_WAIT;
			append(p, t, op);
		}
		op.kind = OP_P_UNLOCK;
	} else if (op.kind >= OP_RLOCK) {
		op.kind = op.kind >= OP_KLOCK ? OP_KUNLOCK : OP_RUNLOCK;
	} else {
		op.kind = op.kind == OP_RDLOCK || op.kind == OP_TRYRDLOCK
		    ? OP_RW_READ : OP_RW_WRITE;
		if (what == 0)
			append(p, t, op);
		op.kind = OP_RW_UNLOCK;
	}
	append(p, t, op);
}

static bool
is_other_lock(const struct op *op)
{
	return (op->kind >= OP_RDLOCK && op->kind <= OP_WRLOCK_UNTIL)
	    || op->kind == OP_RLOCK || op->kind == OP_RTRYLOCK
	    || op->kind == OP_KLOCK || op->kind == OP_KTRYLOCK
	    || op->kind == OP_P_LOCK || op->kind == OP_P_TRYLOCK;
}

void
program_make(struct program *p, uint64_t seed, unsigned use, unsigned threads,
    unsigned ops)
{
	uint64_t r = seed;
	unsigned t;

	memset(p, 0, sizeof(*p));
	p->nthreads = threads;
	for (t = (use & USE_MAIN) ? 0 : 1; t < threads; t++) {
		while (p->nops[t] < ops) {
			struct op op = any_op(&r, use);

			if (op.kind == OP_LOCK || op.kind == OP_LOCK_UNTIL
			    || op.kind == OP_TRYLOCK)
				append_section(p, t, op, &r, use);
			else if (is_other_lock(&op))
				append_other_section(p, t, op, &r, use);
			else
				append(p, t, op);
		}
	}
}

void
program_print(const struct program *p, FILE *to)
{
	static const char *const orders_[] = { "rlx", "con", "acq", "rel",
		"a_r", "sc" };
	unsigned t, i;

	for (t = 0; t < p->nthreads; t++) {
		(void)fprintf(to, "  thread %u:", t);
		for (i = 0; i < p->nops[t]; i++) {
			const struct op *op = &p->ops[t][i];

			(void)fprintf(to, " %s%u", kinds[op->kind].name,
			    op->which);
			if (kinds[op->kind].use & USE_ATOMICS)
				(void)fprintf(to, ".%s", orders_[op->order]);
			if (kinds[op->kind].use & USE_TIME)
				(void)fprintf(to, "@%u", op->when);
			(void)fprintf(to, ";");
		}
		(void)fprintf(to, "\n");
	}
}

static void
note(struct log *l, uint64_t v)
{
	if (l->n < LOG)
		l->at[l->n++] = (uint32_t)v;
}

static uint32_t
do_atomic(const struct op *op, uint32_t id)
{
	uint32_t *x = &world->x[op->which], e = 0;

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
	note(&orders[0][op->which], id);
	return id;
}

static uint32_t
do_lock(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_mutex *m = &world->mutex[op->which];
	struct sync_cond *c = &world->cond[op->which];
	unsigned bit = 1u << op->which;
	sync_time deadline = world->begin + op->when * INT64_C(1000000);
	int err = 0;

	if (op->kind != OP_LOCK && op->kind != OP_LOCK_UNTIL
	    && op->kind != OP_TRYLOCK && !(*held & bit))
		return 0;
	switch (op->kind) {
	case OP_LOCK:
		err = sync_mutex_lock(m);
		break;
	case OP_LOCK_UNTIL:
		err = sync_mutex_lock_until(m, deadline);
		break;
	case OP_TRYLOCK:
		err = sync_mutex_trylock(m);
		break;
	case OP_UNLOCK:
		*held &= ~bit;
		return (uint32_t)sync_mutex_unlock(m);
	case OP_READ:
		return SYNC_READ(world->guarded[op->which]);
	case OP_WRITE:
		SYNC_WRITE(world->guarded[op->which]) = id;
		return id;
	case OP_COND_WAIT:
		err = sync_cond_wait(c, m);
		break;
	default:
		err = sync_cond_wait_until(c, m, deadline);
		note(&orders[1][op->which], id);
		return (uint32_t)err;
	}
	if (err == 0) {
		*held |= bit;
		note(&orders[1][op->which], id);
	}
	return (uint32_t)err;
}

static uint32_t
do_signal(const struct op *op, uint32_t id)
{
	struct sync_sem *s = &world->sem[op->which];
	struct sync_event *e = &world->event[op->which];
	sync_time deadline = world->begin + op->when * INT64_C(1000000);
	int err;

	switch (op->kind) {
	case OP_POST:
		err = sync_sem_post(s);
		break;
	case OP_WAIT:
		err = sync_sem_wait(s);
		break;
	case OP_WAIT_UNTIL:
		err = sync_sem_wait_until(s, deadline);
		break;
	case OP_TRYWAIT:
		err = sync_sem_trywait(s);
		break;
	case OP_VALUE:
		return sync_sem_value(s);
	case OP_SIGNAL:
		return (uint32_t)sync_cond_signal(&world->cond[op->which]);
	case OP_BROADCAST:
		return (uint32_t)sync_cond_broadcast(&world->cond[op->which]);
	case OP_SET:
		return (uint32_t)sync_event_set(e);
	case OP_CLEAR:
		return (uint32_t)sync_event_clear(e);
	case OP_IS_SET:
		return sync_event_is_set(e);
	case OP_EVENT_WAIT:
		return (uint32_t)sync_event_wait(e);
	default:
		return (uint32_t)sync_event_wait_until(e, deadline);
	}
	if (err == 0 && program_calls)
		note(&orders[2][op->which], id);
	return (uint32_t)err;
}

/* Locks that are held, by kind: a bit each. */
#define HELD_RW(i) (0x100u << (i))
#define HELD_RM(i) (0x400u << (i))
#define HELD_KM(i) (0x1000u << (i))
#define HELD_PM(i) (0x4000u << (i))

static uint32_t
took(int err, unsigned bit, const struct op *op, uint32_t id, unsigned *held)
{
	unsigned kind = bit >= HELD_PM(0) ? 7 : bit >= HELD_KM(0) ? 6
	    : bit >= HELD_RM(0) ? 5 : 4;

	if (err == 0) {
		*held |= bit;
		note(&orders[kind][op->which], id);
	}
	return (uint32_t)err;
}

static uint32_t
do_rwlock(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_rwlock *l = &world->rwlock[op->which];
	sync_time deadline = world->begin + op->when * INT64_C(1000000);
	unsigned bit = HELD_RW(op->which);

	if (op->kind >= OP_RW_READ && !(*held & bit))
		return 0;
	switch (op->kind) {
	case OP_RDLOCK: /* readers do not see each other's order */
	case OP_TRYRDLOCK:
		id = 0;
		return took(op->kind == OP_RDLOCK ? sync_rwlock_rdlock(l)
						  : sync_rwlock_tryrdlock(l),
		    bit, op, id, held);
	case OP_WRLOCK:
		return took(sync_rwlock_wrlock(l), bit, op, id, held);
	case OP_TRYWRLOCK:
		return took(sync_rwlock_trywrlock(l), bit, op, id, held);
	case OP_WRLOCK_UNTIL:
		return took(sync_rwlock_wrlock_until(l, deadline), bit, op, id,
		    held);
	case OP_RW_READ:
		return SYNC_READ(world->rw_guarded[op->which]);
	case OP_RW_WRITE:
		SYNC_WRITE(world->rw_guarded[op->which]) = id;
		return id;
	default:
		*held &= ~bit;
		return (uint32_t)sync_rwlock_unlock(l);
	}
}

static uint32_t
do_queue(const struct op *op, uint32_t id)
{
	struct sync_queue *q = &world->queue[op->which];
	sync_time deadline = world->begin + op->when * INT64_C(1000000);
	uint64_t v = id;
	int err;

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
		err = sync_queue_get_until(q, &v, deadline);
		break;
	case OP_CLOSE:
		return (uint32_t)sync_queue_close(q);
	default:
		return (uint32_t)sync_queue_len(q);
	}
	return (uint32_t)err * 1000 + (err == 0 ? (uint32_t)v : 0);
}

static uint32_t
do_owned(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_rmutex *rm = &world->rmutex[op->which];
	struct sync_kmutex *km = &world->kmutex[op->which];
	unsigned rbit = HELD_RM(op->which), kbit = HELD_KM(op->which);

	switch (op->kind) {
	case OP_RLOCK:
		return took(sync_rmutex_lock(rm), rbit, op, id, held);
	case OP_RTRYLOCK:
		return took(sync_rmutex_trylock(rm), rbit, op, id, held);
	case OP_RUNLOCK:
		return *held & rbit ? (uint32_t)sync_rmutex_unlock(rm) : 0;
	case OP_KLOCK:
		return took(sync_kmutex_lock(km), kbit, op, id, held);
	case OP_KTRYLOCK:
		return took(sync_kmutex_trylock(km), kbit, op, id, held);
	default:
		if (!(*held & kbit))
			return 0;
		*held &= ~kbit;
		return (uint32_t)sync_kmutex_unlock(km);
	}
}

static uint32_t
do_posix(const struct op *op, uint32_t id, unsigned *held)
{
	pthread_mutex_t *m = &world->p_mutex[op->which];
	pthread_cond_t *c = &world->p_cond[op->which];
	unsigned bit = HELD_PM(op->which);

	if ((op->kind == OP_P_UNLOCK || op->kind == OP_P_COND_WAIT)
	    && !(*held & bit))
		return 0;
	switch (op->kind) {
	case OP_P_LOCK:
		return took(__wrap_pthread_mutex_lock(m), bit, op, id, held);
	case OP_P_TRYLOCK:
		return took(__wrap_pthread_mutex_trylock(m), bit, op, id, held);
	case OP_P_UNLOCK:
		*held &= ~bit;
		return (uint32_t)__wrap_pthread_mutex_unlock(m);
	case OP_P_COND_WAIT:
		return took(__wrap_pthread_cond_wait(c, m), bit, op, id, held);
	case OP_P_SIGNAL:
		return (uint32_t)__wrap_pthread_cond_signal(c);
	case OP_P_BROADCAST:
		return (uint32_t)__wrap_pthread_cond_broadcast(c);
	case OP_P_POST:
		return (uint32_t)__wrap_sem_post(&world->p_sem[op->which]);
	default:
		id = (uint32_t)__wrap_sem_wait(&world->p_sem[op->which]);
		return id;
	}
}

static uint32_t
do_life(const struct op *op)
{
	struct sync_sem *s = &world->sem[op->which];
	struct sync_event *e = &world->event[op->which];

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
do_poll(const struct op *op)
{
	uint32_t i;

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
do_other(const struct op *op, uint32_t id, unsigned *held)
{
	struct sync_latch *l = &world->latch[op->which];
	uint32_t index = 0;
	int err;

	if (op->kind <= OP_RW_UNLOCK)
		return do_rwlock(op, id, held);
	if (op->kind >= OP_PUT && op->kind <= OP_LEN)
		return do_queue(op, id);
	if (op->kind >= OP_RLOCK && op->kind <= OP_KUNLOCK)
		return do_owned(op, id, held);
	if (op->kind >= OP_P_LOCK && op->kind <= OP_P_WAIT)
		return do_posix(op, id, held);
	if (op->kind >= OP_POLL_SEM)
		return do_poll(op);
	if (op->kind >= OP_DESTROY_SEM)
		return do_life(op);
	switch (op->kind) {
	case OP_COUNT_DOWN:
		return (uint32_t)sync_latch_count_down(l);
	case OP_LATCH_WAIT:
		return (uint32_t)sync_latch_wait(l);
	case OP_LATCH_TRYWAIT:
		return (uint32_t)sync_latch_trywait(l);
	default:
		err = sync_barrier_wait(&world->barrier[op->which], &index);
		return (uint32_t)err * 1000 + index;
	}
}

static uint32_t
do_op(const struct op *op, uint32_t id, unsigned *held)
{
	if (op->kind >= OP_RDLOCK)
		return do_other(op, id, held);
	if (op->kind <= OP_FENCE)
		return do_atomic(op, id);
	if (op->kind <= OP_WRITE || op->kind == OP_COND_WAIT
	    || op->kind == OP_COND_WAIT_UNTIL)
		return do_lock(op, id, held);
	if (op->kind <= OP_EVENT_WAIT_UNTIL)
		return do_signal(op, id);
	switch (op->kind) {
	case OP_SLEEP:
		sync_thread_sleep_until(
		    world->begin + op->when * INT64_C(1000000));
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

static void
run_thread(unsigned t)
{
	unsigned i, held = 0;

	for (i = 0; i < running->nops[t]; i++)
		note(&returned[t],
		    do_op(&running->ops[t][i], t * 16 + i + 1, &held));
	note(&returned[t], 0xffff);
}

static void *
thread_main(void *arg)
{
	run_thread((unsigned)(uintptr_t)arg);
	return NULL;
}

static unsigned
uses(const struct program *p)
{
	unsigned t, i, use = 0;

	for (t = 0; t < p->nthreads; t++)
		for (i = 0; i < p->nops[t]; i++)
			use |= kinds[p->ops[t][i].kind].use;
	return use;
}

/* Before there are threads; if no step is needed, none is made. */
static void
make_objects(unsigned use)
{
	static const enum sync_queue_order kind[OBJECTS] = { SYNC_FIFO,
		SYNC_LIFO };
	unsigned i;

	for (i = 0; i < OBJECTS; i++) {
		struct sync_queue_options o = { .order = kind[i],
			.element_size = 8, .capacity = 1,
			.storage = world->room[i],
			.storage_size = sizeof(world->room[i]) };

		world->sem[i] = (struct sync_sem)SYNC_SEM_INIT(0, 100);
		world->latch[i] = (struct sync_latch)SYNC_LATCH_INIT(2);
		if (use & USE_QUEUES)
			SYNC_OK(sync_queue_init_with(&world->queue[i], &o));
		if (use & USE_BARRIERS)
			SYNC_OK(sync_barrier_init(
			    &world->barrier[i], 2, NULL, NULL, 0));
		if (use & USE_KMUTEXES)
			SYNC_OK(sync_kmutex_init(&world->kmutex[i], 0));
	}
}

void
program_run(void *program)
{
	struct sync_thread threads[MAX_THREADS];
	unsigned t;

	running = program;
	world = &worlds[random_next(&runs) % program_places];
	memset(world, 0, sizeof(*world));
	memset(returned, 0, sizeof(returned));
	memset(orders, 0, sizeof(orders));
	make_objects(uses(running));
	world->begin = sync_time_now();
	for (t = 1; t < running->nthreads; t++)
		SYNC_OK(sync_thread_start(
		    &threads[t], thread_main, (void *)(uintptr_t)t, NULL));
	run_thread(0);
	for (t = 1; t < running->nthreads; t++)
		SYNC_OK(sync_thread_join(&threads[t], NULL));
}

static uint64_t
mix(uint64_t h, const struct log *l)
{
	unsigned i;

	for (i = 0; i < l->n; i++)
		h = (h ^ l->at[i]) * UINT64_C(0x100000001b3);
	return (h ^ 0xfe00) * UINT64_C(0x100000001b3);
}

uint64_t
program_outcome(void)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);
	unsigned i, j;

	for (i = 0; i < MAX_THREADS; i++)
		h = mix(h, &returned[i]);
	for (i = 0; i < ORDERS; i++)
		for (j = 0; j < OBJECTS; j++)
			h = mix(h, &orders[i][j]);
	return h;
}

static void
print_log(FILE *to, const char *name, unsigned i, const struct log *l)
{
	unsigned j;

	(void)fprintf(to, " %s%u:", name, i);
	for (j = 0; j < l->n; j++)
		(void)fprintf(to, " %x", l->at[j]);
	(void)fprintf(to, ";");
}

void
program_print_outcome(FILE *to)
{
	static const char *const names[ORDERS] = { "x", "m", "s", "g", "r",
		"rm", "km", "pm" };
	unsigned i, j;

	for (i = 0; i < MAX_THREADS; i++)
		print_log(to, "thread ", i, &returned[i]);
	for (i = 0; i < ORDERS; i++)
		for (j = 0; j < OBJECTS; j++)
			if (orders[i][j].n > 0)
				print_log(to, names[i], j, &orders[i][j]);
	(void)fprintf(to, "\n");
}

void
outcomes_add(struct outcomes *s, uint64_t v)
{
	if (s->n == s->room) {
		outcomes_sort(s);
		if (s->n * 2 >= s->room) {
			s->room = s->room == 0 ? 1024 : s->room * 2;
			s->at = realloc(s->at, s->room * sizeof(*s->at));
			if (s->at == NULL)
				abort();
		}
	}
	s->at[s->n++] = v;
	s->sorted = false;
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void
outcomes_sort(struct outcomes *s)
{
	size_t i, n = 0;

	if (s->sorted || s->n == 0)
		return;
	qsort(s->at, s->n, sizeof(*s->at), compare);
	for (i = 0; i < s->n; i++)
		if (n == 0 || s->at[i] != s->at[n - 1])
			s->at[n++] = s->at[i];
	s->n = n;
	s->sorted = true;
}

bool
outcomes_has(struct outcomes *s, uint64_t v)
{
	outcomes_sort(s);
	return s->n > 0
	    && bsearch(&v, s->at, s->n, sizeof(*s->at), compare) != NULL;
}

bool
outcomes_equal(struct outcomes *a, struct outcomes *b)
{
	outcomes_sort(a);
	outcomes_sort(b);
	return a->n == b->n
	    && (a->n == 0 || memcmp(a->at, b->at, a->n * sizeof(*a->at)) == 0);
}

void
outcomes_free(struct outcomes *s)
{
	free(s->at);
	*s = (struct outcomes) { 0 };
}

void
exhaust(struct exhaust *x)
{
	struct sim_limits limits = {
		.steps = x->steps != 0 ? x->steps : 3000,
		.timeouts = x->all ? UINT32_MAX : x->timeouts,
		.spurious = x->spurious,
		.stale = x->stale,
		.polls = x->polls,
		.atomics = x->atomics,
		.weak = x->weak,
		.stack_size = 65536,
	};
	struct search *s = search_new(x->all, x->bound, x->reduce);
	struct sim_outcome outcome;

	if (s == NULL || sim_begin(&limits) != 0)
		abort();
	outcomes_free(&x->set);
	x->schedules = x->counted = 0;
	x->bad = 0;
	x->limited = 0;
	x->gone = false;
	x->cut = false;
	while (search_next(s)) {
		if (x->schedules++ == x->most) {
			x->cut = true;
			break;
		}
		names_reset(); /* also: marks.c is linked */
		sim_run(x->test, x->arg, search_driver(s), &outcome);
		if (!search_counted(s))
			continue;
		x->counted++;
		x->limited |= outcome.limited;
		if (outcome.ending == SIM_GONE) {
			/* a failure: a search ends there */
			x->gone = true;
			break;
		}
		if (outcome.ending > SIM_LEAK
		    && outcome.ending != SIM_LIVELOCK) {
			x->bad = (int)outcome.ending;
			memcpy(x->what, outcome.what, sizeof(x->what));
			break;
		}
		outcomes_add(
		    &x->set, x->outcome() + (outcome.ending != SIM_FINE));
	}
	sim_end();
	search_free(s);
}
