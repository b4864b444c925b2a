/* SPDX-License-Identifier: MIT */
/*
 * Events; included by cases.h.  An event is set once in its life, which all
 * peers support; a run that needs many makes them all before it begins.
 */

#if HAS_EVENT
static struct {
	peer_event **events;
	uint64_t n;
	int64_t *set;   /* when event i was set; before it is */
	int64_t **seen; /* by waiter w: when it ran after event i */
	uint64_t *done; /* waits that have returned; atomic */
} event_case;

static void
event_make(struct bench_run *r, uint64_t n)
{
	event_case.n = n;
	event_case.events
	    = (peer_event **)bench_alloc(n * sizeof(*event_case.events));
	for (uint64_t i = 0; i < n; i++)
		event_case.events[i] = peer_event_new(r);
}

static void
event_finish(struct bench_run *r)
{
	(void)r;
	for (uint64_t i = 0; i < event_case.n; i++)
		peer_event_delete(event_case.events[i]);
	bench_free(event_case.events);
}

static void
event_setup_one(struct bench_run *r)
{
	r->workers = r->threads = 1;
	event_make(r, 1);
	peer_event_set(event_case.events[0]);
}

static void
event_work(struct bench_run *r, unsigned worker)
{
	peer_event *e = event_case.events[0];
	uint64_t turns = 0;

	for (; !bench_stopped(r); turns += BENCH_BATCH)
		for (unsigned i = 0; i < BENCH_BATCH; i++)
			peer_event_wait(e);
	r->slots[worker].ops = turns;
}

/*
 * From set to running: worker 0 sets; the others wait and have been asleep for
 * long.
 */

static void
event_setup_rounds(struct bench_run *r)
{
	r->workers = r->waiters + 1;
	event_make(r, r->ops);
	event_case.set = (int64_t *)bench_alloc(r->ops * sizeof(int64_t));
	event_case.done = (uint64_t *)bench_alloc(sizeof(uint64_t));
	event_case.seen
	    = (int64_t **)bench_alloc(r->waiters * sizeof(int64_t *));
	for (unsigned i = 0; i < r->waiters; i++)
		event_case.seen[i]
		    = (int64_t *)bench_alloc(r->ops * sizeof(int64_t));
}

static void
event_run_set(struct bench_run *r)
{
	for (uint64_t i = 0; i < r->ops; i++) {
		do {
			bench_sleep_until(bench_now() + (int64_t)r->gap_ns);
		} while (__atomic_load_n(event_case.done, __ATOMIC_ACQUIRE)
		    < i * r->waiters);
		event_case.set[i] = bench_now();
		peer_event_set(event_case.events[i]);
	}
}

static void
event_run_work(struct bench_run *r, unsigned worker)
{
	if (worker == 0) {
		event_run_set(r);
		return;
	}
	for (uint64_t i = 0; i < r->ops; i++) {
		peer_event_wait(event_case.events[i]);
		event_case.seen[worker - 1][i] = bench_now();
		__atomic_add_fetch(event_case.done, 1, __ATOMIC_RELEASE);
	}
}

/* The latency of a round is that of its last waiter. */
static void
event_run_finish(struct bench_run *r)
{
	r->latencies = (int64_t *)bench_alloc(r->ops * sizeof(int64_t));
	for (uint64_t i = 0; i < r->ops; i++) {
		for (unsigned w = 0; w < r->waiters; w++) {
			int64_t took = event_case.seen[w][i]
			    - event_case.set[i];

			if (event_case.set[i] == 0 || took < 0)
				bench_wrong(r);
			if (took > r->latencies[i])
				r->latencies[i] = took;
		}
	}
	for (unsigned i = 0; i < r->waiters; i++)
		bench_free(event_case.seen[i]);
	bench_free(event_case.seen);
	bench_free(event_case.set);
	bench_free(event_case.done);
	event_finish(r);
}
#endif /* HAS_EVENT */
