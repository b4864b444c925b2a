/* SPDX-License-Identifier: MIT */
/*
 * What threads run on: user contexts, or threads of the system of which one
 * runs at a time.
 *
 * A carrier lives as long as the exploration.  It calls sim_thread_main again
 * and again; between two threads of its it stands in carrier_switch, as one
 * that let another go on.  A carrier that is abandoned, its thread stuck in
 * the middle, begins anew: a user context is made again, a thread of the
 * system jumps out.
 *
 * All threads of the system are kept on one processor: to hand over is then a
 * matter of the scheduler's run queue, not of waking another processor.
 *
 * Each user context has a stack with a page on either side that faults.  A
 * context is entered by setcontext the first time; from then on control jumps
 * from stack to stack with _longjmp, which makes no system call, unless a
 * sanitizer watches, which would not understand it.
 */
/* Its longjmp takes a jump to another stack for an error. */
#undef _FORTIFY_SOURCE
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "machine/machine.h"
#include "machine/outside.h"
#include "machine/quiet.h"

#define DEFAULT_STACK 262144
#define STACK_LEAST   32768

/* Of the sanitizers' runtimes, where the program has one. */
void __sanitizer_start_switch_fiber(
    void **save, const void *bottom, size_t size) __attribute__((weak));
void __sanitizer_finish_switch_fiber(void *save, const void **bottom_old,
    size_t *size_old) __attribute__((weak));
void *__tsan_get_current_fiber(void) __attribute__((weak));
void *__tsan_create_fiber(unsigned flags) __attribute__((weak));
void __tsan_destroy_fiber(void *fiber) __attribute__((weak));
void __tsan_switch_to_fiber(void *fiber, unsigned flags) __attribute__((weak));
#define NO_SYNC 1u /* a switch is no synchronization */

static struct carrier {
	bool made;
	unsigned quiet; /* its quiet_depth while another runs */
	char *stack; /* above the lower guard page */
	ucontext_t context;
	jmp_buf at;   /* where it stands, once entered */
	bool entered;
	void *fake_stack; /* AddressSanitizer's */
	void *fiber;      /* ThreadSanitizer's */
	const void *bottom; /* as AddressSanitizer is told */
	size_t size;

	pthread_t thread;
	void *handler_stack;
	sem_t turn;
	bool abandoned;
	jmp_buf begin; /* to jump out to */
} carriers[SIM_THREADS + 1];

unsigned quiet_depth;
static bool os_threads;
static size_t page, stack_size;
static unsigned leaving; /* who let this one go on */
static bool stopping;
static cpu_set_t affinity;
static bool pinned;

static char *
stack_new(void)
{
	char *p = mmap(NULL, stack_size + 2 * page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)mprotect(p, page, PROT_NONE);
	(void)mprotect(p + page + stack_size, page, PROT_NONE);
	return p + page;
}

const char *
carrier_stack(unsigned i)
{
	return carriers[i].stack + stack_size;
}

int
carrier_overflowed(const void *address)
{
	const char *p = address;
	int i;

	for (i = 0; i < SIM_THREADS; i++)
		if (carriers[i].stack != NULL && p < carriers[i].stack
		    && p >= carriers[i].stack - page)
			return i;
	return -1;
}

bool
carrier_owns(unsigned carrier, const void *address)
{
	const char *p = address, *stack = carriers[carrier].stack;

	return stack != NULL && p >= stack && p < stack + stack_size;
}

/* A thread must not end while ThreadSanitizer ignores it. */
static void
unquiet(struct carrier *c)
{
	quiet_depth = c->quiet;
	while (quiet_depth > 0)
		quiet_end();
	c->quiet = 0;
}

static void
fiber_end(struct carrier *c)
{
	void *here;

	if (c->fiber == NULL)
		return;
	here = __tsan_get_current_fiber();
	if (c->quiet > 0) {
		unsigned depth = quiet_depth;

		__tsan_switch_to_fiber(c->fiber, NO_SYNC);
		unquiet(c);
		__tsan_switch_to_fiber(here, NO_SYNC);
		quiet_depth = depth;
	}
	__tsan_destroy_fiber(c->fiber);
	c->fiber = NULL;
}

/* Now on this one, having left another. */
static void
arrived(unsigned at)
{
	struct carrier *from = &carriers[leaving];
	const void *bottom;
	size_t size;

	if (__sanitizer_finish_switch_fiber == NULL)
		return;
	__sanitizer_finish_switch_fiber(
	    carriers[at].fake_stack, &bottom, &size);
	if (leaving == CARRIER_HOME) {
		from->bottom = bottom;
		from->size = size;
	}
}

static void
context_main(unsigned i)
{
	carriers[i].fake_stack = NULL;
	arrived(i);
	quiet_depth = 0;
	for (;;)
		sim_thread_main(i);
}

/* False without memory; then the exploration cannot go on. */
static bool
make(unsigned i)
{
	struct carrier *c = &carriers[i];

	if (c->stack == NULL)
		c->stack = stack_new();
	if (c->stack == NULL)
		return false;
	(void)getcontext(&c->context);
	c->context.uc_stack.ss_sp = c->stack;
	c->context.uc_stack.ss_size = stack_size;
	c->context.uc_link = NULL;
	c->bottom = c->stack;
	c->size = stack_size;
	makecontext(&c->context, (void (*)(void))context_main, 1, i);
	fiber_end(c);
	if (__tsan_create_fiber != NULL)
		c->fiber = __tsan_create_fiber(0);
	c->made = true;
	c->entered = false;
	return true;
}

