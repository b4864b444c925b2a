/* SPDX-License-Identifier: MIT */
/*
 * Carriers that are user contexts.
 *
 * A context is entered with setcontext the first time.  After that control jumps
 * from stack to stack with _longjmp, which makes no system call.  With a
 * sanitizer it is swapcontext each time, because sanitizers do not understand
 * such jumps.
 */
/* Its checked longjmp rejects a jump to another stack. */
#undef _FORTIFY_SOURCE
#include "config.h"

#include "machine/carrier.h"
#include "machine/quiet.h"

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

static unsigned leaving; /* the carrier that switched to this one */

void *
context_fiber(void)
{
	return __tsan_get_current_fiber != NULL ? __tsan_get_current_fiber()
						: NULL;
}

void
context_fiber_end(struct carrier *c)
{
	void *here;

	if (c->fiber == NULL)
		return;
	here = __tsan_get_current_fiber();
	if (c->quiet > 0) {
		unsigned depth = quiet_depth;

		__tsan_switch_to_fiber(c->fiber, NO_SYNC);
		carrier_unquiet(c);
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
	struct carrier *from = &sim_carriers[leaving];
	const void *bottom;
	size_t size;

	if (__sanitizer_finish_switch_fiber == NULL)
		return;
	__sanitizer_finish_switch_fiber(
	    sim_carriers[at].fake_stack, &bottom, &size);
	if (leaving == CARRIER_HOME) {
		from->bottom = bottom;
		from->size = size;
	}
}

static void
context_main(unsigned i)
{
	sim_carriers[i].fake_stack = NULL;
	arrived(i);
	quiet_depth = 0;
	for (;;)
		sim_thread_main(i);
}

/* Make a user context; returns false if there is no memory for its stack. */
static bool
make(unsigned i)
{
	struct carrier *c = &sim_carriers[i];

	if (c->stack == NULL)
		c->stack = carrier_stack_new();
	if (c->stack == NULL)
		return false;
	(void)getcontext(&c->context);
	c->context.uc_stack.ss_sp = c->stack;
	c->context.uc_stack.ss_size = carrier_stack_size;
	c->context.uc_link = NULL;
	c->bottom = c->stack;
	c->size = carrier_stack_size;
	makecontext(&c->context, (void (*)(void))context_main, 1, i);
	context_fiber_end(c);
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

void
context_switch(unsigned from, unsigned to)
{
	struct carrier *f = &sim_carriers[from], *t = &sim_carriers[to];

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
