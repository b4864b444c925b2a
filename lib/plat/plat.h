/* SPDX-License-Identifier: MIT */
/*
 * The seam: all that libsync asks of the system.
 *
 * Above this folder nothing names pthread_*, futex, clocks, system calls or
 * HAVE_*.  Each folder beside this file implements the seam: linux on futex,
 * posix on POSIX threads alone; common/ holds what those two share.  Which
 * one is built is chosen by include path: plat_impl.h is that platform's.
 */
#ifndef PLAT_H
#define PLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libsync/kmutex.h>
#include <libsync/rwlock.h>
#include <libsync/time.h>

#include "base/identity.h"

#define PLAT_WAITS 3

/*
 * What the library keeps for a thread: its record.  All zero when it is made,
 * which is when plat_local is first called.  The thread alone accesses it.
 */
struct plat_local {
	struct sync_thread *thread; /* that started it; null: not ours */
	sync_time no_yield_until;   /* see base/spin.h */
	uint8_t long_waits[PLAT_WAITS]; /* likewise, for each kind of wait */
	struct identity_reads reads;
	void *asleep; /* plat/posix: what it sleeps in */
	uint8_t renewal; /* waits until plat_spin_renew */
	uint8_t dry;     /* spins for a lock that did not get it */
	uint8_t yields;  /* in this wait */
	uint8_t shared;  /* waits that the first yield ended */
	uint16_t dear;   /* ns that a look at a lock cost */
	uint16_t patience; /* ns to spin for a lock; 0: not learned yet */
};

/*
 * The calling thread's record.  plat_local makes it if there is none; null:
 * there is no memory for it.  plat_local_if_any does not make it; null also if
 * there is none.  Not from signal handlers.
 */
struct plat_local *plat_local(void);
struct plat_local *plat_local_if_any(void);

/*
 * Inline, from the platform:
 * plat_self: the calling thread's id (base/identity.h), a load in the usual
 * case; a signal handler may ask for it.  In the child of a fork the thread
 * has another;
 * plat_self_quick: the id, or 0, which means: go the long way;
 * plat_unwatched: whether what is done without calling the library is right:
 * there is no race detector, no explorer;
 * plat_execution: which execution of the program this is, if an explorer
 * executes it many times in one process, each as if nothing had been before,
 * and else always 0;
 * plat_pause: let another hardware thread of this core run;
 * plat_be_punctual: from now on the system shall wake the calling thread when
 * its deadlines come, and not a little later, to save power.
 */
#include "plat_impl.h"

/* How many forks lie before this process. */
static inline uint32_t
plat_generation(void)
{
	return identity.generation;
}

/*
 * Wait on an address.
 *
 * plat_wait: if *word is expected, sleep until a wake on that address and
 * channel, or the deadline.  To compare and to fall asleep are one step for
 * any waker that changes *word before its plat_wake.  Returns 0 (woken, or
 * *word differed, or for no reason at all: look again), or ETIMEDOUT, and
 * then no wake was spent on this thread.
 *
 * plat_wake: wake up to n sleepers on that address whose channels share a bit
 * with channels.  The word is not read: its memory may be gone or be used for
 * something else by now, whose sleepers then see a wake for no reason.
 * Async-signal-safe.  Neither orders memory: the words' own accesses do.
 */
#define PLAT_ALL UINT32_MAX /* every sleeper; any channel */

int plat_wait(const uint32_t *word, uint32_t expected, uint32_t channel,
    sync_time deadline);
void plat_wake(const uint32_t *word, uint32_t n, uint32_t channels);

/* Nanoseconds on the monotonic clock. */
sync_time plat_now(void);

/* Let another thread run on this processor. */
void plat_yield(void);
/*
 * Waiting without sleeping.
 *
 * plat_spin_pays: whether it can pay, a load: the process may use more than one
 * processor, by what was found when the library was loaded, or at the last
 * plat_spin_renew.  That asks for the processors that the calling thread and
 * the first thread may use; the quota of the process's control groups is read
 * when the library is loaded.  Where neither can be asked, all processors
 * count.
 * plat_pause_for: plat_pause again and again, for about so many nanoseconds,
 * once at least.
 * plat_moment: plat_now, to time what takes a moment; the explorer's stops.
 */
