/* SPDX-License-Identifier: MIT */
/*
 * The functions behind the macros of <libsync/explore.h>: marked and atomic
 * accesses, names, choices and failures of the test.
 */
#include <libsync/explore.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explorer.h"
#include "objects.h"
#include "symbol.h"

#define NAMES 32

static struct {
	const void *object;
	const char *name;
	const char *expression; /* its source text; null if named explicitly */
	char text[48];
} names[NAMES];
static unsigned nnames;

void
names_reset(void)
{
	nnames = 0;
}

const char *
given_name(const void *object)
{
	unsigned i;

	for (i = nnames; i-- > 0;)
		if (names[i].object == object)
			return names[i].name;
	return NULL;
}

void
sync_explore_name_(const void *object, const char *name)
{
	if (nnames == NAMES || !sim_on)
		return;
	names[nnames].object = object;
	names[nnames].expression = NULL;
	names[nnames++].name = name;
}

/* Whether the expression is just an element of that array: array[...]. */
static bool
is_element(const char *expression, const char *array)
{
	size_t n = strlen(array);
	const char *p = expression + n;
	int depth = 0;

	if (strncmp(expression, array, n) != 0 || *p != '[')
		return false;
	do
		depth += (*p == '[') - (*p == ']');
	while (*++p != '\0' && depth > 0);
	return *p == '\0';
}

/*
 * Name a marked variable by its expression in the program.  An element of an
 * array gets its index, because the i in a[i] has no meaning in a report.  A
 * member of an element also gets its offset: s[i].value (s+28).  If another
 * variable has the same expression, a number is added.
 */
static void
name_expression(const void *p, size_t size, const char *expression)
{
	unsigned i, same = 1;
	struct symbol s;
	char *text;
	bool indexed = strchr(expression, '[') != NULL;

	if (sim_tracer == NULL || nnames == NAMES || given_name(p) != NULL)
		return;
	if (expression[0] == '&')
		expression++;
	for (i = 0; i < nnames; i++)
		same += names[i].expression != NULL
		    && strcmp(names[i].expression, expression) == 0;
	sync_explore_name_(p, expression);
	names[nnames - 1].expression = expression;
	text = names[nnames - 1].text;
	if (indexed && symbol_of(p, &s)) {
		if (!is_element(expression, s.name)
		    || !variable_name(p, size, text, sizeof(names[0].text)))
			(void)snprintf(text, sizeof(names[0].text),
			    "%.24s (%.12s+%zu)", expression, s.name, s.offset);
	} else if (same > 1) {
		(void)snprintf(text, sizeof(names[0].text), "%.30s#%u",
		    expression, same);
	} else {
		return;
	}
	names[nnames - 1].name = text;
}

void
sync_explore_access_(
    const void *p, size_t size, bool write, const char *name)
{
	name_expression(p, size, name);
	sim_access(p, write, __builtin_return_address(0));
}

static unsigned
checked(size_t size)
{
	if (size != 1 && size != 2 && size != 4 && size != 8)
		plat_die("libsync-sim: SYNC_ATOMIC_* is for integers of 1, 2, 4"
			 " or 8 bytes\n");
	return (unsigned)size;
}

uint64_t
sync_explore_load_(
    const void *p, size_t size, int order, const char *name)
{
	name_expression(p, size, name);
	return sim_program_load(
	    p, checked(size), order, __builtin_return_address(0));
}

void
sync_explore_store_(
    void *p, size_t size, uint64_t v, int order, const char *name)
{
	name_expression(p, size, name);
	sim_program_store(
	    p, checked(size), v, order, __builtin_return_address(0));
}

uint64_t
sync_explore_modify_(void *p, size_t size, int change, uint64_t v, int order,
    const char *name)
{
	name_expression(p, size, name);
	return sim_program_modify(p, checked(size), (unsigned)change, v, order,
	    __builtin_return_address(0));
}

bool
sync_explore_cas_(void *p, size_t size, void *expected, uint64_t v,
    int success, int failure, const char *name)
{
	name_expression(p, size, name);
	return sim_program_cas(p, checked(size), expected, v, success, failure,
	    __builtin_return_address(0));
}

void
sync_explore_fence_(int order)
{
	sim_program_fence(order, __builtin_return_address(0));
}

void
sync_explore_yield_(void)
{
	sim_yield(__builtin_return_address(0));
}

unsigned
sync_explore_choose_(unsigned n)
{
	return sim_choose(SIM_PROGRAM, n);
}

void
sync_explore_freed_(const void *p, size_t size)
{
	sim_freed(p, size);
}

void
sync_explore_fail_(const char *what, int err, const char *file, int line)
{
	const char *slash = strrchr(file, '/');

	if (!sim_on)
		return; /* the caller aborts */
	if (slash != NULL)
		file = slash + 1;
	if (err != 0)
		sim_fail(SIM_ASSERTION, "%s:%d: %s returned %d (%s)", file,
		    line, what, err, strerror(err));
	sim_fail(SIM_ASSERTION, "%s:%d: %s does not hold", file, line, what);
}
