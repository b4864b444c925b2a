/* SPDX-License-Identifier: MIT */
/*
 * Shared by the files of lib/explore: schedules, the drivers that choose them,
 * and their printing.
 */
#ifndef EXPLORE_EXPLORER_H
#define EXPLORE_EXPLORER_H

#include <libsync/explore.h>

#include "machine/sim.h"

/*
 * A schedule is the list of all choices of one execution.  usual is the
 * default choice: see usual_pick.
 */
struct choice {
	uint8_t taken, usual;
	uint8_t data;    /* 0: a process; else a number, why (sim_choice) + 1 */
	bool preempts;
	uint32_t code;   /* of the step that was taken, see code_of */
	uint32_t after;  /* if parsed: the number of default choices before */
};
struct schedule {
	struct choice *choices;
	size_t n, room;
	uint32_t preemptions;
	uint32_t checksum; /* if parsed */
	bool lost; /* memory ran out, so it is incomplete */
};

void schedule_free(struct schedule *s);
bool schedule_copy(struct schedule *to, const struct schedule *from);

/* Whether they differ; stores the index of the first difference. */
bool schedule_differs(const struct schedule *a, const struct schedule *b,
    size_t *where);

/*
 * The default choice: the thread that ran last, or else the lowest-numbered
 * enabled process.
 */
unsigned usual_pick(const struct sim_state *s);
/*
 * A number, not 0, for the next step of a process: its kind, call and object.
 * name_of_code describes it in words.
 */
uint32_t code_of(unsigned proc);
void name_of_code(uint32_t code, char *text, size_t size);

/* A driver that passes on the choices of another driver, and records them. */
struct recorder {
	struct sim_driver driver;
	struct sim_driver *inner;
	struct schedule *schedule;
};
void recorder_init(struct recorder *r, struct sim_driver *inner,
    struct schedule *schedule);

/* search.c: depth-first search. */
struct search;
struct search *search_new(bool all, uint32_t bound, bool reduce);
void search_free(struct search *x);
struct sim_driver *search_driver(struct search *x);
/* Before each execution; returns false when all have been run. */
bool search_next(struct search *x);
/* Whether the last execution counts; see reduction.c on sleep sets. */
bool search_counted(const struct search *x);
bool search_out_of_memory(const struct search *x);

/* chance.c: random schedules. */
struct chance {
	struct sim_driver driver;
	uint64_t seed, random;
	uint32_t depth;      /* of PCT; 0: no priorities */
	uint32_t change[16]; /* steps at which a priority changes */
	uint32_t priority[SIM_THREADS];
	uint32_t lowest;
};
void chance_init(struct chance *c, uint64_t seed, uint32_t depth);
/* Before execution number `execution'; length: of the longest so far. */
void chance_next(struct chance *c, uint64_t execution, uint32_t length);

/* replay.c */

/*
 * The replay string of a schedule; the caller frees it.  Null if there is no
 * memory.  replay.c describes the format.
 */
char *replay_text(const struct schedule *s, const struct sim_limits *limits,
    const char *name);
uint32_t replay_checksum(const struct schedule *s);
/* Whether the replay string is for the test of that name. */
bool replay_is_for(const char *text, const char *name);
/*
 * Parse a replay string: its limits, and the choices that are not the default,
 * each with its `after'.  Returns false if it is not a replay string.
 */
bool replay_parse(
    const char *text, struct sim_limits *limits, struct schedule *s);

/*
 * A driver that follows a parsed schedule.  If the program takes other steps,
 * the execution fails with SIM_CHANGED.
 */
struct replay {
	struct sim_driver driver;
	const struct schedule *schedule;
	size_t at;
	uint32_t usual;
};
void replay_init(struct replay *r, const struct schedule *s);

/* shrink.c: simplify a schedule so that it fails in the same way. */
struct subject {
	void (*test)(void *);
	void *arg;
	enum sim_ending ending;
};
void shrink(struct schedule *s, const struct subject *subject);

/* print.c: prints to standard error. */
struct failure {
	const char *name; /* of the test */
	const struct sim_outcome *outcome;
	const struct schedule *schedule;
	const struct subject *subject;
	const char *replay;
};
void print_failure(const struct failure *f);
void print_report(const char *name, const struct sync_explore_report *r);
void print_progress(
    const char *name, const char *stage, const struct sync_explore_report *r);
void print_progress_end(void);

/* options.c: 0, or EINVAL if a value or a SYNC_* variable is not valid. */
int options_from_environment(struct sync_explore_options *o);
int options_check(const struct sync_explore_options *o);

/* exit.c: print this schedule of this test if the program ends in it. */
void exit_watch(const struct schedule *current, const char *test);

/* program.c: the names that the program gives to its objects; or null. */
void names_reset(void);
const char *given_name(const void *object);

#endif /* EXPLORE_EXPLORER_H */
