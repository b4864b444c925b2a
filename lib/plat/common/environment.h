/* SPDX-License-Identifier: MIT */
#ifndef PLAT_ENVIRONMENT_H
#define PLAT_ENVIRONMENT_H

#include <stdlib.h>
#include <unistd.h>

/* plat_getenv of plat.h.  Include config.h first. */
static inline const char *
environment_get(const char *name)
{
#if HAVE_SECURE_GETENV
	return secure_getenv(name);
#elif HAVE_ISSETUGID
	return issetugid() ? NULL : getenv(name);
#else
	if (getuid() != geteuid() || getgid() != getegid())
		return NULL;
	return getenv(name);
#endif
}

#endif /* PLAT_ENVIRONMENT_H */
