/* SPDX-License-Identifier: MIT */
#include "sim_support.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#define ROLES 8

#define SHORT_SECONDS 600 /* for a search; slow machines are no failure */
#define DEEP_SECONDS  60
#define ALL_SECONDS   20

static const char *object_name;
static const struct sim_scenario *table;
static bool weak_now, whole_now;
/* Of the machine; no header declares them here. */
extern unsigned sim_spins;
void sim_know_all(void);
static unsigned seen; /* outcomes, a bit each */

/* The play of this execution. */
static struct sync_thread players[ROLES];
static sim_role *role[ROLES];
static void (*at_end)(void);
static unsigned playing, started;

static void
play(unsigned me)
{
	role[me](me);
	if (--playing == 0 && at_end != NULL) {
		sim_know_all();
		at_end();
	}
}

static void *
player(void *arg)
{
	play((unsigned)((struct sync_thread *)arg - players));
	return NULL;
}

void
sim_start(sim_role *r)
{
	struct sync_thread *t = &players[started];

	SYNC_ASSERT(started < ROLES);
	role[started++] = r;
	playing++;
	SYNC_OK(sync_thread_start(t, player, t, NULL));
}

void
sim_play_(void (*finish)(void), sim_role *const roles[], size_t n)
{
	size_t i;

	at_end = finish;
	role[0] = roles[0];
	playing = started = 1;
	for (i = 1; i < n; i++)
		sim_start(roles[i]);
	play(0);
}

static void
run(void *arg)
{
	const struct sim_scenario *s = arg;
	size_t n = 1;

	if (s->test != NULL) {
		s->test((void *)(uintptr_t)s->arg);
		return;
	}
	while (n < SIM_ROLES && s->roles[n] != NULL)
		n++;
	s->begin(s->arg);
	sim_play_(s->end, s->roles, n);
}

void
sim_free(void *p, size_t size)
{
	sync_explore_freed(p, size);
	memset(p, 0xa5, size);
}

void
sim_may_be_late(uint32_t *spare)
{
	*spare += 0x100;
}

void
sim_saw(unsigned outcome)
{
	seen |= 1u << outcome;
}

void
sim_until_asleep(void)
{
	sync_thread_sleep_until(sim_soon(0));
}

sync_time
sim_soon(unsigned n)
{
	/* The clock of an execution starts at one second. */
	return INT64_C(2000000000) + n;
}

bool
sim_weak(void)
{
	return weak_now;
}

bool
sim_whole(void)
{
	return whole_now;
}

void
history_begin(struct history *h)
{
	memset(h, 0, sizeof(*h));
}

unsigned
history_call(struct history *h, int op, int arg)
{
	unsigned i = h->n++;

	SYNC_ASSERT(i < HISTORY_CALLS);
	h->ops[i].op = op;
	h->ops[i].arg = arg;
	h->ops[i].called = SYNC_ATOMIC_ADD(&h->now, 1, __ATOMIC_RELAXED);
	return i;
}

void
history_return(struct history *h, unsigned call, int err, int value)
{
	h->ops[call].err = err;
	h->ops[call].value = value;
	h->ops[call].returned =
	    SYNC_ATOMIC_ADD(&h->now, 1, __ATOMIC_RELAXED);
}

/* Whether a call that is not among those done had returned before i began. */
static bool
must_wait(const struct history *h, unsigned done, unsigned i)
{
	unsigned j;

	for (j = 0; j < h->n; j++)
		if (!(done & 1u << j)
		    && h->ops[j].returned < h->ops[i].called)
			return true;
	return false;
}

struct linear {
	const struct history *h;
	history_apply *apply;
	size_t size;
};

static bool
is_linear_after(const struct linear *l, const unsigned char *state,
    unsigned done)
{
	_Alignas(max_align_t) unsigned char next[HISTORY_STATE];
	unsigned i;

	if (done == (1u << l->h->n) - 1)
		return true;
	for (i = 0; i < l->h->n; i++) {
		if ((done & 1u << i) || must_wait(l->h, done, i))
			continue;
		memcpy(next, state, l->size);
		if (l->apply(next, &l->h->ops[i])
		    && is_linear_after(l, next, done | 1u << i))
			return true;
	}
	return false;
}

bool
history_is_linear(const struct history *h, history_apply *apply,
    const void *state, size_t size)
{
	struct linear l = { h, apply, size };

	return size <= HISTORY_STATE && is_linear_after(&l, state, 0);
}

/* One search of a scenario. */
struct search {
	const char *what;
	enum sync_explore_search search;
	uint32_t bound;
	bool weak, whole;
	int64_t seconds;
	bool required;
};

static void
options_of(const struct sim_scenario *s, const struct search *search,
    struct sync_explore_options *o)
{
	*o = (struct sync_explore_options)SYNC_EXPLORE_OPTIONS;
	o->name = s->name;
	o->search = search->search;
	o->grain = search->whole || s->calls ? SYNC_EXPLORE_CALLS
					     : SYNC_EXPLORE_ATOMICS;
	o->flags = search->weak ? SYNC_EXPLORE_WEAK : 0;
	o->nanoseconds = search->seconds * 1000000000;
	o->preemptions = search->bound;
	o->failures = s->failures;
	if (s->calm)
		o->timeouts = o->spurious = 0;
	if (s->timeouts != 0)
		o->timeouts = s->timeouts;
	if (s->spurious != 0)
		o->spurious = s->spurious;
}

