/* SPDX-License-Identifier: MIT */
/*
 * The number of processors that the process may use, which decides whether
 * spinning can pay.
 *
 * Each thread has its own affinity.  The number comes from the affinities of
 * the calling thread and the first thread.  This detects a process that was
 * confined as a whole, or that confined itself before it started threads.
 * Threads that are spread over the processors, one on each, do not count as
 * confined.  Affinities change, so the number is determined again now and then.
 *
 * The quota is in several files.  They are read once, when the library is
 * loaded: later a program in a sandbox may not be allowed to read them.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plat.h"
#include "processors.h"

#define TEXT 4096

static unsigned quota = UINT_MAX, processors = 1;

/* Read the beginning of a file as a string; false if that fails. */
static bool
read_text(const char *path, char text[TEXT])
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (file < 0)
		return false;
	n = read(file, text, TEXT - 1);
	(void)close(file);
	if (n <= 0)
		return false;
	text[n] = '\0';
	return true;
}

/* A control group's folder: the mount point, and the path from there. */
struct group {
	const char *root, *mount;
	char path[TEXT];
};

static bool
read_limit(const struct group *g, const char *name, char text[TEXT])
{
	char path[2 * TEXT];
	int n = snprintf(path, sizeof(path), "%s/sys/fs/cgroup%s%s/%s",
	    g->root, g->mount, g->path, name);

	return n > 0 && (size_t)n < sizeof(path) && read_text(path, text);
}

static unsigned
worth(long long microseconds, long long period)
{
	long long n;

	if (microseconds <= 0 || period <= 0)
		return UINT_MAX;
	n = microseconds / period + (microseconds % period != 0);
	return n < UINT_MAX ? (unsigned)n : UINT_MAX;
}

/* Version 2 of control groups: "max 100000", or the quota and the period. */
static unsigned
limit_2(const struct group *g)
{
	char text[TEXT], *end;
	long long microseconds;

	if (!read_limit(g, "cpu.max", text))
		return UINT_MAX;
	microseconds = strtoll(text, &end, 10); /* 0 for "max" */
	return worth(microseconds, strtoll(end, NULL, 10));
}

/* Version 1: quota and period have a file each; -1 is no quota. */
static unsigned
limit_1(const struct group *g)
{
	char text[TEXT];
	long long microseconds;

	if (!read_limit(g, "cpu.cfs_quota_us", text))
		return UINT_MAX;
	microseconds = strtoll(text, NULL, 10);
	if (!read_limit(g, "cpu.cfs_period_us", text))
		return UINT_MAX;
	return worth(microseconds, strtoll(text, NULL, 10));
}

/* The least limit of a group and of the groups that contain it. */
static unsigned
least(const char *root, const char *mount, const char *path,
    unsigned (*limit)(const struct group *))
{
	struct group g = { root, mount, "" };
	unsigned all = UINT_MAX, one;
	char *slash;

	(void)snprintf(g.path, sizeof(g.path), "%s", path);
	for (;;) {
		one = limit(&g);
		all = one < all ? one : all;
		slash = strrchr(g.path, '/');
		if (slash == NULL)
			return all;
		*slash = '\0';
	}
}

/* Whether a list such as "cpu,cpuacct" has cpu. */
static bool
has_cpu(const char *list)
{
	size_t n;

	for (; *list != '\0'; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		if (n == 3 && strncmp(list, "cpu", 3) == 0)
			return true;
	}
	return false;
}

/* A line of /proc/self/cgroup is "hierarchy:controllers:path". */
static unsigned
line_limit(const char *root, char *line)
{
	char *controllers = strchr(line, ':');
	char *path = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
	unsigned one, other;

	if (path == NULL)
		return UINT_MAX;
	*controllers++ = '\0';
	*path++ = '\0';
	if (*controllers == '\0')
		return least(root, "", path, limit_2);
	if (!has_cpu(controllers))
		return UINT_MAX;
	one = least(root, "/cpu", path, limit_1);
	other = least(root, "/cpu,cpuacct", path, limit_1);
	return one < other ? one : other;
}

unsigned
processors_quota(const char *root)
{
	char path[TEXT], text[TEXT], *line, *rest = NULL;
	unsigned all = UINT_MAX, one;
	int n = snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);

	if (n <= 0 || (size_t)n >= sizeof(path) || !read_text(path, text))
		return UINT_MAX;
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest)) {
		one = line_limit(root, line);
		all = one < all ? one : all;
	}
	return all;
}

/* The processors that the calling thread and the first one may use. */
static long
allowed(void)
{
#if HAVE_CPU_SETS
	cpu_set_t mine, first;

	if (sched_getaffinity(0, sizeof(mine), &mine) == 0) {
		if (sched_getaffinity(getpid(), sizeof(first), &first) == 0)
			CPU_OR(&mine, &mine, &first);
		return CPU_COUNT(&mine);
	}
	/* There are more processors than a set has room for. */
#endif
	return sysconf(_SC_NPROCESSORS_ONLN);
}

void
plat_processors_renew(void)
{
	int saved = errno;
	long n = allowed();

	if (n < 1)
		n = 1;
	__atomic_store_n(&processors,
	    (unsigned long)n < quota ? (unsigned)n : quota, __ATOMIC_RELAXED);
	errno = saved;
}

unsigned
plat_processors(void)
{
	return __atomic_load_n(&processors, __ATOMIC_RELAXED);
}

__attribute__((constructor)) static void
processors_begin(void)
{
	int saved = errno; /* which main may expect to be 0 */

	quota = processors_quota("");
	plat_processors_renew();
	errno = saved;
}
