/* SPDX-License-Identifier: MIT */
/*
 * The reduction leaves out no outcome.  Small random programs run in all
 * schedules, once with it and once without it, and must have the same outcomes.
 */
#include "explore_programs.h"
#include "explore_support.h"

#define BOUNDS 5 /* 0 to 3; 4 means all */

/* Sorts of programs. */
static const struct sort {
	const char *name;
	unsigned use, threads, ops;
	bool weak, atomics;
	uint32_t timeouts, spurious;
	unsigned places;
} sorts[] = {
	{ "atomics", USE_ATOMICS, 3, 2, false, false, 0, 0, 1 },
	{ "atomics, main too", USE_ATOMICS | USE_MAIN, 3, 2, false, false, 0,
	    0, 1 },
	{ "weak atomics", USE_ATOMICS | USE_ORDERS | USE_MAIN, 2, 4, true,
	    false, 0, 0, 1 },
	{ "three weak threads", USE_ATOMICS | USE_ORDERS | USE_MAIN, 3, 2, true,
	    false, 0, 0, 1 },
	{ "locks and tries", USE_ATOMICS | USE_LOCKS | USE_TRIES, 3, 2, false,
	    false, 0, 0, 1 },
	{ "semaphores", USE_SEMS | USE_TRIES | USE_FOREVER | USE_MAIN, 3, 2,
	    false, false, 0, 1, 1 },
	{ "conditions", USE_LOCKS | USE_CONDS | USE_FOREVER | USE_MAIN, 3, 2,
	    false, false, 0, 1, 1 },
	{ "conditions and deadlines", USE_LOCKS | USE_CONDS | USE_FOREVER
	    | USE_TIME | USE_MAIN, 2, 4, false, false, 2, 1, 1 },
	{ "events and deadlines", USE_EVENTS | USE_TIME | USE_MAIN, 3, 2, false,
	    false, 2, 1, 1 },
	{ "deadlines", USE_TIME | USE_SEMS | USE_LOCKS | USE_TRIES | USE_MAIN,
	    2, 4, false, false, 1, 0, 1 },
	{ "yields", USE_ATOMICS | USE_YIELDS | USE_LOCKS | USE_TRIES, 3, 3,
	    false, false, 0, 0, 1 },
	{ "yields and deadlines", USE_ATOMICS | USE_YIELDS | USE_TIME, 3, 2,
	    false, false, 1, 0, 1 },
	{ "choices", USE_ATOMICS | USE_CHOICES | USE_SEMS | USE_FOREVER
	    | USE_MAIN, 2, 3, false, false, 0, 1, 1 },
	{ "everything", 0xfffu & ~USE_ORDERS, 2, 4, false, false, 2, 1, 1 },
	{ "moved", USE_ATOMICS | USE_LOCKS | USE_TIME | USE_TRIES | USE_MAIN,
	    2, 3, false, false, 1, 0, 2 },
	{ "moved more", USE_ATOMICS | USE_LOCKS | USE_SEMS | USE_TRIES, 3, 2,
	    false, false, 0, 0, 8 },
	{ "moved all over", USE_ATOMICS | USE_LOCKS | USE_MAIN, 2, 3, false,
	    false, 0, 0, PROGRAM_PLACES },
	{ "rwlocks", USE_RWLOCKS | USE_TRIES | USE_FOREVER, 3, 2, false, false,
	    0, 0, 1 },
	{ "four and an rwlock", USE_RWLOCKS | USE_FOREVER | USE_MAIN, 4, 1,
	    false, false, 0, 0, 1 },
	{ "rwlocks and deadlines", USE_RWLOCKS | USE_TIME | USE_MAIN, 3, 2,
	    false, false, 1, 0, 1 },
	{ "latches", USE_LATCHES | USE_ATOMICS | USE_TRIES | USE_FOREVER
	    | USE_MAIN, 3, 2, false, false, 0, 0, 1 },
	{ "queues", USE_QUEUES | USE_TRIES | USE_FOREVER | USE_MAIN, 3, 2,
	    false, false, 0, 0, 1 },
	{ "queues without tries", USE_QUEUES | USE_FOREVER | USE_MAIN, 3, 2,
	    false, false, 0, 0, 1 },
	{ "queues and deadlines", USE_QUEUES | USE_TIME | USE_FOREVER
	    | USE_MAIN, 2, 3, false, false, 1, 0, 1 },
	{ "barriers", USE_BARRIERS | USE_ATOMICS | USE_FOREVER | USE_MAIN, 3,
	    2, false, false, 0, 0, 1 },
	{ "owned locks", USE_RMUTEXES | USE_KMUTEXES | USE_TRIES | USE_FOREVER,
	    3, 2, false, false, 0, 0, 1 },
	{ "four and a mutex", USE_LOCKS | USE_FOREVER | USE_MAIN, 4, 1, false,
	    false, 0, 0, 1 },
	{ "four and conditions", USE_LOCKS | USE_CONDS | USE_FOREVER, 4, 1,
	    false, false, 0, 0, 1 },
	{ "semaphores and events, four", USE_SEMS | USE_EVENTS | USE_FOREVER
	    | USE_MAIN, 4, 1, false, false, 0, 0, 1 },
	{ "POSIX threads", USE_POSIX | USE_TRIES | USE_FOREVER | USE_MAIN, 3, 2,
	    false, false, 0, 0, 1 },
	{ "POSIX threads, spurious", USE_POSIX | USE_FOREVER | USE_MAIN, 3, 2,
	    false, false, 0, 1, 1 },
	{ "destroyed semaphores", USE_SEMS | USE_EVENTS | USE_FOREVER
	    | USE_DESTROY | USE_MAIN, 3, 2, false, false, 0, 0, 1 },
	{ "destroyed locks", USE_LOCKS | USE_RWLOCKS | USE_LATCHES | USE_FOREVER
	    | USE_DESTROY | USE_MAIN, 3, 2, false, false, 0, 0, 1 },
	{ "polls", USE_SEMS | USE_LOCKS | USE_ATOMICS | USE_POLLS | USE_FOREVER
	    | USE_MAIN, 2, 2, false, false, 0, 0, 1 },
	{ "polls without end", USE_SEMS | USE_LOCKS | USE_ATOMICS | USE_AWAITS
	    | USE_FOREVER, 3, 1, false, false, 0, 0, 1 },
	{ "polls without end, main too", USE_SEMS | USE_LOCKS | USE_ATOMICS
	    | USE_AWAITS | USE_TIME | USE_MAIN, 2, 3, false, false, 1, 0, 1 },
	{ "polls and yields", USE_SEMS | USE_LOCKS | USE_ATOMICS | USE_AWAITS
	    | USE_YIELDS, 3, 1, false, false, 0, 0, 1 },
	{ "all objects", 0x7ffffu & ~USE_ORDERS & ~USE_TIME & ~USE_YIELDS, 3, 2,
	    false, false, 0, 0, 1 },
	{ "all objects, moved", 0x7fffdu & ~USE_YIELDS, 2, 3, false, false, 1,
	    0, 4 },
	{ "inside the library", USE_LOCKS | USE_SEMS | USE_FOREVER | USE_MAIN,
	    2, 1, false, true, 0, 1, 1 },
};

