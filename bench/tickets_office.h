/* SPDX-License-Identifier: MIT */
/*
 * The office and its buyers: what tickets_office.c, which runs the sale, shares
 * with tickets_books.c, which compares the books after it.
 */
#ifndef BENCH_TICKETS_OFFICE_H
#define BENCH_TICKETS_OFFICE_H

#include <stdatomic.h>
#include <stdio.h>

#include "tickets.h"

#define LINE 128 /* bytes, to keep apart what different threads write */

struct office;

struct buyer {
	_Alignas(LINE) struct office *office; /* set before start */
	struct sync_thread thread;
	_Atomic uint64_t sold; /* its own; other threads only read it */
	sync_time came, left;  /* its own until joined, as all below */
	struct ticket_log log;
	struct trouble trouble;
};

struct office {
	_Alignas(LINE) union any_lock lock; /* guards count, or the file */
	_Alignas(LINE) _Atomic int64_t count;
	_Alignas(LINE) const struct office_options *options;
	struct buyer *buyers;
	unsigned started;  /* threads, by the main thread */
	int64_t initial;   /* set at start, as floor */
	int64_t floor;     /* sold out when no more than this is left */
	sync_time begun, deadline; /* of the sale */
	_Atomic bool stop;
	bool stuck; /* threads will not end; main thread only */
	_Alignas(LINE) _Atomic unsigned arrived;
};

static inline uint64_t
buyer_sold(struct buyer *b)
{
	return atomic_load_explicit(&b->sold, memory_order_relaxed);
}

static inline bool
office_no_memory(struct trouble *t)
{
	(void)snprintf(t->text, sizeof(t->text), "out of memory");
	return false;
}

/* After the last buyer has gone; false on an error. */
bool office_close_books(
    struct office *o, struct office_result *r, struct trouble *t);

#endif /* BENCH_TICKETS_OFFICE_H */