/* Without a sanitizer. */
static void
jump(struct carrier *f, struct carrier *t)
{
	f->entered = true;
	if (_setjmp(f->at) != 0)
		return;
	if (t->entered)
		_longjmp(t->at, 1);
	t->entered = true;
	(void)setcontext(&t->context);
}

static void
switch_context(unsigned from, unsigned to)
{
	struct carrier *f = &carriers[from], *t = &carriers[to];

	if (!t->made && !make(to))
		plat_die("libsync-sim: no memory for a stack\n");
	if (__sanitizer_start_switch_fiber == NULL
	    && __tsan_switch_to_fiber == NULL) {
		jump(f, t);
		return;
	}
	leaving = from;
	if (__sanitizer_start_switch_fiber != NULL)
		__sanitizer_start_switch_fiber(
		    &f->fake_stack, t->bottom, t->size);
	if (__tsan_switch_to_fiber != NULL)
		__tsan_switch_to_fiber(t->fiber, NO_SYNC);
	(void)swapcontext(&f->context, &t->context);
	arrived(from);
}

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
	unsigned i = (unsigned)(c - carriers);

	outside_belongs();
	sim_on = true;
	c->handler_stack = crash_stack_begin();
	if (setjmp(c->begin) != 0)
		unquiet(c);
	/*
	 * It may be abandoned again before it has its turn: as soon as home has
	 * its own, which thus comes last.
	 */
	do {
		bool abandoned = c->abandoned;

		c->abandoned = false;
		if (abandoned)
			give_turn(&carriers[CARRIER_HOME]);
		if (!stopping)
			take_turn(c);
	} while (c->abandoned);
	quiet_depth = 0;
	while (!stopping)
		sim_thread_main(i);
	crash_stack_end(c->handler_stack);
	return NULL;
}

/* A thread of the system begins before it has its first turn. */
static bool
make_thread(unsigned i)
{
	struct carrier *c = &carriers[i];
	pthread_attr_t attr;
	int err;

	c->stack = stack_new();
	if (c->stack == NULL || pthread_attr_init(&attr) != 0)
		return false;
	(void)pthread_attr_setstack(&attr, c->stack, stack_size);
	err = outside_create(&c->thread, &attr, thread_main, c);
	(void)pthread_attr_destroy(&attr);
	c->made = err == 0;
	return c->made;
}

static void
switch_thread(unsigned from, unsigned to)
{
	struct carrier *f = &carriers[from], *t = &carriers[to];

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
	carriers[from].quiet = quiet_depth;
	if (os_threads)
		switch_thread(from, to);
	else
		switch_context(from, to);
	quiet_depth = carriers[from].quiet;
}

void
carrier_abandon(unsigned i)
{
	struct carrier *c = &carriers[i];

	if (!c->made)
		return;
	if (!os_threads) {
		c->made = false;
		return;
	}
	c->abandoned = true;
	give_turn(c);
	take_turn(&carriers[CARRIER_HOME]);
}

/* Keep to the processor that we are on; threads inherit it. */
static void
pin(void)
{
#if HAVE_SCHED_SETAFFINITY
	cpu_set_t one;
	int cpu = sched_getcpu();

	if (cpu < 0 || sched_getaffinity(0, sizeof(affinity), &affinity) != 0)
		return;
	CPU_ZERO(&one);
	CPU_SET((unsigned)cpu, &one);
	pinned = sched_setaffinity(0, sizeof(one), &one) == 0;
#endif
}

static void
unpin(void)
{
#if HAVE_SCHED_SETAFFINITY
	if (pinned)
		(void)sched_setaffinity(0, sizeof(affinity), &affinity);
	pinned = false;
#endif
}

int
carriers_begin(const struct sim_limits *limits)
{
	struct carrier *home = &carriers[CARRIER_HOME];
	unsigned i;

	page = (size_t)sysconf(_SC_PAGESIZE);
	stack_size = limits->stack_size != 0 ? limits->stack_size
					     : DEFAULT_STACK;
	if (stack_size < STACK_LEAST)
		stack_size = STACK_LEAST;
	stack_size = (stack_size + page - 1) / page * page;
	os_threads = limits->os_threads;
	stopping = false;
	for (i = 0; i <= SIM_THREADS; i++) {
		memset(&carriers[i], 0, sizeof(carriers[i]));
		(void)sem_init(&carriers[i].turn, 0, 0);
	}
	home->made = true;
	if (__tsan_get_current_fiber != NULL)
		home->fiber = __tsan_get_current_fiber();
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
		struct carrier *c = &carriers[i];

		if (os_threads && c->made) {
			(void)sem_post(&c->turn);
			(void)pthread_join(c->thread, NULL);
		}
		fiber_end(c);
		if (c->stack != NULL)
			(void)munmap(c->stack - page, stack_size + 2 * page);
		c->stack = NULL;
	}
	unpin();
}
