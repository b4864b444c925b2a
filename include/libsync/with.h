/* SPDX-License-Identifier: MIT */
/*
 * SYNC_WITH: a block with a lock held, like Python's with statement.
 *
 *	SYNC_WITH(&m) {
 *		if (count == 0)
 *			return ENOENT;		unlocks
 *		count--;
 *	} else {
 *		...				lock failed; may be left out
 *	}
 *
 * Takes a pointer to a sync_mutex, sync_rmutex or sync_kmutex.  The block
 * runs once with the lock held, and the lock is released on every way out of
 * it: its end, break, continue, return, goto.  (break and continue leave the
 * block, not a loop around it.)  When the lock cannot be had (EDEADLK, say)
 * the block is skipped and an else, if there is one, is run.  A kmutex whose
 * owner died is held in the block; sync_kmutex_consistent tells.
 *
 * Needs the cleanup attribute of GCC and Clang.  longjmp and pthread_exit out
 * of the block do not release.  Clang's -Wthread-safety does not follow it.
 */
#ifndef LIBSYNC_WITH_H
#define LIBSYNC_WITH_H

#include <libsync/kmutex.h>
#include <libsync/mutex.h>
#include <libsync/rmutex.h>

/* All of this is private but for SYNC_WITH. */
struct sync_with_ {
	void *lock;
	void (*leave)(void *);
	int err;
	int once;
};

static inline void
sync_with_end_(struct sync_with_ *w)
{
	if (w->err == 0)
		w->leave(w->lock);
}

#define SYNC_WITH_DEFINE_(type)                                                \
	static inline void type##_with_leave_(void *lock) SYNC_NO_ANALYSIS;    \
	static inline void type##_with_leave_(void *lock)                      \
	{                                                                      \
		(void)type##_unlock((struct type *)lock);                      \
	}                                                                      \
	static inline struct sync_with_ type##_with_(struct type *lock)        \
	    SYNC_NO_ANALYSIS;                                                  \
	static inline struct sync_with_ type##_with_(struct type *lock)        \
	{                                                                      \
		struct sync_with_ w = { lock, type##_with_leave_, 0, 1 };      \
		w.err = type##_lock(lock);                                     \
		if (w.err == EOWNERDEAD)                                       \
			w.err = 0;                                             \
		return w;                                                      \
	}
SYNC_WITH_DEFINE_(sync_mutex)
SYNC_WITH_DEFINE_(sync_rmutex)
SYNC_WITH_DEFINE_(sync_kmutex)
#undef SYNC_WITH_DEFINE_

#ifdef __cplusplus
static inline struct sync_with_
sync_with_begin_(struct sync_mutex *m)
{
	return sync_mutex_with_(m);
}
static inline struct sync_with_
sync_with_begin_(struct sync_rmutex *m)
{
	return sync_rmutex_with_(m);
}
static inline struct sync_with_
sync_with_begin_(struct sync_kmutex *m)
{
	return sync_kmutex_with_(m);
}
#else
#define sync_with_begin_(m)                                                    \
	_Generic((m), struct sync_mutex *: sync_mutex_with_,                   \
	    struct sync_rmutex *: sync_rmutex_with_,                           \
	    struct sync_kmutex *: sync_kmutex_with_)(m)
#endif

#define SYNC_WITH_NAME__(line) sync_with_##line##_
#define SYNC_WITH_NAME_(line)  SYNC_WITH_NAME__(line)
#define SYNC_WITH(m)           SYNC_WITH_(m, SYNC_WITH_NAME_(__LINE__))
#define SYNC_WITH_(m, w)                                                       \
	for (struct sync_with_ w __attribute__((cleanup(sync_with_end_)))      \
	    = sync_with_begin_(m);                                             \
	     w.once; w.once = 0)                                               \
		if (w.err == 0)

#endif /* LIBSYNC_WITH_H */
