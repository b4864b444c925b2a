/* SPDX-License-Identifier: MIT */
/*
 * Carriers: the user contexts, or threads of the system, that run the threads
 * of the machine.  Invariant: exactly one carrier runs at a time.
 *
 * A carrier lives as long as the exploration.  It calls sim_thread_main in a
 * loop, once per execution; between two executions it is suspended in
 * carrier_switch.  If an execution ends while a thread is unfinished, its
 * carrier is abandoned, and starts from the beginning when it is next used: a
 * user context is made again, and a thread of the system jumps out of the
 * thread with longjmp.
 *
 * All threads of the system are pinned to one processor.  A hand-over then
 * needs only the scheduler's run queue, and does not wake another processor.
 *
 * Each carrier has a stack with a guard page at either end.  context.c has the
 * user contexts.
 */
#include "config.h"

#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "machine/carrier.h"
#include "machine/outside.h"
#include "machine/quiet.h"

#define DEFAULT_STACK 262144
#define STACK_LEAST   32768

struct carrier sim_carriers[SIM_THREADS + 1];
unsigned quiet_depth;
size_t carrier_stack_size;
static size_t page;
static bool os_threads;
static bool stopping;
static cpu_set_t affinity;
static bool pinned;

char *
carrier_stack_new(void)
{
	char *p = mmap(NULL, carrier_stack_size + 2 * page,
	    PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)mprotect(p, page, PROT_NONE);
	(void)mprotect(p + page + carrier_stack_size, page, PROT_NONE);
	return p + page;
}

const char *
carrier_stack(unsigned i)
{
	return sim_carriers[i].stack + carrier_stack_size;
}

int
carrier_overflowed(const void *address)
{
	const char *p = address;
	int i;

	for (i = 0; i < SIM_THREADS; i++)
		if (sim_carriers[i].stack != NULL && p < sim_carriers[i].stack
		    && p >= sim_carriers[i].stack - page)
			return i;
	return -1;
}

bool
carrier_owns(unsigned carrier, const void *address)
{
	const char *p = address, *stack = sim_carriers[carrier].stack;

	return stack != NULL && p >= stack && p < stack + carrier_stack_size;
}

void
carrier_unquiet(struct carrier *c)
{
	quiet_depth = c->quiet;
	while (quiet_depth > 0)
		quiet_end();
	c->quiet = 0;
}

/* Wait until another carrier switches to this one. */
static void
take_turn(struct carrier *c)
{
	unseen_begin();
	while (sem_wait(&c->turn) != 0)
		continue;
	unseen_end();
	watchdog_follow();
}

static void
give_turn(struct carrier *c)
{
	unseen_begin();
	(void)sem_post(&c->turn);
	unseen_end();
}

static void *
thread_main(void *arg)
{
	struct carrier *c = arg;
	unsigned i = (unsigned)(c - sim_carriers);

	outside_belongs();
	sim_on = true;
	c->handler_stack = crash_stack_begin();
	if (setjmp(c->begin) != 0)
		carrier_unquiet(c);
	/*
	 * Once home has its turn, it may abandon this carrier again, even
	 * before the carrier has had a turn.  So home gets its turn last.
	 */
	do {
		bool abandoned = c->abandoned;

		c->abandoned = false;
		if (abandoned)
			give_turn(&sim_carriers[CARRIER_HOME]);
		if (!stopping)
			take_turn(c);
	} while (c->abandoned);
	quiet_depth = 0;
	while (!stopping)
		sim_thread_main(i);
	crash_stack_end(c->handler_stack);
	return NULL;
}

/* Make a thread of the system, which then waits for its first turn. */
static bool
make_thread(unsigned i)
{
	struct carrier *c = &sim_carriers[i];
	pthread_attr_t attr;
	int err;

	c->stack = carrier_stack_new();
	if (c->stack == NULL || pthread_attr_init(&attr) != 0)
		return false;
	(void)pthread_attr_setstack(&attr, c->stack, carrier_stack_size);
	err = outside_create(&c->thread, &attr, thread_main, c);
	(void)pthread_attr_destroy(&attr);
	c->made = err == 0;
	return c->made;
}

static void
switch_thread(unsigned from, unsigned to)
{
	struct carrier *f = &sim_carriers[from], *t = &sim_carriers[to];

	if (!t->made && !make_thread(to))
		plat_die("libsync-sim: cannot start a thread\n");
	give_turn(t);
	take_turn(f);
	if (f->abandoned || (stopping && from != CARRIER_HOME))
		longjmp(f->begin, 1);
}

void
carrier_switch(unsigned from, unsigned to)
{
	sim_carriers[from].quiet = quiet_depth;
	if (os_threads)
		switch_thread(from, to);
	else
		context_switch(from, to);
	quiet_depth = sim_carriers[from].quiet;
}

void
carrier_abandon(unsigned i)
{
	struct carrier *c = &sim_carriers[i];

	if (!c->made)
		return;
	if (!os_threads) {
		c->made = false;
		return;
	}
	c->abandoned = true;
	give_turn(c);
	take_turn(&sim_carriers[CARRIER_HOME]);
}

/* Pin this thread to its current processor; new threads inherit that. */
static void
pin(void)
{
	cpu_set_t one;
	int cpu = sched_getcpu();

	if (cpu < 0 || sched_getaffinity(0, sizeof(affinity), &affinity) != 0)
		return;
	CPU_ZERO(&one);
	CPU_SET((unsigned)cpu, &one);
	pinned = sched_setaffinity(0, sizeof(one), &one) == 0;
}

static void
unpin(void)
{
	if (pinned)
		(void)sched_setaffinity(0, sizeof(affinity), &affinity);
	pinned = false;
}

int
carriers_begin(const struct sim_limits *limits)
{
	struct carrier *home = &sim_carriers[CARRIER_HOME];
	unsigned i;

	page = (size_t)sysconf(_SC_PAGESIZE);
	carrier_stack_size = limits->stack_size != 0 ? limits->stack_size
					     : DEFAULT_STACK;
	if (carrier_stack_size < STACK_LEAST)
		carrier_stack_size = STACK_LEAST;
	carrier_stack_size = (carrier_stack_size + page - 1) / page * page;
	os_threads = limits->os_threads;
	stopping = false;
	for (i = 0; i <= SIM_THREADS; i++) {
		memset(&sim_carriers[i], 0, sizeof(sim_carriers[i]));
		(void)sem_init(&sim_carriers[i].turn, 0, 0);
	}
	home->made = true;
	home->fiber = context_fiber();
	if (os_threads)
		pin();
	return 0;
}

void
carriers_end(void)
{
	unsigned i;

	stopping = true;
	for (i = 0; i < SIM_THREADS; i++) {
		struct carrier *c = &sim_carriers[i];

		if (os_threads && c->made) {
			(void)sem_post(&c->turn);
			(void)pthread_join(c->thread, NULL);
		}
		context_fiber_end(c);
		if (c->stack != NULL)
			(void)munmap(c->stack - page,
			    carrier_stack_size + 2 * page);
		c->stack = NULL;
	}
	unpin();
}
