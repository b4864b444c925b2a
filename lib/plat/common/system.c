/* SPDX-License-Identifier: MIT */
/* The clock, memory, yield and abort: plain POSIX. */
#include "config.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "environment.h"
#include "plat.h"

const char *
plat_getenv(const char *name)
{
	return environment_get(name);
}

sync_time
plat_now(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts); /* always there */
	return (sync_time)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

void
plat_yield(void)
{
	(void)sched_yield(); /* cannot fail usefully */
}

sync_time
plat_moment(void)
{
	return plat_now();
}

/*
 * Volatile, because compilers assume that these functions do not change errno,
 * and would remove the store that restores it.
 */
static void *(*volatile allocate)(size_t) = malloc;
static void *(*volatile allocate_zeroed)(size_t, size_t) = calloc;
static void *(*volatile reallocate)(void *, size_t) = realloc;
static void (*volatile give_back)(void *) = free;

void *
plat_alloc(size_t size)
{
	int saved = errno;
	void *p = allocate(size);

	errno = saved;
	return p;
}

void *
plat_alloc_zeroed(size_t size)
{
	int saved = errno;
	void *p = allocate_zeroed(1, size);

	errno = saved;
	return p;
}

void *
plat_realloc(void *p, size_t size)
{
	int saved = errno;
	void *moved = reallocate(p, size);

	errno = saved;
	return moved;
}

void
plat_free(void *p)
{
	int saved = errno;

	give_back(p); /* keeps errno by POSIX of 2024, not before */
	errno = saved;
}

void
plat_die(const char *line)
{
	size_t n = strlen(line);
	int state;

	/* write is a cancellation point, and a cancelled thread must die here. */
	(void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &state);
	while (n > 0) {
		ssize_t written = write(STDERR_FILENO, line, n);

		if (written <= 0)
			break;
		line += written;
		n -= (size_t)written;
	}
	abort();
}
