/* SPDX-License-Identifier: MIT */
/*
 * POSIX threads on the simulated machine, for programs that are linked with
 * --wrap, and for plat/posix, whose parking lot the explorer runs in this way.
 * This header is shared by the files of machine/posix/.
 *
 * An object keeps its state in the storage of the real object, mostly in its
 * first 16 bytes.  An object that is all zero is new.
 *
 * Each function is one step, and behaves as badly as POSIX allows: a wake may
 * release any of the sleepers, and any thread may take a lock that is free.
 * Behaviour that POSIX leaves undefined is a failure of kind SIM_MISUSE or
 * SIM_GONE.
 */
#ifndef SIM_POSIX_H
#define SIM_POSIX_H

#include <pthread.h>
#include <time.h>

#include "machine/machine.h"
#include "machine/posix/pthreads.h"

#define POSIX_GONE UINT32_C(0xdeadc0de) /* the word of a destroyed object */
#define POSIX_MADE UINT32_C(0x4d414400) /* the kind of one that init has made */

/* A record for each thread of the machine. */
struct posix_thread {
	bool pending, disabled; /* cancellation */
	bool listens;           /* it sleeps where it may be cancelled */
	bool asked;             /* it was joined, which is possible only once */
	struct posix_base *base; /* the target of pthread_exit; null: none */
	void *handler; /* the last one that pthread_cleanup_push recorded */
	uint32_t *once; /* the once control whose function it calls; or null */
};
extern struct posix_thread posix_threads[SIM_THREADS];

static inline struct posix_thread *
posix_me(void)
{
	return &posix_threads[sim_machine.current];
}

/* posix.c: before an execution. */
void posix_begin(void);

/*
 * The step of a function of these files.  With the grain of calls the wrapper
 * of the function is the step; this checks the object and adds it to the
 * footprint.
 */
void posix_point(enum sim_kind kind, const void *object, const void *site);
#define POINT(kind, object)                                                    \
	posix_point(kind, object, __builtin_return_address(0))

/*
 * End the execution as a failure; posix_check: if the object was destroyed and
 * not made since.  Other data may have overwritten it, as on a stack that is
 * gone.  fresh: its bytes are those of a static initialiser, which made it.
 */
void posix_check(
    const void *object, uint32_t word, bool fresh, const char *what);
_Noreturn void posix_misuse(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/*
 * posix_made: init makes an object; a failure if it is already made.  intact:
 * its bytes are those of an object that init has made and that was not
 * destroyed.  posix_gone: destroy removes the object.
 */
void posix_made(const void *object, bool intact, const char *what);
void posix_gone(const void *object);

/*
 * Everything before the release happens before everything after the acquire,
 * for the machine and for ThreadSanitizer.  A lock uses announce_lock and
 * announce_unlock in place of the announcements here.
 */
static inline void
posix_release(const void *object)
{
	memory_release(object);
	announce_release(object);
}

static inline void
posix_acquire(const void *object)
{
	memory_acquire(object);
	announce_acquire(object);
}

/* The number of threads that sleep on that word. */
unsigned posix_sleepers(const uint32_t *word);

/*
 * Sleep on an object's word, which is its first member, until a wake on one of
 * these channels.  Returns 0 if woken, also spuriously; ETIMEDOUT; or
 * ECANCELED, only if the sleep listens.
 */
#define POSIX_LISTENS true
int posix_sleep(const uint32_t *word, uint32_t channel, sync_time deadline,
    bool listens);

/* Convert a time of that clock to the machine's; returns 0 or EINVAL. */
int posix_deadline(
    clockid_t clock, const struct timespec *ts, sync_time *deadline);
/* Convert a length of time from now to a deadline; returns 0 or EINVAL. */
int posix_after(const struct timespec *length, sync_time *deadline);

/*
 * mutex.c: for conditions.  release returns 0 or EPERM.  retake locks the
 * mutex again, and returns as a lock does.
 */
int posix_mutex_release(pthread_mutex_t *mutex);
int posix_mutex_retake(pthread_mutex_t *mutex);

/* exit.c */

/* End the running thread; its cleanup handlers run. */
_Noreturn void posix_exit(void *value);
/* A cancellation point: end the thread if a cancellation is pending. */
void posix_test(void);
/* Run the function of a thread that pthread_create has started. */
void *posix_main(void *(*fn)(void *), void *arg);

/* key.c: before an execution. */
void posix_keys_begin(void);
/* The running thread ends: run the destructors of its values. */
void posix_keys_end(void);

#endif /* SIM_POSIX_H */
