/* SPDX-License-Identifier: MIT */
/*
 * Simplification of a schedule that failed: find one that fails in the same
 * way with fewer preemptions and fewer choices that are not the default.
 *
 * The schedule is split into turns.  A turn is a number of steps of one
 * process.  One change at a time is tried:
 *
 *	- The next turn of a process is joined to its previous turn, which
 *	  removes a preemption.
 *	- A timeout or a wakeup is left out, or a chosen number becomes 0.
 *
 * The changed turns are run, as far as they can be followed.  The resulting
 * schedule is kept if it is simpler and fails in the same way.  In the end,
 * the bounded search looks for a failure with fewer preemptions.  The budget
 * limits both parts.
 */
#include <stdlib.h>
#include <string.h>

#include "explorer.h"

#define EXECUTIONS 20000 /* at most, in each of the two parts */
#define LONGEST    INT64_C(2000000000) /* ns at most, in both together */

struct budget {
	uint32_t executions;
	int64_t until;
};

struct turn {
	uint8_t proc;
	bool data; /* proc is a number that was chosen */
	uint32_t steps;
};

struct turns {
	struct turn *at;
	size_t n;
};

/* A driver that follows turns as far as it can. */
struct follower {
	struct sim_driver driver;
	const struct turns *turns;
	size_t next;   /* the current turn of a process */
	size_t number; /* the next turn to check for a number */
	uint32_t used; /* steps of the current turn */
};

static bool
budget_left(struct budget *b)
{
	return b->executions-- > 0 && sim_real_time() < b->until;
}

static unsigned
pick(struct sim_driver *driver, const struct sim_state *s)
{
	struct follower *f = (struct follower *)(void *)driver;

	for (; f->next < f->turns->n; f->next++) {
		const struct turn *t = &f->turns->at[f->next];

		if (!t->data && f->used < t->steps
		    && (s->enabled & SIM_BIT(t->proc))) {
			f->used++;
			return t->proc;
		}
		f->used = 0;
	}
	return usual_pick(s);
}

static unsigned
choose(struct sim_driver *driver, enum sim_choice why, unsigned n)
{
	struct follower *f = (struct follower *)(void *)driver;

	(void)why;
	while (f->number < f->turns->n) {
		const struct turn *t = &f->turns->at[f->number++];

		if (t->data)
			return t->proc < n ? t->proc : 0;
	}
	return 0;
}

static void
stepped(struct sim_driver *driver, unsigned proc, struct sim_foot foot,
    uint64_t enabled)
{
	(void)driver, (void)proc, (void)foot, (void)enabled;
}

static void
take_apart(struct turns *t, const struct schedule *s)
{
	struct turn *last = NULL;
	size_t i;

	t->n = 0;
	for (i = 0; i < s->n; i++) {
		const struct choice *c = &s->choices[i];

		if (c->data == 0 && last != NULL && last->proc == c->taken) {
			last->steps++;
			continue;
		}
		t->at[t->n] = (struct turn) { c->taken, c->data != 0, 1 };
		if (c->data == 0)
			last = &t->at[t->n];
		t->n++;
	}
}

/* How much it differs from the schedule of default choices. */
static size_t
complexity(const struct schedule *s)
{
	size_t i, n = s->preemptions;

	for (i = 0; i < s->n; i++)
		n += s->choices[i].taken != s->choices[i].usual;
	return n;
}

/* Run the turns; if they fail in the same way and are simpler, store them. */
static bool
is_better(struct schedule *s, const struct turns *turns,
    const struct subject *subject)
{
	struct follower f = { { pick, choose, stepped }, turns, 0, 0, 0 };
	struct schedule tried = { 0 };
	struct sim_outcome outcome;
	struct recorder r;
	bool better;

	recorder_init(&r, &f.driver, &tried);
	sim_run(subject->test, subject->arg, &r.driver, &outcome);
	better = outcome.ending == subject->ending && !tried.lost
	    && complexity(&tried) < complexity(s)
	    && schedule_copy(s, &tried);
	schedule_free(&tried);
	return better;
}

static void
leave_out(struct turns *to, const struct turns *from, size_t i)
{
	memcpy(to->at, from->at, i * sizeof(*to->at));
	memcpy(to->at + i, from->at + i + 1,
	    (from->n - i - 1) * sizeof(*to->at));
	to->n = from->n - 1;
}

/* Join the next turn of the same process to turn i; false if there is none. */
static bool
merge(struct turns *to, const struct turns *from, size_t i)
{
	size_t j = i + 1;

	while (j < from->n
	    && (from->at[j].data || from->at[j].proc != from->at[i].proc))
		j++;
	if (from->at[i].data || j >= from->n)
		return false;
	leave_out(to, from, j);
	to->at[i].steps += from->at[j].steps;
	return true;
}

/* Make one simplification; false if none is found within the budget. */
static bool
shrink_once(struct schedule *s, const struct subject *subject,
    struct turns *turns, struct turns *changed, struct budget *b)
{
	size_t i;

	take_apart(turns, s);
	for (i = 0; i < turns->n; i++) {
		const struct turn *t = &turns->at[i];

		if (!budget_left(b))
			return false;
		if (merge(changed, turns, i)
		    && is_better(s, changed, subject))
			return true;
		if (!t->data && t->proc < SIM_THREADS)
			continue;
		leave_out(changed, turns, i);
		if (t->data && t->proc != 0) {
			memcpy(changed->at, turns->at,
			    turns->n * sizeof(*t));
			changed->n = turns->n;
			changed->at[i].proc = 0;
		}
		if (is_better(s, changed, subject))
			return true;
	}
	return false;
}

/*
 * Search for a schedule that fails in the same way with at most `bound'
 * preemptions; false if none is found within the budget.
 */
static bool
search_bound(struct schedule *s, const struct subject *subject,
    uint32_t bound, struct budget *b)
{
	struct search *x = search_new(false, bound, true);
	struct schedule tried = { 0 };
	struct sim_outcome outcome = { .ending = SIM_FINE };
	struct recorder r;

	while (x != NULL && outcome.ending != subject->ending
	    && budget_left(b) && search_next(x)) {
		recorder_init(&r, search_driver(x), &tried);
		sim_run(subject->test, subject->arg, &r.driver, &outcome);
		if (outcome.ending == SIM_CHANGED)
			break;
	}
	search_free(x);
	if (outcome.ending == subject->ending && !tried.lost)
		(void)schedule_copy(s, &tried);
	schedule_free(&tried);
	return outcome.ending == subject->ending;
}

static void
search_bounds(
    struct schedule *s, const struct subject *subject, struct budget *b)
{
	uint32_t bound;

	for (bound = 0; bound < s->preemptions; bound++)
		if (search_bound(s, subject, bound, b))
			return;
}

void
shrink(struct schedule *s, const struct subject *subject)
{
	struct budget b = { EXECUTIONS, sim_real_time() + LONGEST };
	struct turns turns, changed;
	size_t room = s->n + 1;

	turns.at = malloc(room * sizeof(*turns.at));
	changed.at = malloc(room * sizeof(*changed.at));
	while (turns.at != NULL && changed.at != NULL && s->n < room
	    && shrink_once(s, subject, &turns, &changed, &b))
		continue;
	free(turns.at);
	free(changed.at);
	b.executions = EXECUTIONS;
	search_bounds(s, subject, &b);
}
