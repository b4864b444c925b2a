/* SPDX-License-Identifier: MIT */
/*
 * Times and deadlines.
 *
 * A sync_time is a point in time: a number of nanoseconds on CLOCK_MONOTONIC.
 * Setting the time of day does not affect this clock.  Every function whose
 * name ends in _until takes a sync_time as its deadline.  A deadline is
 * absolute, so a loop that waits again after a wakeup needs no arithmetic:
 *
 *	sync_time deadline = sync_after_ms(50);
 *	while (!ready)
 *		if (sync_cond_wait_until(&c, &m, deadline) == ETIMEDOUT)
 *			break;
 *
 * With a deadline that has passed, a wait tries once.  A negative deadline has
 * always passed.  With SYNC_NEVER a wait has no time limit.
 */
#ifndef LIBSYNC_TIME_H
#define LIBSYNC_TIME_H

#include <libsync/base.h>

typedef int64_t sync_time;

#define SYNC_NEVER INT64_MAX

SYNC_BEGIN_DECLS

/*
 * Return the current time.  Never blocks and cannot fail.  Any thread and any
 * signal handler may call it.
 */
sync_time sync_time_now(void);

/*
 * Return the time that is the given number of nanoseconds or milliseconds from
 * now.  A negative number gives a time in the past.  The result saturates: a
 * time too far in the future becomes SYNC_NEVER, and one too far in the past
 * becomes INT64_MIN.  Never blocks and cannot fail.  Any thread and any signal
 * handler may call these.
 */
sync_time sync_after(int64_t nanoseconds);
sync_time sync_after_ms(int64_t milliseconds);

SYNC_END_DECLS

#endif /* LIBSYNC_TIME_H */
