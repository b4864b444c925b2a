/* SPDX-License-Identifier: MIT */
/*
 * Places in the program, as text for reports.  addr2line(1), which comes with
 * the compiler, finds the file and the line.  Without it the text is the
 * function and an offset.
 */
#include "config.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plat.h"
#include "symbol.h"

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/*
 * Whether a place is in an inlined function of libsync's or the system's
 * headers.  Then the place of its caller is used instead.  A function of
 * libsync is known by the header or by its name, because the line number of a
 * function that a macro defines may belong to another file.
 */
static bool
is_wrapper(const char *function, const char *line)
{
	size_t n = strcspn(line, ":"), length = strcspn(function, "\n");
	const char *base = base_name(line);

	if (strncmp(function, "sync_", 5) == 0 && function[length - 1] == '_')
		return true;
	if (line[0] == '?' || strncmp(line, "/usr/include/", 13) == 0)
		return true;
	if (n < 2 || strncmp(line + n - 2, ".h:", 3) != 0)
		return false;
	return strncmp(base, "atomic.h:", 9) == 0
	    || (base - line >= 8 && strncmp(base - 8, "libsync/", 8) == 0);
}

/* The address in the file: relative to its base, unless its type is ET_EXEC. */
static unsigned long
file_address(const Dl_info *info, const void *site)
{
	const ElfW(Ehdr) *header = info->dli_fbase;

	return header->e_type == ET_EXEC ? (unsigned long)site
	    : (unsigned long)((const char *)site
		- (const char *)info->dli_fbase);
}

/* Read the rest of a line, if `line' is only its beginning. */
static void
skip_to_end(const char *line, FILE *f)
{
	int c = strchr(line, '\n') != NULL ? '\n' : 0;

	while (c != '\n' && c != EOF)
		c = getc(f);
}

/*
 * addr2line -fi prints the innermost function and its place first, then those
 * into which it was inlined.  Use the first one that is not a wrapper.
 */
static bool
ask_addr2line(const Dl_info *info, const void *site, struct place *place)
{
	char command[1024], function[256], line[512];
	unsigned long at = file_address(info, site);
	bool found = false;
	FILE *f;
	int n;

	if (strchr(info->dli_fname, '\'') != NULL)
		return false;
	if (plat_getenv("PATH") == NULL)
		return false; /* a setuid program must not trust its user */
	/* The byte before, because a return address is after the call. */
	n = snprintf(command, sizeof(command),
	    "addr2line -fi -e '%s' 0x%lx 2>/dev/null", info->dli_fname, at - 1);
	if (n < 0 || (size_t)n >= sizeof(command))
		return false;
	f = popen(command, "r");
	if (f == NULL)
		return false;
	while (fgets(function, sizeof(function), f) != NULL) {
		skip_to_end(function, f); /* C++ names may be long */
		if (fgets(line, sizeof(line), f) == NULL)
			break;
		if (found || is_wrapper(function, line))
			continue;
		line[strcspn(line, " \n")] = '\0';
		(void)snprintf(place->text, sizeof(place->text), "%.63s",
		    base_name(line));
		found = strstr(place->text, ":0") == NULL
		    && strstr(place->text, ":?") == NULL;
	}
	(void)pclose(f);
	return found;
}

static void
without_lines(const Dl_info *info, const void *site, struct place *place)
{
	if (info->dli_sname != NULL)
		(void)snprintf(place->text, sizeof(place->text), "%s+%lu",
		    info->dli_sname,
		    (unsigned long)((const char *)site
			- (const char *)info->dli_saddr));
	else
		(void)snprintf(place->text, sizeof(place->text), "%s+0x%lx",
		    base_name(info->dli_fname),
		    (unsigned long)((const char *)site
			- (const char *)info->dli_fbase));
}

static bool
find_place(const void *site, bool lines, struct place *place)
{
	Dl_info info;

	place->text[0] = '\0';
	if (site == NULL || dladdr((void *)(uintptr_t)site, &info) == 0)
		return false;
	if (ask_addr2line(&info, site, place))
		return true;
	if (!lines)
		without_lines(&info, site, place);
	return !lines;
}

void
place_of(const void *site, struct place *place)
{
	(void)find_place(site, false, place);
}

void
place_of_any(const void *const sites[PLACES], struct place *place)
{
	int i;

	for (i = 0; i < PLACES; i++)
		if (find_place(sites[i], true, place))
			return;
	place_of(sites[0], place);
}
