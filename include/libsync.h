/* SPDX-License-Identifier: MIT */
/*
 * libsync: synchronization for pthread programs.  See libsync(7).
 *
 * Every function returns 0 or an errno number unless it says otherwise; errno
 * itself is never set, EINTR never returned, and no wait is a cancellation
 * point.  On failure the object and all results are as before.
 *
 * An init, or start, of memory that is not aligned for the object is EINVAL.
 *
 * With SYNC_MISUSE=abort in the environment of a program, a call that returns
 * an error because the program is wrong (EPERM, EDEADLK, EINVAL, EOVERFLOW)
 * says which call and object it was, and aborts.
 */
#ifndef LIBSYNC_H
#define LIBSYNC_H

#define SYNC_VERSION_MAJOR 0
#define SYNC_VERSION_MINOR 1
#define SYNC_VERSION_PATCH 0
#define SYNC_VERSION       "0.1.0"

#include <libsync/barrier.h>
#include <libsync/cond.h>
#include <libsync/event.h>
#include <libsync/kmutex.h>
#include <libsync/latch.h>
#include <libsync/mutex.h>
#include <libsync/queue.h>
#include <libsync/rmutex.h>
#include <libsync/rwlock.h>
#include <libsync/sem.h>
#include <libsync/thread.h>
#include <libsync/time.h>
#include <libsync/timer.h>
#include <libsync/with.h>

#endif /* LIBSYNC_H */
