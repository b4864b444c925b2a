/* SPDX-License-Identifier: MIT */
/* How a program is run, and the outcome that it leaves. */
#include <libsync/explore.h>

#include <string.h>

#include "explore_world.h"

static struct world worlds[PROGRAM_PLACES];
struct world *world = worlds;
static uint64_t runs;
unsigned program_places = 1;
bool program_calls = true;

static struct log returned[MAX_THREADS];
struct log orders[ORDERS][OBJECTS];
static const struct program *running;

void
note(struct log *l, uint64_t v)
{
	if (l->n < LOG)
		l->at[l->n++] = (uint32_t)v;
}

sync_time
deadline_of(const struct op *op)
{
	return world->begin + op->when * INT64_C(1000000);
}

static void
run_thread(unsigned t)
{
	unsigned i, held = 0;

	for (i = 0; i < running->nops[t]; i++)
		note(&returned[t],
		    do_operation(&running->ops[t][i], t * 16 + i + 1, &held));
	note(&returned[t], 0xffff);
}

static void *
thread_main(void *arg)
{
	run_thread((unsigned)(uintptr_t)arg);
	return NULL;
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
	make_objects(program_uses(running));
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
	static const char *const names[ORDERS] = { "x", "m", "s", "r", "rm",
		"km", "pm" };
	unsigned i, j;

	for (i = 0; i < MAX_THREADS; i++)
		print_log(to, "thread ", i, &returned[i]);
	for (i = 0; i < ORDERS; i++)
		for (j = 0; j < OBJECTS; j++)
			if (orders[i][j].n > 0)
				print_log(to, names[i], j, &orders[i][j]);
	(void)fprintf(to, "\n");
}