static uint64_t
number_from(const char *name, uint64_t usual)
{
	const char *v = getenv(name);

	return v != NULL ? strtoull(v, NULL, 0) : usual;
}

/* How many programs of each sort. */
static uint64_t
count(void)
{
	return number_from("SYNC_PROGRAMS", is_deep() ? 400 : 12);
}

/* For printing: an outcome that the other search did not have. */
static struct outcomes *other;
static unsigned nmissing;

static uint64_t
print_if_missing(void)
{
	uint64_t h = program_outcome();

	if (!outcomes_has(other, h) && !outcomes_has(other, h + 1)
	    && nmissing++ < 3) {
		(void)fprintf(stderr, "  missing:");
		program_print_outcome(stderr);
	}
	return h;
}

static void
explain(struct program *p, const struct sort *sort, uint64_t seed,
    struct exhaust *full, struct exhaust *reduced)
{
	struct outcomes kept = reduced->set;

	(void)fprintf(stderr, "%s, seed %llu, bound %d of 4: %llu schedules,"
	    " with reduction %llu\n", sort->name, (unsigned long long)seed,
	    full->all ? 4 : (int)full->bound,
	    (unsigned long long)full->schedules,
	    (unsigned long long)reduced->schedules);
	program_print(p, stderr);
	other = &kept;
	nmissing = 0;
	full->outcome = print_if_missing;
	exhaust(full);
}

