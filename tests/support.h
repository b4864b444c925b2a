/* SPDX-License-Identifier: MIT */
/*
 * What the tests share: threads that meet at a gate, checks whether a thread
 * sleeps (instead of guesses by time), a seeded random number, and the runner.
 *
 * A test starts threads with spawn and ends them with finish.  An assertion in
 * any thread fails the test, because Check runs each test in a process of its
 * own.
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
 * ok: the call returns 0.  fails: the call returns this error number.  In both
 * cases errno is unchanged, because no call may change it.
 *
 * Unlike Check's own assertions, these take no lock, allocate nothing and are
 * no cancellation points in the threads of a test: there, only the call itself
 * puts a thread to sleep.  In other threads they tell Check where the test is,
 * so that it can name the place if the test hangs or crashes.
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

/*
 * A call that must succeed and may not wait, but may give up while another
 * thread is inside the object and does not run.
 */
#define ok_in_the_end(call)                                                    \
	do {                                                                   \
		int err_;                                                      \
		do                                                             \
			err_ = (call);                                         \
		while (err_ == EAGAIN || err_ == ETIMEDOUT);                   \
		ok(err_);                                                      \
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
/* A sanitizer that keeps memory of its own for each word of the program's. */
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
/* Wait for its end and free the struct; returns what fn returned. */
void *finish(struct spawned *s);

/* Return once the thread sleeps in the system and stays asleep. */
void until_asleep(struct spawned *s);
/* Whether it sleeps at this moment. */
bool is_asleep(struct spawned *s);
/*
 * Return once all threads but the caller sleep, helpers of the library and of
 * tools too, or after a while: before a fork.  A thread that starts may hold the
 * lock of AddressSanitizer's allocator, and the child would wait for it for
 * ever.
 */
void until_others_sleep(void);

/* n threads call; all return together.  It uses nothing that is under test. */
struct gate {
	unsigned arrived; /* atomic */
	unsigned n;
};
void gate_pass(struct gate *g);

/*
 * Restrict this process, and threads it starts from now on, to one processor: a
 * woken thread runs either before the waker or long after it.  False if that is
 * not allowed.
 */
bool use_one_processor(void);

/*
 * Call fn(arg) in a child made by fork; returns its status as waitpid gives it:
 * 0 when fn returned.  An alarm ends a child that hangs.
 */
int child_status(void (*fn)(void *), void *arg);
/* The same, and check that it returned. */
void in_child(void (*fn)(void *), void *arg);

/* Set a handler; a call that a signal interrupts is not restarted. */
void on_signal(int signal_number, void (*handler)(int));
/* A handler that counts. */
void count_signal(int signal_number);
unsigned signals_counted(void);

/*
 * The number of threads of this process, as the system counts them.  A thread
 * that was joined may still count for a moment, so wait for the expected
 * number.
 */
int thread_count(void);
void until_thread_count(int n);
/*
 * The number when no thread of the test runs.  It includes threads of the
 * platform or of a sanitizer that the first thread and the first wait start and
 * that stay.
 */
int threads_at_rest(void);

/*
 * ThreadSanitizer aborts if a thread is started in a child of a fork.  With
 * AddressSanitizer the start may hang, as its own locks may be held there.
 */
bool threads_after_fork(void);

/*
 * The flags, of these, that kernel-owned mutexes can have on this system: asked
 * by trying.  A system may lack any.
 */
unsigned kmutex_flags(unsigned wanted);
/* Whether it has all of them; if not, says that tests are skipped. */
bool have_kmutex(unsigned flags);

/*
 * Wait until the thread with this handle has the name, as the system knows it.
 * On some systems a thread names itself, after it was started.
 */
void until_named(uint64_t handle, const char *name);

/* xorshift; the seed is SYNC_SEED in the environment, or fixed. */
uint32_t random_next(uint32_t *state);
uint32_t random_seed(void);

/* Run the suite, print Check's closing line, return main's exit status. */
int run_suite(Suite *s);

/*
 * The same without a fork for each test, for stress tests: a process that was
 * not forked takes other paths in the library.  A hang ends the program.
 */
int run_suite_here(Suite *s);

/* A test case of a suite, with the usual time limit. */
TCase *add_case(Suite *s, const char *name);

#endif /* TESTS_SUPPORT_H */
