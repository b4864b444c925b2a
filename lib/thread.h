/* SPDX-License-Identifier: MIT */
/* What timer needs of threads. */
#ifndef THREAD_H
#define THREAD_H

#include <stdbool.h>

#include <libsync/thread.h>

/*
 * Whether *t, which may be memory that was never written, is a thread of this
 * process that was not joined yet.
 */
bool thread_is_alive(const struct sync_thread *t);

/* As sync_thread_start. */
int thread_start(struct sync_thread *t, void *(*fn)(void *), void *arg,
    const struct sync_thread_options *options);

/*
 * On the thread of *t, which ends early: start another that calls the same
 * function, and that *t is from now on.  0, or as start: then nothing has
 * changed.
 */
int thread_replace(struct sync_thread *t, size_t stack_size);

#endif /* THREAD_H */
