/* SPDX-License-Identifier: MIT */
/*
 * Assertions of Check, which are led here by --wrap, as failures with their own
 * words.
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

/* Check's: the message is a format, and may be null. */
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
