/* SPDX-License-Identifier: MIT */
/*
 * The seam: everything that libsync needs from the system, and the whole of it.
 *
 * Nothing above this folder names pthread_*, futex, clocks, system calls or
 * HAVE_*.  The folders beside this file implement the seam: linux on futex,
 * posix on POSIX threads alone, and sim on the machine of the explorer.  common
 * has the parts that linux and posix share.  The include path selects the
 * platform: plat_impl.h is found in its folder, and defines the functions that
 * are declared static inline here.
 */
#ifndef PLAT_H
#define PLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libsync/kmutex.h>
#include <libsync/time.h>

#include "identity.h"

/*
 * Threads, by id (identity.h).
 *
 * plat_self: the calling thread's id, normally one load.  Signal handlers may
 *	call it.  In the child of a fork the thread has another id.
 * plat_self_fast: the id, or 0, which means: take the slow path.
 * plat_unwatched: true if no race detector and no explorer is active, so that
 *	fast paths inlined from the headers may skip the library.
 * plat_execution: the number of this execution, if an explorer executes the
 *	program many times in one process; else 0.
 */
static inline uint32_t plat_self(void);
static inline uint32_t plat_self_fast(void);
static inline bool plat_unwatched(void);
static inline uint32_t plat_execution(void);

/* The number of forks before this process. */
static inline uint32_t
plat_generation(void)
{
	return identity.generation;
}

/*
 * A record for each thread: bytes that are 0 at first, aligned for any object.
 * Only the thread itself accesses them.  plat_record makes the record if there
 * is none; null if there is no memory for it.  plat_record_if_any does not make
 * it; null if there is none.  Signal handlers must not call these.
 */
#define PLAT_RECORD_SIZE 640

void *plat_record(void);
void *plat_record_if_any(void);

/*
 * What the platform calls.  lib/wait/record.c has both.
 *
 * record_in_use: at the end of a thread, whether destructors of its
 *	thread-specific data may still need the record, so that it is kept
 *	until the last round of them.
 * record_fork: in the child of a fork, first of all.  id is the id in the parent
 *	of the thread that forked.  After that the platform calls
 *	identity_survives.
 */
bool record_in_use(const void *record);
void record_fork(uint32_t id);

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
 *
 * A wait for several words at once will stand here: plat_wait_any.
 */
#define PLAT_ALL UINT32_MAX /* every sleeper; any channel */

enum plat_scope { PLAT_PRIVATE, PLAT_SHARED };

int plat_wait(enum plat_scope scope, const uint32_t *word, uint32_t expected,
    uint32_t channel, sync_time deadline);
void plat_wake(enum plat_scope scope, const uint32_t *word, uint32_t n,
    uint32_t channels);
bool plat_shares(void);

/*
 * Time and processors.
 *
 * plat_now: nanoseconds on the monotonic clock.
 * plat_moment: the same, to time short operations; under the explorer it stands
 *	still.
 * plat_be_punctual: ask the system to wake the calling thread exactly at its
 *	deadlines from now on, and not a little later to save power.
 * plat_yield: let another thread run on this processor.
 * plat_pause: let another hardware thread of this core run.
 * plat_polls: whether to poll once more before sleeping.  True, except under
 *	the explorer, which tries both.
 * plat_processors: how many the process may use, as determined when the library
 *	was loaded, or at the last plat_processors_renew.  One load.
 * plat_processors_renew: determine it again: those that the calling thread and
 *	the first thread may use, but no more than the quota of the process's
 *	control groups, which is read when the library is loaded.  If the system
 *	says neither, all processors count.
 */
sync_time plat_now(void);
sync_time plat_moment(void);
void plat_be_punctual(void);
void plat_yield(void);
static inline void plat_pause(void);
static inline bool plat_polls(void);
unsigned plat_processors(void);
void plat_processors_renew(void);

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
 *
 * init returns ENOTSUP for a flag that the system does not have.
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

/* Print a line on standard error and abort. */
_Noreturn void plat_die(const char *line);

/*
 * Announce our locks and hand-offs to ThreadSanitizer and valgrind, so that
 * they check the user's program correctly.  Cheap when neither is active, which
 * announce_on says.
 *
 * lock: call after the lock was taken.  unlock: call before it is released.
 *	lock_fast and unlock_fast: the same for code after plat_self_fast, which
 *	is 0 if a race detector is active.  How it is held: for READ or WRITE;
 *	TRY: a try, which cannot deadlock; PTHREAD: it is a lock of the C
 *	library, which drd follows without us.
 * destroy: call before a lock is destroyed.
 * release: call before the store that hands something over at an address.
 * acquire: call after the load that receives it.
 * new: forget all earlier accesses to these bytes, as if they had just been
 *	allocated.
 * interrupted: call after a system call that a signal has interrupted.
 * any: the copy is of memory of the caller that may never have been written,
 *	and the code allows for that.
 */
#define ANNOUNCE_WRITE   0x0u
#define ANNOUNCE_READ    0x1u
#define ANNOUNCE_TRY     0x2u
#define ANNOUNCE_PTHREAD 0x4u

static inline void announce_lock(const void *lock, unsigned how);
static inline void announce_unlock(const void *lock, unsigned how);
static inline void announce_lock_fast(const void *lock, unsigned how);
static inline void announce_unlock_fast(const void *lock, unsigned how);
static inline void announce_destroy(const void *lock);
static inline void announce_release(const void *address);
static inline void announce_acquire(const void *address);
static inline void announce_new(const void *address, size_t size);
static inline void announce_interrupted(void);
void announce_any(void *copy, size_t size);

#include "plat_impl.h"

#endif /* PLAT_H */
