/* SPDX-License-Identifier: MIT */
/*
 * Detection of loops that poll.
 *
 * If a thread reaches the same place in the same state again, and the shared
 * state has not changed meanwhile, then it repeats its earlier steps.  It may
 * be held back until the shared state changes: no schedule with a different
 * result is lost.  Without this, a loop that polls has infinitely many
 * schedules.
 *
 * The state of a thread is the place, the object, and the contents of its
 * registers and of its stack, from the current frame to the stack's beginning.
 * So a loop that counts its rounds is in a new state in each round.
 *
 * The shared state is the values of all atomic variables, the holders of all
 * locks, the clock, and a count of all other events.  A lock and its unlock
 * together change nothing.
 *
 * Plain variables outside the stack are not seen.  Therefore a thread is held
 * back only after `polls' such rounds, at least two, and the report says so
 * (SYNC_EXPLORE_POLLS).  A thread is also held back after MANY rounds in which
 * only its stack differs.
 */
#include "config.h"

#include <setjmp.h>
#include <string.h>

#include <libsync/explore.h>

#include "machine/machine.h"

#define m sim_machine

#define MANY 200 /* rounds, even if the stack differs in each */

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

void
sim_changed(const void *address, uint64_t from, uint64_t to)
{
	m.values ^= mix((uintptr_t)address, from) ^ mix((uintptr_t)address, to);
}

/* A hash of the shared state. */
static uint64_t
shared(void)
{
	return mix(mix(m.values, m.events), (uint64_t)m.now);
}

/* A hash of the stack between a frame and the stack's beginning. */
static uint64_t __attribute__((no_sanitize("address"), no_sanitize("thread")))
hash_words(const char *from, const char *to)
{
	const volatile uintptr_t *p = (const volatile uintptr_t *)(uintptr_t)from;
	uint64_t h = 0;

	for (; (const char *)(uintptr_t)p < to; p++)
		h = mix(h, *p);
	return h;
}

/* Where AddressSanitizer keeps local variables, if not on the stack. */
void *__asan_get_current_fake_stack(void) __attribute__((weak));

static bool
stack_is_elsewhere(void)
{
	return __asan_get_current_fake_stack != NULL
	    && __asan_get_current_fake_stack() != NULL;
}

/*
 * A hash of the thread's registers and stack.  A register is saved in one of
 * the hashed frames, or by setjmp.  The parts of the buffer that setjmp does
 * not write are zero.  If the stack is not known, each call returns a new
 * value.
 */
static uint64_t __attribute__((noinline, no_sanitize("address")))
own(void)
{
	static uint64_t unknown;
	struct {
		_Alignas(uintptr_t) jmp_buf registers;
	} here;

	if (stack_is_elsewhere())
		return unknown++;
	memset(&here, 0, sizeof(here));
	if (_setjmp(here.registers) != 0)
		return 0;
	return hash_words((const char *)&here, carrier_stack(m.current));
}

/*
 * The thread's entry for that place and object.  If there is none, a free
 * entry, or else the least recently used one, becomes it.  The object counts
 * by its number, because its address may differ in each execution.
 */
static struct sim_look *
look_of(struct sim_thread *t, const void *site, const void *object)
{
	uint32_t number = sim_object(object);
	struct sim_look *l, *oldest = t->looks;
	unsigned i;

	for (i = 0; i < t->nlooks; i++) {
		l = &t->looks[i];
		if (l->site == site && l->object == number) {
			l->used = ++t->looked;
			return l;
		}
		if (l->used < oldest->used)
			oldest = l;
	}
	l = i < SIM_LOOKS ? &t->looks[t->nlooks++] : oldest;
	*l = (struct sim_look) { .site = site, .object = number,
		.used = ++t->looked };
	return l;
}

/* The shared state has changed: start to count rounds again. */
static void
begin_rounds(struct sim_look *l, uint64_t now, uint32_t passed)
{
	l->shared = now;
	l->own = 0;
	l->passed = passed;
	l->equal = 0;
}

/* Whether this round is one too many, so that the thread is held back. */
static bool
is_round(struct sim_look *l, uint32_t polls)
{
	uint64_t now;

	if (++l->passed < polls)
		return false;
	now = own();
	l->equal = l->passed > polls && l->own == now ? l->equal + 1 : 0;
	l->own = now;
	return l->equal > 0 || l->passed > MANY;
}

void
sim_look(const void *site, const void *object)
{
	struct sim_thread *t = sim_me();
	struct sim_look *l;
	uint64_t now = shared();

	if (m.limits.polls == 0)
		return;
	l = look_of(t, site, object);
	if (l->passed == 0 || l->shared != now) {
		begin_rounds(l, now, 1);
		return;
	}
	if (!is_round(l, m.limits.polls < 2 ? 2 : m.limits.polls))
		return;
	t->held_at = now;
	m.held |= SIM_BIT(m.current);
}

void
sim_dozed(const void *site)
{
	uint64_t now = mix(m.values, m.events);
	struct sim_look *l;

	if (m.limits.polls == 0)
		return;
	l = look_of(sim_me(), site, &m.now);
	if (l->passed == 0 || l->shared != now)
		begin_rounds(l, now, 0);
	if (++l->passed >= m.limits.polls)
		sim_lower();
}

uint64_t
looks_held(void)
{
	uint64_t set, held = m.held;

	if (held == 0)
		return 0;
	for (set = held; set != 0; set &= set - 1)
		if (m.threads[__builtin_ctzll(set)].held_at != shared())
			held &= ~(set & -set);
	return held;
}
