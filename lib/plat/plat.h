/* SPDX-License-Identifier: MIT */
/*
 * The seam: everything that libsync needs from the system.
 *
 * Nothing above this folder names pthread_*, futex, clocks, system calls or
 * HAVE_*.  The folders beside this file implement the seam: linux on futex,
 * posix on POSIX threads alone, and sim on the machine of the explorer.  common
 * has the parts that linux and posix share.  The include path selects the
 * platform: plat_impl.h is found in its folder.
 */
#ifndef PLAT_H
#define PLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libsync/kmutex.h>
#include <libsync/rwlock.h>
#include <libsync/time.h>

#include "wait/identity.h"

#define PLAT_WAITS 3

/*
 * The record that the library keeps for each thread.  The first plat_local
 * makes it, all zero.  Only the thread itself accesses it.
 */
struct plat_local {
	struct sync_thread *thread; /* that started it; null: not ours */
	sync_time no_yield_until;   /* see wait/spin.h */
	uint8_t long_waits[PLAT_WAITS]; /* likewise, for each kind of wait */
	struct identity_reads reads;
	void *asleep; /* plat/posix: the sleeper of this thread */
	uint8_t renewal; /* waits until plat_spin_renew */
	uint8_t dry;     /* spins for a lock that did not get it */
	uint8_t yields;  /* in this wait */
	uint8_t shared;  /* waits that the first yield ended */
	uint16_t dear;   /* ns that the last expensive poll of a lock cost */
	uint16_t patience; /* ns to spin for a lock; 0: not learned yet */
};

/*
 * The calling thread's record.  plat_local makes it if there is none; null if
 * there is no memory for it.  plat_local_if_any does not make it; null if there
 * is none.  Signal handlers must not call these.
 */
struct plat_local *plat_local(void);
struct plat_local *plat_local_if_any(void);

/*
 * Inline functions of the platform:
 *
 * plat_self: the calling thread's id (wait/identity.h), normally one load.
 *	Signal handlers may call it.  In the child of a fork the thread has
 *	another id.
 * plat_self_fast: the id, or 0, which means: take the slow path.
 * plat_unwatched: true if no race detector and no explorer is active, so that
 *	fast paths inlined from the headers may skip the library.
 * plat_execution: the number of this execution, if an explorer executes the
 *	program many times in one process; else 0.
 * plat_pause: let another hardware thread of this core run.
 * plat_be_punctual: ask the system to wake the calling thread exactly at its
 *	deadlines from now on, and not a little later to save power.
 */
#include "plat_impl.h"

/* The number of forks before this process. */
static inline uint32_t
plat_generation(void)
{
	return identity.generation;
}

/*
 * Wait on an address.
 *
 * The scope says which threads may wait and wake there: those of this process,
 * or those of all processes that share the memory, where the address may differ.
 * A wait and a wake meet only if their scopes are the same.  plat_shares says
 * whether the system can do the latter; if not, PLAT_SHARED must not be used.
 *
 * plat_wait: if *word == expected, sleep until a wake on that address and
 * channel, or until the deadline.  Comparing and falling asleep are one step
 * for any waker that changes *word before its plat_wake.  Returns 0 if it was
 * woken, if *word differed, or spuriously; the caller checks again.  Returns
 * ETIMEDOUT if the deadline passed; then no wake was spent on this thread.
 *
 * plat_wake: wake up to n sleepers on that address whose channels share a bit
 * with channels.  It does not read the word, because its memory may be gone, or
 * be in use for something else; then the sleepers there have a spurious wakeup.
 * Async-signal-safe.
 *
 * Neither orders memory; the accesses to the words do.
 */
#define PLAT_ALL UINT32_MAX /* every sleeper; any channel */

enum plat_scope { PLAT_PRIVATE, PLAT_SHARED };

int plat_wait(enum plat_scope scope, const uint32_t *word, uint32_t expected,
    uint32_t channel, sync_time deadline);
void plat_wake(enum plat_scope scope, const uint32_t *word, uint32_t n,
    uint32_t channels);
bool plat_shares(void);

/* Nanoseconds on the monotonic clock. */
sync_time plat_now(void);

