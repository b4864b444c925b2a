/* SPDX-License-Identifier: MIT */
/*
 * Small random programs, and the outcomes they have: for the checks of the
 * explorer itself.
 */
#ifndef EXPLORE_PROGRAMS_H
#define EXPLORE_PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* What programs are made of: a set of bits. */
#define USE_ATOMICS  0x001u
#define USE_ORDERS   0x002u /* relaxed to consistent, and fences */
#define USE_LOCKS    0x004u
#define USE_TRIES    0x008u
#define USE_SEMS     0x010u
#define USE_CONDS    0x020u
#define USE_EVENTS   0x040u
#define USE_TIME     0x080u /* deadlines, sleeps, reads of the clock */
#define USE_YIELDS   0x100u
#define USE_CHOICES  0x200u
#define USE_FOREVER  0x400u /* waits without a deadline */
#define USE_MAIN     0x800u /* the first thread also has work */
#define USE_RWLOCKS  0x1000u
#define USE_LATCHES  0x2000u
#define USE_QUEUES   0x4000u
#define USE_BARRIERS 0x8000u
#define USE_RMUTEXES 0x10000u
#define USE_KMUTEXES 0x20000u
#define USE_POSIX    0x40000u  /* mutexes, conditions and semaphores */
#define USE_DESTROY  0x80000u  /* of objects in use; and initialised again */
#define USE_POLLS    0x100000u /* loops that try a few times */
#define USE_AWAITS   0x200000u /* loops that try forever */

#define MAX_THREADS 4 /* including the first */
#define MAX_OPS     8
#define OBJECTS     2 /* of each kind */

enum op_kind {
	OP_LOAD,
	OP_STORE,
	OP_ADD,
	OP_EXCHANGE,
	OP_CAS,
	OP_FENCE,
	OP_LOCK,
	OP_LOCK_UNTIL,
	OP_TRYLOCK,
	OP_UNLOCK, /* if it is held */
	OP_READ,   /* what the mutex guards, if it is held */
	OP_WRITE,
	OP_POST,
	OP_WAIT,
	OP_WAIT_UNTIL,
	OP_TRYWAIT,
	OP_VALUE,
	OP_COND_WAIT, /* if the mutex is held */
	OP_COND_WAIT_UNTIL,
	OP_SIGNAL,
	OP_BROADCAST,
	OP_SET,
	OP_CLEAR,
	OP_IS_SET,
	OP_EVENT_WAIT,
	OP_EVENT_WAIT_UNTIL,
	OP_SLEEP,
	OP_NOW,
	OP_YIELD,
	OP_CHOOSE,
	OP_RDLOCK,
	OP_WRLOCK,
	OP_TRYRDLOCK,
	OP_TRYWRLOCK,
	OP_WRLOCK_UNTIL,
	OP_RW_READ, /* what the rwlock guards, if it is held */
	OP_RW_WRITE,
	OP_RW_UNLOCK,
	OP_COUNT_DOWN,
	OP_LATCH_WAIT,
	OP_LATCH_TRYWAIT,
	OP_PUT,
	OP_TRYPUT,
	OP_GET,
	OP_TRYGET,
	OP_GET_UNTIL,
	OP_CLOSE,
	OP_LEN,
	OP_BARRIER,
	OP_RLOCK,
	OP_RTRYLOCK,
	OP_RUNLOCK,
	OP_KLOCK,
	OP_KTRYLOCK,
	OP_KUNLOCK,
	OP_P_LOCK,
	OP_P_TRYLOCK,
	OP_P_UNLOCK,
	OP_P_COND_WAIT, /* if the mutex is held */
	OP_P_SIGNAL,
	OP_P_BROADCAST,
	OP_P_POST,
	OP_P_WAIT,
	OP_DESTROY_SEM,
	OP_DESTROY_EVENT,
	OP_DESTROY_MUTEX,
	OP_DESTROY_RWLOCK,
	OP_DESTROY_LATCH,
	OP_INIT_SEM,
	OP_INIT_EVENT,
	OP_POLL_SEM, /* three tries */
	OP_POLL_X,
	OP_POLL_M,
	OP_AWAIT_SEM, /* tries forever */
	OP_AWAIT_X,
	OP_AWAIT_M,
	OP_KINDS
};

struct op {
	uint8_t kind;
	uint8_t which; /* of its objects */
	uint8_t order; /* __ATOMIC_* */
	uint8_t when;  /* deadline, in ms from the start */
};

struct program {
	unsigned nthreads; /* with the first */
	unsigned nops[MAX_THREADS];
	struct op ops[MAX_THREADS][MAX_OPS];
};

/*
 * Generate a program from the seed, with about ops operations in each thread.
 */
void program_make(struct program *p, uint64_t seed, unsigned use,
    unsigned threads, unsigned ops);
void program_print(const struct program *p, FILE *to);
/* What it is made of. */
unsigned program_uses(const struct program *p);
/* The test function: runs it once and leaves its outcome. */
void program_run(void *program);
/*
 * Of the last run: a hash of everything that operations returned, and of the
 * order in which they reached each object.
 */
uint64_t program_outcome(void);
/* The same, as text. */
void program_print_outcome(FILE *to);

/*
 * The number of addresses among which the objects of an execution are placed at
 * random, as malloc might place them; this must change nothing.
 */
#define PROGRAM_PLACES 512
extern unsigned program_places;
/*
 * Whether calls are steps.  If not, the calls of a semaphore return in any
 * order, whatever the order in which they changed it.
 */
extern bool program_calls;

uint64_t random_next(uint64_t *state);

/* A set of outcomes. */
struct outcomes {
	uint64_t *at;
	size_t n, room;
	bool sorted;
};
void outcomes_add(struct outcomes *s, uint64_t v);
void outcomes_sort(struct outcomes *s);
bool outcomes_has(struct outcomes *s, uint64_t v);
bool outcomes_equal(struct outcomes *a, struct outcomes *b);
void outcomes_free(struct outcomes *s);

/* One search, without output, which continues past deadlocks. */
struct exhaust {
	void (*test)(void *);
	void *arg;
	bool all, reduce, weak, atomics;
	uint32_t bound;
	uint32_t timeouts, spurious, stale;
	uint32_t polls; /* 0: no polling thread is held back */
	uint32_t steps; /* of an execution; 0: the default */
	uint64_t most; /* schedules; the search is cut off after that */
	uint64_t (*outcome)(void);
	/* found */
	struct outcomes set;
	uint64_t schedules, counted;
	unsigned limited; /* as in struct sim_outcome */
	bool cut;
	bool gone;     /* an object was used after it was destroyed */
	int bad;       /* an end that is neither success nor a deadlock */
	char what[240];
};
void exhaust(struct exhaust *x);

#endif /* EXPLORE_PROGRAMS_H */
