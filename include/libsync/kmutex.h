/* SPDX-License-Identifier: MIT */
/*
 * struct sync_kmutex: a mutex that the kernel knows about.
 *
 *	SYNC_ROBUST	  when the holder dies, the next lock returns
 *			  EOWNERDEAD with the mutex held; the new holder
 *			  repairs the data and calls sync_kmutex_consistent
 *	SYNC_PRIO_INHERIT a holder runs with the priority of the most urgent
 *			  thread that waits for it
 *
 * Both may be given, or neither.  It is a type of its own because it wraps the
 * C library's mutex, whose kernel lists belong to that library: ten times the
 * size and several times the cost of sync_mutex, which stays small for those
 * who need neither.  The verbs and their errors are the same.
 *
 * Memory order as for sync_mutex.
 *
 * After fork: in the child every call but destroy returns ENOTRECOVERABLE, and
 * held is false; init makes it usable.
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
		unsigned char bytes[64];
	} room; /* private */
};

struct SYNC_CAPABILITY("mutex") sync_kmutex {
	uint32_t magic;               /* private; set at init */
	uint32_t owner;               /* private; atomic: holder's id or 0 */
	uint32_t generation;          /* private; set at init */
	uint32_t waiters;             /* private; atomic: inside a slow lock */
	struct sync_plat_kmutex plat; /* private */
};

SYNC_BEGIN_DECLS

/*
 * Make *m an unlocked mutex with the given flags, 0 or more of the above.
 * There is no static initialiser.  0; EINVAL: null or unknown flag; ENOTSUP:
 * the platform lacks that kind; ENOMEM, EAGAIN: out of resources.
 */
int sync_kmutex_init(struct sync_kmutex *m, unsigned flags);

/*
 * 0; EBUSY: held, or a thread waits for it or was just woken to take it
 * (nothing changed); EINVAL: null or not initialised.
 */
int sync_kmutex_destroy(struct sync_kmutex *m);

/*
 * Take the mutex; blocks while another thread holds it, for _until no longer
 * than to the deadline, for try not at all.
 * 0: it is yours.  EOWNERDEAD: it is yours, and its last holder died with it.
 * ENOTRECOVERABLE: a holder unlocked after EOWNERDEAD without having called
 * sync_kmutex_consistent; or the holder of a mutex that is SYNC_PRIO_INHERIT and
 * not SYNC_ROBUST died.  Only destroy is left.  EDEADLK (lock, lock_until):
 * already yours; or it is SYNC_PRIO_INHERIT, and its holder waits for another
 * such mutex that is yours, directly or through other threads.  EBUSY: held
 * (trylock).  ETIMEDOUT.  EINVAL: null or not initialised.
 * Acquire, also with EOWNERDEAD.
 */
int sync_kmutex_lock(struct sync_kmutex *m) SYNC_ACQUIRE(*m);
int sync_kmutex_trylock(struct sync_kmutex *m) SYNC_TRY_ACQUIRE(*m);
int sync_kmutex_lock_until(struct sync_kmutex *m, sync_time deadline)
    SYNC_TRY_ACQUIRE(*m);

/* 0; EPERM: not held by the calling thread; EINVAL.  Release. */
int sync_kmutex_unlock(struct sync_kmutex *m) SYNC_RELEASE(*m);

/*
 * Say that the data are repaired; to be called by a holder that was told
 * EOWNERDEAD, before its unlock.  0; EINVAL: nothing to repair, or null;
 * EPERM: not held by the calling thread.
 */
int sync_kmutex_consistent(struct sync_kmutex *m) SYNC_REQUIRES(*m);

/* Whether the calling thread holds *m.  Never blocks; null is false. */
bool sync_kmutex_held(const struct sync_kmutex *m);

SYNC_END_DECLS

#endif /* LIBSYNC_KMUTEX_H */
