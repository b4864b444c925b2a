/* SPDX-License-Identifier: MIT */
/*
 * struct sync_thread: a thread with a name, to be waited for with a deadline.
 *
 *	struct sync_thread t;
 *
 *	sync_thread_start(&t, work, &job, NULL);
 *	sync_thread_join(&t, NULL);
 *
 * The struct is the caller's and must stay until the thread was joined; one
 * whose thread is never joined must stay for ever (be static, say).  After a
 * join it may be started again.  Join may be called any number of times and by
 * several threads: all of them return when it has ended, with the same result.
 *
 * Memory order: everything written before sync_thread_start() is visible to the
 * new thread, and everything the thread wrote is visible after a join returns 0.
 *
 * A thread has the signal mask of the thread that started it.
 *
 * After fork: in the child the parent's threads cannot be joined:
 * ENOTRECOVERABLE.  Their structs can be started again.
 */
#ifndef LIBSYNC_THREAD_H
#define LIBSYNC_THREAD_H

#include <libsync/base.h>
#include <libsync/time.h>

#define SYNC_THREAD_NAME_MAX 15

struct sync_thread_options {
	const char *name;  /* null: none; cut after SYNC_THREAD_NAME_MAX */
	size_t stack_size; /* bytes that fn can use, at least; 0: the usual
			      size of the platform, and 1 MiB at least */
};

struct sync_thread {
	uint32_t state;      /* private; atomic: running, ended, joined */
	uint32_t generation; /* private; set at start */
	uint64_t mark;       /* private; set at start: this is a thread */
	uint64_t handle;     /* private; the platform's */
	void *(*fn)(void *); /* private; set at start */
	void *arg;           /* private; set at start */
	void *result;        /* private; set before state says ended */
	char name[SYNC_THREAD_NAME_MAX + 1]; /* private; set at start */
};

SYNC_BEGIN_DECLS

/*
 * Start a thread that calls fn(arg).  options may be null.  *t need not be
 * initialised.
 * 0; EBUSY: *t is a thread that runs or was not joined yet; EAGAIN, ENOMEM:
 * none to be had; EINVAL: null, or a stack size that the platform refuses.  On
 * error *t is as before.
 */
int sync_thread_start(struct sync_thread *t, void *(*fn)(void *), void *arg,
    const struct sync_thread_options *options);

/*
 * Wait for the end of the thread; *result, unless null, becomes what fn
 * returned, null if it called pthread_exit.  A thread has ended when the
 * destructors of its thread-specific data have returned.  Join blocks until
 * then, _until no longer than to the deadline, try not at all.
 * 0; EBUSY (tryjoin) and ETIMEDOUT: still running, or another thread that waits
 * in join has not returned yet; EDEADLK: called by the thread itself; EINVAL:
 * null or never started; ENOTRECOVERABLE: a thread of the parent.
 */
int sync_thread_join(struct sync_thread *t, void **result);
int sync_thread_tryjoin(struct sync_thread *t, void **result);
int sync_thread_join_until(struct sync_thread *t, void **result,
    sync_time deadline);

/* The calling thread, if sync_thread_start made it; else null. */
struct sync_thread *sync_thread_current(void);

/* The name given at start, "" if none; "" for null. */
const char *sync_thread_name(const struct sync_thread *t);

/*
 * Sleep until the deadline; at once if it has passed.  Signals do not end it
 * early.  SYNC_NEVER sleeps for ever.
 */
void sync_thread_sleep_until(sync_time deadline);

SYNC_END_DECLS

#endif /* LIBSYNC_THREAD_H */
