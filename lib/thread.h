/* SPDX-License-Identifier: MIT */
/* What timer needs of threads: one of the library's own. */
#ifndef THREAD_H
#define THREAD_H

#include <stdbool.h>

#include <libsync/thread.h>

/* As sync_thread_start; quiet: with all signals blocked. */
int thread_start(struct sync_thread *t, void *(*fn)(void *), void *arg,
    const struct sync_thread_options *options, bool quiet);

#endif /* THREAD_H */
