/* SPDX-License-Identifier: MIT */
/*
 * The options of an exploration, and the environment variables that override
 * them.
 *
 * A misspelt variable, or one whose value is not valid, is an error and prints
 * one line.  If it were ignored, the user would believe in an exploration that
 * was not made.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explorer.h"

#define BOUND_MOST 1000
#define STACK_MOST ((size_t)1 << 30)

extern char **environ;

/* The variables of the explorer, of the library and of its tests. */
static const char *const known[] = { "SYNC_REPLAY", "SYNC_SEED", "SYNC_BOUND",
	"SYNC_SECONDS", "SYNC_SCHEDULES", "SYNC_VERBOSE", "SYNC_OS_THREADS",
	"SYNC_MISUSE", "SYNC_SIM", "SYNC_SIM_ONLY", "SYNC_STRESS",
	"SYNC_EMULATED" };
#define KNOWN (sizeof(known) / sizeof(known[0]))

static bool
is_known(const char *variable)
{
	size_t i, n = strcspn(variable, "=");

	for (i = 0; i < KNOWN; i++)
		if (strlen(known[i]) == n && memcmp(known[i], variable, n) == 0)
			return true;
	return false;
}

static bool
names_are_known(void)
{
	char **v;

	for (v = environ; v != NULL && *v != NULL; v++) {
		if (strncmp(*v, "SYNC_", 5) != 0 || is_known(*v))
			continue;
		(void)fprintf(stderr, "%.*s is no variable of the explorer,"
		    " which has SYNC_REPLAY, SYNC_SEED, SYNC_BOUND,"
		    " SYNC_SECONDS, SYNC_SCHEDULES, SYNC_VERBOSE and"
		    " SYNC_OS_THREADS\n", (int)strcspn(*v, "="), *v);
		return false;
	}
	return true;
}

static bool
refuse(const char *name, const char *text, const char *wanted)
{
	(void)fprintf(stderr, "%s must be %s: %s\n", name, wanted, text);
	return false;
}

/* Get a number up to `most'; false if the variable is set to anything else. */
static bool
get_number(const char *name, uint64_t most, uint64_t *v)
{
	const char *text = plat_getenv(name);
	uint64_t number;
	char *end, wanted[64];

	if (text == NULL)
		return true;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && errno == 0
	    && number <= most) {
		*v = number;
		return true;
	}
	(void)snprintf(wanted, sizeof(wanted), "a number up to %llu",
	    (unsigned long long)most);
	return refuse(name, text, wanted);
}

/* Get a time in seconds, which may have a fraction, as nanoseconds. */
static bool
get_seconds(const char *name, int64_t *v)
{
	const char *text = plat_getenv(name);
	double seconds;
	char *end;

	if (text == NULL)
		return true;
	seconds = strtod(text, &end);
	if (end == text || *end != '\0' || !(seconds >= 0 && seconds < 1e9))
		return refuse(name, text, "seconds, below 1000000000");
	*v = (int64_t)(seconds * 1e9);
	return true;
}

static bool
get_flag(const char *name, unsigned flag, unsigned *flags)
{
	const char *text = plat_getenv(name);

	if (text == NULL || strcmp(text, "0") == 0)
		return true;
	if (strcmp(text, "1") != 0)
		return refuse(name, text, "0 or 1");
	*flags |= flag;
	return true;
}

int
options_from_environment(struct sync_explore_options *o)
{
	uint64_t bound = UINT64_MAX;
	int saved = errno;
	bool good = names_are_known()
	    && get_number("SYNC_SEED", UINT64_MAX, &o->seed)
	    && get_number("SYNC_SCHEDULES", UINT64_MAX, &o->schedules)
	    && get_number("SYNC_BOUND", BOUND_MOST, &bound)
	    && get_seconds("SYNC_SECONDS", &o->nanoseconds)
	    && get_flag("SYNC_VERBOSE", SYNC_EXPLORE_VERBOSE, &o->flags)
	    && get_flag("SYNC_OS_THREADS", SYNC_EXPLORE_OS_THREADS, &o->flags);

	errno = saved;
	if (!good)
		return EINVAL;
	if (bound <= BOUND_MOST) {
		o->search = SYNC_EXPLORE_BOUNDED;
		o->preemptions = (uint32_t)bound;
	}
	return 0;
}

int
options_check(const struct sync_explore_options *o)
{
	if ((unsigned)o->search > SYNC_EXPLORE_PCT
	    || (unsigned)o->grain > SYNC_EXPLORE_ATOMICS || o->steps == 0
	    || o->nanoseconds < 0 || o->preemptions > BOUND_MOST
	    || (o->search == SYNC_EXPLORE_PCT && o->depth == 0)
	    || o->stack_size > STACK_MOST || (o->flags & ~0x1fu) != 0)
		return EINVAL;
	return 0;
}
