/* SPDX-License-Identifier: MIT */
/*
 * The office: buyers start all at once and buy until the tickets are sold or
 * the time is over.  The number left is read, checked and written back as one
 * step under the lock, as it must be.  The number of the ticket sold is the
 * number that was left before.  When all buyers are done, the books are
 * compared: tickets_books.c.
 */
#include <config.h>

#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tickets_office.h"

#define TICK_MS    100
#define STACK_SIZE 0x100000 /* JSON may be deep */
#define PATIENCE_MS 2000 /* for buyers that must stop */

static bool
stopped(struct office *o)
{
	return atomic_load_explicit(&o->stop, memory_order_relaxed);
}

static void
stop(struct office *o)
{
	atomic_store_explicit(&o->stop, true, memory_order_relaxed);
}

/* Be busy for this long. */
static void
work(struct office *o, uint64_t ns)
{
	sync_time end;

	if (ns == 0)
		return;
	end = sync_after((int64_t)ns);
	while (sync_time_now() < end && !stopped(o))
		;
}

static bool
read_count(struct buyer *b, json_t **whole, int64_t *n)
{
	struct office *o = b->office;

	if (o->options->file != NULL)
		return tickets_file_read(o->options->file, whole, n,
		    &b->trouble);
	*n = atomic_load_explicit(&o->count, memory_order_relaxed);
	return true;
}

static bool
write_count(struct buyer *b, json_t *whole, int64_t n)
{
	struct office *o = b->office;

	if (o->options->file != NULL)
		return tickets_file_write(o->options->file, whole, n,
		    &b->trouble);
	atomic_store_explicit(&o->count, n, memory_order_relaxed);
	return true;
}

/* With the lock held: *number is the ticket bought, if there was one. */
static bool
sell(struct buyer *b, int64_t *number)
{
	struct office *o = b->office;
	json_t *whole = NULL;

	if (!read_count(b, &whole, number))
		return false;
	if (*number <= o->floor) {
		json_decref(whole);
		return false;
	}
	/*
	 * Without a lock another buyer may come in between; make that happen.
	 */
	if (!o->options->kind->excludes)
		(void)sched_yield();
	work(o, o->options->hold);
	return write_count(b, whole, *number - 1);
}

static bool
check_lock(struct buyer *b, const char *what, int err)
{
	if (err == 0)
		return true;
	(void)snprintf(b->trouble.text, sizeof(b->trouble.text),
	    "cannot %s the lock: %s", what, strerror(err));
	return false;
}

/* Buy one ticket, if there is one. */
static bool
buy(struct buyer *b)
{
	struct office *o = b->office;
	const struct lock_kind *kind = o->options->kind;
	int64_t number;
	bool bought;

	if (!check_lock(b, "take", kind->lock(&o->lock)))
		return false;
	bought = sell(b, &number);
	if (!check_lock(b, "release", kind->unlock(&o->lock)) || !bought)
		return false;
	return ticket_log_add(&b->log, number) || office_no_memory(&b->trouble);
}

/*
 * All begin together; otherwise the first would be done before the last starts.
 */
static void
pass_gate(struct office *o)
{
	atomic_fetch_add(&o->arrived, 1);
	while (atomic_load(&o->arrived) < o->options->buyers && !stopped(o))
		(void)sched_yield();
}

static void *
buyer_main(void *arg)
{
	struct buyer *b = arg;
	struct office *o = b->office;
	/* If sales get lost there may be no end; this is one. */
	uint64_t most = (uint64_t)(o->initial - o->floor), sold = 0;

	pass_gate(o);
	b->came = sync_time_now();
	while (sold < most && !stopped(o) && buy(b)) {
		atomic_store_explicit(&b->sold, ++sold, memory_order_relaxed);
		work(o, o->options->think);
	}
	b->left = sync_time_now();
	if (b->trouble.text[0] != '\0')
		stop(o);
	return NULL;
}

static uint64_t
sold_so_far(struct office *o)
{
	uint64_t sold = 0;

	for (unsigned i = 0; i < o->started; i++)
		sold += buyer_sold(&o->buyers[i]);
	return sold;
}

static double
done_so_far(struct office *o)
{
	double all = (double)(o->initial - o->floor);
	double sold = all > 0 ? (double)sold_so_far(o) / all : 1;
	double time = 0;

	if (o->deadline != SYNC_NEVER)
		time = (double)(sync_time_now() - o->begun)
		    / (double)(o->deadline - o->begun);
	return sold > time ? sold : time;
}

