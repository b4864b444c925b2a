/* SPDX-License-Identifier: MIT */
/*
 * Replay strings: schedules as text, and the driver that follows one.
 *
 *	name:1cw.2.1.2.0.ffk_5.1.2a_0.11.1-k3x9
 *
 * The parts are, in this order:
 *
 *	name:	the name of the test in letters, digits and hyphens, if any
 *	1	the version
 *	c or a	the grain: of calls or of atomics
 *	w	if memory is weak
 *	.2.1.2.0.ffk
 *		the limits on timeouts, spurious wakeups, stale loads, failures
 *		and steps
 *	_5.1.2a	a choice that is not the default: the number of default choices
 *		before it, the choice, and the code of that step (0 for a choice
 *		that is a number)
 *	-k3x9	a checksum of all steps
 *
 * Numbers are written in base 36.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explorer.h"

#define VERSION '1'

/* A string that grows; lost: memory ran out. */
struct text {
	char *at;
	size_t n, room;
	bool lost;
};

static void
put(struct text *t, const char *s)
{
	size_t n = strlen(s);

	if (t->n + n + 1 > t->room) {
		size_t room = (t->n + n + 1) * 2;
		char *p = realloc(t->at, room);

		if (p == NULL) {
			t->lost = true;
			return;
		}
		t->at = p;
		t->room = room;
	}
	memcpy(t->at + t->n, s, n + 1);
	t->n += n;
}

static void
put_number(struct text *t, const char *before, uint64_t v)
{
	char digits[16], *p = digits + sizeof(digits) - 1;

	*p = '\0';
	do {
		*--p = "0123456789abcdefghijklmnopqrstuvwxyz"[v % 36];
		v /= 36;
	} while (v > 0);
	put(t, before);
	put(t, p);
}

/* A character of a name as it is written in a replay string. */
static char
plain(char c)
{
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z')
	    || (c >= 'A' && c <= 'Z'))
		return c;
	return '-';
}

static void
put_name(struct text *t, const char *name)
{
	char sign[2] = "";

	if (name == NULL)
		return;
	for (; *name != '\0'; name++) {
		sign[0] = plain(*name);
		put(t, sign);
	}
	put(t, ":");
}

bool
replay_is_for(const char *text, const char *name)
{
	const char *colon = strchr(text, ':');

	if (colon == NULL)
		return true;
	if (name == NULL)
		return false;
	for (; text < colon && *name != '\0'; text++, name++)
		if (*text != plain(*name))
			return false;
	return text == colon && *name == '\0';
}

/* FNV-1a (Fowler, Noll and Vo), reduced to 20 bits. */
uint32_t
replay_checksum(const struct schedule *s)
{
	uint32_t h = 2166136261u;
	size_t i;

	for (i = 0; i < s->n; i++) {
		h = (h ^ s->choices[i].code) * 16777619u;
		h = (h ^ s->choices[i].taken) * 16777619u;
	}
	return (h ^ h >> 16) & 0xfffff;
}

char *
replay_text(const struct schedule *s, const struct sim_limits *limits,
    const char *name)
{
	struct text t = { 0 };
	uint64_t usual = 0;
	size_t i;

	put_name(&t, name);
	put(&t, limits->atomics ? "1a" : "1c");
	put(&t, limits->weak ? "w" : "");
	put_number(&t, ".", limits->timeouts);
	put_number(&t, ".", limits->spurious);
	put_number(&t, ".", limits->stale);
	put_number(&t, ".", limits->failures);
	put_number(&t, ".", limits->steps);
	for (i = 0; i < s->n; i++) {
		const struct choice *c = &s->choices[i];

		if (c->taken == c->usual) {
			usual++;
			continue;
		}
		put_number(&t, "_", usual);
		put_number(&t, ".", c->taken);
		put_number(&t, ".", c->data != 0 ? 0 : c->code);
		usual = 0;
	}
	put_number(&t, "-", replay_checksum(s));
	if (!t.lost)
		return t.at;
	free(t.at);
	return NULL;
}

/* Parse `sign' and a number up to `most' after it; false if there is none. */
static bool
get_number(const char **p, char sign, uint64_t most, uint64_t *v)
{
	char *end;

	if (**p != sign || plain((*p)[1]) == '-')
		return false;
	*v = strtoull(*p + 1, &end, 36);
	if (end == *p + 1 || *v > most)
		return false;
	*p = end;
	return true;
}