bool plat_spin_pays(void);
void plat_spin_renew(void);
void plat_pause_for(uint32_t ns);
sync_time plat_moment(void);

/* Memory, as malloc, calloc, realloc and free. */
void *plat_alloc(size_t size);
void *plat_alloc_zeroed(size_t size);
void *plat_realloc(void *p, size_t size);
void plat_free(void *p);

/*
 * Signals.  plat_signals_block: from now on the calling thread takes no signal
 * but those of its own faults (SIGSEGV, SIGABRT and the like); *before, unless
 * null, becomes its mask until then, without those.  plat_signals_set: its mask
 * is that one.
 */
struct plat_signals {
	uint64_t room[16];
};
void plat_signals_block(struct plat_signals *before);
void plat_signals_set(const struct plat_signals *set);

/*
 * Threads.  name may be empty.  stack_size: that many bytes are left to fn, or
 * the default if 0.  quiet: all signals blocked, as by plat_signals_block;
 * otherwise the caller's are.  start returns 0, EAGAIN, ENOMEM or EINVAL.
 *
 * plat_thread_join: wait for the end of a thread, destructors of its
 * thread-specific data included.  0, and then the handle is void; or EBUSY
 * (DEADLINE_TRY) or ETIMEDOUT.  One thread at a time may call it.
 *
 * plat_thread_detach: no thread will join the calling one.
 *
 * On a started thread.  plat_thread_run: body(arg), then after(arg), however the
 * body ends: by return, pthread_exit or cancellation.  plat_thread_ends: the
 * thread's function is done; calls ended(arg), now or in a destructor of
 * thread-specific data, before which no plat_thread_join may be called.
 */
struct plat_thread_options {
	const char *name;
	size_t stack_size;
	bool quiet;
};
int plat_thread_start(uint64_t *handle, void *(*fn)(void *), void *arg,
    const struct plat_thread_options *o);
int plat_thread_join(uint64_t handle, sync_time deadline);
void plat_thread_detach(void);
void plat_thread_run(
    void (*body)(void *), void (*after)(void *), void *arg);
void plat_thread_ends(void (*ended)(void *), void *arg);

/*
 * Kernel-owned locks.  trylock returns 0, EBUSY, EOWNERDEAD or ENOTRECOVERABLE;
 * EBUSY also to the holder.  lock is not for the holder, takes SYNC_NEVER, and
 * may return ETIMEDOUT as well; and EDEADLK, for SYNC_PRIO_INHERIT, if each of a
 * circle of threads waits for the next.  *owner is the id that the holder wrote
 * there, or 0.
 */
int plat_kmutex_init(struct sync_plat_kmutex *m, unsigned flags);
void plat_kmutex_destroy(struct sync_plat_kmutex *m);
int plat_kmutex_lock(
    struct sync_plat_kmutex *m, const uint32_t *owner, sync_time deadline);
int plat_kmutex_trylock(struct sync_plat_kmutex *m);
int plat_kmutex_unlock(struct sync_plat_kmutex *m);
int plat_kmutex_consistent(struct sync_plat_kmutex *m);

/*
 * What the environment says; null also in a program that has privileges which
 * its user lacks, as the environment is the user's.
 */
const char *plat_getenv(const char *name);

/* Say a line on standard error and abort; and whether misuse shall do so. */
_Noreturn void plat_die(const char *line);
bool plat_misuse_aborts(void);

/*
 * Tell ThreadSanitizer and valgrind what our locks and hand-offs mean, so
 * that they judge the user's program by them.  Cheap when neither watches.
 * lock stands after the lock was taken, unlock before it is given back.
 * release stands before the store that hands something over at an address,
 * acquire after the load that received it.  new: what threads did to these
 * bytes so far is of no account, as if they had just been allocated.
 */
#include "announce.h"

#endif /* PLAT_H */
