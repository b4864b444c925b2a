/* SPDX-License-Identifier: MIT */
/*
 * After the sale: whether it was exact, how long it took, and how evenly the
 * tickets were shared.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>

#include "tickets_office.h"

static bool
what_is_left(struct office *o, int64_t *left, struct trouble *t)
{
	json_t *whole;

	*left = atomic_load(&o->count);
	if (o->options->file == NULL)
		return true;
	if (!tickets_file_read(o->options->file, &whole, left, t))
		return false;
	json_decref(whole);
	return true;
}

/* The sale was exact if the numbers sold are the numbers that are gone. */
static void
compare_books(const struct office *o, int64_t left,
    const struct ticket_audit *a, struct office_result *r)
{
	int64_t gone = left < 0 ? o->initial : o->initial - left;
	const char *without
	    = o->options->kind->excludes ? "" : "; there was no lock";

	r->sold = a->sold;
	r->exact = false;
	if (left < 0)
		(void)snprintf(r->reason, sizeof(r->reason),
		    "the count went below zero, to %jd%s", (intmax_t)left,
		    without);
	else if (gone < 0 || a->sold != (uint64_t)gone
	    || a->sold != a->distinct)
		(void)snprintf(r->reason, sizeof(r->reason),
		    "sold %ju tickets while the count went down by %jd; "
		    "%ju were sold more than once%s",
		    (uintmax_t)a->sold, (intmax_t)gone,
		    (uintmax_t)(a->sold - a->distinct), without);
	else if (gone > 0 && (a->low != left + 1 || a->high != o->initial))
		(void)snprintf(r->reason, sizeof(r->reason),
		    "sold tickets %jd to %jd instead of %jd to %jd%s",
		    (intmax_t)a->low, (intmax_t)a->high, (intmax_t)left + 1,
		    (intmax_t)o->initial, without);
	else
		r->exact = true;
}

static void
measure(struct office *o, struct office_result *r)
{
	sync_time came = SYNC_NEVER, left = 0;
	uint64_t least = UINT64_MAX, most = 0;
	double fair = (double)r->sold / o->options->buyers;

	for (unsigned i = 0; i < o->options->buyers; i++) {
		struct buyer *b = &o->buyers[i];
		uint64_t sold = buyer_sold(b);

		came = b->came < came ? b->came : came;
		left = b->left > left ? b->left : left;
		least = sold < least ? sold : least;
		most = sold > most ? sold : most;
	}
	r->seconds = (double)(left - came) / 1e9;
	r->share_min = fair > 0 ? 100 * (double)least / fair : 0;
	r->share_max = fair > 0 ? 100 * (double)most / fair : 0;
}

bool
office_close_books(
    struct office *o, struct office_result *r, struct trouble *t)
{
	unsigned n = o->started;
	/* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): n > 0 */
	struct ticket_log *logs = calloc(n, sizeof(*logs));
	struct ticket_audit a;
	int64_t left;
	bool done;

	if (logs == NULL)
		return office_no_memory(t);
	for (unsigned i = 0; i < n; i++)
		logs[i] = o->buyers[i].log;
	done = ticket_audit(logs, n, &a) || office_no_memory(t);
	o->buyers[0].log = logs[0]; /* has grown */
	free(logs);
	if (!done || !what_is_left(o, &left, t))
		return false;
	compare_books(o, left, &a, r);
	measure(o, r);
	return true;
}
