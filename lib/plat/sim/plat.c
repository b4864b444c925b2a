/* SPDX-License-Identifier: MIT */
/*
 * The seam (plat.h) on the simulated machine: the record and the id of a thread,
 * waits, time, threads.  system.c has the rest.
 *
 * With the grain of atomics, a wait, a wake, a start, a join and a reading of
 * the clock are steps; a yield is a step with either grain.  On a thread that
 * the machine does not run (sim_on is false) these functions work as in a
 * program with a single thread.
 */
#include "config.h"

#include <errno.h>

#include "base/deadline.h"
#include "machine/machine.h"

#define m sim_machine

/* The state outside of an exploration, where there is only one thread. */
static _Alignas(max_align_t) char record_alone[PLAT_RECORD_SIZE];
static volatile int inside_alone;
static void *asleep_alone;
static sync_time clock_alone = 1;

void *
plat_record(void)
{
	return sim_on ? sim_me()->record : record_alone;
}

void *
plat_record_if_any(void)
{
	return plat_record();
}

volatile int *
plat_inside(void)
{
	return sim_on ? &sim_me()->inside : &inside_alone;
}

void **
plat_asleep(void)
{
	return sim_on ? &sim_me()->asleep : &asleep_alone;
}

/* A thread's id is its number plus one. */
uint32_t
sim_self(void)
{
	return (sim_on ? m.current : SIM_THREADS) + 1 + identity.bits;
}

struct sim_thread *
sim_by_id(uint32_t id)
{
	unsigned number = id & ID_NUMBER;

	return number != 0 && number <= m.nthreads ? &m.threads[number - 1]
						   : NULL;
}

uint32_t
sim_execution(void)
{
	return sim_on ? sim_executions : 0;
}

/* The step of a function of this file. */
static void
point(enum sim_kind kind, const void *address, const void *site)
{
	struct sim_op op = { (uint8_t)kind, false, 0, address, site };

	if (!m.limits.atomics)
		return;
	sim_point(kind, address, site);
	if (kind != SIM_SLEEP)
		sim_trace(m.current, &op, 0);
}

/* The place of the step: with the grain of calls, in the program. */
static const void *
site_of(const void *here)
{
	const struct sim_thread *t = sim_me();

	return m.limits.atomics || t->depth == 0 ? here : t->calls[0].site;
}

static int
wait_alone(sync_time deadline)
{
	if (deadline == SYNC_NEVER)
		plat_die("libsync-sim: a thread that sync_explore does not run"
			 " would wait for ever\n");
	if (clock_alone < deadline)
		clock_alone = deadline;
	return ETIMEDOUT;
}

/* Sleepers of one scope are not found in the other. */
static uint64_t
in_scope(enum plat_scope scope, uint32_t channels)
{
	return scope == PLAT_SHARED ? (uint64_t)channels << 32 : channels;
}

bool
plat_shares(void)
{
	return true;
}

int
plat_wait(enum plat_scope scope, const uint32_t *word, uint32_t expected,
    uint32_t channel, sync_time deadline)
{
	struct sim_thread *t = sim_me();
	struct sim_op op = { SIM_SLEEP, false, 0, word,
		__builtin_return_address(0) };

	if (deadline < 0)
		return ETIMEDOUT;
	if (!sim_on)
		return *word == expected ? wait_alone(deadline) : 0;
	point(SIM_SLEEP, word, op.site);
	op.call = t->op.call;
	op.site = site_of(op.site);
	memory_check(word);
	sim_touch(word, false);
	if (deadline != SYNC_NEVER)
		sim_touch(&m.now, false);
	/* As in the kernel, read the latest value. */
	if (__atomic_load_n(word, __ATOMIC_RELAXED) != expected
	    || deadline <= m.now) {
		sim_trace(m.current, &op, 1);
		return deadline <= m.now ? ETIMEDOUT : 0;
	}
	if (t->robust_sleep) {
		struct sim_thread *owner = sim_by_id(expected);

		/*
		 * The word of a kernel lock is the owner, which may have
		 * ended.
		 */
		if (owner != NULL)
			sim_touch(owner, false);
		if (owner != NULL && owner->state == SIM_DONE)
			return 0;
	}
	t->word = word;
	t->channel = in_scope(scope, channel);
	t->deadline = deadline;
	t->op = op;
	sim_block(t);
	return t->result;
}

