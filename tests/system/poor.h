/* SPDX-License-Identifier: MIT */
/*
 * Included first in each source by poor.sh.  It makes names of threads what they
 * are on macOS: a thread can name only itself.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include <pthread.h>


static inline int
poor_setname(const char *name)
{
	return pthread_setname_np(pthread_self(), name);
}
#define pthread_setname_np(name) poor_setname(name)
