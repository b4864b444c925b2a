/* SPDX-License-Identifier: MIT */
/*
 * Places in the program, for people.  addr2line, which comes with the compiler,
 * knows files and lines; without it the function and the offset must do.
 */
#include "config.h"

#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbol.h"

static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* Whether a place is one of ours that stands for the place it was used at. */
static bool
is_wrapper(const char *line)
{
	return strstr(line, "explore.h:") != NULL
	    || strstr(line, "atomic.h:") != NULL || line[0] == '?';
}

/* The address as the file has it: what is not to be moved has its own. */
static unsigned long
file_address(const Dl_info *info, const void *site)
{
	const ElfW(Ehdr) *header = info->dli_fbase;

	return header->e_type == ET_EXEC ? (unsigned long)site
	    : (unsigned long)((const char *)site
		- (const char *)info->dli_fbase);
}

/*
 * addr2line -i prints the innermost place first, then those it is inlined into:
 * the first that is not a wrapper is what is wanted.
 */
static bool
ask_addr2line(const Dl_info *info, const void *site, struct place *place)
{
	char command[1024], line[512];
	unsigned long at = file_address(info, site);
	bool found = false;
	FILE *f;
	int n;

	if (strchr(info->dli_fname, '\'') != NULL)
		return false;
	/* The byte before: a return address is past the call. */
	n = snprintf(command, sizeof(command),
	    "addr2line -i -e '%s' 0x%lx 2>/dev/null", info->dli_fname, at - 1);
	if (n < 0 || (size_t)n >= sizeof(command))
		return false;
	f = popen(command, "r");
	if (f == NULL)
		return false;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (found || is_wrapper(line))
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

void
place_of(const void *site, struct place *place)
{
	Dl_info info;

	place->text[0] = '\0';
	if (site == NULL || dladdr((void *)(uintptr_t)site, &info) == 0)
		return;
	if (!ask_addr2line(&info, site, place))
		without_lines(&info, site, place);
}

void
symbol_of(const void *object, struct place *place)
{
	Dl_info info;

	place->text[0] = '\0';
	if (dladdr((void *)(uintptr_t)object, &info) == 0
	    || info.dli_sname == NULL)
		return;
	(void)snprintf(place->text, sizeof(place->text), "%s", info.dli_sname);
}
