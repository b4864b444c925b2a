/* SPDX-License-Identifier: MIT */
/*
 * POSIX threads on the simulated machine, for programs that are linked with
 * --wrap; and for plat/posix, whose parking lot runs in the explorer like this.
 *
 * An object keeps its state in the storage of the real one, in the first 16
 * bytes where there is room for more, and one that is all zero is new.  Each
 * function is one step, and as harsh as POSIX allows: any sleeper may be the one
 * that is woken, and a lock goes to whichever thread comes first.  What POSIX
 * leaves undefined is a failure of kind SIM_MISUSE, or SIM_GONE.
 *
 * This is what the files posix_*.c share.
 */
#ifndef SIM_POSIX_H
#define SIM_POSIX_H

#include <pthread.h>
#include <time.h>

#include "machine/machine.h"
#include "machine/posix/pthreads.h"

#define POSIX_GONE UINT32_C(0xdeadc0de) /* in the word of what was destroyed */
#define POSIX_MADE UINT32_C(0x4d414400) /* in another, if init has made it */

/* Of each thread of the machine. */
struct posix_thread {
	bool pending, disabled; /* cancellation */
	bool listens;           /* it sleeps where it may be cancelled */
	bool asked;             /* joined or detached, which is for once */
	struct posix_base *base; /* where pthread_exit leads to; null: nowhere */
	void *handler; /* the last that pthread_cleanup_push noted */
	uint32_t *once; /* that it is in */
};
extern struct posix_thread posix_threads[SIM_THREADS];

static inline struct posix_thread *
posix_me(void)
{
	return &posix_threads[sim_machine.current];
}

/* posix.c: a new execution. */
void posix_begin(void);

/* The step of a function here; with the grain of calls its wrapper is one. */
void posix_point(enum sim_kind kind, const void *object, const void *site);
#define POINT(kind, object)                                                    \
	posix_point(kind, object, __builtin_return_address(0))

/* Fails if it was destroyed. */
void posix_check(const void *object, uint32_t word, const char *what);
_Noreturn void posix_misuse(const char *format, ...)
    __attribute__((format(printf, 1, 2)));

/*
 * An object is made: not twice.  intact: its bytes are those of one that init
 * has made and nobody has destroyed.  And gone: destroyed.
 */
void posix_made(const void *object, bool intact, const char *what);
void posix_gone(const void *object);
/* Destroyed and not initialised since, whatever its bytes are now. */
bool posix_was_destroyed(const void *object);

/*
 * What happened before is handed over, also to ThreadSanitizer; a lock is told
 * by announce_lock in place of the second.
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

/* How many threads sleep on it. */
unsigned posix_sleepers(const uint32_t *word);

/*
 * Sleep on an object's word, which is the first of its members, until a wake on
 * one of these channels: 0, whatever the reason; ETIMEDOUT; ECANCELED if the
 * sleep listens.
 */
#define POSIX_LISTENS true
int posix_sleep(const uint32_t *word, uint32_t channel, sync_time deadline,
    bool listens);

/* A moment of a clock as the machine's; EINVAL. */
int posix_deadline(
    clockid_t clock, const struct timespec *ts, sync_time *deadline);
/* A length of time as a moment. */
int posix_after(const struct timespec *length, sync_time *deadline);

/* posix_mutex.c: for conditions.  EPERM; and lock it as it was. */
int posix_mutex_release(pthread_mutex_t *mutex);
int posix_mutex_retake(pthread_mutex_t *mutex);

/* posix_exit.c */

/* Whether the thread is to end here; does, running what was pushed. */
bool posix_is_cancelled(void);
_Noreturn void posix_exit(void *value);
/* The point of a function that may be cancelled: it is, if it is pending. */
void posix_test(void);
/* A thread of pthread_create. */
void *posix_main(void *(*fn)(void *), void *arg);

/* posix_key.c */
void posix_keys_begin(void);
/* A thread ends. */
void posix_keys_end(void);

#endif /* SIM_POSIX_H */
