/* SPDX-License-Identifier: MIT */
/*
 * What a bench program says on standard error: the progress line, and the error
 * that ends it.
 */
#include <config.h>

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libsync.h>

#include "harness.h"

#define SECOND_NS 1000000000
#define STEP_NS   100000000 /* between two progress lines */

struct bench_progress {
	const char *what;
	sync_time start, next; /* next: when to print again */
	bool shown;
};

/* The line that is on the terminal, for bench_die to wipe. */
static struct bench_progress *visible;

struct bench_progress *
bench_progress_start(const struct bench_options *o, const char *what)
{
	struct bench_progress *p;

	if (o->quiet || !isatty(STDERR_FILENO))
		return NULL;
	p = malloc(sizeof(*p));
	if (p == NULL)
		bench_die("out of memory");
	p->what = what;
	p->start = sync_time_now();
	p->next = p->start + SECOND_NS;
	p->shown = false;
	return p;
}

void
bench_progress_step(struct bench_progress *p, double done, double all)
{
	sync_time now;

	if (p == NULL || (now = sync_time_now()) < p->next)
		return;
	p->next = now + STEP_NS;
	p->shown = true;
	visible = p;
	(void)fprintf(stderr, "\r%s: ", p->what);
	if (all > 0)
		(void)fprintf(stderr, "%.0f %%, ", 100 * fmin(1, done / all));
	(void)fprintf(
	    stderr, "%.0f s \033[K", (double)(now - p->start) / SECOND_NS);
	(void)fflush(stderr);
}

static void
wipe(struct bench_progress *p)
{
	if (p == NULL || !p->shown)
		return;
	(void)fputs("\r\033[K", stderr);
	(void)fflush(stderr);
	p->shown = false;
	visible = NULL;
}

void
bench_progress_end(struct bench_progress *p)
{
	wipe(p);
	free(p);
}

void
bench_die(const char *format, ...)
{
	va_list ap;

	wipe(visible);
	(void)fprintf(stderr, "%s: ", bench_program());
	va_start(ap, format);
	(void)vfprintf(stderr, format, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	exit(BENCH_TROUBLE);
}

const char *
bench_program(void)
{
	const char *name = program_invocation_short_name;

	/* libtool runs programs that are not installed under other names. */
	return strncmp(name, "lt-", 3) == 0 ? name + 3 : name;
}
