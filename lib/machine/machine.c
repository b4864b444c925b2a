/* SPDX-License-Identifier: MIT */
/*
 * The machine: which process makes the next step; see sim.h.  threads.c has how
 * threads sleep, wake, begin and end; run.c has the executions.
 *
 * The data is sim_machine.  Each thread is READY, BLOCKED or DONE, and the
 * sets ready, asleep and timed agree with these states.  sim_schedule is called
 * before each step: it reports the step that has ended to the driver, asks for
 * the next process, and switches to that thread.
 */
#include "config.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libsync/explore.h>

#include "machine/machine.h"
#include "machine/outside.h"
#include "machine/quiet.h"

_Thread_local bool sim_on __attribute__((tls_model("initial-exec")));
struct sim_machine sim_machine;
struct sim_tracer *sim_tracer;

#define m sim_machine /* the only one */

#define POLLED 1000000    /* the time that a round of polling takes */

/* A set of threads as the set of their timeouts, or of their wakeups. */
static uint64_t
as_timeouts(uint64_t threads)
{
	return threads << SIM_TIMEOUT(0);
}

static uint64_t
as_spurious(uint64_t threads)
{
	return threads << SIM_SPURIOUS(0);
}

void
sim_touch(const void *what, bool write)
{
	uint64_t bit = memory_bit(what);

	if (write)
		m.foot.writes |= bit;
	else
		m.foot.reads |= bit;
}

static uint64_t
next_deadlines(void)
{
	sync_time first = SYNC_NEVER;
	uint64_t set = 0;
	unsigned t;

	for (t = 0; t < m.nthreads; t++) {
		sync_time d = m.threads[t].deadline;

		if (!(m.timed & SIM_BIT(t)) || d > first)
			continue;
		set = (d < first ? 0 : set) | SIM_BIT(t);
		first = d;
	}
	return set;
}

/* Only the timeouts of the next deadline; what that excludes is recorded. */
static uint64_t
deadlines_in_turn(void)
{
	uint64_t next = next_deadlines();

	if (next != m.timed)
		m.limited |= SYNC_EXPLORE_TIMEOUTS;
	return as_timeouts(next);
}

static uint64_t
early_deadlines(bool early)
{
	if (m.timed != 0 && !early)
		m.limited |= SYNC_EXPLORE_TIMEOUTS;
	return early ? as_timeouts(m.timed) : 0;
}

static uint64_t
wakes_for_no_reason(void)
{
	if (m.restless == 0 || m.spurious < m.limits.spurious)
		return as_spurious(m.restless);
	m.limited |= SYNC_EXPLORE_SPURIOUS;
	return 0;
}

/*
 * The processes that are enabled.  While threads can run, any deadline may
 * pass early, as often as the limit allows.  When no thread can run, or all of
 * them only poll, a deadline must pass: any deadline if the limit allows, or
 * else the next one.  If there is no deadline, the clock advances by itself
 * and the threads that poll run again.
 */
static uint64_t
enabled(void)
{
	uint64_t set = m.ready & ~m.lowered & ~looks_held();
	bool early = m.timeouts < m.limits.timeouts;

	if (set == 0 && m.timed != 0)
		return early ? as_timeouts(m.timed) : deadlines_in_turn();
	if (set == 0 && m.ready != 0) {
		m.lowered = 0;
		m.now += POLLED; /* they may be waiting for the clock */
		sim_touch(&m.now, true);
		set = m.ready;
	}
	if (set == 0)
		return wakes_for_no_reason();
	if (set != m.ready)
		m.limited |= SYNC_EXPLORE_POLLS;
	return set | early_deadlines(early) | wakes_for_no_reason();
}

void
sim_trace(unsigned proc, const struct sim_op *op, uint32_t value)
{
	if (sim_tracer != NULL)
		sim_tracer->event(sim_tracer, proc, op, value);
}

/* Called on each failure, so that users can set a breakpoint. */
void __attribute__((noinline))
sync_explore_failing(void)
{
	__asm__ __volatile__("" ::: "memory"); /* or it would not be called */
}

_Noreturn static void
fail(enum sim_ending ending, const void *site, const char *format, va_list ap)
{
	quiet_begin();
	m.outcome->ending = ending;
	m.outcome->site = site;
	(void)vsnprintf(
	    m.outcome->what, sizeof(m.outcome->what), format, ap);
	sync_explore_failing();
	for (;;) /* a thread that has failed never runs again */
		carrier_switch(m.current, CARRIER_HOME);
}

void
sim_fail(enum sim_ending ending, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fail(ending, NULL, format, ap);
}

void
sim_fail_at(
    enum sim_ending ending, const void *site, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fail(ending, site, format, ap);
}

static void
close_step(uint64_t now_enabled)
{
	if (!m.open)
		return;
	m.open = false;
	m.driver->stepped(m.driver, m.proc, m.foot, now_enabled);
}

