/* SPDX-License-Identifier: MIT */
/*
 * struct sync_thread: a named thread that can be joined with a deadline.
 *
 *	struct sync_thread t;
 *
 *	sync_thread_start(&t, work, &job, NULL);
 *	sync_thread_join(&t, NULL);
 *
 * The caller owns the struct.  It must stay valid until the thread has been
 * joined; if the thread is never joined, it must stay valid for ever (for
 * example, be static).  After a join has returned 0 and every other join of the
 * thread has returned, the struct may be freed or started again.
 *
 * A thread may be joined any number of times and by several threads.  All these
 * joins return when the thread has ended, and all get the same result.
 *
 * Memory order: everything written before sync_thread_start() is visible to the
 * new thread, and everything the thread wrote is visible after a join returns
 * 0.
 *
 * A thread inherits the signal mask of the thread that starts it.
 *
 * After fork: in the child the parent's threads cannot be joined; joining one
 * fails with ENOTRECOVERABLE.  Their structs can be started again.
 */
#ifndef LIBSYNC_THREAD_H
#define LIBSYNC_THREAD_H

#include <libsync/base.h>
#include <libsync/time.h>

#define SYNC_THREAD_NAME_MAX 15

struct sync_thread_options {
	const char *name;  /* null: none; cut after SYNC_THREAD_NAME_MAX */
	size_t stack_size; /* minimum number of bytes that fn can use; 0: the
			      platform's default, but 1 MiB at least */
};

struct sync_thread {
	uint32_t state;      /* private; atomic: running, ended, joined */
	uint32_t generation; /* private; set at start */
	uint64_t mark;       /* private; set at start: it is a thread */
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
 * Returns 0; EBUSY: *t is a thread that has not been joined yet; EAGAIN: the
 * system cannot create another thread; ENOMEM: there is no memory for it;
 * EINVAL: t or fn is null, or the platform refuses the stack size.  On error *t
 * is unchanged.
 */
int sync_thread_start(struct sync_thread *t, void *(*fn)(void *), void *arg,
    const struct sync_thread_options *options);

/*
 * Wait until the thread has ended.  It has ended when fn has returned and the
 * destructors of its thread-specific data have returned too.  Unless result is
 * null, *result becomes the value that fn returned, or null if the thread ended
 * by pthread_exit() or was cancelled.  join blocks until the thread has ended,
 * join_until blocks at most until the deadline, and tryjoin does not block.
 * Returns 0; EBUSY (tryjoin) or ETIMEDOUT (join_until): the thread is still
 * running, or another thread is inside a join of it; EDEADLK: the calling
 * thread is the thread itself; EINVAL: t is null, or *t was never started;
 * ENOTRECOVERABLE: the parent of a fork started the thread.
 */
int sync_thread_join(struct sync_thread *t, void **result);
int sync_thread_tryjoin(struct sync_thread *t, void **result);
int sync_thread_join_until(struct sync_thread *t, void **result,
    sync_time deadline);

/* Return the calling thread if sync_thread_start() made it, else null. */
struct sync_thread *sync_thread_current(void);

/* Return the name given at start; "" if none was given or t is null. */
const char *sync_thread_name(const struct sync_thread *t);

/*
 * Sleep until the deadline; return at once if it has passed.  Signals do not
 * end the sleep early.  With SYNC_NEVER the thread sleeps for ever.
 */
void sync_thread_sleep_until(sync_time deadline);

SYNC_END_DECLS

#endif /* LIBSYNC_THREAD_H */
