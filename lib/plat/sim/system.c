/* SPDX-License-Identifier: MIT */
/*
 * The seam (plat.h) on the simulated machine: memory, which may be refused, and
 * what the machine has of a system.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <libsync/explore.h>

#include "common/environment.h"
#include "machine/machine.h"

#define m sim_machine

unsigned
plat_processors(void)
{
	return SIM_THREADS;
}

void
plat_processors_renew(void)
{
}

void
plat_be_punctual(void)
{
}

/* Spinning takes no time. */
sync_time
plat_moment(void)
{
	return 0;
}

bool
sim_runs_out(void)
{
	if (!sim_on)
		return false;
	if (m.failures >= m.limits.failures) {
		if (m.limits.failures > 0)
			m.limited |= SYNC_EXPLORE_FAILURES;
		return false;
	}
	if (sim_choose(SIM_FAILS, 2) == 0)
		return false;
	m.failures++;
	return true;
}

void *
plat_alloc(size_t size)
{
	void *p = sim_runs_out() ? NULL : malloc(size);

	if (p != NULL)
		sim_new(p, size);
	return p;
}

void *
plat_alloc_zeroed(size_t size)
{
	void *p = sim_runs_out() ? NULL : calloc(1, size);

	if (p != NULL)
		sim_new(p, size);
	return p;
}

void *
plat_realloc(void *p, size_t size)
{
	void *q = sim_runs_out() ? NULL : realloc(p, size);

	if (q != NULL && q != p)
		sim_new(q, size);
	return q;
}

void
plat_free(void *p)
{
	free(p);
}

const char *
sim_error_name(int err)
{
#if HAVE_STRERRORNAME_NP
	return strerrorname_np(err);
#else
	(void)err;
	return NULL;
#endif
}

int64_t
sim_real_time(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

const char *
plat_getenv(const char *name)
{
	return environment_get(name);
}

void
plat_die(const char *line)
{
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		abort();
	abort();
}

/* The machine has no signals. */
void
plat_signals_block(struct plat_signals *before)
{
	if (before != NULL)
		*before = (struct plat_signals) { { 0 } };
}

void
plat_signals_set(const struct plat_signals *set)
{
	(void)set;
}
