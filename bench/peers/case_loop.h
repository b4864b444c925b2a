/* SPDX-License-Identifier: MIT */
/*
 * Event loops, as programs write them with locks; included by cases.h.
 *
 * LOOPS threads each run the callbacks of a queue, which a recursive mutex
 * protects, and sleep on a condition while it is empty.  The other workers are
 * drivers.  Each has AHEAD callbacks that it posts to the loops in turn, and
 * waits until all of them have run, with a mutex and a condition of its own.  A
 * callback works for r->inside, then reports to its driver, with the loop's
 * mutex not held.  Each post takes the mutex twice, as a function does that may
 * be called with or without it held.  An operation is a callback that has run.
 */
#if HAS_RCOND
enum { LOOPS = 2, AHEAD = 8 };

struct driver;

struct callback {
	struct callback *next;
	struct driver *driver;
};

struct driver {
	peer_rmutex *mutex;
	peer_rcond *idle;
	unsigned running; /* callbacks posted and not finished; under mutex */
	struct callback callbacks[AHEAD];
	unsigned char apart[BENCH_LINE];
};

struct loop {
	peer_rmutex *mutex;
	peer_rcond *filled;
	struct callback *first, **last; /* under mutex */
	bool ended;                     /* under mutex */
	unsigned char apart[BENCH_LINE];
};

static struct {
	struct loop *loops;
	struct driver *drivers;
	unsigned n, left; /* drivers; those that still run, atomic */
} loop_case;

static void
loop_setup(struct bench_run *r)
{
	loop_case.n = loop_case.left = r->threads;
	r->workers = LOOPS + r->threads;
	loop_case.loops = (struct loop *)bench_alloc(
	    LOOPS * sizeof(struct loop));
	loop_case.drivers = (struct driver *)bench_alloc(
	    r->threads * sizeof(struct driver));
	for (unsigned i = 0; i < LOOPS; i++) {
		struct loop *l = &loop_case.loops[i];

		l->mutex = peer_rmutex_new(r);
		l->filled = peer_rcond_new(r);
		l->last = &l->first;
	}
	for (unsigned i = 0; i < r->threads; i++) {
		loop_case.drivers[i].mutex = peer_rmutex_new(r);
		loop_case.drivers[i].idle = peer_rcond_new(r);
	}
}

/* Each callback that was posted must have run, once. */
static void
loop_finish(struct bench_run *r)
{
	uint64_t posted = 0, run = 0;

	for (unsigned i = 0; i < r->workers; i++) {
		posted += r->slots[i].puts;
		run += r->slots[i].ops;
	}
	if (posted != run)
		bench_wrong(r);
	for (unsigned i = 0; i < LOOPS; i++) {
		peer_rcond_delete(loop_case.loops[i].filled);
		peer_rmutex_delete(loop_case.loops[i].mutex);
	}
	for (unsigned i = 0; i < loop_case.n; i++) {
		peer_rcond_delete(loop_case.drivers[i].idle);
		peer_rmutex_delete(loop_case.drivers[i].mutex);
	}
	bench_free(loop_case.loops);
	bench_free(loop_case.drivers);
}

/* With the loop's mutex held, or not. */
static void
loop_wake(struct loop *l)
{
	peer_rmutex_lock(l->mutex);
	peer_rcond_signal(l->filled);
	peer_rmutex_unlock(l->mutex);
}

static void
loop_post(struct loop *l, struct callback *c)
{
	peer_rmutex_lock(l->mutex);
	c->next = NULL;
	*l->last = c;
	l->last = &c->next;
	if (l->first == c)
		loop_wake(l);
	peer_rmutex_unlock(l->mutex);
}

static void
loop_end(struct loop *l)
{
	peer_rmutex_lock(l->mutex);
	l->ended = true;
	loop_wake(l);
	peer_rmutex_unlock(l->mutex);
}

/* The next callback, or null: the loop has ended. */
static struct callback *
loop_next(struct loop *l)
{
	struct callback *c;

	peer_rmutex_lock(l->mutex);
	while (l->first == NULL && !l->ended)
		peer_rcond_wait(l->filled, l->mutex);
	c = l->first;
	if (c != NULL)
		l->first = c->next;
	if (l->first == NULL)
		l->last = &l->first;
	peer_rmutex_unlock(l->mutex);
	return c;
}

static void
driver_work(struct bench_run *r, unsigned worker)
{
	struct driver *d = &loop_case.drivers[worker - LOOPS];

	while (!bench_stopped(r)) {
		peer_rmutex_lock(d->mutex);
		d->running = AHEAD;
		peer_rmutex_unlock(d->mutex);
		for (unsigned i = 0; i < AHEAD; i++) {
			d->callbacks[i].driver = d;
			loop_post(&loop_case.loops[i % LOOPS],
			    &d->callbacks[i]);
			bench_spin(r->outside);
		}
		r->slots[worker].puts += AHEAD;
		peer_rmutex_lock(d->mutex);
		while (d->running > 0)
			peer_rcond_wait(d->idle, d->mutex);
		peer_rmutex_unlock(d->mutex);
	}
	if (__atomic_sub_fetch(&loop_case.left, 1, __ATOMIC_ACQ_REL) == 0)
		for (unsigned i = 0; i < LOOPS; i++)
			loop_end(&loop_case.loops[i]);
}

static void
loop_work(struct bench_run *r, unsigned worker)
{
	struct callback *c;

	if (worker >= LOOPS) {
		driver_work(r, worker);
		return;
	}
	while ((c = loop_next(&loop_case.loops[worker])) != NULL) {
		struct driver *d = c->driver;

		bench_spin(r->inside);
		peer_rmutex_lock(d->mutex);
		if (--d->running == 0)
			peer_rcond_signal(d->idle);
		peer_rmutex_unlock(d->mutex);
		r->slots[worker].ops++;
	}
}
#endif /* HAS_RCOND */
