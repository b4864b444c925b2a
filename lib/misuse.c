/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include "misuse.h"
#include "plat.h"

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

	if (plat_misuse_aborts() && name_of_error(err) != NULL) {
		(void)snprintf(line, sizeof(line), "libsync: %s(%p): %s\n",
		    function, object, name_of_error(err));
		plat_die(line);
	}
	return err;
}
