/* SPDX-License-Identifier: MIT */
/*
 * Functions that replace those of the C library, because the search for
 * symbols finds the explorer's library first.  std::thread and other libraries
 * call them, too.
 *
 * They are compiled for the shared library only (PIC).  In a static library,
 * or in a program that links the parts of libsync-sim, they would be the only
 * definitions of these names.
 */
#include "config.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>

#include "machine/outside.h"

#ifdef PIC

/* The function of that name that the search for symbols finds next. */
static void *
next(const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (p == NULL)
		plat_die("libsync-sim: there is no other pthread_create\n");
	return p;
}

int
pthread_create(pthread_t *thread, const pthread_attr_t *attr,
    void *(*fn)(void *), void *arg)
{
	__typeof__(pthread_create) *real;

	outside_refuse("pthread_create");
	*(void **)(void *)&real = next("pthread_create");
	return real(thread, attr, fn, arg);
}

int
thrd_create(thrd_t *thread, thrd_start_t fn, void *arg)
{
	__typeof__(thrd_create) *real;

	outside_refuse("thrd_create");
	*(void **)(void *)&real = next("thrd_create");
	return real(thread, fn, arg);
}

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

void __assert_fail(const char *expression, const char *file, unsigned line,
    const char *function) __attribute__((noreturn));

void
__assert_fail(const char *expression, const char *file, unsigned line,
    const char *function)
{
	if (sim_on)
		sim_fail(SIM_ASSERTION, "%s:%u: %.150s does not hold",
		    base_name(file), line, expression);
	(void)fprintf(stderr, "%s:%u: %s: Assertion `%s' failed.\n", file,
	    line, function, expression);
	abort();
}

#endif
