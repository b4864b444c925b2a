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
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include <libsync.h>

/*
 * Call returns 0; call returns this error number; and errno is left alone, as
 * no call may change it.
 *
 * Unlike Check's own assertions these take no lock, allocate nothing and are
 * no cancellation points in the threads of a test: there, nothing but the call
 * itself puts a thread to sleep.  In the others Check is told where the test
 * is, to name the place if it hangs or crashes.
 */
#define ERRNO_BEFORE 4242
#define ok(call)     fails(call, 0)
#define fails(call, e)                                                         \
	do {                                                                   \
		int got_;                                                      \
		if (sync_thread_current() == NULL)                             \
			mark_point();                                          \
		errno = ERRNO_BEFORE;                                          \
		got_ = (call);                                                 \
		if (errno != ERRNO_BEFORE)                                     \
			ck_abort_msg("%s: sets errno", #call);                 \
		if (got_ != (e))                                               \
			ck_abort_msg("%s: returns %d (%s), not %d", #call,     \
			    got_, strerror(got_), (e));                        \
	} while (0)

/* Which sanitizer this is built with. */
#ifndef __has_feature
#define __has_feature(name) 0
#endif
#if defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define WITH_TSAN true
#else
#define WITH_TSAN false
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define WITH_ASAN true
#else
#define WITH_ASAN false
#endif
/* One that has memory of its own for each word of the program's. */
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)             \
    || __has_feature(thread_sanitizer) || __has_feature(address_sanitizer)
#define WITH_SHADOW true
#else
#define WITH_SHADOW false
#endif

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

/*
 * Call fn(arg) in a child made by fork; how it ended, as waitpid tells: 0 when
 * fn returned.  An alarm ends a child that hangs.
 */
int child_status(void (*fn)(void *), void *arg);
/* The same, and see it return. */
void in_child(void (*fn)(void *), void *arg);

/* Set a handler; what a signal interrupts is not restarted. */
void on_signal(int signal_number, void (*handler)(int));
/* A handler that counts. */
void count_signal(int signal_number);
unsigned signals_counted(void);

/*
 * Threads of this process, as the system counts them: one that was joined may
 * count for a moment still, so wait for the number that must come.
 */
int thread_count(void);
void until_thread_count(int n);
/*
 * The number when no thread of the test runs: with those of the platform, or a
 * sanitizer, that the first thread and the first wait start and that stay.
 */
int threads_at_rest(void);

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
