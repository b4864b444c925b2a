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

static bool misuse_aborts;

/* The number of plat_pause in 1024 ns; measured when the library is loaded. */
#define PAUSES 32
#define TRIES  3
static uint32_t pauses = 1024 / 20;

static void
calibrate_pause(void)
{
	sync_time took, best = 0, begun;
	int try, i;

	for (try = 0; try < TRIES; try++) {
		begun = plat_now();
		for (i = 0; i < PAUSES; i++)
			plat_pause();
		took = plat_now() - begun;
		if (best == 0 || took < best)
			best = took;
	}
	if (best > 0) /* else the clock is too coarse */
		pauses = (uint32_t)(INT64_C(1024) * PAUSES / best);
}

__attribute__((constructor)) static void
system_begin(void)
{
	const char *misuse = plat_getenv("SYNC_MISUSE");
	int saved = errno; /* which main may expect to be 0 */

	calibrate_pause();
	misuse_aborts = misuse != NULL && strcmp(misuse, "abort") == 0;
	errno = saved;
}

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

void
plat_pause_for(uint32_t ns)
{
	uint64_t n = ((uint64_t)ns * pauses + 512) >> 10; /* rounded */

	do
		plat_pause();
	while (n-- > 1);
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

bool
plat_misuse_aborts(void)
{
	return misuse_aborts;
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
