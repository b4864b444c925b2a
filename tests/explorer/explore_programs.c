/* SPDX-License-Identifier: MIT */
/* How small random programs are made and printed. */
#include <string.h>

#include "explore_programs.h"

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

unsigned
program_uses(const struct program *p)
{
	unsigned t, i, use = 0;

	for (t = 0; t < p->nthreads; t++)
		for (i = 0; i < p->nops[t]; i++)
			use |= kinds[p->ops[t][i].kind].use;
	return use;
}
