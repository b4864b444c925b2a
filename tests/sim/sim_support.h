/* SPDX-License-Identifier: MIT */
/*
 * For programs that explore the schedules of libsync itself: a table of small
 * scenarios, each of which is run in every schedule within a bound.
 *
 *	static const struct sim_scenario scenarios[] = {
 *		{ .name = "two threads count", .begin = fresh,
 *		    .roles = { counts, counts }, .end = is_two },
 *	};
 *
 *	int
 *	main(void)
 *	{
 *		return sim_main("mutex", scenarios, SIM_COUNT(scenarios));
 *	}
 *
 * Each atomic access of the library is a step.  Wakeups may be spurious, and
 * deadlines may pass early.  A scenario fails if a schedule fails, if there was
 * nothing to explore, or if a search that must be complete was not.
 *
 * The short set runs all schedules with at most SIM_BOUND preemptions, with one
 * more those in which each call is a step, and with weak memory those with at
 * most `weak'.  SYNC_SIM=deep goes further; SYNC_SIM=brief, for a library that
 * was built another way, has one preemption.
 *
 * Of schedules that differ only in the order of independent steps, one is run.
 * This reduction does not see accesses to plain variables of the test.  They may
 * be used where a lock orders them, or be checked at the end.  All other
 * communication between threads must use marked accesses.
 *
 * SYNC_SIM_ONLY=text runs the scenarios with that text in their name; with it,
 * SYNC_REPLAY runs the schedule that a failure printed.
 */
#ifndef SIM_SUPPORT_H
#define SIM_SUPPORT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <libsync.h>
#include <libsync/explore.h>

#define SIM_BOUND 2 /* preemptions, all of which the short set has */

#define SIM_ROLES 4 /* of a row in a table; a play may have more */
typedef void sim_role(unsigned me);

struct sim_scenario {
	const char *name; /* a sentence */
	/*
	 * What is run: test(arg).  If test is null: begin(arg), and then
	 * sim_play(end, roles).
	 */
	void (*test)(void *);
	void (*begin)(const void *);
	sim_role *roles[SIM_ROLES];
	void (*end)(void);
	const void *arg;
	bool calls; /* a large one: each call is a step, in all searches */
	/* Short set, weak memory: this bound, from 1, too; 0: not run. */
	uint32_t weak;
	/* The number of outcomes that must occur: sim_saw(0) to (sees - 1). */
	unsigned sees;
	/* Short set: one preemption less, because it takes seconds. */
	bool large;
	/* Deep set: searches that need not be complete, as they take too long. */
	bool cut;
	/*
	 * Limits of an execution, if not the default ones.  calm: no spurious
	 * wakeups and no early deadlines, except as these limits allow.
	 */
	bool calm;
	uint32_t timeouts, spurious, failures;
	/* How often spinning may be useful, for each thread. */
	unsigned spins;
};

#define SIM_COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* The status for main to return. */
int sim_main(
    const char *object, const struct sim_scenario *scenarios, size_t n);

/*
 * Inside a test: whether loads may be stale; and whether each call is one step
 * from its last sleep to its return, so that its result can be compared with
 * the present state.
 */
bool sim_weak(void);
bool sim_whole(void);

/*
 * Play the roles, each in a thread of its own: role(me) is called with the
 * number of the role, from 0.  The caller plays role 0.  The thread whose role
 * returns last calls finish, unless it is null, to check the final state:
 * finish may read everything as plain memory, is no step, and knows what all
 * roles have done.  sim_play does not wait, so call it last.  (Joins would add
 * many steps to each scenario.)
 */
#define sim_play(finish, ...)                                                  \
	sim_play_(finish, (sim_role *const[]) { __VA_ARGS__ },                 \
	    SIM_COUNT(((sim_role *const[]) { __VA_ARGS__ })))
void sim_play_(void (*finish)(void), sim_role *const roles[], size_t n);
/* Start one more role, from inside another. */
void sim_start(sim_role *role);

/*
 * The caller may free the memory now: the library must not access it any more.
 * It is filled with rubbish, to reveal accesses that the explorer does not see.
 */
void sim_free(void *p, size_t size);

/*
 * Allow calls with a destroyed object, to check that they return EINVAL.  The
 * explorer recognises a destroyed object by its first bytes; this changes some
 * of them that do not matter any more.  Call it right after destroy.
 */
void sim_may_be_late(uint32_t *spare);

/*
 * Until all other threads sleep, in a calm scenario; and how many threads sleep
 * now, with no wake on its way to them.
 */
void sim_until_asleep(void);
unsigned sim_asleep(void); /* the machine's */

/* Note that this outcome has occurred, in this or another schedule. */
void sim_saw(unsigned outcome);

/* A deadline that has not passed yet, n of them in order. */
sync_time sim_soon(unsigned n);

/*
 * A record of calls and results, for a check against a sequential model (Wing
 * and Gong, 1993).  history_call notes the start of a call and returns its
 * place; history_return notes its result.  Both are steps.
 */
#define HISTORY_CALLS 12

struct history_op {
	int op; /* call and argument: the test's own meaning */
	int arg;
	int err; /* what it returned */
	int value;
	uint32_t called, returned; /* moments */
};

struct history {
	struct history_op ops[HISTORY_CALLS];
	unsigned n;
	uint32_t now;
};

/* Empty the record, at the start of each execution. */
void history_begin(struct history *h);
unsigned history_call(struct history *h, int op, int arg);
void history_return(struct history *h, unsigned call, int err, int value);

/*
 * Whether the calls can be put in an order in which each result is that of the
 * model, and no call comes before one that had returned when it was called.
 * state has size bytes, at most HISTORY_STATE, and is not changed.
 * apply(state, op) returns whether op may have its result in that state; if so,
 * it changes the state to that after op.
 */
#define HISTORY_STATE 64
typedef bool history_apply(void *state, const struct history_op *op);
bool history_is_linear(const struct history *h, history_apply *apply,
    const void *state, size_t size);

#endif /* SIM_SUPPORT_H */
