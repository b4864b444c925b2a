/* SPDX-License-Identifier: MIT */
/*
 * struct sync_kmutex: a robust and priority-inheriting mutex.
 *
 *	SYNC_ROBUST		When the holder dies, that is, ends without
 *				unlocking the mutex, the next lock returns
 *				EOWNERDEAD, and the caller holds the mutex.  It
 *				repairs the data and then calls
 *				sync_kmutex_consistent.
 *	SYNC_PRIO_INHERIT	The holder runs with the priority of the most
 *				urgent thread that waits for the mutex.
 *
 * Both flags may be given, or one, or none.  Some systems lack robust mutexes,
 * as macOS does, or mutexes that inherit priorities.
 *
 * A sync_kmutex has the functions and the errors of sync_mutex, and some more.
 * This is a separate type because it wraps the mutex of the C library, which
 * the kernel knows about.  It takes ten times the memory of a sync_mutex, and
 * its calls take several times as long.
 *
 * Memory order: Everything written before an unlock is visible after every
 * later lock returns.  If a lock returns EOWNERDEAD, everything that the dead
 * holder wrote is visible too.
 *
 * After fork, in the child, init and destroy work as usual, and held returns
 * false.  Every other call returns ENOTRECOVERABLE until init makes the mutex
 * usable again.
 */
#ifndef LIBSYNC_KMUTEX_H
#define LIBSYNC_KMUTEX_H

#include <stdbool.h>

#include <libsync/base.h>
#include <libsync/time.h>

#define SYNC_ROBUST       0x1u
#define SYNC_PRIO_INHERIT 0x2u

/* Room for the platform's own mutex. */
struct sync_plat_kmutex {
	union {
		int64_t align;
		void *align_pointer;
		unsigned char bytes[72];
	} room; /* private */
};

struct SYNC_CAPABILITY("mutex") sync_kmutex {
	uint32_t magic;               /* private; set at init */
	uint32_t owner;               /* private; atomic: holder's id or 0 */
	uint32_t generation;          /* private; set at init */
	uint32_t waiters;             /* private; atomic: number of waiters */
	struct sync_plat_kmutex plat; /* private */
};

SYNC_BEGIN_DECLS

/*
 * Initialise *m as an unlocked mutex.  flags is 0 or any of the flags above.
 * There is no static initialiser.  No thread may be using the memory as a mutex
 * at that time.
 *
 *	0		the mutex is initialised
 *	EINVAL		m is null or misaligned, or flags has an unknown bit
 *	ENOTSUP		the system has no mutexes with one of the flags
 *	ENOMEM		there is not enough memory
 *	EAGAIN		another resource of the system is used up
 */
int sync_kmutex_init(struct sync_kmutex *m, unsigned flags);

/*
 * End the use of *m, and free what the system allocated for it.  After that
 * every call except init and held returns EINVAL.
 *
 *	0		the mutex is destroyed
 *	EBUSY		a thread holds the mutex or waits for it, or was woken
 *			and has not run yet; nothing changed
 *	EINVAL		m is null, not initialised or destroyed
 */
int sync_kmutex_destroy(struct sync_kmutex *m);

/*
 * Lock the mutex.  While another thread holds it, lock blocks, lock_until
 * blocks until the deadline at the latest, and trylock does not block.  Any
 * thread may call these functions; signal handlers must not.  A lock that
 * returns 0 or EOWNERDEAD is an acquire operation.
 *
 *	0		the calling thread now holds the mutex
 *	EOWNERDEAD	the calling thread now holds the mutex, and the
 *			previous holder died while holding it (SYNC_ROBUST)
 *	EDEADLK		the calling thread held it already (lock, lock_until)
 *	EDEADLK		the wait would complete a cycle of waiting threads
 *			(lock, lock_until): the mutex is SYNC_PRIO_INHERIT, and
 *			its holder waits for another such mutex that the
 *			calling thread holds, directly or through other threads
 *	EBUSY		the calling thread or another thread holds it (trylock)
 *	ETIMEDOUT	the mutex did not become available by the deadline
 *			(lock_until)
 *	ENOTRECOVERABLE	the mutex is lost, and can only be destroyed: a thread
 *			unlocked it after EOWNERDEAD without calling
 *			sync_kmutex_consistent; or its holder died, and it is
 *			SYNC_PRIO_INHERIT but not SYNC_ROBUST (on a system that
 *			lacks robust mutexes, it stays locked instead)
 *	ENOTRECOVERABLE	the mutex was initialised before a fork, in the parent
 *			of this process
 *	EINVAL		m is null, not initialised or destroyed
 */
int sync_kmutex_lock(struct sync_kmutex *m) SYNC_ACQUIRE(*m);
int sync_kmutex_trylock(struct sync_kmutex *m) SYNC_TRY_ACQUIRE(*m);
int sync_kmutex_lock_until(struct sync_kmutex *m, sync_time deadline)
    SYNC_TRY_ACQUIRE(*m);

/*
 * Unlock the mutex, and wake a waiter if there is one.  The call never blocks.
 * An unlock is a release operation.
 *
 *	0		the mutex is unlocked
 *	EPERM		the calling thread does not hold it; nothing changed
 *	ENOTRECOVERABLE	the mutex was initialised before a fork, in the parent
 *			of this process
 *	EINVAL		m is null, not initialised or destroyed
 */
int sync_kmutex_unlock(struct sync_kmutex *m) SYNC_RELEASE(*m);

/*
 * Declare that the data that the mutex guards are consistent again.  A holder
 * whose lock returned EOWNERDEAD calls this before it unlocks the mutex.
 *
 *	0		the mutex is usable as before
 *	EPERM		the calling thread does not hold it; nothing changed
 *	ENOTRECOVERABLE	the mutex was initialised before a fork, in the parent
 *			of this process
 *	EINVAL		there is nothing to repair; or m is null, not
 *			initialised or destroyed
 */
int sync_kmutex_consistent(struct sync_kmutex *m) SYNC_REQUIRES(*m);

/*
 * Return whether the calling thread holds *m; false if m is null.  The call
 * never blocks.
 */
bool sync_kmutex_held(const struct sync_kmutex *m);

SYNC_END_DECLS

#endif /* LIBSYNC_KMUTEX_H */
