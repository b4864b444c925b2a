/* SPDX-License-Identifier: MIT */
/*
 * Misuse, for secure.sh: 0 if it returns an error number, unless SYNC_MISUSE
 * applies.
 */
#include <errno.h>

#include <libsync.h>

int
main(void)
{
	struct sync_mutex m = SYNC_MUTEX_INIT;

	return sync_mutex_unlock(&m) == EPERM ? 0 : 1;
}