static void
open_step(unsigned proc)
{
	watchdog_steps++;
	outside_check();
	if (++m.steps > m.limits.steps)
		sim_fail(SIM_LIVELOCK, "no end after %u steps",
		    (unsigned)m.limits.steps);
	m.open = true;
	m.proc = proc;
	m.foot = (struct sim_foot) { 0 };
}

/* The step of a process that is not a thread: a timeout or a wakeup. */
static void
happen(unsigned proc)
{
	unsigned t = sim_thread_of(proc);
	struct sim_op op = m.threads[t].op;

	if (proc < SIM_SPURIOUS(0)) {
		op.kind = SIM_PASSES;
		m.timeouts += (m.ready & ~m.lowered & ~looks_held()) != 0
		    || !(next_deadlines() & SIM_BIT(t));
		sim_touch(&m.now, m.threads[t].deadline > m.now);
		if (m.threads[t].deadline > m.now)
			m.now = m.threads[t].deadline;
		sim_trace(proc, &op, 0);
		sim_wake_up(t, ETIMEDOUT);
	} else {
		op.kind = SIM_WAKES;
		m.spurious++;
		sim_touch(&m.spurious, true);
		sim_trace(proc, &op, 0);
		sim_wake_up(t, 0);
	}
}

/* No process is enabled: judge the execution, and return home. */
static void
finish(void)
{
	unsigned t, asleep = 0, first = 0;

	for (t = m.nthreads; t-- > 0;)
		if (m.threads[t].state == SIM_BLOCKED
		    && !m.threads[t].detached) {
			asleep++;
			first = t;
		}
	if (asleep > 0)
		sync_explore_failing();
	if (asleep == 0) {
		m.outcome->ending = SIM_FINE;
	} else if (first == 0) {
		m.outcome->ending = SIM_DEADLOCK;
		(void)snprintf(m.outcome->what, sizeof(m.outcome->what),
		    "%u of %u threads sleep for ever", asleep, m.nthreads);
	} else {
		m.outcome->ending = SIM_LEAK;
		(void)snprintf(m.outcome->what, sizeof(m.outcome->what),
		    "the test has returned, %u of its threads sleep%s for ever",
		    asleep, asleep == 1 ? "s" : "");
	}
	carrier_switch(m.current, CARRIER_HOME);
}

/*
 * Whether the execution ends.  If only spurious wakeups are enabled, the
 * driver chooses between the end and a wakeup.  The end must be possible, or a
 * spurious wakeup would hide a deadlock.  The wakeup must be possible, or it
 * would depend on the steps of other threads.
 */
static bool
ends(uint64_t set)
{
	if ((set & (SIM_BIT(SIM_SPURIOUS(0)) - 1)) != 0)
		return false;
	return set == 0 || sim_choose(SIM_WAKES_LATE, 2) == 0;
}

/* Let the driver choose processes until it picks this thread. */
void
sim_schedule(void)
{
	unsigned from = m.current;
	struct sim_state s = { .last = from };

	s.goes_on =
	    (m.ready & ~m.lowered & ~looks_held() & SIM_BIT(from)) != 0;
	gates_end();
	for (;;) {
		unsigned proc;

		s.enabled = enabled();
		s.step = m.steps;
		close_step(s.enabled);
		if (ends(s.enabled)) {
			finish();
			return; /* a new execution: see sim_thread_main */
		}
		proc = m.driver->pick(m.driver, &s);
		open_step(proc);
		if (proc >= SIM_THREADS) {
			happen(proc);
			continue;
		}
		m.current = proc;
		if (proc != from) {
			m.threads[from].saved_errno = errno;
			carrier_switch(from, proc);
			errno = m.threads[from].saved_errno;
		}
		m.held &= ~SIM_BIT(m.current);
		gates_begin();
		return;
	}
}

void
sim_point(enum sim_kind kind, const void *address, const void *site)
{
	struct sim_thread *t = sim_me();

	t->op.kind = (uint8_t)kind;
	t->op.address = address;
	t->op.site = site;
	sim_schedule();
	t->clock.of[m.current]++;
}

void
sim_progress(bool undone)
{
	sim_me()->glances = 0;
	m.events += !undone;
	m.lowered = 0;
	sim_touch(&m.lowered, false);
}

/* The thread can do nothing until another thread makes progress. */
void
sim_lower(void)
{
	m.lowered |= SIM_BIT(m.current);
	m.foot.writes = UINT64_MAX; /* conflicts with every step */
}

void
sim_yield(const void *site)
{
	if (!sim_on)
		return;
	quiet_begin();
	sim_look(site, NULL);
	sim_point(SIM_YIELD, NULL, site);
	sim_trace(m.current, &sim_me()->op, 0);
	sim_lower();
	quiet_end();
}

unsigned
sim_choose(enum sim_choice why, unsigned n)
{
	unsigned i;

	if (n <= 1 || !sim_on)
		return 0;
	quiet_begin();
	i = m.driver->choose(m.driver, why, n);
	quiet_end();
	return i;
}

uint32_t
sim_steps(void)
{
	return m.steps;
}
