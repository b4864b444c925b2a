/* SPDX-License-Identifier: MIT */
/*
 * What a peer prints: lines of JSON, which peers.py reads.
 */
#include <config.h>

#include <inttypes.h>
#include <stdio.h>

#include "driver.h"

static void
print_text(const char *name, const char *value)
{
	(void)printf("\"%s\": \"%s\", ", name, value);
}

int
driver_print_list(void)
{
	const char *comma = "";

	(void)printf("{");
	print_text("system", bench_system);
	print_text("version", bench_version);
	print_text("traits", bench_traits);
#ifdef BENCH_PLATFORM
	print_text("platform", BENCH_PLATFORM);
#endif
#ifdef __VERSION__
	print_text("compiler",
#ifndef __clang__
	    "gcc "
#endif
	    __VERSION__);
#endif
	(void)printf("\"cases\": [");
	for (const struct bench_case *c = bench_cases; c->name != NULL; c++) {
		(void)printf("%s\"%s\"", comma, c->name);
		comma = ", ";
	}
	(void)printf("]}\n");
	return 0;
}

/*
 * From the slots: the threads with the least and the most, and the longest
 * wait.
 */
static void
print_slots(const struct bench_run *r)
{
	uint64_t least = UINT64_MAX, most = 0, longest = 0;

	for (unsigned i = 0; i < r->workers; i++) {
		const struct bench_slot *s = &r->slots[i];

		least = s->ops < least ? s->ops : least;
		most = s->ops > most ? s->ops : most;
		longest = s->longest > longest ? s->longest : longest;
	}
	(void)printf("\"least\": %" PRIu64 ", \"most\": %" PRIu64
		     ", \"longest\": %" PRIu64 ", ",
	    least, most, longest);
}

static void
print_latencies(const struct bench_run *r)
{
	const char *comma = "";

	(void)printf("\"latencies\": [");
	for (uint64_t i = 0; i < r->ops; i++) {
		(void)printf("%s%" PRId64, comma, r->latencies[i]);
		comma = ",";
	}
	(void)printf("], ");
}

int
driver_print_result(const struct bench_run *r, const struct measured *m)
{
	const double ops = (double)(m->ops > 0 ? m->ops : 1);
	const bool right = !r->wrong && m->ops > 0;

	(void)printf("{\"ops\": %" PRIu64 ", \"ns\": %.6g, \"cpu\": %.6g, "
		     "\"voluntary\": %ld, \"involuntary\": %ld, ",
	    m->ops, (double)m->wall / ops, (double)m->used.cpu / ops,
	    m->used.voluntary, m->used.involuntary);
	print_slots(r);
	if (r->latencies != NULL)
		print_latencies(r);
	(void)printf("\"right\": %s}\n", right ? "true" : "false");
	return right ? 0 : 1;
}
