/* SPDX-License-Identifier: MIT */
/* How the seeded mistakes are run. */
#include "explore_seeded_parts.h"

struct sync_mutex forks[SEEDED_WORKERS];
struct sync_cond c;
struct sync_sem s;
struct sync_queue q;
uint32_t x, y, flag, data, ready, got[SEEDED_WORKERS];
int plain;
pthread_mutex_t posix_mutex;
pthread_cond_t posix_cond;
const struct seeded *now;
unsigned nworkers;

static const struct seeded_table *const tables[] = { &seeded_waits,
	&seeded_memory, &seeded_life, &seeded_loops };

unsigned
seeded_count(void)
{
	unsigned n = 0;
	int i;

	for (i = 0; i < COUNT(tables); i++)
		n += tables[i]->n;
	return n;
}

const struct seeded *
seeded_at(unsigned i)
{
	const struct seeded_table *const *t = tables;

	for (; i >= (*t)->n; t++)
		i -= (*t)->n;
	return &(*t)->rows[i];
}

void
seeded_reset(void)
{
	unsigned i;

	the_mutex = (struct sync_mutex)SYNC_MUTEX_INIT;
	c = (struct sync_cond)SYNC_COND_INIT;
	s = (struct sync_sem)SYNC_SEM_INIT(0, 10);
	posix_mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
	posix_cond = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
	x = y = flag = data = ready = 0;
	plain = 0;
	for (i = 0; i < SEEDED_WORKERS; i++) {
		forks[i] = (struct sync_mutex)SYNC_MUTEX_INIT;
		got[i] = 99;
	}
}

void
seeded_run_workers(void)
{
	run_workers(now->workers, nworkers);
}

void
seeded_run(void *arg)
{
	now = arg;
	nworkers = workers_in(now->workers, SEEDED_WORKERS);
	if (now->test != NULL) {
		now->test(NULL);
		return;
	}
	seeded_reset();
	seeded_run_workers();
	if (now->check != NULL)
		now->check();
}

void *
posts_once(void *arg)
{
	(void)arg;
	SYNC_OK(sync_sem_post(&s));
	return NULL;
}

int
seeded_explore(const struct seeded *row, const struct sync_explore_options *o,
    struct sync_explore_report *r)
{
	return sync_explore(seeded_run, (void *)(uintptr_t)row, o, r);
}

struct sync_explore_options
seeded_options(const struct seeded *row, enum sync_explore_search search)
{
	struct sync_explore_options o = SYNC_EXPLORE_OPTIONS;
	bool fails = row->failure != SYNC_EXPLORE_NOTHING;

	o.name = row->name;
	o.search = search;
	o.flags = row->flags | SYNC_EXPLORE_QUIET;
	o.timeouts = row->timeouts;
	o.spurious = row->spurious;
	o.stale = row->stale;
	o.failures = row->failures;
	o.preemptions = fails ? row->preemptions : 2;
	o.depth = row->preemptions < 2 ? 3 : row->preemptions + 1;
	if (row->steps != 0)
		o.steps = row->steps;
	if (search == SYNC_EXPLORE_RANDOM || search == SYNC_EXPLORE_PCT)
		o.schedules = fails ? 100000 : 2000;
	return o;
}
