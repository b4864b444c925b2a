/* SPDX-License-Identifier: MIT */
/*
 * The condition that each call waits for; see machine/gates.c.
 *
 * Invariant: a gate is reported as shut only if a call would certainly wait
 * there.  Otherwise a call that could run would not be run.
 *
 * Read-write locks have no gates.  A waiting writer blocks later readers, so
 * other threads can observe whether it sleeps already.
 */
#include <string.h>

#include <libsync.h>

#include "wrappers/calls.h"
#include "machine/sim.h"

typedef unsigned shut_function(const void *object);

static unsigned
sem_shut(const void *object)
{
	const struct sync_sem *s = object;

	return s->maximum != 0 && sync_sem_value(s) == 0;
}

static unsigned
event_shut(const void *object)
{
	return !sync_event_is_set(object);
}

static unsigned
latch_shut(const void *object)
{
	return sync_latch_count(object) != 0;
}

/* The shut gates, a bit each: gate 0 for get, 1 for put, 2 for join. */
static unsigned
queue_shut(const void *object)
{
	struct sync_queue *q = (struct sync_queue *)(uintptr_t)object;
	size_t capacity = sync_queue_capacity(q), n;
	unsigned shut = 0;

	if (capacity == 0)
		return 0; /* not a queue: calls fail and do not wait */
	if (sync_queue_unfinished(q) != 0)
		shut |= 4;
	if (sync_queue_is_closed(q))
		return shut;
	n = sync_queue_len(q);
	return shut | (n == 0 ? 1u : 0) | (n >= capacity ? 2u : 0);
}

/* The types of objects; the names of their functions begin with `name'. */
static const struct object {
	const char *name;
	shut_function *shut; /* null: a lock, or an object without gates */
	bool ordered; /* all calls that open or close a gate conflict */
} objects[] = {
	{ "sync_mutex_", NULL, true },
	{ "sync_rmutex_", NULL, true },
	{ "sync_kmutex_", NULL, true },
	{ "sync_rwlock_", NULL, true },
	{ "pthread_mutex_", NULL, true },
	{ "mtx_", NULL, true },
	{ "pthread_rwlock_", NULL, true },
	{ "pthread_spin_", NULL, true },
	{ "sync_sem_", sem_shut, true },
	{ "sem_", sim_sem_shut, true },
	{ "sync_event_", event_shut, true },
	{ "sync_latch_", latch_shut, true },
	{ "sync_queue_", queue_shut, false },
};
#define OBJECTS (sizeof(objects) / sizeof(objects[0]))

static const struct waiting {
	const char *name;
	enum sim_wait what;
	unsigned gate;
} waiting[] = {
	{ "sync_mutex_lock", SIM_LOCK, 0 },
	{ "sync_rmutex_lock", SIM_LOCK, 0 },
	{ "sync_kmutex_lock", SIM_KERNEL_LOCK, 0 },
	{ "pthread_mutex_lock", SIM_LOCK, 0 },
	{ "mtx_lock", SIM_LOCK, 0 },
	{ "sync_sem_wait", SIM_STATE, 0 },
	{ "sem_wait", SIM_STATE, 0 },
	{ "sync_event_wait", SIM_STATE, 0 },
	{ "sync_latch_wait", SIM_STATE, 0 },
	{ "sync_queue_get", SIM_STATE, 0 },
	{ "sync_queue_put", SIM_STATE, 1 },
	{ "sync_queue_join", SIM_STATE, 2 },
	{ "sync_thread_join", SIM_ITS_END, 0 },
};

static struct sim_waits waits[CALLS];
static shut_function *shuts[CALLS];

static bool
has(const char *name, const char *part)
{
	return strstr(name, part) != NULL;
}

/* Fill in the entry of a call, by its name. */
static void
learn(unsigned call)
{
	struct sim_waits *w = &waits[call];
	const char *name = call_name(call);
	size_t i;

	for (i = 0; i < sizeof(waiting) / sizeof(waiting[0]); i++)
		if (strcmp(name, waiting[i].name) == 0) {
			w->what = waiting[i].what;
			w->gate = waiting[i].gate;
		}
	for (i = 0; i < OBJECTS; i++) {
		size_t n = strlen(objects[i].name);

		if (strncmp(name, objects[i].name, n) != 0)
			continue;
		shuts[call] = objects[i].shut;
		w->state = objects[i].shut != NULL;
		w->ordered = objects[i].ordered;
		w->locks = !w->state && has(name + n, "lock");
	}
	w->sees = has(name, "_destroy") || has(name, "_init");
}

const struct sim_waits *
sim_waits_of(unsigned call)
{
	static bool learned;
	unsigned i;

	for (i = 0; !learned && i < CALLS; i++)
		learn(i);
	learned = true;
	return &waits[call];
}

unsigned
sim_shut(unsigned call, const void *object)
{
	return shuts[call] != NULL ? shuts[call](object) : 0;
}
