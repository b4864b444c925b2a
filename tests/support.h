/* SPDX-License-Identifier: MIT */
/*
 * What the tests share: threads that meet at a gate, looking whether a thread
 * sleeps instead of guessing by time, a seeded random number, and the runner.
 *
 * A test starts threads with spawn and ends them with finish; an assertion in
 * any thread fails the test, as Check runs each test in a process of its own.
 */
#ifndef TESTS_SUPPORT_H
#define TESTS_SUPPORT_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include <libsync.h>

/* Call returns 0; call returns this error number. */
#define ok(call)        ck_assert_int_eq((call), 0)
#define fails(call, e)  ck_assert_int_eq((call), (e))

/* How much work a stress test does: SYNC_STRESS in the environment, or 1. */
unsigned stress_factor(void);

/* A thread of a test; at most SPAWN_MAX at a time. */
#define SPAWN_MAX 256
struct spawned {
	struct sync_thread thread;
	void *(*fn)(void *);
	void *arg;
	int tid; /* atomic; the system's id, 0 until it runs */
};
struct spawned *spawn(void *(*fn)(void *), void *arg);
/* Wait for its end and give the struct back; returns what fn returned. */
void *finish(struct spawned *s);

/* Return once the thread sleeps in the system and goes on sleeping. */
void until_asleep(struct spawned *s);
/* Whether it does at this moment. */
bool is_asleep(struct spawned *s);

/* n threads call; all return together.  Made of nothing that is tested. */
struct gate {
	unsigned arrived; /* atomic */
	unsigned n;
};
void gate_pass(struct gate *g);

/*
 * Keep this process, and threads it starts from now on, to one processor: who
 * is woken runs before the waker or long after it.  False if not allowed.
 */
bool use_one_processor(void);

/* Call fn(arg) in a child made by fork, and see it return. */
void in_child(void (*fn)(void *), void *arg);

/*
 * Threads of this process, as the system counts them: one that was joined may
 * count for a moment still, so wait for the number that must come.
 */
int thread_count(void);
void until_thread_count(int n);

/* ThreadSanitizer dies of a thread that is started in a child of a fork. */
bool threads_after_fork(void);

/* xorshift; the seed is SYNC_SEED in the environment, or fixed. */
uint32_t random_next(uint32_t *state);
uint32_t random_seed(void);

/* Run the suite, print Check's closing line, return main's exit status. */
int run_suite(Suite *s);

/*
 * The same without a fork for each test, for stress: what was not forked takes
 * other paths in the library.  A hang ends the program.
 */
int run_suite_here(Suite *s);

/* A test case of a suite, with the usual time limit. */
TCase *add_case(Suite *s, const char *name);

#endif /* TESTS_SUPPORT_H */
