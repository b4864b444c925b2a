/* SPDX-License-Identifier: MIT */
/* Arithmetic on moments.  It saturates at both ends. */
#ifndef BASE_DEADLINE_H
#define BASE_DEADLINE_H

#include <stdint.h>

#include <libsync/time.h>

/* Earlier than any moment: a try function passes this as its deadline. */
#define DEADLINE_TRY INT64_MIN

/* A user's deadline may be any number; make it differ from DEADLINE_TRY. */
static inline sync_time
deadline_real(sync_time t)
{
	return t == DEADLINE_TRY ? DEADLINE_TRY + 1 : t;
}

static inline sync_time
deadline_add(sync_time t, int64_t nanoseconds)
{
	if (nanoseconds > 0 && t > INT64_MAX - nanoseconds)
		return SYNC_NEVER;
	if (nanoseconds < 0 && t < INT64_MIN - nanoseconds)
		return INT64_MIN;
	return t + nanoseconds;
}

static inline int64_t
deadline_mul(int64_t a, uint64_t n)
{
	if (a > 0 && n > (uint64_t)(INT64_MAX / a))
		return INT64_MAX;
	return a * (int64_t)n;
}

/* The error of a wait that failed: try_error for a try, else ETIMEDOUT. */
static inline int
deadline_error(sync_time deadline, int try_error)
{
	return deadline == DEADLINE_TRY ? try_error : ETIMEDOUT;
}

#endif /* BASE_DEADLINE_H */
