/* SPDX-License-Identifier: MIT */
/*
 * Timers; included by cases.h.
 *
 * arm: r->live timers are armed for times from 10 to 110 seconds ahead; an
 * operation takes one of them, cancels it, and arms it for another time.
 *
 * late: r->live timers become due within r->live * 10 us, at random times; each
 * notes how late it was called.
 */

#if HAS_TIMERS
#define TIMERS_AHEAD  INT64_C(10000000000)
#define TIMERS_WITHIN UINT64_C(100000000000)

static struct {
	peer_timers *timers;
	int64_t *due, *late;
	uint64_t called; /* atomic */
	size_t n;
	bool twice; /* by the timers' thread */
	bool early; /* the same, and calls of timers that are far ahead */
} timer_case;

static void
timers_fired(size_t i)
{
	int64_t now = bench_now(), late = now - timer_case.due[i];

	if (timer_case.late[i] != -1)
		timer_case.twice = true;
	if (late < 0)
		timer_case.early = true;
	timer_case.late[i] = late;
	__atomic_add_fetch(&timer_case.called, 1, __ATOMIC_RELEASE);
}

static void
timers_make(struct bench_run *r)
{
	timer_case.n = r->live;
	timer_case.called = 0;
	timer_case.twice = timer_case.early = false;
	timer_case.due = (int64_t *)bench_alloc(r->live * sizeof(int64_t));
	timer_case.late = (int64_t *)bench_alloc(r->live * sizeof(int64_t));
	for (size_t i = 0; i < r->live; i++)
		timer_case.late[i] = -1;
	r->workers = 1;
	timer_case.timers = peer_timers_new(r, r->live, timers_fired);
}

static void
timers_free(struct bench_run *r)
{
	if (timer_case.twice || timer_case.early)
		bench_wrong(r);
	bench_free(timer_case.due);
}

static void
timers_setup_arm(struct bench_run *r)
{
	int64_t begin = bench_now() + TIMERS_AHEAD;

	timers_make(r);
	for (size_t i = 0; i < r->live; i++) {
		timer_case.due[i]
		    = begin + (int64_t)(bench_mix(i) % TIMERS_WITHIN);
		peer_timers_arm(timer_case.timers, i, timer_case.due[i]);
	}
}

static void
timers_work_arm(struct bench_run *r, unsigned worker)
{
	peer_timers *timers = timer_case.timers;
	const int64_t begin = bench_now() + TIMERS_AHEAD;
	uint64_t n = 0;

	while (n % BENCH_BATCH != 0 || !bench_stopped(r)) {
		uint64_t chance = bench_mix(n++ + r->live);
		size_t i = (size_t)(chance % r->live);

		peer_timers_cancel(timers, i);
		peer_timers_arm(timers, i,
		    begin + (int64_t)((chance >> 8) % TIMERS_WITHIN));
	}
	r->slots[worker].ops = n;
}

static void
timers_finish_arm(struct bench_run *r)
{
	peer_timers_delete(timer_case.timers);
	if (timer_case.called != 0)
		bench_wrong(r);
	timers_free(r);
	bench_free(timer_case.late);
}

static void
timers_setup_late(struct bench_run *r)
{
	r->ops = r->live;
	timers_make(r);
}

/* Arming takes some time itself: nothing is due before all are armed. */
static void
timers_work_late(struct bench_run *r, unsigned worker)
{
	int64_t begin = bench_now() + 100000000 + (int64_t)r->live * 2000;

	(void)worker;
	for (size_t i = 0; i < r->live; i++) {
		timer_case.due[i]
		    = begin + (int64_t)(bench_mix(i) % (r->live * 10000));
		peer_timers_arm(timer_case.timers, i, timer_case.due[i]);
	}
	while (__atomic_load_n(&timer_case.called, __ATOMIC_ACQUIRE) < r->live)
		bench_sleep_until(bench_now() + 10000000);
}

static void
timers_finish_late(struct bench_run *r)
{
	peer_timers_delete(timer_case.timers);
	if (timer_case.called != r->live)
		bench_wrong(r);
	r->latencies = timer_case.late;
	timers_free(r);
}
#endif /* HAS_TIMERS */