static bool
agrees(struct program *p, const struct sort *sort, uint64_t seed,
    unsigned bound, uint64_t *compared)
{
	struct exhaust full = { .test = program_run, .arg = p,
		.all = bound == 4, .bound = bound, .weak = sort->weak,
		.atomics = sort->atomics, .timeouts = sort->timeouts,
		.spurious = sort->spurious, .stale = 2, .most = 40000,
		.outcome = program_outcome };
	struct exhaust reduced = full;
	bool equal = true;

	program_places = sort->places;
	program_calls = !sort->atomics;
	reduced.reduce = true;
	reduced.polls = 2;
	if (sort->use & USE_AWAITS) {
		full.polls = 2; /* otherwise it never ends */
		full.steps = reduced.steps = 80;
		full.most = reduced.most = 4000;
	}
	exhaust(&reduced);
	if (!reduced.cut)
		exhaust(&full);
	ck_assert_msg(full.bad == 0, "%s", full.what);
	ck_assert_msg(reduced.bad == 0, "%s", reduced.what);
	if (!reduced.cut && !full.cut) {
		++*compared;
		equal = full.gone == reduced.gone && (full.gone
		    || outcomes_equal(&full.set, &reduced.set));
		if (!equal)
			explain(p, sort, seed, &full, &reduced);
	}
	outcomes_free(&full.set);
	outcomes_free(&reduced.set);
	return equal;
}

START_TEST(reduction_leaves_out_no_outcome)
{
	const struct sort *sort = &sorts[_i];
	uint64_t first = number_from("SYNC_SEED", 1), seed, compared = 0;
	uint64_t programs = count() * (sort->places > 1 ? 4 : 1);
	unsigned bound, bad = 0;
	const char *only = getenv("SYNC_SORT");
	struct program p;

	if (only != NULL && strstr(sort->name, only) == NULL)
		return;
	for (seed = first; seed < first + programs; seed++) {
		program_make(
		    &p, seed, sort->use, sort->threads, sort->ops);
		for (bound = 0; bound < BOUNDS; bound++)
			bad += !agrees(&p, sort, seed, bound, &compared);
	}
	ck_assert_msg(bad == 0, "%s: %u searches lost an outcome", sort->name,
	    bad);
	/* otherwise the programs are too large to compare */
	ck_assert_uint_gt(compared, programs);
}
END_TEST

