/* SPDX-License-Identifier: MIT */
/*
 * libsync: synchronization for pthread programs.  See libsync(7).
 *
 * Every function returns 0 or an errno number, unless its comment says
 * otherwise.  No function sets errno or returns EINTR, and no wait is a
 * cancellation point.  On failure the object and all results are unchanged.
 *
 * An init or start function returns EINVAL if the memory is not aligned for the
 * object.
 *
 * In a program with SYNC_MISUSE=abort in its environment, a call that would
 * return EPERM, EDEADLK, EINVAL or EOVERFLOW prints its name, the object and
 * the error, and aborts.  These errors mean that the program is wrong.
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
