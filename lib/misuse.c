/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "misuse.h"
#include "plat.h"

static bool aborts;

/* Once, when the library is loaded: other threads may change the environment. */
__attribute__((constructor)) static void
misuse_begin(void)
{
	const char *value = plat_getenv("SYNC_MISUSE");

	aborts = value != NULL && strcmp(value, "abort") == 0;
}

static const char *
name_of_error(int err)
{
	switch (err) {
	case EPERM:
		return "EPERM: the calling thread does not hold it";
	case EDEADLK:
		return "EDEADLK: the calling thread would wait for itself";
	case EOVERFLOW:
		return "EOVERFLOW: the count is full";
	case EINVAL:
		return "EINVAL: null, destroyed or out of range";
	default:
		return NULL; /* of the moment: busy, full, too late */
	}
}

int
misuse(int err, const char *function, const void *object)
{
	char line[160];

	if (aborts && name_of_error(err) != NULL) {
		(void)snprintf(line, sizeof(line), "libsync: %s(%p): %s\n",
		    function, object, name_of_error(err));
		plat_die(line);
	}
	return err;
}
