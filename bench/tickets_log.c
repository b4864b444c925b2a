/* SPDX-License-Identifier: MIT */
/*
 * Which tickets were sold.  Each buyer writes a log of its own, without any
 * lock; the logs are merged when all buyers are done.  Numbers go down, and a
 * number that follows the last one extends its run.  So the memory of a log
 * grows with the number of changes of buyer, not with the number of tickets.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "tickets.h"

#define RUNS_MIN 256

static bool
make_room(struct ticket_log *log, size_t n)
{
	size_t room = log->room == 0 ? RUNS_MIN : log->room;
	struct ticket_run *runs;

	while (room - log->n < n)
		room *= 2;
	if (room == log->room)
		return true;
	runs = realloc(log->runs, room * sizeof(*runs));
	if (runs == NULL)
		return false;
	log->runs = runs;
	log->room = room;
	return true;
}

bool
ticket_log_add(struct ticket_log *log, int64_t number)
{
	if (log->n > 0 && log->runs[log->n - 1].low - 1 == number) {
		log->runs[log->n - 1].low--;
		log->runs[log->n - 1].n++;
		return true;
	}
	if (log->n == log->room && !make_room(log, 1))
		return false;
	log->runs[log->n++] = (struct ticket_run) { number, 1 };
	return true;
}

void
ticket_log_free(struct ticket_log *log)
{
	free(log->runs);
	*log = (struct ticket_log) { 0 };
}

static int
compare(const void *a, const void *b)
{
	const struct ticket_run *x = a, *y = b;

	return (x->low > y->low) - (x->low < y->low);
}

bool
ticket_audit(struct ticket_log *logs, size_t n, struct ticket_audit *a)
{
	struct ticket_log *all = &logs[0];

	*a = (struct ticket_audit) { 0 };
	for (size_t i = 1; i < n; i++) {
		if (logs[i].n == 0)
			continue;
		if (!make_room(all, logs[i].n))
			return false;
		memcpy(&all->runs[all->n], logs[i].runs,
		    logs[i].n * sizeof(logs[i].runs[0]));
		all->n += logs[i].n;
	}
	if (all->n == 0)
		return true;
	qsort(all->runs, all->n, sizeof(all->runs[0]), compare);
	a->low = all->runs[0].low;
	a->high = a->low - 1;
	for (size_t i = 0; i < all->n; i++) {
		const struct ticket_run *r = &all->runs[i];
		int64_t last = r->low + (int64_t)(r->n - 1);

		a->sold += r->n;
		if (last <= a->high)
			continue;
		if (r->low > a->high)
			a->distinct += r->n;
		else
			a->distinct += (uint64_t)(last - a->high);
		a->high = last;
	}
	return true;
}
