/* SPDX-License-Identifier: MIT */
/*
 * Explorations and executions: an exploration has its memory, its carriers and
 * its watchers; each execution begins with the machine as new, and leaves the
 * threads that have not ended behind.
 */
#include "config.h"

#include <string.h>

#include "machine/machine.h"
#include "machine/outside.h"

#define m sim_machine /* the only one */

uint32_t sim_executions;

static bool announcing; /* announce_on, outside of explorations */

#define FIRST_MOMENT 1000000000 /* of each execution, in ns */

/* The test itself, as a thread. */
struct test {
	void (*fn)(void *);
	void *arg;
};

static void *
test_main(void *arg)
{
	struct test *test = arg;

	test->fn(test->arg);
	return NULL;
}

int
sim_begin(const struct sim_limits *limits)
{
	int err = carriers_begin(limits);

	if (err != 0)
		return err;
	err = memory_begin();
	if (err != 0) {
		carriers_end();
		return err;
	}
	m.limits = *limits;
	m.mute = false;
	announcing = announce_on;
	outside_begin();
	crash_begin();
	watchdog_begin();
	return 0;
}

void
sim_limit(const struct sim_limits *limits)
{
	m.limits = *limits;
}

void
sim_limits_now(struct sim_limits *limits)
{
	*limits = m.limits;
}

void
sim_end(void)
{
	announce_on = announcing;
	watchdog_end();
	crash_end();
	outside_end();
	memory_end();
	carriers_end();
}

/*
 * Announce nothing more to the detectors: abandoned threads hold their locks
 * for ever, and the schedules that run after a failure were judged before.
 */
static void
sim_mute(void)
{
	m.mute = true;
	announce_on = false;
}

void
sim_run(void (*fn)(void *), void *arg, struct sim_driver *driver,
    struct sim_outcome *outcome)
{
	struct test test = { fn, arg };
	struct sim_limits limits = m.limits;
	bool mute = m.mute;
	unsigned t;

	memset(&m, 0, offsetof(struct sim_machine, threads));
	memset(&m.nthreads, 0,
	    sizeof(m) - offsetof(struct sim_machine, nthreads));
	m.limits = limits;
	m.mute = mute;
	m.driver = driver;
	m.outcome = outcome;
	m.now = FIRST_MOMENT;
	sim_executions++;
	outcome->ending = SIM_FINE;
	outcome->what[0] = '\0';
	outcome->site = NULL;
	memory_reset();
	gates_reset();
	calls_begin();
	posix_begin();
	(void)sim_new_thread(&t, test_main, &test);
	announce_release(&m);
	sim_on = true;
	watchdog_runs = true;
	carrier_switch(CARRIER_HOME, 0);
	watchdog_runs = false;
	sim_on = false;
	outside_verdict(outcome);
	announce_acquire(&m);
	outcome->steps = m.steps;
	outcome->limited = m.limited;
	outcome->threads = m.nthreads;
	for (t = 0; t < m.nthreads; t++)
		if (m.threads[t].state != SIM_DONE)
			carrier_abandon(t);
	memory_tidy();
	if (outcome->ending != SIM_FINE)
		sim_mute();
}

void
sim_view(unsigned thread, struct sim_view *view)
{
	const struct sim_thread *t = &m.threads[thread];

	view->state = t->state;
	view->running = m.current == thread;
	view->op = t->op;
	view->name = t->name;
	view->depth = t->depth < SIM_CALLS ? t->depth : SIM_CALLS;
	view->nholds = t->nholds;
	memcpy(view->calls, t->calls, sizeof(view->calls));
	memcpy(view->holds, t->holds, sizeof(view->holds));
}

struct sim_op
sim_next_op(unsigned proc)
{
	struct sim_op op = m.threads[sim_thread_of(proc)].op;

	if (proc >= SIM_SPURIOUS(0))
		op.kind = SIM_WAKES;
	else if (proc >= SIM_TIMEOUT(0))
		op.kind = SIM_PASSES;
	return op;
}
