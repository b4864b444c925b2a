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
 * Each user context has a stack with a guard page at either end.  A context is
 * entered with setcontext the first time.  After that control jumps from stack
 * to stack with _longjmp, which makes no system call.  With a sanitizer it is
 * swapcontext each time, because sanitizers do not understand such jumps.
 */
/* Its checked longjmp rejects a jump to another stack. */
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

/* Functions of the sanitizers' runtimes; null if the program has none. */
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
	unsigned quiet; /* its quiet_depth while another carrier runs */
	char *stack; /* above the lower guard page */
	ucontext_t context;
	jmp_buf at;   /* where it resumes, once entered */
	bool entered;
	void *fake_stack; /* AddressSanitizer's */
	void *fiber;      /* ThreadSanitizer's */
	const void *bottom; /* of its stack, for AddressSanitizer */
	size_t size;

	pthread_t thread;
	void *handler_stack;
	sem_t turn;
	bool abandoned;
	jmp_buf begin; /* the target of a thread that jumps out */
} carriers[SIM_THREADS + 1];

unsigned quiet_depth;
static bool os_threads;
static size_t page, stack_size;
static unsigned leaving; /* the carrier that switched to this one */
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

/* Complete a switch from carrier `leaving' to carrier `at', which runs now. */
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

/* Make a user context; returns false if there is no memory for its stack. */
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

/* Switch contexts if no sanitizer is present. */
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
	unsigned i = (unsigned)(c - carriers);

	outside_belongs();
	sim_on = true;
	c->handler_stack = crash_stack_begin();
	if (setjmp(c->begin) != 0)
		unquiet(c);
	/*
	 * Once home has its turn, it may abandon this carrier again, even
	 * before the carrier has had a turn.  So home gets its turn last.
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

/* Make a thread of the system, which then waits for its first turn. */
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

/* Pin this thread to its current processor; new threads inherit that. */
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
