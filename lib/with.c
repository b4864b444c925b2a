/* SPDX-License-Identifier: MIT */
/* SYNC_WITH and SYNC_LOCK_SCOPE call this if a lock fails. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <libsync/with.h>

#include "plat.h"

static const char *
reason(int err)
{
	switch (err) {
	case EDEADLK:
		return "EDEADLK: the calling thread would wait for itself";
	case EINVAL:
		return "EINVAL: it is null, destroyed or not initialised";
	case EAGAIN:
		return "EAGAIN: the calling thread holds it too many times";
	case ETIMEDOUT:
		return "ETIMEDOUT: it was held until the deadline";
	case ENOTRECOVERABLE:
		return "ENOTRECOVERABLE: its holder is gone";
	default:
		return "the lock failed";
	}
}

void
sync_with_failed_(const char *what, int err, const char *file, int line)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "libsync: %s:%d: %s: %s\n", file,
	    line, what, reason(err));
	plat_die(text);
}
