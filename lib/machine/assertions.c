/* SPDX-License-Identifier: MIT */
/*
 * Failed assertions of the Check framework.  The linker option --wrap
 * redirects them to this file.  During an exploration they become failures of
 * kind SIM_ASSERTION with the assertion's own message; otherwise they go on to
 * Check.
 */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "machine/machine.h"

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Check's function: message is a printf format, and may be null. */
void __wrap__ck_assert_failed(const char *file, int line,
    const char *expression, const char *message, ...);
void _ck_assert_failed(const char *file, int line, const char *expression,
    const char *message, ...) __attribute__((weak));
void __real__ck_assert_failed(const char *file, int line,
    const char *expression, const char *message, ...) __attribute__((weak));

void
__wrap__ck_assert_failed(const char *file, int line, const char *expression,
    const char *message, ...)
{
	char text[160] = "";
	va_list ap;

	if (message != NULL) {
		va_start(ap, message);
		(void)vsnprintf(text, sizeof(text), message, ap);
		va_end(ap);
	}
	if (sim_on)
		sim_fail(SIM_ASSERTION, "%s:%d: %.160s", base_name(file), line,
		    message != NULL ? text : expression);
	if (__real__ck_assert_failed != NULL)
		__real__ck_assert_failed(file, line, expression,
		    message != NULL ? "%s" : NULL, text, NULL);
	else if (_ck_assert_failed != NULL)
		_ck_assert_failed(file, line, expression,
		    message != NULL ? "%s" : NULL, text, NULL);
	abort();
}
