/* SPDX-License-Identifier: MIT */
/* Inside lib/explore: what its files share. */
#ifndef EXPLORE_EXPLORER_H
#define EXPLORE_EXPLORER_H

#include <libsync/explore.h>

#include "machine/sim.h"

/*
 * The choices of one execution, all of them.  usual is what the schedule
 * without a will of its own takes: see usual_pick.
 */
struct choice {
	uint8_t taken, usual;
	uint8_t data;    /* not 0: a number, of that enum sim_choice and one */
	bool preempts;
	uint32_t code;   /* of the step that was taken, see code_of */
	uint32_t after;  /* of a parsed one: usual choices before it */
};
struct schedule {
	struct choice *choices;
	size_t n, room;
	uint32_t preemptions;
	uint32_t checksum; /* of a parsed one */
	bool lost; /* memory ran out: it is not whole */
};

void schedule_free(struct schedule *s);
bool schedule_copy(struct schedule *to, const struct schedule *from);

/* Whether they are not the same, and the first choice that is not. */
bool schedule_differs(const struct schedule *a, const struct schedule *b,
    size_t *where);

/* The thread that ran last goes on, else the first that can. */
unsigned usual_pick(const struct sim_state *s);
/*
 * Says what the next step of a process is, and on which object, by a number;
 * name_of_code for people.
 */
uint32_t code_of(unsigned proc);
void name_of_code(uint32_t code, char *text, size_t size);

/* A driver that does what another says, and notes it. */
struct recorder {
	struct sim_driver driver;
	struct sim_driver *inner;
	struct schedule *schedule;
};
void recorder_init(struct recorder *r, struct sim_driver *inner,
    struct schedule *schedule);

/* search.c: depth first. */
struct search;
struct search *search_new(bool all, uint32_t bound, bool reduce);
void search_free(struct search *x);
struct sim_driver *search_driver(struct search *x);
/* Before each execution: false when all have been run. */
bool search_next(struct search *x);
/* Whether the last execution was one that counts. */
bool search_counted(const struct search *x);
bool search_out_of_memory(const struct search *x);

/* chance.c */
struct chance {
	struct sim_driver driver;
	uint64_t seed, random;
	uint32_t depth;      /* 0: no priorities */
	uint32_t change[16]; /* steps at which a priority changes */
	uint32_t priority[SIM_THREADS];
	uint32_t lowest;
};
void chance_init(struct chance *c, uint64_t seed, uint32_t depth);
/* Before each execution, by number: length is that of the longest so far. */
void chance_next(struct chance *c, uint64_t execution, uint32_t length);

/* replay.c */

/*
 * The string, of malloc; null without memory.  It has the limits, and of the
 * choices those that are not usual: how many usual ones lie before, what was
 * taken, and the code of that step.
 */
char *replay_text(const struct schedule *s, const struct sim_limits *limits,
    const char *name);
uint32_t replay_checksum(const struct schedule *s);
/* Whether it is of the test of that name. */
bool replay_is_for(const char *text, const char *name);
/*
 * The limits it was made with, and the choices that are not usual, each with
 * its `after'.  False: it is not one.
 */
bool replay_parse(
    const char *text, struct sim_limits *limits, struct schedule *s);

/* A driver that follows such a schedule; what it cannot is SIM_CHANGED. */
struct replay {
	struct sim_driver driver;
	const struct schedule *schedule;
	size_t at;
	uint32_t usual;
};
void replay_init(struct replay *r, const struct schedule *s);

/* shrink.c: a schedule that fails likewise with fewer preemptions. */
struct subject {
	void (*test)(void *);
	void *arg;
	enum sim_ending ending;
};
void shrink(struct schedule *s, const struct subject *subject);

/* print.c: to standard error. */
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

/* options.c: EINVAL if a value, or a SYNC_* variable, means nothing. */
int options_from_environment(struct sync_explore_options *o);
int options_check(const struct sync_explore_options *o);

/* exit.c: this schedule, of this test, is said if the program ends in it. */
void exit_watch(const struct schedule *current, const char *test);

/* marks.c: what the program calls its objects. */
void names_reset(void);
const char *name_of(const void *object);

#endif /* EXPLORE_EXPLORER_H */
