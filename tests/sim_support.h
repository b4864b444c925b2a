/* SPDX-License-Identifier: MIT */
/*
 * For programs that explore the schedules of libsync itself: small scenarios in
 * a table, each of them run in every way within a bound.
 *
 *	static const struct sim_scenario scenarios[] = {
 *		{ .name = "two threads count", .test = two_threads_count },
 *	};
 *
 *	int
 *	main(void)
 *	{
 *		return sim_main("mutex", scenarios, SIM_COUNT(scenarios));
 *	}
 *
 * Each atomic access of the library is a step; sleepers wake for no reason,
 * deadlines pass early.  A scenario fails if a schedule fails, if there was
 * nothing to explore, or if what must be complete was not.
 *
 * The short set runs all schedules with at most SIM_BOUND preemptions, those
 * with one more where each call is a step, and with weak memory those with at
 * most `weak'.  SYNC_SIM=deep goes further; SYNC_SIM=brief, for a library that
 * was built another way, has one preemption.
 *
 * Schedules that differ in the order of unrelated steps are run but once.  What
 * a step does to plain variables of the test is not seen then: they may be used
 * where a lock orders them, or to be looked at in the end.  What else threads
 * tell each other stands in marked accesses.
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

struct sim_scenario {
	const char *name; /* a sentence */
	void (*test)(void *);
	const void *arg; /* of the test */
	bool calls;      /* a large one: each call is a step, in all searches */
	/* Short set, weak memory: this bound, from 1, too; 0: not run. */
	uint32_t weak;
	/* How many outcomes must have been seen: sim_saw(0) to (sees - 1). */
	unsigned sees;
	/* Short set: one preemption less, as it takes seconds. */
	bool large;
	/* Deep set: what need not be complete, as it takes too long. */
	bool cut;
	/*
	 * Limits of an execution, where not the usual ones; calm: no thread
	 * wakes for no reason, no deadline passes early, but for those limits.
	 */
	bool calm;
	uint32_t timeouts, spurious, failures;
	/* How often spinning may pay, for each thread. */
	unsigned spins;
};

#define SIM_COUNT(table) (sizeof(table) / sizeof((table)[0]))

/* What main returns. */
int sim_main(
    const char *object, const struct sim_scenario *scenarios, size_t n);

/*
 * Inside a test: whether loads may be stale; and whether each call is one step
 * from where it slept last to its return, so that what it returned can be held
 * against what is.
 */
bool sim_weak(void);
bool sim_whole(void);

/*
 * Play the roles, each in a thread of its own: role(me) is called with its
 * place, from 0.  Role 0 is the caller's.  When the last of them has returned,
 * that thread calls finish, unless it is null, to check what was left: it may
 * look at everything, as plain memory, and is no step.  Does not wait: call it
 * last.  (To join threads would be many steps more, for each scenario.)
 */
#define sim_play(finish, ...)                                                  \
	sim_play_(finish, (void (*const[])(unsigned)) { __VA_ARGS__ },         \
	    sizeof((void (*const[])(unsigned)) { __VA_ARGS__ })                \
		/ sizeof(void (*)(unsigned)))
void sim_play_(
    void (*finish)(void), void (*const roles[])(unsigned), size_t n);
/* One role more, from inside another. */
void sim_start(void (*role)(unsigned));

/*
 * The caller may free the memory now: the library may not touch it any more.
 * It is filled with rubbish, for accesses that the explorer does not see.
 */
void sim_free(void *p, size_t size);

/*
 * What was destroyed may be called all the same, to see that it says EINVAL: the
 * explorer knows a destroyed object by its first bytes, of which these are some
 * that do not matter any more.  Call it right after destroy.
 */
void sim_may_be_late(uint32_t *spare);

/*
 * Until all other threads sleep, in a calm scenario; and how many threads sleep
 * now, with no wake on its way to them.
 */
void sim_until_asleep(void);
unsigned sim_asleep(void); /* the machine's */

/* Note that this outcome has come up, in this or another schedule. */
void sim_saw(unsigned outcome);

/* A deadline that has not passed yet, n of them in order. */
sync_time sim_soon(unsigned n);

/*
 * What was called, and what it returned, for a check against a sequential model
 * (Wing and Gong, 1993).  history_call notes the beginning of a call and returns
 * its place, history_return what came of it; both are steps.
 */
#define HISTORY_CALLS 12

struct history_op {
	int op; /* which, and with what: the test's own meaning */
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

/* An empty one; at the beginning of each execution. */
void history_begin(struct history *h);
unsigned history_call(struct history *h, int op, int arg);
void history_return(struct history *h, unsigned call, int err, int value);

/*
 * Whether the calls can be put in an order such that each returned what the
 * model says, and none comes before one that had returned when it was called.
 * state is of size bytes, HISTORY_STATE at most, and is not changed; apply(state,
 * op) says whether op may return what it did in that state, and if so makes the
 * state what it is after it.
 */
#define HISTORY_STATE 64
typedef bool history_apply(void *state, const struct history_op *op);
bool history_is_linear(const struct history *h, history_apply *apply,
    const void *state, size_t size);

#endif /* SIM_SUPPORT_H */
