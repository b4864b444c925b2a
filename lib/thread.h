/* SPDX-License-Identifier: MIT */
/* Parts of thread for timer. */
#ifndef THREAD_H
#define THREAD_H

#include <stdbool.h>

#include <libsync/thread.h>

/*
 * Whether *t is a thread of this process that has not been joined yet.  *t may
 * be memory that was never written.
 */
bool thread_is_alive(const struct sync_thread *t);

/* The same as sync_thread_start, without checks. */
int thread_start(struct sync_thread *t, void *(*fn)(void *), void *arg,
    const struct sync_thread_options *options);

/*
 * Call this on the thread of *t when it ends early.  Start another thread that
 * calls the same function; from then on *t is that thread.  Returns 0, or an
 * error of start; then nothing has changed.
 */
int thread_replace(struct sync_thread *t, size_t stack_size);

#endif /* THREAD_H */