static bool
get_limits(const char **p, struct sim_limits *limits)
{
	uint64_t v[5];
	int i;

	if (**p != VERSION || ((*p)[1] != 'a' && (*p)[1] != 'c'))
		return false;
	limits->atomics = (*p)[1] == 'a';
	*p += 2;
	limits->weak = **p == 'w';
	*p += limits->weak;
	for (i = 0; i < 5; i++)
		if (!get_number(p, '.', UINT32_MAX, &v[i]))
			return false;
	limits->timeouts = (uint32_t)v[0];
	limits->spurious = (uint32_t)v[1];
	limits->stale = (uint32_t)v[2];
	limits->failures = (uint32_t)v[3];
	limits->steps = (uint32_t)v[4];
	return true;
}

/* The schedule has no default choices, only their number, in `after'. */
bool
replay_parse(const char *text, struct sim_limits *limits, struct schedule *s)
{
	const char *begin = strchr(text, ':') != NULL ? strchr(text, ':') + 1
						      : text;
	const char *p;
	uint64_t usual, taken, code;
	size_t room = 1;

	for (p = begin; *p != '\0'; p++)
		room += *p == '_';
	p = begin;
	if (!get_limits(&p, limits))
		return false;
	s->choices = calloc(room, sizeof(*s->choices));
	if (s->choices == NULL)
		return false;
	s->room = room;
	s->n = 0;
	while (*p == '_') {
		struct choice *c = &s->choices[s->n++];

		if (!get_number(&p, '_', UINT32_MAX, &usual)
		    || !get_number(&p, '.', 255, &taken)
		    || !get_number(&p, '.', UINT32_MAX, &code)) {
			schedule_free(s);
			return false;
		}
		c->taken = (uint8_t)taken;
		c->code = (uint32_t)code;
		c->after = (uint32_t)usual;
	}
	s->checksum = 0; /* a replay string that was cut short has none */
	if (get_number(&p, '-', UINT32_MAX, &usual))
		s->checksum = (uint32_t)usual;
	if (*p == '\0')
		return true;
	schedule_free(s);
	return false;
}

/* The choice to make now; null: the default choice. */
static const struct choice *
due(struct replay *r)
{
	const struct choice *c;

	if (r->at == r->schedule->n)
		return NULL;
	c = &r->schedule->choices[r->at];
	if (r->usual < c->after) {
		r->usual++;
		return NULL;
	}
	r->usual = 0;
	r->at++;
	return c;
}

static unsigned
pick(struct sim_driver *driver, const struct sim_state *s)
{
	struct replay *r = (struct replay *)(void *)driver;
	const struct choice *c = due(r);
	char was[80], is[80];

	if (c == NULL) {
		/* Number the objects as when the schedule was recorded. */
		(void)code_of(usual_pick(s));
		return usual_pick(s);
	}
	name_of_code(c->code, was, sizeof(was));
	if (c->code == 0 || c->taken >= SIM_PROCS
	    || !(s->enabled & SIM_BIT(c->taken)))
		sim_fail(SIM_CHANGED, "the program does not follow the"
		    " schedule: at step %u thread %u was to continue with %s,"
		    " but it cannot run",
		    (unsigned)s->step, sim_thread_of(c->taken), was);
	name_of_code(code_of(c->taken), is, sizeof(is));
	if (c->code != code_of(c->taken))
		sim_fail(SIM_CHANGED, "the program does not follow the"
		    " schedule: at step %u thread %u was to continue with %s,"
		    " but it continues with %s",
		    (unsigned)s->step, sim_thread_of(c->taken), was, is);
	return c->taken;
}

static unsigned
choose(struct sim_driver *driver, enum sim_choice why, unsigned n)
{
	struct replay *r = (struct replay *)(void *)driver;
	const struct choice *c = due(r);

	(void)why;
	if (c == NULL)
		return 0;
	if (c->code != 0 || c->taken >= n)
		sim_fail(SIM_CHANGED, "the program does not follow the"
		    " schedule: it makes other choices");
	return c->taken;
}

static void
stepped(struct sim_driver *driver, unsigned proc, struct sim_foot foot,
    uint64_t enabled)
{
	(void)driver, (void)proc, (void)foot, (void)enabled;
}

void
replay_init(struct replay *r, const struct schedule *s)
{
	r->driver = (struct sim_driver) { pick, choose, stepped };
	r->schedule = s;
	r->at = 0;
	r->usual = 0;
}
