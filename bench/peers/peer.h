/* SPDX-License-Identifier: MIT */
/*
 * What a peer's file includes before its functions: elements of queues, the
 * input and output of a case, and what the driver does for it.  In C and C++.
 *
 * The driver (driver.h) is the main program of each peer: it reads the options,
 * starts the threads of one case, opens the gate for them, measures, and prints
 * a line of JSON.  The cases are the loops of cases.h over the functions of the
 * peer.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define BENCH_LINE 128 /* bytes, to keep apart what different threads write */

/* Elements: of 64 bytes; and with the priority first, the smallest first. */
struct bench_wide {
	uint64_t word[8];
};
struct bench_keyed {
	int64_t priority;
	uint64_t value;
};

/* The results of one thread of a case. */
struct bench_slot {
	uint64_t ops;       /* done; in a queue: got */
	uint64_t puts;      /* elements put */
	uint64_t sum, mix;  /* of the elements put, or got */
	uint64_t longest;   /* ns between two turns */
	uint64_t ended;     /* when; by the driver */
	unsigned char apart[BENCH_LINE - 48];
};

struct bench_run {
	/* Options, set by the driver. */
	unsigned threads, producers, consumers, waiters;
	size_t capacity, live;
	uint64_t ops;             /* number of them, in cases that have one */
	uint64_t inside, outside; /* rounds of bench_spin */
	uint64_t gap_ns;          /* between two events, in paced cases */
	const char *variant;      /* of a peer that has some; or "" */
	/* By setup, and during the run. */
	int64_t begun;    /* when the gate was opened */
	int stop;         /* atomic */
	unsigned workers; /* threads to start */
	bool wrong;       /* atomic; something failed or does not add up */
	struct bench_slot *slots; /* one a worker */
	int64_t *latencies;       /* ns; ops of them, or null */
};

enum bench_kind {
	BENCH_TIMED, /* until it is stopped; slots count operations */
	BENCH_PACED, /* r->ops operations, one every gap_ns */
	BENCH_ONCE,  /* r->ops operations, by setup */
	BENCH_ASLEEP /* measured while its threads sleep; then released */
};

/*
 * Loops of a single thread check whether to stop only this often, so that they
 * measure only the calls.
 */
#define BENCH_BATCH 64

/* setup and finish run in the main thread, which is not a worker. */
struct bench_case {
	const char *name;
	enum bench_kind kind;
	void (*setup)(struct bench_run *r);
	void (*work)(struct bench_run *r, unsigned worker);
	void (*release)(struct bench_run *r); /* or null: they see stop */
	void (*finish)(struct bench_run *r);
};

#ifdef __cplusplus
extern "C" {
#endif

/* Each peer defines these; the last case has no name. */
extern const struct bench_case bench_cases[];
extern const char bench_system[];  /* "glib" */
extern const char bench_version[]; /* of the peer; "" if it does not tell */
extern const char bench_traits[];  /* words: "single-consumer" */

/*
 * Aligned to a cache line, and zeroed; ends the program if there is no memory.
 */
void *bench_alloc(size_t size);
void bench_free(void *memory);
/* A call failed that must not fail. */
void bench_fail(const char *what);
/* Be busy, without memory accesses, for this many rounds. */
void bench_spin(uint64_t rounds);
/* Sleep until then, as exactly as the system can. */
void bench_sleep_until(int64_t when);

#ifdef __cplusplus
}
#endif

static inline int64_t
bench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline bool
bench_stopped(const struct bench_run *r)
{
	return __atomic_load_n(&r->stop, __ATOMIC_RELAXED) != 0;
}

static inline void
bench_wrong(struct bench_run *r)
{
	__atomic_store_n(&r->wrong, true, __ATOMIC_RELAXED);
}

/* Calls that return an error number never fail here. */
static inline void
bench_check(int error, const char *what)
{
	if (__builtin_expect(error != 0, 0))
		bench_fail(what);
}

/* A number that is hard to guess, from one that counts up. */
static inline uint64_t
bench_mix(uint64_t x)
{
	x *= 0x9e3779b97f4a7c15u;
	x ^= x >> 29;
	x *= 0xbf58476d1ce4e5b9u;
	return x ^ x >> 32;
}

#endif /* BENCH_PEER_H */
