/* SPDX-License-Identifier: MIT */
/*
 * Deadlines.
 *
 * A sync_time is a moment: nanoseconds on CLOCK_MONOTONIC, which setting the
 * wall clock does not move.  Every function whose name ends in _until takes
 * one, so a loop that waits again after a wakeup needs no arithmetic:
 *
 *	sync_time deadline = sync_after_ms(50);
 *	while (!ready)
 *		if (sync_cond_wait_until(&c, &m, deadline) == ETIMEDOUT)
 *			break;
 *
 * A deadline that has passed (any negative number has) means: try once.
 * SYNC_NEVER means: wait as long as it takes.
 */
#ifndef LIBSYNC_TIME_H
#define LIBSYNC_TIME_H

#include <libsync/base.h>

typedef int64_t sync_time;

#define SYNC_NEVER INT64_MAX

SYNC_BEGIN_DECLS

/* The present moment.  Never blocks, cannot fail; any thread or handler. */
sync_time sync_time_now(void);

/*
 * The moment that lies so many nanoseconds, or milliseconds, after now.
 * Negative amounts lie in the past.  Saturates: what is too far away is
 * SYNC_NEVER, what is too long ago is INT64_MIN.  Never blocks; any thread
 * or handler.
 */
sync_time sync_after(int64_t nanoseconds);
sync_time sync_after_ms(int64_t milliseconds);

SYNC_END_DECLS

#endif /* LIBSYNC_TIME_H */