/* Let another thread run on this processor. */
void plat_yield(void);
/*
 * Waiting without sleeping.
 *
 * plat_spin_pays: whether spinning can pay, which means that the process may
 * use more than one processor.  One load: it was determined when the library
 * was loaded, or at the last plat_spin_renew.
 * plat_spin_renew: determine it again, by the processors that the calling
 * thread and the first thread may use.  The quota of the process's control
 * groups is read only when the library is loaded.  If the system says neither,
 * all processors count.
 * plat_pause_for: call plat_pause, at least once, for about ns nanoseconds.
 * plat_moment: plat_now, to time short operations; under the explorer it stands
 * still.
 */
bool plat_spin_pays(void);
void plat_spin_renew(void);
void plat_pause_for(uint32_t ns);
sync_time plat_moment(void);

/* Memory: the same as malloc, calloc, realloc and free. */
void *plat_alloc(size_t size);
void *plat_alloc_zeroed(size_t size);
void *plat_realloc(void *p, size_t size);
void plat_free(void *p);

/*
 * Signals.
 *
 * plat_signals_block: from now on the calling thread takes no signals except
 * those of its own faults (SIGSEGV, SIGABRT and others).  Unless before is
 * null, *before becomes its previous mask, without these signals.
 * plat_signals_set: set its mask.
 */
struct plat_signals {
	uint64_t room[16];
};
void plat_signals_block(struct plat_signals *before);
void plat_signals_set(const struct plat_signals *set);

/*
 * Threads.
 *
 * Options: name may be empty.  stack_size is the number of bytes for fn; 0 is
 * the default.  quiet: block signals, as plat_signals_block does; otherwise the
 * thread inherits the caller's mask.
 *
 * plat_thread_start: returns 0, EAGAIN, ENOMEM or EINVAL.
 *
 * plat_thread_join: wait until the thread and the destructors of its
 * thread-specific data have ended.  Returns 0, and then the handle is void;
 * EBUSY (DEADLINE_TRY) or ETIMEDOUT.  One thread at a time may call it.
 *
 * plat_thread_detach: no thread will join the calling thread.
 *
 * A started thread may call the next two.
 *
 * plat_thread_run: call body(arg), and then after(arg), whether the body ends
 * by return, pthread_exit or cancellation.
 *
 * plat_thread_ends: the thread's function is done.  Calls ended(arg), now or in
 * a destructor of thread-specific data; before that no plat_thread_join may be
 * called.
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
 * Kernel-owned locks.
 *
 * trylock returns 0, EBUSY, EOWNERDEAD or ENOTRECOVERABLE; EBUSY also if the
 * caller is the holder.
 *
 * lock must not be called by the holder.  deadline may be SYNC_NEVER.  *owner
 * is the id that the holder wrote there, or 0.  lock returns the same as
 * trylock, but ETIMEDOUT instead of EBUSY.  With SYNC_PRIO_INHERIT it also
 * returns EDEADLK if threads would wait for each other in a circle.
 */
int plat_kmutex_init(struct sync_plat_kmutex *m, unsigned flags);
void plat_kmutex_destroy(struct sync_plat_kmutex *m);
int plat_kmutex_lock(
    struct sync_plat_kmutex *m, const uint32_t *owner, sync_time deadline);
int plat_kmutex_trylock(struct sync_plat_kmutex *m);
int plat_kmutex_unlock(struct sync_plat_kmutex *m);
int plat_kmutex_consistent(struct sync_plat_kmutex *m);

/*
 * A variable of the environment, or null.  Null also in a program with
 * privileges that its user does not have, as the environment belongs to the
 * user.
 */
const char *plat_getenv(const char *name);

/* Print a line on standard error and abort; and whether misuse must do so. */
_Noreturn void plat_die(const char *line);
bool plat_misuse_aborts(void);

/*
 * Announce our locks and hand-offs to ThreadSanitizer and valgrind, so that
 * they check the user's program correctly.  Cheap when neither is active.
 *
 * lock: call after the lock was taken.  unlock: call before it is released.
 * release: call before the store that hands something over at an address.
 * acquire: call after the load that receives it.
 * new: forget all earlier accesses to these bytes, as if they had just been
 * allocated.
 */
#include "announce.h"

#endif /* PLAT_H */
