/* SPDX-License-Identifier: MIT */
#include <libsync.h>
#include <libsync/explore.h>

#include <stdlib.h>
#include <string.h>

#include "explore_programs.h"
#include "explorer.h"

#define OBJECTS 2 /* of each kind */
#define LOG     64

/* What has come to an object, and what an operation returned. */
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
	sync_time begin;
};
static struct world worlds[PROGRAM_PLACES], *world = worlds;
static uint64_t runs;
unsigned program_places = 1;
bool program_calls = true;

static struct log returned[MAX_THREADS];
static struct log orders[4][OBJECTS]; /* of variables, mutexes, sems, guarded */
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

static uint32_t
do_op(const struct op *op, uint32_t id, unsigned *held)
{
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

void
program_run(void *program)
{
	struct sync_thread threads[MAX_THREADS];
	unsigned t;

	running = program;
	world = &worlds[random_next(&runs) % program_places];
	memset(world, 0, sizeof(*world));
	for (t = 0; t < OBJECTS; t++)
		world->sem[t] = (struct sync_sem)SYNC_SEM_INIT(0, 100);
	memset(returned, 0, sizeof(returned));
	memset(orders, 0, sizeof(orders));
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
	for (i = 0; i < 4; i++)
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
	static const char *const names[] = { "x", "m", "s", "g" };
	unsigned i, j;

	for (i = 0; i < MAX_THREADS; i++)
		print_log(to, "thread ", i, &returned[i]);
	for (i = 0; i < 4; i++)
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
		.steps = 3000,
		.timeouts = x->all ? UINT32_MAX : x->timeouts,
		.spurious = x->spurious,
		.stale = x->stale,
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
		if (outcome.ending > SIM_LEAK) {
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
