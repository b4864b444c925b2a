/* SPDX-License-Identifier: MIT */
/*
 * Crashes of the test as failures of kind SIM_CRASH.
 *
 * A handler for the signals below runs on a stack of its own.  It ends the
 * execution and never returns to the thread that crashed; the exploration
 * continues and reports the schedule.
 */
#include "config.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"
#include "machine/outside.h"

#define m sim_machine

static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static struct sigaction before[SIGNALS];
static stack_t stack_before;
static void *handler_stack;

static const char *
name_of_signal(int number)
{
	switch (number) {
	case SIGSEGV:
		return "invalid memory is accessed (SIGSEGV)";
	case SIGBUS:
		return "invalid memory is accessed (SIGBUS)";
	case SIGFPE:
		return "arithmetic fails (SIGFPE)";
	case SIGILL:
		return "an illegal instruction is met (SIGILL)";
	default:
		return "the program aborts (SIGABRT)";
	}
}

static void
crashed(int number, siginfo_t *info, void *context)
{
	const char *call;
	const void *site;
	int thread;

	(void)context;
	if (!sim_on) { /* not in the test: leave it to the old handlers */
		crash_end();
		(void)raise(number);
		return;
	}
	thread = number == SIGABRT ? -1 : carrier_overflowed(info->si_addr);
	if (thread >= 0)
		sim_fail(SIM_CRASH, "the stack of thread %d overflows: see"
		    " stack_size in struct sync_explore_options", thread);
	site = outside_place(&call);
	sim_fail_at(SIM_CRASH, site, "%s%s", name_of_signal(number),
	    site != NULL ? " at " : "");
}

/* Give the handler a stack, as the thread's own may have overflowed. */
void *
crash_stack_begin(void)
{
	size_t size = (size_t)SIGSTKSZ < 65536 ? 65536 : (size_t)SIGSTKSZ;
	stack_t own;

	memset(&own, 0, sizeof(own));
	own.ss_sp = malloc(size); /* if null, an overflow ends the program */
	own.ss_size = size;
	if (own.ss_sp != NULL)
		(void)sigaltstack(&own, NULL);
	return own.ss_sp;
}

void
crash_stack_end(void *stack)
{
	stack_t none;

	memset(&none, 0, sizeof(none));
	none.ss_flags = SS_DISABLE;
	(void)sigaltstack(&none, NULL);
	free(stack);
}

void
crash_begin(void)
{
	struct sigaction sa;
	size_t i;

	(void)sigaltstack(NULL, &stack_before);
	handler_stack = crash_stack_begin();
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = crashed;
	sa.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
	(void)sigemptyset(&sa.sa_mask);
	for (i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &sa, &before[i]);
}

void
crash_end(void)
{
	size_t i;

	for (i = 0; i < SIGNALS; i++)
		(void)sigaction(signals[i], &before[i], NULL);
	crash_stack_end(handler_stack);
	(void)sigaltstack(&stack_before, NULL);
	handler_stack = NULL;
}
