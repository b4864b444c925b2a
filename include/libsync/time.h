/* SPDX-License-Identifier: MIT */
/*
 * Moments and deadlines.
 *
 * A sync_time is a moment: a number of nanoseconds on CLOCK_MONOTONIC.  Setting
 * the wall clock does not move this clock.  Every function whose name ends in
 * _until takes a moment as its deadline.  A deadline is absolute, so a loop
 * that waits again after a wakeup needs no arithmetic:
 *
 *	sync_time deadline = sync_after_ms(50);
 *	while (!ready)
 *		if (sync_cond_wait_until(&c, &m, deadline) == ETIMEDOUT)
 *			break;
 *
 * A deadline that has passed means: try once.  Any negative number has passed.
 * SYNC_NEVER means: wait without a limit.
 */
#ifndef LIBSYNC_TIME_H
#define LIBSYNC_TIME_H

#include <libsync/base.h>

typedef int64_t sync_time;

#define SYNC_NEVER INT64_MAX

SYNC_BEGIN_DECLS

/*
 * Return the present moment.  Never blocks and cannot fail.  Any thread and any
 * signal handler may call it.
 */
sync_time sync_time_now(void);

/*
 * Return the moment that is the given number of nanoseconds or milliseconds
 * after now.  A negative number gives a moment before now.  The result
 * saturates: a moment too far in the future becomes SYNC_NEVER, one too far in
 * the past becomes INT64_MIN.  Never blocks and cannot fail.  Any thread and
 * any signal handler may call these.
 */
sync_time sync_after(int64_t nanoseconds);
sync_time sync_after_ms(int64_t milliseconds);

SYNC_END_DECLS

#endif /* LIBSYNC_TIME_H */
