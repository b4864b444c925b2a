/* SPDX-License-Identifier: MIT */
#include <libsync/time.h>

#include "base/deadline.h"
#include "plat.h"

sync_time
sync_time_now(void)
{
	return plat_now();
}

sync_time
sync_after(int64_t nanoseconds)
{
	return deadline_add(plat_now(), nanoseconds);
}

sync_time
sync_after_ms(int64_t milliseconds)
{
	if (milliseconds > INT64_MAX / 1000000)
		return SYNC_NEVER;
	if (milliseconds < INT64_MIN / 1000000)
		return INT64_MIN;
	return deadline_add(plat_now(), milliseconds * 1000000);
}
