/* SPDX-License-Identifier: MIT */
/*
 * For the race detectors: a user's program that takes the name of a case.  The
 * correct cases hand plain data from thread to thread through each object of
 * the library; each of the wrong ones has a bug.  Every case comes to its end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detect.h"

long data[8];

void
must(int err)
{
	if (err != 0) {
		(void)fprintf(stderr, "error %d\n", err);
		exit(3);
	}
}

void
pair(void *(*f)(void *), void *(*g)(void *))
{
	struct sync_thread a, z;

	must(sync_thread_start(&a, f, &data[0], NULL));
	must(sync_thread_start(&z, g, &data[1], NULL));
	must(sync_thread_join(&a, NULL));
	must(sync_thread_join(&z, NULL));
	data[0] = data[1] = data[2] = 0;
}

#define ROW(name) { #name, name },
static const struct {
	const char *name;
	void (*run)(void);
} cases[] = { CASES(ROW) };

/* Without an argument: list the cases. */
int
main(int argc, char *argv[])
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		if (argc < 2)
			(void)puts(cases[i].name);
		else if (strcmp(argv[1], cases[i].name) == 0)
			return cases[i].run(), 0;
	}
	return argc < 2 ? 0 : 2;
}
