/* SPDX-License-Identifier: MIT */
/*
 * Loops that poll.
 *
 * A thread that comes to a place of the program as it was there before, while
 * nothing that threads share has changed since, does again what it did then: it
 * can wait until something changes, and no schedule is lost that leads
 * elsewhere.  Without that a loop that polls has schedules without end.
 *
 * As it was: the place, the object, and what its stack and registers hold, from
 * there to the stack's beginning.  A loop that counts its rounds is different
 * in each.  What threads share: the values of all atomic variables, who holds
 * which lock, the clock, and a count of all else that was done.  A lock that was
 * taken and given back has changed nothing.
 *
 * What is not seen are plain variables elsewhere.  So a thread may make
 * `polls' such rounds, at least two, before it is held back, and when it is,
 * that is reported.  One whose stack differs for no good reason makes MANY.
 */
#include "config.h"

#include <setjmp.h>
#include <string.h>

#include <libsync/explore.h>

#include "machine/machine.h"

#define m sim_machine

#define MANY 200 /* rounds, whatever the stack holds */

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

static uint64_t
shared(void)
{
	return mix(mix(m.values, m.events), (uint64_t)m.now);
}

/* What lies between a thread's frame and the beginning of its stack. */
static uint64_t __attribute__((no_sanitize("address"), no_sanitize("thread")))
hash_words(const char *from, const char *to)
{
	const volatile uintptr_t *p = (const volatile uintptr_t *)(uintptr_t)from;
	uint64_t h = 0;

	for (; (const char *)(uintptr_t)p < to; p++)
		h = mix(h, *p);
	return h;
}

/* AddressSanitizer's own place for what functions have on their stacks. */
void *__asan_get_current_fake_stack(void) __attribute__((weak));

static bool
stack_is_elsewhere(void)
{
	return __asan_get_current_fake_stack != NULL
	    && __asan_get_current_fake_stack() != NULL;
}

/*
 * Its registers lie in the frames between, or are among those that setjmp
 * saves.  What setjmp leaves alone is zero.  Never the same if it is not known.
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
 * What the thread knows of that place and object; else the entry that it has not
 * used for longest, for it.  Nothing here depends on addresses, which may be
 * others in each execution.
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

/* Something has changed since then. */
static void
begin_rounds(struct sim_look *l, uint64_t now, uint32_t passed)
{
	l->shared = now;
	l->own = 0;
	l->passed = passed;
	l->equal = 0;
}

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
