/* SPDX-License-Identifier: MIT */
/*
 * What cases call; see peer.h.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "driver.h"

void
bench_fail(const char *what)
{
	(void)fprintf(stderr, "%s: %s failed\n", bench_system, what);
	_Exit(2);
}

void *
bench_alloc(size_t size)
{
	size_t lines = (size + BENCH_LINE - 1) / BENCH_LINE;
	void *memory = aligned_alloc(BENCH_LINE, lines * BENCH_LINE);

	if (memory == NULL)
		bench_fail("memory allocation");
	return memset(memory, 0, lines * BENCH_LINE);
}

void
bench_free(void *memory)
{
	free(memory);
}

void
bench_spin(uint64_t rounds)
{
	/* The empty statement keeps the loop, about one cycle a round. */
	for (; rounds > 0; rounds--)
		__asm__ volatile("" : "+r"(rounds));
}

void
bench_sleep_until(int64_t when)
{
	const struct timespec t
	    = { (time_t)(when / SECOND_NS), (long)(when % SECOND_NS) };
#ifdef PR_SET_TIMERSLACK
	static _Thread_local bool exact;

	if (!exact)
		(void)prctl(PR_SET_TIMERSLACK, 1UL, 0UL, 0UL, 0UL);
	exact = true;
#endif
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) != 0)
		;
}