static const char *
reached(const struct search *search, const struct sync_explore_report *r,
    bool *complete)
{
	static char text[64];

	if (search->search == SYNC_EXPLORE_ALL)
		*complete = r->bound == SYNC_EXPLORE_UNBOUNDED;
	else
		*complete = r->bound >= (int32_t)search->bound;
	if (*complete && search->search == SYNC_EXPLORE_ALL)
		return "all schedules, complete";
	if (r->bound >= 0)
		(void)snprintf(text, sizeof(text), "bound %d, %s",
		    (int)r->bound, *complete ? "complete" : "cut after it");
	else
		(void)snprintf(text, sizeof(text), "cut");
	return text;
}

/* Whether the environment selects what to run. */
static bool
overridden(void)
{
	return getenv("SYNC_REPLAY") != NULL || getenv("SYNC_BOUND") != NULL
	    || getenv("SYNC_SECONDS") != NULL
	    || getenv("SYNC_SCHEDULES") != NULL;
}

/* A scenario in which its event never happened tests nothing. */
static void
check_coverage(const struct sim_scenario *s, const struct search *search)
{
	unsigned i;

	for (i = 0; i < s->sees && search->bound >= SIM_BOUND && !search->whole
	    && !overridden(); i++)
		ck_assert_msg(seen & 1u << i, "%s%s: outcome %u never came up",
		    s->name, search->what, i);
}

static void
explore(const struct sim_scenario *s, const struct search *search)
{
	struct sync_explore_options o;
	struct sync_explore_report r;
	const char *how_far;
	bool complete;
	int err;

	options_of(s, search, &o);
	sim_spins = s->spins;
	weak_now = search->weak;
	whole_now = search->whole || s->calls;
	seen = 0;
	err = sync_explore(run, (void *)(uintptr_t)s, &o, &r);
	how_far = reached(search, &r, &complete);
	printf("sim_%s: %s%s: %llu schedules, %s, %.2f s\n", object_name,
	    s->name, search->what, (unsigned long long)r.schedules, how_far,
	    (double)r.nanoseconds / 1e9);
	(void)fflush(stdout);
	ck_assert_msg(err == 0, "%s: %s", s->name,
	    err == EPROTO ? r.what : strerror(err));
	ck_assert_msg(r.schedules > 0 && r.steps > 0,
	    "%s: nothing was explored", s->name);
	check_coverage(s, search);
	if (!overridden())
		ck_assert_msg(complete || !search->required,
		    "%s%s: not complete", s->name, search->what);
}

static bool
set_is(const char *name)
{
	const char *v = getenv("SYNC_SIM");

	return v != NULL && strcmp(v, name) == 0;
}

static void
explore_deep(const struct sim_scenario *s)
{
	const struct search bounds = { "", SYNC_EXPLORE_BOUNDED,
		SIM_BOUND + 1, false, false, DEEP_SECONDS, !s->cut };
	const struct search all = { ", all", SYNC_EXPLORE_ALL, 0, false,
		false, ALL_SECONDS, false };
	const struct search whole = { ", whole calls, all",
		SYNC_EXPLORE_ALL, 0, false, true, ALL_SECONDS, false };
	const struct search weak = { ", weak memory", SYNC_EXPLORE_BOUNDED,
		SIM_BOUND, true, false, DEEP_SECONDS, false };

	explore(s, &bounds);
	explore(s, &all);
	if (s->calls)
		return;
	explore(s, &whole);
	explore(s, &weak);
}

static void
explore_short(const struct sim_scenario *s)
{
	bool brief = set_is("brief");
	const struct search bounds = { "", SYNC_EXPLORE_BOUNDED,
		SIM_BOUND - (brief || s->large ? 1u : 0u), false, false,
		SHORT_SECONDS, true };
	const struct search whole = { ", whole calls", SYNC_EXPLORE_BOUNDED,
		SIM_BOUND + 1, false, true, SHORT_SECONDS, true };
	const struct search weak = { ", weak memory", SYNC_EXPLORE_BOUNDED,
		s->weak, true, false, SHORT_SECONDS, true };

	explore(s, &bounds);
	if (s->calls || brief)
		return;
	explore(s, &whole);
	if (s->weak != 0)
		explore(s, &weak);
}

START_TEST(no_schedule_of_the_scenario_fails)
{
	const char *only = getenv("SYNC_SIM_ONLY");
	const struct sim_scenario *s = &table[_i];

	if (only != NULL && strstr(s->name, only) == NULL)
		return;
	if (set_is("deep"))
		explore_deep(s);
	else
		explore_short(s);
}
END_TEST

int
sim_main(const char *object, const struct sim_scenario *scenarios, size_t n)
{
	Suite *suite = suite_create(object);
	TCase *tc = tcase_create("schedules");
	SRunner *runner;
	int failed;

	object_name = object;
	table = scenarios;
	tcase_set_timeout(tc, 0); /* each search has its own limit */
	tcase_add_loop_test(
	    tc, no_schedule_of_the_scenario_fails, 0, (int)n);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 && n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