static sync_time
next_look(struct office *o)
{
	sync_time look = sync_after_ms(TICK_MS);

	return look < o->deadline || stopped(o) ? look : o->deadline;
}

/*
 * Until the end of the sale; false if the buyers do not stop although they
 * must.
 */
static bool
join_all(struct office *o, bool (*tick)(void *, double), void *arg)
{
	sync_time patience = SYNC_NEVER;

	for (unsigned i = 0; i < o->started; i++)
		while (sync_thread_join_until(&o->buyers[i].thread, NULL,
			   next_look(o))
		    != 0) {
			if (sync_time_now() >= patience)
				return false;
			if (sync_time_now() >= o->deadline)
				stop(o);
			if (tick(arg, done_so_far(o)))
				continue;
			stop(o);
			if (patience == SYNC_NEVER)
				patience = sync_after_ms(PATIENCE_MS);
		}
	return true;
}

static bool
start_all(struct office *o, struct trouble *t)
{
	const struct sync_thread_options small = { "buyer", STACK_SIZE };

	for (; o->started < o->options->buyers; o->started++) {
		struct buyer *b = &o->buyers[o->started];
		int err;

		memset(b, 0, sizeof(*b));
		b->office = o;
		err = sync_thread_start(&b->thread, buyer_main, b, &small);
		if (err == 0)
			continue;
		(void)snprintf(t->text, sizeof(t->text),
		    "cannot start buyer %u of %u: %s", o->started + 1,
		    o->options->buyers, strerror(err));
		stop(o);
		return false;
	}
	return true;
}

static bool
put_up_for_sale(struct office *o, struct trouble *t)
{
	const struct office_options *p = o->options;
	json_t *whole;

	o->initial = p->tickets;
	if (p->file != NULL) {
		if (!tickets_file_read(p->file, &whole, &o->initial, t))
			return false;
		json_decref(whole);
	}
	atomic_init(&o->count, o->initial);
	o->floor = o->initial > p->tickets ? o->initial - p->tickets : 0;
	o->begun = sync_time_now();
	o->deadline = p->seconds > 0 ? sync_after((int64_t)p->seconds)
				     : SYNC_NEVER;
	return true;
}

/* The first error of a buyer becomes the office's. */
static bool
any_trouble(struct office *o, struct trouble *t)
{
	for (unsigned i = 0; i < o->started && t->text[0] == '\0'; i++)
		*t = o->buyers[i].trouble;
	return t->text[0] != '\0';
}

static bool
run_in(struct office *o, struct office_result *r, bool (*tick)(void *, double),
    void *arg, struct trouble *t)
{
	const struct lock_kind *kind = o->options->kind;
	bool done;
	int err = kind->init(&o->lock);

	if (err != 0) {
		(void)snprintf(t->text, sizeof(t->text),
		    "cannot make a lock of kind %s: %s", kind->name,
		    strerror(err));
		return false;
	}
	done = put_up_for_sale(o, t) && start_all(o, t);
	o->stuck = !join_all(o, tick, arg);
	if (o->stuck) {
		(void)snprintf(t->text, sizeof(t->text),
		    "the buyers do not finish");
		return false;
	}
	done = done && !any_trouble(o, t) && office_close_books(o, r, t);
	for (unsigned i = 0; i < o->started; i++)
		ticket_log_free(&o->buyers[i].log);
	err = kind->destroy(&o->lock);
	if (done && err != 0) {
		(void)snprintf(t->text, sizeof(t->text),
		    "cannot destroy the lock: %s", strerror(err));
		return false;
	}
	return done;
}

bool
office_run(const struct office_options *options, struct office_result *r,
    bool (*tick)(void *arg, double done), void *arg, struct trouble *t)
{
	struct office *o = aligned_alloc(LINE, sizeof(*o));
	const size_t bytes = options->buyers * sizeof(struct buyer);
	struct buyer *buyers = aligned_alloc(LINE, bytes);
	bool done = false;

	if (o != NULL && buyers != NULL) {
		memset(o, 0, sizeof(*o));
		o->options = options;
		o->buyers = buyers;
		done = run_in(o, r, tick, arg, t);
		if (o->stuck)
			return false; /* and leave it to them */
	} else
		(void)office_no_memory(t);
	free(buyers);
	free(o);
	return done;
}