/* Programs that once lost an outcome, and why. */
#define ONE(kind, which, order, when) { kind, which, order, when }
#define SC __ATOMIC_SEQ_CST
static const struct lost {
	const char *why;
	struct program program;
	bool weak;
	uint32_t timeouts, spurious;
	unsigned places;
} losts[] = {
	{ "a thread that slept and wakes is not preempted",
	    { 3, { 1, 0, 2 }, { { ONE(OP_SET, 1, 0, 0) }, { { 0 } },
		{ ONE(OP_EVENT_WAIT_UNTIL, 1, 0, 2), ONE(OP_NOW, 0, 0, 0) } } },
	    false, 2, 1, 1 },
	{ "a sleeping process races with what came between",
	    { 3, { 1, 2, 1 }, { { ONE(OP_EVENT_WAIT_UNTIL, 1, 0, 2) },
		{ ONE(OP_IS_SET, 0, 0, 0), ONE(OP_NOW, 0, 0, 0) },
		{ ONE(OP_SET, 0, 0, 0) } } }, false, 2, 1, 1 },
	{ "a step that touches nothing lets those go on that yielded",
	    { 3, { 0, 1, 2 }, { { { 0 } }, { ONE(OP_LOAD, 1, SC, 0) },
		{ ONE(OP_YIELD, 0, 0, 0), ONE(OP_STORE, 1, SC, 0) } } },
	    false, 0, 0, 1 },
	{ "consistent accesses do not commute",
	    { 3, { 2, 2, 1 }, { { ONE(OP_LOAD, 0, SC, 0),
		ONE(OP_EXCHANGE, 1, __ATOMIC_ACQUIRE, 0) },
		{ ONE(OP_LOAD, 1, SC, 0), ONE(OP_STORE, 0, SC, 0) },
		{ ONE(OP_STORE, 0, __ATOMIC_RELAXED, 0) } } }, true, 0, 0, 1 },
	{ "nor do fences",
	    { 2, { 2, 3 }, { { ONE(OP_ADD, 0, __ATOMIC_RELEASE, 0),
		ONE(OP_LOAD, 1, SC, 0) }, { ONE(OP_FENCE, 0, SC, 0),
		ONE(OP_LOAD, 0, __ATOMIC_ACQUIRE, 0),
		ONE(OP_STORE, 0, __ATOMIC_RELAXED, 0) } } }, true, 0, 0, 1 },
	{ "a queue that is full is opened by a get and by close",
	    { 3, { 2, 2, 2 }, { { ONE(OP_PUT, 0, 0, 0), ONE(OP_PUT, 0, 0, 0) },
		{ ONE(OP_GET, 0, 0, 0), ONE(OP_CLOSE, 0, 0, 0) },
		{ ONE(OP_GET, 0, 0, 0), ONE(OP_PUT, 0, 0, 0) } } },
	    false, 0, 0, 1 },
	{ "who waits and never passes might have come first",
	    { 3, { 2, 2, 2 }, { { ONE(OP_PUT, 0, 0, 0), ONE(OP_GET, 0, 0, 0) },
		{ ONE(OP_TRYGET, 1, 0, 0), ONE(OP_PUT, 1, 0, 0) },
		{ ONE(OP_PUT, 1, 0, 0), ONE(OP_PUT, 0, 0, 0) } } },
	    false, 0, 0, 1 },
	{ "so might who wants back the mutex of a condition",
	    { 2, { 6, 5 }, { { ONE(OP_LOCK, 1, 0, 0),
		ONE(OP_COND_WAIT_UNTIL, 1, 0, 1), ONE(OP_UNLOCK, 1, 0, 0),
		ONE(OP_LOCK, 0, 0, 0), ONE(OP_COND_WAIT_UNTIL, 0, 0, 3),
		ONE(OP_UNLOCK, 0, 0, 0) },
		{ ONE(OP_SLEEP, 1, 0, 3), ONE(OP_NOW, 0, 0, 0),
		ONE(OP_LOCK, 1, 0, 0), ONE(OP_READ, 1, 0, 0),
		ONE(OP_UNLOCK, 1, 0, 0) } } }, false, 2, 1, 1 },
	{ "a sleeper wakes for no reason, whatever others still do",
	    { 3, { 2, 2, 3 }, { { ONE(OP_P_SIGNAL, 1, 0, 0),
		ONE(OP_P_WAIT, 1, 0, 0) },
		{ ONE(OP_P_LOCK, 1, 0, 0), ONE(OP_P_UNLOCK, 1, 0, 0) },
		{ ONE(OP_P_LOCK, 0, 0, 0), ONE(OP_P_COND_WAIT, 0, 0, 0),
		ONE(OP_P_UNLOCK, 0, 0, 0) } } }, false, 0, 1, 1 },
	{ "and with a bound",
	    { 3, { 4, 4, 4 }, { { ONE(OP_P_POST, 1, 0, 0),
		ONE(OP_P_LOCK, 1, 0, 0), ONE(OP_P_COND_WAIT, 1, 0, 0),
		ONE(OP_P_UNLOCK, 1, 0, 0) },
		{ ONE(OP_P_SIGNAL, 1, 0, 0), ONE(OP_P_LOCK, 1, 0, 0),
		ONE(OP_P_COND_WAIT, 1, 0, 0), ONE(OP_P_UNLOCK, 1, 0, 0) },
		{ ONE(OP_P_WAIT, 1, 0, 0), ONE(OP_P_LOCK, 1, 0, 0),
		ONE(OP_P_COND_WAIT, 1, 0, 0), ONE(OP_P_UNLOCK, 1, 0, 0) } } },
	    false, 0, 1, 1 },
	{ "objects need not be where they were",
	    { 3, { 0, 2, 2 }, { { { 0 } }, { ONE(OP_STORE, 0, SC, 0),
		ONE(OP_LOAD, 0, SC, 0) }, { ONE(OP_LOAD, 1, SC, 0),
		ONE(OP_LOAD, 0, SC, 0) } } },
	    false, 0, 0, 2 },
};

START_TEST(what_was_lost_once_is_found)
{
	const struct lost *l = &losts[_i];
	const struct sort sort = { l->why, 0, 0, 0, l->weak, false,
		l->timeouts, l->spurious, l->places };
	struct program p = l->program;
	uint64_t compared = 0;
	unsigned bound, i;

	/* again, with the objects at other, random addresses */
	for (i = 0; i < (l->places > 1 ? 10 : 1); i++)
		for (bound = 0; bound < BOUNDS; bound++)
			ck_assert_msg(agrees(&p, &sort, 0, bound, &compared),
			    "%s", l->why);
	ck_assert_uint_ge(compared, 3);
}
END_TEST

static Suite *
suite(void)
{
	Suite *su = suite_create("explore sound");
	TCase *tc = add_case(su, "lost once", 60);

	tcase_add_loop_test(tc, what_was_lost_once_is_found, 0, COUNT(losts));
	tc = add_case(su, "random programs", 600);
	tcase_add_loop_test(
	    tc, reduction_leaves_out_no_outcome, 0, COUNT(sorts));
	return su;
}

int
main(void)
{
	return run_suite(suite());
}
