/* SPDX-License-Identifier: MIT */
/*
 * The machine: its threads, their steps, and the executions; see sim.h.
 *
 * The data is sim_machine.  Each thread is READY, BLOCKED or DONE, and the
 * sets ready, asleep and timed agree with these states.  schedule() is called
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
uint32_t sim_executions;
struct sim_tracer *sim_tracer;

#define m sim_machine /* the only one */

static bool announcing; /* announce_on, outside of explorations */

#define FIRST_MOMENT 1000000000 /* of each execution, in ns */
#define POLLED       1000000    /* the time that a round of polling takes */

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

/* The address of a word's queue: a sleep, a wake and a timeout write it. */
static const void *
queue_of(const uint32_t *word)
{
	return (const char *)word + 1; /* an address of its own */
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

void
sim_wake_up(unsigned thread, int result)
{
	if (m.threads[thread].word != NULL)
		sim_touch(queue_of(m.threads[thread].word), true);
	else /* it conflicts with the end of the thread that it joins */
		sim_touch(&m.threads[m.threads[thread].joins], true);
	sim_unblock(thread, result);
}

/* Find the sleepers on that word and these channels; returns their number. */
static unsigned
sleepers(const uint32_t *word, uint32_t channels, unsigned *found)
{
	unsigned t, n = 0;

	for (t = 0; t < m.nthreads; t++)
		if ((m.asleep & SIM_BIT(t)) && m.threads[t].word == word
		    && (m.threads[t].channel & channels) != 0)
			found[n++] = t;
	return n;
}

void
sim_wake(const uint32_t *word, uint32_t n, uint32_t channels)
{
	unsigned found[SIM_THREADS], count, i;

	sim_touch(queue_of(word), true);
	for (; n > 0; n--) {
		count = sleepers(word, channels, found);
		if (count == 0)
			return;
		i = n < count ? sim_choose(SIM_WHOM, count) : 0;
		sim_unblock(found[i], 0);
	}
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
static void
schedule(void)
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
	schedule();
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

void
sim_block(struct sim_thread *t)
{
	uint64_t bit = SIM_BIT(m.current);

	gates_slept();
	t->state = SIM_BLOCKED;
	t->op.kind = t->word != NULL ? SIM_SLEEP : SIM_JOIN;
	m.ready &= ~bit;
	if (t->word != NULL)
		m.asleep |= bit;
	if (t->word != NULL && (m.limits.atomics || t->restless))
		m.restless |= bit;
	if (t->deadline != SYNC_NEVER)
		m.timed |= bit;
	if (t->word != NULL)
		sim_touch(queue_of(t->word), true);
	if (t->depth > 0 && t->depth <= SIM_CALLS)
		t->calls[t->depth - 1].slept = true;
	sim_trace(m.current, &t->op, 0);
	schedule();
	t->clock.of[m.current]++;
	t->op.kind = SIM_RESUME;
	if (!t->dozes)
		sim_progress(true);
	sim_trace(m.current, &t->op, (uint32_t)t->result);
}

void
sim_unblock(unsigned thread, int result)
{
	struct sim_thread *t = &m.threads[thread];

	t->state = SIM_READY;
	t->op.kind = SIM_RESUME;
	t->result = result;
	m.ready |= SIM_BIT(thread);
	m.asleep &= ~SIM_BIT(thread);
	m.restless &= ~SIM_BIT(thread);
	m.timed &= ~SIM_BIT(thread);
}

bool
sim_new_thread(unsigned *thread, void *(*fn)(void *), void *arg)
{
	struct sim_thread *t = &m.threads[m.nthreads];

	if (m.nthreads == SIM_THREADS)
		return false;
	memset(t, 0, sizeof(*t));
	t->state = SIM_READY;
	t->op.kind = SIM_BEGIN;
	t->fn = fn;
	t->arg = arg;
	t->name = "";
	if (m.nthreads > 0) {
		t->clock = sim_me()->clock;
		t->view = sim_me()->view;
		sim_me()->clock.of[m.current]++; /* the rest is unordered */
	}
	t->clock.of[m.nthreads] = 1;
	*thread = m.nthreads++;
	m.ready |= SIM_BIT(*thread);
	m.events++;
	announce_release(t);
	sim_touch(&m.nthreads, true);
	return true;
}

/* The thread ends: wake the threads that join it or need its robust lock. */
static void
end_thread(unsigned thread)
{
	struct sim_thread *t = &m.threads[thread];
	unsigned i;

	t->state = SIM_DONE;
	t->op.kind = SIM_END;
	m.ready &= ~SIM_BIT(thread);
	sim_trace(thread, &t->op, 0);
	sim_touch(t, true);
	gates_ended(t);
	m.events++;
	for (i = 0; i < m.nthreads; i++) {
		struct sim_thread *o = &m.threads[i];

		if (o->state != SIM_BLOCKED)
			continue;
		if (o->word == NULL ? o->joins == thread : o->robust_sleep)
			sim_wake_up(i, 0);
	}
}

void
sim_thread_main(unsigned carrier)
{
	struct sim_thread *t = &m.threads[carrier];

	quiet_begin();
	sim_trace(carrier, &t->op, 0);
	sim_progress(true);
	announce_acquire(t); /* everything before its start */
	if (carrier == 0)
		announce_acquire(&m); /* everything in earlier executions */
	if (!m.mute)
		quiet_end();
	t->value = t->fn(t->arg);
	if (carrier != 0)
		posix_keys_end();
	announce_release(&m);
	if (!m.mute)
		quiet_begin();
	end_thread(carrier);
	/*
	 * Returns when this carrier has a thread again, in a later execution.
	 */
	schedule();
	quiet_end();
}

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
