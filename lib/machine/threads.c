/* SPDX-License-Identifier: MIT */
/*
 * Threads of the machine: how they sleep, wake, begin and end.
 *
 * A thread is in exactly one state.  READY: it is in the set ready, and its op is
 * its next step.  BLOCKED: it is in asleep (on a word) or joins a thread, and in
 * timed if it has a deadline.  DONE: it is in no set.  A wake, a timeout and the
 * sleep itself write the queue of the word, so the reduction sees that their
 * order matters.
 */
#include "config.h"

#include <string.h>

#include <libsync/explore.h>

#include "machine/machine.h"
#include "machine/quiet.h"

#define m sim_machine /* the only one */

/* The address of a word's queue: a sleep, a wake and a timeout write it. */
static const void *
queue_of(const uint32_t *word)
{
	return (const char *)word + 1; /* an address of its own */
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
sleepers(const uint32_t *word, uint64_t channels, unsigned *found)
{
	unsigned t, n = 0;

	for (t = 0; t < m.nthreads; t++)
		if ((m.asleep & SIM_BIT(t)) && m.threads[t].word == word
		    && (m.threads[t].channel & channels) != 0)
			found[n++] = t;
	return n;
}

void
sim_wake(const uint32_t *word, uint32_t n, uint64_t channels)
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
	sim_schedule();
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
sim_know_all(void)
{
	unsigned t;

	for (t = 0; sim_on && t < m.nthreads; t++)
		clock_join(&sim_me()->clock, &m.threads[t].clock);
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
	sim_schedule();
	quiet_end();
}