void
plat_wake(enum plat_scope scope, const uint32_t *word, uint32_t n,
    uint32_t channels)
{
	if (!sim_on)
		return;
	point(SIM_WAKE, word, __builtin_return_address(0));
	sim_wake(word, n, in_scope(scope, channels));
}

sync_time
plat_now(void)
{
	if (!sim_on)
		return clock_alone;
	point(SIM_NOW, NULL, __builtin_return_address(0));
	sim_touch(&m.now, false);
	return m.now;
}

void
plat_yield(void)
{
	sim_yield(__builtin_return_address(0));
}

/* For tests of the library: how often spinning may pay for each thread. */
unsigned sim_spins;
unsigned sim_asleep(void);

bool
sim_polls(void)
{
	struct sim_thread *t = &m.threads[m.current];

	if (!sim_on || t->spun >= sim_spins || sim_choose(SIM_SPINS, 2) == 0)
		return false;
	t->spun++;
	return true;
}

/* Likewise: how many threads sleep now and have not been woken. */
unsigned
sim_asleep(void)
{
	return (unsigned)__builtin_popcountll(m.asleep);
}

void
sim_new(const void *address, size_t size)
{
	if (sim_on)
		memory_forget(address, size);
}

/* A handle is the thread's number plus one. */
int
plat_thread_start(uint64_t *handle, void *(*fn)(void *), void *arg,
    const struct plat_thread_options *o)
{
	unsigned thread;

	if (!sim_on)
		plat_die("libsync-sim: a thread can be started inside"
			 " sync_explore only\n");
	point(SIM_START, NULL, __builtin_return_address(0));
	if (sim_runs_out() || !sim_new_thread(&thread, fn, arg))
		return EAGAIN;
	m.threads[thread].name = o->name;
	*handle = thread + 1;
	return 0;
}

int
plat_thread_join(uint64_t handle, sync_time deadline)
{
	unsigned thread = (unsigned)handle - 1;
	struct sim_thread *t = sim_me(), *other = &m.threads[thread];
	struct sim_op op = { SIM_JOIN, false, 0, NULL,
		__builtin_return_address(0) };

	if (thread >= m.nthreads || other->joined)
		sim_fail(SIM_GONE, "the library joins a thread of the platform"
		    " that there is not, or not any more");
	/*
	 * With the grain of calls, a call without an object is one step and
	 * has no gate.  The join is then another step, which checks whether
	 * the thread has ended.
	 */
	t->joins = thread;
	t->deadline = deadline;
	op.site = site_of(op.site);
	if (m.limits.atomics
	    || (deadline == SYNC_NEVER && t->calls[0].object == NULL)) {
		sim_point(SIM_JOIN, NULL, op.site);
		sim_trace(m.current, &op, 0);
	}
	sim_touch(other, false);
	if (deadline != SYNC_NEVER)
		sim_touch(&m.now, false);
	if (other->state != SIM_DONE && deadline <= m.now)
		return deadline == DEADLINE_TRY ? EBUSY : ETIMEDOUT;
	other->joined = true;
	if (other->state != SIM_DONE) {
		t->op.site = op.site;
		t->word = NULL;
		t->deadline = deadline;
		t->joins = thread;
		t->result = 0;
		sim_block(t);
		sim_touch(other, false);
	}
	if (other->state != SIM_DONE) {
		other->joined = false;
		return t->result;
	}
	clock_join(&t->clock, &other->clock);
	return 0;
}

void
plat_thread_detach(void)
{
	sim_me()->detached = true;
}

void
plat_thread_run(void (*body)(void *), void (*after)(void *), void *arg)
{
	body(arg);
	after(arg);
}

void
plat_thread_ends(void (*ended)(void *), void *arg)
{
	ended(arg);
}
