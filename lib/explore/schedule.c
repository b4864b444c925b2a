/* SPDX-License-Identifier: MIT */
/* Schedules, the codes of their steps, and the driver that records one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wrappers/calls.h"
#include "explorer.h"

void
schedule_free(struct schedule *s)
{
	free(s->choices);
	*s = (struct schedule) { 0 };
}

bool
schedule_copy(struct schedule *to, const struct schedule *from)
{
	struct choice *p;

	if (to->room < from->n) {
		p = realloc(to->choices, from->n * sizeof(*p));
		if (p == NULL)
			return false;
		to->choices = p;
		to->room = from->n;
	}
	if (from->n > 0)
		memcpy(to->choices, from->choices, from->n * sizeof(*p));
	to->n = from->n;
	to->preemptions = from->preemptions;
	to->lost = from->lost;
	return true;
}

static void
append(struct schedule *s, struct choice c)
{
	if (s->n == s->room) {
		size_t room = s->room == 0 ? 256 : s->room * 2;
		void *p = realloc(s->choices, room * sizeof(*s->choices));

		if (p == NULL) {
			s->lost = true;
			return;
		}
		s->choices = p;
		s->room = room;
	}
	s->choices[s->n++] = c;
	s->preemptions += c.preempts;
}

unsigned
usual_pick(const struct sim_state *s)
{
	if (s->enabled & SIM_BIT(s->last))
		return s->last;
	return (unsigned)__builtin_ctzll(s->enabled);
}

#define OBJECT 8192u /* more than the number of kinds times calls */
_Static_assert(32 * CALLS + 32 < OBJECT, "room for kinds and calls");

uint32_t
code_of(unsigned proc)
{
	struct sim_op op = sim_next_op(proc);

	return 1 + op.kind + 32u * op.call + sim_object(op.address) * OBJECT;
}

void
name_of_code(uint32_t code, char *text, size_t size)
{
	static const char *const kinds[] = {
		[SIM_BEGIN] = "begins",
		[SIM_RESUME] = "resumes after its sleep",
		[SIM_CALL] = "calls",
		[SIM_LOAD] = "loads",
		[SIM_STORE] = "stores",
		[SIM_MODIFY] = "modifies",
		[SIM_READ] = "reads",
		[SIM_WRITE] = "writes",
		[SIM_SLEEP] = "falls asleep",
		[SIM_WAKE] = "wakes others",
		[SIM_FENCE] = "makes a fence",
		[SIM_NOW] = "reads the clock",
		[SIM_YIELD] = "yields",
		[SIM_START] = "starts a thread",
		[SIM_JOIN] = "joins a thread",
		[SIM_END] = "ends",
		[SIM_PASSES] = "its deadline passes",
		[SIM_WAKES] = "wakes for no reason",
	};
	unsigned kind = (code - 1) % OBJECT % 32;
	unsigned call = (code - 1) % OBJECT / 32;
	const char *what = "?";

	if (kind < sizeof(kinds) / sizeof(kinds[0]) && kinds[kind] != NULL)
		what = kinds[kind];
	if (code == 0)
		(void)snprintf(text, size, "a choice of another kind");
	else if (call == CALL_NONE)
		(void)snprintf(text, size, "\"%s\"", what);
	else if (kind == SIM_CALL)
		(void)snprintf(text, size, "\"%s\"", call_name(call));
	else
		(void)snprintf(
		    text, size, "\"%s, in %s\"", what, call_name(call));
}

static unsigned
pick(struct sim_driver *driver, const struct sim_state *s)
{
	struct recorder *r = (struct recorder *)(void *)driver;
	unsigned proc = r->inner->pick(r->inner, s);
	struct choice c = { 0 };

	c.taken = (uint8_t)proc;
	c.usual = (uint8_t)usual_pick(s);
	c.code = code_of(proc);
	c.preempts = proc < SIM_THREADS && proc != s->last && s->goes_on;
	append(r->schedule, c);
	return proc;
}

static unsigned
choose(struct sim_driver *driver, enum sim_choice why, unsigned n)
{
	struct recorder *r = (struct recorder *)(void *)driver;
	unsigned i = r->inner->choose(r->inner, why, n);
	struct choice c = { 0 };

	c.taken = (uint8_t)i;
	c.data = (uint8_t)(why + 1);
	append(r->schedule, c);
	return i;
}

static void
stepped(struct sim_driver *driver, unsigned proc, struct sim_foot foot,
    uint64_t enabled)
{
	struct recorder *r = (struct recorder *)(void *)driver;

	r->inner->stepped(r->inner, proc, foot, enabled);
}

void
recorder_init(struct recorder *r, struct sim_driver *inner,
    struct schedule *schedule)
{
	r->driver = (struct sim_driver) { pick, choose, stepped };
	r->inner = inner;
	r->schedule = schedule;
	schedule->n = 0;
	schedule->preemptions = 0;
	schedule->lost = false;
}

bool
schedule_differs(const struct schedule *a, const struct schedule *b,
    size_t *where)
{
	size_t i, n = a->n < b->n ? a->n : b->n;

	for (i = 0; i < n; i++)
		if (a->choices[i].code != b->choices[i].code
		    || a->choices[i].taken != b->choices[i].taken)
			break;
	*where = i;
	return i < n || a->n != b->n;
}
